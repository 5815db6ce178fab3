"""Files that are whole once they are there, and on the disk."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from newsroles.errors import UsageError

Convert = Callable[[Path, Path], None]
"""Makes the finished file (second) of a file of records (first)."""


@contextmanager
def beside(path: Path, convert: Convert | None = None) -> Iterator[BinaryIO]:
    """Give a file that becomes `path`, through `convert` if given, once it is whole and on the disk.

    No two processes write to one file, whatever becomes of them. Raises UsageError where there is no room.
    """
    places = [path.with_name(f".{path.name}.{uuid4().hex}{end}") for end in ("", ".new")]
    try:
        with places[0].open("xb") as file:
            yield file
        if convert:
            convert(*places)
        last = places[1 if convert else 0]
        sync(last)
        last.replace(path)
        sync(path.parent)
    except OSError as error:
        step = "make room, then give the same command with --resume"
        raise UsageError(f"{path}: {error.strerror or error}", step) from error
    finally:
        for place in places:
            place.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """See that the disk has a file's content, or the names in a folder."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def count_lines(path: Path) -> int:
    """Count the lines of a file, none where there isn't one."""
    if not path.exists():
        return 0
    with path.open("rb") as lines:
        return sum(1 for _ in lines)
