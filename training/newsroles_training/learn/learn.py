"""The loop's steps in their order, each one that another command does too."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from newsroles.errors import UsageError
from newsroles.model.bundle import MANIFEST, Bundle, sha256
from newsroles.model.labeller import Labeller
from newsroles_training.data.problems import Problem
from newsroles_training.data.rows import write_json
from newsroles_training.evaluation.evaluate import evaluate
from newsroles_training.export.bundle import export
from newsroles_training.learn.prepare import (
    BEGUN,
    BUNDLE,
    CHECKPOINT,
    REPORT,
    Prepared,
    Task,
    check_corpora,
    for_fit,
    prepare,
    refuse_used,
)
from newsroles_training.learn.verdict import compared, verdict
from newsroles_training.train.fit import fit
from newsroles_training.train.model import base_bundle


def _begun_with(task: Task) -> dict[str, Any]:
    """Return what a run is begun with: its values, and its files by their checksums."""
    files = [*task.corrections, task.replay, task.test, *filter(None, [task.labelled])]
    return {
        "config": task.config.model_dump(mode="json"),
        "from": task.source,
        "files": {str(path): sha256(path) for path in files},
    }


def learn(
    task: Task,
    out: Path,
    problems: list[Problem],
    tell: Callable[[str], None] = lambda _: None,
    *,
    resume: bool = False,
) -> dict[str, Any]:
    """Teach the config's base what was corrected; gives the report, which is written last.

    `out` gets merged.jsonl, checkpoint/, bundle/ and report.json; with `resume`, what is there stays.
    What is left out is added to `problems`. Raises UsageError for a folder that holds something else.
    """
    begun = _begun_with(task)
    refuse_used(out, resume=resume, begun=begun)
    if (out / REPORT).exists():
        prepare(task, out, problems)
        return dict(json.loads((out / REPORT).read_text(encoding="utf-8")))
    before = _before(task)
    check_corpora(task)
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / BEGUN, begun)
    data = prepare(task, out, problems)
    tell("corrections are converted, merged and checked; now the model learns")
    config = for_fit(task.config.model_copy(update={"spans": list(before.spans)}), data)
    fitted = fit(config, out / CHECKPOINT, resume=True, tell=tell)
    if not (out / BUNDLE / MANIFEST).exists():
        tell("learnt; now the bundle is made")
        export(out / CHECKPOINT, out / BUNDLE)
    tell("now both models read what was held out")
    models = Labeller(before), Labeller.load(out / BUNDLE)
    report = _report(task, data, models) | {"minutes": fitted["minutes"]}
    write_json(out / REPORT, report)
    return report


def _before(task: Task) -> Bundle:
    """Return the model that is gone on from; raises UsageError for a base that labels nothing."""
    bundle = base_bundle(task.config.base.name)
    if bundle is None:
        raise UsageError(
            f"base {task.config.base.name}: no model that labels",
            "give --set base.name=newsroles/default, or a bundle's folder",
        )
    return bundle


def _report(task: Task, data: Prepared, models: tuple[Labeller, Labeller]) -> dict[str, Any]:
    found = {}
    for name, path in (("corrections", data.held), ("test", task.test)):
        first, second = (evaluate(model, path).scored for model in models)
        found[name] = compared(first, second, len(task.config.labels))
    word, why = verdict(found["corrections"], found["test"])
    return {"verdict": word, "why": why, **found, "models": [one.bundle.model_id for one in models]}
