"""Sources to records and failures, in their order, in runs that can be resumed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from typing import Any

from newsroles.articles import Failure
from newsroles.files import count_lines
from newsroles.model.outcome import Item, Result, label_or_fail
from newsroles.readers import read_source
from newsroles.records.write import TABLES, arrow
from newsroles.runs.fingerprint import check_same, read_note
from newsroles.runs.job import Job, ProgressListener, Summary, Target
from newsroles.runs.journal import Journal, open_journal

Label = Callable[[Iterable[Item]], Iterator[Result]]
Write = Callable[[Result, Mapping[str, Any]], None]


@contextmanager
def labelling(job: Job) -> Iterator[Label]:
    """Yield a function that labels items in order, here or in `job.workers` processes, which end with it."""
    if (job.workers or 1) == 1:
        labeller = job.model.load()
        yield lambda items: (label_or_fail(item, labeller) for item in items)
        return
    from newsroles.runs.pool import pool

    with pool(job.model, job.workers or 1) as label:
        yield label


def label_each(job: Job) -> Iterator[Result]:
    """Read and label every article of a job, in order; what cannot be read or labelled is a Failure."""
    with labelling(job) as label:
        yield from label(chain.from_iterable(read_source(source, job.options) for source in job.sources))


def show(job: Job, write: Write) -> Summary:
    """Hand every result and its record to `write`, as they come."""
    return _write_each(label_each(job), job, Summary(), write)


def run(job: Job, target: Target, listener: ProgressListener | None = None) -> Summary:
    """Write a record for every article and for every failure.

    Both files grow as parts, which an interrupted run leaves for one that resumes. Raises UsageError where
    they cannot be written, or were begun with something else.
    """
    now = job.fingerprint(target)
    if target.resume and target.is_complete:
        check_same(target.out, read_note(target.out), now)
        return Summary(failed=count_lines(target.errors), was_complete=True)
    if target.format == "parquet":
        arrow()  # or MissingExtra, before anything is begun
    listener, summary = listener or ProgressListener(), Summary()
    with (
        labelling(job) as label,
        open_journal(target.out, target.errors, now, resume=target.resume) as journal,
    ):

        def write(result: Result, values: Mapping[str, Any]) -> None:
            journal.write(values)
            listener.seen(result)

        _write_each(label(_unrecorded(job, journal, summary, listener)), job, summary, write)
        if not summary.is_stopped:
            table = TABLES.get(target.format)
            journal.commit(partial(table, labels=job.model.labels) if table else None)
    return summary


def _write_each(results: Iterable[Result], job: Job, summary: Summary, write: Write) -> Summary:
    for result in results:
        values = result.to_dict() if isinstance(result, Failure) else job.record(result)
        write(result, values)
        summary.add(values)
        if job.max_errors is not None and summary.failed > job.max_errors:
            summary.is_stopped = True
            break
    return summary


def _unrecorded(job: Job, journal: Journal, summary: Summary, listener: ProgressListener) -> Iterator[Item]:
    """Yield what the run before has not recorded; sources that it has finished are not opened again."""
    for source in job.sources:
        index = 0
        while values := journal.take(source, index):
            summary.skip(values)
            index += 1
        if index and journal.is_beyond(source):
            listener.passed(source)
            continue
        for item in islice(read_source(source, job.options, listener.read), index, None):
            if values := journal.take(source, item.index):
                summary.skip(values)
            else:
                journal.begin_anew()
                yield item
