"""What the command line names, as files in a fixed order: files, folders, globs, lists of them, stdin."""

import glob
import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from newsroles.errors import UsageError
from newsroles.readers import by_name

_LIST = "@"


class Sources:
    """The files that `paths` stand for; they are looked up anew each time that they are iterated.

    A folder stands for the files in it and in its folders, sorted, hidden ones left out, whose names tell a
    format (any name with `any_name`); `skipped` counts those left out for their names. A glob that the shell
    has left alone is expanded; `@list.txt` names a file with a path a line; "-" is stdin. What isn't there
    stands for itself, and fails when it is read.
    """

    def __init__(self, paths: Iterable[str], *, any_name: bool = False) -> None:
        """Raise UsageError for a list that isn't there."""
        self._paths = list(paths)
        self._any_name = any_name
        self.skipped = 0
        for path in self._paths:
            if path.startswith(_LIST) and not Path(path[1:]).is_file():
                raise UsageError(f"{path[1:]}: no such list", f"give {_LIST}FILE with a path a line")

    def __iter__(self) -> Iterator[str]:
        """Give each file's path."""
        self.skipped = 0
        return chain.from_iterable(map(self._files, chain.from_iterable(map(_named, self._paths))))

    def size(self) -> int | None:
        """Give the bytes of all files together, None where that cannot be known."""
        try:
            return sum(Path(source).stat().st_size for source in self) if "-" not in self._paths else None
        except OSError:
            return None

    def _files(self, path: str) -> Iterator[str]:
        if path == "-" or not Path(path).is_dir():
            yield path
            return
        is_empty = True
        for file in _walk(path):
            if self._any_name or by_name(file) or Path(file).is_dir():
                is_empty = False
                yield file
            else:
                self.skipped += 1
        if is_empty:
            yield path


def _named(path: str) -> Iterator[str]:
    """Give what an argument names: itself, the lines of a list, or the matches of a glob."""
    if path.startswith(_LIST):
        with Path(path[1:]).open(encoding="utf-8", errors="surrogateescape") as lines:
            yield from chain.from_iterable(_matches(line.rstrip("\n")) for line in lines if line.strip())
    else:
        yield from _matches(path)


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
