"""Measure how time and memory grow with the input: many articles, and a page of many lines.

    python benchmarks/speed/growth.py -o docs/results/growth.json --write docs/trust/performance.md

Each row is one run of `newsroles label` in a process of its own, with every setting at its default. Articles
are stretches of a few sentences of data/starter/test.jsonl; lines are its lines. What one article takes,
process started and model loaded, is taken off before time is divided. Six minutes on two idle cores; --most
100000 takes most of an hour.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from written import PAGES, keep, parser, processor, rows, show

from newsroles.cpus import usable_cpus

ARTICLES = (10, 100, 1_000, 10_000, 100_000)
LINES = (2_000, 20_000)
SENTENCES = 4
"""Lines of a page that make an article: short ones, so that many can be measured."""

LINE = 48
"""Characters of a line of a long page, at most."""

SHARED = 1_000
"""How many articles several processes label, at most."""

Found = dict[str, Any]


def _lines() -> Iterator[str]:
    """Return the lines of the pages, again and again."""
    texts = [json.loads(row)["text"] for row in PAGES.read_bytes().splitlines()]
    return cycle([line for text in texts for line in text.splitlines() if line.strip()])


def articles(path: Path, number: int) -> None:
    """Write that many short articles as JSON lines."""
    lines = _lines()
    with path.open("w", encoding="utf-8") as file:
        for _ in range(number):
            file.write(json.dumps({"text": "\n".join(islice(lines, SENTENCES))}) + "\n")


def page(path: Path, number: int) -> None:
    """Write one article of that many lines, cut short so that 20,000 stay below what readers give."""
    lines = (line[:LINE] for line in _lines())
    path.write_text("\n".join(islice(lines, number)) + "\n", encoding="utf-8")


def run(path: Path, *settings: str) -> Found:
    """Label a file in a process of its own; gives seconds, of CPU too, and most memory in MB.

    Linux never says less memory than this process has itself, which is little.
    """
    out = path.with_suffix(".out.jsonl")
    began = time.perf_counter()
    command = [sys.executable, "-m", "newsroles", "label", path, "-o", out, "--overwrite", "-q", *settings]
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert not process.returncode, f"newsroles label {path} failed"
    unit = 1e6 if sys.platform == "darwin" else 1e3
    found = {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / unit}
    rows = [json.loads(row) for row in out.read_bytes().splitlines()] if path.suffix == ".txt" else []
    return found | {"sentences": len(rows[0]["sentences"]) if rows else None}


def measure(most: int, lines: tuple[int, ...], folder: Path) -> Found:
    """Run everything; gives a row a run."""
    files = folder / "pages.jsonl", folder / "page.txt"
    articles(files[0], 1)
    one = run(files[0])
    found: Found = {"processor": processor(), "one": one, "articles": [], "lines": []}
    for kind, path, make, numbers in (
        ("articles", files[0], articles, [number for number in ARTICLES if number <= most]),
        ("lines", files[1], page, lines),
    ):
        for number in numbers:
            make(path, number)
            row = run(path)
            each = {of: (row[of] - one[of]) / number * 1e3 for of in ("seconds", "cpu")}
            found[kind].append(row | {"number": number, "each": each})
            sys.stderr.write(f"{number:,} {kind}: {row['seconds']:.1f} s, {row['memory']:.0f} MB\n")
    return found | {"workers": _with_workers(files[0], min(most, SHARED))}


def _with_workers(path: Path, number: int) -> Found:
    """Label articles again, in a process a CPU; what one article takes so is taken off."""
    settings, found = ("--workers", str(usable_cpus())), []
    for many in (1, number):
        articles(path, many)
        found.append(run(path, *settings))
    one, row = found
    each = {of: (row[of] - one[of]) / number * 1e3 for of in ("seconds", "cpu")}
    return row | {"number": number, "each": each, "settings": " ".join(settings)}


def table(found: Found) -> tuple[list[str], list[list[str]]]:
    """Lay out heads and rows."""
    heads = ["input", "seconds", "ms each", "ms of CPU each", "most memory"]
    one = found["one"]
    body = [["1 article", f"{one['seconds']:.1f}", "", "", f"{one['memory']:.0f} MB"]]
    shared = found["workers"]
    for name, row in [
        *((f"{row['number']:,} articles", row) for row in found["articles"]),
        (f"{shared['number']:,} articles, `{shared['settings']}`", shared),
        *((f"1 article of {row['number']:,} lines", row) for row in found["lines"]),
    ]:
        each = row["each"]
        cells = [f"{row['seconds']:.1f}", f"{each['seconds']:.1f}", f"{each['cpu']:.1f}"]
        body.append([name, *cells, f"{row['memory']:.0f} MB"])
    return heads, body


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, and write down."""
    given = parser("Measure growth")
    given.add_argument("--most", type=int, default=10_000, help="articles of the longest run")
    given.add_argument("--lines", type=int, nargs="+", default=LINES, help="lines of the long pages")
    asked = given.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(asked.most, tuple(asked.lines), Path(folder))
    heads, body = table(found)
    show(heads, body)
    keep(asked, found, "growth", rows(heads, body))


if __name__ == "__main__":
    main()
