"""Several runs of one recipe averaged into one model, weight by weight.

Runs that start from the same weights and differ in the order of their batches end near each other, and
the mean of their weights reads better than each, at no cost when it is served (model soups, Wortsman et al.
2022, https://arxiv.org/abs/2203.05482).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer, PreTrainedModel

from newsroles.errors import UsageError
from newsroles.runs.paths import folder_apart
from newsroles_training.data.rows import write_json
from newsroles_training.train.begun import SETTINGS, SUMMARY, refuse_unfinished
from newsroles_training.train.config import RunConfig, load, save


def average(runs: Sequence[Path], out: Path) -> dict[str, Any]:
    """Write the mean of the checkpoint folders `runs` to the checkpoint folder `out`; give its ``fit.json``.

    A run's own epochs, ``run/epochs/checkpoint-…``, may be among them. Raises UsageError unless all are of
    finished runs, each another, and were fitted from the same base, on the same corpora and fold, for the
    same labels and windows.
    """
    _refuse_absent_or_twice(runs)
    out = folder_apart(out, runs)
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out}: already holds something", "give another folder")
    homes = [_home(run) for run in runs]
    for home in homes:
        refuse_unfinished(home)
    configs = [load(home / SETTINGS) for home in homes]
    summaries = [json.loads((home / SUMMARY).read_text(encoding="utf-8")) for home in homes]
    kinds = [_kind(config, summary) for config, summary in zip(configs, summaries, strict=True)]
    unlike = (
        [name for name in kinds[0] if any(kind[name] != kinds[0][name] for kind in kinds)] if kinds else []
    )
    if len(runs) < 2 or unlike:  # noqa: PLR2004 - a mean of one is no mean
        why = f": they differ in {', '.join(unlike)}" if unlike else ""
        next_step = "give two or more of the same base, labels, windows and pages"
        raise UsageError(f"these runs cannot be averaged{why}", next_step)
    mean = _mean(runs)
    lineage = {run: minutes for summary in summaries for run, minutes in summary["runs"].items()}
    summary = {
        **summaries[0],
        "averaged": [str(run) for run in runs],
        "runs": lineage,
        "minutes": round(sum(lineage.values()), 2),
        "best_macro_f1": None,
        "warnings": [],
    }
    mean.save_pretrained(out)
    AutoTokenizer.from_pretrained(homes[0]).save_pretrained(out)
    save(configs[0], out / SETTINGS)
    write_json(out / SUMMARY, summary)
    return summary


def _refuse_absent_or_twice(runs: Sequence[Path]) -> None:
    for number, run in enumerate(runs):
        if not run.is_dir():
            raise UsageError(f"{run}: no such folder", "give folders that fit wrote")
        if any(run.samefile(other) for other in runs[:number]):
            raise UsageError(f"{run}: given twice, which would weigh it more", "give each run once")


def _home(run: Path) -> Path:
    """Return the folder of the whole run, for a run or one of its epochs."""
    is_epoch = not (run / SETTINGS).exists() and run.name.startswith("checkpoint-")
    return run.resolve().parent.parent if is_epoch else run


def _mean(runs: Sequence[Path]) -> PreTrainedModel:
    models = [AutoModelForTokenClassification.from_pretrained(run) for run in runs]
    shapes = [[(name, one.shape) for name, one in model.named_parameters()] for model in models]
    if any(shape != shapes[0] for shape in shapes):
        raise UsageError(
            "these runs cannot be averaged: their models differ in shape", "give runs of one base"
        )
    with torch.no_grad():
        for parameters in zip(*(model.parameters() for model in models), strict=True):
            parameters[0].copy_(torch.stack(parameters).mean(0))
    return models[0]


def _kind(config: RunConfig, summary: dict[str, Any]) -> dict[str, Any]:
    """Say what must be the same: base, labels, windows, and what decides which pages were held out."""
    return {
        "base": summary.get("base"),  # where their lineage begins: one may have gone on from another
        "labels": list(config.labels),
        "windows": config.window.model_dump(mode="json"),
        "pages": [
            config.data.model_dump(mode="json", include={"train", "optional", "folds", "fold", "limit"}),
            config.seed,
            summary["corpora"],
        ],
    }
