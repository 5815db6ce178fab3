"""A report as a reader has it: in a Chromium without a screen."""
# ruff: noqa: RUF001 - typographic marks are part of the matter

import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from newsroles.articles import Article, Failure, LabelledArticle, LabelledSentence
from newsroles.labels import DEFAULT_LABELS
from newsroles.records.schema import failure_record, record
from newsroles.records.write import to_line
from newsroles.report.page import render, write
from newsroles.report.summary import summarise

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
IS_NEEDED = "NEWSROLES_NEEDS_BROWSER" in os.environ  # where a skipped test would go unnoticed

pytestmark = pytest.mark.skipif(not CHROMIUM and not IS_NEEDED, reason="no Chromium is installed")

Sentences = list[tuple[str, str, float]]

NEWS: Sentences = [
    ("Home › News", "boilerplate", 0.99),
    ("The council hid a report, Ada Lund said.", "accusation", 0.62),
    ("“It’s a scandal,” she added.", "claim", 0.95),
    ("The mill was built in 1818.", "background", 0.97),
]
FURNITURE: Sentences = [("Share this story", "boilerplate", 0.9), ("Read also", "boilerplate", 0.55)]
HOSTILE: Sentences = [
    ("<script>window.owned = 1</script><img src=x onerror='window.owned = 1'>", "claim", 0.9),
    ("</script><script>window.owned = 1</script>", "claim", 0.9),
    ("</style><style>* { background: url(https://tracker.example/) }</style>", "claim", 0.9),
    ('" onmouseover="window.owned = 1" style=\'background: url(https://tracker.example/)\'', "claim", 0.9),
    ("<link rel=stylesheet href=https://tracker.example><base href=//tracker.example>", "claim", 0.9),
    ("\u202e" + "x" * 400, "claim", 0.9),
]

#: The lowest contrast of visible text with what is behind it, by the formula of WCAG 2, and where it is.
CONTRAST = """() => {
  const channels = (color) => {
    const numbers = color.match(/[\\d.]+/g).map(Number);
    return color.startsWith('rgb') ? numbers.map((n, at) => at < 3 ? n / 255 : n) : numbers;
  };
  const light = (color) => {
    const [r, g, b] = channels(color).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    const color = getComputedStyle(node).backgroundColor;
    return (channels(color)[3] ?? 1) === 1 || !node.parentElement ? color : behind(node.parentElement);
  };
  let worst = [Infinity, ''];
  const check = (node, pseudo) => {
    const [a, b] = [light(getComputedStyle(node, pseudo).color), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, `${node.tagName} ${node.className} ${pseudo ?? ''}`];
  };
  for (const node of document.querySelectorAll('body *')) {
    if (!node.checkVisibility() || node.closest('script, style, svg')) continue;
    if ([...node.childNodes].some((each) => each.nodeType === 3 && each.data.trim())) check(node);
    if (node.matches('.s')) { check(node, '::before'); check(node, '::after'); }
    if (node.matches('[type=search]')) check(node, '::placeholder');
  }
  return worst;
}"""


def article(name: str, sentences: Sentences, labels: tuple[str, ...] = DEFAULT_LABELS) -> LabelledArticle:
    text, spans = "", []
    for words, label, best in sentences:
        rest = dict.fromkeys(labels, (1 - best) / max(len(labels) - 1, 1))
        start = len(text)
        text += words + "\n"
        values = (words, label, rest | {label: best}, best < 0.6, best < 0.6)
        spans.append(LabelledSentence(start, start + len(words), *values))
    return LabelledArticle(Article(text, name, name, 0), "model@1", tuple(spans))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
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

    def open_(*items: LabelledArticle | Failure, **settings: Any) -> Page:
        lines = b"".join(
            to_line(failure_record(item) if isinstance(item, Failure) else record(item)) for item in items
        )
        inputs = [("out.jsonl", io.BytesIO(lines))]
        file = tmp_path / "report.html"
        write(render(inputs, summarise(inputs, 2_000)), file)
        page = browser.new_page(**settings)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: complaints.append(request.url))
        page.goto(file.as_uri())
        assert complaints.pop(0) == file.as_uri()
        return page

    yield open_
    for context in browser.contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(opened: Open) -> Page:
    return opened(
        article("news/1.html", NEWS), article("news/2.html", FURNITURE), article("3.html", NEWS[3:])
    )


