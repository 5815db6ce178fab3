"""A report as a reader has it: in a Chromium without a screen."""
# ruff: noqa: RUF001 - typographic marks are part of the matter

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from newsroles.articles import Article, Failure
from newsroles.labels import DEFAULT_LABELS
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.records.write import to_line

AXE = Path(os.environ.get("NEWSROLES_AXE", Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"))

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
"""The lowest contrast of visible text with what is behind it, by the formula of WCAG 2, and where it is."""


def article(name: str, sentences: Sentences, labels: tuple[str, ...] = DEFAULT_LABELS) -> LabelledArticle:
    text, spans = "", []
    for words, label, best in sentences:
        rest = dict.fromkeys(labels, (1 - best) / max(len(labels) - 1, 1))
        start = len(text)
        text += words + "\n"
        values = (words, label, rest | {label: best}, best < 0.6, best < 0.6)
        spans.append(LabelledSentence(start, start + len(words), *values))
    return LabelledArticle(Article(text, name, name, 0), "model@1", tuple(spans))


Open = Callable[..., Page]

ARTICLES = (article("news/1.html", NEWS), article("news/2.html", FURNITURE), article("3.html", NEWS[3:]))


@pytest.fixture
def page(opened: Open) -> Page:
    return opened(*ARTICLES)


def settle(page: Page) -> None:
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@contextmanager
def led_on(page: Page) -> Iterator[None]:
    """Wait until it has read the address that this leads to: a browser tells it a task later."""
    page.evaluate("""() => {
      window.led = new Promise((done, fail) => {
        addEventListener("hashchange", () => done(), { once: true });
        setTimeout(() => fail(new Error("the address stays the same")), 30000);
      });
    }""")
    yield
    page.evaluate("window.led")


def seen(words: Locator) -> list[str]:
    """Its texts as they are on the screen, where what was only just put there is drawn a frame later."""
    settle(words.page)
    return words.all_inner_texts()


def shown(page: Page) -> list[str]:
    settle(page)
    return page.locator("article .s:not(.off)").all_text_contents()


def articles(page: Page) -> list[str]:
    return page.locator("article:visible h2").all_text_contents()


def listed(page: Page) -> list[str]:
    settle(page)
    return page.locator("#list > li > div > .words .to").all_text_contents()


def focused(page: Page) -> str:
    expect(page.locator(":focus")).to_have_count(1)  # a link moves it a moment after the click
    return str(page.evaluate("document.activeElement.textContent"))


def test_it_opens_on_an_index_with_counts_that_lead_to_what_is_counted(opened: Open) -> None:
    page = opened(*ARTICLES, at="")
    table = page.locator("#index > table")
    assert [row.split("\n") for row in seen(table.get_by_role("row"))] == [
        ["Article", "claim", "accusation", "background", "boilerplate"],
        ["news/1.html", "1", "1", "1", "1"],
        ["news/2.html", "–", "–", "–", "2"],
        ["3.html", "–", "–", "1", "–"],
    ]
    expect(page.locator("article").first).to_be_hidden()
    table.get_by_role("button", name="boilerplate").click()
    assert seen(table.locator("tbody .to")) == ["news/2.html", "news/1.html", "3.html"]
    with led_on(page):
        page.get_by_role("link", name="1 accusation").click()
    assert listed(page) == [NEWS[1][0]]
    page.go_back()
    table.get_by_role("link", name="3.html").click()
    assert focused(page) == "3.html"
    expect(page.locator("article").last).to_be_in_viewport()


@pytest.mark.parametrize("at", ["#p-00000000.3", "#main", "#elsewhere", "#view=elsewhere"])
def test_an_address_that_it_does_not_know_leads_to_the_index(opened: Open, at: str) -> None:
    page = opened(*ARTICLES, at=at)
    expect(page.locator("#index")).to_be_visible()
    expect(page.get_by_role("link", name="Articles", exact=True)).to_have_attribute("aria-current", "page")


def test_a_mark_after_an_address_is_not_of_it(opened: Open) -> None:
    page = opened(*ARTICLES)
    place = f"#{page.locator('article').first.get_attribute('id')}.2"
    for mark in (",", ".", ").", ""):
        page.goto(page.url.partition("#")[0] + "#index")
        page.evaluate("location.hash = " + json.dumps(place + mark))
        assert focused(page) == NEWS[1][0]


def test_the_way_past_the_filters_changes_no_view(opened: Open) -> None:
    page = opened(*ARTICLES, at="#view=texts&label=claim")
    with led_on(page):
        page.get_by_role("link", name="Skip to").press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    assert page.url.endswith("#view=texts&label=claim")
    assert shown(page) == [NEWS[2][0]]


def test_the_index_is_ordered_by_numbers_or_as_the_articles_came(opened: Open) -> None:
    heads = opened(*ARTICLES, at="").locator("#index > table th[aria-sort]")
    expect(heads).to_have_attribute("aria-sort", "other")
    heads.page.get_by_role("button", name="boilerplate").click()
    expect(heads).to_have_attribute("aria-sort", "descending")
    heads.page.get_by_role("button", name="Article", exact=True).click()
    expect(heads).to_have_attribute("aria-sort", "other")


@pytest.mark.parametrize("width", [500, 1280])
def test_many_labels_leave_room_for_headlines(opened: Open, width: int) -> None:
    labels = tuple(f"label {letter}" for letter in "abcdefghij")
    how = {"at": "", "viewport": {"width": width, "height": 740}}
    page = opened(article("1.html", [(f"A {label}.", label, 0.5) for label in labels], labels), **how)
    box = page.locator("#index > table tbody th").bounding_box()
    assert box
    assert box["width"] >= 128
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_text_has_its_line_breaks_and_labels_that_cling_to_their_sentences(page: Page) -> None:
    assert len(shown(page)) == 7
    assert seen(page.locator("article .text").first)[0].split("\n")[:-1] == [text for text, *_ in NEWS]
    codes = "[...document.querySelectorAll('article .s')].map((s) => getComputedStyle(s, '::before').content)"
    found = [re.findall(r'"(\w+)\u2060?"', code) for code in page.evaluate(codes)]
    assert found[:4] == [[], ["Ac", "accusation"], ["Cl", "claim"], []]


def test_furniture_is_folded_until_it_is_asked_or_looked_for(page: Page) -> None:
    fold = page.locator(".fold")
    expect(fold).to_have_text("2 lines of furniture", use_inner_text=True)
    expect(page.get_by_text("Read also")).to_be_hidden()
    fold.locator("summary").click()
    expect(page.get_by_text("Read also")).to_be_visible()
    fold.locator("summary").click()
    page.get_by_role("searchbox").fill("read also")
    expect(page.get_by_text("Read also")).to_be_visible()
    page.get_by_role("searchbox").fill("mill")
    expect(fold.locator("summary")).to_be_hidden()
    page.get_by_role("button", name="Show everything").click()
    expect(page.get_by_text("Read also")).to_be_hidden()
    expect(fold.locator("summary")).to_be_visible()


def test_a_fold_counts_what_filters_leave_of_it(page: Page) -> None:
    fold = page.locator(".fold")
    page.get_by_label("Minimum confidence").fill("60")
    expect(fold).to_have_text("1 line of furniture", use_inner_text=True)
    page.get_by_role("button", name="Show everything").click()
    expect(fold).to_have_text("2 lines of furniture", use_inner_text=True)


def test_furniture_that_is_all_that_was_asked_for_is_not_folded(opened: Open) -> None:
    replies = (("Reply", "boilerplate", "comment"), ("Report", "boilerplate", "comment"))
    page = opened(html_article("1.html", *STOOD[:1], *replies, STOOD[0]))
    reply = page.get_by_text("Reply")
    expect(reply).to_be_hidden()
    page.get_by_role("checkbox", name="the story").uncheck()
    expect(reply).to_be_visible()
    page.get_by_role("button", name="Next").click()
    assert focused(page) == "Reply"


def test_labels_filter_sentences_and_articles_and_are_counted(page: Page) -> None:
    page.get_by_role("checkbox", name="boilerplate").uncheck()
    assert shown(page) == [*(text for text, *_ in NEWS[1:]), NEWS[3][0]]
    assert articles(page) == ["news/1.html", "3.html"]
    expect(page.get_by_role("status")).to_have_text("4 of 7 sentences, in 2 of 3 articles")
    assert seen(page.locator("#labels .count")) == ["1", "1", "2", "0 of 3"]
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


def test_no_confidence_reads_as_more_than_it_is(opened: Open) -> None:
    page = opened(article("1.html", [("Almost.", "claim", 0.8996), ("There.", "claim", 0.29)]))
    page.get_by_text("Almost.").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("89.9 %")
    with led_on(page):
        page.get_by_role("link", name="Claims and accusations").click()
    assert seen(page.locator("#list .sure")) == ["89 %", "29 % ?"]
    assert "CLAIM (89 %)" in taken(page, "Text")
    page.get_by_label("Minimum confidence").fill("89")
    assert listed(page) == ["Almost."]
    page.get_by_label("Minimum confidence").fill("90")
    assert listed(page) == []


def test_a_long_text_is_filtered_as_quickly_as_it_is_shown_again(opened: Open) -> None:
    words = [(f"Sentence {at}, he said.", ("claim", "background")[at % 2], 0.9) for at in range(5000)]
    whole = article("1.html", words)
    one_line = replace(whole.article, text=whole.article.text.replace("\n", " "))
    page = opened(replace(whole, article=one_line))
    took = """async (action) => {
      const begun = performance.now();
      action.click();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
      return performance.now() - begun;
    }"""
    filtered, again = [], []
    for _ in range(3):  # the quickest counts, for the machine may have other work
        filtered.append(page.get_by_role("checkbox", name="claim").evaluate(took))
        assert len(shown(page)) == 2500
        again.append(page.get_by_role("button", name="Show everything").evaluate(took))
    assert min(filtered) < 5 * min(again)


def test_words_are_found_whatever_their_case_and_quotes_and_are_marked(page: Page) -> None:
    page.get_by_role("searchbox").fill(" \"it's A ")
    assert shown(page) == ["“It’s a scandal,” she added."]
    assert page.evaluate(MARKED) == ["“It’s a"]
    page.get_by_role("checkbox", name="claim").uncheck()
    assert shown(page) == []
    page.get_by_role("searchbox").fill("")
    assert len(shown(page)) == 6


MARKED = (
    "[...CSS.highlights.get('found')].map((r) => r.startContainer.data.slice(r.startOffset, r.endOffset))"
)


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("bridge was shut", "bridge\n    was  shut"),
        ("bridge", "bridge"),
        ("shut", "shut"),
        ("istanbul", "İstanbul"),
    ],
)
def test_words_are_found_over_line_breaks_and_marked_in_their_place(
    opened: Open, words: str, marked: str
) -> None:
    page = opened(article("1.html", [("In  İstanbul a bridge\n    was  shut.", "claim", 0.9)]))
    page.get_by_role("searchbox").fill(words)
    assert len(shown(page)) == 1
    assert page.evaluate(MARKED) == [marked]


