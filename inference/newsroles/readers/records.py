"""What jsonl, csv and parquet share: lines of bounded length, and records with a text and perhaps an id."""

import codecs
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from newsroles.articles import Article, Page
from newsroles.errors import InputError
from newsroles.readers.documents import LIMIT, as_article
from newsroles.readers.fields import with_fields
from newsroles.readers.formats import is_markup
from newsroles.readers.options import ReadOptions
from newsroles.readers.packing import check_made

ID_LIMIT = 4_096
"""The longest id that is kept, in characters: longer ones are no names, and stand in every row of a table."""

LEAST = 10
"""What a line or a row counts for at the least, in bytes: millions of empty ones are a bomb too."""

_FIELDS_SHOWN = 8
"""How many of a record's fields an error names."""


def lines(stream: BinaryIO, limit: int | None = None) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line with its number; None for one longer than the limit, which is passed over in pieces.

    The limit is that of inputs where none is given. Raises InputError for UTF-16, whose lines cannot be told
    like that, and for lines without end in a packed file.
    """
    most = LIMIT if limit is None else limit
    number = made = 0
    while line := stream.readline(most + 1):
        number += 1
        made += max(LEAST, len(line))
        check_made(stream, made, number)
        if number == 1 and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise InputError("in UTF-16", "convert it to UTF-8: iconv -f UTF-16 -t UTF-8")
        is_long = len(line) > most
        yield number, None if is_long else line.removeprefix(codecs.BOM_UTF8 if number == 1 else b"")
        while is_long and line and not line.endswith(b"\n"):
            line = stream.readline(LIMIT)


def too_long() -> InputError:
    """Return the error for a record over the limit."""
    return InputError(
        f"longer than {LIMIT:,} bytes", "put every record on a line of its own, or split this one"
    )


def article(record: Mapping[str, Any], source: str, index: int, number: int, options: ReadOptions) -> Article:
    """Make an article of a record, whose text may be an HTML page, or a piece of one.

    `number`, its line or row, ends the id of one that has none. An id of any type costs nothing but itself.
    Raises InputError for a record without a text.
    """
    text, name = _text(record, options.text_field), _id(record, options.id_field)
    found = as_article(_page(text), name or f"{source}:{number}", source, index)
    return with_fields(found, record, options)


def check_columns(names: Sequence[str], options: ReadOptions) -> None:
    """Raise InputError for a table without its text's column, or that of its ids where one was named."""
    if options.text_field not in names:
        raise _missing(options.text_field, names)
    if options.id_field not in (*names, ReadOptions().id_field):
        raise InputError(
            f"no field {options.id_field!r}", f"name that of ids with --id-field; there are: {_shown(names)}"
        )


def _missing(field: str, fields: Iterable[str]) -> InputError:
    """Return the error for records without `field`, naming those there are."""
    return InputError(
        f"no field {field!r}",
        f"name the field that holds the text with --text-field; there are: {_shown(fields)}",
    )


def _shown(fields: Iterable[str]) -> str:
    return ", ".join(repr(name[:30]) for name in list(fields)[:_FIELDS_SHOWN]) or "none"


def _text(record: Mapping[str, Any], field: str) -> str:
    if field not in record:
        raise _missing(field, record)
    text = record[field]
    if isinstance(text, bytes):  # so Hive and Impala write text to Parquet
        try:
            text = text.decode()
        except UnicodeDecodeError as error:
            raise InputError(
                f"not UTF-8 at byte {error.start} of the text", "write the column anew"
            ) from None
    if not isinstance(text, str):
        raise InputError(f"the field {field!r} is no string", "give the article's text as one string")
    if not text.strip():
        raise InputError(f"empty: the field {field!r} holds no text", "leave the record out, or fill it in")
    return text


def _page(text: str) -> str | Page:
    """Read a text that is an HTML page, or a piece of one, as that."""
    if not is_markup(text):
        return text
    from newsroles.readers.html import to_page

    return to_page(text)


def _id(record: Mapping[str, Any], field: str) -> str:
    """Return the record's own id as text; "" if it has none, or one that can name nothing."""
    value = record.get(field)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of whole numbers of which some are missing has become floats
    if value is None or isinstance(value, bool | dict | list):
        return ""
    text = _as_text(value) if isinstance(value, bytes) else str(value)
    is_nothing = not isinstance(value, str) and text.lower().lstrip("+-s") in ("nan", "inf", "infinity")
    return "" if is_nothing or len(text) > ID_LIMIT else text


def _as_text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()
