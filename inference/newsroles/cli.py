"""The command `newsroles`: parsing and printing only."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsroles.errors import NewsrolesError, UsageError

if TYPE_CHECKING:  # these bring onnxruntime or rich, which --help must not wait for
    from newsroles.articles import Failure, LabelledArticle
    from newsroles.batch import Summary

ALL_LABELLED, INPUTS_FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


class Format(StrEnum):
    """What comes out."""

    PAGE = "page"
    JSONL = "jsonl"


class InputFormat(StrEnum):
    """What goes in."""

    TEXT = "text"
    HTML = "html"
    JSONL = "jsonl"


Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="Pages to label: .txt, .html, .jsonl, folders, - for stdin."),
]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write JSON lines to this file.")]
OutFormat = Annotated[
    Format | None, typer.Option("--format", help="Default: page on a terminal, else jsonl.")
]
InFormat = Annotated[InputFormat | None, typer.Option(help="What PATH holds, where its name does not tell.")]
Model = Annotated[
    Path | None, typer.Option(help="A bundle folder. Default: the model shipped with newsroles.")
]
Errors = Annotated[Path | None, typer.Option(help="Write failures here. Default: OUT.errors.jsonl.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run; else just start.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it is there.")]
MinConfidence = Annotated[float, typer.Option(min=0, max=1, help="Mark less probable labels as uncertain.")]
Threads = Annotated[int | None, typer.Option(min=1, help="Default: every CPU that the process may use.")]
TextField = Annotated[str, typer.Option(help="The field of a .jsonl record that holds its text.")]
IdField = Annotated[str, typer.Option(help="The field of a .jsonl record that holds its id.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")]


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
    errors: Errors = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
    min_confidence: MinConfidence = 0.0,
    threads: Threads = None,
    text_field: TextField = "text",
    id_field: IdField = "id",
    quiet: Quiet = False,
) -> None:
    """Label every sentence of PATH...

    For example: newsroles label page.html, or newsroles label crawl/ -o labelled.jsonl

    Exit code: 0 all labelled, 1 some inputs failed, 2 wrong usage, 130 interrupted.
    """
    with _exit_codes():
        out = None if out == Path("-") else out
        errors = errors or (Path(f"{out}.errors.jsonl") if out else None)
        _check_usage(out, errors, format_, resume=resume, overwrite=overwrite)

        from newsroles.batch import Target, label_each, run  # not before the usage has been found right
        from newsroles.labeller import Labeller
        from newsroles.readers import ReadOptions

        labeller = Labeller.load(model, threads=threads, min_confidence=min_confidence)
        options = ReadOptions(input_format, text_field, id_field)
        if out and errors:
            with nullcontext(lambda _: None) if quiet else _progress() as seen:
                summary = run(paths, options, labeller, Target(out, errors, resume), seen)
        else:
            results = label_each(paths, options, labeller)
            summary = _print_all(results, errors, as_page=_wants_page(format_))
        if not quiet and (out or summary.failed):
            typer.echo(_sentence(summary), err=True)
    raise typer.Exit(INPUTS_FAILED if summary.failed else ALL_LABELLED)


def main() -> None:
    """Run the command as a shell expects of one: quiet when its reader goes away."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    app()


@contextmanager
def _exit_codes() -> Iterator[None]:
    """Turn our errors and Ctrl-C into one line on stderr and an exit code."""
    try:
        yield
    except NewsrolesError as error:
        typer.echo(f"newsroles: {error}", err=True)
        raise typer.Exit(USAGE) from None
    except KeyboardInterrupt:
        typer.echo(
            "newsroles: interrupted; with -o, the same command and --resume goes on from here", err=True
        )
        raise typer.Exit(INTERRUPTED) from None


def _check_usage(
    out: Path | None, errors: Path | None, format_: Format | None, *, resume: bool, overwrite: bool
) -> None:
    from newsroles.batch import check_writable

    if out and format_ is Format.PAGE:
        raise UsageError("--format page is for the terminal", "leave -o out, or give --format jsonl")
    if not out and resume:
        raise UsageError("--resume needs a file to go on with", "give it with -o")
    for path in filter(None, (out, errors)):
        check_writable(path, resume=resume, overwrite=overwrite)


def _wants_page(format_: Format | None) -> bool:
    return format_ is Format.PAGE or (format_ is None and sys.stdout.isatty())


def _print_all(
    results: "Iterator[LabelledArticle | Failure]", errors: Path | None, *, as_page: bool
) -> "Summary":
    """Print each result as it comes, records to stdout and failures to stderr (and to `errors`)."""
    from newsroles.articles import Failure
    from newsroles.batch import Summary
    from newsroles.writers import PartFile, failure_record

    part = PartFile(errors, resume=False) if errors else None
    show, summary = _printer(as_page=as_page), Summary()
    for result in results:
        summary = summary.plus(result)
        if not isinstance(result, Failure):
            show(result)
            continue
        typer.echo(f"newsroles: {_failure(result)}", err=True)
        if part:
            part.write(failure_record(result))
    if part:
        part.commit()
    return summary


def _printer(*, as_page: bool) -> Any:
    from newsroles.terminal import show
    from newsroles.writers import record, to_line

    if as_page:
        from rich.console import Console

        console = Console()
        return lambda page: show(page, console)
    return lambda page: sys.stdout.buffer.write(to_line(record(page)))


@contextmanager
def _progress() -> "Iterator[Any]":
    """Show articles and failures so far on stderr, if that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from newsroles.articles import Failure

    columns = (SpinnerColumn(), TextColumn("{task.fields[done]} articles, {task.fields[failed]} failed"))
    console = Console(stderr=True)
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None, done=0, failed=0)

        def seen(result: "LabelledArticle | Failure") -> None:
            fields = bar.tasks[0].fields
            name = "failed" if isinstance(result, Failure) else "done"
            bar.update(task, **{name: fields[name] + 1})

        yield seen


def _failure(failure: "Failure") -> str:
    place = f"{failure.source}:{failure.offset}" if failure.offset is not None else failure.source
    return f"{place}: {failure.reason}; {failure.next_step}"


def _sentence(summary: "Summary") -> str:
    resumed = f", {summary.skipped} of them by the run before" if summary.skipped else ""
    return f"newsroles: {summary.labelled} articles labelled, {summary.failed} failed{resumed}"
