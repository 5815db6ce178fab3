"""Sources to records and failures, in their order, in runs that can be resumed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsroles.articles import Article, Failure, LabelledArticle
from newsroles.errors import InputError, UsageError
from newsroles.ledger import Ledger, open_ledger
from newsroles.readers import ReadOptions, read_source
from newsroles.readers.documents import as_failure
from newsroles.writers import check_parquet, failure_record, record, write_csv, write_parquet

if TYPE_CHECKING:  # it brings onnxruntime, which wrong usage need not wait for
    from newsroles.labeller import Labeller

Result = LabelledArticle | Failure
Write = Callable[[Result, Mapping[str, Any]], None]

TABLES = {"csv": write_csv, "parquet": write_parquet}
"""The formats that are made of the JSON lines of a finished run."""


@dataclass(slots=True)
class Summary:
    """What a run has come to; `skipped` of its articles and failures were settled by an earlier run."""

    labelled: int = 0
    failed: int = 0
    skipped: int = 0
    labels: Counter[str] = field(default_factory=Counter)  # of the sentences that are written
    is_stopped: bool = False  # by too many failures
    was_complete: bool = False  # before it began, so that nothing was done

    def add(self, values: Mapping[str, Any]) -> None:
        """Count one more record, of an article or of a failure."""
        if "sentences" in values:
            self.labelled += 1
            self.labels.update(sentence["label"] for sentence in values["sentences"])
        else:
            self.failed += 1

    def skip(self, values: Mapping[str, Any]) -> None:
        """Count a record that an earlier run has written."""
        self.add(values)
        self.skipped += 1


@dataclass(frozen=True, slots=True)
class Job:
    """What to read, how, and what to make of it.

    `only` are the labels whose sentences are written, None for all. The job stops when more than `max_errors`
    inputs have failed. More than one of `workers` are processes that label, each on `threads` threads.
    """

    sources: Iterable[str]
    labeller: "Labeller"
    options: ReadOptions
    only: frozenset[str] | None = None
    max_errors: int | None = None
    workers: int = 1
    threads: int | None = None

    def label(self, items: Iterable[Article | Failure]) -> Iterator[Result]:
        """Label items in their order; what cannot be labelled, or was a failure already, is one."""
        if self.workers == 1:
            return (label_or_fail(item, self.labeller) for item in items)
        from newsroles.processes import label_in_order

        return label_in_order(items, label_or_fail, self.labeller, self.workers, self.threads)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a run writes: records to `out`, failures, if there are any, to `errors`."""

    out: Path
    errors: Path
    format: str = "jsonl"
    resume: bool = False

    @property
    def is_complete(self) -> bool:
        """Tell whether an earlier run has finished it."""
        return self.out.exists() and not Path(f"{self.out}.part").exists()


class Watch:
    """Is told what happens in a run; this one doesn't mind."""

    def read(self, size: int) -> None:
        """Hear of bytes that were read."""

    def passed(self, source: str) -> None:
        """Hear of a source that need not be read again."""

    def seen(self, result: Result) -> None:
        """Hear of a result that was written."""

    def finished(self, articles: int, sentences: int, failed: int) -> None:
        """Hear of results that another process has written."""


def label_each(job: Job) -> Iterator[Result]:
    """Read and label every article of a job, in order; what cannot be read or labelled is a Failure."""
    return job.label(chain.from_iterable(read_source(source, job.options) for source in job.sources))


def label_or_fail(item: Article | Failure, labeller: "Labeller") -> Result:
    """Label an article; what cannot be labelled, or was a failure already, is one. Raises nothing."""
    if isinstance(item, Failure):
        return item
    try:
        return labeller.label(item)
    except InputError as error:
        return as_failure(error, item.source, item.index)
    except Exception as error:  # noqa: BLE001 - a page that trips a bug must not end a run of a million
        place = (item.source, item.index)
        return Failure(*place, None, f"cannot be labelled: {error!r}", "report this page as a bug")


def show(job: Job, write: Write) -> Summary:
    """Hand every result and its record to `write`, as they come."""
    return _settle(label_each(job), job, Summary(), write)


def run(job: Job, target: Target, watch: Watch | None = None) -> Summary:
    """Write a record for every article and for every failure.

    Both files grow as parts, which an interrupted run leaves for one that resumes. Raises UsageError where
    they cannot be written, or were begun with other inputs or another model.
    """
    if target.resume and target.is_complete:
        return Summary(failed=count_lines(target.errors), was_complete=True)
    if target.format == "parquet":
        check_parquet()
    watch, summary = watch or Watch(), Summary()
    model = job.labeller.bundle.model_id
    with open_ledger(target.out, target.errors, model, resume=target.resume) as ledger:

        def write(result: Result, values: Mapping[str, Any]) -> None:
            ledger.write(values)
            watch.seen(result)

        items = _unsettled(job, ledger, summary, watch)
        _settle(job.label(items), job, summary, write)
        if not summary.is_stopped:
            table = TABLES.get(target.format)
            ledger.commit(partial(table, labels=job.labeller.labels) if table else None)
    return summary


def _settle(results: Iterable[Result], job: Job, summary: Summary, write: Write) -> Summary:
    for result in results:
        values = failure_record(result) if isinstance(result, Failure) else record(result, job.only)
        write(result, values)
        summary.add(values)
        if job.max_errors is not None and summary.failed > job.max_errors:
            summary.is_stopped = True
            break
    return summary


def _unsettled(job: Job, ledger: Ledger, summary: Summary, watch: Watch) -> Iterator[Article | Failure]:
    """Give what the run before has not settled; sources that it has finished are not opened again."""
    for source in job.sources:
        index = 0
        while values := ledger.take(source, index):
            summary.skip(values)
            index += 1
        if index and ledger.is_beyond():
            watch.passed(source)
            continue
        for item in islice(read_source(source, job.options, watch.read), index, None):
            if values := ledger.take(source, item.index):
                summary.skip(values)
            else:
                yield item


def count_lines(path: Path) -> int:
    """Count the lines of a file, none where there isn't one."""
    if not path.exists():
        return 0
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def check_writable(path: Path, *, resume: bool, overwrite: bool) -> None:
    """Refuse, with UsageError, to write where an earlier output or an unfinished run would be lost."""
    part = Path(f"{path}.part")
    if path.is_dir():
        raise UsageError(f"{path}: a folder", "give a file to write, such as labelled.jsonl")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: no such folder", "create it, or give another path")
    if resume or overwrite:
        return
    if part.exists():
        raise UsageError(
            f"{part}: an unfinished run", "give --resume to go on with it, or --overwrite to start anew"
        )
    if path.exists():
        raise UsageError(f"{path}: is already there", "give --overwrite to replace it, or another path")
