"""HTML: a page is an article, its text what a reader of the page sees, furniture included.

Its <title> isn't part of that: nobody sees it on the page, and the headline is there anyway. Nothing is
fetched and nothing is run.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, SelectolaxError

from newsroles.articles import Article, Failure, Page
from newsroles.errors import InputError, UsageError
from newsroles.readers.apart import Apart, TooMuchError, UnavailableError, serve
from newsroles.readers.css import hidden_names
from newsroles.readers.documents import as_article, read_one
from newsroles.readers.encodings import codec, declared, decode, is_label, is_utf8
from newsroles.readers.head import read_head
from newsroles.readers.layout import lines
from newsroles.readers.named import kind_of
from newsroles.readers.options import ReadOptions
from newsroles.readers.places import kinds as kinds_of
from newsroles.readers.xhtml import as_html

_TEMPLATE = re.compile(r"<(/?)template\b[^>]*+>", re.IGNORECASE)
_SHADOW = re.compile(r"\sshadowroot(?:mode)?\b", re.IGNORECASE)


def read(source: str, stream: BinaryIO, _options: ReadOptions) -> Iterator[Article | Failure]:
    """Yield one article, one line a block of the page, or one failure."""
    yield read_one(source, stream, to_page)


SMALL = 8_000
"""Longer pages, in bytes, are read in a process of their own, which can be ended: HTML parsers follow the
standard, which makes them quadratic, and worse, in places. What 8 kB can come to is a second."""

SECONDS, SPEED, BYTES = 2.0, 500_000, 2**31
"""What a page may take there: seconds of CPU and another for so many bytes, and memory. Real pages take a
hundredth of that."""


def to_text(page: bytes | str, charset: str | None = "") -> str:
    r"""Lay the page out as lines; "" if it shows no text. Raises InputError for what is no page.

    >>> to_text("<h1>Ferry late again</h1><p>It left at <b>nine</b>.</p>")
    'Ferry late again\nIt left at nine.'
    """
    return to_page(page, charset).text


def to_article(page: bytes | str, charset: str | None = "") -> Article:
    """Make an article without an id of a page. Raises InputError for what is no page, or shows no text."""
    return as_article(to_page(page, charset), "", "", 0)


def to_page(page: bytes | str, charset: str | None = "") -> Page:
    """Lay the page out as lines, each with its kind. Raises InputError for what is no page.

    `charset` is what HTTP says of its encoding, if anything. Raises UsageError for other types, and
    MachineError where the process that reads pages is ended from outside, again and again; where there can
    be none, pages are read here, without a limit.
    """
    if not isinstance(page, str | bytes):
        raise UsageError(
            f"a web page is a str or bytes; this is {kind_of(page)}",
            "give its HTML; label_file and read_source read files",
        )
    if not isinstance(charset, str | None):
        raise UsageError(f"a charset is a str or None; this is {kind_of(charset)}", "give its name")
    if len(page) > SMALL:
        with suppress(UnavailableError):
            return _read_apart(page, charset or "")
    return _read(page, charset or "")


def _read(page: bytes | str, charset: str) -> Page:
    html = page if isinstance(page, str) else decode(page, _encoding(page, charset))
    html = as_html(html)
    return _lay_out(_unfolded(html) if "shadowroot" in html else html)


def _encoding(page: bytes, charset: str) -> str:
    """Return the encoding that HTTP names, unless it is UTF-8 and the bytes are not; else the page's own."""
    is_said = is_label(charset) and (codec(charset) or is_utf8(page))
    return charset if is_said else declared(page)


def _unfolded(html: str) -> str:
    """Make plain elements of the templates that browsers show as a shadow root."""
    shown: list[bool] = []

    def rename(tag: re.Match[str]) -> str:
        if tag[1]:
            return "</shadow-root>" if shown and shown.pop() else tag[0]
        shown.append(bool(_SHADOW.search(tag[0])))
        return "<shadow-root>" if shown[-1] else tag[0]

    end = html.rfind(">") + 1  # what looks for one behind the last would look to the end, again and again
    return _TEMPLATE.sub(rename, html[:end]) + html[end:]


def _lay_out(html: str) -> Page:
    """Parse as if scripts were to run (which they aren't), so that <noscript> is one piece.

    And without mutation events, which make long lists of options slow.
    """
    try:
        parser = LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS, scripting=True)
    except SelectolaxError as error:
        raise MemoryError from error  # of which alone it fails
    if not parser.root:
        return Page("")
    head = read_head(parser)
    found = lines(parser.root, hidden_names(head.styles))
    kinds, title = kinds_of(found, head.titles, head.named)
    return Page("\n".join(line.text for line in found), tuple(kinds), title, head.url, head.date)


_reader = Apart(__spec__.name, BYTES)


def _read_apart(page: bytes | str, charset: str) -> Page:
    is_text = isinstance(page, str)
    data = page.encode(errors="surrogatepass") if isinstance(page, str) else page
    asked = json.dumps([is_text, charset]).encode() + b"\n" + data
    try:
        kind, told = json.loads(_reader.ask(asked, SECONDS + len(data) / SPEED))
    except TooMuchError:
        raise InputError(
            f"takes more than {SECONDS + len(data) / SPEED:.0f} seconds or {BYTES // 2**30} GB to read",
            "see whether it is a page",
        ) from None
    if kind == "error":
        raise InputError(*told)
    text, kinds, *rest = told
    return Page(text, tuple(kinds), *rest)


def _answer(asked: bytes) -> bytes:
    """Read a page in the process that is asked for it."""
    head, _, data = asked.partition(b"\n")
    is_text, charset = json.loads(head)
    answered: tuple[str, tuple[Any, ...]]
    try:
        answered = "page", _read(data.decode(errors="surrogatepass") if is_text else data, charset)
    except InputError as error:
        answered = "error", (error.reason, error.next_step, error.offset)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a page that trips a bug must not end a run of a million
        answered = "error", (f"cannot be read: {error!r}"[:500], "report this page as a bug")
    return json.dumps(answered).encode()


if __name__ == "__main__":
    serve(_answer, BYTES)
