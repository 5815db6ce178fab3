"""How well a bundle labels pages as a user would give them: raw text in, labels compared span by span.

Figures that can leave the machine go into ``report.json``, which holds no text of the corpus. Pictures, and
errors with their text, go into a folder of details.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsroles.errors import UsageError
from newsroles.model.bundle import sha256
from newsroles.model.catalogue import SHIPPED
from newsroles.model.info import REPORT
from newsroles.model.labeller import Labeller
from newsroles.model.windows import softmax
from newsroles_training.data.corpus import GoldArticle, read
from newsroles_training.data.rows import write
from newsroles_training.evaluation.alignment import Scored, counts_by_article, score
from newsroles_training.evaluation.calibrate import (
    coverage,
    cross_fitted,
    expected_calibration_error,
    reliability,
)
from newsroles_training.evaluation.metrics import (
    drawn_f1,
    drawn_macro_f1,
    drawn_scores,
    label_f1,
    macro_f1,
    over_labels,
    scores,
    with_interval,
)
from newsroles_training.evaluation.slices import confident_errors, slices, worst_pages
from newsroles_training.evaluation.who import who

BEGINS = rb'\{\s+"model": "[^"]*",\s+"data": \{'
"""How a report begins."""
ERRORS, ERRORS_BEGIN = "errors.jsonl", rb'\{"id": ".*", "sentence": \d+, "gold": "'
MEASURES = ("precision", "recall", "f1")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was scored, and the report on it, as JSON can hold it."""

    scored: list[Scored]
    report: dict[str, Any]


def evaluate(labeller: Labeller, data: Path, against: Labeller | None = None) -> Evaluation:
    """Score a bundle on a corpus; `against` another model, the report also has what is gained over it.

    Intervals are 95 % percentile bootstraps over articles. Raises UsageError where the other's labels differ.
    """
    labels = labeller.labels
    if against and against.labels != labels:
        theirs = ", ".join(against.labels)
        raise UsageError(f"{against.bundle.model_id}: its labels are {theirs}", "compare models of the same")
    started = time.perf_counter()
    articles = read([data], labels)
    scored = [score(labeller, article) for article in articles]
    seconds = time.perf_counter() - started
    sentences = sum(len(one.gold) for one in scored)
    if not sentences:
        raise UsageError(f"{data}: no labelled sentences", "give a corpus with labelled articles")
    by_article = counts_by_article(scored, len(labels))
    whole, digest = by_article.sum(0), sha256(data)
    return Evaluation(
        scored,
        {
            "model": labeller.bundle.model_id,
            "data": {
                "name": data.stem,
                "sha256": digest,
                "trained_on": digest in labeller.bundle.provenance.get("trained_on", {}).values(),
                "articles": len(scored),
                "groups": len({one.article.group for one in scored}),
                "sentences": sentences,
            },
            "macro_f1": with_interval(macro_f1(whole), drawn_macro_f1(by_article), len(scored)),
            "accuracy": float(np.trace(whole) / sentences),
            "labels": _by_label(by_article, labels),
            "confusion": {"rows": "gold", "columns": "predicted", "counts": whole.tolist()},
            "calibration": _calibration(labeller, scored),
            "who": who(labeller, articles),
            "slices": slices(scored, labels),
            "worst_pages": worst_pages(scored),
            "sentences_per_second": round(sentences / seconds, 1),
            **({"against": _gains(by_article, articles, against)} if against else {}),
        },
    )


def _gains(by_article: NDArray[np.int64], articles: Sequence[GoldArticle], other: Labeller) -> dict[str, Any]:
    """Return how much more macro-F1, and F1 of each label, there is than another model of the labels has.

    Intervals are paired: their bootstraps draw the same articles for both.
    """
    before = counts_by_article([score(other, article) for article in articles], len(other.labels))
    gain = label_f1(by_article.sum(0)) - label_f1(before.sum(0))
    draws = drawn_f1(by_article) - drawn_f1(before)
    return {
        "model": other.bundle.model_id,
        "macro_f1": with_interval(gain.mean(), over_labels(draws), len(articles)),
        "labels": {
            label: with_interval(gain[number], draws[:, number], len(articles))
            for number, label in enumerate(other.labels)
        },
    }


def _calibration(labeller: Labeller, scored: Sequence[Scored]) -> dict[str, Any]:
    """Judge probabilities before calibration, as the bundle gives them, and cross-fitted by article here."""
    used = [one for one in scored if len(one.gold)]
    gold = np.concatenate([one.gold for one in used])
    ways = {
        "before": [softmax(one.logits) for one in used],
        "after": [one.probabilities for one in used],
        "cross_fitted": cross_fitted([one.logits for one in used], [one.gold for one in used]),
    }
    judged = {name: np.concatenate(rows) for name, rows in ways.items()}
    return {
        "temperature": labeller.bundle.calibration.temperature,
        "bias": list(labeller.bundle.calibration.bias),
        **{
            name: {"error": expected_calibration_error(rows, gold), "bins": reliability(rows, gold)}
            for name, rows in judged.items()
        },
        "coverage": coverage(judged["after"], gold),
    }


def write_details(evaluation: Evaluation, labels: Sequence[str], folder: Path) -> None:
    """Write pictures of the report and ``errors.jsonl``, the errors that the model is surest of.

    The folder then holds text of the corpus. Raises UsageError where it cannot be written.
    """
    from newsroles_training.evaluation.figures import draw

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}", "give a folder that can be written") from error
    draw(evaluation.report, folder)
    lines = (json.dumps(error, ensure_ascii=False) for error in confident_errors(evaluation.scored, labels))
    write(folder / ERRORS, "".join(f"{line}\n" for line in lines).encode())


def _by_label(by_article: NDArray[np.int64], labels: Sequence[str]) -> dict[str, dict[str, Any]]:
    whole, draws = scores(by_article.sum(0)), drawn_scores(by_article)
    return {
        label: {
            "support": int(by_article.sum(0)[number].sum()),
            **{
                measure: with_interval(whole[row, number], draws[:, row, number], len(by_article))
                for row, measure in enumerate(MEASURES)
            },
        }
        for number, label in enumerate(labels)
    }


def read_report(folder: Path = SHIPPED) -> dict[str, Any]:
    """Read the ``report.json`` that lies beside a bundle; raises UsageError where there is none."""
    try:
        report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{folder / REPORT}: {error}", "write it with newsroles-train evaluate -o"
        ) from error
    return dict(report)
