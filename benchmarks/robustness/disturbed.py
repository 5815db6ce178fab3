"""Runs that are killed, interrupted, or find the disk full: resumed, they end in the same bytes."""

import gzip
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from samples import jsonl, page

NAMES = ("out.jsonl", "out.csv", "out.parquet")
DISKS_KIB = (16, 48, 96, 160, 256, 512, 1024, 2048, 4096, 65536)
RECORDS = 20
"""How many good records each file holds that kills and full disks are tried on."""


def label(model: Path, *arguments: object) -> list[str]:
    """Return the command that labels, on one thread."""
    program = [sys.executable, "-m", "newsroles", "label", "--model", str(model), "--threads", "1"]
    return [*program, *map(str, arguments)]


def some_pages(folder: Path) -> Path:
    """Write what a run is disturbed at: 249 good pages and 24 bad records, in 21 files."""
    pages = folder / "pages"
    pages.mkdir()
    for at in range(12):
        lines = jsonl(*(f"{page(number)} It was built in {at}." for number in range(RECORDS)))
        data = b"no\n" + lines + b"no\n"
        path = pages / f"{at:02}.jsonl{'.gz' * (at % 2)}"
        path.write_bytes(gzip.compress(data) if at % 2 else data)
    for at in range(9):
        (pages / f"{at:02}.txt").write_text(page(at), encoding="utf-8")
    return pages


def undisturbed(model: Path, pages: Path, folder: Path) -> tuple[dict[str, dict[str, bytes]], float]:
    """Return each format's files as an undisturbed run writes them, and the seconds that it takes."""
    expected = {}
    for name in NAMES:
        place = folder / f"whole-{name}"
        place.mkdir()
        began = time.monotonic()
        subprocess.run(label(model, pages, "-o", place / name, "-q"), check=False)
        seconds = time.monotonic() - began
        expected[name] = files(place)
    return expected, seconds


def files(folder: Path) -> dict[str, bytes]:
    """Return what a folder holds, by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def run_kills(model: Path, folder: Path, times: int, number: int = signal.SIGKILL) -> dict[str, Any]:
    """Kill runs at random moments and resume them, until `times` kills have hit."""
    chance = random.Random(times)  # noqa: S311 - chance that can be repeated, not a secret
    pages = some_pages(folder)
    expected, seconds = undisturbed(model, pages, folder)
    place, kills, finished, sizes = folder / "killed", 0, 0, []
    while kills < times or place.exists():
        name = NAMES[finished % len(NAMES)]
        place.mkdir(exist_ok=True)
        command = label(model, pages, "-o", place / name, "-q", "--resume")
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            process.wait(chance.uniform(0.1, 0.8) * seconds if kills < times else None)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
            process.wait()
            kills += 1
            part = place / f"{name}.part"
            grown = part.stat().st_size if part.exists() else 0
            sizes.append(grown / len(expected["out.jsonl"]["out.jsonl"]))
            continue
        assert process.returncode == 1, f"exit code {process.returncode}"
        assert files(place) == expected[name], f"{name}: not the bytes of an undisturbed run"
        shutil.rmtree(place)
        finished += 1
    spread = [round(100 * share) for share in statistics.quantiles(sizes, n=4, method="inclusive")]
    return {"kills": kills, "runs finished": finished, "quartiles of progress in percent": spread}


@contextmanager
def disk(place: Path) -> Iterator[Callable[[int], object]]:
    """Mount a file system in memory, which takes root; gives what changes its size, in KiB."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", place], check=True)
    try:
        yield lambda kib: subprocess.run(["mount", "-o", f"remount,size={kib}k", place], check=True)
    finally:
        subprocess.run(["umount", place], check=True)


def run_full_disk(model: Path, folder: Path) -> dict[str, Any]:
    """Write to a disk that is full, make it a little larger, resume, until the run comes to its end."""
    pages = some_pages(folder)
    expected, _ = undisturbed(model, pages, folder)
    full = 0
    for name in NAMES:
        with disk(folder / f"disk-{name}") as resize:
            place = folder / f"disk-{name}"
            for size in DISKS_KIB:
                resize(size)
                command = label(model, pages, "-o", place / name, "-q", "--resume")
                result = subprocess.run(command, check=False, capture_output=True, text=True)
                if result.returncode == 1:
                    break
                assert result.returncode == 2, result.stderr  # noqa: PLR2004 - the exit code for it
                assert "No space left on device; make room" in result.stderr, result.stderr
                full += 1
            assert files(place) == expected[name], f"{name}: not the bytes of an undisturbed run"
    return {"times that the disk was full": full, "runs finished": len(NAMES)}
