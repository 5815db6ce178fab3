"""Break things, and see that every good page is labelled exactly once and every bad one accounted for.

    python benchmarks/robustness/faults.py --model BUNDLE --json RESULTS --write docs/trust/reliability.md

Bad inputs of many kinds, kills at random moments, a disk that is full again and again, outputs that would
harm something, trouble of the machine, an archive of thousands of pages in flat memory. Everything runs as
users run it, by the command; the first thing that is wrong ends it.
"""

import argparse
import gzip
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import odd_inputs  # noqa: F401 - adds its kinds
from accounting import verify, write_cases
from bad_inputs import KINDS
from disturbed import label, run_full_disk, run_kills
from harm import run_harm
from samples import page, warc
from trouble import (
    run_ray_interrupted,
    run_short_of_memory,
    run_stopped,
    run_without_temporary,
    run_workers_killed,
)

GROWTH = 1.15
"""How much more memory all pages of the archive may take than a tenth of them."""


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
    parser.add_argument("--json", type=Path, help="the file to write the results to")
    parser.add_argument("--write", type=Path, help="the page to write the results to, between its marks")
    asked = parser.parse_args()
    few = max(2, asked.kills // 10)
    steps: dict[str, Callable[[Path], dict[str, Any]]] = {
        "bad inputs": lambda folder: run_bad_inputs(asked.model, folder, asked.bad),
        "kill -9": lambda folder: run_kills(asked.model, folder, asked.kills),
        "Ctrl-C": lambda folder: run_kills(asked.model, folder, few, signal.SIGINT),
        "full disk": lambda folder: run_full_disk(asked.model, folder),
        "harm": lambda folder: run_harm(asked.model, folder),
        "killed workers": lambda folder: run_workers_killed(asked.model, folder, few),
        "stopped workers": lambda folder: run_stopped(asked.model, folder, few),
        "Ctrl-C on Ray": lambda folder: run_ray_interrupted(asked.model, folder, few),
        "little memory": lambda folder: run_short_of_memory(asked.model, folder),
        "full /tmp": lambda folder: run_without_temporary(asked.model, folder),
        "archive": lambda folder: run_archive(asked.model, folder, asked.pages),
    }
    results = {}
    for name, step in steps.items():
        with tempfile.TemporaryDirectory() as folder:
            results[name] = step(Path(folder))
        print(name, json.dumps(results[name]), flush=True)  # noqa: T201 - it is what this prints
    name = json.loads((asked.model / "bundle.json").read_text(encoding="utf-8"))["name"]
    found = {"model": name, "python": sys.version.split()[0], "found": results}
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if asked.write:
        write(asked.write, found)


def write(path: Path, found: dict[str, Any]) -> None:
    """Put the results into the page, between its two marks."""
    head, _, rest = path.read_text(encoding="utf-8").partition("<!-- results -->\n")
    _, _, tail = rest.partition("<!-- end of results -->")
    rows = [
        f"| {step} | {'; '.join(f'{key}: {value}' for key, value in row.items())} |\n"
        for step, row in found["found"].items()
    ]
    top = f"Model `{found['model']}`, one thread, Python {found['python']}.\n\n| what | found |\n|---|---|\n"
    middle = f"<!-- results -->\n{top}{''.join(rows)}\n<!-- end of results -->"
    path.write_text(head + middle + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
