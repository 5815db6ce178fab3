"""The page holds every text as text and to the letter, and nothing in it may run but our script."""

import base64
import io
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from selectolax.lexbor import LexborHTMLParser
from tests.strategies import texts

from newsroles.articles import Article, Failure, LabelledArticle, LabelledSentence
from newsroles.errors import UsageError
from newsroles.model.sentences import split
from newsroles.records.schema import failure_record, record
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
    lines = b"".join(
        to_line(failure_record(item) if isinstance(item, Failure) else record(item)) for item in items
    )
    inputs = [("out.jsonl", io.BytesIO(lines))]
    return "".join(render(inputs, summarise(inputs, limit)))


def shown(text: str) -> str:
    """Say how a text reads on the page: line breaks are one kind, and what would hide is U+FFFD."""
    text = re.sub("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text)
    return re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "\ufffd", text)


def text_of(html: str) -> str:
    node = LexborHTMLParser(html).css_first("article .text")
    assert node is not None
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
        found = re.findall(r"\.s\.l\d+::before \{ content: \"([^\"]*)\";", html)
        return [bytes.fromhex("".join(part[4:] for part in code.split("\\")[1:])) for code in found]

    assert codes(*LABELS) == [b"Cl", b"Ac", b"Ba", b"Bo"]
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