def test_hits_may_be_more_than_a_call_takes_arguments(page: Page) -> None:
    page.evaluate("""() => {
      const Few = window.Highlight;
      window.Highlight = class extends Few {
        constructor(...hits) { if (hits.length > 2) throw new RangeError("stack"); super(...hits); }
      };
    }""")
    page.get_by_role("searchbox").fill("e")
    assert len(shown(page)) == 7
    assert len(page.evaluate(MARKED)) == 7


def test_what_does_not_match_is_hidden(page: Page) -> None:
    menu = page.get_by_text("Home › News")
    expect(menu).to_be_visible()
    page.get_by_role("checkbox", name="boilerplate").uncheck()
    expect(menu).to_be_hidden()
    assert seen(page.locator("article .text").first)[0].split("\n") == [text for text, *_ in NEWS[1:]]


STOOD = (
    ("The story.", "claim", "paragraph"),
    ("It’s a lie!", "accusation", "comment"),
    ("Vote!", "claim", "comment"),
)


def html_article(name: str, *lines: tuple[str, str, str]) -> LabelledArticle:
    page = article(name, [(text, label, 0.9) for text, label, _ in lines])
    kinds = (kind for *_, kind in lines)
    sentences = tuple(
        replace(sentence, kind=kind) for sentence, kind in zip(page.sentences, kinds, strict=True)
    )
    return replace(page, sentences=sentences)


