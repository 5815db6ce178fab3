"""Readers turn a source into articles, lazily: a module a format, each with one `read()`.

A new format is a module and a row of `FORMATS`. What cannot be read becomes a `Failure` in its place, and
reading goes on behind it where the format allows.
"""

import codecs
import io
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, cast

from newsroles.articles import Article, Failure
from newsroles.errors import InputError, NewsrolesError, UsageError, is_of_machine, machine_error
from newsroles.readers.documents import as_failure, decode, is_page
from newsroles.readers.options import ReadOptions
from newsroles.readers.packing import unpack

__all__ = ["FORMATS", "Failure", "Format", "ReadOptions", "by_name", "read", "read_source", "sniff"]

_RECORD = re.compile(r'\s*\{[ \t]*(?:"(?:[^"\\\n]|\\.)*"[ \t]*:|\})')


@dataclass(frozen=True, slots=True)
class Format:
    """A row of the table; called, it reads. Its module is imported by the first call only."""

    module: str
    suffixes: tuple[str, ...]

    def __call__(self, source: str, stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Failure]:
        """Give the articles and failures of `stream`, in their order."""
        results = import_module(self.module).read(source, stream, options)
        return cast("Iterator[Article | Failure]", results)


FORMATS: Mapping[str, Format] = {
    "text": Format("newsroles.readers.text", (".txt", ".text")),
    "html": Format("newsroles.readers.html", (".html", ".htm")),
    "jsonl": Format("newsroles.readers.jsonl", (".jsonl", ".ndjson")),
    "csv": Format("newsroles.readers.csv", (".csv",)),
    "tsv": Format("newsroles.readers.csv", (".tsv",)),
    "parquet": Format("newsroles.readers.parquet", (".parquet",)),
    "warc": Format("newsroles.readers.warc", (".warc",)),
}
PACKED = (".gz", ".zst")

_MAGIC = {b"PAR1": "parquet", b"WARC/": "warc"}

_DEFAULT = ReadOptions()


def by_name(path: str) -> str | None:
    """Tell the format by the suffix of `path`, a suffix of packing put aside; None if it doesn't tell."""
    name = Path(path.lower())
    suffix = Path(name.stem).suffix if name.suffix in PACKED else name.suffix
    return next((format_ for format_, row in FORMATS.items() if suffix in row.suffixes), None)


def sniff(path: str, head: bytes) -> str:
    """Tell the format by the suffix of `path`, else by how the content begins.

    Raises InputError where `head` is binary. A JSON object on several lines counts as text; what is CSV only
    its name can tell.
    """
    if format_ := by_name(path):
        return format_
    for magic, format_ in _MAGIC.items():
        if head.startswith(magic):
            return format_
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    opening = head.removeprefix(codecs.BOM_UTF8).decode("utf-16" if is_wide else "latin-1", "replace")
    if is_page(opening):
        return "html"
    if _RECORD.match(opening):
        return "jsonl"
    decode(head)
    return "text"


def read(source: str, stream: BinaryIO, format: str, options: ReadOptions) -> Iterator[Article | Failure]:  # noqa: A002 - it is one
    """Give the articles and failures of `stream` in their order; `source` is what they say they come from.

    Where it cannot be read on, the last is a Failure. Raises UsageError for a format that there isn't,
    MissingExtra, and OSError where the stream breaks off.
    """
    if format not in FORMATS:
        raise UsageError(f"no such input format: {format}", f"give one of {', '.join(FORMATS)}")
    index = 0
    try:
        for item in FORMATS[format](source, stream, options):
            yield item
            index += 1
    except InputError as error:
        yield as_failure(error, source, index)
    except (NewsrolesError, OSError):
        raise
    except Exception as error:
        if is_of_machine(error):
            raise machine_error(error) from error
        # a file that trips a bug must not end a run of a million
        yield Failure(source, index, None, f"cannot be read: {error!r}", "report this file as a bug")


def read_source(
    source: str, options: ReadOptions = _DEFAULT, count: Callable[[int], None] = lambda _: None
) -> Iterator[Article | Failure]:
    """Open a file, or stdin for "-", and give its articles and failures; `count` gets the bytes of each read.

    Where it cannot be opened, or breaks off, the last is a Failure. Raises UsageError for a format that there
    isn't, MissingExtra, and MachineError where it is the machine that cannot go on.
    """
    index = 0
    try:
        with _open(source, count) as stream:
            for item in read(source, stream, options.format or sniff(source, stream.peek()), options):
                yield item
                index += 1
    except InputError as error:
        yield as_failure(error, source, index)
    except OSError as error:
        if is_of_machine(error):
            raise machine_error(error) from error
        yield as_failure(_unreadable(error), source, index)


def _unreadable(error: OSError) -> InputError:
    if isinstance(error, IsADirectoryError):
        return InputError(
            "cannot be read: a folder without pages, or one that may not be read",
            "give --input-format to read any name",
        )
    return InputError(f"cannot be read: {error}", "see that it is there, whole and readable")


@contextmanager
def _open(source: str, count: Callable[[int], None]) -> Iterator[io.BufferedReader]:
    if source == "-":
        yield unpack(sys.stdin.buffer, count)
    else:
        with Path(source).open("rb", buffering=0) as file:
            yield unpack(file, count)
