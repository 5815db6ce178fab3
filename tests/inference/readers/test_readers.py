"""Readers: what each format's rules make of small samples, guards, laws on any bytes, and 15 real pages."""
# ruff: noqa: RUF001 - typographic marks are the matter here

import gzip
import html as entities
import io
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.extras import needs_parquet, needs_warc
from tests.reading import read_all, read_failure

from newsroles.articles import Article, Failure
from newsroles.errors import InputError, MissingExtra, UsageError
from newsroles.readers import FORMATS, ReadOptions, read_source, sniff
from newsroles.readers.html import to_page, to_text
from newsroles.readers.sources import Sources
from newsroles.readers.xhtml import as_html

SHARED = Path(os.environ.get("NEWSROLES_SHARED") or Path(__file__).parents[4] / "shared")
PAGES = SHARED / "corpora" / "pages"


def lines_of(page: str) -> list[str]:
    """Return the lines that the reader makes of a page."""
    return to_text(page.encode()).split("\n")


def fold(text: str) -> str:
    """Make all white space single spaces."""
    return " ".join(text.split())


# -- sources


def test_a_file_is_read_by_its_path_as_given(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"<p>The dam held.")
    assert list(read_source(str(path))) == [
        Article("The dam held.", str(path), str(path), 0, kinds=("paragraph",))
    ]
    as_text = list(read_source(str(path), ReadOptions(format="text")))
    assert as_text == [Article("<p>The dam held.", str(path), str(path), 0)]


def test_a_dash_is_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b'{"text": "a"}\n{"text": "b", "id": 7}\n'))
    monkeypatch.setattr("sys.stdin", stdin)
    assert list(read_source("-")) == [Article("a", "-:1", "-", 0), Article("b", "7", "-", 1)]
    assert not stdin.closed


def test_a_closed_stdin_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    (failure,) = read_source("-")
    assert isinstance(failure, Failure)
    assert failure.reason == "stdin is closed"
    with pytest.raises(UsageError, match="stdin is closed"):
        Sources(["@-"])


