"""WARC, as of Common Crawl's news: every successful response of HTML or plain text is an article.

So is a page that was archived without HTTP (`resource`), and the text of one (`conversion`, as in Common
Crawl's WET). What a server sent beside that (redirects, errors, pictures) and the archive's other records are
passed over, and not counted by `index`. Nothing is unpacked to a file, whatever an archive calls its pages.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterator

from newsroles.articles import Article, Failure, Page
from newsroles.errors import InputError
from newsroles.readers import http
from newsroles.readers.archive import Record, records
from newsroles.readers.documents import LIMIT, as_article
from newsroles.readers.encodings import decode
from newsroles.readers.options import ReadOptions
from newsroles.readers.packing import check_made
from newsroles.readers.records import ID_LIMIT


def read(source: str, stream: io.BufferedReader, _options: ReadOptions) -> Iterator[Article | Failure]:
    """Yield the archive's pages, with the address or else the record's id as id.

    A failure's offset is where its record begins, in bytes of the unpacked archive. Raises InputError for an
    archive that is damaged throughout, holds no page, or pages that unpack to too much.
    """
    index = made = 0
    others = Counter[str]()

    def count(size: int) -> None:
        nonlocal made
        made += size

    for record in records(stream, LIMIT + http.HEAD):
        place = record.offset if isinstance(record, InputError) else record.place
        check_made(stream, made, place)
        try:
            if isinstance(record, InputError):
                raise record
            page = _page(record, count)
            if page is None:
                others[record.kind or "no type"] += 1
                continue
            yield as_article(page, _name(record) or source, source, index)
        except InputError as error:
            yield Failure(source, index, place, error.reason, error.next_step)
        index += 1
    if not index:
        kinds = ", ".join(f"{number:,} {kind[:20]}" for kind, number in others.most_common(5)) or "none"
        step = "give an archive of responses that are pages"
        raise InputError(f"empty: there is no page in it; records passed over: {kinds}", step)


def _name(record: Record) -> str:
    """Return the address of a record, or its id; Wget puts both in angle brackets, as WARC 1.0 has it."""
    address = record.fields.get("warc-target-uri", "")
    if address.startswith("<") and address.endswith(">"):
        address = address[1:-1]
    return address if 0 < len(address) <= ID_LIMIT else record.fields.get("warc-record-id", "")[:ID_LIMIT]


def _page(record: Record, count: Callable[[int], None]) -> str | Page | None:
    """Return a page, None for a record that is no page; raises InputError.

    `count` gets the number of bytes that unpacking adds.
    """
    kind, charset = http.content_type([record.fields.get("content-type", "")])
    if record.kind == "response":
        return _of_response(record.block, count) if kind in ("application/http", "") else None
    to_page = _reader(kind) if kind and record.kind in ("resource", "conversion") else None
    return to_page(http.unpacked(record.block, count), charset) if to_page else None


def _of_response(block: bytes, count: Callable[[int], None]) -> str | Page | None:
    response = http.parse(block)
    to_page = _reader(response.kind)
    if to_page is None or not response.status.startswith("2"):
        return None
    return to_page(response.body(count), response.charset)


def _reader(kind: str) -> Callable[[bytes, str], str | Page] | None:
    """Tell what reads a type; what names no type is taken to be HTML."""
    from newsroles.readers.html import to_page

    if not kind or "html" in kind:
        return to_page
    return decode if kind == "text/plain" else None
