"""What three tasks take on a report: python benchmarks/speed/report_tasks.py REPORT.html [--before OLD.html].

A script drives a Chromium without a screen; no person did. It counts each click and key, and the seconds
that the browser takes for all of them: reading and deciding, which is a person's, takes none. OLD.html is a
report of the same pages by commit 2e470a9, the last before the report was designed anew.
"""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, sync_playwright

CORRECTED = 10


class Hand:
    """Does on a page what a person would, and counts it."""

    def __init__(self, page: Page) -> None:
        """Take the page, as it is when it is opened."""
        self.page, self.clicks, self.keys, self.found = page, 0, 0, ""

    def click(self, place: Locator) -> None:
        """Click once."""
        place.click()
        self.clicks += 1

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += len(keys)

    def downloaded(self, name: str) -> bytes:
        """Click a button, and return the file that it gives."""
        with self.page.expect_download() as download:
            self.click(self.page.get_by_role("button", name=name, exact=True))
        return Path(download.value.path()).read_bytes()


def send_before(hand: Hand) -> None:
    """Leave accusations only, and select all to copy it."""
    for label in ("claim", "background", "boilerplate"):
        hand.click(hand.page.get_by_role("checkbox", name=label))
    hand.click(hand.page.get_by_role("checkbox", name="Hide what"))
    hand.press("Control+a", "Control+c")
    hand.page.wait_for_timeout(50)
    copied = str(hand.page.evaluate("String(getSelection())"))
    hand.found = f"{len(copied):,} characters without an address"


def send(hand: Hand) -> None:
    """Ask for the accusations, and take them as a table."""
    hand.click(hand.page.get_by_role("banner").get_by_role("link", name="accusation"))
    rows = hand.downloaded("CSV").decode().strip().split("\r\n")[1:]
    hand.found = f"{len(rows)} rows, each with its page"


def jump_before(hand: Hand) -> None:
    """Go by the file's name over the article: it is typed, and then some words to look for."""
    name = hand.page.locator("article:has(.s.l1) h2").first.inner_text()
    words = hand.page.locator("article .s.l1").first.inner_text()[:20]
    hand.page.goto((Path(hand.page.url.removeprefix("file://")).parent / name).as_uri())
    hand.keys += len(name) + 1 + len(words) + 2
    hand.found = f"after typing {name!r} and the first words"


def jump(hand: Hand) -> None:
    """Click on the page of the first accusation in the list."""
    link = hand.page.locator("#list a.page").first
    hand.click(link)
    hand.page.wait_for_load_state()
    hand.found = f"its page, {Path(hand.page.url.partition('#')[0]).name}"


def correct(hand: Hand) -> None:
    """Say of ten accusations that they are claims: a key leads to the next, another puts its label right."""
    for _ in range(CORRECTED):
        hand.press("n", "1")
    found = json.loads(hand.downloaded("Corrections"))
    hand.found = f"{len(found)} corrections for newsroles-train learn"


def correct_by_mouse(hand: Hand) -> None:
    """Do the same with the mouse: the label is clicked, and the right one in its list."""
    for select in hand.page.locator("#list > li > div > .words select").all()[:CORRECTED]:
        select.select_option("claim")
        hand.clicks += 2
    hand.found = f"{len(json.loads(hand.downloaded('Corrections')))} corrections for newsroles-train learn"


ACCUSATIONS = "#view=statements&label=accusation"
NOW = {
    "send": (send, ""),
    "jump": (jump, ACCUSATIONS),
    "correct, by keys": (correct, ACCUSATIONS),
    "correct, by mouse": (correct_by_mouse, ACCUSATIONS),
}
BEFORE = {"send": (send_before, ""), "jump": (jump_before, "")}


def timed(browser: Browser, file: Path, task: Callable[[Hand], None], at: str) -> dict[str, Any]:
    """Do a task on a page that is open, and return what it took."""
    hand = Hand(browser.new_page(viewport={"width": 1280, "height": 800}))
    begun = time.monotonic()
    hand.page.goto(file.resolve().as_uri() + at)
    opened = time.monotonic()
    task(hand)
    seconds = {"opening": round(opened - begun, 2), "seconds": round(time.monotonic() - opened, 2)}
    hand.page.context.close()
    return {"clicks": hand.clicks, "keys": hand.keys} | seconds | {"gives": hand.found}


def main() -> None:
    """Print what each task took, as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("report", type=Path)
    arguments.add_argument("--before", type=Path)
    given = arguments.parse_args()
    found: dict[str, Any] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for name, file, tasks in (("before", given.before, BEFORE), ("now", given.report, NOW)):
            if file:
                found[name] = {task: timed(browser, file, *how) for task, how in tasks.items()}
        browser.close()
    sys.stdout.write(f"{json.dumps(found, indent=1)}\n")


if __name__ == "__main__":
    main()