def test_what_cannot_be_opened_is_a_failure(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.txt", tmp_path):
        (failure,) = read_source(str(path))
        assert isinstance(failure, Failure)
        assert (failure.source, failure.index, failure.offset) == (str(path), 0, None)
        assert failure.reason.startswith("cannot be read: ")


def test_binary_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_bytes(b"\x7fELF\0\0")
    (failure,) = read_source(str(path))
    assert isinstance(failure, Failure)
    assert failure.offset == 4


class Torn(io.BytesIO):
    """A stream that breaks off after its first line."""

    def readline(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError("the end is missing")
        return super().readline(size)

    def peek(self) -> bytes:
        return self.getvalue()


def test_a_stream_that_breaks_off_keeps_what_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsroles.readers._open", lambda *_: Torn(b'{"text": "a"}\n{"text": "b"}\n'))
    article, failure = read_source("torn.jsonl")
    assert article == Article("a", "torn.jsonl:1", "torn.jsonl", 0)
    assert isinstance(failure, Failure)
    assert failure.index == 1
    assert "the end is missing" in failure.reason


@pytest.mark.parametrize("name", ["a\0b.txt", "x" * 300 + ".txt", "x/" * 3_000])
def test_a_name_that_cannot_be_is_a_failure(name: str) -> None:
    (failure,) = read_source(name)
    assert isinstance(failure, Failure)
    assert failure.source == name


def test_a_link_to_a_pipe_or_a_device_is_a_failure(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for target in (tmp_path / "pipe", Path("/dev/zero")):
        link = tmp_path / f"{target.name}.txt"
        link.symlink_to(target)
        (failure,) = read_source(str(link))
        assert isinstance(failure, Failure)
        assert failure.reason == "a link to a pipe or a device"


def test_a_missing_extra_costs_its_file_unless_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"PAR1")
    (failure,) = read_source(str(path))
    assert isinstance(failure, Failure)
    assert failure.next_step.endswith("[parquet]'")
    with pytest.raises(MissingExtra):
        list(read_source(str(path), ReadOptions(format="parquet")))


# -- html: lines


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param(
            "<h1>A</h1><p>b<div>c</div><blockquote>d</blockquote>", ["A", "b", "c", "d"], id="blocks"
        ),
        pytest.param("<ul><li>a<li>b<ul><li>c</ul>d</ul>", ["a", "b", "c", "d"], id="lists"),
        pytest.param("<table><tr><th>a<td>b<tr><td>c</table>", ["a", "b", "c"], id="cells"),
        pytest.param("<figure><img alt=x><figcaption>a</figcaption></figure>b", ["a", "b"], id="captions"),
        pytest.param("<p>a<button>b</button>c", ["a", "b", "c"], id="buttons"),
        pytest.param("<p>a<button><svg></svg></button>, c", ["a, c"], id="buttons without a word"),
        pytest.param("one<div>two</div>three", ["one", "two", "three"], id="text around a block"),
        pytest.param("a<br>b<br/><br>c<hr>d", ["a", "b", "c", "d"], id="breaks"),
        pytest.param(
            "<dl><dt>a<dd>b</dl><details><summary>c</summary>d</details>", ["a", "b", "c", "d"], id="terms"
        ),
        pytest.param(
            "<p>He <b>said</b> <a href=x>th<i>a</i>t</a>, <span>and</span> H<sub>2</sub>O<sup>1</sup>.",
            ["He said that, and H2O1."],
            id="inline elements stay in their line",
        ),
        pytest.param("<p> a \n\t b&nbsp;&#8195;c\u2028d\x85e </p>", ["a b c d e"], id="white space"),
        pytest.param("<p>a &shy; re&shy;turn", ["a return"], id="where words may part"),
        pytest.param("<p>&lt;b&gt; &amp;amp; &eacute;&#x1F600;&#146;", ["<b> &amp; é😀’"], id="entities"),
        pytest.param(
            "<p>a</p>—<p>***</p>|<p>_</p><p>5</p><p>é</p>", ["a", "5", "é"], id="lines without a word"
        ),
        pytest.param("<pre>one\ntwo\n \nthree</pre>", ["one two", "three"], id="preformatted"),
        pytest.param("<p>a<x-tip>b</x-tip>c</p>", ["abc"], id="unknown elements are inline"),
        pytest.param(
            "<x-top>One</x-top><x-a><x-p>Two</x-p><x-p>Three</x-p></x-a>",
            ["One", "Two", "Three"],
            id="custom",
        ),
        pytest.param(
            "<span style='display:block'>One</span><b style='color:red;display: FLEX'>Two</b>Three",
            ["One", "Two", "Three"],
            id="blocks by style",
        ),
        pytest.param(
            "<div style='white-space: pre-line'>one\ntwo\n\nthree</div>",
            ["one", "two", "three"],
            id="pre-line",
        ),
        pytest.param(
            "<x-a><template shadowrootmode=open><h1>One</h1><template><p>no</template><p>Two</template></x-a>"
            "<p>Three",
            ["One", "Two", "Three"],
            id="shadow roots",
        ),
        pytest.param("<head><title>No</title><p>yes", ["yes"], id="title"),
        pytest.param("plain", ["plain"], id="no elements"),
    ],
)
def test_one_line_a_block(page: str, expected: list[str]) -> None:
    assert lines_of(page) == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<nav><a>Home</a><a>News</a></nav>", ["Home", "News"]),
        ("<nav><a>Home</a> <a>News</a>\n<a>Sport</a></nav>", ["Home", "News", "Sport"]),
        ("<nav><span><a>Home</a></span><span><a>News</a></span></nav>", ["Home", "News"]),
        ("<nav><a>Home</a> / <a>News</a> / Latest</nav>", ["Home / News / Latest"]),
        ("<div role=navigation><a>Home</a> <a>News</a></div>", ["Home", "News"]),
        ("<footer><a>Terms</a> <a>Privacy</a></footer><p><a>x</a> <a>y</a>", ["Terms", "Privacy", "x y"]),
        ("<div><a>Tennis</a><a>Golf</a></div>", ["Tennis", "Golf"]),
        ("<div><a>Share</a> <a>Print</a></div>", ["Share Print"]),
        ("<div><span>Jane Roe</span><span>5 min read</span></div>", ["Jane Roe 5 min read"]),
        ("<h2><span>CRIME</span><span>Mayor held</span></h2>", ["CRIME Mayor held"]),
        ("<li><a>Home</a><span>open</span></li>", ["Home open"]),
        ("<li><a>Roe</a><span>’s trial</span></li>", ["Roe’s trial"]),
        ("<p>By <a>Jane Roe</a><a>Ali Khan</a></p>", ["By Jane Roe Ali Khan"]),
        ("<p><span>August 30</span><span>(updated 4:30)</span></p>", ["August 30 (updated 4:30)"]),
        ("<p><span>It ended.</span><em>Then it rained.</em></p>", ["It ended. Then it rained."]),
        ("<p><span>T</span><span>he inves</span><span>tigation</span></p>", ["The investigation"]),
        ("<p><b>T</b><span>HE dam</span>", ["THE dam"]),
        ("<p><span>1</span><span>/</span><span>12</span> <i>20</i><b>24</b>", ["1/12 2024"]),
        ("<p>the <a>court</a><em>’s</em> <a>ruling</a><b>,</b> at last", ["the court’s ruling, at last"]),
        (
            "<p>Price:<span style='display:inline-block'>$5</span><i style='float:left'>now</i>",
            ["Price: $5 now"],
        ),
        ("<div><time>5h</time><span>ago</span></div>", ["5h ago"]),
        ("<div><em>By</em><a>Jane Roe</a></div>", ["By Jane Roe"]),
        ("<li><b>reader2</b><span>1 hour ago</span></li>", ["reader2 1 hour ago"]),
        (
            "<div><span class=d><a>May 2, 2017</a></span><span class=by>by <a>Jane Roe</a></span></div>",
            ["May 2, 2017 by Jane Roe"],
        ),
        ("<p>Share<svg></svg>Print<img>Save", ["Share Print Save"]),
        (
            "<p>It fell.<span class=br></span>Then gov<span></span>ernment, x<span></span>.",
            ["It fell. Then government, x."],
        ),
        ("<p>Lon<wbr>don, <a>Lon</a>don and <b>Lon</b><i>don</i>", ["London, London and London"]),
    ],
)
def test_items_are_not_glued_and_words_are_not_torn(page: str, expected: list[str]) -> None:
    assert lines_of(page) == expected


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>var no = '<p>no</p>'</script>",
        "<style>.no { color: red }</style>",
        "<template><p>no</p></template>",
        "<noscript><p>no</p></noscript>",
        "<!-- no --><!--[if IE]><p>no</p><![endif]-->",
        "<div hidden>no<p>no</p></div>",
        "<div hidden=until-found>no</div>",
        "<div style='color:red; DISPLAY : none !important'>no</div>",
        "<span style=visibility:hidden>no</span>",
        "<p style='content-visibility:hidden'>no</p>",
        "<style>p b {color:red} .a,\n#b {Display: none!important}</style><p class='z a'>no</p><p id=b>no</p>",
        "<dialog>no</dialog>",
        "<iframe src=x>no</iframe>",
        "<svg><title>no</title><text>no</text></svg>",
        "<select><option>no<option>no</select>",
        "<textarea>no</textarea><input value=no><img alt=no>",
        "<video>no</video><audio>no</audio><object>no</object><canvas>no</canvas>",
    ],
)
def test_what_no_reader_sees_is_left_out(hidden: str) -> None:
    assert lines_of(f"<body><p>one</p>{hidden}<p>two</p>") == ["one", "two"]
    assert lines_of(f"<head>{hidden}</head><body><p>one</p>") == ["one"]


