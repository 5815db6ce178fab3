"""Kinds of lines: what markup makes of a line, what it doesn't, and what sentences get of it."""

import io
import json
import re
import time
from pathlib import Path

import pytest

from newsroles.articles import Article
from newsroles.model.sentences import split
from newsroles.model.windows import line_kinds
from newsroles.readers import ReadOptions, css, html, places, read
from newsroles.readers.html import to_page
from newsroles.readers.kinds import KINDS
from newsroles.readers.marks import is_own_header

STORY = (
    "<p>The council voted on Monday to close the old bridge, which engineers had called unsafe for years.</p>"
    * 3
)


def kinds_of(page: str) -> list[tuple[str, str]]:
    """Return the lines of a page that aren't the story above, each with its kind."""
    found = to_page(page)
    assert len(found.kinds) == found.text.count("\n") + 1
    assert set(found.kinds) <= set(KINDS)
    pairs = zip(found.text.split("\n"), found.kinds, strict=True)
    return [(line, kind) for line, kind in pairs if not line.startswith("The council voted")]


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        ("<h2>x</h2>", "heading"),
        ("<div role=heading>x</div>", "heading"),
        ("<p>x</p>", "paragraph"),
        ("<blockquote><p>x</p></blockquote>", "quotation"),
        ("<aside class='pull-quote'>x</aside>", "quotation"),
        ("<ul><li><p>x</p></li></ul>", "item"),
        ("<table><tr><td>x</table>", "cell"),
        ("<figure><figcaption><p>x</p></figcaption></figure>", "caption"),
        ("<div class=wp-caption-text>x</div>", "caption"),
        ("<span class=Article__byline>x</span>", "byline"),
        ("<div>by <a rel=author>x</a></div>", "line"),
        ("<div><a rel=author>x</a></div>", "byline"),
        ("<time>x</time>", "byline"),
        ("<p><a href=y>x</a></p>", "link"),
        ("<h3><a href=y>x</a></h3>", "link"),
        ("<a href=y><h3>x</h3></a>", "link"),
        ("<p><a href=y>x</a> y</p>", "paragraph"),
        ("<button>x</button>", "control"),
        ("<blockquote class=twitter-tweet><p>x</p></blockquote>", "embed"),
        ("<ol id=comments><li><p>x</p></ol>", "comment"),
        ("<div class=commentList>x</div>", "comment"),
        ("<div itemscope itemtype='https://schema.org/Comment'>x</div>", "comment"),
        ("<nav><p>x</p></nav>", "navigation"),
        ("<div role=navigation>x</div>", "navigation"),
        ("<header><p>x</p></header>", "navigation"),
        ("<ul class=main-nav><li>x</ul>", "navigation"),
        ("<article><header><p>x</p></header></article>", "paragraph"),
        ("<header class=story-header><p>x</p></header>", "paragraph"),
        ("<aside><p>x</p></aside>", "aside"),
        ("<div class='RelatedStories'><p>x</p></div>", "aside"),
        ("<div class=newsletter-signup><p>x</p></div>", "aside"),
        ("<footer><p>x</p></footer>", "footer"),
        ("<aside class=sidebar><div class=comments>x</div></aside>", "comment"),
        ("<footer><nav>x</nav></footer>", "navigation"),
        ("<div>x</div>", "line"),
        ("<div class='has-comments no-sidebar'>x</div>", "line"),
        ("<div class=sidebar-grid__content>x</div>", "line"),
        ("<p class=ad-paragraph-3>x</p>", "paragraph"),
        ("<p id=paragraph-ad3bdc>x</p>", "paragraph"),
        ("<div class='Text_root__oTAAd'>x</div>", "line"),
    ],
)
def test_a_line_is_what_its_markup_says(markup: str, kind: str) -> None:
    (line,) = kinds_of(f"<body>{STORY}{markup}")
    assert line[1] == kind


