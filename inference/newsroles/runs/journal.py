"""The files of a run while it grows, which are also its journal: what stands in them is recorded.

Results are written in the order of the inputs, so the journal is read beside the inputs, once, and takes no
memory: a result is recorded if its source and index come next in the records, or next in the failures.
Texts are never compared, and a source that is given twice is recorded twice.
"""

import fcntl
import json
import os
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from newsroles.errors import UsageError
from newsroles.files import Convert, sync
from newsroles.records.write import to_line

SYNC_SECONDS = 5.0
"""How much work may be lost when the power fails; a run that is killed loses nothing that was written."""


class PartFile:
    """JSON lines growing in ``<path>.part``, which becomes `path` on `commit`.

    An interrupted run leaves the part behind. Reopened with `resume`, its lines are given one by one by
    `front` and `pop`; from the first that isn't whole, the file is cut. Only then can it be written to.
    """

    def __init__(self, path: Path, *, resume: bool) -> None:
        """Open the part of `path`; raises UsageError where it cannot be, or another run has it."""
        self.path = path
        self.part = Path(f"{path}.part")
        self._is_synced = True
        try:
            self._file = self.part.open("r+b" if self.part.exists() else "x+b", buffering=0)
        except OSError as error:
            raise UsageError(f"{self.part}: {error.strerror}", "give a path that can be written") from error
        self._lock()
        if not resume:
            self._file.truncate(0)
        self._lines = self._recorded()
        self.front = next(self._lines, None)

    def _lock(self) -> None:
        """Keep other runs out, on file systems that know locks; raises UsageError for the later one."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise UsageError(
                f"{self.part}: another run is writing it", "wait for its end, or give another -o"
            ) from None
        except OSError:
            return

    def _recorded(self) -> Generator[dict[str, Any]]:
        end = 0
        with self.part.open("rb") as lines:
            for line in lines:
                values = _whole(line)
                if values is None:
                    break
                yield values
                end += len(line)
        self._file.truncate(end)
        self._file.seek(end)

    def pop(self) -> dict[str, Any] | None:
        """Take the recorded line that comes next, None after the last."""
        front, self.front = self.front, next(self._lines, None)
        return front

    def write(self, values: Mapping[str, Any]) -> None:
        """Append a record, unbuffered; raises UsageError where there is no room, or lines are left."""
        self.check_at_end()
        rest = memoryview(to_line(values))
        self._is_synced = False
        with self._writing():
            while rest:
                rest = rest[self._file.write(rest) :]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UsageError(
                f"{self.part}: {error.strerror or error}",
                "make room, then give the same command with --resume",
            ) from error

    def check_at_end(self) -> None:
        """Raise UsageError where recorded lines are left that the inputs did not ask for."""
        if self.front is not None:
            raise UsageError(
                f"{self.part}: begun with other inputs, among them {self.front.get('source')!r}",
                "give the inputs that it was begun with, or start anew with --overwrite",
            )

    def sync(self) -> None:
        """See that the disk has all that was written."""
        if not self._is_synced:
            os.fsync(self._file.fileno())
            self._is_synced = True

    def commit(self, convert: Convert | None = None) -> None:
        """Make the part the finished file, durably; or `convert` the part to a finished file beside it.

        Raises UsageError where there is no room, or earlier lines are left.
        """
        self.check_at_end()
        with self._writing():
            os.fsync(self._file.fileno())
            self._file.close()
            if convert:
                _convert(self.part, self.path, convert)
            else:
                self.part.replace(self.path)
            sync(self.path.parent)

    def is_empty(self) -> bool:
        """Tell whether nothing was ever written."""
        return os.fstat(self._file.fileno()).st_size == 0

    def discard(self) -> None:
        """Drop the part, and the file that it would have replaced."""
        self._file.close()
        self.path.unlink(missing_ok=True)
        self.part.unlink()

    def close(self) -> None:
        """Leave the part as it is, for a later run to resume."""
        self._lines.close()
        self._file.close()


class Journal:
    """The records and the failures of a run. A failure is on the disk before any record that follows it."""

    def __init__(self, records: PartFile, failures: PartFile) -> None:
        """Take both parts, opened alike."""
        self.records = records
        self.failures = failures
        self._synced_at = time.monotonic()

    def take(self, source: str, index: int) -> dict[str, Any] | None:
        """Give what is recorded for an input, None if nothing is; to be asked in the order of the inputs."""
        for part in (self.records, self.failures):
            front = part.front
            if front and (front.get("source"), front.get("index")) == (source, index):
                return part.pop()
        return None

    def is_beyond(self) -> bool:
        """Tell whether a record is left: then what was taken is followed by a later source's."""
        return self.records.front is not None

    def write(self, values: Mapping[str, Any]) -> None:
        """Append a record of an article or of a failure."""
        if "sentences" not in values:
            self.failures.write(values)
            return
        self.failures.sync()
        self.records.write(values)
        if time.monotonic() - self._synced_at > SYNC_SECONDS:
            self.records.sync()
            self._synced_at = time.monotonic()

    def commit(self, convert: Convert | None = None) -> None:
        """Make both parts finished files, the records last; no failures make no file."""
        self.records.check_at_end()
        if self.failures.is_empty():
            self.failures.discard()
        else:
            self.failures.commit()
        self.records.commit(convert)


@contextmanager
def open_journal(out: Path, errors: Path, model: str, *, resume: bool) -> Iterator[Journal]:
    """Open the journal of a run, and leave what isn't committed for a later one.

    `resume` has no effect where no run was begun. Raises UsageError where it was begun with another model.
    """
    resume = resume and Path(f"{out}.part").exists()
    if resume and errors.exists() and not Path(f"{errors}.part").exists():
        errors.replace(f"{errors}.part")  # the run was killed between its last two steps
    with (
        closing(PartFile(errors, resume=resume)) as failures,
        closing(PartFile(out, resume=resume)) as records,
    ):
        begun = (records.front or {}).get("model", model)
        if begun != model:
            raise UsageError(
                f"{records.part}: begun with the model {begun}, not {model}",
                "resume with that model, or start anew with --overwrite",
            )
        yield Journal(records, failures)


def _convert(part: Path, path: Path, convert: Convert) -> None:
    """Write beside, rename, and drop the part last; killed anywhere, it can be done again."""
    beside = Path(f"{path}.new")
    convert(part, beside)
    sync(beside)
    beside.replace(path)
    sync(path.parent)
    part.unlink()


def _whole(line: bytes) -> dict[str, Any] | None:
    """Read back a line; None for one that was cut, or never reached the disk."""
    try:
        values = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
    return values if isinstance(values, dict) else None