@pytest.mark.parametrize(
    "shown",
    [
        "<p aria-hidden=true>seen",
        "<p class=hidden>seen",
        "<p style='display: block'>seen",
        "<p style='-webkit-backface-visibility: hidden; backface-visibility:hidden'>seen",
        "<p style='--ad-display:none; color:black'>seen",
        "<p style='background:url(x;display:none)'>seen",
        "<p style=\"content:';display:none'\">seen",
        "<style>.a{display:none} .on .a{display:block}</style><p class=a>seen",
        "<style>@media print{.a{display:none}}/*.a{display:none}*/.b .a{display:none}</style><p class=a>seen",
        "<style>.a,#b{display:none}</style><div class=a><div id=b><p itemprop=articleBody>seen",
        "<dialog open>seen</dialog>",
        "<details><p>seen</details>",
        "<html hidden><body style=display:none>seen",
    ],
)
def test_what_readers_may_see_is_kept(shown: str) -> None:
    assert lines_of(shown) == ["seen"]


def test_a_page_that_shows_nothing_is_a_failure() -> None:
    assert read_failure(b"<title>x</title><script>y</script>", "html").reason.startswith("empty")


# -- html: XHTML

XHTML = (
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head>{}</head><body>{}</body></html>'
)


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("<title/>", "<p>One.</p>", "One."),
        ('<script src="a.js"/><style type = "x" />', "<p>One.</p>", "One."),
        ("", '<iframe src="x"/><textarea/><p>One.</p>', "One."),
        ("", "<p>One<br/> and<img alt='/>'/> two.</p>", "One\nand two."),
        ("", "<p><![CDATA[If a < b & c]]>.</p>", "If a < b & c."),
        ("<script>//<![CDATA[\nx = '<script/>' + '<p/>'\n//]]></script>", "<p>One.</p>", "One."),
        ("<!-- <title/> -->", "<p>One, <!-- <title/> -->and <a href=http://x/>two</a>.</p>", "One, and two."),
    ],
)
def test_what_is_empty_in_xhtml_swallows_nothing(head: str, body: str, expected: str) -> None:
    assert to_text(XHTML.format(head, body)) == expected