@pytest.mark.parametrize(
    "page",
    [
        "<body class='comments-open single-comment'><h1>Bridge to close</h1>{}",
        "<body><div class=comment><h1>Bridge to close</h1>{}</div>",
        "<body><h1>Bridge to close</h1><div class=sidebar>{}</div>",
        "<body><h1>Bridge to close</h1><div class=related><div itemprop=articleBody>{}</div></div>",
        "<body><form class=modal><h1>Bridge to close</h1>{}</form>",
        "<body><h1>Bridge to close</h1><div class=author-jane-roe>{}</div>",
        "<body><h1>Bridge to close</h1><div class=blockquote-style-1>{}</div>",
        "<body><h1>Bridge to close</h1><div id=aspnet-form><div class=date-outer>{}</div></div>",
    ],
)
def test_what_holds_the_story_is_not_furniture(page: str) -> None:
    found = to_page(page.format(STORY))
    assert found.kinds == ("title", *["paragraph"] * 3)


def test_a_story_of_short_lines_is_not_by_the_author_whose_name_its_element_bears() -> None:
    story = "<p>Nobody was hurt.</p>"
    page = f"<h1>Bridge to close</h1><article class=author-jane-roe><div itemprop=articleBody>{story}</div>"
    assert to_page(page).kinds == ("title", "paragraph")
    inner = f"<div class='byline'>By Jane Roe</div>{STORY}<div class=pull-quote><p>Unsafe for years</p></div>"
    found = to_page(f"<h1>Bridge to close</h1><article class=author-jane-roe>{inner}</article>")
    assert found.kinds == ("title", "byline", *["paragraph"] * 3, "quotation")


def test_comments_may_be_longer_than_the_story() -> None:
    found = to_page(f"<h1>Bridge to close</h1>{STORY}<div id=comments>{STORY * 4}</div>")
    assert found.kinds == ("title", *["paragraph"] * 3, *["comment"] * 12)


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("", "<h1>Bridge to close</h1>", ["title"]),
        ("", "<h1><a href=/>The Paper</a></h1><h1>Bridge to close</h1>", ["link", "title"]),
        (
            "<meta property=og:title content='Bridge to close'>",
            "<h1>The Paper</h1><h2>Bridge to close</h2>",
            ["heading", "title"],
        ),
        (
            "<title>Old bridge to close for good | The Paper</title>",
            "<h1>The Paper</h1><h2>Old bridge to close for good</h2>",
            ["heading", "title"],
        ),
        (
            "<title>Old bridge to close for good | The Paper</title>",
            "<h1><a href=/>The Paper</a></h1><h2><a href=x>Old bridge to close for good</a></h2>",
            ["link", "title"],
        ),
        (
            "<meta property=og:title content='Old bridge to close | The Paper'>",
            "<h3><a href=x>Old bridge to close</a></h3><aside><h1>Old bridge to close</h1></aside>",
            ["link", "title"],
        ),
        (
            '<script type=\'application/ld+json\'>{"headline": "Bridge \\u201cto close\\u201d"}</script>',
            "<nav><ul><li>Bridge “to close”</li></ul></nav><div>Bridge “to close”</div>",
            ["navigation", "title"],
        ),
        (
            "<meta property=og:title content='Bridge to close'>",
            "<h1>Bridge<br>to close</h1>",
            ["title", "title"],
        ),
        (
            "<meta property=og:title content='Bridge to close'>",
            "<header><h1>Bridge to close</h1></header>",
            ["title"],
        ),
        ("<meta property=og:title content='Bridge to close'>", "<p>Bridge to closet</p>", ["paragraph"]),
    ],
)
def test_the_story_has_one_headline(head: str, body: str, expected: list[str]) -> None:
    assert [kind for _, kind in kinds_of(f"<head>{head}</head><body>{body}{STORY}")] == expected


