"""HTML: a page is an article, its text what a reader of the page sees, furniture included.

Its <title> isn't part of that: nobody sees it on the page, and the headline is there anyway. Nothing is
fetched and nothing is run.
"""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import BinaryIO

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from newsroles.articles import Article, Failure, Page
from newsroles.errors import InputError, MachineError, UsageError, machine_error
from newsroles.readers.css import hidden_names
from newsroles.readers.documents import as_article, read_one
from newsroles.readers.encodings import declared, decode
from newsroles.readers.guard import check_work
from newsroles.readers.head import read_head
from newsroles.readers.layout import lines
from newsroles.readers.named import kind_of
from newsroles.readers.options import ReadOptions
from newsroles.readers.places import kinds as kinds_of

_TEMPLATE = re.compile(r"<(/?)template\b[^>]*+>", re.IGNORECASE)
_SHADOW = re.compile(r"\sshadowroot(?:mode)?\b", re.IGNORECASE)


def read(source: str, stream: BinaryIO, _options: ReadOptions) -> Iterator[Article | Failure]:
    """Yield one article, one line a block of the page, or one failure."""
    yield read_one(source, stream, to_page)


ODD_WORK, ODD_LENGTH = 600_000, 4_000_000
"""Pages that make more work (`check_work`), or are longer, than real ones are laid out in a process of their
own, which can be killed. It takes a tenth of a second more."""
SECONDS, BYTES = 20.0, 2**31


def to_text(page: bytes | str, charset: str = "") -> str:
    r"""Lay the page out as lines; "" if it shows no text. Raises InputError for what is no page.

    >>> to_text("<h1>Ferry late again</h1><p>It left at <b>nine</b>.</p>")
    'Ferry late again\nIt left at nine.'
    """
    return to_page(page, charset).text


def to_article(page: bytes | str) -> Article:
    """Make an article without an id of a page. Raises InputError for what is no page, or shows no text."""
    return as_article(to_page(page), "", "", 0)


def to_page(page: bytes | str, charset: str = "") -> Page:
    """Lay the page out as lines, each with its kind. Raises InputError for what is no page.

    `charset` is what HTTP says of its encoding. The page is parsed as if scripts were to run (which they
    aren't), so that <noscript> is one piece, and without mutation events, which make long lists of options
    slow.
    """
    if not isinstance(page, str | bytes):
        raise UsageError(
            f"a web page is a str or bytes; this is {kind_of(page)}",
            "give its HTML; label_file and read_source read files",
        )
    html = page if isinstance(page, str) else decode(page, charset or declared(page))
    if "shadowroot" in html:
        html = _unfolded(html)
    is_odd = check_work(html) > ODD_WORK or len(html) > ODD_LENGTH
    return _lay_out_apart(html) if is_odd else _lay_out(html)


def _unfolded(html: str) -> str:
    """Make plain elements of the templates that browsers show as a shadow root."""
    shown: list[bool] = []

    def rename(tag: re.Match[str]) -> str:
        if tag[1]:
            return "</shadow-root>" if shown and shown.pop() else tag[0]
        shown.append(bool(_SHADOW.search(tag[0])))
        return "<shadow-root>" if shown[-1] else tag[0]

    return _TEMPLATE.sub(rename, html)


def _lay_out(html: str) -> Page:
    parser = LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS, scripting=True)
    if not parser.root:
        return Page("")
    head = read_head(parser)
    found = lines(parser.root, hidden_names(head.styles))
    kinds, title = kinds_of(found, head.titles, head.named)
    return Page("\n".join(line.text for line in found), tuple(kinds), title, head.url)


def _lay_out_apart(html: str, tries: int = 2) -> Page:
    """Lay out within the limits of time and memory; -P keeps what lies in the working folder out of it.

    What counts is the process's own time, so that one that is stopped, or has to wait, loses nothing. Raises
    InputError for a page that takes too much, MachineError where the process is ended from outside, again.
    """
    command = [sys.executable, "-P", "-m", __name__, str(SECONDS)]
    try:
        done = subprocess.run(  # noqa: S603 - this very module
            command,
            input=html.encode("utf-8", "replace"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError as error:
        raise machine_error(error) from error
    if done.returncode == 0:
        text, kinds, title, url = json.loads(done.stdout)
        return Page(text, tuple(kinds), title, url)
    if done.returncode in _TOO_MUCH:
        raise InputError(
            f"takes more than {SECONDS:.0f} seconds or {BYTES // 2**30} GB to lay out",
            "see whether it is a page",
        )
    if tries > 1:
        return _lay_out_apart(html, tries - 1)
    raise MachineError(
        f"the process that lays out HTML was ended (exit code {done.returncode})",
        "see that there is memory for it, then give the same command with --resume",
    )


NO_MEMORY = 99
"""The exit code of a process that has come to its limit of memory, once it has begun."""

_TOO_MUCH = (NO_MEMORY, -signal.SIGPROF, -signal.SIGSEGV, -signal.SIGABRT)
"""How a process ends of the page; parsers that get no memory may end in the last two."""

if __name__ == "__main__":
    import resource

    given = sys.stdin.buffer.read().decode()
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    signal.setitimer(signal.ITIMER_PROF, float(sys.argv[1]))
    try:
        sys.stdout.buffer.write(json.dumps(_lay_out(given)).encode())
    except MemoryError:
        sys.exit(NO_MEMORY)
