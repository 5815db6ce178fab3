"""Corrections made ready: converted, merged, checked, a third held out, and pages drawn to be repeated.

They are made anew until a model has begun to learn from them.
"""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsroles.errors import UsageError
from newsroles_training.corpora.annotate import convert, merge
from newsroles_training.corpora.check import checks, pages
from newsroles_training.data.corpus import read, sound_rows, without_layout
from newsroles_training.data.problems import CorpusError, Problem
from newsroles_training.data.rows import Row, article_rows, group_of, write, write_rows
from newsroles_training.data.split import folds
from newsroles_training.train.config import RunConfig

BEGUN, LEFT_OUT, LOG = "learn.json", "left-out.json", "learn.log"
REPORT, CHECKPOINT, BUNDLE = "report.json", "checkpoint", "bundle"
PARTS = 3
"""One of so many parts of the corrections is held out."""
REPLAYED, LEAST_REPLAYED = 3, 24
"""Pages that are repeated, for each corrected one, and at least."""
ACCEPTED = ("shared-runs", "leaked-groups")
"""Checks that say nothing against corrections."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked for: exports of a tool (`source`), a recipe, pages to repeat, and pages to test on.

    `labelled` are the records that a report was made of, if the exports are a report's.
    """

    corrections: Sequence[Path]
    source: str
    config: RunConfig
    replay: Path
    test: Path
    labelled: Path | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """The files: what is taught, what is held out, and what is repeated so as not to be forgotten."""

    taught: Path
    held: Path
    replay: Path


def prepare(task: Task, out: Path, problems: list[Problem]) -> Prepared:
    """Write the files to the folder `out`; raises UsageError for corrections that cannot be taught.

    What is left out of them is added to `problems`.
    """
    done, left_out = Prepared(out / "taught.jsonl", out / "held.jsonl", out / "replay.jsonl"), out / LEFT_OUT
    if _has_learnt(out):
        problems += [Problem(*one) for one in json.loads(left_out.read_text(encoding="utf-8"))]
        return done
    merged = out / "merged.jsonl"
    files = _converted(task, out / "corrections", problems)
    write_rows(merged, merge.merge(None, files, problems).rows)
    write(left_out, f"{json.dumps([[one.place, one.reason] for one in problems], indent=1)}\n".encode())
    if not merged.stat().st_size:
        raise UsageError(
            f"{', '.join(map(str, task.corrections))}: no labelled sentence to learn from",
            "see whether the files, --from and --labelled are right",
        )
    _check(merged, task.config)
    held = _held(merged, task.config)
    rows = [row for _, row in article_rows(merged, problems)]
    write_rows(done.taught, [row for row in rows if str(row["id"]) not in held])
    write_rows(done.held, [row for row in rows if str(row["id"]) in held])
    write_rows(done.replay, _drawn(task.replay, rows, held, task.config.seed))
    return done


def check_corpora(task: Task) -> None:
    """Raise UsageError for pages to repeat or to test on that a model of these labels cannot be shown."""
    labels = task.config.labels
    for option, path in (("--replay", task.replay), ("--test", task.test)):
        try:
            articles = read([path], labels)
        except CorpusError as error:
            step = f", or give {option} another corpus, with the labels {', '.join(labels)}"
            raise CorpusError(error.problems, step) from None
        if not any(article.labels for article in articles):
            raise UsageError(
                f"{path}: no labelled sentences", f"give {option} a corpus with labelled articles"
            )


def _converted(task: Task, folder: Path, problems: list[Problem]) -> list[Path]:
    files = {path: folder / f"{path.stem}.jsonl" for path in task.corrections}
    if len(set(files.values())) < len(task.corrections):
        raise UsageError("two files of corrections have the same name", "rename one of them")
    folder.mkdir(parents=True, exist_ok=True)
    for path, file in files.items():
        write(file, _ours(path, task, problems))
    return list(files.values())


