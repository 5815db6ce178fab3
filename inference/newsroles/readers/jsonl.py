"""JSON lines: every line is an object, and an article; a bad line costs that line only."""

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from newsroles.articles import Article, Failure
from newsroles.errors import InputError
from newsroles.readers.documents import LIMIT
from newsroles.readers.options import ReadOptions

#: How many of a record's fields an error names.
_FIELDS_SHOWN = 8


def read(source: str, stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Failure]:
    """Give an article or a failure for every line that isn't blank, which alone are counted by `index`.

    A failure's offset is its line, from 1; so is the end of an id that a record lacks ("source:line").
    """
    index = 0
    for number, line in _lines(stream):
        if line is not None and not line.strip():
            continue
        try:
            record = _record(line)
            text, name = _text(record, options.text_field), _id(record, options.id_field)
            yield Article(text, id=name or f"{source}:{number}", source=source, index=index)
        except InputError as error:
            yield Failure(source, index, number, error.reason, error.next_step)
        index += 1


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Give each line with its number; None for one longer than the limit, which is passed over in pieces."""
    number = 0
    while line := stream.readline(LIMIT + 1):
        number += 1
        is_long = len(line) > LIMIT
        yield number, None if is_long else line.removeprefix(codecs.BOM_UTF8 if number == 1 else b"")
        while is_long and line and not line.endswith(b"\n"):
            line = stream.readline(LIMIT)


def _record(line: bytes | None) -> dict[str, Any]:
    if line is None:
        raise InputError(
            f"a line longer than {LIMIT:,} bytes", "put every record on a line of its own, or split this one"
        )
    try:
        record = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8 at byte {error.start} of the line", "convert the file to UTF-8"
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}", "mend the line; each holds one whole JSON object") from None
    if not isinstance(record, dict):
        raise InputError(
            "a JSON value that isn't an object", 'give each article as {"id": "...", "text": "..."}'
        )
    return record


def _text(record: dict[str, Any], field: str) -> str:
    if field not in record:
        shown = ", ".join(repr(name[:30]) for name in list(record)[:_FIELDS_SHOWN]) or "none"
        raise InputError(
            f"no field {field!r}", f"name the field that holds the text with --text-field; there are: {shown}"
        )
    text = record[field]
    if not isinstance(text, str):
        raise InputError(f"the field {field!r} is no string", "give the article's text as one string")
    if not text.strip():
        raise InputError(f"empty: the field {field!r} holds no text", "leave the record out, or fill it in")
    return text


def _id(record: dict[str, Any], field: str) -> str:
    """Give the record's own id, a number as its digits; "" if it has none."""
    value = record.get(field)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(
            f"the field {field!r} is neither a string nor a whole number",
            "mend it, or name another with --id-field",
        )
    return str(value)
