"""A run spread over processes: what each of them does, and what comes of it.

A process needs `Work` and a part or a shard, no more; what spreads them, `runs.ray`, knows nothing of pages.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from math import inf
from typing import Any

from newsroles.articles import Failure
from newsroles.errors import MachineError
from newsroles.files import count_lines
from newsroles.model.labeller import Labeller
from newsroles.model.outcome import label_or_fail
from newsroles.readers import read_source
from newsroles.records.write import arrow, to_line
from newsroles.runs.division import Part, Shard, cut, divide
from newsroles.runs.fingerprint import check_same
from newsroles.runs.job import Job, ProgressListener, Summary, Target
from newsroles.runs.shards import Folder

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
    """What each process does, and all that it must know for that: the job, but not its sources."""

    folder: Folder
    job: Job
    shard_size: int

    def read(self, part: Part) -> Iterator[Shard]:
        """Yield the unfinished shards of a part, then note how many it has."""
        size = number = 0

        def count(more: int) -> None:
            nonlocal size
            size += more

        items = chain.from_iterable(read_source(source, self.job.options, count) for source in part.sources)
        for shard in cut(part.number, items, self.shard_size):
            number += 1
            if shard.name not in part.done:
                yield replace(shard, size=size)
                size = 0
        self.folder.note_read(part, number)

    def label(self, shard: Shard, labeller: Labeller) -> Done:
        """Write the records of a shard, then note that it is finished.

        Raises UsageError without room, and where it has been begun too often.
        """
        if self.folder.begun(shard) > TRIES:
            ends = " to ".join(f"{item.source}:{item.index}" for item in (shard.items[0], shard.items[-1]))
            raise MachineError(
                f"what labels {ends} has died {TRIES} times", "see why in Ray's logs, or leave that page out"
            )
        summary, sentences, failures = Summary(), 0, list[dict[str, Any]]()
        with self.folder.writing(shard, labeller.labels) as file:
            for item in shard.items:
                result = label_or_fail(item, labeller)
                if isinstance(result, Failure):
                    failures.append(result.to_dict())
                    continue
                values = self.job.record(result)
                file.write(to_line(values))
                summary.add(values)
                sentences += len(result.sentences)
        self.folder.note_labelled(shard, summary, failures)
        return Done(summary.labelled, sentences, len(failures), shard.size)


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
    now = job.fingerprint(target, **{"--shard-size": shard_size})
    if target.resume and folder.is_complete:
        check_same(folder.path, folder.begun_with(), now)
        return Summary(failed=count_lines(target.errors), was_complete=True)
    if target.format == "parquet":
        arrow()  # or MissingExtra, before anything is begun
    work = Work(folder, replace(job, sources=()), shard_size)
    parts = list(divide(job.sources, shard_size))
    with folder.begin(now, resume=target.resume):
        before = folder.tally()
        is_stopped = _carry_out(parts, work, spread, listener, _limit(job, before))
        summary = folder.tally() if is_stopped else folder.finish(parts, target.errors)
    summary.skipped, summary.is_stopped = before.labelled + before.failed, is_stopped
    return summary


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
