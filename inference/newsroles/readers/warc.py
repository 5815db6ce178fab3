"""WARC, as of Common Crawl's news: every successful response of HTML or plain text is an article.

What a server sent beside that (redirects, errors, pictures) and the archive's other records are passed over,
and not counted by `index`. Nothing is unpacked to a file, whatever an archive calls its pages.
"""

import io
import re
from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING

from newsroles.articles import Article, Failure
from newsroles.errors import InputError, MissingExtra
from newsroles.readers.documents import LIMIT, as_article, as_failure, whole
from newsroles.readers.encodings import decode
from newsroles.readers.options import ReadOptions
from newsroles.readers.packing import unpack

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

#: The longest head of a response, in bytes.
_HEAD = 65_536
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/[\d.]+ +(\d{3})\b[^\n]*(?:\n|\Z)")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]*\r\n")


def read(source: str, stream: io.BufferedReader, _options: ReadOptions) -> Iterator[Article | Failure]:
    """Give the archive's pages, with the address or else the record's id as id.

    A failure's offset is where its record begins, in bytes of the unpacked archive. Raises InputError
    where the archive is damaged, since nobody can tell where its next record begins.
    """
    index = 0
    for record in _responses(stream):
        name, place = record.headers.get("WARC-Target-URI") or record.record_id or source, record.stream_pos
        block = record.reader.read(LIMIT + _HEAD)
        if len(block) < min(record.content_length, LIMIT + _HEAD):
            raise InputError("the archive ends within this page", "fetch it again: it is cut", place)
        try:
            text = _text(block)
            if text is None:
                continue
            yield as_article(text, name, source, index)
        except InputError as error:
            yield as_failure(error, source, index, place)
        index += 1


def _responses(stream: io.BufferedReader) -> "Iterator[WarcRecord]":
    """Give the records of responses; HTTP is left to `_text`, so that a bad page doesn't end the archive."""
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType
    except ImportError:
        raise MissingExtra("fastwarc", "warc") from None
    forward = _Forward(stream)
    archive = ArchiveIterator(
        forward, record_types=WarcRecordType.response, parse_http=False, stream_detect=False
    )
    try:
        yield from (record for record in archive if record.is_http)
    except OSError as error:
        forward.error = forward.error or InputError(
            f"damaged: {error}", "fetch it again; it was not read on", forward.tell()
        )
    if forward.error:
        raise forward.error
    if not forward.tail.endswith(b"\r\n\r\n"):
        raise InputError("the archive ends within a record", "fetch it again: it is cut", forward.tell())


class _Forward:
    """A stream as fastwarc wants it: with a position where it cannot seek, and an end instead of an error.

    Else the pages before the damage were lost that fastwarc reads ahead of itself.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        self.error: InputError | OSError | None = None
        self._stream = stream
        self._at = 0
        self.tail = b"\r\n\r\n"

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read1(size)
        except (InputError, OSError) as error:
            self.error = error
            return b""
        self._at += len(data)
        self.tail = (self.tail + data[-4:])[-4:]
        return data

    def close(self) -> None:
        """Leave the stream to its owner."""

    def tell(self) -> int:
        return self._at

    def seek(self, _offset: int, _whence: int = 0) -> int:
        raise io.UnsupportedOperation("seek")


def _text(block: bytes) -> str | None:
    """Give the text of a page, None for a response that is no page; raises InputError."""
    end = _HEAD_END.search(block, 0, _HEAD)
    status = _STATUS.match(block)
    if not end or not status:
        raise InputError("no HTTP response", "see how the archive was made")
    head = BytesHeaderParser().parsebytes(block[status.end() : end.end()])
    head.set_default_type("text/html")
    to_text = _reader(head.get_content_type())
    if to_text is None or not status[1].startswith(b"2"):
        return None
    return to_text(_body(block[end.end() :], head), head.get_content_charset() or "")


def _reader(kind: str) -> Callable[[bytes, str], str] | None:
    from newsroles.readers.html import to_text

    return {"text/html": to_text, "application/xhtml+xml": to_text, "text/plain": decode}.get(kind)


def _body(data: bytes, head: Message) -> bytes:
    """Undo the transfer's encodings, where the crawler has not done so itself."""
    if head.get("Transfer-Encoding", "").lower() == "chunked":
        data = _joined(data)
    if head.get("Content-Encoding", "").lower() == "br":
        raise InputError("packed with Brotli, which is not read", "have the crawler ask for gzip")
    return whole(unpack(io.BytesIO(data)))


def _joined(data: bytes) -> bytes:
    """Join chunks; gives data that isn't in chunks as it is."""
    chunks, at = [], 0
    while size := _CHUNK.match(data, at):
        begin = size.end()
        at = begin + int(size[1], 16) + 2
        chunks.append(data[begin : at - 2])
    return b"".join(chunks) or data
