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
from transformers import AutoModelForTokenClassification, AutoTokenizer

from newsroles.errors import UsageError
from newsroles_training.train.config import RunConfig, load, save
from newsroles_training.train.fit import SETTINGS, SUMMARY


def average(runs: Sequence[Path], out: Path) -> dict[str, Any]:
    """Write the mean of the checkpoint folders `runs` to the checkpoint folder `out`; give its ``fit.json``.

    A run's own epochs, ``run/epochs/checkpoint-…``, may be among them. Raises UsageError unless all were
    fitted on the same corpora and fold, for the same labels and windows.
    """
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out}: already holds something", "give another folder")
    homes = [run if (run / SETTINGS).exists() else run.parent.parent for run in runs]
    configs = [load(home / SETTINGS) for home in homes]
    summaries = [json.loads((home / SUMMARY).read_text(encoding="utf-8")) for home in homes]
    kinds = {_kind(config, summary) for config, summary in zip(configs, summaries, strict=True)}
    if len(runs) < 2 or len(kinds) > 1:  # noqa: PLR2004 - a mean of one is no mean
        raise UsageError(
            "these runs cannot be averaged", "give two or more of the same labels, windows and pages"
        )
    models = [AutoModelForTokenClassification.from_pretrained(run) for run in runs]
    mean = models[0]
    with torch.no_grad():
        for parameters in zip(*(model.parameters() for model in models), strict=True):
            parameters[0].copy_(torch.stack(parameters).mean(0))
    lineage = {run: minutes for summary in summaries for run, minutes in summary["runs"].items()}
    summary = {
        **summaries[0],
        "averaged": [str(run) for run in runs],
        "runs": lineage,
        "minutes": round(sum(lineage.values()), 2),
        "best_macro_f1": None,
    }
    mean.save_pretrained(out)
    AutoTokenizer.from_pretrained(homes[0]).save_pretrained(out)
    save(configs[0], out / SETTINGS)
    (out / SUMMARY).write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return summary


def _kind(config: RunConfig, summary: dict[str, Any]) -> str:
    """Say what must be the same: labels, windows, and what decides which pages were held out."""
    data = config.data.model_dump(mode="json", exclude={"breadcrumbs", "furnish"})
    window = config.window.model_dump(mode="json")
    return json.dumps([config.labels, window, data, config.seed, summary["corpora"]])
