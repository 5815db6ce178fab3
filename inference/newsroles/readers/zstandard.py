"""Frames of Zstandard: also those to be skipped, with long windows, or with a dictionary before them.

A skippable frame of a number of its own, first of all, holds the dictionary of all others: so do archives
(IIPC, "WARC compression with Zstandard", 1.0).
"""

import struct
import sys
from typing import Any, Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["ZstdFrames", "zstd"]

_FRAME = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = b"\x2a\x4d\x18"  # after a byte from 0x50 to 0x5f
_DICTIONARY = b"\x5d" + _SKIPPABLE
_FORMATTED = b"\x37\xa4\x30\xec"  # how a dictionary begins that is more than sample text

_MOST = 4_000_000
"""The longest dictionary that is taken; zstd itself makes them of 110 kB."""
_PIECE = 65_536

_OPTIONS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 31}
"""Windows of 2 GB are read, as of `zstd --long=31`: no more memory is used than what has come of a frame."""


class Source(Protocol):
    """Where frames come from."""

    def head(self, size: int) -> bytes:
        """Return the next bytes without taking them."""

    def take(self, size: int) -> bytes:
        """Return the next bytes; raises EOFError."""


class ZstdFrames:
    """Begins frame after frame."""

    def __init__(self) -> None:
        """Begin without a dictionary."""
        self._dictionary: zstd.ZstdDict | None = None
        self._is_first = True

    @staticmethod
    def begin(head: bytes) -> bool:
        """Tell whether `head` begins a frame."""
        return head.startswith(_FRAME) or (head[1:4] == _SKIPPABLE and 0x50 <= head[0] <= 0x5F)  # noqa: PLR2004

    def __call__(self, source: Source) -> Any:
        """Begin the next frame that holds data; None at the end. Raises EOFError and ZstdError."""
        while (head := source.head(4))[1:] == _SKIPPABLE and self.begin(head):
            self._skip(source, is_dictionary=self._is_first and head == _DICTIONARY)
            self._is_first = False
        self._is_first = False
        if head and not self.begin(head):
            raise zstd.ZstdError("what follows a frame is none")
        return zstd.ZstdDecompressor(self._dictionary, _OPTIONS) if head else None

    def _skip(self, source: Source, *, is_dictionary: bool) -> None:
        source.take(4)
        (left,) = struct.unpack("<I", source.take(4))
        if is_dictionary and left <= _MOST:
            self._dictionary = _dictionary(source.take(left))
            return
        while left:
            left -= len(source.take(min(left, _PIECE)))


def _dictionary(data: bytes) -> zstd.ZstdDict:
    """Read a dictionary, which may itself be packed."""
    if data.startswith(_FRAME):
        data = zstd.ZstdDecompressor(None, _OPTIONS).decompress(data, _MOST)
    return zstd.ZstdDict(data, is_raw=not data.startswith(_FORMATTED))
