"""The page holds every text as text and to the letter, and nothing in it may run but our script."""

import base64
import io
import json
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from selectolax.lexbor import LexborHTMLParser
from tests.strategies import texts

from newsroles.articles import Article, Failure
from newsroles.errors import UsageError
from newsroles.model import bundle
from newsroles.model.sentences import split
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.records.write import to_line
from newsroles.report.page import PALETTE, render, write
from newsroles.report.summary import summarise

LABELS = ("claim", "accusation", "background", "boilerplate")
HOSTILE = (
    "<script>document.title='owned'</script>",
    "</script><script>alert(1)</script>",
    "</style><style>* { display: none }</style>",
    "--><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x=\'',
    "{{ 7 * 7 }}{% raw %}",
    "]]><svg onload=alert(1)>",
    "&lt;b&gt; &amp;amp;",
    "right-to-left \u202e txt.exe \u2066 and \x00 NUL \x1b[31m \x9b \ud800 surrogate",
)


def page(text: str, labels: tuple[str, ...] = LABELS, name: str = "page.html") -> LabelledArticle:
    sentences = tuple(
        LabelledSentence(
            span.start,
            span.end,
            text[span.start : span.end],
            labels[at % len(labels)],
            {label: 1 / len(labels) for label in labels},
        )
        for at, span in enumerate(split(text))
    )
    return LabelledArticle(Article(text, name, name, 0), "model@1", sentences)


def rendered(*items: LabelledArticle | Failure, limit: int = 99) -> str:
    lines = b"".join(to_line(item.to_dict()) for item in items)
    inputs = [("out.jsonl", io.BytesIO(lines))]
    return "".join(render(inputs, summarise(inputs, limit)))


def shown(text: str) -> str:
    """Say how a text reads on the page: line breaks are one kind, and what would hide is U+FFFD."""
    text = re.sub("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text)
    return re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "\ufffd", text)


def text_of(html: str) -> str:
    node = LexborHTMLParser(html).css_first("article .text")
    assert node is not None
    for summary in node.css(".fold > summary"):
        summary.decompose()
    return node.text()


