"""The command `newsroles report`, and what `newsroles label --report` shares with it."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from newsroles.cli.console import ALL_LABELLED, INPUTS_FAILED, exit_codes, say
from newsroles.errors import UsageError

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
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No closing line.")]


def report(
    records: Records,
    out: Out = None,
    errors: Errors = None,
    limit: Limit = LIMIT,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Make one HTML page of labelled articles, with colours, filters and counts.

    For example: newsroles report labelled.jsonl -o report.html

    Exit code: 0 all lines are in it, 1 some could not be read and are listed, 2 wrong usage, 130 interrupted.
    """
    with exit_codes():
        files = [records, *_failures(records, errors)]
        out = None if out == Path("-") else out
        if out:
            check(out, *files, overwrite=overwrite)
        elif sys.stdout.isatty():
            raise UsageError("a page of HTML is not for a terminal", "give a file with -o report.html")
        with opened(*files) as inputs:
            found = write(inputs, out, limit, quiet=quiet)
    raise typer.Exit(INPUTS_FAILED if found.unread else ALL_LABELLED)


def check_run(out: Path, others: Iterable[str | Path | None], *, is_table: bool, overwrite: bool) -> None:
    """Raise UsageError where a run that reads and writes `others` cannot have the page `out`."""
    if is_table:
        raise UsageError(
            "--report needs the texts, which a table leaves out",
            "give -o OUT.jsonl, or leave -o out and send the table on with > OUT.csv",
        )
    check(out, *(str(other) for other in others if other), overwrite=overwrite)


def check(out: Path, *others: str, overwrite: bool) -> None:
    """Raise UsageError where the page cannot be written, or would replace one of the `others`."""
    from newsroles.runs.paths import check_writable

    for other in others:
        if out.resolve() == Path(other).resolve():
            raise UsageError(
                f"{out}: is needed itself", "give another path for the page, such as report.html"
            )
    check_writable(out, resume=False, overwrite=overwrite)


@contextmanager
def opened(*names: str) -> Iterator["Inputs"]:
    """Open files, or what comes on stdin, to be read more than once; raises UsageError."""
    from newsroles.records.read import rereadable

    with ExitStack() as stack:
        streams: list[tuple[str, BinaryIO]] = []
        for name in names:
            try:
                stream = sys.stdin.buffer if name == STDIN else stack.enter_context(Path(name).open("rb"))
            except OSError as error:
                raise UsageError(
                    f"{name}: {error.strerror}", "give a file that newsroles label wrote"
                ) from error
            streams.append((name, stack.enter_context(rereadable(stream))))
        yield streams


def write(inputs: "Inputs", out: Path | None, limit: int = LIMIT, *, quiet: bool = False) -> "Summary":
    """Write the page of `inputs` to a file or to stdout, and say what is in it; raises UsageError."""
    from newsroles.report import page
    from newsroles.report.summary import summarise

    found = summarise(inputs, limit)
    pieces = page.render(inputs, found)
    if out:
        page.write(pieces, out)
    else:
        for piece in pieces:
            sys.stdout.buffer.write(piece.encode())
    if not quiet:
        _close(found, out, inputs[0][0])
    return found


def write_run(files: Iterable[Path | None], kept: BinaryIO, out: Path, *, quiet: bool) -> None:
    """Write the page of a run from those of its files that are there, or without any from what was `kept`."""
    with opened(*(str(path) for path in files if path and path.exists())) as inputs:
        write(inputs or [(STDIN, kept)], out, quiet=quiet)


def _failures(records: str, errors: Path | None) -> list[str]:
    """Give the file with a run's failures, if there is one."""
    beside = records.removesuffix(".gz").removesuffix(".zst") + ".errors.jsonl"
    return [str(errors)] if errors else [beside] * Path(beside).exists()


def _close(found: "Summary", out: Path | None, name: str) -> None:
    failed = f", {found.failed:,} failed" if found.failed else ""
    size = f", {out.stat().st_size / 1000:,.0f} kB" if out else ""
    articles, sentences = found.total.articles, found.total.labels.total()
    say(f"newsroles: {out or 'the page'} has {articles:,} articles, {sentences:,} sentences{failed}{size}")
    if found.unread:
        say(f"newsroles: {found.unread:,} lines could not be read; the page lists them at its end")
    if found.left_out:
        rest = f"tail -n +{articles + 1} {name} | newsroles report - -o more.html"
        say(f"newsroles: {found.left_out:,} articles are not in it; raise --limit, or: {rest}")
