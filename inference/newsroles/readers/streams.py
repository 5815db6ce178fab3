"""Streams of bytes whose beginning can be looked at before they are read, and whose reads are counted."""

import io
from collections import deque
from collections.abc import Callable
from typing import Any

from newsroles.errors import InputError


class Peekable(io.RawIOBase):
    """A stream whose head can be looked at before it is read; a pipe gives it a few bytes at a time.

    The pieces that it comes in stay apart.
    """

    def __init__(self) -> None:
        """Begin where nothing has been looked at."""
        self._pieces = deque[bytes]()
        self._error: InputError | OSError | None = None  # comes behind the pieces

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give what fits of the next piece."""
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


class Tally(Peekable):
    """A stream that calls `count` with the number of bytes of each read; closing it closes nothing."""

    def __init__(self, stream: Any, count: Callable[[int], None]) -> None:
        """Take any binary stream that has `readinto`."""
        super().__init__()
        self._stream = stream
        self._read = getattr(stream, "readinto1", stream.readinto)
        self._count = count
        self.taken = 0

    def _take(self, buffer: Any) -> int:
        size = self._read(buffer) or 0
        self.taken += size
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


def opening(stream: Any, size: int, is_enough: Callable[[bytes], bool] = lambda _: False) -> bytes | None:
    """Return how a stream begins of which nothing has been read, and leave that to be read.

    Of one from `unpack` that is `size` bytes or more, fewer where there are no more or they are enough; of
    another what it holds ready, and None where it cannot tell.
    """
    raw = getattr(stream, "raw", None)
    if isinstance(raw, Peekable):
        return raw.head(size, is_enough)
    peek: Callable[[], bytes | None] = getattr(stream, "peek", lambda: None)
    return peek()
