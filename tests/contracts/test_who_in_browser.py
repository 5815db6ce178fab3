"""Who accuses whom, as a reader of a report has it: counted, filtered by, shown and taken along."""

import csv
import io
import json
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.contracts.test_report_in_browser import (
    ARTICLES,
    AXE,
    CONTRAST,
    Open,
    article,
    led_on,
    listed,
    seen,
    shown,
    taken,
)
from tests.inference.who.pages import counted

from newsroles.articles import Mention
from newsroles.records.labelled import LabelledArticle

Who = tuple[str, str, str, tuple[str, ...]]
"""A label, its sentence, a speaker, and targets. A speaker that the sentence has not is resolved."""

PIER: tuple[Who, ...] = (
    (
        "accusation",
        "Mayor Ines Aldana said the builder had hidden 9 cracks.",
        "Mayor Ines Aldana",
        ("the builder",),
    ),
    ("accusation", "She says that Corvane and the port lied.", "Mayor Ines Aldana", ("Corvane", "the port")),
    ("accusation", "The deal of 2019 robbed the town.", "", ()),
    ("claim", "They call 3 piers unsafe.", "They", ()),
    ("background", "The pier was built in 1907.", "", ()),
)
HARBOUR: tuple[Who, ...] = (
    ("accusation", "Aldana blames the <b>Port</b> for 4 deaths.", "Aldana", ("<b>Port</b>",)),
    ("accusation", "It was the Port, too, Aldana said in 2020.", "Aldana", ("the Port",)),
    ("claim", "“It is policy,” said Tomas Reik.", "Tomas Reik", ()),
)


def with_who(name: str, *rows: Who) -> LabelledArticle:
    page = article(name, [(text, label, 0.9) for label, text, *_ in rows])
    text = page.article.text

    def mention(words: str, start: int, end: int) -> Mention:
        inside = text.find(words, start, end)
        at = inside if inside >= 0 else text.index(words)
        return Mention(words, at, at + len(words), resolved=inside < 0)

    sentences = []
    for sentence, (_, _, speaker, targets) in zip(page.sentences, rows, strict=True):
        where = sentence.start, sentence.end
        blamed = tuple(mention(target, *where) for target in targets)
        by = mention(speaker, *where) if speaker else None
        sentences.append(replace(sentence, speaker=by, targets=blamed))
    return replace(page, sentences=tuple(sentences))


PAGES = (with_who("pier.html", *PIER), with_who("harbour.html", *HARBOUR))
MANY = [f"Ann {letter}berg" for letter in "ABCDEFGHIJKLMN"]
"""Two more than the table has rows."""


def table(page: Page) -> list[list[str]]:
    rows = page.locator("#who").get_by_role("row").all()
    return [seen(row.locator("th, td")) for row in rows]


def named(page: Page, where: str) -> list[str]:
    return seen(page.locator(f"{where} .who:visible"))


def test_accusations_are_counted_by_speaker_and_target(opened: Open) -> None:
    page = opened(*PAGES, at="")
    with led_on(page):
        page.get_by_role("link", name="Who accuses whom").click()
    assert table(page) == [
        ["Speaker → target", "port 2", "builder 1", "Corvane 1", "<b>Port</b> 1", "nobody named 1"],
        ["Ines Aldana 4", "2", "1", "1", "1", ""],
        ["nobody named 1", "", "", "", "", "1"],
    ]
    expect(page.get_by_role("table", name="5 accusations, by who says it and who is blamed")).to_be_visible()
    for row in counted(PAGES).pairs():
        assert seen(page.get_by_title(f"{row.speaker} → {row.target}")) == [str(row.accusations)]


def test_a_number_leads_to_its_accusations_and_can_be_sent(browser: Browser, opened: Open) -> None:
    page = opened(*PAGES, at="#who")
    with led_on(page):
        page.get_by_title("Ines Aldana → port").click()
    assert listed(page) == [PIER[1][1], HARBOUR[1][1]]
    assert page.get_by_label("Speaker").input_value() == "Ines Aldana"
    assert page.get_by_label("Target").input_value() == "port"
    expect(page.locator("#labels input").first).not_to_be_checked()
    assert page.url.endswith("#view=statements&label=accusation&speaker=Ines+Aldana&target=port")
    sent = browser.new_page()
    sent.goto(page.url)
    assert listed(sent) == listed(page)
    with led_on(page):
        page.go_back()
    with led_on(page):
        page.get_by_title("nobody named → nobody named").click()
    assert listed(page) == [PIER[2][1]]


def test_names_filter_every_view_in_full_or_in_part(opened: Open) -> None:
    page = opened(*PAGES)
    speaker, target = page.get_by_label("Speaker"), page.get_by_label("Target")
    speaker.fill("REIK")
    assert shown(page) == [HARBOUR[2][1]]
    assert named(page, "article") == ["said by Tomas Reik"]
    speaker.fill("aldana")
    target.fill("corvane")
    assert shown(page) == [PIER[1][1]]
    target.fill("port")  # a name in full: that which has more is another
    assert shown(page) == [PIER[1][1], HARBOUR[1][1]]
    expect(page.get_by_role("status")).to_have_text("2 of 8 sentences, in 2 of 2 articles")
    page.get_by_role("link", name="Who accuses whom").click()
    expect(page.get_by_role("status")).to_have_text("2 of 5 sentences, in 2 of 2 articles")
    assert table(page) == [["Speaker → target", "port 2", "Corvane 1"], ["Ines Aldana 2", "2", "1"]]
    page.get_by_role("button", name="Show everything").click()
    assert len(table(page)) == 3
    speaker.fill("Nobody")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    offered = page.locator("#speakers option").evaluate_all("options => options.map((one) => one.value)")
    assert offered == ["Ines Aldana", "nobody named", "Tomas Reik"]


