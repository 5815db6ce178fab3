"""How fast reports open and filter: python benchmarks/speed/report_page.py --write docs/use/report.md.

The articles are the starter corpus, over and over, with invented probabilities and names; the browser is a
Chromium without a screen. Times are the best of five, that of an action from the event to the frame that
shows it.
"""

import argparse
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from written import rows, write

from newsroles.labels import DEFAULT_LABELS, Role
from newsroles.records.write import to_line

ROOT = Path(__file__).parents[2]
SIZES = (1_000, 2_000, 5_000)
TRIES = 5

TIMED = """async (action) => {
  const begun = performance.now();
  new Function(action)();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
  return performance.now() - begun;
}"""
"""Does something, and gives the milliseconds until it is seen."""
_INPUT = "; document.getElementById('filters').dispatchEvent(new Event('input', {bubbles: true}))"
_KEY = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '%s', bubbles: true}))"
_RESET = "document.getElementById('reset').click()"
ACTIONS = {
    "claims and accusations": "location.hash = 'statements'",
    "accusations alone": "document.querySelector('#labels input').checked = false" + _INPUT,
    "keep all of them": "document.getElementById('all').click()",
    "show everything": _RESET,
    "who accuses whom": "location.hash = 'who'",
    "accusations by one of them": "document.querySelector('#who td a').click()",
    "everybody again": _RESET,
    "full texts": "location.hash = 'texts'",
    "untick a label": "document.querySelector('#labels input').checked = false" + _INPUT,
    "a confidence of 90 %": "document.getElementById('least').value = 90" + _INPUT,
    "look for a word": "document.getElementById('search').value = 'ferry'" + _INPUT,
    "look for another": "document.getElementById('search').value = 'council'" + _INPUT,
    "look for one letter": "document.getElementById('search').value = 'e'" + _INPUT,
    "show everything again": _RESET,
    "next sentence": _KEY % "n",
    "next article": _KEY % "j",
}


def articles() -> Iterator[dict[str, Any]]:
    """Return the starter corpus, for ever."""
    files = sorted((ROOT / "data" / "starter").glob("t*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return map(json.loads, cycle(lines))


def who(text: str, label: str, chance: random.Random) -> dict[str, Any]:
    """Make speaker and targets of a claim or an accusation, from words that begin with a capital."""
    places = [found.span() for found in re.finditer(r"\b[A-Z]\w+", text)]
    if label not in (Role.CLAIM, Role.ACCUSATION) or not places:
        return {}
    some = [chance.choice(places) for _ in range(3)]
    named = [{"text": text[start:end], "start": start, "end": end, "resolved": False} for start, end in some]
    return {"speaker": named[0], "targets": named[1:] if label == Role.ACCUSATION else []}


def record(article: dict[str, Any], number: int, chance: random.Random) -> dict[str, Any]:
    """Make a record of a labelled article."""
    sentences = []
    for span in article["sentences"]:
        best = round(chance.uniform(0.4, 1), 4)
        rest = dict.fromkeys(DEFAULT_LABELS, round((1 - best) / (len(DEFAULT_LABELS) - 1), 4))
        place = {"start": span["start"], "end": span["end"]}
        text = {"text": article["text"][span["start"] : span["end"]], "label": span["label"]}
        flags = {"truncated": False, "uncertain": False}
        sentences.append(place | text | {"probabilities": rest | {span["label"]: best}} | flags)
        sentences[-1] |= who(article["text"], span["label"], chance)
    source = f"{article['group']}/{number}.html"
    head = {"id": source, "source": source, "index": 0, "model": "gold@0", "text": article["text"]}
    return head | {"sentences": sentences}


def make(size: int, folder: Path) -> tuple[Path, float]:
    """Write a report of `size` articles; give it, and the seconds that the command took."""
    records, page = folder / f"{size}.jsonl", folder / f"{size}.html"
    chance = random.Random(size)  # noqa: S311 - reproducible probabilities, not a secret
    with records.open("wb") as file:
        for number, article in enumerate(islice(articles(), size)):
            file.write(to_line(record(article, number, chance)))
    begun = time.monotonic()
    command = [sys.executable, "-m", "newsroles", "report", records, "-o", page, "--limit", str(size)]
    subprocess.run(command, check=True)
    return page, time.monotonic() - begun


def opened(browser: Browser, file: Path, errors: list[str]) -> tuple[Page, dict[str, float]]:
    """Open a page and give the milliseconds to the first paint, and until it answers; keep its errors."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(file.as_uri())
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    ready = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    return page, {"first paint": paint, "ready": ready}


def measure(browser: Browser, file: Path) -> dict[str, float]:
    """Return the least milliseconds of opening a page, and of what is done on it.

    What fails on the page was not done, and has no time: it ends the measurement.
    """
    tries, errors = [], list[str]()
    for _ in range(TRIES):
        page, times = opened(browser, file, errors)
        tries.append(times | {name: page.evaluate(TIMED, action) for name, action in ACTIONS.items()})
        page.close()
        assert not errors, errors
    return {name: min(each[name] for each in tries) for name in tries[0]}


def table() -> str:
    """Measure all sizes, and give the figures as Markdown."""
    columns: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        made = {size: make(size, Path(folder)) for size in SIZES}
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for size, (file, seconds) in made.items():
            sentences = file.read_text(encoding="utf-8").count('<span class="s l') - len(DEFAULT_LABELS)
            head = {"articles": f"{size:,}", "sentences": f"{sentences:,}"}
            written = {"size": f"{file.stat().st_size / 1e6:.1f} MB", "written in": f"{seconds:.1f} s"}
            times = {name: f"{value:,.0f} ms" for name, value in measure(browser, file).items()}
            columns.append(head | written | times)
        version = browser.version
        browser.close()
    body = [[name, *(column[name] for column in columns)] for name in columns[0]]
    load = f"a load of {os.getloadavg()[1]:.0f} on {os.cpu_count()} cores, from other work too"
    on = f"Chromium {version}, {load}; writing took at most {peak:.0f} MB of memory."
    return f"{rows(body[0], body[1:])}\n\n{on}"


def main() -> None:
    """Put the figures between the two marks of a page."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--write", type=Path, required=True, help="a page with two marks")
    write(arguments.parse_args().write, "measured", table())


if __name__ == "__main__":
    main()
