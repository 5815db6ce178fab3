"""The command `newsroles label`."""

import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import typer

from newsroles.cli import report as report_command
from newsroles.cli.arguments import check_saved, chosen_labels
from newsroles.cli.console import ALL_LABELLED, INPUTS_FAILED, exit_codes, say
from newsroles.cli.options import (
    Counted,
    Engine,
    Errors,
    Format,
    IdField,
    InFormat,
    MaxErrors,
    MinConfidence,
    Model,
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
    Workers,
)
from newsroles.errors import UsageError

if TYPE_CHECKING:  # these bring onnxruntime or rich, which --help must not wait for
    from newsroles.readers.sources import Sources
    from newsroles.runs.job import Job, Summary, Target


def label(
    paths: Paths,
    out: Out = None,
    format_: OutFormat = None,
    input_format: InFormat = None,
    model: Model = None,
    only: Only = None,
    errors: Errors = None,
    max_errors: MaxErrors = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
    min_confidence: MinConfidence = 0.0,
    threads: Threads = None,
    workers: Workers = 1,
    text_field: TextField = "text",
    id_field: IdField = "id",
    report: Report = None,
    summary: Counted = False,
    engine: UsedEngine = Engine.LOCAL,
    shard_size: ShardSize = None,
    quiet: Quiet = False,
) -> None:
    """Label every sentence of PATH...

    For example: newsroles label page.html, or newsroles label crawl/ -o labelled.jsonl

    Exit code: 0 all labelled, 1 some inputs failed, 2 wrong usage, 130 interrupted.
    """
    with exit_codes():
        check_saved(paths)
        out = None if out == Path("-") else out
        errors = errors or (Path(f"{out}.errors.jsonl") if out else None)
        written, is_shared = _format(out, format_), engine is Engine.RAY
        if is_shared and workers > 1:
            raise UsageError("--workers is for the plain engine", "give --engine ray --threads instead")
        _check_engine(paths, out, written, shard_size, is_shared=is_shared)
        _check_usage(out, errors, resume=resume, overwrite=overwrite, is_folder=is_shared)
        if report:
            is_table = out is not None and written is not Format.JSONL
            files = [*paths, out, errors]
            report_command.check_run(report, files, is_table=is_table, overwrite=resume or overwrite)

        from newsroles.cli.stdout import print_all
        from newsroles.model.labeller import Labeller
        from newsroles.readers import ReadOptions
        from newsroles.readers.sources import Sources
        from newsroles.runs.job import Job, Target  # not before the usage has been found right

        sources = Sources(paths, any_name=input_format is not None)
        labeller = Labeller.load(model, threads=threads, min_confidence=min_confidence)
        options = ReadOptions(input_format, text_field, id_field)
        job = Job(
            sources, labeller, options, chosen_labels(only, labeller.labels), max_errors, workers, threads
        )
        with TemporaryFile() as kept:
            if out and errors:
                shared = (threads, shard_size) if is_shared else None
                done = _run(job, Target(out, errors, written, resume), sources, shared, quiet=quiet)
            else:
                done = print_all(job, errors, written, kept if report else None)
            if report and not (out and done.is_stopped):
                report_command.write_run(_written(out, errors), kept, report, model, quiet=quiet)
        _close(done, out, errors, sources.skipped, quiet=quiet)
        if summary and not done.was_complete:
            say("\n".join(f"{done.labels[name]:>9,} {name}" for name in labeller.labels))
    raise typer.Exit(INPUTS_FAILED if done.failed else ALL_LABELLED)


def _run(
    job: "Job",
    target: "Target",
    sources: "Sources",
    shared: tuple[int | None, int | None] | None,
    *,
    quiet: bool,
) -> "Summary":
    """Write to files, on Ray if `shared`: how many workers, and articles of a shard."""
    from newsroles.cli.progress import progress
    from newsroles.runs import local, ray

    with progress(sources, is_shown=not quiet) as counts:
        return ray.run(job, target, counts, *shared) if shared else local.run(job, target, counts)


def _written(out: Path | None, errors: Path | None) -> list[Path | None]:
    """List the files of records and failures that a run has written."""
    if not out:
        return []
    return [*(sorted(out.glob("part-*")) if out.is_dir() else [out]), errors]


def _format(out: Path | None, asked: Format | None) -> Format:
    if out and out.suffix in (".gz", ".zst"):
        raise UsageError(
            f"{out}: output is not compressed", f"give {out.stem}, and pack it when it is finished"
        )
    if out and asked is Format.TABLE:
        raise UsageError("--format table is for the terminal", "leave -o out, or give --format jsonl")
    if not out and asked is Format.PARQUET:
        raise UsageError("--format parquet needs a file", "give it with -o")
    if asked:
        return asked
    if out:
        from newsroles.records.write import format_of

        return Format(format_of(out))
    return Format.TABLE if sys.stdout.isatty() else Format.JSONL


def _check_engine(
    paths: list[str], out: Path | None, written: Format, shard_size: int | None, *, is_shared: bool
) -> None:
    if shard_size and not is_shared:
        raise UsageError("--shard-size is for --engine ray", "give both, or neither")
    if is_shared and not out:
        raise UsageError("--engine ray writes a folder", "give it with -o")
    if is_shared and written is Format.CSV:
        raise UsageError("--engine ray writes jsonl or parquet", "give one of them with --format")
    if is_shared and "-" in paths:
        raise UsageError("--engine ray cannot share stdin", "save it to a file, and give that")


def _check_usage(
    out: Path | None, errors: Path | None, *, resume: bool, overwrite: bool, is_folder: bool
) -> None:
    from newsroles.runs.paths import check_writable
    from newsroles.runs.shards import Folder

    if resume and overwrite:
        raise UsageError("--resume goes on and --overwrite starts anew", "give one of them")
    if not out and resume:
        raise UsageError("--resume needs a file to go on with", "give it with -o")
    if out and is_folder:
        Folder(out).check(resume=resume, overwrite=overwrite)
    for path in filter(None, (None if is_folder else out, errors)):
        check_writable(path, resume=resume, overwrite=overwrite)


def _close(done: "Summary", out: Path | None, errors: Path | None, skipped: int, *, quiet: bool) -> None:
    """Say in a line what the run has come to, and in another that it was stopped."""
    if done.is_stopped:
        say("newsroles: stopped by --max-errors; mend the inputs, or raise it and give --resume")
    if quiet or not (out or done.failed or skipped):
        return
    if done.was_complete:
        say(f"newsroles: {out} was complete already; to start anew, give --overwrite")
        return
    resumed = f", {done.skipped} of them by the run before" if done.skipped else ""
    where = f" (see {errors})" if done.failed and errors else ""
    left_out = f"; {skipped} files left out for their names, or as links out of a folder" if skipped else ""
    say(f"newsroles: {done.labelled} articles labelled, {done.failed} failed{where}{resumed}{left_out}")