def test_what_readers_wrote_is_shown_as_that_and_can_be_left_out(browser: Browser, opened: Open) -> None:
    teasers = (("Home", "boilerplate", "navigation"), ("More", "boilerplate", "aside"))
    page = opened(html_article("1.html", *STOOD, *teasers), *ARTICLES)
    assert seen(page.locator(".place"))[0].split("\n")[:2] == ["It’s a lie!", "Vote!"]
    assert page.locator(".place").get_attribute("data-place") == "readers’ comments"
    page.get_by_text("It’s a lie!").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("Its line is marked as a reader’s comment.")
    with led_on(page):
        page.get_by_role("link", name="Claims and accusations").click()
    assert seen(page.locator("#list .kind")) == ["reader’s comment"] * 2
    assert seen(page.locator("#places .count")) == ["3", "2", "0"]
    assert [item["kind"] for item in json.loads(taken(page, "JSON"))] == [
        "text",
        "comment",
        "comment",
        "text",
        "text",
    ]
    page.get_by_role("checkbox", name="comments").uncheck()
    assert listed(page) == ["The story.", NEWS[1][0], NEWS[2][0]]
    assert seen(page.locator("#places .count")) == ["3", "0 of 2", "0"]
    sent = browser.new_page()
    sent.goto(page.url)
    assert listed(sent) == listed(page)
    with led_on(page):
        page.get_by_role("link", name="Full texts").click()
    assert "Vote!" not in shown(page)
    expect(page.locator(".place")).to_be_hidden()
    page.get_by_role("button", name="Show everything").click()
    assert "Vote!" in shown(page)


