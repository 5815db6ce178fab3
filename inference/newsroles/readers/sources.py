"""What the command line names, as files in a fixed order: files, folders, globs, lists of them, stdin."""

import glob
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from newsroles.errors import UsageError
from newsroles.readers import by_name

_LIST = "@"


class Sources:
    """The files that `paths` stand for; they are looked up anew each time that they are iterated.

    A folder stands for the files in it and in its folders, sorted, hidden ones left out, whose names tell a
    format (any name with `any_name`), but for links that lead out of it; `skipped` counts those left out. A
    glob that the shell has left alone is expanded; `@list.txt` names a file with a path a line, `@-` stdin;
    "-" is stdin. What isn't there, or cannot be, stands for itself, and fails when it is read.
    """

    def __init__(self, paths: Iterable[str], *, any_name: bool = False) -> None:
        """Read lists that can be read once only; raises UsageError for a list that isn't there."""
        self._paths = list(paths)
        self._any_name = any_name
        self._lists = {path: _read_once(path[1:]) for path in self._paths if path.startswith(_LIST)}
        self.skipped = 0

    def __iter__(self) -> Iterator[str]:
        """Give each file's path."""
        self.skipped = 0
        return chain.from_iterable(map(self._files, chain.from_iterable(map(self._named, self._paths))))

    def size(self) -> int | None:
        """Give the bytes of all files together, None where that cannot be known."""
        try:
            return sum(Path(source).stat().st_size for source in self) if "-" not in self._paths else None
        except (OSError, ValueError):
            return None

    def _files(self, path: str) -> Iterator[str]:
        if path == "-" or not os.path.isdir(path):  # noqa: PTH112 - Path's raises for what cannot be
            yield path
            return
        is_empty = True
        for file in _walk(path):
            is_wanted = self._any_name or by_name(file) or os.path.isdir(file)  # noqa: PTH112 - the same
            if is_wanted and not _leads_out(file, path):
                is_empty = False
                yield file
            else:
                self.skipped += 1
        if is_empty:
            yield path

    def _named(self, path: str) -> Iterator[str]:
        """Give what an argument names: itself, the lines of a list, or the matches of a glob."""
        if not path.startswith(_LIST):
            yield from _matches(path)
            return
        kept = self._lists[path]
        for line in _lines(path[1:]) if kept is None else kept:
            if line.strip():
                yield from _matches(line)


def _read_once(path: str) -> list[str] | None:
    """Give the lines of a list that comes through a pipe, None for one that can be read again."""
    if path == "-":
        data = sys.stdin.buffer.read()
        return data.decode("utf-8-sig", "surrogateescape").splitlines()
    if os.path.isfile(path):  # noqa: PTH113 - as above
        return None
    if os.path.isdir(path) or not os.path.exists(path):  # noqa: PTH110, PTH112 - as above
        raise UsageError(f"{path}: no such list", f"give {_LIST}FILE with a path a line")
    return list(_lines(path))


def _lines(path: str) -> Iterator[str]:
    with Path(path).open(encoding="utf-8-sig", errors="surrogateescape") as lines:
        for line in lines:
            yield line.rstrip("\n")


def _matches(path: str) -> list[str]:
    if os.path.exists(path) or not glob.has_magic(path) or "\0" in path:  # noqa: PTH110 - as above
        return [path]
    return sorted(glob.glob(path, recursive=True)) or [path]  # noqa: PTH207 - paths stay as they were given


def _walk(folder: str) -> Iterator[str]:
    """Give the files of a folder before those of its folders; last the folders that cannot be read.

    Links to folders are not followed. What nobody may look at is given, to fail when it is read.
    """
    unread: list[str] = []
    for place, folders, files in os.walk(folder, onerror=lambda error: unread.append(error.filename)):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (str(Path(place, name)) for name in sorted(files) if not name.startswith("."))
        yield from (path for path in paths if _may_be_file(path))
    yield from unread


def _may_be_file(path: str) -> bool:
    try:
        mode = Path(path).lstat().st_mode
    except OSError:
        return True
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode)


def _leads_out(path: str, folder: str) -> bool:
    """Tell whether a file is a link to something that is elsewhere, and so not what was asked for."""
    if not os.path.islink(path) or not os.path.exists(path):  # noqa: PTH110, PTH114 - as above
        return False
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
