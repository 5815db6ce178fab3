"""Limits, and articles and failures made of what was read: what all readers share."""

from collections.abc import Callable
from typing import BinaryIO

from newsroles.articles import Article, Failure, Page
from newsroles.errors import InputError

LIMIT = 20_000_000
"""The longest document, and the longest line of JSONL, in bytes. Real pages stay below 2 MB."""

TEXT_LIMIT = 1_000_000
"""The longest text of an article, in characters: as much as a novel, and a minute or two of one thread."""


def read_one(source: str, stream: BinaryIO, to_page: Callable[[bytes], str | Page]) -> Article | Failure:
    """Make one article of all that `stream` holds, with the source's name as its id."""
    try:
        return as_article(to_page(whole(stream)), source, source, 0)
    except InputError as error:
        return as_failure(error, source, 0)


def as_article(page: str | Page, name: str, source: str, index: int) -> Article:
    """Make an article with the id `name`; raises InputError for a text that is empty or over the limit."""
    text, kinds, title, url, date = Page(page) if isinstance(page, str) else page
    if not text.strip():
        raise InputError("empty: there is no text in it", "leave it out, or save it anew")
    if len(text) > TEXT_LIMIT:
        raise InputError(f"its text is longer than {TEXT_LIMIT:,} characters", "split it into articles")
    return Article(text, name, source, index, kinds, title, url, date)


def as_failure(error: InputError, source: str, index: int, offset: int | None = None) -> Failure:
    """Make a record of an error; `offset` is where the input is, if the error doesn't say it closer."""
    return Failure(
        source, index, offset if error.offset is None else error.offset, error.reason, error.next_step
    )


def whole(stream: BinaryIO) -> bytes:
    """Read to the end; raises InputError over the limit."""
    data = stream.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise InputError(f"longer than {LIMIT:,} bytes", "split it, or give its articles as .jsonl", LIMIT)
    return data
