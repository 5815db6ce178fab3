"""A table of baselines and of variants: each learns from the same articles and labels the same others.

A study is a YAML file (configs/compare/): a recipe, which is a run's config, and runs that differ from it in
method or in single values. Every finished run is a line of a results file, and is not done again; so a study
can be interrupted, and a run added later. All are scored on the annotators' sentences.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError
from transformers import AutoModelForTokenClassification, AutoTokenizer

from newsroles.articles import Sentence
from newsroles.errors import UsageError
from newsroles.model.bundle import sha256
from newsroles.model.windows import Scores
from newsroles_training.data.corpus import GoldArticle, read
from newsroles_training.data.features import sentence_rows
from newsroles_training.data.rows import write, write_rows
from newsroles_training.evaluation.metrics import confusion, drawn_macro_f1, interval, label_f1, macro_f1
from newsroles_training.studies.baselines import BASELINES
from newsroles_training.train.config import RunConfig, load
from newsroles_training.train.corpora import checksums, corpora
from newsroles_training.train.fit import fit
from newsroles_training.train.model import sentence_tokenizer

FINE_TUNED, ALONE = "fine-tuned", "fine-tuned alone"
METHODS = (*BASELINES, FINE_TUNED, ALONE)


class Run(BaseModel):
    """One row of the table: a method, its overrides of the study's recipe, and a result a seed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    method: str = FINE_TUNED
    seeds: list[int] = [13]
    set: list[str] = []


class Study(BaseModel):
    """Runs to compare. `reference` is the run that the others are paired with."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    recipe: Path
    reference: str
    runs: list[Run]
    set: list[str] = []


def load_study(path: Path) -> Study:
    """Read a study; raises UsageError that names what is wrong."""
    try:
        study = Study.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise UsageError(f"{path}: {error}", "see configs/compare/ for the shape") from None
    if unknown := {run.method for run in study.runs} - set(METHODS):
        raise UsageError(f"{path}: no method {', '.join(unknown)}", f"give one of {', '.join(METHODS)}")
    if study.reference not in {run.name for run in study.runs}:
        raise UsageError(f"{path}: no run is named {study.reference}", "name the reference's run so")
    return study


def compare(path: Path, data: Path, results: Path, runs: Path) -> Iterator[str]:
    """Do the runs of the study `path` that `results` lacks for `data`; yield each one's name as it begins.

    Fine-tuned checkpoints are kept in the folder `runs`, one a run and seed.
    """
    study = load_study(path)
    done = {(row["name"], row["seed"]): row for row in _rows(results, data)}
    for run in study.runs:
        for seed in run.seeds:
            config = load(study.recipe, [*study.set, *run.set, f"seed={seed}"])
            if row := done.get((run.name, seed)):
                _check_same(results, row, _fingerprint(run, config))
                continue
            yield f"{run.name}, seed {seed}"
            row = _result(run, config, data, runs / f"{run.name.replace(' ', '-')}-{seed}")
            before = results.read_bytes() if results.exists() else b""
            write(results, before + f"{json.dumps(row)}\n".encode())


def _fingerprint(run: Run, config: RunConfig) -> dict[str, Any]:
    """Return what decides a row, besides the data that it is scored on."""
    filled = json.dumps(config.model_dump(mode="json"), sort_keys=True)
    return {
        "method": run.method,
        "set": run.set,
        "config": hashlib.sha256(filled.encode()).hexdigest(),
        "trained_on": checksums(config),
        "newsroles": version("newsroles"),
    }


def _check_same(results: Path, row: dict[str, Any], now: dict[str, Any]) -> None:
    """Raise UsageError for a row that was made of something else; rows of before say less of that."""
    if changed := [name for name, value in now.items() if row.get(name, value) != value]:
        raise UsageError(
            f"{results}: {row['name']}, seed {row['seed']}, was made with another {', '.join(changed)}",
            "give another -o, or take that line out to have it made again",
        )


def _rows(results: Path, data: Path) -> list[dict[str, Any]]:
    if not results.exists():
        return []
    try:
        rows = list(map(json.loads, results.read_text(encoding="utf-8").splitlines()))
        return [row for row in rows if row["data"] == sha256(data)]
    except (ValueError, LookupError, TypeError) as error:
        raise UsageError(f"{results}: no results of a study", "give another -o") from error


def _result(run: Run, config: RunConfig, data: Path, folder: Path) -> dict[str, Any]:
    """Do one run; its row holds the confusion counts of every article, from which all scores follow."""
    test, begun, started = read([data], config.labels), _fingerprint(run, config), time.perf_counter()
    predicted = _predicted(run.method, config, test, folder)
    minutes = (time.perf_counter() - started) / 60
    ends = np.cumsum([len(article.labels) for article in test])[:-1]
    counts = [
        confusion([config.labels.index(label) for label in article.labels], part, len(config.labels))
        for article, part in zip(test, np.split(predicted, ends), strict=True)
    ]
    return {
        "name": run.name,
        "seed": config.seed,
        **begun,
        "data": sha256(data),
        "labels": config.labels,
        "minutes": round(minutes, 1),
        "counts": [matrix.ravel().tolist() for matrix in counts],
    }


def _predicted(
    method: str, config: RunConfig, test: Sequence[GoldArticle], folder: Path
) -> NDArray[np.int64]:
    if method in BASELINES:
        return BASELINES[method](read(corpora(config), config.labels), test, config)
    if method == ALONE:
        test = alone(test)
        config = _with_sentences_alone(config, folder)
    fit(config, folder, resume=True)
    return np.asarray(checkpoint_logits(folder, test, config).argmax(-1), dtype=np.int64)


def alone(articles: Sequence[GoldArticle]) -> list[GoldArticle]:
    """Make an article of every sentence."""
    return [
        GoldArticle(f"{article.id}#{number}", text, (Sentence(0, len(text)),), (label,), article.group)
        for article in articles
        for number, (span, label) in enumerate(zip(article.sentences, article.labels, strict=True))
        if (text := article.text[span.start : span.end])
    ]


def _with_sentences_alone(config: RunConfig, folder: Path) -> RunConfig:
    """Write the config's corpora, cut into sentences, beside `folder`; give the config that uses them."""
    path = folder.with_suffix(".jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = (
        {
            "id": one.id,
            "group": one.group,
            "text": one.text,
            "sentences": [{"start": 0, "end": len(one.text), "label": one.labels[0]}],
        }
        for one in alone(read(corpora(config), config.labels))
    )
    write_rows(path, rows)
    return config.model_copy(
        update={"data": config.data.model_copy(update={"train": [path], "optional": []})}
    )