def test_the_docs_list_the_kinds() -> None:
    docs = (Path(__file__).parents[3] / "docs" / "use" / "kinds.md").read_text()
    assert sorted(re.findall(r"^\| `(\w+)` \|", docs, re.MULTILINE)) == sorted(KINDS)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("<meta property='article:published_time' content='2026-11-28T23:00:57+00:00'>", "2026-11-28"),
        ("<meta itemprop=datePublished content=' 2026-11-28 06:01:07'>", "2026-11-28"),
        ('<script type="application/ld+json">{"datePublished" : "2026-11-28"}</script>', "2026-11-28"),
        (
            "<time datetime=2026-01-01>old</time><time itemprop=datePublished datetime=2026-11-28>",
            "2026-11-28",
        ),
        ("<time datetime=2026-11-28T01:00>one</time><time datetime=2026-11-28>the same</time>", "2026-11-28"),
        ("<time datetime=2026-11-28>one</time><time datetime=2026-11-27>a teaser's</time>", ""),
        ("<meta name=date content='28 November 2026'><meta name=pubdate content=2026-99-99>", ""),
        ("<meta name=date content=20261128><time datetime>never</time>", ""),
    ],
)
def test_an_article_has_the_day_that_its_page_gives(marks: str, expected: str) -> None:
    assert to_page(f"{marks}<p>One.").date == expected


def test_an_article_has_its_headline_and_address(monkeypatch: pytest.MonkeyPatch) -> None:
    page = b"<link rel=canonical href='https://example.org/a'><h1>Bridge <b>to close</b></h1><nav>Home</nav>"
    expected = Article(
        "Bridge to close\nHome",
        "in",
        "in",
        0,
        ("title", "navigation"),
        "Bridge to close",
        "https://example.org/a",
    )
    assert list(read("in", io.BytesIO(page), "html", ReadOptions())) == [expected]
    monkeypatch.setattr(html, "SMALL", 0)  # in a process of its own
    assert list(read("in", io.BytesIO(page), "html", ReadOptions())) == [expected]


def test_records_that_hold_a_page_are_read_like_one() -> None:
    line = json.dumps({"id": "a", "text": " <!DOCTYPE html><h1>Bridge to close</h1><p>It will."})
    (article,) = read("in", io.BytesIO(line.encode()), "jsonl", ReadOptions())
    assert isinstance(article, Article)
    assert (article.id, article.text, article.kinds) == (
        "a",
        "Bridge to close\nIt will.",
        ("title", "paragraph"),
    )


def test_a_sentence_is_what_its_line_is() -> None:
    text = "One. Two.\nThree\nFour. Five."
    kinds = ("paragraph", "link", "comment")
    assert line_kinds(text, kinds, split(text)) == ["paragraph", "paragraph", "link", "comment", "comment"]
    assert line_kinds(text, (), split(text)) == ["line"] * 5


@pytest.mark.parametrize(
    "page",
    [
        "<div class=comments>" * 2_000 + "deep",
        "<h1><h2>" * 2_000 + "deep",
        "<p class='" + "nav-" * 50_000 + "'>deep",
        "<style>" + ".a{display:none}" * 20_000 + "</style><p>deep",
        "<style>" + "{" * 200_000 + "display:none" * 1_000 + "</style><p>deep",
        "<p style='" + "(" * 100_000 + "display:none" + "'>deep",
        "<p>deep" + "<template shadowrootmode=open>" * 1_000,
    ],
)
def test_time_grows_with_the_page_only(page: str) -> None:
    began = time.process_time()
    assert "deep" in to_page(page).text
    assert time.process_time() - began < 5


def test_a_long_class_of_a_header_takes_no_time() -> None:
    began = time.process_time()
    assert not is_own_header("__" * 100_000)
    assert is_own_header("x" * 300 + " entry-header")
    assert time.process_time() - began < 5  # minutes, were it looked at


def test_titles_that_repeat_are_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[list[str]] = []
    monkeypatch.setattr(places, "_score", lambda _, titles, __: tried.append(titles) or 0)
    line = places.Line("Bridge shut", places.Place(level="h1"))
    places.kinds([line], ["Bridge shut", "Other", "", "BRIDGE SHUT!"] * 9, "Site")
    assert tried == [["bridgeshut", "other"]]


def test_a_rule_of_many_selectors_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    declarations = css.declarations
    monkeypatch.setattr(css, "declarations", lambda body: read.append(body) or declarations(body))
    sheet = ".a,.b,.c{display:none}" + ".x .a,p .b," * 99 + "#d{display:block}"
    assert css.hidden_names([sheet]) == {".c"}
    assert read == ["display:none", "display:none", "display:block"]
