"""The command `newsroles`: parsing and printing only."""

import json
import signal
import sys
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated

import typer

from newsroles import report_cli
from newsroles.errors import UsageError
from newsroles.exits import ALL_LABELLED, INPUTS_FAILED, exit_codes, print_lines, say

if TYPE_CHECKING:  # these bring onnxruntime or rich, which --help must not wait for
    from newsroles.batch import Summary
    from newsroles.labeller import Labeller

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


class Format(StrEnum):
    """What comes out."""

    TABLE = "table"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class InputFormat(StrEnum):
    """What goes in."""

    TEXT = "text"
    HTML = "html"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    WARC = "warc"


Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Pages to label: .txt, .html, .jsonl, .csv, .tsv, .parquet, .warc, each also .gz or .zst; "
        "folders, globs, @LIST for a file with a path a line, - for stdin.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Write to this file: .jsonl, or .csv or .parquet, a row a sentence."),
]
OutFormat = Annotated[
    Format | None,
    typer.Option("--format", help="Default: as OUT is named; without OUT, table on a terminal, else jsonl."),
]
InFormat = Annotated[
    InputFormat | None,
    typer.Option(help="What PATH holds, where names don't tell; folders are read whole."),
]
Model = Annotated[
    Path | None, typer.Option(help="A bundle folder. Default: the model shipped with newsroles.")
]
Only = Annotated[
    str | None, typer.Option(metavar="LABEL,...", help="Write only the sentences with these labels.")
]
Errors = Annotated[Path | None, typer.Option(help="Write failures here. Default: OUT.errors.jsonl.")]
MaxErrors = Annotated[
    int | None, typer.Option(min=0, help="Stop when more than this many inputs have failed.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run; else just start.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it is there.")]
MinConfidence = Annotated[float, typer.Option(min=0, max=1, help="Mark less probable labels as uncertain.")]
Threads = Annotated[int | None, typer.Option(min=1, help="Default: every CPU that the process may use.")]
TextField = Annotated[str, typer.Option(help="The field or column that holds a record's text.")]
IdField = Annotated[str, typer.Option(help="The field or column that holds a record's id.")]
Counted = Annotated[
    bool, typer.Option("--summary", help="Print how many sentences each label has, on stderr.")
]
Report = Annotated[Path | None, typer.Option(help="Write a page of HTML too: newsroles report --help.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no closing line.")]


@app.callback()
def newsroles() -> None:
    """Label every sentence of a news page as claim, accusation, background or boilerplate."""


@app.command(no_args_is_help=True)
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
    text_field: TextField = "text",
    id_field: IdField = "id",
    report: Report = None,
    summary: Counted = False,
    quiet: Quiet = False,
) -> None:
    """Label every sentence of PATH...

    For example: newsroles label page.html, or newsroles label crawl/ -o labelled.jsonl

    Exit code: 0 all labelled, 1 some inputs failed, 2 wrong usage, 130 interrupted.
    """
    with exit_codes():
        out = None if out == Path("-") else out
        errors = errors or (Path(f"{out}.errors.jsonl") if out else None)
        written = _format(out, format_)
        _check_usage(out, errors, resume=resume, overwrite=overwrite)
        if report:
            is_table = out is not None and written is not Format.JSONL
            files = [*paths, out, errors]
            report_cli.check_run(report, files, is_table=is_table, overwrite=resume or overwrite)

        from newsroles.batch import Job, Target, run  # not before the usage has been found right
        from newsroles.labeller import Labeller
        from newsroles.printing import print_all
        from newsroles.progress import progress
        from newsroles.readers import ReadOptions
        from newsroles.sources import Sources

        sources = Sources(paths, any_name=input_format is not None)
        labeller = Labeller.load(model, threads=threads, min_confidence=min_confidence)
        options = ReadOptions(input_format, text_field, id_field)
        job = Job(sources, labeller, options, _only(only, labeller), max_errors)
        with TemporaryFile() as kept:
            if out and errors:
                with progress(sources, is_shown=not quiet) as counts:
                    done = run(job, Target(out, errors, written, resume), counts)
            else:
                done = print_all(job, errors, written, kept if report else None)
            if report and not (out and done.is_stopped):
                report_cli.write_run([out, errors] if out else [], kept, report, quiet=quiet)
        _close(done, out, errors, sources.skipped, quiet=quiet)
        if summary and not done.was_complete:
            say("\n".join(f"{done.labels[name]:>9,} {name}" for name in labeller.labels))
    raise typer.Exit(INPUTS_FAILED if done.failed else ALL_LABELLED)


@app.command()
def info(
    model: Model = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines.")] = False,
) -> None:
    """Say what a model is: labels, limits, where it comes from, scores.

    For example: newsroles info, or newsroles info --model bundles/mine --json
    """
    with exit_codes():
        from newsroles import about, bundle

        known = about.facts(bundle.load(model))
        print_lines([json.dumps(known, ensure_ascii=False)] if as_json else about.lines(known))


@app.command()
def labels(model: Model = None) -> None:
    """Explain the labels in short, with examples.

    For example: newsroles labels, or newsroles labels --model bundles/mine
    """
    with exit_codes():
        from newsroles import bundle, guide

        print_lines(guide.lines(bundle.load(model)))


app.command(no_args_is_help=True)(report_cli.report)


def main() -> None:
    """Run the command as a shell expects of one: quiet when its reader goes away."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    app()


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
        return {".csv": Format.CSV, ".parquet": Format.PARQUET}.get(out.suffix.lower(), Format.JSONL)
    return Format.TABLE if sys.stdout.isatty() else Format.JSONL


def _check_usage(out: Path | None, errors: Path | None, *, resume: bool, overwrite: bool) -> None:
    from newsroles.batch import check_writable

    if resume and overwrite:
        raise UsageError("--resume goes on and --overwrite starts anew", "give one of them")
    if not out and resume:
        raise UsageError("--resume needs a file to go on with", "give it with -o")
    for path in filter(None, (out, errors)):
        check_writable(path, resume=resume, overwrite=overwrite)


def _only(asked: str | None, labeller: "Labeller") -> frozenset[str] | None:
    if asked is None:
        return None
    labels = frozenset(name.strip() for name in asked.split(","))
    if unknown := sorted(labels.difference(labeller.labels)):
        raise UsageError(
            f"the model has no label {', '.join(unknown)}", f"give --only some of {','.join(labeller.labels)}"
        )
    return labels


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
    left_out = f"; {skipped} files left out for their names" if skipped else ""
    say(f"newsroles: {done.labelled} articles labelled, {done.failed} failed{where}{resumed}{left_out}")