def test_an_empty_link_in_xhtml_makes_no_link_of_what_follows() -> None:
    page = '<p><a id="top"/>The council voted on Monday.</p>'
    assert to_page(XHTML.format("", page)).kinds == ("paragraph",)
    served_as_html = XHTML.format("", page).partition("?>")[2]
    assert to_page(served_as_html).kinds == ("link",)  # as browsers have it


@pytest.mark.parametrize("piece", ["<!--", "<![CDATA[", "<script", "<script>", "<a x='", '<a b="c" ', "<a>"])
def test_xhtml_takes_no_time_over_anything(piece: str) -> None:
    began = time.process_time()
    as_html(XHTML.format("", piece * 50_000))
    assert time.process_time() - began < 5  # about 0.1 as it is


# -- html: odd pages


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<div>" * 4_000 + "deep", id="nested 4,000 deep"),
        pytest.param("<p>deep</p>" + "<svg><path d='M0'/></svg>" * 20_000, id="drawings"),
        pytest.param("<p>deep</p><script>" + "'<div>' + " * 50_000 + "</script>", id="tags in scripts"),
        pytest.param("<p>deep</p><!--" + "<div>" * 50_000 + "-->", id="tags in comments"),
        pytest.param("<p>deep</p><select>" + "<option>x</option>" * 60_000, id="options"),
        pytest.param("<p data-x='" + "a b " * 50_000 + "'>deep", id="a long attribute"),
        pytest.param("<p title=it's>deep</p>" + "<div title=it's></div>" * 20_000, id="quotes in attributes"),
        pytest.param("<p>deep" + "<!-->" * 20_000 + "<meta charset " * 5_000, id="broken tags"),
        pytest.param("<p>deep" + "<br>" * 20_000 + "<" * 100_000, id="long"),
    ],
)
def test_pages_that_are_merely_odd_are_read(page: str) -> None:
    began = time.process_time()
    assert lines_of(page) == ["deep"]
    assert time.process_time() - began < 10


# -- laws on anything

