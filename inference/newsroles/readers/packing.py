"""Compressed streams: what .gz and .zst files unpack to, told by their first bytes and bounded."""

import gzip
import io
import sys
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

from newsroles.errors import InputError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["Tally", "unpack", "zstd"]

#: A stream may unpack to this many bytes whatever its size, and beyond that to `RATIO` times what was packed.
#: Pages pack to a fifth, the most repetitive crawl to a fiftieth; bombs to less than a five-hundredth.
FREE, RATIO = 100_000_000, 200

_OPENERS: dict[bytes, Callable[[BinaryIO], Any]] = {
    b"\x1f\x8b": lambda stream: gzip.GzipFile(fileobj=stream),
    b"\x28\xb5\x2f\xfd": zstd.ZstdFile,
}
_DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError)


class Tally(io.RawIOBase):
    """A stream that calls `count` with the number of bytes of each read; closing it closes nothing."""

    def __init__(self, stream: Any, count: Callable[[int], None]) -> None:
        """Take any binary stream that has `readinto`."""
        self._stream = stream
        self._count = count

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what fits, and count it."""
        size = self._stream.readinto(buffer) or 0
        self._count(size)
        return size

    def seekable(self) -> bool:
        """Say what the stream says."""
        return bool(self._stream.seekable())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move in the stream."""
        return int(self._stream.seek(offset, whence))


class _Unpacked(io.RawIOBase):
    """What a packed stream holds; raises InputError where it is damaged, cut, or out of all proportion."""

    def __init__(self, packed: BinaryIO, opener: Callable[[BinaryIO], Any]) -> None:
        self._taken = self._given = 0
        self._file = opener(io.BufferedReader(Tally(packed, self._take)))

    def _take(self, size: int) -> None:
        self._taken += size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            size = int(self._file.readinto1(buffer))  # what comes before the damage is given
        except _DAMAGE as error:
            raise InputError(
                f"cannot be unpacked: {error}", "fetch it again: it is cut or damaged", self._given
            ) from None
        self._given += size
        if self._given > max(FREE, RATIO * self._taken):
            raise InputError(
                f"unpacks to more than {RATIO} times its size",
                "unpack it yourself if you trust it",
                self._given,
            )
        return size


def unpack(stream: Any, count: Callable[[int], None] = lambda _: None) -> io.BufferedReader:
    """Give what `stream` holds, unpacked if it is packed, once; `count` gets the sizes of the raw reads.

    The stream is left open. Reading raises InputError for what cannot be unpacked.
    """
    plain: io.BufferedReader = io.BufferedReader(Tally(stream, count))
    head = plain.peek()
    for magic, opener in _OPENERS.items():
        if head.startswith(magic):
            return io.BufferedReader(_Unpacked(plain, opener))
    return plain