def test_speaker_and_targets_stand_beside_their_sentence(opened: Open) -> None:
    page = opened(*PAGES)
    assert named(page, "article") == [
        "Mayor Ines Aldana → the builder",
        "Mayor Ines Aldana → Corvane, the port",
        "said by They",
        "Ines Aldana → <b>Port</b>",
        "Ines Aldana → the Port",
        "said by Tomas Reik",
    ]
    assert seen(page.get_by_title("Mayor Ines Aldana, resolved")) == ["Mayor Ines Aldana"]
    assert shown(page) == [text for _, text, *_ in (*PIER, *HARBOUR)]
    with led_on(page):
        page.get_by_role("link", name="Claims and accusations").click()
    assert len(named(page, "#list")) == 6
    with led_on(page):
        page.locator("#list").get_by_role("link", name="Tomas Reik", exact=True).click()
    assert listed(page) == [HARBOUR[2][1]]
    assert page.locator("#list .who").get_by_role("link").count() == 1


def test_names_are_taken_along(opened: Open) -> None:
    page = opened(*PAGES, at="#statements")
    found = json.loads(taken(page, "JSON"))
    assert [(item["speaker"], item["targets"]) for item in found] == [
        ("Ines Aldana", ["builder"]),
        ("Ines Aldana", ["Corvane", "port"]),
        ("", []),
        ("They", []),
        ("Ines Aldana", ["<b>Port</b>"]),
        ("Ines Aldana", ["port"]),
        ("Tomas Reik", []),
    ]
    rows = list(csv.DictReader(io.StringIO(taken(page, "CSV").removeprefix("\ufeff"), newline="")))
    assert [row["targets"] for row in rows][:3] == ["builder", "Corvane; port", ""]
    text = taken(page, "Text")
    assert f"{PIER[1][1]}\nInes Aldana → Corvane, port\npier.html" in text
    assert f"{HARBOUR[2][1]}\nsaid by Tomas Reik\nharbour.html" in text


def test_without_speakers_there_is_nothing_of_it(opened: Open) -> None:
    page = opened(*ARTICLES, at="#statements")
    for selector in ("#who", "#speaker", "#target", ".who", "[data-view=who]"):
        expect(page.locator(selector)).to_have_count(0)
    assert "speaker" not in taken(page, "CSV")
    page.goto(page.url.replace("#view=statements", "") + "#view=who&speaker=x")
    expect(page.locator("#index")).to_be_visible()


def test_beyond_the_commonest_there_are_others_who_can_be_looked_for(opened: Open) -> None:
    rows = [
        ("accusation", f"{name} blames the port for {at}.", name, ("the port",))
        for at, name in enumerate(MANY)
    ]
    page = opened(with_who("many.html", *rows), at="#who")
    assert [row[0] for row in table(page)[1:]] == [*(f"{name} 1" for name in MANY[:12]), "2 others 2"]
    assert table(page)[-1] == ["2 others 2", "2"]
    expect(page.locator("#who tr").last.get_by_role("link")).to_have_count(0)
    page.get_by_label("Speaker").fill(MANY[-1])
    expect(page.locator("#who tbody tr")).to_have_count(1)
    assert table(page)[1:] == [[f"{MANY[-1]} 1", "1"]]


def test_the_table_is_walked_by_keyboard(opened: Open) -> None:
    page = opened(*PAGES, at="#who")
    walk = []
    for key in "nnnp":
        page.keyboard.press(key)
        walk.append(page.evaluate("document.activeElement.title"))
    assert walk == [f"Ines Aldana → {target}" for target in ("port", "builder", "Corvane", "builder")]
    with led_on(page):
        page.keyboard.press("Enter")
    assert listed(page) == [PIER[0][1]]


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_table_fits_and_on_phones_a_number_has_its_target(opened: Open, width: int) -> None:
    long = "the ministry of " + "public works and " * 9 + "x" * 90
    rows = [
        ("accusation", f"{name} blames {target} for {at}.", name, (target,))
        for at, (name, target) in enumerate(zip([long, *MANY[1:]], [long, *MANY[:0:-1]], strict=True))
    ]
    page = opened(with_who("many.html", *rows), at="#who", viewport={"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    before = "getComputedStyle(document.querySelector('#who td:not(:empty)'), '::before').content"
    assert page.evaluate(before) == ("none" if width > 390 else f'"{long.removeprefix("the ")} "')
    page.pdf()


@pytest.mark.skipif(
    not AXE.is_file(), reason="npm install axe-core, or NEWSROLES_AXE says where axe.min.js is"
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("view", ["who", "statements", "texts"])
def test_axe_finds_nothing(opened: Open, view: str, width: int, scheme: str) -> None:
    page = opened(*PAGES, at=f"#{view}", viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    ratio, where = page.evaluate(CONTRAST)
    assert ratio >= 4.5, where