@given(texts())
def test_the_text_stands_on_the_page_to_the_letter(text: str) -> None:
    html = rendered(page(text))
    html.encode()
    assert text_of(html) == shown(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_text_wherever_they_stand(text: str) -> None:
    plain, hostile = (
        LexborHTMLParser(rendered(page(each, name=each), Failure(each, 0, 1, each, each)))
        for each in ("x", text)
    )
    assert text_of(hostile.html or "") == shown(text)
    for tag in ("script", "style", "img", "article", "meta", "aside"):
        assert len(hostile.css(tag)) == len(plain.css(tag))
    allowed = {name for node in plain.css("*") for name in node.attributes} | {"data-f"}
    assert {name for node in hostile.css("*") for name in node.attributes} <= allowed
    assert shown(text) in hostile.css_first("#failures").text()


def test_hostile_labels_stay_text_in_the_styles_too() -> None:
    labels = ("</style><script>alert(1)</script>", '"; } * { display: none', "\u202e\n{{ 1 }}")
    html = rendered(page("One. Two. Three.", labels))
    tree = LexborHTMLParser(html)
    assert len(tree.css("style")) == len(tree.css("script")) == 1
    assert "display: none }" not in tree.css_first("style").text().replace("display: none !", "")
    assert [node.text() for node in tree.css("#labels .s")] == [shown(label) for label in labels]


def test_the_policy_allows_our_script_and_style_and_nothing_else() -> None:
    html = rendered(page("One. Two."))
    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    hashes = [
        base64.b64encode(sha256(re.search(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)[1].encode()).digest())
        for tag in ("style", "script")
    ]
    style, script = (each.decode() for each in hashes)
    assert policy[1].split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{style}'",
        f"script-src 'sha256-{script}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert not re.search(r"\s(style|on\w+|src|srcset)=", html.split("<script>")[0])
    assert "http:" not in html
    assert "https:" not in html


def test_labels_have_codes_of_their_own_and_colours_in_their_order() -> None:
    def codes(*labels: str) -> list[bytes]:
        html = rendered(page("One.", labels))
        found = re.findall(r"\.s\.l\d+::before \{ [^{}]*?content: \"([^\"]*)\" \"\\2060\";", html)
        return [bytes.fromhex("".join(part[4:] for part in code.split("\\")[1:])) for code in found]

    assert codes(*LABELS) == [b"Cl", b"Ac"]  # what is not marked is background, or furniture
    assert codes(*LABELS[2:]) == [b"Ba"]
    assert codes("news", "opinion") == [b"N", b"O"]
    assert codes("label-1", "label-2") == [b"1", b"2"]
    many = rendered(page("One.", tuple(f"x{at}" for at in range(PALETTE + 2))))
    assert many.count("--hue: var(--hue-0);") == 2


def test_sentences_without_a_label_of_ours_keep_their_places() -> None:
    whole = page("Menu\n\nOne. Two.\tThree.\n")
    only = LabelledArticle(whole.article, whole.model, whole.sentences[2:3])
    html = rendered(only)
    assert text_of(html) == whole.article.text
    tree = LexborHTMLParser(html)
    assert [node.text() for node in tree.css(".gap")] == ["Menu\n\nOne. "]
    assert [node.text() for node in tree.css("article .s")] == ["Two."]


def test_flags_and_probabilities_are_on_the_sentence() -> None:
    sentence = LabelledSentence(0, 4, "One.", "b", {"a": 0.1234, "b": 0.8766}, truncated=True, uncertain=True)
    html = rendered(LabelledArticle(Article("One."), "m", (sentence,)))
    assert '<span class="s l1" data-p="1234 8766" data-f="ut">One.</span>' in html


def test_the_page_says_what_is_not_on_it() -> None:
    items: Iterable[LabelledArticle] = (page("One.", name=f"page {at}") for at in range(3))
    html = rendered(*items, Failure("bad.html", 4, 17, "is empty", "leave it out"), limit=2)
    assert "the first 2 articles of 3" in html
    assert "page 1" in html
    assert "page 2" not in html
    assert "bad.html:17" in html
    assert "is empty" in html
    assert "leave it out" in html
    assert "No article was labelled." in rendered()


def labelled(text: str, *labels: str) -> LabelledArticle:
    """Label the lines of a text, or what of a line stands between bars."""
    sentences, start = [], 0
    for words, label in zip(re.split(r"[\n|]", text), labels, strict=True):
        shares = dict.fromkeys(LABELS, 0.1) | {label: 0.7}
        sentences.append(LabelledSentence(start, start + len(words), words, label, shares))
        start += len(words) + 1
    return LabelledArticle(Article(text.replace("|", " "), "a", "a"), "m", tuple(sentences))


@pytest.mark.parametrize(
    ("text", "labels", "folds"),
    [
        ("Home\nNews\nIt rained.\nShare\nMore", "ffbff", ["2 lines of furniture", "2 lines of furniture"]),
        ("Home\nNews|Sport\nIt rained.", "fffb", ["2 lines of furniture"]),
        ("Home\nIt rained.\nShare", "fbf", []),
        ("Home\nNews|It rained.\nShare", "ffbf", []),
        ("Home\nIt rained.|Photo: AFP\nShare\nMore", "fbfff", ["2 lines of furniture"]),
        ("It rained.", "b", []),
    ],
)
def test_lines_of_nothing_but_furniture_are_folded_where_there_is_more_than_one(
    text: str, labels: str, folds: list[str]
) -> None:
    names = {"f": "boilerplate", "b": "background"}
    html = rendered(labelled(text, *(names[letter] for letter in labels)))
    tree = LexborHTMLParser(html)
    assert [node.text() for node in tree.css(".fold > summary")] == folds
    assert text_of(html) == text.replace("|", " ")
    assert "It rained." not in "".join(node.text() for node in tree.css(".fold"))


def test_the_index_names_articles_and_leads_to_them_and_to_their_pages(tmp_path: Path) -> None:
    (tmp_path / "a b.html").touch()
    lines = b"".join(
        to_line(page("One. Two.", name=name).to_dict())
        for name in (
            str(tmp_path / "a b.html"),
            "https://news.example/2024/05/13/mill?x=1&y=2",
            "javascript:alert(1)",
            "gone.html",
        )
    )
    inputs = [("out.jsonl", io.BytesIO(lines))]
    tree = LexborHTMLParser("".join(render(inputs, summarise(inputs, 9, tmp_path / "reports"))))
    rows = tree.css("#index > table tbody tr")
    assert [node.attributes["href"] for row in rows for node in row.css("a.page")] == [
        "../a%20b.html",
        "https://news.example/2024/05/13/mill?x=1&y=2",
    ]
    assert "news.example · 2024-05-13 · open page" in rows[1].text()
    places = [row.css_first("a.to").attributes["href"] for row in rows]
    assert places == [f"#{node.attributes['id']}" for node in tree.css("article")]
    assert len(set(places)) == len(rows)


def test_an_article_keeps_its_address_in_every_report_and_twins_have_two() -> None:
    def places(*names: str) -> list[str]:
        return re.findall(r'<article id="([^"]*)"', rendered(*(page("One.", name=name) for name in names)))

    one, two = places("1.html", "2.html")
    assert places("2.html", "1.html", "2.html") == [two, one, f"{two}-2"]


def test_how_far_to_trust_the_labels_is_said_of_the_model_that_gave_them(tmp_path: Path) -> None:
    scores = {"precision": {"value": 0.67}, "recall": {"value": 0.99}}
    report = {"model": "model@1", "labels": {"accusation": scores}, "data": {"name": "held", "articles": 40}}
    (tmp_path / "report.json").write_text(json.dumps(report), encoding="utf-8")

    def said(model: str, folder: Path | None) -> list[str]:
        whole = page("One. Two.")
        inputs = [("out.jsonl", io.BytesIO(to_line(whole.to_dict() | {"model": model})))]
        html = "".join(render(inputs, summarise(inputs, 9), folder))
        return [node.text() for node in LexborHTMLParser(html).css("#trust")]

    assert "".join(said("model@1", tmp_path)) == (
        "About 3 of 10 sentences marked accusation are something else, and fewer than 1 of 10 accusations "
        "are missed. Measured on 40 pages (held)."
    )
    assert said("model@2", tmp_path) == said("model@1", None) == []
    (shipped,) = said(bundle.load().model_id, None)
    assert "marked accusation" in shipped
    assert "marked claim" in shipped


def test_a_page_is_written_beside_and_renamed(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    out.write_text("before", encoding="utf-8")

    def failing() -> Iterable[str]:
        yield "half"
        raise OSError(28, "No space left on device")

    with pytest.raises(UsageError, match="No space"):
        write(failing(), out)
    assert out.read_text(encoding="utf-8") == "before"
    write(["a", "é"], out)
    assert out.read_text(encoding="utf-8") == "aé"
    assert list(tmp_path.iterdir()) == [out]