def shown(page: Page) -> list[str]:
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.locator("article .s:not(.off)").all_text_contents()


def articles(page: Page) -> list[str]:
    return page.locator("article:visible h2").all_text_contents()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent"))


def test_all_is_shown_at_first_with_its_label_and_line_breaks(page: Page) -> None:
    assert len(shown(page)) == 7
    assert page.locator("article .text").first.inner_text().split("\n")[:-1] == [text for text, *_ in NEWS]
    codes = "[...document.querySelectorAll('article .s')].map((s) => getComputedStyle(s, '::before').content)"
    assert [re.findall(r'"(\w+)"', code) for code in page.evaluate(codes)][:2] == [
        ["Bo", "boilerplate"],
        ["Ac", "accusation"],
    ]
    lines = page.evaluate(
        "[...document.querySelectorAll('#labels .s')].map((s) => getComputedStyle(s).textDecorationStyle)"
    )
    assert len(set(lines)) == len(DEFAULT_LABELS)


def test_labels_filter_sentences_and_articles_and_are_counted(page: Page) -> None:
    page.get_by_role("checkbox", name="boilerplate").uncheck()
    assert shown(page) == [*(text for text, *_ in NEWS[1:]), NEWS[3][0]]
    assert articles(page) == ["news/1.html", "3.html"]
    expect(page.get_by_role("status")).to_have_text("4 of 7 sentences shown, in 2 of 3 articles")
    assert page.locator("#labels .count").all_inner_texts() == ["1", "1", "2", "0"]
    page.get_by_role("checkbox", name="boilerplate").check()
    assert len(shown(page)) == 7


def test_confidence_filters_by_the_probability_of_the_label(page: Page) -> None:
    slider = page.get_by_label("Minimum confidence")
    slider.fill("90")
    assert shown(page) == ["Home › News", *(text for text, *_ in NEWS[2:]), "Share this story", NEWS[3][0]]
    slider.fill("98")
    assert shown(page) == ["Home › News"]
    slider.fill("100")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    page.get_by_role("button", name="Show everything").click()
    assert len(shown(page)) == 7
    assert slider.input_value() == "0"


def test_words_are_found_whatever_their_case_and_quotes_and_are_marked(page: Page) -> None:
    page.get_by_role("searchbox").fill(" \"it's A ")
    assert shown(page) == ["“It’s a scandal,” she added."]
    marked = (
        "[...CSS.highlights.get('found')].map((r) => r.startContainer.data.slice(r.startOffset, r.endOffset))"
    )
    assert page.evaluate(marked) == ["“It’s a"]
    page.get_by_role("checkbox", name="claim").uncheck()
    assert shown(page) == []
    page.get_by_role("searchbox").fill("")
    assert len(shown(page)) == 6


def test_what_does_not_match_is_dimmed_in_its_place_or_hidden(page: Page) -> None:
    page.get_by_role("checkbox", name="boilerplate").uncheck()
    menu = page.get_by_text("Home › News")
    expect(menu).to_be_visible()
    page.get_by_role("checkbox", name="Hide what doesn’t match").check()
    expect(menu).to_be_hidden()
    assert page.locator("article .text").first.inner_text().split("\n") == [text for text, *_ in NEWS[1:]]


def test_probabilities_are_told_on_hover_focus_and_tap(page: Page) -> None:
    tip = page.get_by_role("tooltip")
    page.get_by_text("Ada Lund").first.hover()
    assert tip.inner_text().split("\n")[:2] == ["accusation", "62.0 %"]
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.get_by_text("Read also").click()
    expect(tip).to_contain_text("55.0 %")
    expect(tip).to_contain_text("only its beginning was read")
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "tip"


def test_keys_lead_through_what_is_shown(page: Page) -> None:
    page.get_by_role("checkbox", name="boilerplate").uncheck()
    assert len(shown(page)) == 4  # which waits until the filter has been applied
    walk = []
    for key in "nnnnnpjnkj":
        page.keyboard.press(key)
        walk.append(focused(page))
    one, two, three = (text for text, *_ in NEWS[1:])
    assert walk == [one, two, three, three, three, three, "3.html", three, "news/1.html", "3.html"]
    page.keyboard.press("p")
    page.keyboard.press("ArrowLeft")
    assert focused(page) == two
    page.keyboard.press("/")
    page.keyboard.type("n j")
    expect(page.get_by_role("searchbox")).to_have_value("n j")
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="Listen to letter keys").uncheck()
    page.keyboard.press("n")
    assert focused(page) != one