def _ours(path: Path, task: Task, problems: list[Problem]) -> bytes:
    rows = convert.read(path, task.source, problems, partial=True, labelled=task.labelled)
    return convert.convert(rows, "newsroles")[0]


def _check(merged: Path, config: RunConfig) -> None:
    """Raise CorpusError with what `corpus check` says must be fixed."""
    found, problems = pages.load([merged], config.labels)
    report = checks.check(found)
    wrong = set(report.errors(ACCEPTED))
    problems += [Problem(one.place, one.detail) for one in report.findings if one.check in wrong]
    if problems:
        raise CorpusError(problems)


def _held(merged: Path, config: RunConfig) -> set[str]:
    """Choose the ids to hold out, whole publishers if there are two or more, else whole pages."""
    articles = read([merged], config.labels)
    if len(articles) < 2:  # noqa: PLR2004 - one to learn from, one to hold out
        raise UsageError("corrections of one page only", "correct sentences of two pages or more")
    fold_of = folds(articles, min(PARTS, len({one.group for one in articles})), config.seed)
    if len(set(fold_of)) == 1:
        fold_of = [number % PARTS for number in range(len(articles))]
    pages = Counter(fold_of)  # folds are of equal numbers of sentences, and so of unequal numbers of pages
    nearest = min(pages, key=lambda fold: (abs(pages[fold] * PARTS - len(articles)), fold))
    return {one.id for one, fold in zip(articles, fold_of, strict=True) if fold == nearest}


def _drawn(replay: Path, corrected: Sequence[Row], held: set[str], seed: int) -> list[Row]:
    """Draw pages to repeat: none that was corrected, by id or text, none of a publisher held out."""
    problems: list[Problem] = []
    ids, texts = {str(row["id"]) for row in corrected}, {without_layout(row["text"]) for row in corrected}
    groups = {group_of(row) for row in corrected if str(row["id"]) in held}
    rows = [
        row
        for _, row in sound_rows(replay, problems)
        if str(row["id"]) not in ids
        and without_layout(row["text"]) not in texts
        and group_of(row) not in groups
    ]
    if problems:
        raise CorpusError(problems)
    number = min(len(rows), max(LEAST_REPLAYED, REPLAYED * len(corrected)))
    return random.Random(seed).sample(rows, number)  # noqa: S311 - reproducible, not a secret


def for_fit(config: RunConfig, data: Prepared) -> RunConfig:
    """Return the config on these files, with the fold held that has the fewest corrections."""
    taught = {one.id for one in read([data.taught], config.labels)}
    articles = read([data.taught, data.replay], config.labels)
    fold_of = folds(articles, config.data.folds, config.seed)
    corrected: Counter[int] = Counter(dict.fromkeys(fold_of, 0))
    for one, fold in zip(articles, fold_of, strict=True):
        corrected[fold] += len(one.labels) if one.id in taught else 0
    values: dict[str, Any] = {
        "train": [data.taught, data.replay],
        "optional": [],
        "fold": min(corrected, key=lambda fold: (corrected[fold], fold)),
    }
    return config.model_copy(update={"data": config.data.model_copy(update=values)})


def _has_learnt(out: Path) -> bool:
    return any((out / name).exists() for name in (REPORT, CHECKPOINT, BUNDLE))


def refuse_used(out: Path, *, resume: bool, begun: dict[str, Any] | None = None) -> None:
    """Raise UsageError for a folder with something else, a run that isn't resumed, or one begun otherwise.

    A run that ended before anything was learnt may be begun again, and otherwise.
    """
    note = out / BEGUN
    if note.exists():
        if not _has_learnt(out):
            return
        if not resume:
            raise UsageError(
                f"{out}: already holds a run", "give another folder, or --resume to go on with it"
            )
        if begun is not None and json.loads(note.read_text(encoding="utf-8")) != begun:
            raise UsageError(
                f"{note}: this run began with other corrections or values", "give another folder"
            )
    elif out.exists() and (not out.is_dir() or any(path.name != LOG for path in out.iterdir())):
        raise UsageError(f"{out}: something else is there", "give another folder")
