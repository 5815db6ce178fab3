"""The records of a WARC file, each with its head and its block; what is damaged costs the record it is in.

A record's Content-Length is believed where another record, or nothing, follows. Where that isn't so, reading
goes on at the next line that begins a record, in the block that was too long or behind the one too short.
"""

import io
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from newsroles.errors import InputError
from newsroles.readers.packing import frame_starts

_HEAD, _PIECE = 65_536, 65_536
"""The longest head of a record, in bytes, and how much is read at once."""

_LINE = 32
"""No first line of a record is longer."""

MOST_DAMAGE = 1_000
"""An archive with more damage than this is given up, since each time costs a search."""

_VERSION = re.compile(rb"WARC/\d+\.\d+[ \t]*\r?\n", re.IGNORECASE)
_NEXT = re.compile(rb"(?<=\n)WARC/\d+\.\d+[ \t]*\r?\n", re.IGNORECASE)
_LENGTH = re.compile(r"[0-9]{1,15}")
_FIELD = re.compile(r"([^\s:]++)[ \t]*+:[ \t]*+(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its fields by their names in lower case, and its block up to the limit that was asked for.

    `place` is where it begins, in bytes of the unpacked archive.
    """

    fields: dict[str, str]
    block: bytes
    place: int

    @property
    def kind(self) -> str:
        """Return its WARC-Type in lower case."""
        return self.fields.get("warc-type", "").lower()


def records(stream: io.BufferedReader, limit: int) -> Iterator[Record | InputError]:
    """Yield each record, its block up to `limit` bytes, or in its place what is wrong with it.

    Raises InputError where nothing more can be read, and OSError.
    """
    ahead = _Ahead(stream)
    damage = 0
    while (place := ahead.begin()) is not None:
        try:
            yield _record(ahead, place, limit)
        except InputError as error:
            yield error
            damage += 1
            if damage > MOST_DAMAGE:
                step = "make it anew; it was not read on"
                raise InputError(f"damaged in more than {MOST_DAMAGE:,} places", step, place) from None
    if ahead.error:
        raise ahead.error


def _record(ahead: "_Ahead", place: int, limit: int) -> Record:
    """Read the record that begins at `place`; raises InputError, and is then where the next one begins."""
    fields = _fields(ahead, place)
    length = fields.get("content-length", "")
    if not _LENGTH.fullmatch(length):
        ahead.find()
        raise InputError("damaged: a record without a Content-Length", "see how the archive was made", place)
    block = ahead.read(min(int(length), limit))
    is_whole = len(block) == int(length)
    if len(block) == limit and not is_whole and not _NEXT.search(block):
        is_whole = ahead.skip(int(length) - limit)
        kept = b""
    else:
        kept = block
    if is_whole and ahead.is_between():
        return Record(fields, block, place)
    ahead.unread(kept)
    if not ahead.find() and not is_whole:
        raise InputError("the archive ends within this page", "fetch it again: it is cut", place)
    raise InputError("damaged: its Content-Length is wrong", "see how the archive was made", place)


def _fields(ahead: "_Ahead", place: int) -> dict[str, str]:
    """Read a head; raises InputError where there is none."""
    if not _VERSION.fullmatch(ahead.line(_HEAD)):
        ahead.find()
        raise InputError("damaged: no record of WARC begins here", "fetch it again", place)
    lines: list[str] = []
    size = 0
    while (line := ahead.line(_HEAD)).strip(b"\r\n"):
        size += len(line)
        if size > _HEAD:
            ahead.find()
            raise InputError("damaged: a record's head has no end", "fetch it again", place)
        text = line.decode(errors="surrogateescape")
        if text[0] in " \t" and lines:
            lines[-1] += text
        else:
            lines.append(text)
    if not line:
        raise InputError("the archive ends within a record", "fetch it again: it is cut", place)
    fields: dict[str, str] = {}
    for found in filter(None, map(_FIELD.match, lines)):
        fields.setdefault(found[1].lower(), found[2].rstrip())
    return fields


class _Ahead:
    """A stream that can be read anew from where it was, and whose errors come last.

    Else the records before the damage were lost that are read ahead.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        self.error: InputError | OSError | None = None
        self._stream = stream
        self._starts: deque[int] = frame_starts(stream)
        self._data = b""
        self._from = self._at = 0

    def begin(self) -> int | None:
        """Pass blank lines over, and give the place of what follows, None at the end."""
        while line := self.line(_HEAD):
            if line.strip(b"\r\n"):
                self.unread(line)
                return self._at
        return None

    def read(self, size: int) -> bytes:
        """Return as many bytes, or those there are."""
        pieces = []
        while size and self._has_more():
            pieces.append(self._take(size))
            size -= len(pieces[-1])
        return b"".join(pieces)

    def skip(self, size: int) -> bool:
        """Pass bytes over; tells whether there were as many before another record began a frame."""
        while size and self._has_more():
            while self._starts and self._starts[0] < self._at:
                self._starts.popleft()
            if self._starts and self._starts[0] == self._at and self._begins_record():
                break
            size -= len(self._take(size))  # no piece holds more than one frame
        return not size

    def line(self, most: int) -> bytes:
        """Return the rest of a line, or as much of it as `most`; nothing at the end."""
        pieces = []
        while most and self._has_more():
            end = self._data.find(b"\n", self._from, self._from + most) + 1
            pieces.append(self._take(end - self._from if end else most))
            most = 0 if end else most - len(pieces[-1])
        return b"".join(pieces)

    def unread(self, data: bytes) -> None:
        """Have `data` come again."""
        begin = self._from - len(data)
        if begin >= 0 and self._data.startswith(data, begin):  # so mostly, and nothing need be copied
            self._from = begin
        else:
            self._data, self._from = data + self._data[self._from :], 0
        self._at -= len(data)

    def is_between(self) -> bool:
        """Tell whether a record has ended here: by two ends of lines, or since another or nothing follows."""
        end = self.read(4)
        self.unread(end)
        return end == b"\r\n\r\n" or self.begin() is None or self._begins_record()

    def find(self) -> bool:
        """Go on to where the next record begins, which may be here; tells whether there is one."""
        if self._begins_record():
            return True
        while self._has_more():
            if found := _NEXT.search(self._data, self._from):
                self._take(found.start() - self._from)
                return True
            kept = self._data[max(self._from, len(self._data) - _LINE) :]
            self._take(len(self._data))
            if not self._has_more():
                return False
            self.unread(kept)
        return False

    def _begins_record(self) -> bool:
        line = self.line(_LINE)
        self.unread(line)
        return bool(_VERSION.match(line))

    def _has_more(self) -> bool:
        if self._from == len(self._data) and not self.error:
            try:
                self._data, self._from = self._stream.read1(_PIECE), 0
            except (InputError, OSError) as error:
                self.error = error
        return self._from < len(self._data)

    def _take(self, most: int) -> bytes:
        piece = self._data[self._from : self._from + most]
        self._from += len(piece)
        self._at += len(piece)
        return piece