def test_sentences_are_reached_with_tab_alone(page: Page) -> None:
    page.get_by_role("main").focus()
    for _ in range(4):
        page.keyboard.press("Tab")
        if focused(page) == NEWS[0][0]:
            break
    assert focused(page) == NEWS[0][0]
    page.keyboard.press("ArrowRight")
    assert focused(page) == NEWS[1][0]


def test_hostile_text_is_text(opened: Open) -> None:
    names = [text for text, *_ in HOSTILE]
    failure = Failure(names[0], 0, None, names[1], names[2])
    page = opened(*(article(name, HOSTILE) for name in names), failure)
    assert shown(page)[: len(names) - 1] == names[:-1]
    for sentence in page.locator("article .s").all()[: len(names)]:
        sentence.hover()
    page.get_by_role("searchbox").fill("<IMG src=x")
    assert shown(page) == names[:1] * len(names)
    assert page.evaluate("window.owned") is None
    assert page.title() == "newsroles: 6 articles"
    expect(page.locator("#failures")).to_contain_text(names[2])


def test_hostile_labels_are_text(opened: Open) -> None:
    labels = tuple(text for text, *_ in HOSTILE[:3])
    page = opened(article("1.html", [("One.", labels[0], 0.5), ("Two.", labels[1], 0.5)], labels))
    page.get_by_text("One.").hover()
    expect(page.get_by_role("tooltip")).to_contain_text(labels[0])
    page.locator("#labels input").first.uncheck()
    assert shown(page) == ["Two."]
    assert page.evaluate("window.owned") is None


def test_the_policy_stops_what_would_get_in(browser: Browser, opened: Open) -> None:
    page = opened(article("1.html", NEWS))
    intruder = browser.new_page()
    intruder.goto(page.url)
    intruder.evaluate("""() => {
      const script = document.createElement('script');
      script.textContent = 'window.owned = 1';
      document.body.append(script);
      document.body.setAttribute('style', 'color: red');
      document.body.setAttribute('onclick', 'window.owned = 1');
      document.body.click();
    }""")
    assert intruder.evaluate("window.owned") is None
    assert intruder.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"
    assert intruder.evaluate("fetch('https://tracker.example').then(() => 1, () => 0)") == 0


@pytest.mark.parametrize("width", [360, 700, 1280])
def test_no_width_scrolls_sideways(opened: Open, width: int) -> None:
    page = opened(
        article("x" * 300, NEWS),
        article("2.html", [("y" * 2_000, "a" * 99, 0.9)], ("a" * 99, "b")),
        Failure("z" * 300, 0, 1, "r" * 300, "n"),
        viewport={"width": width, "height": 740},
    )
    assert page.evaluate("document.documentElement.scrollWidth") == width
    if width < 800:
        expect(page.get_by_role("searchbox")).to_be_hidden()
        page.get_by_text("Confidence and text").click()
    page.get_by_role("searchbox").fill("mill")
    page.get_by_text("The mill").click()
    expect(page.get_by_role("tooltip")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(opened: Open, scheme: str) -> None:
    labels = tuple("abcdefghij")
    every: Sentences = [(f"Sentence {label}.", label, 0.5) for label in labels]
    page = opened(article("1.html", every, labels), Failure("x", 0, 1, "r", "n"), color_scheme=scheme)
    page.locator("#labels input").last.uncheck()
    page.get_by_text("Sentence a.").hover()
    ratio, where = page.evaluate(CONTRAST)
    assert ratio >= 4.5, where


def test_on_paper_there_is_text_and_no_controls(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("search")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    styles = "getComputedStyle(document.querySelector('article')).contentVisibility"
    assert page.evaluate(styles) == "visible"
    assert page.pdf().startswith(b"%PDF")


def test_its_parts_have_roles_and_names(page: Page) -> None:
    for role, name in (
        ("banner", None),
        ("main", None),
        ("complementary", "Labels and filters"),
        ("search", None),
        ("group", "Labels"),
        ("slider", "Minimum confidence"),
        ("searchbox", "Text"),
        ("article", "news/1.html"),
        ("table", None),
        ("contentinfo", None),
    ):
        expect(page.get_by_role(role, name=name).first).to_be_visible()
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the articles"
