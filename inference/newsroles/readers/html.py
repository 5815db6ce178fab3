"""HTML: a page is an article, its text what a reader of the page sees, furniture included.

Its <title> isn't part of that: nobody sees it on the page, and the headline is there anyway. Nothing is
fetched and nothing is run.
"""

import subprocess
import sys
from collections.abc import Iterator
from typing import BinaryIO

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from newsroles.articles import Article, Failure
from newsroles.errors import InputError
from newsroles.readers.documents import read_one
from newsroles.readers.encodings import declared, decode
from newsroles.readers.guard import check_work
from newsroles.readers.layout import lines
from newsroles.readers.options import ReadOptions


def read(source: str, stream: BinaryIO, _options: ReadOptions) -> Iterator[Article | Failure]:
    """Give one article, one line a block of the page, or one failure."""
    yield read_one(source, stream, to_text)


#: Pages that make more work (`check_work`), or are longer, than real ones are laid out in a process of their
#: own, which can be killed. It takes a tenth of a second more.
ODD_WORK, ODD_LENGTH = 600_000, 4_000_000
SECONDS, BYTES = 20.0, 2**31


def to_text(page: bytes, charset: str = "") -> str:
    """Lay the page out as lines; "" if it shows no text. Raises InputError for what is no page.

    `charset` is what HTTP says of its encoding. The page is parsed as if scripts were to run (which they
    aren't), so that <noscript> is one piece, and without mutation events, which make long lists of options
    slow.
    """
    html = decode(page, charset or declared(page))
    is_odd = check_work(html) > ODD_WORK or len(html) > ODD_LENGTH
    return _lay_out_apart(html) if is_odd else _lay_out(html)


def _lay_out(html: str) -> str:
    root = LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS, scripting=True).root
    return "\n".join(lines(root)) if root else ""


def _lay_out_apart(html: str) -> str:
    """Lay out within the limits of time and memory; -P keeps what lies in the working folder out of it."""
    command = [sys.executable, "-P", "-m", __name__]
    try:
        done = subprocess.run(  # noqa: S603 - this very module
            command,
            input=html.encode("utf-8", "replace"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise InputError(
            f"takes more than {SECONDS:.0f} seconds or {BYTES // 2**30} GB to lay out",
            "see whether it is a page",
        ) from None
    return done.stdout.decode()


if __name__ == "__main__":
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    sys.stdout.buffer.write(_lay_out(sys.stdin.buffer.read().decode()).encode())
