"""Readers turn a source into articles, lazily: a module a format, each with one `read()`.

A new format is a module and a row of `FORMATS`. What cannot be read becomes a `Failure` in its place, and
reading goes on behind it where the format allows.
"""

import codecs
import io
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, cast

from newsroles.articles import Article, Failure
from newsroles.errors import InputError, UsageError
from newsroles.readers.documents import decode
from newsroles.readers.options import ReadOptions

__all__ = ["FORMATS", "Failure", "Format", "ReadOptions", "read", "read_source", "sniff"]

_PAGE = re.compile(
    r"(?:\s++|<\?xml[^>]*+>|(?><!--.*?-->))*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
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
}

_DEFAULT = ReadOptions()


def sniff(path: str, head: bytes) -> str:
    """Tell the format by the suffix of `path`, else by how the content begins.

    Raises InputError where `head` is binary. A JSON object on several lines counts as text.
    """
    suffix = Path(path).suffix.lower()
    for name, row in FORMATS.items():
        if suffix in row.suffixes:
            return name
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    opening = head.removeprefix(codecs.BOM_UTF8).decode("utf-16" if is_wide else "latin-1", "replace")
    if _PAGE.match(opening):
        return "html"
    if _RECORD.match(opening):
        return "jsonl"
    decode(head)
    return "text"


def read(source: str, stream: BinaryIO, format: str, options: ReadOptions) -> Iterator[Article | Failure]:  # noqa: A002 - it is one
    """Give the articles and failures of `stream` in their order; `source` is what they say they come from.

    Raises UsageError for a format that there isn't, and OSError where the stream breaks off.
    """
    if format not in FORMATS:
        raise UsageError(f"no such input format: {format}", f"give one of {', '.join(FORMATS)}")
    return FORMATS[format](source, stream, options)


def read_source(source: str, options: ReadOptions = _DEFAULT) -> Iterator[Article | Failure]:
    """Open a file, or stdin for "-", and give its articles and failures.

    Where it cannot be opened, or breaks off, the last is a Failure. Raises UsageError for a format that there
    isn't.
    """
    index = 0
    try:
        with _open(source) as stream:
            for item in read(source, stream, options.format or sniff(source, stream.peek()), options):
                yield item
                index += 1
    except InputError as error:
        yield Failure(source, index, error.offset, error.reason, error.next_step)
    except (OSError, EOFError) as error:
        yield Failure(
            source, index, None, f"cannot be read: {error}", "see that it is there, whole and readable"
        )


@contextmanager
def _open(source: str) -> Iterator[io.BufferedReader]:
    if source != "-":
        with Path(source).open("rb") as stream:
            yield stream
        return
    # Of its own, since what a pipe's peek() shows depends on how fast it is written.
    stdin = io.BufferedReader(cast("Any", sys.stdin.buffer))
    try:
        yield stdin
    finally:
        stdin.detach()  # else stdin would be closed
