"""The command `newsroles label`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO

import typer

from newsroles.cli import report as report_command
from newsroles.cli.asked import Asked, Engines, Inputs, Outputs
from newsroles.cli.console import ALL_LABELLED, INPUTS_FAILED, exit_codes, say
from newsroles.cli.options import (
    Counted,
    Engine,
    Errors,
    IdField,
    InFormat,
    KeepLineBreaks,
    MaxErrors,
    MinConfidence,
    Model,
    NoWho,
    Only,
    Out,
    OutFormat,
    Overwrite,
    Paths,
    Quiet,
    Report,
    Resume,
    ShardSize,
    TextField,
    Threads,
    UsedEngine,
    WithoutKinds,
    Workers,
)
from newsroles.cli.report import Open
from newsroles.errors import UsageError
from newsroles.printable import counted

if TYPE_CHECKING:  # these bring onnxruntime or rich, which --help must not wait for
    from newsroles.readers.sources import Sources
    from newsroles.runs.job import Job, Summary


def label(
    paths: Paths,
    out: Out = None,
    format_: OutFormat = None,
    input_format: InFormat = None,
    model: Model = None,
    only: Only = None,
    without_kinds: WithoutKinds = "",
    errors: Errors = None,
    max_errors: MaxErrors = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
    min_confidence: MinConfidence = 0.0,
    keep_line_breaks: KeepLineBreaks = False,
    no_who: NoWho = False,
    threads: Threads = None,
    workers: Workers = None,
    text_field: TextField = "text",
    id_field: IdField = "id",
    report: Report = None,
    open_: Open = False,
    summary: Counted = False,
    engine: UsedEngine = Engine.LOCAL,
    shard_size: ShardSize = None,
    quiet: Quiet = False,
) -> None:
    """Label every sentence of PATH...

    For example: newsroles label page.html, or newsroles label crawl/ -o labelled.jsonl

    Exit code: 0 all labelled, 1 some inputs failed, 2 wrong usage or no room, 130 interrupted.
    """
    with exit_codes(interrupted=_interrupted(out)):
        if open_ and not report:
            raise UsageError("--open opens the report", "give the file to write with --report report.html")
        inputs = Inputs(paths, input_format, text_field, id_field)
        again = {"resume": resume, "overwrite": overwrite}
        outputs = Outputs.of(
            out, format_, errors, report=report, only=only, without_kinds=without_kinds, **again
        )
        engines = Engines(
            model, min_confidence, keep_line_breaks, no_who, threads, workers, engine, shard_size, max_errors
        )
        done = _label(Asked(inputs, outputs, engines), is_counted=summary, quiet=quiet)
        if open_ and report and not done.is_stopped:
            report_command.show(report)
    raise typer.Exit(INPUTS_FAILED if done.failed else ALL_LABELLED)


def _interrupted(out: Path | None) -> str:
    """Say how to go on."""
    if out is None or out == Path("-"):
        return "interrupted; without -o FILE a run starts anew"
    return "interrupted; with the same command and --resume it goes on from here"


def _label(asked: Asked, *, is_counted: bool, quiet: bool) -> "Summary":
    outputs, sources = asked.outputs, asked.check()
    job = asked.job(sources)
    with _kept(is_needed=outputs.report is not None and outputs.is_stream) as kept:
        done = _stream(asked, job, kept) if outputs.is_stream else _run(asked, job, sources, quiet=quiet)
        if outputs.report and (outputs.is_stream or not done.is_stopped):
            report_command.write_run(
                _written(outputs), kept, outputs.report, asked.engines.model, quiet=quiet
            )
    _close(done, outputs, sources, quiet=quiet)
    if is_counted and not done.was_complete:
        say("\n".join(f"{done.labels[name]:>9,} {name}" for name in job.model.labels))
    return done


@contextmanager
def _kept(*, is_needed: bool) -> Iterator[BinaryIO | None]:
    """Yield a file for what goes to a stream and to the report too."""
    if not is_needed:
        yield None
        return
    with TemporaryFile() as kept:
        yield kept


def _stream(asked: Asked, job: "Job", kept: BinaryIO | None) -> "Summary":
    from newsroles.cli.stdout import print_all

    outputs = asked.outputs
    return print_all(job, outputs.out, outputs.errors, outputs.format, kept)


def _run(asked: Asked, job: "Job", sources: "Sources", *, quiet: bool) -> "Summary":
    from newsroles.cli.progress import progress
    from newsroles.runs import local, ray

    with progress(sources, is_shown=not quiet) as counts:
        if asked.engines.is_shared:
            return ray.run(job, asked.target(), counts, asked.engines.shard_size)
        return local.run(job, asked.target(), counts)


def _written(outputs: Outputs) -> list[Path | None]:
    """List the files of records and failures that a run has written."""
    out = outputs.out
    if not out or outputs.is_stream:
        return []
    return [*(sorted(out.glob("part-*")) if out.is_dir() else [out]), outputs.errors]


def _close(done: "Summary", outputs: Outputs, sources: "Sources", *, quiet: bool) -> None:
    """Say in a line what the run has come to, and in another that it was stopped."""
    if done.is_stopped:
        step = "raise it" if outputs.is_stream else "raise it and give --resume"
        say(f"newsroles: stopped by --max-errors; fix the inputs, or {step}")
    if quiet or not (outputs.out or done.failed or sources.skipped or sources.left_out):
        return
    if done.was_complete:
        say(f"newsroles: {outputs.out} was complete already; to start anew, give --overwrite")
        return
    resumed = f", {done.skipped} of them by the run before" if done.skipped else ""
    where = f" (see {outputs.errors})" if done.failed and outputs.errors else ""
    left = ", or as links out of a folder"
    names = f"; {counted(sources.skipped, 'file')} left out for their names{left}" if sources.skipped else ""
    own = f"; {counted(sources.left_out, 'file')} left out, which newsroles wrote" if sources.left_out else ""
    labelled = f"{counted(done.labelled, 'article')} labelled, {done.failed:,} failed"
    say(f"newsroles: {labelled}{where}{resumed}{names}{own}")
