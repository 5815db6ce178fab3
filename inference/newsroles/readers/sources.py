"""What the command line names, as files in a fixed order: files, folders, globs, lists of them, stdin."""

import glob
import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from newsroles.errors import UsageError
from newsroles.readers import by_name

_LIST = "@"


class Guard:
    """Says which of the files may be read; this one lets every file pass."""

    def check(self, named: str) -> None:
        """Raise UsageError for a path that was named and may not be read."""

    def writes(self, file: str) -> bool:  # noqa: ARG002 - others look at it
        """Tell whether the run itself writes a file."""
        return False

    def leaves_out(self, file: str) -> bool:  # noqa: ARG002 - others look at it
        """Tell whether a file that was found in a folder is to be left out."""
        return False


class Sources:
    """The files that `paths` stand for; they are looked up anew each time that they are iterated.

    A folder stands for the files in it and in its folders, sorted, hidden ones left out, whose names tell a
    format (any name with `any_name`); `skipped` counts those left out for their names, `left_out` those that
    the guard left out. A glob that the shell has left alone is expanded; `@list.txt` names a file with a path
    a line, `@-` stdin with one; "-" is stdin. What isn't there stands for itself, and fails when it is read.
    """

    def __init__(self, paths: Iterable[str], *, any_name: bool = False, guard: Guard | None = None) -> None:
        """Raise UsageError for a list that cannot be read, and for what the guard refuses."""
        self._paths = list(paths)
        self._any_name = any_name
        self._guard = guard or Guard()
        self.skipped = self.left_out = 0
        self._read = {path: _once(path) for path in self._paths if _is_list(path)}
        for path in self._named():
            self._guard.check(path)

    def __iter__(self) -> Iterator[str]:
        """Give each file's path."""
        self.skipped = self.left_out = 0
        return chain.from_iterable(map(self._files, self._named()))

    def _named(self) -> Iterator[str]:
        """Give what the arguments name: themselves, the lines of lists, the matches of globs."""
        for path in self._paths:
            if _is_list(path):
                kept = self._read[path]
                self._guard.check(path[len(_LIST) :])
                yield from chain.from_iterable(map(_matches, _lines(path) if kept is None else kept))
            else:
                yield from _matches(path)

    def size(self) -> int | None:
        """Give the bytes of all files together, None where that cannot be known."""
        try:
            return sum(Path(source).stat().st_size for source in self) if "-" not in self._named() else None
        except OSError:
            return None

    def _files(self, path: str) -> Iterator[str]:
        if path == "-" or not Path(path).is_dir():
            yield path
            return
        is_empty = True
        for file in _walk(path):
            if not (self._any_name or by_name(file) or Path(file).is_dir()):
                self.skipped += not self._guard.writes(file)
            elif self._guard.leaves_out(file):
                self.left_out += 1
            else:
                is_empty = False
                yield file
        if is_empty:
            yield path


def _is_list(path: str) -> bool:
    return path.startswith(_LIST)


def _once(path: str) -> list[str] | None:
    """Keep the lines of a list that can be read but once, from a pipe; None for a file, read again each time.

    Raises UsageError where it cannot be read.
    """
    name = path[len(_LIST) :]
    if Path(name).is_file():
        return None
    try:
        return list(_lines(path))
    except OSError as error:
        step = f"give {_LIST}FILE with a path a line"
        raise UsageError(f"{name}: no such list ({error.strerror})", step) from error


def _lines(path: str) -> Iterator[str]:
    """Give the lines of a list, but for empty ones and a byte order mark."""
    name = path[len(_LIST) :]
    file = 0 if name == "-" else name
    with open(file, encoding="utf-8-sig", errors="surrogateescape", closefd=file != 0) as lines:
        yield from (line.rstrip("\n") for line in lines if line.strip())


def _matches(path: str) -> list[str]:
    if Path(path).exists() or not glob.has_magic(path):
        return [path]
    return sorted(glob.glob(path, recursive=True)) or [path]  # noqa: PTH207 - paths stay as they were given


def _walk(folder: str) -> Iterator[str]:
    """Give the files of a folder before those of its folders; last the folders that cannot be read.

    Links to folders are not followed.
    """
    unread: list[str] = []
    for place, folders, files in os.walk(folder, onerror=lambda error: unread.append(error.filename)):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(place, name) for name in sorted(files) if not name.startswith("."))
        yield from (str(path) for path in paths if path.is_file() or path.is_symlink())
    yield from unread
