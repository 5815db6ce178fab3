"""HTML: a page is an article, its text what a reader of the page sees, furniture included.

Its <title> isn't part of that: nobody sees it on the page, and the headline is there anyway. Nothing is
fetched and nothing is run.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from newsroles.articles import Article, Failure
from newsroles.readers.documents import decode, read_one
from newsroles.readers.guard import check_work
from newsroles.readers.layout import lines
from newsroles.readers.options import ReadOptions

#: Where pages declare their encoding; browsers look at 1,024 bytes only, but some pages come late with it.
_HEAD = 65_536
_DECLARATION = re.compile(
    rb"<(?:meta\b|\?xml\b)[^<>]*?\b(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE
)


def read(source: str, stream: BinaryIO, _options: ReadOptions) -> Iterator[Article | Failure]:
    """Give one article, one line a block of the page, or one failure."""
    yield read_one(source, stream, to_text)


def to_text(page: bytes) -> str:
    """Lay the page out as lines; "" if it shows no text. Raises InputError for what is no page.

    It is parsed as if scripts were to run (which they aren't), so that <noscript> is one piece, and without
    mutation events, which make long lists of options slow.
    """
    declared = _DECLARATION.search(page, 0, _HEAD)
    html = decode(page, declared[1].decode() if declared else "")
    check_work(html)
    root = LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS, scripting=True).root
    return "\n".join(lines(root)) if root else ""