def test_plain_text_has_nothing_to_leave_out(page: Page) -> None:
    expect(page.locator("#places")).to_have_count(0)


def test_the_index_has_the_day_that_a_page_or_its_record_gives(opened: Open) -> None:
    dates = ({"date": "2026-11-28T01:00"}, {"fields": {"published": "2026-11-27"}}, {"date": "long ago"})
    page = opened(
        *(
            replace(each, article=replace(each.article, **given))
            for each, given in zip(ARTICLES, dates, strict=True)
        ),
        at="",
    )
    assert seen(page.locator("#index time")) == ["2026-11-28", "2026-11-27"]


def test_a_view_can_be_sent(browser: Browser, opened: Open) -> None:
    page = opened(*ARTICLES)
    page.get_by_role("checkbox", name="boilerplate").uncheck()
    page.get_by_label("Minimum confidence").fill("90")
    page.get_by_role("searchbox").fill("mill & wa+er")
    page.get_by_role("searchbox").fill("the mill")
    expected = shown(page)
    assert len(expected) == 2
    page.get_by_role("link", name="Claims and accusations").click()
    with led_on(page):
        page.get_by_role("link", name="Full texts").click()
    assert shown(page) == expected
    sent = browser.new_page()
    sent.goto(page.url)
    assert shown(sent) == expected
    assert sent.get_by_role("searchbox").input_value() == "the mill"
    page.get_by_role("button", name="Show everything").click()
    settle(page)
    assert page.url.endswith("#view=texts")


SAME: Sentences = [
    ("The council hid a report on the bridge, Ada Lund said.", "accusation", 0.7),
    ("The council hid a report on the bridge, Lund said.", "accusation", 0.9),
    ("The council hid 2 reports on the bridge, Ada Lund said.", "accusation", 0.8),
    ("The council has not hid a report on the bridge, Ada Lund said.", "claim", 0.8),
    ("=SUM(1), she said.", "claim", 0.9),
]


def test_statements_that_are_nearly_the_same_are_one_with_all_their_places(opened: Open) -> None:
    page = opened(article("1.html", SAME), article("2.html", SAME[:1]), at="#statements")
    assert listed(page) == [text for text, *_ in (SAME[0], *SAME[2:])]
    group = page.locator("#list > li").first
    group.get_by_text("Nearly the same 2 times more, on 2 pages").click()
    expect(group.locator(".words .to")).to_have_count(3)  # the others come a moment after the click
    assert group.locator(".words .to").all_text_contents() == [text for text, *_ in (*SAME[:2], SAME[0])]
    page.get_by_label("Order").select_option("surest first")
    assert listed(page)[0] == SAME[0][0]  # for one of the three is the surest
    group.locator(".to").first.click()
    assert focused(page) == SAME[0][0]
    expect(page.locator("article .s").first).to_be_in_viewport()
    assert re.search(r"#p-[0-9a-f]{8}\.1$", page.url)
    with led_on(page):
        page.go_back()
    assert page.get_by_label("Order").input_value() == "sure"


MANY: Sentences = [(f"Mill {at} was burnt by its owner, she said.", "claim", 0.9) for at in range(420)]


def test_back_from_a_sentence_is_where_one_was_in_the_list(opened: Open) -> None:
    page = opened(article("1.html", MANY), at="#statements")
    page.get_by_role("button", name="Show 200 more").click()
    page.get_by_role("link", name="Mill 350 ").click()
    assert focused(page) == MANY[350][0]
    page.go_back()
    expect(page.get_by_role("checkbox", name="Keep: Mill 350 ")).to_be_focused()
    expect(page.get_by_role("link", name="Mill 350 ")).to_be_in_viewport()
    expect(page.locator("#place")).to_have_text("351 of 420")


def taken(page: Page, form: str) -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name=form, exact=True).click()
    return Path(download.value.path()).read_bytes().decode()