def checkpoint_logits(folder: Path, articles: Sequence[GoldArticle], config: RunConfig) -> Scores:
    """Return a checkpoint's logits for the sentences of `articles`, in order: [sentences, labels]."""
    model = AutoModelForTokenClassification.from_pretrained(folder, attn_implementation="eager").eval()
    reader = sentence_tokenizer(AutoTokenizer.from_pretrained(folder), config.window.tokens)

    def logits(ids: list[int]) -> Scores:
        return np.asarray(model(torch.tensor([ids])).logits[0].numpy(), dtype=np.float32)

    with torch.inference_mode():
        rows = [sentence_rows(article, reader, config.window.overlap, logits) for article in articles]
    return np.concatenate(rows)


def table(path: Path, data: Path, results: Path) -> str:
    """Lay the study's results out as a Markdown table: means over seeds, intervals over articles.

    Differences to the reference are paired: both are scored on the same resampled articles.
    """
    return table_of(path, _rows(results, data))


def table_of(path: Path, rows: Sequence[dict[str, Any]]) -> str:
    """Lay rows of a results file out, all of them of the same data."""
    study, labels = load_study(path), rows[0]["labels"]
    lines = [
        f"| run | seeds | macro-F1 | {' | '.join(labels)} | against {study.reference} |",
        f"|---|---|---|{'---|' * len(labels)}---|",
    ]
    done = {row["name"] for row in rows}
    reference = _counts(rows, study.reference, len(labels)) if study.reference in done else None
    for run in study.runs:
        if run.name in done:
            counts = _counts(rows, run.name, len(labels))
            lines.append(_line(run.name, counts, None if run.name == study.reference else reference))
    return "\n".join(lines)


def _counts(rows: Sequence[dict[str, Any]], name: str, labels: int) -> NDArray[np.int64]:
    """Return a run's confusion counts: [seeds, articles, labels, labels]."""
    counts = [row["counts"] for row in rows if row["name"] == name]
    return np.array(counts, dtype=np.int64).reshape(len(counts), -1, labels, labels)


def _line(name: str, counts: NDArray[np.int64], reference: NDArray[np.int64] | None) -> str:
    f1 = label_f1(counts.sum(1)).mean(0)
    by_seed, (low, high) = macro_f1(counts.sum(1)), interval(_draws(counts))
    spread = f" ({', '.join(f'{value:.3f}' for value in by_seed)})" if len(by_seed) > 1 else ""
    cells = [name, str(len(counts)), f"{by_seed.mean():.3f}{spread}, {low:.3f} to {high:.3f}"]
    cells += [f"{value:.3f}" for value in f1]
    if reference is None:
        return f"| {' | '.join([*cells, ''])} |"
    low, high = interval(_draws(counts) - _draws(reference))
    difference = by_seed.mean() - macro_f1(reference.sum(1)).mean()
    return f"| {' | '.join([*cells, f'{difference:+.3f}, {low:+.3f} to {high:+.3f}'])} |"


def _draws(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Resample articles, the same ones for every seed, and average macro-F1 over seeds: [draws]."""
    return np.asarray(np.mean([drawn_macro_f1(by_article) for by_article in counts], axis=0))
