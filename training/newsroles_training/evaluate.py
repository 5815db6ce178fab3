"""How well a bundle labels pages as a user would give them: raw text in, labels compared span by span.

The labeller cuts sentences itself, so a gold sentence is scored by the predicted sentence that covers most
of its characters. Figures that can leave the machine go into ``report.json``; it holds no text of the corpus.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsroles import bundle as bundles
from newsroles.articles import Sentence
from newsroles.bundle import sha256
from newsroles.errors import UsageError
from newsroles.labeller import Labeller
from newsroles.sentences import split
from newsroles.windows import Scores
from newsroles_training.calibrate import expected_calibration_error
from newsroles_training.corpus import GoldArticle, read
from newsroles_training.corpus import write as write_file
from newsroles_training.metrics import confusion, interval, macro_f1, resampled, scores

REPORT = "report.json"
MEASURES = ("precision", "recall", "f1")


@dataclass(frozen=True, slots=True)
class Scored:
    """An article's gold labels [sentences] and the probabilities given to them [sentences, labels]."""

    article: GoldArticle
    gold: NDArray[np.int64]
    probabilities: Scores


def score(labeller: Labeller, article: GoldArticle) -> Scored:
    """Label an article from its raw text and project the result onto its gold spans."""
    spans = split(article.text)
    rows = labeller.probabilities(labeller.scores(article.text, spans))
    covering = [_most_covering(sentence, spans) for sentence in article.sentences]
    gold = np.array([labeller.labels.index(label) for label in article.labels], dtype=np.int64)
    return Scored(article, gold, rows[covering])


def _most_covering(sentence: Sentence, spans: Sequence[Sentence]) -> int:
    overlaps = [min(sentence.end, span.end) - max(sentence.start, span.start) for span in spans]
    return int(np.argmax(overlaps))


def evaluate(labeller: Labeller, data: Path) -> dict[str, Any]:
    """Score a bundle on a corpus and give the whole report, as JSON can hold it.

    Intervals are 95 % percentile bootstraps over articles.
    """
    labels = labeller.labels
    started = time.perf_counter()
    scored = [score(labeller, article) for article in read([data], labels)]
    seconds = time.perf_counter() - started
    if not any(len(one.gold) for one in scored):
        raise UsageError(f"{data}: no labelled sentences", "give a corpus with labelled articles")
    gold = np.concatenate([one.gold for one in scored])
    probabilities = np.concatenate([one.probabilities for one in scored])
    by_article = np.stack([confusion(one.gold, one.probabilities.argmax(-1), len(labels)) for one in scored])
    return {
        "model": labeller.bundle.model_id,
        "data": {
            "name": data.stem,
            "sha256": sha256(data),
            "articles": len(scored),
            "groups": len({one.article.group for one in scored}),
            "sentences": len(gold),
        },
        "macro_f1": _with_interval(macro_f1(by_article.sum(0)), macro_f1(resampled(by_article))),
        "accuracy": float((probabilities.argmax(-1) == gold).mean()),
        "labels": _by_label(by_article, labels),
        "confusion": {"rows": "gold", "columns": "predicted", "counts": by_article.sum(0).tolist()},
        "calibration": {
            "temperature": labeller.bundle.calibration.temperature,
            "bias": list(labeller.bundle.calibration.bias),
            "expected_calibration_error": expected_calibration_error(probabilities, gold),
        },
        "sentences_per_second": round(len(gold) / seconds, 1),
    }


def _by_label(by_article: NDArray[np.int64], labels: Sequence[str]) -> dict[str, dict[str, Any]]:
    whole, draws = scores(by_article.sum(0)), scores(resampled(by_article))
    return {
        label: {
            "support": int(by_article.sum(0)[number].sum()),
            **{
                measure: _with_interval(whole[row, number], draws[:, row, number])
                for row, measure in enumerate(MEASURES)
            },
        }
        for number, label in enumerate(labels)
    }


def _with_interval(value: Any, draws: NDArray[np.float64]) -> dict[str, float]:
    low, high = interval(draws)
    return {"value": round(float(value), 4), "low": round(low, 4), "high": round(high, 4)}


def read_report(folder: Path = bundles.SHIPPED) -> dict[str, Any]:
    """Read the ``report.json`` that lies beside a bundle; raises UsageError where there is none."""
    try:
        report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{folder / REPORT}: {error}", "write it with newsroles-train evaluate -o"
        ) from error
    return dict(report)


def write(report: dict[str, Any], path: Path) -> None:
    """Write a report as indented JSON; raises UsageError where the path cannot be written."""
    write_file(path, f"{json.dumps(report, indent=2)}\n".encode())


def table(report: dict[str, Any]) -> str:
    """Lay the report's scores out for a terminal."""
    lines = [f"{'':<14}{'precision':>10}{'recall':>8}{'F1':>7}  95 % interval of F1"]
    for label, score_ in report["labels"].items():
        f1 = score_["f1"]
        lines.append(
            f"{label:<14}{score_['precision']['value']:>10.3f}{score_['recall']['value']:>8.3f}{f1['value']:>7.3f}"
            f"  {f1['low']:.3f} to {f1['high']:.3f}"
        )
    macro, data = report["macro_f1"], report["data"]
    lines.append(f"{'macro-F1':<32}{macro['value']:>7.3f}  {macro['low']:.3f} to {macro['high']:.3f}")
    lines.append(
        f"{data['sentences']} sentences of {data['articles']} articles in {data['name']}, {report['model']}"
    )
    return "\n".join(lines)


def markdown(report: dict[str, Any]) -> str:
    """Lay the report's F1 scores out as a Markdown table."""
    lines = ["| label | F1 | 95 % interval |", "|---|---|---|"]
    rows = [(label, score_["f1"]) for label, score_ in report["labels"].items()]
    for name, f1 in [*rows, ("**macro**", report["macro_f1"])]:
        lines.append(f"| {name} | {f1['value']:.3f} | {f1['low']:.3f} to {f1['high']:.3f} |")
    return "\n".join(lines)
