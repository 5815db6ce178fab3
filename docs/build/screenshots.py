"""Take the pictures of a report, of the shipped model and the examples: python docs/build/screenshots.py.

Needs Chromium. It writes docs/pictures/report-light.png, report-dark.png and report-phone.png.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
LARGE = {"width": 1200, "height": 900}
SMALL = {"width": 360, "height": 720}


def light(_: Page) -> None:
    """Show what it opens on."""


def dark(page: Page) -> None:
    """List the accusations, and keep one."""
    page.get_by_role("link", name="accusation").first.click()
    page.get_by_role("checkbox", name="Keep:").first.check()


def phone(page: Page) -> None:
    """Go to a sentence in the middle of a text."""
    page.get_by_role("link", name="Full texts").tap()
    for _ in range(4):
        page.get_by_role("button", name="Next").tap()


def take(browser: Browser, file: Path) -> None:
    """Take all three."""
    settings = {
        light: {"viewport": LARGE, "color_scheme": "light"},
        dark: {"viewport": LARGE, "color_scheme": "dark"},
        phone: {"viewport": SMALL, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
    }
    for act, how in settings.items():
        page = browser.new_page(**how)
        page.goto(file.as_uri())
        act(page)
        page.screenshot(path=ROOT / "docs" / "pictures" / f"report-{act.__name__}.png")
        page.close()


with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
    report = Path(folder) / "report.html"
    command = [
        sys.executable,
        "-m",
        "newsroles",
        "label",
        "examples",
        "--format",
        "jsonl",
        "--report",
        report,
    ]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own
    chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"))
    take(chromium, report)
    chromium.close()
