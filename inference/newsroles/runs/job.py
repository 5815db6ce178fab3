"""What a run is to do, what it comes to, and whom it tells: the same for every engine."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsroles.model import bundle as bundles
from newsroles.model.outcome import Result
from newsroles.model.travel import check_model
from newsroles.readers import ReadOptions
from newsroles.records.labelled import LabelledArticle
from newsroles.runs.fingerprint import ERRORS, fingerprint, part_of, seen_from

if TYPE_CHECKING:  # it brings onnxruntime, which wrong usage need not wait for
    from newsroles.model.labeller import Labeller


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
class Model:
    """Which model labels, and how: a few words that travel to other processes, where `load` opens it.

    `place` is a folder, or the name of an installed model, which may lie elsewhere on another machine; None
    is the default.
    `threads` are those of one process, None for every CPU that it may use.
    """

    place: str | Path | None
    name: str
    revision: str
    labels: tuple[str, ...]
    threads: int | None = None
    min_confidence: float = 0.0
    unwrap: bool = True
    who: bool = True

    @classmethod
    def at(
        cls,
        model: str | Path | None = None,
        *,
        threads: int | None = None,
        min_confidence: float = 0.0,
        unwrap: bool = True,
        who: bool = True,
    ) -> "Model":
        """Describe a bundle, by its folder or name, and check its files; raises BundleError."""
        found = bundles.load(model)
        place = model if model is None or not Path(model).is_dir() else Path(model).absolute()
        return cls(place, found.name, found.revision, found.labels, threads, min_confidence, unwrap, who)

    def load(self) -> "Labeller":
        """Open the model; raises BundleError where another one is there by now, or on this machine."""
        from newsroles.model.labeller import Labeller

        labeller = Labeller.load(
            self.place,
            threads=self.threads,
            min_confidence=self.min_confidence,
            unwrap=self.unwrap,
            who=self.who,
        )
        check_model(labeller.bundle, self.name, self.revision)
        return labeller


@dataclass(frozen=True, slots=True)
class Job:
    """What to read, how, and what to make of it.

    `only` are the labels whose sentences are written, None for all; sentences of the kinds `without_kinds`
    are not. The job stops when more than `max_errors` inputs have failed. `workers` are processes that label,
    None for as many as the engine finds right.
    """

    sources: Iterable[str]
    model: Model
    options: ReadOptions = field(default_factory=ReadOptions)
    only: frozenset[str] | None = None
    without_kinds: frozenset[str] = frozenset()
    max_errors: int | None = None
    workers: int | None = None

    def kept(self, page: LabelledArticle) -> LabelledArticle:
        """Return a labelled article with those of its sentences that are written."""
        labelled = [one for one in page.sentences if self.only is None or one.label in self.only]
        return replace(page, sentences=tuple(one for one in labelled if one.kind not in self.without_kinds))

    def record(self, page: LabelledArticle) -> dict[str, Any]:
        """Return what is written of a labelled article."""
        return self.kept(page).to_dict()

    def fingerprint(self, target: "Target", **more: Any) -> dict[str, Any]:
        """Return all that decides what is written, `more` settings of the engine included."""
        settings = {
            "--model": f"{self.model.name}@{self.model.revision}",
            "--only": sorted(self.only) if self.only is not None else None,
            "--without-kinds": sorted(self.without_kinds) or None,
            "--min-confidence": self.model.min_confidence,
            "--keep-line-breaks": not self.model.unwrap or None,
            "--no-who": not self.model.who or None,
            "--input-format": self.options.format,
            "--text-field": self.options.text_field,
            "--id-field": self.options.id_field,
            "--format": str(target.format),
            ERRORS: seen_from(target.out, target.errors),
        }
        return fingerprint(self.sources, {**settings, **more})


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
        return self.out.exists() and not part_of(self.out).exists()


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