_HTML_PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<a>",
            "</a>",
            "<nav>",
            "<li>",
            "<span>",
            "</span>",
            "<b><i>",
            "</b>",
            "<br/>",
            "<pre>",
        ),
        *("<table>", "<td>", "<select>", "<svg>", "<math>", "<template>", "<script>", "</script>", "<!--"),
        *"<>/=&;!-'\" \n\0\ufeff",
        *("-->", "<body hidden>", "style='display:none'", "charset=", "<meta charset=utf-7>", "é", "Word"),
    ]
)
_BYTES = (
    st.binary()
    | st.text().map(str.encode)
    | st.lists(_HTML_PIECES).map(lambda pieces: "".join(pieces).encode())
    | st.recursive(
        st.none() | st.text(), lambda inner: st.dictionaries(st.just("text") | st.text(), inner)
    ).map(lambda value: json.dumps(value).encode() + b"\n")
)


@needs_parquet
@needs_warc
@given(data=_BYTES, name=st.sampled_from(sorted(FORMATS)))
def test_any_bytes_are_articles_or_failures(data: bytes, name: str) -> None:
    results = read_all(data, name)
    assert results == read_all(data, name)
    assert [item.index for item in results] == list(range(len(results)))
    assert {item.source for item in results} <= {"in"}
    for item in results:
        if isinstance(item, Failure):
            assert item.reason
            assert item.next_step
        else:
            assert item.text.strip()
            assert item.id


@given(head=_BYTES)
def test_any_bytes_are_of_a_format_or_refused(head: bytes) -> None:
    with suppress(InputError):
        assert sniff("-", head) in FORMATS


@given(page=_BYTES)
def test_lines_of_any_page_are_folded_and_say_something(page: bytes) -> None:
    try:
        text = to_text(page)
    except InputError:
        return
    for line in text.split("\n") if text else []:
        assert line == fold(line)
        assert any(character.isalnum() for character in line)


@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc"))))
def test_any_text_comes_through_a_page_whole(text: str) -> None:
    page = f"<meta charset=utf-8><p>{entities.escape(text)}</p>"
    expected = fold(text.replace("\u00ad", "")) if any(character.isalnum() for character in text) else ""
    assert to_text(page.encode()) == expected


@given(text=st.text())
def test_any_text_comes_through_jsonl_whole(text: str) -> None:
    results = read_all(json.dumps({"text": text}).encode(), "jsonl")
    assert results == [Article(text, "in:1", "in")] if text.strip() else isinstance(results[0], Failure)


# -- real pages; their texts are their publishers', so nothing of them stands here


def _misplaced(found: list[list[int]]) -> int:
    """Count the paragraphs that stand above the one before them; `found` holds the lines that have each."""
    at = count = 0
    for places in filter(None, found):
        below = [place for place in places if place >= at]
        count += not below
        at = min(below, default=at)
    return count


def _real_pages() -> list[dict[str, Any]]:
    path = PAGES / "paragraphs.json"
    pages: list[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.is_file() else []
    return pages


@pytest.mark.skipif(
    not _real_pages(), reason=f"no real pages in {PAGES}; NEWSROLES_SHARED can name another folder"
)
@pytest.mark.parametrize("page", _real_pages(), ids=lambda page: page["page"])
def test_paragraphs_of_real_pages_come_whole_and_in_order(page: dict[str, Any]) -> None:
    text = to_text(gzip.decompress((PAGES / page["page"]).read_bytes()))
    lines = text.split("\n")
    paragraphs = [fold(paragraph) for paragraph in page["paragraphs"]]
    found = [[at for at, line in enumerate(lines) if paragraph in line] for paragraph in paragraphs]
    torn = [paragraph for paragraph, places in zip(paragraphs, found, strict=True) if not places]
    assert len(torn) <= 1  # on one page the publisher's parser glues what <br> parts
    assert all("".join(paragraph.split()) in "".join(text.split()) for paragraph in torn)
    assert _misplaced(found) <= 1  # the standfirst, which the list gives last
