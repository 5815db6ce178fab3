"""A file of JSON lines while it grows, which no other run can have meanwhile."""

import json
import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from newsroles.errors import UsageError, unwritable
from newsroles.files import Convert, beside, drop, is_device, open_device, put, real, write_all
from newsroles.locks import IS_NAME_HELD, lock
from newsroles.records.write import to_line
from newsroles.runs.fingerprint import part_of


class PartFile:
    """JSON lines growing in the part of `path`, which becomes `path` on `commit`.

    An interrupted run leaves the part behind. Reopened, its lines are given one by one by `front` and `pop`;
    from the first that isn't whole, the file is cut. Only then can it be written to. No other run has it
    until it is closed.
    """

    def __init__(self, path: Path) -> None:
        """Open the part of `path`; raises UsageError where it cannot be, or another run has it."""
        self.path, self.part = real(path), part_of(path)
        self.is_synced = self._is_cut = False
        try:
            self._file = _open(self.part)
        except OSError as error:
            raise unwritable(self.part, error, "give a path that can be written") from error
        self._lock()
        self._lines = self._recorded()
        self.front = next(self._lines, None)

    def _lock(self) -> None:
        """Keep other runs out, on file systems that know locks; raises UsageError for the later one."""
        is_taken = not lock(self._file)
        if is_taken or not _is_at(self._file, self.part):  # it was finished before it could be locked
            self._file.close()
            raise UsageError(
                f"{self.part}: another run is writing it", "wait for its end, or give another -o"
            )

    def empty(self) -> None:
        """Forget what is recorded."""
        self._lines.close()
        self.front = None
        self._file.truncate(0)
        self._file.seek(0)

    def _recorded(self) -> Generator[dict[str, Any]]:
        end = 0
        with self.part.open("rb") as lines:
            for line in lines:
                values = _whole(line)
                if values is None:
                    break
                yield values
                if self._is_cut:
                    break
                end += len(line)
        self._file.truncate(end)
        self._file.seek(end)

    def pop(self) -> dict[str, Any] | None:
        """Take the recorded line that comes next, None after the last."""
        front, self.front = self.front, next(self._lines, None)
        return front

    def cut(self) -> None:
        """Forget the recorded lines that were not taken yet."""
        self._is_cut = True
        self.pop()

    def write(self, values: Mapping[str, Any]) -> None:
        """Append a record, unbuffered; raises UsageError where there is no room, or lines are left."""
        self.check_at_end()
        line = to_line(values)
        self.is_synced = False
        with self._writing():
            write_all(self._file, line)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unwritable(self.part, error) from error

    def check_at_end(self) -> None:
        """Raise UsageError where recorded lines are left that the inputs did not ask for."""
        if self.front is not None:
            raise UsageError(
                f"{self.part}: begun with other inputs, among them {self.front.get('source')!r}",
                "give the inputs that it was begun with, or start anew with --overwrite",
            )

    def sync(self) -> None:
        """See that the disk has all that was written; raises UsageError where it cannot."""
        if not self.is_synced:
            with self._writing():
                os.fsync(self._file.fileno())
            self.is_synced = True

    def commit(self, convert: Convert | None = None) -> None:
        """Make the part the finished file, durably; or `convert` the part to a finished file beside it.

        Killed anywhere, it can be done again. Raises UsageError where there is no room, or earlier lines are
        left.
        """
        self.check_at_end()
        with self._writing():
            self._let_go()
            if convert:
                with beside(self.path, lambda _, new: convert(self.part, new)):
                    pass
                self.part.unlink()
            else:
                put(self.part, self.path)

    def is_empty(self) -> bool:
        """Tell whether nothing was ever written."""
        return os.fstat(self._file.fileno()).st_size == 0

    def discard(self) -> None:
        """Drop the part, and the earlier failures that it would have replaced; what is empty may stay."""
        drop(self.path)
        self._let_go()
        self.part.unlink()

    def _let_go(self) -> None:
        """Close the part where else it could not be renamed; elsewhere it is locked until that is done."""
        if IS_NAME_HELD:
            self._file.close()

    def close(self) -> None:
        """Leave the part, if it is still there, for a later run to resume."""
        self._lines.close()
        self._file.close()


class Device(PartFile):
    """JSON lines that go to a device as they come: nothing of them is kept, or can be resumed."""

    def __init__(self, path: Path) -> None:
        """Open it; raises UsageError."""
        self.path = self.part = path
        self.front = None
        self.is_synced = True
        with self._writing():
            self._file = open_device(path)

    def empty(self) -> None:
        """Keep what is gone."""

    def cut(self) -> None:
        """Have nothing to forget."""

    def sync(self) -> None:
        """Leave it to the device."""
        self.is_synced = True

    def is_empty(self) -> bool:
        """Say no: it need not be discarded."""
        return False

    def commit(self, convert: Convert | None = None) -> None:
        """Leave it at that."""

    def close(self) -> None:
        """Let the device go."""
        self._file.close()


def open_part(path: Path) -> PartFile:
    """Open what grows until it becomes `path`; raises UsageError where it can't be, or another run has it."""
    return Device(path) if is_device(path) else PartFile(path)


def _open(part: Path) -> BinaryIO:
    """Open a part, through no link, or make one that nobody else has made."""
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)  # Windows has neither
    try:
        number = os.open(part, flags | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        number = os.open(part, flags)
    return os.fdopen(number, "r+b", buffering=0)


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False


def _whole(line: bytes) -> dict[str, Any] | None:
    """Read back a line; None for one that was cut, or never reached the disk."""
    try:
        values = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
    return values if isinstance(values, dict) else None
