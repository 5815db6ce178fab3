"""What `newsroles label` was asked for, in groups, checked before anything is opened or imported for it."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsroles.cli.arguments import check_saved, chosen_labels
from newsroles.cli.options import Engine, Format, InputFormat
from newsroles.errors import UsageError

if TYPE_CHECKING:  # these bring readers, which --help must not wait for
    from newsroles.readers.sources import Sources
    from newsroles.runs.job import Job, Target


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is read, and how."""

    paths: list[str]
    format: InputFormat | None
    text_field: str
    id_field: str


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is written; `out` is None for stdout, `errors` for stderr alone, `report` for no page."""

    out: Path | None
    format: Format
    errors: Path | None
    report: Path | None
    only: str | None
    without_kinds: str
    resume: bool
    overwrite: bool
    is_stream: bool  # stdout, or a device, of which nothing can be resumed

    @classmethod
    def of(cls, out: Path | None, format_: Format | None, errors: Path | None, **others: Any) -> "Outputs":
        """Fill in what was not given; raises UsageError where the format does not fit."""
        from newsroles.files import is_device

        out = None if out == Path("-") else out
        is_stream = out is None or is_device(out)
        beside = None if is_stream else Path(f"{out}.errors.jsonl")
        format_ = _format(out, format_, is_stream=is_stream)
        return cls(out, format_, errors or beside, is_stream=is_stream, **others)


@dataclass(frozen=True, slots=True)
class Engines:
    """What labels: a model, in how many processes of how many threads, here or on Ray."""

    model: Path | None
    min_confidence: float
    keep_line_breaks: bool
    no_who: bool
    threads: int | None
    workers: int | None
    engine: Engine
    shard_size: int | None
    max_errors: int | None

    @property
    def is_shared(self) -> bool:
        """Tell whether the run is on Ray."""
        return self.engine is Engine.RAY


@dataclass(frozen=True, slots=True)
class Asked:
    """All of it."""

    inputs: Inputs
    outputs: Outputs
    engines: Engines

    def check(self) -> "Sources":
        """Return what is to be read; raises UsageError for what makes no sense, or would do harm."""
        from newsroles.model.bundle import GRAPH, MANIFEST, TOKENIZER
        from newsroles.model.catalogue import locate
        from newsroles.readers.sources import Sources
        from newsroles.runs.paths import RunPaths

        check_saved(self.inputs.paths)
        self._check_engine()
        outputs = self.outputs
        if outputs.resume and outputs.overwrite:
            raise UsageError("--resume goes on and --overwrite starts anew", "give one of them")
        if outputs.is_stream and outputs.resume:
            raise UsageError("--resume needs a file to go on with", "give it with -o")
        if outputs.report and not outputs.is_stream and outputs.format is not Format.JSONL:
            raise UsageError(
                "--report needs the texts, which a table leaves out",
                "give -o OUT.jsonl, or leave -o out and send the table on with > OUT.csv",
            )
        paths = RunPaths(outputs.out, outputs.errors, outputs.report, is_folder=self.engines.is_shared)
        if self.engines.model:
            for name in (MANIFEST, GRAPH, TOKENIZER):
                paths.check(locate(self.engines.model) / name)
        any_name = self.inputs.format is not None
        sources = Sources(
            self.inputs.paths, any_name=any_name, text_field=self.inputs.text_field, guard=paths
        )
        goes_on = paths.check_writable(resume=outputs.resume, overwrite=outputs.overwrite)
        if not (outputs.is_stream or goes_on):  # else a folder that comes late is a run that has ended
            sources.check()
        return sources

    def job(self, sources: "Sources") -> "Job":
        """Describe the run; raises UsageError for labels that there are not, and BundleError."""
        from newsroles.readers import ReadOptions
        from newsroles.runs.job import Job, Model

        inputs, engines = self.inputs, self.engines
        model = Model.at(
            engines.model,
            threads=engines.threads,
            min_confidence=engines.min_confidence,
            unwrap=not engines.keep_line_breaks,
            who=not engines.no_who,
        )
        options = ReadOptions(inputs.format, inputs.text_field, inputs.id_field)
        only = chosen_labels(self.outputs.only, model.labels)
        without = _kinds(self.outputs.without_kinds)
        return Job(sources, model, options, only, without, engines.max_errors, engines.workers)

    def target(self) -> "Target":
        """Return where the records and the failures go, of a run that is no stream."""
        from newsroles.runs.job import Target

        outputs = self.outputs
        if outputs.out is None or outputs.errors is None:
            raise UsageError("this run has no file to write", "give it with -o")
        return Target(outputs.out, outputs.errors, outputs.format, outputs.resume)

    def _check_engine(self) -> None:
        if not self.engines.is_shared:
            if self.engines.shard_size:
                raise UsageError("--shard-size is for --engine ray", "give both, or neither")
            return
        if self.outputs.is_stream:
            raise UsageError("--engine ray writes a folder", "give it with -o")
        if self.outputs.format is Format.CSV:
            raise UsageError("--engine ray writes jsonl or parquet", "give one of them with --format")
        if "-" in self.inputs.paths:
            raise UsageError("--engine ray cannot share stdin", "save it to a file, and give that")


def _format(out: Path | None, asked: Format | None, *, is_stream: bool) -> Format:
    """Return the format of the output: as asked, else as OUT is called."""
    if out and out.suffix in (".gz", ".zst"):
        raise UsageError(
            f"{out}: output is not compressed", f"give {out.stem}, and pack it when it is finished"
        )
    if out and asked is Format.TABLE:
        raise UsageError("--format table is for the terminal", "leave -o out, or give --format jsonl")
    if is_stream and asked is Format.PARQUET:
        raise UsageError("--format parquet needs a file", "give one with -o OUT.parquet")
    if asked:
        return asked
    if out:
        from newsroles.records.write import format_of

        return Format(format_of(out))
    return Format.TABLE if sys.stdout and sys.stdout.isatty() else Format.JSONL


def _kinds(asked: str) -> frozenset[str]:
    from newsroles.readers.kinds import KINDS

    kinds = frozenset(filter(None, (name.strip() for name in asked.split(","))))
    if unknown := sorted(kinds.difference(KINDS)):
        raise UsageError(
            f"no such kind of line: {', '.join(unknown)}",
            f"give --without-kinds some of {','.join(KINDS)}; docs/use/kinds.md says what they are",
        )
    return kinds
