"""A file that one process at a time has, by what the system offers: flock, or msvcrt's locks on Windows."""

import os
from typing import Any, BinaryIO

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

IS_NAME_HELD = fcntl is None
"""Whether a file that is open can be neither renamed nor deleted."""

_FAR = 2**31 - 2
"""Where Windows locks a byte: nobody else could read one that is locked."""


def lock(file: BinaryIO) -> bool:
    """Have a file until it is closed; tells False where another process has it.

    File systems that know no locks give it to everybody.
    """
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            _lock_a_byte(file)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        pass
    return True


def _lock_a_byte(file: BinaryIO) -> None:
    import msvcrt

    place = file.tell()
    os.lseek(file.fileno(), _FAR, os.SEEK_SET)
    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    finally:
        os.lseek(file.fileno(), place, os.SEEK_SET)
