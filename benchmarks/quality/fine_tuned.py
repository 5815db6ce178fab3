"""One point of the learning curve with every weight trained: 200 sentences chosen against 200 at random.

The model in use is a checkpoint that has seen no real page. Ten real pages are labelled to begin with; the
checkpoint, fitted on these, labels `POOL` others; `sample` chooses among them, and the checkpoint is fitted
on the ten pages and what was chosen. The pages are those of one seed: it is one point, and no curve.
"""

import json
import random
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from newsroles.articles import Sentence
from newsroles.labels import DEFAULT_LABELS as LABELS
from newsroles.model.labeller import Labeller
from newsroles.records.write import to_line
from newsroles_training.corpora.annotate.sampling import Chosen, Strategy, choose
from newsroles_training.evaluation.evaluate import evaluate
from newsroles_training.export.bundle import export
from newsroles_training.train.config import load
from newsroles_training.train.fit import fit

FOLDER, CONFIG = Path("runs/curve/fine-tuned"), Path("configs/default.yaml")
START, POOL, COUNT, SEED = 10, 110, 200, 1
OVERRIDES = (
    *("base.package=null", "base.sha256=null", "base.revision=null", "data.optional=[]", "data.folds=5"),
    *("data.fold=0", "optim.epochs=4", "optim.patience=4", "optim.learning_rate=5e-5"),
    *("optim.head_learning_rate=2e-4", "export.precision=fp32", "report_to=[]"),
)

Row = dict[str, Any]


def study(train: Path, dev: Path, checkpoint: Path) -> dict[str, Any]:
    """Fit three models; gives their reports on real-dev, without texts."""
    rows = [json.loads(line) for line in train.read_text(encoding="utf-8").splitlines()]
    random.Random(SEED).shuffle(rows)  # noqa: S311 - a reproducible draw, not a secret
    begun, pool = rows[:START], rows[START : START + POOL]
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    start = _model("start", begun, checkpoint)
    records = [_record(start, row) for row in pool]
    reports = {"start": _scores(start, dev)}
    for strategy in (Strategy.MARGIN, Strategy.RANDOM):
        chosen = choose(records, COUNT, strategy, SEED)
        corrected = [_partly(pool[number], places) for number, places in chosen.items()]
        found = _scores(_model(strategy.value, [*begun, *corrected], checkpoint), dev)
        reports[strategy.value] = {**found, "wrong": _wrong(records, pool, chosen)}
    return reports


def _scores(labeller: Labeller, dev: Path) -> dict[str, Any]:
    report = evaluate(labeller, dev).report
    return {
        "macro_f1": report["macro_f1"],
        "f1": {label: one["f1"] for label, one in report["labels"].items()},
    }


def _model(name: str, rows: Sequence[Row], checkpoint: Path) -> Labeller:
    """Go on from the checkpoint with these rows."""
    corpus = FOLDER / f"{name}.jsonl"
    corpus.write_bytes(b"".join(map(to_line, rows)))
    overrides = [*OVERRIDES, f"base.name={checkpoint}", f"data.train=[{corpus}]"]
    summary = fit(load(CONFIG, overrides), FOLDER / name)
    sys.stdout.write(f"{name}: {summary['minutes']} minutes\n")
    export(FOLDER / name, FOLDER / f"{name}-bundle")
    return Labeller.load(FOLDER / f"{name}-bundle")


def _record(labeller: Labeller, row: Row) -> Row:
    """Write what `newsroles label` would write of a page that is cut into the gold's sentences."""
    spans = [Sentence(one["start"], one["end"]) for one in row["sentences"]]
    probabilities = labeller.probabilities(labeller.scores(row["text"], spans))
    sentences = [
        {
            "start": span.start,
            "end": span.end,
            "label": LABELS[found.argmax()],
            "probabilities": dict(zip(LABELS, map(float, found), strict=True)),
        }
        for span, found in zip(spans, probabilities, strict=True)
    ]
    return {"text": row["text"], "sentences": sentences}


def _partly(row: Row, places: Sequence[int]) -> Row:
    """Return a page with the labels of the sentences that somebody was asked about."""
    return {**row, "sentences": [row["sentences"][place] for place in places]}


def _wrong(records: Sequence[Row], pool: Sequence[Row], chosen: Chosen) -> float:
    """Return the share of the chosen sentences that the model had wrong."""
    pairs = [
        (records[number]["sentences"][place]["label"], pool[number]["sentences"][place]["label"])
        for number, places in chosen.items()
        for place in places
    ]
    return round(sum(said != right for said, right in pairs) / len(pairs), 3)
