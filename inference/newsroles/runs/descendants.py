"""Processes that this one has started, and those that they have started: to end them all at once."""

import os
import signal
from contextlib import suppress
from pathlib import Path

_PROCESSES = Path("/proc")


def children() -> frozenset[int]:
    """Return the processes that this one has started; none where the system does not tell (macOS)."""
    return frozenset(number for number, parent in _parents().items() if parent == os.getpid())


def kill(processes: frozenset[int]) -> None:
    """Kill processes, and all that they have started."""
    parents, found = _parents(), set(processes)
    while more := {number for number, parent in parents.items() if parent in found} - found:
        found |= more
    for number in found:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(number, getattr(signal, "SIGKILL", signal.SIGTERM))


def _parents() -> dict[int, int]:
    """Return every process's parent."""
    found = {}
    for stat in _PROCESSES.glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            after_name = stat.read_text(errors="replace").rpartition(")")[2]
            found[int(stat.parent.name)] = int(after_name.split()[1])
    return found
