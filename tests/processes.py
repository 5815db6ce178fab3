"""Processes that tests start, looked at from outside."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something, two minutes at most."""
    end = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def workers_of(parent: int) -> list[int]:
    """List the processes that label for a run."""
    found = []
    for number in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        with suppress(OSError):
            if "spawn_main" in Path(f"/proc/{number}/cmdline").read_text():
                found.append(int(number))
    return found
