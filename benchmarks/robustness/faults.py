"""Break things, and see that every good page is labelled exactly once and every bad one accounted for.

    python benchmarks/robustness/faults.py --model BUNDLE --write docs/trust/reliability.md

Bad inputs of many kinds, kills at random moments, a disk that is full again and again, an archive of 10,000
pages in flat memory. Everything runs as users run it, by the command; the first thing that is wrong ends it.
"""

import argparse
import gzip
import json
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from accounting import verify, write_cases
from bad_inputs import KINDS
from samples import jsonl, page, warc

NAMES = ("out.jsonl", "out.csv", "out.parquet")
DISKS_KIB = (16, 48, 96, 160, 256, 512, 1024, 2048, 4096, 65536)
GROWTH = 1.15
"""How much more memory 10,000 pages may take than 1,000."""


def label(model: Path, *arguments: object) -> list[str]:
    """Return the command that labels, on one thread."""
    program = [sys.executable, "-m", "newsroles", "label", "--model", str(model), "--threads", "1"]
    return [*program, *map(str, arguments)]


def run_bad_inputs(model: Path, folder: Path, number: int) -> dict[str, Any]:
    """Label bad inputs of every kind in one run."""
    pages = folder / "pages"
    pages.mkdir()
    written = write_cases(pages, number)
    began = time.monotonic()
    code = subprocess.run(label(model, pages, "-o", folder / "out.jsonl", "-q"), check=False).returncode
    assert code == 1, f"exit code {code}"
    counts = verify(written, folder / "out.jsonl")
    return {"kinds": len(KINDS), **counts, "seconds": round(time.monotonic() - began)}


def some_pages(folder: Path) -> Path:
    """Write what kills and full disks are tried on: 729 good pages and 24 bad records, in 21 files."""
    pages = folder / "pages"
    pages.mkdir()
    for at in range(12):
        lines = jsonl(*(f"{page(number)} It was built in {at}." for number in range(60)))
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
        expected[name] = _files(place)
    return expected, seconds


def _files(folder: Path) -> dict[str, bytes]:
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
        assert _files(place) == expected[name], f"{name}: not the bytes of an undisturbed run"
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
            assert _files(place) == expected[name], f"{name}: not the bytes of an undisturbed run"
    return {"times that the disk was full": full, "runs finished": len(NAMES)}


def run_archive(model: Path, folder: Path, pages: int) -> dict[str, Any]:
    """Label a tenth of an archive and then all of it; gives the most memory that each took, in MB."""
    peaks, seconds = [], 0.0
    for number in (pages // 10, pages):
        path, out = folder / f"{number}.warc.gz", folder / f"{number}.jsonl"
        with path.open("wb") as file:
            for at in range(number):
                body = "".join(f"<p>{page(at)}</p>" for _ in range(at % 9 + 1))
                file.write(gzip.compress(warc(body.encode()), 1))
        began = time.monotonic()
        process = subprocess.Popen(label(model, path, "-o", out, "-q"))
        peaks.append(peak_of(process))
        seconds = time.monotonic() - began
        assert process.returncode == 0, f"exit code {process.returncode}"
        with out.open("rb") as lines:
            assert [json.loads(line)["index"] for line in lines] == list(range(number))
    assert peaks[1] < GROWTH * peaks[0], f"{peaks} MB"
    return {"pages": pages, "MB for a tenth": peaks[0], "MB for all": peaks[1], "seconds": round(seconds)}


def peak_of(process: "subprocess.Popen[bytes]") -> int:
    """Wait for a process; gives the most memory that it held, in MB, without ours, which rusage has in it."""
    peak, status = 0, Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        lines = status.read_text(encoding="ascii").splitlines()
        peak = max([peak, *(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))])
        time.sleep(0.1)
    return peak


def main() -> None:
    """Run everything, print what was found, and write it down."""
    parser = argparse.ArgumentParser(description="Break things; see the top of this file.")
    parser.add_argument("--model", type=Path, required=True, help="a bundle folder")
    parser.add_argument("--bad", type=int, default=1_008, help="how many bad inputs")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pages", type=int, default=10_000, help="of the archive")
    parser.add_argument("--write", type=Path, help="the page to write the results to, between its marks")
    asked = parser.parse_args()
    steps: dict[str, Callable[[Path], dict[str, Any]]] = {
        "bad inputs": lambda folder: run_bad_inputs(asked.model, folder, asked.bad),
        "kill -9": lambda folder: run_kills(asked.model, folder, asked.kills),
        "Ctrl-C": lambda folder: run_kills(asked.model, folder, max(2, asked.kills // 10), signal.SIGINT),
        "full disk": lambda folder: run_full_disk(asked.model, folder),
        "archive": lambda folder: run_archive(asked.model, folder, asked.pages),
    }
    results = {}
    for name, step in steps.items():
        with tempfile.TemporaryDirectory() as folder:
            results[name] = step(Path(folder))
        print(name, json.dumps(results[name]), flush=True)  # noqa: T201 - it is what this prints
    if asked.write:
        write(asked.write, results, asked.model)


def write(path: Path, results: dict[str, dict[str, Any]], model: Path) -> None:
    """Put the results into the page, between its two marks."""
    name = json.loads((model / "bundle.json").read_text(encoding="utf-8"))["name"]
    head, _, rest = path.read_text(encoding="utf-8").partition("<!-- results -->\n")
    _, _, tail = rest.partition("<!-- end of results -->")
    found = {
        step: "; ".join(f"{key}: {value}" for key, value in row.items()) for step, row in results.items()
    }
    rows = [f"| {step} | {text} |\n" for step, text in found.items()]
    top = f"Model `{name}`, one thread, Python {sys.version.split()[0]}.\n\n| what | found |\n|---|---|\n"
    middle = f"<!-- results -->\n{top}{''.join(rows)}\n<!-- end of results -->"
    path.write_text(head + middle + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