def test_what_is_kept_is_taken_along_else_all_that_is_shown(browser: Browser, opened: Open) -> None:
    url = "https://news.example/2024/05/13/bridge"
    page = opened(article("1.html", SAME), article(url, SAME[:1]), at="#statements")
    assert len(json.loads(taken(page, "JSON"))) == 6
    page.get_by_role("checkbox", name="Keep: The council hid a report").check()
    page.get_by_role("checkbox", name="Keep: =SUM").check()
    expect(page.locator("#chosen")).to_have_text("4 kept")
    settle(page)
    found = json.loads(taken(page, "JSON"))
    assert [(item["text"], item["group"]) for item in found] == [
        (SAME[0][0], 1),
        (SAME[1][0], 1),
        (SAME[4][0], 2),
        (SAME[0][0], 1),
    ]
    assert (found[3]["page"], found[3]["source"], found[3]["date"]) == (url, "news.example", "2024-05-13")
    assert re.fullmatch(r"report\.html#p-[0-9a-f]{8}\.1", found[3]["place"])
    table = taken(page, "CSV")
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"), newline="")))
    assert [row["text"] for row in rows] == [SAME[0][0], SAME[1][0], f"'{SAME[4][0]}", SAME[0][0]]
    assert f"ACCUSATION (70 %)\n{SAME[0][0]}\n{url}, news.example, 2024-05-13\n{url}\n" in taken(page, "Text")
    sent = browser.new_page()
    sent.goto(page.url)
    expect(sent.locator("#chosen")).to_have_text("4 kept")
    page.get_by_role("button", name="Keep none").click()
    expect(page.locator("#chosen")).to_have_text("All 6 shown")


def test_an_entry_of_which_some_is_kept_is_neither_ticked_nor_not(opened: Open) -> None:
    page = opened(article("1.html", SAME), at="#statements")
    page.get_by_role("searchbox").fill("bridge, Lund")
    assert listed(page) == [SAME[1][0]]
    page.get_by_role("checkbox", name="Keep: The council").check()
    page.get_by_role("searchbox").fill("")
    assert listed(page)[0] == SAME[0][0]
    box = page.get_by_role("checkbox", name=f"Keep: {SAME[0][0]}")
    expect(box).to_be_checked(indeterminate=True)
    box.click()
    expect(box).to_be_checked()
    expect(page.locator("#chosen")).to_have_text("2 kept")


