"""Responses of HTTP as archives keep them: their type, and their body with every encoding undone.

Servers and crawlers break the rules in both: types that are none, chunks with sizes that are not where they
should be, headers of encodings that the crawler has undone. What can be told from the bytes is.
"""

import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from newsroles.errors import InputError
from newsroles.installation import pip_line
from newsroles.readers import documents
from newsroles.readers.documents import whole
from newsroles.readers.packing import unpack

HEAD = 65_536
"""The longest head of a response, in bytes."""
MOST_CODINGS = 10
"""Nobody packs a body more often; a head could name thousands."""
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/[\d.]+[ \t]+(\d{3})\b[^\n]*(?:\n|\Z)", re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]+")
_KIND = re.compile(r"[\w.+-]+/[\w.+-]+")
_CHARSET = re.compile(r"\bcharset\s*+=\s*+[\"']?\s*+([^\s;,\"']++)", re.IGNORECASE)
_SIZE = re.compile(rb"[\r\n]*+([0-9a-fA-F]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
"""A chunk's size: a blank line may precede it, spaces or an extension follow it."""
_PACKED_OR_MARKUP = re.compile(rb"\s*+<|[^\t\n\r -~]")
_CUT_SIZE = re.compile(rb"[\r\n]*+[0-9a-fA-F]{1,16}[ \t]*(?:;[^\r\n]*)?\r?")


@dataclass(frozen=True, slots=True)
class Response:
    """A response; `kind` is its type in lower case, "" where it names none that is one.

    `codings` were applied to `data` in the reverse of their order here.
    """

    status: str
    kind: str
    charset: str
    codings: tuple[str, ...]
    data: bytes

    def body(self, count: Callable[[int], None]) -> bytes:
        """Undo what was done to the body; raises InputError where that cannot be done, or it is too long.

        `count` gets the number of bytes that each step adds.
        """
        data = self.data
        for coding in self.codings[:MOST_CODINGS]:
            data = _counted(_UNDO.get(coding, _unpacked), data, count)
        return unpacked(data, count)  # packed without a word is frequent too


def parse(block: bytes) -> Response:
    """Read a response, past those that announce it (100, 103); raises InputError for what is none."""
    at = 0
    while True:
        status, end = _STATUS.match(block, at), _HEAD_END.search(block, at, at + HEAD)
        if not status or not end:
            raise InputError("no HTTP response", "see how the archive was made")
        head, at = block[status.end() : end.start()], end.end()
        if not status[1].startswith(b"1"):
            break
    fields = list(_fields(head))
    kind, charset = content_type(value for name, value in fields if name == "content-type")
    codings = *_codings(fields, "transfer-encoding"), *_codings(fields, "content-encoding")
    return Response(status[1].decode(), kind, charset, codings, block[at:])


def content_type(values: Iterable[str]) -> tuple[str, str]:
    """Return the type and the charset that Content-Type names, the last where it names several."""
    kind = charset = ""
    for part in ",".join(values).split(","):
        tokens = re.split(r"[;\s]+", part.strip().lower())
        kind = next(filter(_KIND.fullmatch, tokens), kind)
        if found := _CHARSET.search(part):
            charset = found[1]
    return kind, charset


def _fields(head: bytes) -> Iterator[tuple[str, str]]:
    for line in _FOLD.sub(" ", head.decode("latin-1")).split("\n"):
        name, _, value = line.partition(":")
        yield name.strip().lower(), value.strip()


def _codings(fields: Iterable[tuple[str, str]], name: str) -> list[str]:
    """Return each coding that fields of this name list, the last, which is undone first, before others."""
    values = ",".join(value for found, value in fields if found == name)
    return list(dict.fromkeys(filter(None, (part.strip().lower() for part in values.split(",")[::-1]))))


def unpacked(data: bytes, count: Callable[[int], None]) -> bytes:
    """Unpack what is packed, as `Response.body` does."""
    return _counted(_unpacked, data, count)


def _counted(undo: Callable[[bytes], bytes], data: bytes, count: Callable[[int], None]) -> bytes:
    try:
        made = undo(data)
    except InputError as error:
        count(error.offset or 0)  # so far it came
        raise
    count(max(0, len(made) - len(data)))
    return made


def _unpacked(data: bytes) -> bytes:
    return whole(unpack(io.BytesIO(data)))


def _joined(data: bytes) -> bytes:
    """Join chunks; gives data that isn't in chunks, since the crawler has joined them, as it is."""
    chunks: list[bytes] = []
    at = 0
    while size := _SIZE.match(data, at):
        begin, at = size.end(), size.end() + int(size[1], 16)
        if begin == at:
            return b"".join(chunks)
        chunks.append(data[begin:at])
        if at > len(data):
            break
    if not chunks or (len(chunks) == 1 and not _PACKED_OR_MARKUP.match(chunks[0])):
        return data  # a text whose first line is a number, or a word like "Facade"
    if at > len(data) or _CUT_SIZE.fullmatch(data, at):
        raise InputError("it ends within a chunk", "fetch it again: it is cut")
    if data[at:].strip(b"\r\n"):
        raise InputError("damaged: a chunk has no size, or a wrong one", "see how the archive was made", at)
    return b"".join(chunks)


def _inflated(data: bytes) -> bytes:
    """Undo "deflate", which is zlib's format, but which some servers take to be the bare data therein."""
    for width in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        inflater = zlib.decompressobj(width)
        with suppress(zlib.error):
            text = inflater.decompress(data, documents.LIMIT + 1)
            if inflater.eof or len(text) > documents.LIMIT:
                return text
    return _plain(data, "deflate")


def _unbrotlied(data: bytes) -> bytes:
    try:
        import brotli
    except ImportError:
        step = f"run: {pip_line('warc')}"
        raise InputError("packed with Brotli, which the package 'brotli' reads", step) from None
    decoder = brotli.Decompressor()
    with suppress(brotli.error):
        text: bytes = decoder.process(data, output_buffer_limit=documents.LIMIT + 1)
        if decoder.is_finished() or len(text) > documents.LIMIT:
            return text
    return _plain(data, "Brotli")


def _plain(data: bytes, coding: str) -> bytes:
    """Return data that a crawler has unpacked without saying so; raises InputError where it isn't that."""
    with suppress(UnicodeDecodeError):
        data.decode("ascii" if data.lstrip()[:1] != b"<" else "latin-1")
        return data
    raise InputError(f"cannot be unpacked: no {coding}, or not all of it", "fetch it again")


_UNDO: dict[str, Callable[[bytes], bytes]] = {
    "chunked": _joined,
    "deflate": _inflated,
    "br": _unbrotlied,
    "identity": lambda data: data,
}
