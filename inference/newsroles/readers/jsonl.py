"""JSON lines: every line is an object, and an article; a bad line costs that line only.

A file that begins like an array, or like an object on several lines, is read as such, an article an object.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from newsroles.articles import Article, Failure
from newsroles.errors import InputError
from newsroles.readers import values
from newsroles.readers.documents import as_failure
from newsroles.readers.formats import HEAD
from newsroles.readers.options import ReadOptions
from newsroles.readers.records import article, lines, too_long
from newsroles.readers.streams import opening

_BRACKET = re.compile(rb"(?:\xef\xbb\xbf)?\s*+[\[{]")


def read(source: str, stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Failure]:
    """Yield an article or a failure for every line that isn't blank, which alone are counted by `index`.

    A failure's offset is its line, from 1; so is the end of an id that a record lacks ("source:line"). In an
    array, it is the object's place.
    """
    index = 0
    for number, line in _lines(stream):
        if isinstance(line, bytes) and not line.strip():
            continue
        try:
            yield article(as_record(line), source, index, number, options)
        except InputError as error:
            yield as_failure(error, source, index, number)
        index += 1


def _lines(stream: BinaryIO) -> Iterator[tuple[int, Any]]:
    """Yield each line with its number; or each value, with its own, of a file that isn't in lines."""
    if values.is_array(opening(stream, 1) or b""):
        yield from values.read(b"", stream)
        return
    is_first = True
    for number, line in lines(stream):
        if is_first and line and line.strip():
            is_first = False
            if values.is_begun(line):
                yield from values.read(line, stream)
                return
        yield number, line


def hold_records(stream: BinaryIO, field: str) -> bool:
    """Tell whether the first value is an object that has a text, or a damaged one that names the field."""
    head = opening(stream, HEAD) or b""
    if not _BRACKET.match(head):
        return False
    try:
        line = next((line for _, line in _lines(stream) if not isinstance(line, bytes) or line.strip()), b"")
        return field in as_record(line)
    except InputError:
        return f'"{field}"'.encode() in head


def as_record(line: Any) -> dict[str, Any]:
    """Return the object of a line, or the value itself; raises InputError for what is none, or for one."""
    if isinstance(line, InputError):
        raise line
    return parse(line) if line is None or isinstance(line, bytes) else as_object(line)


def parse(line: bytes | None) -> dict[str, Any]:
    """Return the object of a line, None for one over the limit; raises InputError for anything else."""
    if line is None:
        raise too_long()
    try:
        return as_object(json.loads(line.decode()))
    except UnicodeDecodeError as error:
        raise values.not_utf8(error.start, "line") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}", "fix the line; each holds one whole JSON object") from None


def as_object(value: Any) -> dict[str, Any]:
    """Return a value that is an object; raises InputError for another."""
    if not isinstance(value, dict):
        raise InputError(
            "a JSON value that isn't an object", 'give each article as {"id": "...", "text": "..."}'
        )
    return value