def test_on_paper_is_what_would_be_taken_along(opened: Open) -> None:
    page = opened(article("1.html", SAME), at="#statements")
    for name in ("Keep: The council hid 2", "Keep: =SUM"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("searchbox").fill("sum")
    assert listed(page) == [SAME[4][0]]
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert seen(page.locator("#list > li:visible .to")) == [SAME[2][0], SAME[4][0]]
    expect(page.locator("#asked")).to_have_text("2 kept.")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert listed(page) == [SAME[4][0]]
    assert len(json.loads(taken(page, "JSON"))) == 2


def test_a_table_of_nothing_has_its_columns(opened: Open) -> None:
    page = opened(*ARTICLES, at="#statements")
    columns = taken(page, "CSV").split("\r\n")[0]
    page.get_by_role("searchbox").fill("nowhere")
    assert listed(page) == []
    assert taken(page, "CSV") == f"{columns}\r\n"


def test_ticks_stay_in_the_address_behind_a_link(opened: Open) -> None:
    page = opened(*ARTICLES, at="#statements")
    page.get_by_role("checkbox", name=f"Keep: {NEWS[2][0]}").check()
    with led_on(page):
        page.get_by_role("link", name="1 accusation").click()
    assert listed(page) == [NEWS[1][0]]
    assert re.search(r"#view=statements&label=accusation&keep=p-[0-9a-f]{8}\.3$", page.url)


def test_what_is_kept_can_be_copied(opened: Open) -> None:
    page = opened(article("1.html", SAME), at="#statements")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("checkbox", name="Keep all that is shown").check()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#chosen")).to_have_text("5 copied")
    assert page.evaluate("navigator.clipboard.readText()").count("ACCUSATION (") == 3


def test_a_statement_leads_to_its_words_on_its_page(opened: Open) -> None:
    url = "https://news.example/a-b"
    page = opened(article(f"{url}#top", NEWS), at="#statements")
    links = page.locator("#list a.page").evaluate_all("links => links.map((link) => link.href)")
    assert links == [  # a page that is told by its fragment is still that page
        f"{url}#top:~:text=The%20council%20hid%20a%20report%2C%20Ada%20Lund%20said.",
        f"{url}#top:~:text=%E2%80%9CIt%E2%80%99s%20a%20scandal%2C%E2%80%9D%20she%20added.",
    ]


def test_next_and_previous_are_buttons_too(opened: Open) -> None:
    long: Sentences = [(f"Sentence {at} " + "of many words " * 30, "claim", 0.9) for at in range(9)]
    how = {"viewport": {"width": 390, "height": 740}, "has_touch": True, "is_mobile": True}
    page = opened(*ARTICLES, article("4.html", long), **how)
    walk = []
    for button in ("Next", "Next", "Next", "Next", "Next", "Next", "Next", "Previous"):
        page.get_by_role("button", name=button).tap()
        walk.append(seen(page.locator("#place"))[0])
    assert walk == [f"{at} of 13" for at in (1, 2, 3, 4, 5, 6, 7, 6)]
    assert focused(page).startswith("Sentence 1 ")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.get_by_role("button", name="Previous").tap()
    assert int(seen(page.locator("#place"))[0].split()[0]) > 7  # it goes on from what is in sight


def test_next_says_where_one_is_in_the_list_and_the_bar_does_not_cover_it(opened: Open) -> None:
    how = {"viewport": {"width": 390, "height": 740}, "has_touch": True, "is_mobile": True}
    page = opened(article("4.html", MANY[:30]), at="#statements", **how)
    page.get_by_role("combobox", name=f"Label of: {MANY[0][0]}").select_option("background")
    bar = page.locator("#bar").bounding_box()
    assert bar
    assert bar["height"] > 100
    for at in range(12):
        page.get_by_role("button", name="Next").tap()
        item = page.locator("#list > li:has(:focus)")
        expect(item).to_contain_text(f"Mill {at} ")
        settle(page)
        box = item.bounding_box()
        assert box
        assert box["y"] + box["height"] <= bar["y"]
    assert item.evaluate("(node) => getComputedStyle(node).outlineStyle") == "solid"
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    settle(page)
    last = page.get_by_role("contentinfo").locator("p").bounding_box()
    assert last
    assert last["y"] + last["height"] <= bar["y"]


def test_probabilities_are_told_on_hover_focus_and_tap(page: Page) -> None:
    tip = page.get_by_role("tooltip")
    page.get_by_text("Ada Lund").first.hover()
    assert seen(tip)[0].split("\n")[:2] == ["accusation", "62.0 %"]
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.get_by_text("2 lines of furniture").click()
    page.get_by_text("Read also").click()
    expect(tip).to_contain_text("55.0 %")
    expect(tip).to_contain_text("only its beginning was read")
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "tip"


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_probabilities_cover_neither_the_sentence_nor_the_bar(opened: Open, width: int) -> None:
    page = opened(article("1.html", NEWS * 9), viewport={"width": width, "height": 844})
    for sentence in page.get_by_text("Ada Lund").all()[::4]:
        sentence.click()
        tip = page.get_by_role("tooltip").bounding_box()
        for other in (sentence.bounding_box(), page.locator("#bar").bounding_box()):
            assert tip
            assert other
            apart = (
                tip["x"] + tip["width"] <= other["x"] or other["x"] + other["width"] <= tip["x"],
                tip["y"] + tip["height"] <= other["y"] + 1 or other["y"] + other["height"] <= tip["y"] + 1,
            )
            assert any(apart), (tip, other)


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
    page.get_by_text("Keys", exact=True).click()
    page.get_by_role("checkbox", name="Listen to letter keys").uncheck()
    page.keyboard.press("n")
    assert focused(page) != one


def test_sentences_are_reached_with_tab_alone(page: Page) -> None:
    page.get_by_role("main").focus()
    page.keyboard.press("Tab")
    assert focused(page) == NEWS[1][0]  # the furniture before it is passed over
    page.keyboard.press("ArrowRight")
    assert focused(page) == NEWS[2][0]


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
        page.get_by_text("More filters").click()
    page.get_by_role("searchbox").fill("mill")
    page.get_by_text("The mill").click()
    expect(page.get_by_role("tooltip")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("searchbox").fill("")
    for view in page.locator("#views a").all():
        view.click()
        assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [390, 768])
def test_names_of_labels_are_not_broken_by_their_counts(opened: Open, width: int) -> None:
    page = opened(article("1.html", NEWS * 300), viewport={"width": width, "height": 844})
    page.locator("#labels input").first.uncheck()
    expect(page.locator("#labels .count").first).to_have_text("0 of 300")
    heights = [box["height"] for name in page.locator("#labels .s").all() if (box := name.bounding_box())]
    assert len(heights) == 4
    assert max(heights) < 28  # one line


ARABIC: Sentences = [
    ("قالت الوزيرة إن المجلس أخفى التقرير.", "accusation", 0.9),
    ("بنيت الطاحونة عام 1818.", "background", 0.9),
    ("Hello there.", "claim", 0.9),
]
ENDS = """(node) => {
  const text = document.createRange();
  text.selectNodeContents(node.firstChild);
  const [own, all] = [text.getBoundingClientRect(), node.closest('.text').getBoundingClientRect()];
  return [own.left - all.left, all.right - own.right].map(Math.round);
}"""
"""How far the words of a sentence are from the left and from the right of their text."""


def test_a_text_from_right_to_left_stands_right(opened: Open) -> None:
    page = opened(article("1.html", ARABIC))
    ends = [sentence.evaluate(ENDS) for sentence in page.locator("article .s").all()]
    assert [right < 60 < left for left, right in ends] == [True, True, False]
    full_stop = """(node) => {
      const last = document.createRange();
      last.setStart(node.firstChild, node.firstChild.length - 1);
      last.setEnd(node.firstChild, node.firstChild.length);
      return last.getBoundingClientRect().left - node.getBoundingClientRect().left;
    }"""
    assert page.locator("article .s").first.evaluate(full_stop) < 10
    page.get_by_role("checkbox", name="claim").uncheck()
    assert len(shown(page)) == 2
    ends = [sentence.evaluate(ENDS) for sentence in page.locator("article .s:not(.off)").all()]
    assert [right < 60 < left for left, right in ends] == [True, True]


@pytest.mark.skipif(
    not AXE.is_file(), reason="npm install axe-core, or NEWSROLES_AXE says where axe.min.js is"
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("view", ["index", "statements", "texts"])
def test_axe_finds_nothing(opened: Open, view: str, width: int, scheme: str) -> None:
    how = {"viewport": {"width": width, "height": 844}, "color_scheme": scheme}
    failure = Failure("bad.html", 4, 17, "is empty", "leave it out")
    pages = (*ARTICLES, article("4.html", SAME), html_article("5.html", *STOOD))
    page = opened(*pages, failure, at=f"#{view}", **how)
    if view == "texts":
        page.get_by_text("Ada Lund").first.click()
    page.keyboard.press("n")
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="Corrections")).to_be_visible(visible=view != "index")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


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


