"""Results on standard output, or a device, as they come; everything else, a line each, on standard error."""

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from newsroles.articles import Failure
from newsroles.cli.console import ReaderGoneError, say, write
from newsroles.errors import unwritable
from newsroles.files import beside, drop, is_device, open_device, real, write_all
from newsroles.model.outcome import Result
from newsroles.printable import printable
from newsroles.records.labelled import LabelledArticle
from newsroles.records.write import CsvTable, to_line
from newsroles.runs.job import Job, Summary
from newsroles.runs.local import show

Print = Callable[[LabelledArticle, Mapping[str, Any]], object]
Write = Callable[[bytes], object]


def print_all(
    job: Job, device: Path | None, errors: Path | None, format_: str, kept: BinaryIO | None = None
) -> Summary:
    """Print records as jsonl, csv or table; failures go to stderr, and to `errors` if it is given.

    They are printed on stdout, or on `device`. `kept` gets records and failures as JSON lines.
    """
    with _stream(device) as out, _failures(errors) as failures, _printer(format_, job, out) as print_:

        def handle(result: Result, values: Mapping[str, Any]) -> None:
            if kept:
                kept.write(to_line(values))
            if not isinstance(result, Failure):
                print_(result, values)
                return
            say(f"newsroles: {result}")
            failures(to_line(values))

        return show(job, handle)


@contextmanager
def _stream(device: Path | None) -> Iterator[Write]:
    if device is None:
        yield write
        return
    try:
        with open_device(device) as file:
            yield partial(write_all, file)
    except BrokenPipeError:
        raise ReaderGoneError from None
    except OSError as error:
        raise unwritable(device, error) from error


@contextmanager
def _failures(path: Path | None) -> Iterator[Write]:
    """Yield a function that writes failures; the file is there if there were any, however the run ends."""
    if path is None:
        yield lambda _: None
        return
    folder = None if is_device(path) else real(path).parent
    with TemporaryFile(dir=folder) as lines:  # nameless, so that nothing of it is left behind
        try:
            yield lines.write
        finally:
            if lines.tell():
                lines.seek(0)
                with beside(path) as file:
                    shutil.copyfileobj(lines, file)
            else:
                drop(path)


@contextmanager
def _printer(format_: str, job: Job, out: Write) -> Iterator[Print]:
    if format_ == "table":
        from rich.console import Console

        from newsroles.cli.table import show as show_page

        console = Console(file=Terminal(out))  # type: ignore[arg-type]  # it needs no more
        yield lambda page, _: show_page(job.kept(page), console)
    elif format_ == "csv":
        table = CsvTable(Utf8(out), job.model.labels)
        yield lambda _, values: table.write(values)
        table.close()
    else:
        yield lambda _, values: out(to_line(values))


class Utf8:
    """Standard output as text in UTF-8, whatever the locale, and safe to look at if it is a terminal."""

    encoding = "utf-8"

    def __init__(self, out: Write) -> None:
        """Take what writes bytes to it."""
        self._out = out
        self._is_terminal = bool(sys.stdout and sys.stdout.isatty())

    def isatty(self) -> bool:
        """Tell whether somebody looks at it."""
        return self._is_terminal

    def write(self, text: str) -> int:
        """Write all of a text; gives its length."""
        text = printable(text) if self._is_terminal else text
        self._out(text.encode(self.encoding, "replace"))
        return len(text)

    def flush(self) -> None:
        """Leave that to the end."""


class Terminal(Utf8):
    """Standard output as text for people, with "?" for what their terminal cannot show."""

    def __init__(self, out: Write) -> None:
        """Take what writes bytes to it."""
        super().__init__(out)
        self.encoding = (sys.stdout and sys.stdout.encoding) or "utf-8"

    def write(self, text: str) -> int:
        """Write as it is: it is printable already, but for the codes that are meant for the terminal."""
        self._out(text.encode(self.encoding, "replace"))
        return len(text)
