"""Results on standard output as they come, and everything else, a line each, on standard error."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from newsroles.articles import Failure, LabelledArticle
from newsroles.cli.console import say
from newsroles.printable import printable
from newsroles.records.write import csv_writer, rows, to_line
from newsroles.runs.job import Job, Result, Summary
from newsroles.runs.journal import PartFile
from newsroles.runs.local import show

Print = Callable[[LabelledArticle, Mapping[str, Any]], object]


def print_all(job: Job, errors: Path | None, format_: str, kept: BinaryIO | None = None) -> Summary:
    """Print records as jsonl, csv or table; failures go to stderr, and to `errors` if it is given.

    `kept` gets both as JSON lines.
    """
    part = PartFile(errors, resume=False) if errors else None
    print_ = _printer(format_, job)

    def write(result: Result, values: Mapping[str, Any]) -> None:
        if kept:
            kept.write(to_line(values))
        if not isinstance(result, Failure):
            print_(result, values)
            return
        say(f"newsroles: {_in_a_line(result)}")
        if part:
            part.write(values)

    summary = show(job, write)
    if part:
        part.commit()
    return summary


def _printer(format_: str, job: Job) -> Print:
    if format_ == "table":
        from rich.console import Console

        from newsroles.cli.table import show as show_page

        console = Console()
        return lambda page, _: show_page(page, console, job.only)
    if format_ == "csv":
        table = csv_writer(_Utf8(), job.labeller.labels)
        return lambda _, values: table.writerows(rows(values))
    return lambda _, values: sys.stdout.buffer.write(to_line(values))


class _Utf8:
    """Standard output as text in UTF-8, whatever the locale, and safe to look at if it is a terminal."""

    def write(self, text: str) -> int:
        text = printable(text) if sys.stdout.isatty() else text
        return sys.stdout.buffer.write(text.encode())


def _in_a_line(failure: Failure) -> str:
    place = f"{failure.source}:{failure.offset}" if failure.offset is not None else failure.source
    return f"{place}: {failure.reason}; {failure.next_step}".replace("\n", " ")