def test_on_paper_there_is_all_that_was_asked_for_and_what_that_was(opened: Open) -> None:
    url = "https://news.example/2026/11/28/mill"
    page = opened(article(url, MANY[:220]), article("2.html", NEWS), at="#view=statements&label=claim")
    page.emulate_media(media="print")
    assert len(listed(page)) == 200
    page.pdf()
    assert len(listed(page)) == 221
    expect(page.locator("#asked")).to_have_text("Labels: claim: 221 of 222 sentences, in 2 of 2 articles.")
    expect(page.locator("#list .origin .paper").first).to_have_text(f" · {url}")
    expect(page.locator("#list .page").first).to_be_hidden()
    page.evaluate("document.querySelectorAll('#list input')[7].click()")
    assert seen(page.locator("#list > li:visible .to")) == ["Mill 7 was burnt by its owner, she said."]


def test_paper_has_all_columns_and_who_labelled(opened: Open) -> None:
    page = opened(*ARTICLES, at="", viewport={"width": 700, "height": 900})
    heads = page.locator("#index > table thead th:visible")
    expect(heads).to_have_count(3)
    page.emulate_media(media="print")
    expect(heads).to_have_count(5)
    page.evaluate("location.hash = 'statements'")
    expect(page.get_by_text("Labelled by model@1")).to_be_visible()


def test_its_parts_have_roles_and_names(page: Page) -> None:
    for role, name in (
        ("banner", None),
        ("main", None),
        ("complementary", "Labels and filters"),
        ("search", None),
        ("group", "Labels"),
        ("slider", "Minimum confidence"),
        ("searchbox", "Words"),
        ("navigation", "Views"),
        ("article", "news/1.html"),
        ("region", "Next, previous, and what is kept"),
        ("contentinfo", None),
    ):
        expect(page.get_by_role(role, name=name).first).to_be_visible()
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the articles"


def corrections(page: Page) -> list[dict[str, Any]]:
    return [
        {key: each[key] for key in ("text", "label", "was")}
        for each in json.loads(taken(page, "Corrections"))
    ]


