"""Sources to records and failures, in their order, in runs that can be resumed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain, islice
from typing import Any

from newsroles.articles import Article, Failure
from newsroles.files import count_lines
from newsroles.readers import read_source
from newsroles.records.schema import failure_record, record
from newsroles.records.write import TABLES, check_parquet
from newsroles.runs.job import Job, ProgressListener, Result, Summary, Target
from newsroles.runs.journal import Journal, open_journal

Write = Callable[[Result, Mapping[str, Any]], None]


def label_each(job: Job) -> Iterator[Result]:
    """Read and label every article of a job, in order; what cannot be read or labelled is a Failure."""
    return job.label(chain.from_iterable(read_source(source, job.options) for source in job.sources))


def show(job: Job, write: Write) -> Summary:
    """Hand every result and its record to `write`, as they come."""
    return _write_each(label_each(job), job, Summary(), write)


def run(job: Job, target: Target, listener: ProgressListener | None = None) -> Summary:
    """Write a record for every article and for every failure.

    Both files grow as parts, which an interrupted run leaves for one that resumes. Raises UsageError where
    they cannot be written, or were begun with other inputs or another model.
    """
    if target.resume and target.is_complete:
        return Summary(failed=count_lines(target.errors), was_complete=True)
    if target.format == "parquet":
        check_parquet()
    listener, summary = listener or ProgressListener(), Summary()
    model = job.labeller.bundle.model_id
    with open_journal(target.out, target.errors, model, resume=target.resume) as journal:

        def write(result: Result, values: Mapping[str, Any]) -> None:
            journal.write(values)
            listener.seen(result)

        items = _unrecorded(job, journal, summary, listener)
        _write_each(job.label(items), job, summary, write)
        if not summary.is_stopped:
            table = TABLES.get(target.format)
            journal.commit(partial(table, labels=job.labeller.labels) if table else None)
    return summary


def _write_each(results: Iterable[Result], job: Job, summary: Summary, write: Write) -> Summary:
    for result in results:
        values = failure_record(result) if isinstance(result, Failure) else record(result, job.only)
        write(result, values)
        summary.add(values)
        if job.max_errors is not None and summary.failed > job.max_errors:
            summary.is_stopped = True
            break
    return summary


def _unrecorded(
    job: Job, journal: Journal, summary: Summary, listener: ProgressListener
) -> Iterator[Article | Failure]:
    """Give what the run before has not recorded; sources that it has finished are not opened again."""
    for source in job.sources:
        index = 0
        while values := journal.take(source, index):
            summary.skip(values)
            index += 1
        if index and journal.is_beyond():
            listener.passed(source)
            continue
        for item in islice(read_source(source, job.options, listener.read), index, None):
            if values := journal.take(source, item.index):
                summary.skip(values)
            else:
                yield item
