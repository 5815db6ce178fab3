"""A lock on a file, held by one process at a time: flock, or msvcrt's locks on Windows."""

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
    """Lock a file until it is closed; returns False if another process holds the lock.

    On file systems without locks everybody gets it.
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