def test_a_label_is_put_right_in_the_list_and_taken_along(opened: Open) -> None:
    page = opened(*ARTICLES, at="#statements")
    expect(page.get_by_role("button", name="Corrections")).to_be_hidden()
    right = page.get_by_role("combobox", name=f"Label of: {NEWS[1][0]}")
    right.select_option("claim")
    expect(page.locator("#corrected")).to_have_text("1 corrected")
    assert corrections(page) == [{"text": NEWS[1][0], "label": "claim", "was": "accusation"}]
    words = page.locator("#list .words").first
    expect(words.locator(".sure")).to_have_text("12 %")  # of the label that it has now
    expect(words).to_have_class("words mended")
    kept = json.loads(taken(page, "JSON"))
    assert [(each["label"], each["was"]) for each in kept] == [("claim", "accusation"), ("claim", "")]
    assert kept[0]["confidence"] == 0.1267  # the model's, of the label that it has now
    assert taken(page, "Text").startswith(f"CLAIM (corrected, was accusation)\n{NEWS[1][0]}\n")
    assert seen(page.locator("#labels .count"))[:2] == ["1", "1"]  # as the model has it
    right.select_option("accusation")
    expect(words.locator(".sure")).to_have_text("62 %")
    expect(page.get_by_role("button", name="Corrections")).to_be_hidden()


def test_keys_put_right_the_statement_that_has_the_focus(opened: Open) -> None:
    page = opened(article("1.html", SAME), article("2.html", SAME[:1]), at="#statements")
    group = page.locator("#list > li").first
    group.get_by_text("Nearly the same").click()
    expect(group.locator(".words .to")).to_have_count(3)
    group.locator(".words .to").last.focus()
    page.keyboard.press("3")
    labels = group.locator("select").evaluate_all("all => all.map((select) => select.value)")
    assert labels == ["1", "1", "2"]
    group.locator("summary").focus()
    page.keyboard.press("1")
    labels = group.locator("select").evaluate_all("all => all.map((select) => select.value)")
    assert labels == ["0", "1", "2"]


def test_what_was_put_right_can_be_taught(opened: Open, tmp_path: Path) -> None:
    convert = pytest.importorskip("newsroles_training.corpora.annotate.convert")
    pages = (
        article("a\rb.txt", [("Odd\x00 words\u2028here.", "claim", 0.9), *NEWS]),
        html_article("5.html", *STOOD),
    )
    page = opened(*pages, pages[0])
    for text, key in (("Odd", "3"), ("It’s a lie!", "4")):
        page.get_by_text(text).last.click()  # of the two pages with one name, the second
        page.keyboard.press(key)
    (tmp_path / "corrections.json").write_text(taken(page, "Corrections"), encoding="utf-8")
    (tmp_path / "labelled.jsonl").write_bytes(b"".join(to_line(one.to_dict()) for one in (*pages, pages[0])))
    problems: list[Any] = []
    how = {"partial": True, "labelled": tmp_path / "labelled.jsonl"}
    rows = list(convert.read(tmp_path / "corrections.json", "report", problems, **how))
    assert problems == []
    assert [(row["id"], row["text"], [one["label"] for one in row["sentences"]]) for row in rows] == [
        ("5.html", pages[1].article.text, ["boilerplate"]),
        ("a\rb.txt", pages[0].article.text, ["background"]),
    ]


def test_labels_are_put_right_by_keyboard_alone(opened: Open) -> None:
    page = opened(*ARTICLES)
    page.get_by_role("main").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("3")
    for key in ("n", "n", "2"):
        page.keyboard.press(key)
    assert focused(page) == NEWS[3][0]
    right = page.get_by_role("combobox", name=f"Label of: {NEWS[3][0]}")
    expect(right).to_have_value("1")
    right.focus()
    page.keyboard.press("ArrowUp")
    expect(right).to_have_value("0")
    codes = page.locator("article").first.locator(".s").evaluate_all("all => all.map((s) => s.className)")
    assert codes == ["s l3", "s l2 f mended", "s l0 f", "s l0 f mended"]
    page.get_by_role("link", name="Claims and accusations").click()
    page.get_by_role("checkbox", name=f"Keep: {NEWS[2][0]}").focus()
    page.keyboard.press("4")
    assert [(each["was"], each["label"]) for each in corrections(page)] == [
        ("accusation", "background"),
        ("claim", "boilerplate"),
        ("background", "claim"),
    ]


def test_corrections_that_were_not_taken_along_are_not_lost_in_silence(opened: Open) -> None:
    page = opened(*ARTICLES, at="#statements")
    page.get_by_role("combobox", name=f"Label of: {NEWS[1][0]}").select_option("claim")
    assert page.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    corrections(page)
    assert page.evaluate("dispatchEvent(new Event('beforeunload', { cancelable: true }))")
