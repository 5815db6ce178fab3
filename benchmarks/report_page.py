"""How fast a report of 1,000 articles opens and filters: python benchmarks/report_page.py --write docs/report.md.

The articles are the starter corpus, over and over, each time with other probabilities; the browser is
Chromium without a screen. Times are medians; a filter's is from the click to the frame that shows it.
"""

import argparse
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright

from newsroles.labels import DEFAULT_LABELS
from newsroles.report import render, write
from newsroles.survey import survey
from newsroles.writers import to_line

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium")
TRIES = 5
MARK = "<!-- measured -->\n"

#: Runs an action, waits for the second frame after it, and gives the milliseconds.
TIMED = """async (action) => {
  const begun = performance.now();
  new Function(action)();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
  return performance.now() - begun;
}"""
INPUT = "; document.getElementById('filters').dispatchEvent(new Event('input', {bubbles: true}))"
ACTIONS = {
    "untick a label": "document.querySelector('#labels input').checked = false" + INPUT,
    "tick it again": "document.querySelector('#labels input').checked = true" + INPUT,
    "confidence of 90 %": "document.getElementById('least').value = 90" + INPUT,
    "look for a rare word": "document.getElementById('search').value = 'ferry'" + INPUT,
    "look for one letter": "document.getElementById('search').value = 'e'" + INPUT,
    "hide what doesn't match": "document.getElementById('compact').checked = true" + INPUT,
    "show everything": "document.getElementById('reset').click()",
    "next article": "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'j'}))",
}


def gold() -> Iterator[dict[str, Any]]:
    """Give the starter corpus, for ever."""
    import json

    files = sorted((ROOT / "data" / "starter").glob("t*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return (json.loads(line) for line in cycle(lines))


def record(article: dict[str, Any], number: int, chance: random.Random) -> dict[str, Any]:
    """Make a record of a labelled article, as `newsroles label` would."""
    sentences = []
    for span in article["sentences"]:
        best = round(chance.uniform(0.4, 1), 4)
        others = dict.fromkeys(DEFAULT_LABELS, round((1 - best) / (len(DEFAULT_LABELS) - 1), 4))
        place = {"start": span["start"], "end": span["end"]}
        text = article["text"][span["start"] : span["end"]]
        flags = {"truncated": False, "uncertain": best < 0.5}
        values = {"label": span["label"], "probabilities": others | {span["label"]: best}}
        sentences.append(place | {"text": text} | values | flags)
    source = f"{article['group']}/{number}.html"
    head = {"id": source, "source": source, "index": 0, "model": "gold@0", "text": article["text"]}
    return head | {"sentences": sentences}
