"""What text and html share: one document a stream, read whole up to a limit, and decoded.

Bytes become characters in the same way every time, whatever the locale: by the byte order mark; as UTF-8
if they are that; by the encoding that the document declares; as UTF-8 with U+FFFD for a few damaged
bytes; as Windows-1252, which any Western text without a declaration is in practice. A page in UTF-8 that
declares another encoding was re-saved by a crawler, so its bytes are believed before its declaration.
"""

import codecs
import re
from collections.abc import Callable
from string import ascii_letters
from typing import BinaryIO

from newsroles.articles import Article, Failure, Page
from newsroles.errors import InputError

#: The longest document, and the longest line of JSONL, in bytes. Real pages stay below 2 MB.
LIMIT = 20_000_000

#: The longest text of an article, in characters: as much as a novel, and a minute or two of one thread.
TEXT_LIMIT = 1_000_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins like it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

#: Encodings a page may declare (Python's names), as browsers read them: each as its superset.
_DECLARABLE = re.compile(
    r"big5hkscs|cp(125\d|866|874|9\d\d)|euc_jp|gb18030|iso2022_jp|iso8859-\d+|koi8-\w|mac-\w+"
)
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
}

_PAGE = re.compile(
    r"(?:\s++|<\?xml[^>]*+>|(?><!--.*?-->))*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)

_ASCII = bytes(range(128))
_LETTERS = ascii_letters.encode()
_ODD = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")

_CONVERT = "convert it to UTF-8, or leave it out if it isn't text"


def read_one(source: str, stream: BinaryIO, to_page: Callable[[bytes], str | Page]) -> Article | Failure:
    """Make one article of all that `stream` holds, with the source's name as its id."""
    try:
        return as_article(to_page(whole(stream)), source, source, 0)
    except InputError as error:
        return as_failure(error, source, 0)


def as_article(page: str | Page, name: str, source: str, index: int) -> Article:
    """Make an article with the id `name`; raises InputError for a text that is empty or over the limit."""
    text, kinds, title, url = Page(page) if isinstance(page, str) else page
    if not text.strip():
        raise InputError("empty: there is no text in it", "leave it out, or save it anew")
    if len(text) > TEXT_LIMIT:
        raise InputError(f"its text is longer than {TEXT_LIMIT:,} characters", "split it into articles")
    return Article(text, name, source, index, kinds, title, url)


def as_failure(error: InputError, source: str, index: int, offset: int | None = None) -> Failure:
    """Make a record of an error; `offset` is where the input is, if the error doesn't say it closer."""
    return Failure(
        source, index, offset if error.offset is None else error.offset, error.reason, error.next_step
    )


def decode(data: bytes, declared: str = "") -> str:
    """Turn bytes into text; `declared` is the encoding that the document names, if any.

    Raises InputError where the bytes are no text, or text in an encoding that cannot be told.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _plausible(data[len(mark) :].decode(encoding, "replace"))
    if data.count(0) * 10 > len(data):
        raise InputError("binary: it is full of NUL bytes", _CONVERT, data.index(0))
    return _plausible(_unmarked(data, _codec(declared)))


def is_page(text: str) -> bool:
    """Tell whether a text begins like a whole HTML page."""
    return bool(_PAGE.match(text))


def whole(stream: BinaryIO) -> bytes:
    """Read to the end; raises InputError over the limit."""
    data = stream.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise InputError(f"longer than {LIMIT:,} bytes", "split it, or give its articles as .jsonl", LIMIT)
    return data


def _codec(declared: str) -> str:
    """Give the Python codec for the name of an encoding; "" for UTF-8, the unknown and the unsafe."""
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return ""
    name = _SUPERSETS.get(name, name)
    return name if _DECLARABLE.fullmatch(name) else ""


def _unmarked(data: bytes, codec: str) -> str:
    if codec and data.isascii():  # UTF-8 would do as well, but not for ISO-2022-JP
        return data.decode(codec, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        return data.decode(codec, "replace") if codec else _undeclared(data, error.start)


def _undeclared(data: bytes, offset: int) -> str:
    """Decode what is not quite UTF-8: repair it if it is nearly that, else take it as Windows-1252."""
    text = data.decode(errors="replace")
    if len(text) - len(text.encode("ascii", "ignore")) > 2 * text.count(
        "\ufffd"
    ):  # it holds more good than bad
        return text
    if len(data.translate(None, _ASCII)) >= len(data) - len(data.translate(None, _LETTERS)):
        raise InputError("binary, or in an encoding that cannot be told", _CONVERT, offset)
    return data.decode("cp1252", "replace")


def _plausible(text: str) -> str:
    """Refuse text of which more than a tenth is control characters or undecodable."""
    odd = len(_ODD.findall(text))
    if odd * 10 > len(text):
        raise InputError(f"binary: {odd:,} of its {len(text):,} characters cannot be text", _CONVERT)
    return text.replace("\0", "\ufffd")  # as HTML parsers do; a stray one costs itself
