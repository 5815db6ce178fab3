"""A run spread over processes: what each of them does, and what comes of it.

A process needs `Work` and a part or a shard, no more; what spreads them, `runs.ray`, knows nothing of pages.
"""

import hashlib
import json
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from math import inf
from pathlib import Path
from typing import Any

from newsroles.articles import Failure
from newsroles.errors import BundleError, UsageError
from newsroles.files import count_lines
from newsroles.model.bundle import SHIPPED
from newsroles.model.labeller import Labeller
from newsroles.readers import ReadOptions, read_source
from newsroles.records.schema import failure_record, record
from newsroles.records.write import check_parquet, to_line
from newsroles.runs.job import Job, ProgressListener, Summary, Target, label_or_fail
from newsroles.runs.shards import Folder, Part, Shard, cut, divide

SHARD_SIZE = 500
"""How many articles are in a shard: some minutes of one thread."""

TRIES = 3
"""How often a run begins a shard; Ray never tires of starting again a process that dies of one."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a shard; `size` bytes were read for it."""

    articles: int
    sentences: int
    failed: int
    size: int


@dataclass(frozen=True, slots=True)
class Work:
    """What each process does, and all that it must know for that; None is the model that it has itself."""

    folder: Folder
    options: ReadOptions
    only: frozenset[str] | None
    shard_size: int
    model: Path | None
    model_id: str
    min_confidence: float

    def settings(self) -> dict[str, Any]:
        """Give what decides the output, by the names that users know."""
        return {
            "model": self.model_id,
            "--format": self.folder.format,
            "--only": sorted(self.only) if self.only is not None else None,
            "--min-confidence": self.min_confidence,
            "--input-format": self.options.format,
            "--text-field": self.options.text_field,
            "--id-field": self.options.id_field,
            "--shard-size": self.shard_size,
        }

    def read(self, part: Part) -> Iterator[Shard]:
        """Give the unfinished shards of a part, then note how many it has."""
        size = number = 0

        def count(more: int) -> None:
            nonlocal size
            size += more

        items = chain.from_iterable(read_source(source, self.options, count) for source in part.sources)
        for shard in cut(part.number, items, self.shard_size):
            number += 1
            if shard.name not in part.done:
                yield replace(shard, size=size)
                size = 0
        self.folder.note_read(part, number)

    def load(self) -> Labeller:
        """Load the model on one thread; raises BundleError where it is not the run's."""
        labeller = Labeller.load(self.model, threads=1, min_confidence=self.min_confidence)
        check_model(labeller, self.model_id)
        return labeller

    def label(self, shard: Shard, labeller: Labeller) -> Done:
        """Write the records of a shard, then note that it is finished.

        Raises UsageError without room, and where it has been begun too often.
        """
        if self.folder.begun(shard) > TRIES:
            ends = " to ".join(f"{item.source}:{item.index}" for item in (shard.items[0], shard.items[-1]))
            raise UsageError(
                f"what labels {ends} has died {TRIES} times", "see why in Ray's logs, or leave that page out"
            )
        summary, sentences, failures = Summary(), 0, list[dict[str, Any]]()
        with self.folder.writing(shard, labeller.labels) as file:
            for item in shard.items:
                result = label_or_fail(item, labeller)
                if isinstance(result, Failure):
                    failures.append(failure_record(result))
                    continue
                values = record(result, self.only)
                file.write(to_line(values))
                summary.add(values)
                sentences += len(result.sentences)
        self.folder.note_labelled(shard, summary, failures)
        return Done(summary.labelled, sentences, len(failures), shard.size)


def check_model(labeller: Labeller, model_id: str) -> None:
    """Raise BundleError where a process has loaded another model than the first one."""
    bundle = labeller.bundle
    if bundle.model_id != model_id:
        raise BundleError(
            f"{bundle.folder}: {model_id} where the work began, {bundle.model_id} here",
            "have the same newsroles, or the same bundle, on every machine",
        )


Spread = Callable[[list[Part], Work], Generator[Done]]
"""Has every part read and every shard labelled, in any order, and gives what became of the shards."""


def run(
    job: Job, target: Target, listener: ProgressListener, spread: Spread, shard_size: int = SHARD_SIZE
) -> Summary:
    """Write the records of `job` to shards in the folder `target.out`, in the order of their names.

    What an interrupted run has finished stays for one that resumes. Raises UsageError where nothing can be
    written, or the run was begun with other inputs or settings.
    """
    folder = Folder(target.out.absolute(), target.format)
    if target.resume and folder.is_complete:
        return Summary(failed=count_lines(target.errors), was_complete=True)
    if target.format == "parquet":
        check_parquet()
    bundle, least = job.labeller.bundle, job.labeller.min_confidence
    model = None if bundle.folder == SHIPPED else bundle.folder.absolute()
    work = Work(folder, job.options, job.only, shard_size, model, bundle.model_id, least)
    parts = list(divide(job.sources, shard_size))
    folder.begin({**work.settings(), "inputs": _digest(parts)}, resume=target.resume)
    before = folder.tally()
    is_stopped = _carry_out(parts, work, spread, listener, _limit(job, before))
    summary = folder.tally() if is_stopped else folder.finish(parts, target.errors)
    summary.skipped, summary.is_stopped = before.labelled + before.failed, is_stopped
    return summary


def _digest(parts: Iterable[Part]) -> str:
    return hashlib.sha256(json.dumps([part.sources for part in parts]).encode()).hexdigest()


def _limit(job: Job, before: Summary) -> float:
    """Tell how many more failures the job may have."""
    return inf if job.max_errors is None else job.max_errors - before.failed


def _carry_out(
    parts: list[Part], work: Work, spread: Spread, listener: ProgressListener, limit: float
) -> bool:
    """Do what is left; tells whether more than `limit` failures have stopped it."""
    left = list(work.folder.unfinished(parts))
    numbers = {part.number for part in left}
    for source in chain.from_iterable(part.sources for part in parts if part.number not in numbers):
        listener.passed(source)
    with closing(spread(left, work)) as results:
        for done in results:
            listener.read(done.size)
            listener.finished(done.articles, done.sentences, done.failed)
            limit -= done.failed
            if limit < 0:
                return True
    return False
