"""Files that are whole once they are there, and on the disk: written beside their place, then renamed.

A link is written through: what it points to is replaced, beside that, and the link stays. What is neither a
file nor a folder, such as /dev/null or a named pipe, is written to as it stands; so is what is open already
and named as that, such as /dev/stdout, wherever the shell has sent it.
"""

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from newsroles.errors import RESUME, UsageError, unwritable
from newsroles.locks import IS_NAME_HELD

_OPEN = re.compile(r"/dev/(?P<name>stdout|stderr)|(?:/dev|/proc/self)/fd/(?P<number>\d{1,9})")

Convert = Callable[[Path, Path], None]
"""Makes the finished file (second) of a file of records (first)."""


@contextmanager
def beside(
    path: Path, convert: Convert | None = None, *, step: str = f"make room, {RESUME}", through: bool = True
) -> Iterator[BinaryIO]:
    """Yield a file that becomes `path`, through `convert` if given, once it is whole and on the disk.

    No two processes write to one file, whatever becomes of them. A link is replaced itself unless it is
    written `through`. Raises UsageError, with `step`, where it cannot be written.
    """
    path = real(path) if through else path
    places = [path.with_name(f".{path.name}.{uuid4().hex}{end}") for end in ("", ".new")]
    try:
        if is_device(path):
            with _to_device(path, convert) as file:
                yield file
            return
        with places[0].open("xb") as file:
            yield file
        if convert:
            convert(*places)
        put(places[1 if convert else 0], path)
    except OSError as error:
        raise unwritable(path, error, step) from error
    finally:
        for place in places:
            place.unlink(missing_ok=True)


def put(file: Path, path: Path) -> None:
    """Rename a finished file to `path`, durably, with the permissions of what it replaces."""
    if path.exists():
        shutil.copymode(path, file)
    sync(file)
    file.replace(path)
    sync(path.parent)


def drop(path: Path) -> None:
    """Delete an earlier file whose content holds no longer; an empty one may be somebody's."""
    path = real(path)
    if not is_device(path) and path.is_file() and path.stat().st_size:
        path.unlink()


def sweep(*paths: Path) -> None:
    """Delete what `beside` has left of paths in one folder where it was killed; no other names look so."""
    names = "|".join(re.escape(path.name) for path in paths)
    left = re.compile(rf"\.({names})\.[0-9a-f]{{32}}(\.new)?")
    for place in list(paths[0].parent.glob(".*")):
        if left.fullmatch(place.name):
            place.unlink(missing_ok=True)


def real(path: Path) -> Path:
    """Follow links to where `path` is written; it need not be there. A device keeps its name."""
    try:
        return path if is_device(path) else path.resolve()
    except (OSError, RuntimeError):  # links that go round in a ring
        raise UsageError(f"{path}: a link to itself", "give another path") from None


def is_device(path: Path) -> bool:
    """Tell whether what is there is no folder, and no file but one that is open and named as that.

    It is a device, a pipe, a socket, or /dev/stdout.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    is_file = stat.S_ISREG(mode) and _open_number(path) is None
    return not is_file and not stat.S_ISDIR(mode)


def open_device(path: Path) -> BinaryIO:
    """Open a device to write to it, unbuffered; what is open already is added to, where it is."""
    number = _open_number(path)
    return path.open("wb", buffering=0) if number is None else os.fdopen(os.dup(number), "wb", buffering=0)


def write_all(file: BinaryIO, data: bytes) -> None:
    """Write all of some bytes to an unbuffered file, which may take them piece by piece."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _open_number(path: Path) -> int | None:
    """Return the number of the open file that a name such as /dev/stderr stands for."""
    found = _OPEN.fullmatch(str(path))
    return found and ({"stdout": 1, "stderr": 2}.get(found["name"]) or int(found["number"]))


@contextmanager
def _to_device(path: Path, convert: Convert | None) -> Iterator[BinaryIO]:
    """Yield a file whose content, or what `convert` makes of it, is then written to a device."""
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder, name) for name in ("whole", "new")]
        with places[0].open("xb") as file:
            yield file
        if convert:
            convert(*places)
        with places[1 if convert else 0].open("rb") as file, open_device(path) as device:
            shutil.copyfileobj(file, device)


def sync(path: Path) -> None:
    """See that the disk has a file's content, or the names in a folder (which Windows sees to itself)."""
    if IS_NAME_HELD and path.is_dir():
        return
    number = os.open(path, os.O_RDWR if IS_NAME_HELD else os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def count_lines(path: Path) -> int:
    """Count the lines of a file, none where there isn't one."""
    if not path.is_file():
        return 0
    with path.open("rb") as lines:
        return sum(1 for _ in lines)
