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
NAMES = ("speaker", "target")
COUNTS = ("accusations", "pages")


def write(rows: Sequence[Row], names: Sequence[str], format_: str, out: Path | None) -> None:
    """Write rows with one or both of `NAMES`, as table, csv or json, to a file or to stdout.

    Raises UsageError where that cannot be.
    """
    if format_ == "table" and not out and sys.stdout and sys.stdout.isatty():
        _show(rows, names)
        return
    text = "".join({"table": _plain, "csv": _csv, "json": _json}[format_](rows, names))
    if out is None:
        Utf8(write_out).write(text)
        return
    from newsroles.files import beside

    with beside(out, step="make room, or give another path") as file:
        file.write(text.encode("utf-8", "replace"))


def _show(rows: Sequence[Row], names: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in (*COUNTS, *names, "example"):
        table.add_column(name, justify="right" if name in COUNTS else "left", overflow="fold")
    for cells in _cells(rows, names):
        table.add_row(*cells)
    console = Console(file=Terminal(write_out), markup=False)  # type: ignore[arg-type]  # it needs no more
    console.print(table)


def _plain(rows: Sequence[Row], names: Sequence[str]) -> Iterator[str]:
    lines = [(*COUNTS, *names, "example"), *_cells(rows, names)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for accusations, pages, *own, example in lines:
        counts = (accusations.rjust(widths[0]), pages.rjust(widths[1]))
        shown = (name.ljust(width) for name, width in zip(own, widths[2:-1], strict=True))
        yield "  ".join((*counts, *shown, example)).rstrip() + "\n"


def _cells(rows: Sequence[Row], names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        texts = (*(getattr(row, name) or NOBODY for name in names), row.examples[0].text)
        yield f"{row.accusations:,}", f"{row.pages:,}", *(printable(" ".join(text.split())) for text in texts)


def _csv(rows: Sequence[Row], names: Sequence[str]) -> Iterator[str]:
    file = io.StringIO()
    table = csv.writer(CsvLines(file))
    table.writerow((*COUNTS, *names, "example", "page", "url", "resolved"))
    for row in rows:
        first = row.examples[0]
        own = (getattr(row, name) for name in names)
        table.writerow((row.accusations, row.pages, *own, first.text, first.page, first.url, row.resolved))
    yield file.getvalue()


def _json(rows: Sequence[Row], names: Sequence[str]) -> Iterator[str]:
    """Yield a list of objects, one a line; null where nobody is named."""
    lines = []
    for row in rows:
        line = asdict(row)
        own = {name: line.pop(name) or None for name in NAMES}
        lines.append({name: own[name] for name in names} | line)
    yield "[\n" + ",\n".join(to_line(line).decode().rstrip("\n") for line in lines) + "\n]\n"
