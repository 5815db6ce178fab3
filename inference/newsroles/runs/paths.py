"""What a run may read and write: decided here, before anything is opened, for every command and engine.

No output is an input, a folder, or another output, nor is a name that is needed on the way to it. What is
there and was not made by a run is never replaced unasked, and on the way to an output never at all. Links are
followed: the names on the way are beside what they point to. A device is written to, and never replaced.
"""

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from newsroles.errors import UsageError
from newsroles.files import is_device, real
from newsroles.readers.sources import Guard
from newsroles.records.ours import are_failures, is_ours, is_report
from newsroles.runs.fingerprint import ERRORS, note_of, part_of, read_note, seen_from
from newsroles.runs.shards import Folder

Identity = tuple[int, int]


class RunPaths(Guard):
    """The paths that a command writes, each None where it does not; `out` may be a folder (`is_folder`)."""

    def __init__(
        self,
        out: Path | None = None,
        errors: Path | None = None,
        report: Path | None = None,
        *,
        is_folder: bool = False,
    ) -> None:
        """Take them as they were given; raises UsageError where two would be one file."""
        self._out, self._errors, self._report = out, errors, report
        self._folder = real(out) if out and is_folder else None
        given = [path for path in (out, errors, report) if path]
        names = [name for path in given for name in _family(path)]
        if len(set(names)) < len(names):
            raise UsageError(
                f"{' and '.join(map(str, given))} would be one file", "give each output a path of its own"
            )
        self._names = frozenset(names)
        self._files = frozenset(filter(None, (*map(_identity, (*names, *given)), _identity(1), _identity(2))))

    def check_writable(self, *, resume: bool = False, overwrite: bool = False) -> bool:
        """Raise UsageError where a place cannot be written, or where what is there would be lost.

        Tells whether the run goes on with what it has begun before.
        """
        begun: Mapping[str, Any] = {}
        if self._out and self._folder:
            Folder(self._out).check(resume=resume, overwrite=overwrite)
            begun = Folder(self._out).begun_with()
        elif self._out and not is_device(self._out):
            _check_place(self._out)
            begun = read_note(self._out)
            _check_out(self._out, is_ours=bool(begun), is_asked=resume or overwrite)
        if self._errors and not is_device(self._errors):
            _check_place(self._errors)
            self._check_errors(self._errors, begun, resume=resume, overwrite=overwrite)
        if self._report and not is_device(self._report):
            _check_place(self._report)
            _check_report(self._report, resume=resume, overwrite=overwrite)
        return resume and bool(begun)

    def check(self, named: str | Path) -> None:
        """Raise UsageError for an input that is written too."""
        if self.writes(named):
            raise UsageError(f"{named}: is needed itself, as an input", "give another path to write to")

    def leaves_out(self, file: str) -> bool:
        """Tell whether a file that was found in a folder is no page: an output of this run, or of any."""
        return self.writes(file) or is_ours(Path(file))

    def writes(self, file: str | Path) -> bool:
        """Tell whether the command writes a file, under this name or another."""
        if _identity(0 if str(file) == "-" else file) in self._files:
            return True
        try:
            place = Path(file).resolve()
        except (OSError, RuntimeError, ValueError):  # no path at all: it fails when it is read
            return False
        return place in self._names or (self._folder is not None and place.is_relative_to(self._folder))

    def _check_errors(self, path: Path, begun: Mapping[str, Any], *, resume: bool, overwrite: bool) -> None:
        """Refuse to lose failures of another run, or what holds no failures at all."""
        is_begun = self._out is not None and begun.get(ERRORS) == seen_from(self._out, path)
        if self._out and not self._folder:
            _check_part(path, is_ours=is_begun)
        if not path.exists() or (is_begun and resume):
            return
        if not _said_by(are_failures, path):
            raise UsageError(f"{path}: is there, and holds no failures of a run", "give another --errors")
        is_free = resume and not path.stat().st_size
        if not overwrite and not is_free:
            raise UsageError(
                f"{path}: the failures of another run are there",
                "give another --errors, or --overwrite to replace it",
            )


def folder_apart(out: Path, inputs: Iterable[Path]) -> Path:
    """Return the folder that `out` names, through links, which need not be there.

    Raises UsageError where something else is there, or an input is in it, and would go with what it holds.
    """
    paths = RunPaths(out, is_folder=True)
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: no folder", "give a folder to write; it need not be there")
    for path in inputs:
        paths.check(path)
    return real(out)


def _family(path: Path) -> tuple[Path, ...]:
    """Return the names that are needed to write to `path`: none for a device, which takes what comes."""
    return () if is_device(path) else (real(path), part_of(path), note_of(path))


def _identity(path: str | Path | int) -> Identity | None:
    """Tell a file, or an open one by its number, by more than its name; None for what is no file."""
    try:
        found = os.stat(path)  # noqa: PTH116 - of numbers, and of names that no Path can hold
    except (OSError, ValueError):
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None


def _check_place(path: Path) -> None:
    if path.is_dir():
        raise UsageError(f"{path}: a folder", "give a file to write, such as labelled.jsonl")
    if not real(path).parent.is_dir():
        raise UsageError(f"{real(path).parent}: no such folder", "create it, or give another path")


def _check_out(path: Path, *, is_ours: bool, is_asked: bool) -> None:
    part = part_of(path)
    _check_part(path, is_ours=is_ours)
    if is_asked:
        return
    if part.exists():
        raise UsageError(
            f"{part}: an unfinished run", "give --resume to go on with it, or --overwrite to start anew"
        )
    if path.exists():
        raise UsageError(f"{path}: is already there", "give --overwrite to replace it, or another path")


def _check_part(path: Path, *, is_ours: bool) -> None:
    """Refuse to write where something else is in the way that no run has made."""
    part = part_of(path)
    if not os.path.lexists(part):
        return
    found = part.lstat()
    if not stat.S_ISREG(found.st_mode) or (found.st_size and not is_ours):
        raise UsageError(f"{part}: is in the way, and not of this run", "move it away, or give another path")


def _check_report(path: Path, *, resume: bool, overwrite: bool) -> None:
    if path.exists() and not overwrite and not (resume and _said_by(is_report, path)):
        raise UsageError(f"{path}: is already there", "give --overwrite to replace it, or another path")


def _said_by(tells: Callable[[Path], bool], path: Path) -> bool:
    try:
        return tells(path)
    except OSError:
        return False
