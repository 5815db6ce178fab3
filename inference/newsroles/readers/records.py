"""What jsonl, csv and parquet share: lines of bounded length, and records with a text and perhaps an id."""

import codecs
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from newsroles.articles import Article, Page
from newsroles.errors import InputError
from newsroles.readers.documents import LIMIT, as_article, is_page
from newsroles.readers.fields import with_fields
from newsroles.readers.options import ReadOptions

#: How many of a record's fields an error names.
_FIELDS_SHOWN = 8


def lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Give each line with its number; None for one longer than the limit, which is passed over in pieces."""
    number = 0
    while line := stream.readline(LIMIT + 1):
        number += 1
        is_long = len(line) > LIMIT
        yield number, None if is_long else line.removeprefix(codecs.BOM_UTF8 if number == 1 else b"")
        while is_long and line and not line.endswith(b"\n"):
            line = stream.readline(LIMIT)


def too_long() -> InputError:
    """Give the error for a record over the limit."""
    return InputError(
        f"longer than {LIMIT:,} bytes", "put every record on a line of its own, or split this one"
    )


def article(record: Mapping[str, Any], source: str, index: int, number: int, options: ReadOptions) -> Article:
    """Make an article of a record, whose text may be an HTML page.

    `number`, its line or row, ends the id of one that has none.
    Raises InputError for a record without a text, or with an id that is neither a string nor a whole number.
    """
    text, name = _text(record, options.text_field), _id(record, options.id_field)
    found = as_article(_page(text), name or f"{source}:{number}", source, index)
    return with_fields(found, record, options)


def missing(field: str, fields: Iterable[str]) -> InputError:
    """Give the error for records without `field`, naming those there are."""
    shown = ", ".join(repr(name[:30]) for name in list(fields)[:_FIELDS_SHOWN]) or "none"
    return InputError(
        f"no field {field!r}", f"name the field that holds the text with --text-field; there are: {shown}"
    )


def _text(record: Mapping[str, Any], field: str) -> str:
    if field not in record:
        raise missing(field, record)
    text = record[field]
    if not isinstance(text, str):
        raise InputError(f"the field {field!r} is no string", "give the article's text as one string")
    if not text.strip():
        raise InputError(f"empty: the field {field!r} holds no text", "leave the record out, or fill it in")
    return text


def _page(text: str) -> str | Page:
    """Read a text that is a whole HTML page as one."""
    if not is_page(text):
        return text
    from newsroles.readers.html import to_page

    return to_page(text)


def _id(record: Mapping[str, Any], field: str) -> str:
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
