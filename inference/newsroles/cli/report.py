"""The command `newsroles report`, and what `newsroles label --report` shares with it."""

import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from newsroles.cli.console import ALL_LABELLED, INPUTS_FAILED, exit_codes, say
from newsroles.cli.console import write as write_out
from newsroles.errors import UsageError
from newsroles.printable import counted

if TYPE_CHECKING:  # it brings Jinja2, which --help must not wait for
    from newsroles.report.summary import Inputs, Summary

LIMIT = 2_000
"""How many articles a page bears: what a browser opens in a few seconds (docs/use/report.md)."""

STDIN = "-"

Records = Annotated[
    str,
    typer.Argument(metavar="OUT.jsonl", help="What newsroles label wrote, also .gz or .zst; - for stdin."),
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="The page, such as report.html. Default: stdout.")
]
Errors = Annotated[
    Path | None, typer.Option(help="The failures to list. Default: OUT.errors.jsonl, if it is there.")
]
Limit = Annotated[int, typer.Option(min=1, help="Show the first so many articles.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the page if it is there.")]
Model = Annotated[
    Path | None,
    typer.Option(help="The bundle that labelled, whose report.json says how far to trust it. Default: ours."),
]
Open = Annotated[bool, typer.Option("--open", help="Open the page in a browser when it is written.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No closing line.")]


def report(
    records: Records,
    out: Out = None,
    errors: Errors = None,
    limit: Limit = LIMIT,
    overwrite: Overwrite = False,
    model: Model = None,
    open_: Open = False,
    quiet: Quiet = False,
) -> None:
    """Make one HTML page of labelled articles, with colours, filters and counts.

    For example: newsroles report labelled.jsonl -o report.html

    Exit code: 0 all lines are in it, 1 some could not be read and are listed, 2 wrong usage, 130 interrupted.
    """
    with exit_codes():
        from newsroles.runs.paths import RunPaths

        files = [records, *_failures(records, errors)]
        out = None if out == Path("-") else out
        if open_ and not out:
            raise UsageError("--open needs a file to open", "give one with -o report.html")
        if not out and sys.stdout and sys.stdout.isatty():
            raise UsageError("a page of HTML is not for a terminal", "give a file with -o report.html")
        paths = RunPaths(report=out)
        for file in files:
            paths.check(file)
        paths.check_writable(overwrite=overwrite)
        with opened(*files) as inputs:
            found = write(inputs, out, limit, model)
            if not quiet:
                _close(found, out, "raise --limit", inputs[:1])
        if out and open_:
            show(out)
    raise typer.Exit(INPUTS_FAILED if found.unread else ALL_LABELLED)


@contextmanager
def opened(*names: str) -> Iterator["Inputs"]:
    """Open files, or what comes on stdin, to be read more than once; raises UsageError."""
    from newsroles.records.read import rereadable

    with ExitStack() as stack:
        streams = [(name, stack.enter_context(open_records(name))) for name in names]
        yield [(name, stack.enter_context(rereadable(stream))) for name, stream in streams]


def open_records(name: str) -> AbstractContextManager[BinaryIO]:
    """Open a file, or stdin, to be read once; raises UsageError, and InputError where stdin is closed."""
    from newsroles.readers.named import stdin

    if name == STDIN:
        return nullcontext(stdin())
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}", "give a file that newsroles label wrote") from error


def show(page: Path) -> None:
    """Open a page in a browser, or say where it is."""
    import webbrowser

    if not webbrowser.open(page.resolve().as_uri()):
        say(f"newsroles: no browser found; open {page} in one yourself")


def write(inputs: "Inputs", out: Path | None, limit: int, model: Path | None) -> "Summary":
    """Write the page of `inputs` to a file or to stdout, and return what is in it; raises UsageError.

    `model` is the folder of the bundle that labelled, None for the shipped one.
    """
    from newsroles.report import page
    from newsroles.report.summary import summarise

    found = summarise(inputs, limit, out.parent if out else Path())
    pieces = page.render(inputs, found, model)
    if out:
        page.write(pieces, out)
    else:
        for piece in pieces:
            write_out(piece.encode())
    return found


def write_run(
    files: Iterable[Path | None], kept: BinaryIO | None, out: Path, model: Path | None, *, quiet: bool
) -> None:
    """Write the page of a run from those of its files that are there, or without any from what was `kept`.

    The last of its files has the failures.
    """
    *records, failures = files if not kept else [None]
    there = [str(path) for path in (*records, failures) if path and path.is_file()]
    with opened(*there) as inputs:
        found = write([(STDIN, kept)] if kept else inputs, out, LIMIT, model)
        if not quiet:
            wider = "newsroles report takes the results with a higher --limit"
            _close(found, out, wider, inputs[:1] if len(records) == 1 else [])


def _failures(records: str, errors: Path | None) -> list[str]:
    """Return the file with a run's failures, if there is one."""
    beside = records.removesuffix(".gz").removesuffix(".zst") + ".errors.jsonl"
    return [str(errors)] if errors else [beside] * Path(beside).exists()


def _close(found: "Summary", out: Path | None, wider: str, records: "Inputs") -> None:
    """Say what the page has, and how what isn't on it gets on one: `wider`, and what a single file allows."""
    failed = f", {found.failed:,} failed" if found.failed else ""
    size = f", {out.stat().st_size / 1000:,.0f} kB" if out else ""
    articles = counted(found.total.articles, "article")
    sentences = counted(found.total.labels.total(), "sentence")
    say(f"newsroles: {out or 'the page'} has {articles}, {sentences}{failed}{size}")
    if found.unread:
        say(f"newsroles: {counted(found.unread, 'line')} could not be read; the page lists them at its end")
    if found.left_out:
        are = "is" if found.left_out == 1 else "are"
        ways = [wider, *(way for each in records for way in _rest(*each, found.before))]
        say(f"newsroles: {counted(found.left_out, 'article')} {are} not in it; {', or: '.join(ways)}")


def _is_plain(name: str, stream: BinaryIO) -> bool:
    """Tell whether `tail` can cut it: a file, and not packed."""
    from newsroles.readers.packing import MAGIC, is_packed

    stream.seek(0)
    return name != STDIN and Path(name).is_file() and not is_packed(stream.read(MAGIC))


def _rest(name: str, stream: BinaryIO, before: int) -> Iterator[str]:
    """Yield the command for a page of a file's records but for the first `before`, where there is one."""
    from newsroles.readers.records import lines

    if not _is_plain(name, stream):
        return
    stream.seek(0)
    records = (number for number, line in lines(stream) if line is None or line.strip())
    for first in islice(records, before, before + 1):
        yield f"tail -n +{first} {shlex.quote(name)} | newsroles report - -o more.html"
