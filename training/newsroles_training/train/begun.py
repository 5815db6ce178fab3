"""What a run's folder holds, and whether a run may begin or go on there: told before torch is imported."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from newsroles.errors import UsageError
from newsroles_training.train.config import RunConfig, load
from newsroles_training.train.corpora import checksums

SETTINGS, BEGUN, SUMMARY, LOG = "config.yaml", "begun.json", "fit.json", "fit.log"


def fingerprint(config: RunConfig) -> dict[str, Any]:
    """Return what a run is begun with, besides its config: corpora by their checksums, and our version."""
    return {"newsroles": version("newsroles"), "corpora": checksums(config)}


def refuse_leftovers(config: RunConfig, out: Path, *, resume: bool) -> None:
    """Raise UsageError for a folder with another run, or with one that is not asked to be resumed."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: not a folder", "give another path")
    if not resume and out.exists() and any(path.name != LOG for path in out.iterdir()):
        raise UsageError(f"{out}: already holds a run", "give another folder, or --resume to go on with it")
    settings = out / SETTINGS
    if settings.exists() and load(settings) != config:
        raise UsageError(
            f"{settings}: this run began with other values", "resume with these, or give another folder"
        )
    _refuse_changes(config, out)


def _refuse_changes(config: RunConfig, out: Path) -> None:
    """Raise UsageError for a run that was begun with other corpora, or by another version of newsroles."""
    noted = next((path for path in (out / BEGUN, out / SUMMARY) if path.exists()), None)
    if noted is None:
        return
    begun, now = json.loads(noted.read_text(encoding="utf-8")), fingerprint(config)
    here, there = now["corpora"], begun["corpora"]
    changed = [path for path in {**there, **here} if there.get(path) != here.get(path)]
    if begun.get("newsroles", now["newsroles"]) != now["newsroles"]:
        changed.append(f"newsroles {begun['newsroles']}")
    if changed:
        raise UsageError(
            f"{noted}: this run began with other {', '.join(changed)}", "put it back, or give another folder"
        )


def refuse_unfinished(run: Path) -> None:
    """Raise UsageError for a folder that is no finished run."""
    if missing := [name for name in (SETTINGS, SUMMARY) if not (run / name).is_file()]:
        raise UsageError(
            f"{run}: no finished run, it has no {missing[0]}",
            "finish it with newsroles-train fit --resume, or give a folder that fit wrote",
        )
