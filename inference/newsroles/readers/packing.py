"""Compressed streams: what .gz and .zst files unpack to, told by their first bytes and bounded.

Both are frames (members, in gzip's words) one after another; an archive has one for each of its records.
"""

import io
import zlib
from collections import deque
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol

from newsroles.errors import InputError, machine_error
from newsroles.readers.streams import Peekable, Tally
from newsroles.readers.zstandard import ZstdFrames, zstd

FREE, RATIO = 100_000_000, 200
"""A stream may unpack to this many bytes whatever its size, and beyond that to `RATIO` times what was packed.
Pages pack to a fifth, the most repetitive crawl to a fiftieth; bombs to less than a five-hundredth."""

_PIECE = 16_384
"""How much is read at once. What is read beyond a frame is copied, and an archive has many small frames."""

_GZIP = b"\x1f\x8b"
MAGIC = 4
"""How many bytes tell whether a stream is packed."""

_DAMAGE = (EOFError, zlib.error, zstd.ZstdError)
_NO_MEMORY = "not enough memory"
"""What zstd says where the machine has none left for a window."""


class Frame(Protocol):
    """What unpacks one frame, as the standard library's decompressors do."""

    @property
    def eof(self) -> bool:
        """Tell whether the frame has ended."""

    @property
    def needs_input(self) -> bool:
        """Tell whether nothing more comes without more data."""

    @property
    def unused_data(self) -> bytes:
        """Return what was read beyond the end of the frame."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Take `data`, and give at most `max_length` bytes."""


class _Unpacked(Peekable):
    """What a packed stream holds; raises InputError where it is damaged, cut, or out of all proportion."""

    def __init__(self, packed: BinaryIO, frames: "Callable[[_Source], Frame | None]") -> None:
        super().__init__()
        self.starts = deque[int]()  # of the frames that are not read, in bytes of what they hold
        self._given = 0
        self._source = _Source(packed)
        self._frames = frames
        self._frame: Frame | None = None

    def _take(self, buffer: Any) -> int:
        try:
            data = self._read(len(buffer))  # what comes before the damage is given
        except _DAMAGE as error:
            if _NO_MEMORY in str(error):
                raise machine_error(MemoryError()) from error
            raise InputError(
                f"cannot be unpacked: {error}", "fetch it again: it is cut or damaged", self._given
            ) from None
        buffer[: len(data)] = data
        self._given += len(data)
        if is_bomb(self._given, self.taken):
            raise too_much(self._given)
        return len(data)

    @property
    def taken(self) -> int:
        """Return how many packed bytes were taken."""
        return self._source.taken

    def _read(self, most: int) -> bytes:
        while True:
            if self._frame is None:
                self._frame = self._frames(self._source)
                if self._frame is None:
                    return b""
                self.starts.append(self._given)
            data = self._step(self._frame, most)
            if self._frame.eof:
                self._source.take_back(self._frame.unused_data)
                self._frame = None
            if data:
                return data

    def _step(self, frame: Frame, most: int) -> bytes:
        more = self._source.piece() if frame.needs_input else b""
        data = frame.decompress(more, most)
        if not (data or more or frame.eof) and frame.needs_input:
            raise EOFError("it ends within a frame")
        return data


class _Source:
    """A packed stream in pieces, of which a frame gives back what isn't its own."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.rest = b""
        self.taken = 0

    def piece(self) -> bytes:
        """Return some bytes, none at the end."""
        data, self.rest = self.rest or self._stream.read(_PIECE), b""
        self.taken += len(data)
        return data

    def take_back(self, data: bytes) -> None:
        """Have the end of the last piece come again."""
        self.rest = data
        self.taken -= len(data)

    def head(self, size: int) -> bytes:
        """Return the next `size` bytes, or as many as there are, without taking them."""
        while len(self.rest) < size and (more := self._stream.read(_PIECE)):
            self.rest += more
        return self.rest[:size]

    def take(self, size: int) -> bytes:
        """Return `size` bytes; raises EOFError where there aren't as many."""
        data = self.head(size)
        if len(data) < size:
            raise EOFError("it ends within a frame")
        self.rest = self.rest[size:]
        self.taken += size
        return data


class _Member:
    """A member of gzip, with the interface of a frame."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflater.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inflater.decompress(self._inflater.unconsumed_tail + data, max_length)


def _members(source: _Source) -> Frame | None:
    """Begin a member of gzip; None at the end, which may be filled up with NUL, as on tapes."""
    while source.head(1) == b"\0":
        source.take(len(source.rest) - len(source.rest.lstrip(b"\0")))
    head = source.head(len(_GZIP))
    if head and head != _GZIP:
        raise EOFError("what follows a member of gzip is none")
    return _Member() if head else None


def unpack(stream: Any, count: Callable[[int], None] = lambda _: None) -> io.BufferedReader:
    """Return what `stream` holds, unpacked if it is packed, once; `count` gets the sizes of the raw reads.

    The stream is left open. Reading raises InputError for what cannot be unpacked.
    """
    tally = Tally(stream, count)
    head = tally.head(MAGIC)
    plain: io.BufferedReader = io.BufferedReader(tally)
    if head.startswith(_GZIP):
        return io.BufferedReader(_Unpacked(plain, _members))
    if ZstdFrames.begin(head):
        return io.BufferedReader(_Unpacked(plain, ZstdFrames()))
    return plain


def check_plain(stream: Any) -> None:
    """Raise InputError for a file that was packed twice, of which `unpack` has undone the outer layer."""
    raw = getattr(stream, "raw", None)
    if isinstance(raw, _Unpacked) and is_packed(raw.head(MAGIC)):
        raise InputError("packed twice", "unpack it once, and give what that makes")


def is_packed(head: bytes) -> bool:
    """Tell whether a stream that begins with `head`, of `MAGIC` bytes or more, is packed."""
    return head.startswith(_GZIP) or ZstdFrames.begin(head)


def is_bomb(given: int, taken: int) -> bool:
    """Tell whether `taken` bytes hold so much that they are out of all proportion."""
    return given > max(FREE, RATIO * taken)


def check_made(stream: Any, made: int, place: int | None) -> None:
    """Raise InputError, at `place`, where what a stream from `unpack` holds came to `made` bytes: a bomb."""
    taken: int = getattr(getattr(stream, "raw", None), "taken", made)
    if is_bomb(made, taken):
        raise too_much(place)


def too_much(place: int | None) -> InputError:
    """Return the error for what is."""
    step = "unpack it yourself if you trust it"
    return InputError(f"unpacks to more than {RATIO} times its size", step, place)


def frame_starts(stream: Any) -> deque[int]:
    """Return where frames begin in what `stream` holds, as far as it is read ahead; plain ones have none."""
    starts: deque[int] = getattr(getattr(stream, "raw", None), "starts", deque())
    return starts
