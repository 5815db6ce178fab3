"""Sources to records and failures, with a ledger that makes a run resumable.

The ledger is what the part files hold: every (source, index) that an earlier run has settled, labelled
or failed, is skipped, so that an interrupted run ends in the same bytes as one that was not.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from newsroles.articles import Article, Failure, LabelledArticle
from newsroles.errors import UsageError
from newsroles.readers import ReadOptions, read_source
from newsroles.writers import PartFile, failure_record, record

if TYPE_CHECKING:  # it brings onnxruntime, which wrong usage need not wait for
    from newsroles.labeller import Labeller

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many articles are labelled and failed; `skipped` of both were settled by an earlier run."""

    labelled: int = 0
    failed: int = 0
    skipped: int = 0

    def plus(self, result: LabelledArticle | Failure) -> "Summary":
        """Count one more result."""
        if isinstance(result, Failure):
            return replace(self, failed=self.failed + 1)
        return replace(self, labelled=self.labelled + 1)


def expand(paths: Iterable[str]) -> Iterator[str]:
    """Give each source in a fixed order; a folder stands for the files in it, hidden ones left out."""
    for path in paths:
        folder = Path(path)
        if path == "-" or not folder.is_dir():
            yield path
            continue
        files = sorted(
            str(file) for file in folder.rglob("*") if file.is_file() and not file.name.startswith(".")
        )
        yield from files or [path]


def label_each(
    paths: Iterable[str], options: ReadOptions, labeller: "Labeller", settled: frozenset[Key] = frozenset()
) -> Iterator[LabelledArticle | Failure]:
    """Read and label every article of `paths`, in order; what cannot be read or labelled is a Failure."""
    for source in expand(paths):
        for item in read_source(source, options):
            if (item.source, item.index) not in settled:
                yield item if isinstance(item, Failure) else _label(item, labeller)


def _label(article: Article, labeller: "Labeller") -> LabelledArticle | Failure:
    try:
        return labeller.label(article)
    except Exception as error:  # noqa: BLE001 - a page that trips a bug must not end a run of a million
        place = (article.source, article.index)
        return Failure(*place, None, f"cannot be labelled: {error!r}", "report this page as a bug")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a run writes: records to `out`, failures, if there are any, to `errors`."""

    out: Path
    errors: Path
    resume: bool = False


def run(
    paths: Iterable[str],
    options: ReadOptions,
    labeller: "Labeller",
    target: Target,
    seen: Callable[[LabelledArticle | Failure], None] = lambda _: None,
) -> Summary:
    """Write a record for every article and for every failure; call `seen` with each once it is settled.

    Both files grow as parts and are renamed at the end; interrupted, the parts stay for a run that resumes.
    """
    with (
        closing(PartFile(target.errors, resume=target.resume)) as failures,
        closing(PartFile(target.out, resume=target.resume)) as records,
    ):
        labelled, failed = list(_settled(records, labeller)), list(_settled(failures, labeller))
        summary = Summary(len(labelled), len(failed), len(labelled) + len(failed))
        for result in label_each(paths, options, labeller, frozenset(labelled + failed)):
            if isinstance(result, Failure):
                failures.write(failure_record(result))
            else:
                records.write(record(result))
            summary = summary.plus(result)
            seen(result)
        if summary.failed:
            failures.commit()
        else:
            failures.discard()
        records.commit()
    return summary


def _settled(part: PartFile, labeller: "Labeller") -> Iterator[Key]:
    for values in part.records():
        if values.get("model", labeller.bundle.model_id) != labeller.bundle.model_id:
            raise UsageError(
                f"{part.part}: begun with the model {values['model']}, not {labeller.bundle.model_id}",
                "resume with that model, or start anew with --overwrite",
            )
        yield values["source"], values["index"]


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
