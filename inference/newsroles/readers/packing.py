"""Compressed streams: what .gz and .zst files unpack to, told by their first bytes and bounded.

Both are frames (members, in gzip's words) one after another; an archive has one for each of its records.
"""

import io
import zlib
from collections import deque
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol

from newsroles.errors import InputError
from newsroles.readers.zstandard import ZstdFrames, zstd

__all__ = ["Tally", "frame_starts", "unpack", "zstd"]

FREE, RATIO = 100_000_000, 200
"""A stream may unpack to this many bytes whatever its size, and beyond that to `RATIO` times what was packed.
Pages pack to a fifth, the most repetitive crawl to a fiftieth; bombs to less than a five-hundredth."""

_PIECE = 16_384
"""How much is read at once. What is read beyond a frame is copied, and an archive has many small frames."""

_GZIP = b"\x1f\x8b"
MAGIC = 4
"""How many bytes tell whether a stream is packed."""

_DAMAGE = (EOFError, zlib.error, zstd.ZstdError)


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


class _Opened(io.RawIOBase):
    """A stream whose head can be looked at before it is read; a pipe gives it a few bytes at a time.

    The pieces that it comes in stay apart.
    """

    def __init__(self) -> None:
        self._pieces = deque[bytes]()
        self._error: InputError | OSError | None = None  # comes behind the pieces

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._pieces:
            if self._error:
                raise self._error
            return self._take(buffer)
        size = min(len(buffer), len(self._pieces[0]))
        buffer[:size] = self._pieces[0][:size]
        rest = self._pieces.popleft()[size:]
        if rest:
            self._pieces.appendleft(rest)
        return size

    def head(self, size: int, is_enough: Callable[[bytes], bool] = lambda _: False) -> bytes:
        """Return `size` bytes or more of what comes next, and leave them to be read.

        They are fewer where the stream ends, or breaks off, and once they are enough. Raises InputError and
        OSError where nothing comes.
        """
        head = b"".join(self._pieces)
        while len(head) < size and not self._error and not is_enough(head):
            piece = bytearray(io.DEFAULT_BUFFER_SIZE)
            try:
                del piece[self._take(piece) :]
            except (InputError, OSError) as error:
                self._error = error
                piece.clear()
            if not piece:
                break
            self._pieces.append(bytes(piece))
            head += piece
        if self._error and not head:
            raise self._error
        return head

    def _take(self, buffer: Any) -> int:
        """Read what fits, and at once."""
        raise NotImplementedError


class Tally(_Opened):
    """A stream that calls `count` with the number of bytes of each read; closing it closes nothing."""

    def __init__(self, stream: Any, count: Callable[[int], None]) -> None:
        """Take any binary stream that has `readinto`."""
        super().__init__()
        self._stream = stream
        self._read = getattr(stream, "readinto1", stream.readinto)
        self._count = count

    def _take(self, buffer: Any) -> int:
        size = self._read(buffer) or 0
        self._count(size)
        return size

    def fileno(self) -> int:
        """Return the number of the file."""
        return int(self._stream.fileno())

    def count(self, size: int) -> None:
        """Count bytes that another process has read."""
        self._count(size)

    def seekable(self) -> bool:
        """Say what the stream says."""
        return bool(self._stream.seekable())

    def tell(self) -> int:
        """Say where in the stream the next byte is that was not given."""
        return int(self._stream.tell()) - sum(map(len, self._pieces))

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move in the stream."""
        if whence == io.SEEK_CUR:
            offset, whence = offset + self.tell(), io.SEEK_SET
        place = int(self._stream.seek(offset, whence))
        self._pieces.clear()
        return place


class _Unpacked(_Opened):
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
            raise InputError(
                f"cannot be unpacked: {error}", "fetch it again: it is cut or damaged", self._given
            ) from None
        buffer[: len(data)] = data
        self._given += len(data)
        if is_bomb(self._given, self._source.taken):
            raise too_much(self._given)
        return len(data)

    def _read(self, most: int) -> bytes:
        while True:
            if self._frame is None:
                self._frame = self._frames(self._source)
                if self._frame is None:
                    return b""
                self.starts.append(self._given)
            data = self._step(self._frame, most)
            if self._frame.eof:
                self._source.rest = self._frame.unused_data
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


def opening(stream: Any, size: int, is_enough: Callable[[bytes], bool] = lambda _: False) -> bytes | None:
    """Return how a stream begins of which nothing has been read, and leave that to be read.

    Of one from `unpack` that is `size` bytes or more, fewer where there are no more or they are enough; of
    another what it holds ready, and None where it cannot tell.
    """
    raw = getattr(stream, "raw", None)
    if isinstance(raw, _Opened):
        return raw.head(size, is_enough)
    peek: Callable[[], bytes | None] = getattr(stream, "peek", lambda: None)
    return peek()


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


def too_much(given: int) -> InputError:
    """Return the error for what is."""
    step = "unpack it yourself if you trust it"
    return InputError(f"unpacks to more than {RATIO} times its size", step, given)


def frame_starts(stream: Any) -> deque[int]:
    """Return where frames begin in what `stream` holds, as far as it is read ahead; plain ones have none."""
    starts: deque[int] = getattr(getattr(stream, "raw", None), "starts", deque())
    return starts
