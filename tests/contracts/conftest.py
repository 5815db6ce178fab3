"""A report in a Chromium without a screen."""

import io
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from newsroles.articles import Failure
from newsroles.records.labelled import LabelledArticle
from newsroles.records.write import to_line
from newsroles.report.page import render, write
from newsroles.report.summary import summarise

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
IS_NEEDED = "NEWSROLES_NEEDS_BROWSER" in os.environ  # where a skipped test would go unnoticed


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM and not IS_NEEDED:
        pytest.skip("no Chromium is installed")
    assert CHROMIUM, "NEWSROLES_NEEDS_BROWSER is set: install chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM)
        yield running
        running.close()


Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Write items as a page and open it; whatever it complains of, or asks of the network, fails the test."""
    complaints: list[str] = []

    def open_(*items: LabelledArticle | Failure, at: str = "#view=texts", **settings: Any) -> Page:
        lines = b"".join(to_line(item.to_dict()) for item in items)
        inputs = [("out.jsonl", io.BytesIO(lines))]
        file = tmp_path / "report.html"
        write(render(inputs, summarise(inputs, 2_000, tmp_path)), file)
        page = browser.new_page(**settings)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: complaints.append(request.url))
        page.goto(file.as_uri() + at)
        assert complaints.pop(0).partition("#")[0] == file.as_uri()
        return page

    yield open_
    for context in browser.contexts:
        context.close()
    assert complaints == []
