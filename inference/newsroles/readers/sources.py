"""What the command line names, as files in a fixed order: files, folders, globs, lists of them, stdin."""

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import nullcontext, suppress
from itertools import chain
from pathlib import Path

from newsroles.errors import InputError, UsageError
from newsroles.readers import by_name
from newsroles.readers.formats import JSON
from newsroles.readers.jsonl import hold_records
from newsroles.readers.named import stdin
from newsroles.readers.packing import check_plain, unpack

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
    format (any name with `any_name`) or that are JSON with a `text_field`, but for links that lead out of it;
    `skipped` counts those left out so, `left_out` those that the guard left out. A glob that the shell has
    left alone is expanded; `@list.txt` names a file with a path a line, `@-` stdin with one; "-" is stdin.
    What isn't there, or cannot be, stands for itself, and fails when it is read.
    """

    def __init__(
        self,
        paths: Iterable[str],
        *,
        any_name: bool = False,
        text_field: str = "text",
        guard: Guard | None = None,
    ) -> None:
        """Raise UsageError for a list that cannot be read, and for what the guard refuses."""
        self._paths = list(paths)
        self._any_name = any_name
        self._text_field = text_field
        self._guard = guard or Guard()
        self.skipped = self.left_out = 0
        self._lists = {path: _once(path[1:]) for path in self._paths if path.startswith(_LIST)}
        for path in self._named():
            self._guard.check(path)

    def __iter__(self) -> Iterator[str]:
        """Return each file's path."""
        self.skipped = self.left_out = 0
        return chain.from_iterable(map(self._files, self._named()))

    def check(self) -> None:
        """Raise UsageError where nothing that is named is there, or holds a page: a mistake, or too early."""
        first = None
        for source in self:
            is_folder = os.path.isdir(source)  # noqa: PTH112 - Path's raises for what cannot be
            if source == "-" or (os.path.lexists(source) and not is_folder):
                return
            first = first or (source, is_folder)
        if first and first[1]:
            raise UsageError(f"{first[0]}: holds no page", "give --input-format to read files of any name")
        if first:
            raise UsageError(f"{first[0]}: isn't there", "see whether it is the right path")

    def _named(self) -> Iterator[str]:
        """Yield what the arguments name: themselves, the lines of lists, the matches of globs."""
        for path in self._paths:
            if path.startswith(_LIST):
                kept = self._lists[path]
                self._guard.check(path[1:])
                yield from chain.from_iterable(map(_matches, _lines(path[1:]) if kept is None else kept))
            else:
                yield from _matches(path)

    def size(self) -> int | None:
        """Return the bytes of all files together, None where that cannot be known."""
        try:
            return sum(Path(source).stat().st_size for source in self) if "-" not in self._named() else None
        except (OSError, ValueError):
            return None

    def _files(self, path: str) -> Iterator[str]:
        if path == "-" or not os.path.isdir(path):  # noqa: PTH112 - Path's raises for what cannot be
            yield path
            return
        is_empty = True
        for file in _walk(path):
            if not self._is_wanted(file, path):
                self.skipped += not self._guard.writes(file)
            elif self._guard.leaves_out(file):
                self.left_out += 1
            else:
                is_empty = False
                yield file
        if is_empty:
            yield path

    def _is_wanted(self, file: str, folder: str) -> bool:
        is_known = self._any_name or by_name(file) or os.path.isdir(file)  # noqa: PTH112 - the same
        if _leads_out(file, folder):
            return False
        return bool(is_known) or (file.lower().endswith(JSON) and self._holds_records(file))

    def _holds_records(self, file: str) -> bool:
        with suppress(OSError, InputError), open(file, "rb", buffering=0) as raw:  # noqa: PTH123 - of names
            stream = unpack(raw)
            check_plain(stream)
            return hold_records(stream, self._text_field)
        return True  # and fails when it is read


def _once(path: str) -> list[str] | None:
    """Keep the lines of a list that can be read but once, from a pipe; None for a file, read again each time.

    Raises UsageError where it cannot be read.
    """
    if os.path.isfile(path):  # noqa: PTH113 - as above
        return None
    try:
        return list(_lines(path))
    except InputError as error:
        raise UsageError(f"{path}: {error.reason}", error.next_step) from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{path}: no such list ({why})", f"give {_LIST}FILE with a path a line") from error


def _lines(path: str) -> Iterator[str]:
    """Yield the lines of a list, but for empty ones and byte order marks."""
    with nullcontext(stdin()) if path == "-" else Path(path).open("rb") as file:
        for line in file:
            if name := line.decode("utf-8-sig", "surrogateescape").rstrip("\r\n"):
                yield name


def _matches(path: str) -> list[str]:
    if os.path.exists(path) or not glob.has_magic(path) or "\0" in path:  # noqa: PTH110 - as above
        return [path]
    return sorted(glob.glob(path, recursive=True)) or [path]  # noqa: PTH207 - paths stay as they were given


def _walk(folder: str) -> Iterator[str]:
    """Yield the files of a folder before those of its folders; last the folders that cannot be read.

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
