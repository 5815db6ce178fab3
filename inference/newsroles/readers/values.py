"""JSON that isn't in lines: the values of an array, or values one after another, each over several lines."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from newsroles.errors import InputError
from newsroles.readers.documents import LIMIT
from newsroles.readers.records import too_long

_PIECE = 65_536
_BETWEEN = re.compile(r"[ \t\r\n,]*+")
_MEND = "fix it, or make lines of it with: jq -c '.[]'"


def is_array(head: bytes) -> bool:
    """Tell whether a file begins like an array of objects."""
    head = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return head[:1] == b"[" and head[1:].lstrip()[:1] in (b"{", b"]")


def is_begun(line: bytes) -> bool:
    """Tell whether a line is the first of several that hold an array or an object, and isn't damaged."""
    line = line.strip()
    if line in (b"[", b"{") or is_array(line):
        return True
    if not (line.startswith(b"{") and line.endswith(b",")):
        return False
    try:
        return bool(json.loads(line[:-1] + b"}"))
    except (ValueError, RecursionError):
        return False


def read(begun: bytes, stream: BinaryIO) -> Iterator[tuple[int, Any]]:
    """Yield each value with its number, from 1, or what is wrong with it; what isn't JSON is the last."""
    text = _Text(begun, stream)
    number = 0
    while text.has_value():
        number += 1
        try:
            yield number, text.value()
        except InputError as error:
            yield number, error
            return


class _Text:
    """The text that has been read, and where in it the next value begins."""

    def __init__(self, begun: bytes, stream: BinaryIO) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self._text = self._decoder.decode(begun)
        self._at = 0
        self._stream = stream
        self._is_open = False  # an array is

    def has_value(self) -> bool:
        """Go to the next value, into arrays and out of them; tells whether there is one."""
        while True:
            found = _BETWEEN.match(self._text, self._at)
            self._at = found.end() if found else self._at
            following = self._text[self._at : self._at + 1]
            if following == ("]" if self._is_open else "["):
                self._is_open = not self._is_open
                self._at += 1
            elif following or not self._read(_PIECE):
                return bool(following)

    def value(self) -> Any:
        """Return the value that begins here, or an InputError for one not in UTF-8.

        Raises InputError where there is none.
        """
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                wanted = max(_PIECE, len(self._text) - self._at)
                if wanted > LIMIT:
                    raise too_long() from None
                if not self._read(wanted):
                    raise InputError(f"not JSON: {str(error)[:200]}; it was not read on", _MEND) from None
                continue
            begin, self._at = self._at, end
            if bad := _UNDECODED.search(self._text, begin, end):
                return not_utf8(len(self._text[begin : bad.start()].encode()), "value")
            return value

    def _read(self, size: int) -> bool:
        data = self._stream.read(size)
        more = self._decoder.decode(data, final=not data)
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(more)


def not_utf8(place: int, what: str) -> InputError:
    """Return the error for a line or a value that isn't UTF-8 from its byte `place` on."""
    return InputError(f"not UTF-8 at byte {place} of the {what}", "convert the file to UTF-8")


_DECODER = json.JSONDecoder()
_UNDECODED = re.compile("[\udc80-\udcff]")
