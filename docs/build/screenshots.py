"""Take the pictures of a report of the examples: python docs/build/screenshots.py.

Needs Chromium, and the accurate model, which marks who accuses whom. It writes, in docs/pictures,
report-light.png, report-dark.png and report-phone.png, of the fast model, and report-who.png.
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


def who(page: Page) -> None:
    """Show who accuses whom."""
    page.get_by_role("link", name="Who accuses whom").click()


LIGHT = {"viewport": LARGE, "color_scheme": "light"}
PICTURES = {
    light: ("fast", LIGHT),
    dark: ("fast", {"viewport": LARGE, "color_scheme": "dark"}),
    phone: ("fast", {"viewport": SMALL, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}),
    who: ("accurate", LIGHT),
}


def take(browser: Browser, folder: Path) -> None:
    """Take all of them, of the reports in a folder."""
    for act, (model, how) in PICTURES.items():
        page = browser.new_page(**how)
        page.goto((folder / f"{model}.html").as_uri())
        act(page)
        page.screenshot(path=ROOT / "docs" / "pictures" / f"report-{act.__name__}.png")
        page.close()


def report(model: str, folder: Path) -> None:
    """Label the examples with a model."""
    command = [sys.executable, "-m", "newsroles", "label", "examples", "--format", "jsonl"]
    command += ["--model", model, "--report", str(folder / f"{model}.html")]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own


with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
    for model in {model for model, _ in PICTURES.values()}:
        report(model, Path(folder))
    chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"))
    take(chromium, Path(folder))
    chromium.close()
