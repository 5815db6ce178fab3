"""Who accuses whom as a table for people, as CSV, and as JSON."""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from newsroles.cli.console import write as write_out
from newsroles.cli.stdout import Terminal, Utf8
from newsroles.printable import printable
from newsroles.records.write import CsvLines, to_line
from newsroles.who.table import Row

NOBODY = "(nobody named)"
COLUMNS = ("accusations", "pages", "speaker", "target", "example")


def write(rows: Sequence[Row], format_: str, out: Path | None) -> None:
    """Write rows as table, csv or json to a file or to stdout; raises UsageError where that cannot be."""
    if format_ == "table" and not out and sys.stdout and sys.stdout.isatty():
        _show(rows)
        return
    text = "".join({"table": _plain, "csv": _csv, "json": _json}[format_](rows))
    if out is None:
        Utf8(write_out).write(text)
        return
    from newsroles.files import beside

    with beside(out, step="make room, or give another path") as file:
        file.write(text.encode("utf-8", "replace"))


def _show(rows: Sequence[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(COLUMNS):
        table.add_column(name, justify="right" if number < 2 else "left", overflow="fold")  # noqa: PLR2004 - counts
    for cells in _cells(rows):
        table.add_row(*cells)
    console = Console(file=Terminal(write_out), markup=False)  # type: ignore[arg-type]  # it needs no more
    console.print(table)


def _plain(rows: Sequence[Row]) -> Iterator[str]:
    lines = [COLUMNS, *_cells(rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS) - 1)]
    for accusations, pages, *names, example in lines:
        counts = (accusations.rjust(widths[0]), pages.rjust(widths[1]))
        shown = (name.ljust(width) for name, width in zip(names, widths[2:], strict=True))
        yield "  ".join((*counts, *shown, example)).rstrip() + "\n"


def _cells(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        names = (row.speaker or NOBODY, row.target or NOBODY, row.examples[0].text)
        yield f"{row.accusations:,}", f"{row.pages:,}", *(printable(" ".join(name.split())) for name in names)


def _csv(rows: Sequence[Row]) -> Iterator[str]:
    file = io.StringIO()
    table = csv.writer(CsvLines(file))
    table.writerow((*COLUMNS, "page", "url"))
    for row in rows:
        first = row.examples[0]
        names = (row.speaker, row.target, first.text, first.page, first.url)
        table.writerow((row.accusations, row.pages, *names))
    yield file.getvalue()


def _json(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a list of objects, one a line; null where nobody is named."""
    lines = (asdict(row) | {"speaker": row.speaker or None, "target": row.target or None} for row in rows)
    yield "[\n" + ",\n".join(to_line(line).decode().rstrip("\n") for line in lines) + "\n]\n"
