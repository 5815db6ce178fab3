"""What a run is to do, what it comes to, and whom it tells: the same for every engine."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsroles.articles import Article, Failure, LabelledArticle
from newsroles.errors import InputError
from newsroles.readers import ReadOptions
from newsroles.readers.documents import as_failure

if TYPE_CHECKING:  # it brings onnxruntime, which wrong usage need not wait for
    from newsroles.model.labeller import Labeller

Result = LabelledArticle | Failure


@dataclass(slots=True)
class Summary:
    """What a run has come to; `skipped` of its articles and failures were recorded by an earlier run."""

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
        from newsroles.runs.pool import label_in_order

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


class ProgressListener:
    """Is told what happens in a run; this one doesn't mind."""

    def read(self, size: int) -> None:
        """Hear of bytes that were read."""

    def passed(self, source: str) -> None:
        """Hear of a source that need not be read again."""

    def seen(self, result: Result) -> None:
        """Hear of a result that was written."""

    def finished(self, articles: int, sentences: int, failed: int) -> None:
        """Hear of results that another process has written."""


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
