"""The files of a run while it grows, which are also its journal: what stands in them is recorded.

Results are written in the order of the inputs, so the journal is read beside the inputs, once, and takes no
memory: a result is recorded if its source and index come next in the records, or next in the failures.
Texts are never compared, and a source that is given twice is recorded twice.
"""

import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from math import inf
from pathlib import Path
from typing import Any

from newsroles.errors import UsageError
from newsroles.files import Convert, is_device, real, sweep
from newsroles.runs.fingerprint import check_same, note_of, part_of, read_note, write_note
from newsroles.runs.part import PartFile, open_part

SYNC_SECONDS = 5.0
"""How much work may be lost when the power fails; a run that is killed loses nothing that was written."""

GROUP_SECONDS = 0.1
"""How long records may wait for the failures before them, which are put on the disk together."""


class Journal:
    """The records and the failures of a run. A failure is on the disk before any record that follows it.

    So records wait, in memory, while failures before them are not on the disk, for `GROUP_SECONDS` at most.
    """

    def __init__(self, records: PartFile, failures: PartFile) -> None:
        """Take both parts, opened alike."""
        self.records = records
        self.failures = failures
        self._waiting: deque[Mapping[str, Any]] = deque()
        self._grouped_at, self._synced_at = -inf, time.monotonic()

    def take(self, source: str, index: int) -> dict[str, Any] | None:
        """Return what is recorded for an input, None if nothing is; asked in the order of the inputs."""
        for part in (self.records, self.failures):
            front = part.front
            if front and (front.get("source"), front.get("index")) == (source, index):
                return part.pop()
        return None

    def is_beyond(self, source: str) -> bool:
        """Tell whether a later source's record comes next, so that this one's are all taken."""
        return self.records.front is not None and self.records.front.get("source") != source

    def begin_anew(self) -> None:
        """Begin to write: failures recorded behind the last record are dropped, and made again."""
        if self.records.front is None:
            self.failures.cut()

    def write(self, values: Mapping[str, Any]) -> None:
        """Append a record of an article or of a failure."""
        if "sentences" in values:
            self._waiting.append(values)
        else:
            self.failures.write(values)
        if self.failures.is_synced or time.monotonic() - self._grouped_at > GROUP_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Put the failures on the disk, then write the records that have waited for that."""
        if not self.failures.is_synced:
            self.failures.sync()
            self._grouped_at = time.monotonic()
        while self._waiting:
            self.records.write(self._waiting.popleft())
        if time.monotonic() - self._synced_at > SYNC_SECONDS:
            self.records.sync()
            self._synced_at = time.monotonic()

    def commit(self, convert: Convert | None = None) -> None:
        """Make both parts finished files, the records last; no failures make no file."""
        self.flush()
        self.records.check_at_end()
        if self.failures.is_empty():
            self.failures.discard()
        else:
            self.failures.commit()
        self.records.commit(convert)


@contextmanager
def open_journal(out: Path, errors: Path, now: Mapping[str, Any], *, resume: bool) -> Iterator[Journal]:
    """Open the journal of a run that is begun with `now`, and leave what isn't committed for a later one.

    `resume` has no effect where nothing is recorded. Raises UsageError where that was begun with something
    else: what is recorded is left as it is.
    """
    if is_device(out):
        raise UsageError(f"{out}: no file, so nothing of it could be resumed", "give a file to write")
    with closing(PartFile(out)) as records:  # first, so that no other run is at its last steps
        is_begun = resume and (not records.is_empty() or _holds_something(part_of(errors)))
        if is_begun:
            check_same(records.part, read_note(out), now)
            if errors.is_file() and not part_of(errors).exists():
                real(errors).replace(part_of(errors))  # the run was killed between its last two steps
        with closing(open_part(errors)) as failures:
            if not is_begun:
                failures.empty()
                records.empty()
                write_note(out, now)
            sweep(records.path, note_of(out))
            journal = Journal(records, failures)
            yield journal
            journal.flush()


def _holds_something(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0
