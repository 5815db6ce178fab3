"""Trouble of the machine: never a failure of a page, and a run that was ended goes on to the same bytes."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from disturbed import disk, files, label, some_pages, undisturbed
from samples import page

COMPLETE, ENDED = 1, 2
"""The exit codes of a run that came to its end, with failures, and of one that the machine has ended."""

MEMORY_MB = (150, 200, 250, 300, 350, 400, 500, 600, 800, 1_200, 2_400, 4_800)


def run_short_of_memory(model: Path, folder: Path) -> dict[str, Any]:
    """Give a run more and more memory (ulimit -v), resuming it, until it comes to its end."""
    pages = some_pages(folder)
    expected = undisturbed(model, pages, folder)[0]["out.jsonl"]
    place, ended = folder / "out", 0
    place.mkdir()
    for megabytes in MEMORY_MB:
        command = label(model, pages, "-o", place / "out.jsonl", "-q", "--resume")
        limit = f'ulimit -v {megabytes * 1024}; exec "$@"'
        code = subprocess.run(
            ["bash", "-c", limit, "-", *command], check=False, capture_output=True
        ).returncode
        if code == COMPLETE and (place / "out.jsonl").exists():
            break
        assert code == ENDED, f"exit code {code}"
        ended += 1
    assert files(place) == expected, "not the bytes of an undisturbed run"
    return {"times without memory": ended, "memory that was enough, in MB": megabytes}


def run_without_temporary(model: Path, folder: Path) -> dict[str, Any]:
    """Label with a folder for temporary files that is full."""
    pages = some_pages(folder)
    (pages / "odd.html").write_text(f"<html><p>{page(0)}{'<b>' * 4_000}", encoding="utf-8")
    expected = undisturbed(model, pages, folder)[0]["out.jsonl"]
    place = folder / "out"
    place.mkdir()
    with disk(folder / "full") as _:
        (folder / "full" / "rubbish").write_bytes(b"x" * 16_384)
        command = label(model, pages, "-o", place / "out.jsonl", "-q")
        code = subprocess.run(
            command, check=False, capture_output=True, env={**os.environ, "TMPDIR": str(folder / "full")}
        ).returncode
    assert code in {COMPLETE, ENDED}, f"exit code {code}"
    subprocess.run(label(model, pages, "-o", place / "out.jsonl", "-q", "--resume"), check=False)
    assert files(place) == expected, "not the bytes of an undisturbed run"
    return {"runs": 1, "exit code": code}


def run_workers_killed(model: Path, folder: Path, times: int) -> dict[str, Any]:
    """Kill processes of --workers, `times` in all; each run comes to its end all the same."""
    chance = random.Random(times)  # noqa: S311 - chance that can be repeated, not a secret
    return {"workers killed": _hit_workers(model, folder, times, lambda number: _kill(number, chance))}


def run_stopped(model: Path, folder: Path, times: int) -> dict[str, Any]:
    """Stop processes of --workers for a second (SIGSTOP); nothing comes of it."""
    return {"workers stopped": _hit_workers(model, folder, times, _stop)}


def _hit_workers(model: Path, folder: Path, times: int, hit: Any) -> int:
    pages = some_pages(folder)
    expected = undisturbed(model, pages, folder)[0]["out.jsonl"]
    hits = 0
    while hits < times:
        place = folder / f"out-{hits}"
        place.mkdir()
        process = subprocess.Popen(label(model, pages, "-o", place / "out.jsonl", "-q", "--workers", 2))
        part = place / "out.jsonl.part"
        while process.poll() is None and not (part.exists() and part.stat().st_size):
            time.sleep(0.02)
        for worker in _workers(process.pid):
            hit(worker)
            hits += 1
            break
        assert process.wait() == COMPLETE, f"exit code {process.returncode}"
        assert files(place) == expected, "not the bytes of an undisturbed run"
    return hits


def _kill(number: int, chance: random.Random) -> None:
    time.sleep(chance.uniform(0, 0.3))
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)


def _stop(number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGSTOP)
        time.sleep(1)
        os.kill(number, signal.SIGCONT)


def _workers(parent: int) -> Iterator[int]:
    """Yield the processes that label for another."""
    with suppress(OSError):
        for number in Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split():
            with suppress(OSError):
                if b"spawn_main" in Path(f"/proc/{number}/cmdline").read_bytes():
                    yield int(number)
