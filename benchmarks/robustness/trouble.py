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
from samples import gz, page, table

COMPLETE, ENDED, INTERRUPTED = 1, 2, 130
"""The exit codes of runs that came to their end, with failures, that the machine has ended, and Ctrl-C."""

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
    """Label with a folder for temporary files that is too small for what is unpacked into it, then resume."""
    pages = some_pages(folder)
    text = random.Random(0).randbytes(40_000).hex()  # noqa: S311 - chance that can be repeated, not a secret
    (pages / "rows.parquet.gz").write_bytes(gz(table([{"text": f"{page(0)} {text}"}])))
    expected = undisturbed(model, pages, folder)[0]["out.jsonl"]
    place = folder / "out"
    place.mkdir()
    command = label(model, pages, "-o", place / "out.jsonl", "-q", "--resume")
    with disk(folder / "small"):
        small = {**os.environ, "TMPDIR": str(folder / "small")}
        code = subprocess.run(command, check=False, capture_output=True, env=small).returncode
    assert code == ENDED, f"exit code {code}"
    assert subprocess.run(command, check=False).returncode == COMPLETE
    assert files(place) == expected, "not the bytes of an undisturbed run"
    return {"times that it was full": 1, "runs finished": 1}


def run_ray_interrupted(model: Path, folder: Path, times: int) -> dict[str, Any]:
    """Interrupt a run on Ray, `times` in all, and resume it: its shards are the plain engine's lines."""
    pages = some_pages(folder)
    expected = undisturbed(model, pages, folder)[0]["out.jsonl"]
    place, chance, hit = folder / "out", random.Random(times), 0  # noqa: S311 - can be repeated, no secret
    shards = ("--engine", "ray", "--workers", 2, "--shard-size", 20, "--resume")
    while True:
        process = subprocess.Popen(label(model, pages, "-o", place, "-q", *shards), stderr=subprocess.DEVNULL)
        try:
            code = process.wait(chance.uniform(10, 30) if hit < times else None)
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            assert process.wait() == INTERRUPTED, f"exit code {process.returncode}"
            hit += 1
    assert code == COMPLETE, f"exit code {code}"
    lines = b"".join(path.read_bytes() for path in sorted(place.glob("part-*.jsonl")))
    assert lines == expected["out.jsonl"], "not the bytes of an undisturbed run"
    return {"interrupted": hit, "shards": len(list(place.glob("part-*.jsonl"))), "runs finished": 1}


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
