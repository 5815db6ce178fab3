"""Every error that newsroles raises on purpose.

::

    NewsrolesError
    ├── UsageError       the call itself cannot be carried out (exit code 2)
    │   ├── MissingExtra an optional dependency is not installed
    │   └── MachineError there is no room, no memory, or a process was ended; never a fault of a page
    ├── BundleError      a model on disk is absent, damaged or not ours
    └── InputError       one document cannot be read; the run goes on (exit code 1)

Each carries what is wrong (with its place) and `next_step`, what to do about it.
"""

import errno
from pathlib import Path


class NewsrolesError(Exception):
    """Base of the tree; ``str(error)`` is one line that ends with the next step."""

    def __init__(self, reason: str, next_step: str) -> None:
        """Keep the two halves apart, so that records and terminals can lay them out."""
        super().__init__(reason, next_step)
        self.reason = reason
        self.next_step = next_step

    def __str__(self) -> str:
        """Return both halves in one line."""
        return f"{self.reason}; {self.next_step}"


class UsageError(NewsrolesError):
    """The call cannot be carried out as given."""


class MissingExtra(UsageError):  # noqa: N818 - reads as what it is at the raise site
    """An optional dependency is needed and absent."""

    def __init__(self, package: str, extra: str) -> None:
        """Name the package that is missing and the extra that brings it."""
        from newsroles.installation import pip_line

        super().__init__(
            f"this needs the package {package!r}, which is not installed", f"run: {pip_line(extra)}"
        )


class MachineError(UsageError):
    """The machine cannot go on: no room, no memory, a process that was ended. A run can be resumed."""


class BundleError(NewsrolesError):
    """A model bundle is absent, damaged, or made for something else."""


class InputError(NewsrolesError):
    """One document cannot be read. `offset` is a byte or line position where there is one."""

    def __init__(self, reason: str, next_step: str, offset: int | None = None) -> None:
        """Add the place inside the document to reason and next step."""
        super().__init__(reason, next_step)
        self.offset = offset


_SHORT_OF = frozenset((errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN))


def is_of_machine(error: BaseException) -> bool:
    """Tell whether an error is of the machine, whatever was being read: no room, memory, or open files left.

    Where no folder for temporary files has room, Python says that none is there, and names no file; where a
    library finds no memory, it cannot be imported.
    """
    if isinstance(error, OSError):
        is_without_room = error.errno == errno.ENOENT and error.filename is None
        return error.errno in _SHORT_OF or is_without_room
    if isinstance(error, ImportError):
        return any(sign in str(error) for sign in ("failed to map segment", "bad_alloc"))
    return isinstance(error, MemoryError | MachineError)


def machine_error(error: BaseException) -> MachineError:
    """Return the error that says of what the machine is short, and what to do about it."""
    if isinstance(error, MachineError):
        return error
    if isinstance(error, OSError):
        return MachineError(f"this machine: {error.strerror or error}", f"make room, {RESUME}")
    return MachineError("this machine: no memory left", f"free some, or give fewer --workers, {RESUME}")


RESUME = "then give the same command, with -o and --resume to go on"


def unwritable(path: Path, error: OSError, step: str = f"make room, {RESUME}") -> UsageError:
    """Return the error for a file that cannot be written."""
    kind = MachineError if is_of_machine(error) else UsageError
    return kind(f"{path}: {error.strerror or error}", step)
