"""Readers: what each format's rules make of small samples, guards, laws on any bytes, and 15 real pages."""
# ruff: noqa: RUF001 - typographic marks are the matter here

import codecs
import errno
import gzip
import html as entities
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.extras import needs_parquet, needs_warc

from newsroles import readers
from newsroles.articles import Article, Failure
from newsroles.errors import InputError, MachineError, MissingExtra, UsageError
from newsroles.readers import FORMATS, ReadOptions, documents, html, read, read_source, records, sniff, values
from newsroles.readers.html import to_text
from newsroles.readers.packing import unpack

SHARED = Path(os.environ.get("NEWSROLES_SHARED") or Path(__file__).parents[4] / "shared")
PAGES = SHARED / "corpora" / "pages"


def read_all(data: bytes, name: str, options: ReadOptions | None = None) -> list[Article | Failure]:
    """Read bytes as a source called "in"."""
    return list(read("in", unpack(io.BytesIO(data)), name, options or ReadOptions()))


def read_failure(data: bytes, name: str) -> Failure:
    """Read bytes that make one failure, and nothing else."""
    (failure,) = read_all(data, name)
    assert isinstance(failure, Failure)
    assert failure.reason
    assert failure.next_step
    return failure


def read_text(data: bytes, name: str = "text") -> str:
    """Read bytes that make one article, and give its text."""
    (article,) = read_all(data, name)
    assert isinstance(article, Article), article
    return article.text


def lines_of(page: str) -> list[str]:
    """Return the lines that the reader makes of a page."""
    return to_text(page.encode()).split("\n")


def fold(text: str) -> str:
    """Make all white space single spaces."""
    return " ".join(text.split())


# -- the table, and sniffing


@pytest.mark.parametrize(
    ("path", "head", "expected"),
    [
        ("a.txt", b"<html>", "text"),
        ("a.TEXT", b"", "text"),
        ("a.html", b"plain", "html"),
        ("b/a.HTM", b"", "html"),
        ("a.jsonl", b"", "jsonl"),
        ("a.ndjson", b"\0", "jsonl"),
        ("-", b"The dam held.", "text"),
        ("-", b"", "text"),
        ("a.bin", b"<!DOCTYPE html><p>", "html"),
        ("a", b"\xef\xbb\xbf \n<!-- saved --><!-- twice -->\n<HTML lang=en>", "html"),
        ("a", b"<?xml version='1.0'?><!doctype\thtml>", "html"),
        ("a", codecs.BOM_UTF16_LE + "<html>é".encode("utf-16-le"), "html"),
        ("a", b"<htmlx>", "text"),
        ("a", b'{"text": "cut sho', "jsonl"),
        ("a", b'\n {"a\\"b" : 1}\n{}', "jsonl"),
        ("a", b"{}\n", "jsonl"),
        ("a", b'{\n  "text": "one object on several lines"\n}', "jsonl"),
        ("a", b'[{"text": "an array"}]', "jsonl"),
        ("a", b' [\n {\n "text"  : "an array"', "jsonl"),
        ("a", b"[1] A footnote.", "text"),
        ("a", b'["We won," he said.]', "text"),
        ("a", b"<div class=a><p>One.", "html"),
        ("a", b"<!-- x -->\n<P>One.", "html"),
        ("a", b"<head><title>x", "html"),
        ("a", b"<3 is a heart", "text"),
        ("a", b"<paragraph>", "text"),
        ("a", b"From: a newsroom in Lund\nThe mayor resigned.", "text"),
        ("a", b"{brace} yourselves", "text"),
        ("a", "Ein schöner Tag".encode("cp1252"), "text"),
    ],
)
def test_sniffing(path: str, head: bytes, expected: str) -> None:
    assert sniff(path, head) == expected


@pytest.mark.parametrize("head", [b"PK\x03\x04\0\0", b"\x89PNG\r\n\x1a\n\0", bytes(range(128, 256)) * 9])
def test_binary_of_no_known_suffix_is_refused(head: bytes) -> None:
    with pytest.raises(InputError):
        sniff("a", head)


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"<?xml version='1.0'?>\n<rss version='2.0'><channel><title>News</title>", "XML"),
        (b"<?xml version='1.0'?><article><p>JATS</p></article>", "XML"),
        (b"<!-- x --><feed xmlns='http://www.w3.org/2005/Atom'>", "XML"),
        (b"<!DOCTYPE nitf SYSTEM 'nitf.dtd'>\n<nitf>", "XML"),
        (b"<newsMessage a='b' xmlns='http://iptc.org/std/nar/2006-10-01/'>", "XML"),
        (b"From: <Saved by Blink>\r\nSubject: x\r\nContent-Type: multipart/related;\r\n\ttype=x", "MHTML"),
        (b"%PDF-1.4\n%plain", "a PDF"),
        (b"filedesc://x.arc 0.0.0.0 20240101000000 text/plain 76\n1 0 Org\n", "ARC"),
    ],
)
def test_other_formats_say_what_they_are(head: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_bytes(head)
    (failure,) = read_source(str(path))
    assert isinstance(failure, Failure)
    assert failure.reason.startswith(reason)
    assert failure.next_step


@pytest.mark.parametrize(
    "piece", ["<!-- x -->", "<!--", " ", "a-b: c\n", "a: b\n ", "<a ", "<a x", "xmlns ", "{", "["]
)
def test_sniffing_takes_no_time_over_anything(piece: str) -> None:
    began = time.process_time()
    for head in (piece * 8_000, "<a " + piece * 8_000, piece + " " * 64_000, piece + "x" * 64_000):
        with suppress(InputError):
            sniff("a", head.encode())
    assert time.process_time() - began < 5  # about 0.02 as it is


def test_sniffing_takes_no_time_over_many_comments() -> None:
    began = time.process_time()
    assert sniff("a", b"<!-- -->" * 10_000 + b"x") == "text"
    assert time.process_time() - began < 5  # about 0.01 as it is; backtracking would take for ever


def test_an_unknown_format_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"docx.*text, html, jsonl"):
        read_all(b"", "docx")


def test_formats_are_imported_when_they_are_read() -> None:
    code = "import sys, newsroles.readers; sys.exit('selectolax' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own code


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


def test_trouble_of_the_machine_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(number: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(readers, "_open", lambda *_: fail(errno.ENOSPC))
    with pytest.raises(MachineError, match="--resume to go on"):
        list(read_source("page.txt"))
    monkeypatch.setattr(readers, "_open", lambda *_: fail(errno.EIO))
    (failure,) = read_source("page.txt")
    assert isinstance(failure, Failure)


def test_no_memory_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("newsroles.readers.text.read", fail)
    with pytest.raises(MachineError, match="no memory left"):
        read_all(b"One.", "text")


# -- text


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_text_is_kept_to_the_character(line_end: str) -> None:
    text = f"  Home > News{line_end}{line_end}“Été”,\ta\xa0\u2028title…  {line_end}"
    assert read_all(text.encode(), "text") == [Article(text, "in", "in", 0)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "iso8859-1"])
def test_encodings_of_text(encoding: str) -> None:
    assert read_text("Señora López, café à Genève".encode(encoding)) == "Señora López, café à Genève"


def test_marked_text_of_other_byte_order() -> None:
    assert read_text(codecs.BOM_UTF16_BE + "Día".encode("utf-16-be")) == "Día"
    assert read_text(codecs.BOM_UTF32_BE + "Día".encode("utf-32-be")) == "Día"


def test_typographic_quotes_tell_windows_1252() -> None:
    assert read_text("He said “no” – twice…".encode("cp1252")) == "He said “no” – twice…"


def test_a_few_damaged_bytes_do_not_cost_the_text() -> None:
    data = "“Été” – Σωκράτης".encode()
    assert read_text(data[:-1]) == "“Été” – Σωκράτη\ufffd"
    assert read_text(data[:3] + b"\x9d" + data[3:]) == "“\ufffdÉté” – Σωκράτης"


@pytest.mark.parametrize(
    ("data", "reason", "offset"),
    [
        (b"", "empty", None),
        (b" \t\r\n\xc2\xa0", "empty", None),
        (b"\xef\xbb\xbf", "empty", None),
        (b"The\0\0 dam", "binary", 3),
        ("The dam".encode("utf-16-le"), "binary", 1),
        ("Привет, мир".encode("cp1251"), "binary, or in an encoding that cannot be told", 0),
        ("東京の天気".encode("shift_jis"), "binary, or in an encoding that cannot be told", 0),
        (b"\x01\x02\x03 text", "binary", None),
        (b"\xff\xfe\x00\xd8" * 9, "binary", None),
    ],
)
@pytest.mark.parametrize("name", ["text", "html"])
def test_what_is_no_text_is_a_failure(name: str, data: bytes, reason: str, offset: int | None) -> None:
    failure = read_failure(data, name)
    assert failure.reason.startswith(reason)
    assert (failure.source, failure.index, failure.offset) == ("in", 0, offset)


@pytest.mark.parametrize("name", ["text", "html"])
def test_a_nul_byte_costs_itself(name: str) -> None:
    assert read_text(b"The mayor res\0igned on Monday.", name) == "The mayor res\ufffdigned on Monday."


@pytest.mark.parametrize("name", ["text", "html"])
def test_a_document_over_the_limit_is_a_failure(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LIMIT", 10)
    assert read_text(b"0123456789", name) == "0123456789"
    assert read_failure(b"0123456789x", name).reason == "longer than 10 bytes"


# -- html: encodings


@pytest.mark.parametrize(
    ("declaration", "encoding", "word"),
    [
        ('<meta charset="windows-1251">', "cp1251", "Привет"),
        ("<META CharSet = koi8-r >", "koi8-r", "Привет"),
        ("<meta http-equiv=Content-Type content='text/html; charset=Shift_JIS'>", "cp932", "東京①"),
        ('<?xml version="1.0" encoding="iso-8859-2"?>', "iso8859-2", "Łódź"),
        ('<meta charset="gb2312">', "gb18030", "镕基"),
        ('<meta charset="iso-2022-jp">', "iso2022_jp", "東京"),
        ('<meta charset="iso-8859-1">', "cp1252", "“Été” €"),
        ("<!-- " + "x" * 5_000 + '--><meta charset="cp1253">', "cp1253", "Αθήνα"),
        ("", "utf-8", "Αθήνα"),
        ("", "cp1252", "“Été” €"),
        ("", "utf-16", "Αθήνα"),
        ('<meta charset="windows-1251">', "utf-8-sig", "Été"),
        ('<meta charset="windows-1251">', "utf-8", "Été"),  # re-saved, and its declaration left behind
        ('<meta charset="utf-8">', "cp1252", "“Été” €"),
        ('<meta charset="utf-16">', "utf-8", "Été"),
        ('<meta charset="nonsense">', "utf-8", "Été"),
        ('<meta charset="base64">', "utf-8", "Été"),
        ('<meta charset="utf-7">', "utf-8", "+AGE-"),
        ('<meta charset="unicode_escape">', "utf-8", r"\u0041"),
    ],
)
def test_encodings_of_pages(declaration: str, encoding: str, word: str) -> None:
    assert to_text(f"{declaration}<p>{word} reads well".encode(encoding)) == f"{word} reads well"


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
        "<dialog open>seen</dialog>",
        "<details><p>seen</details>",
        "<html hidden><body style=display:none>seen",
    ],
)
def test_what_readers_may_see_is_kept(shown: str) -> None:
    assert lines_of(shown) == ["seen"]


def test_a_page_that_shows_nothing_is_a_failure() -> None:
    assert read_failure(b"<title>x</title><script>y</script>", "html").reason.startswith("empty")


# -- html: guards


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<div>" * 100_000 + "x", id="nested 100,000 deep"),
        pytest.param("<span>" * 1_000_000 + "x", id="nested a million deep"),
        pytest.param("<div></x>" * 500_000, id="ends of what is not open"),
        pytest.param("".join(f"<p><font color={n}>x" for n in range(20_000)), id="formatting left open"),
        pytest.param("<p " + " ".join(f"a{n}" for n in range(200_000)) + ">x", id="many attributes"),
        pytest.param("".join(f"<x{n}></x{n}>" for n in range(200_000)), id="many names"),
        pytest.param(
            "".join(f"<body {' '.join(f'a{n}_{m}' for m in range(99))}>" for n in range(2_000)),
            id="attributes of many bodies",
        ),
    ],
)
def test_pages_that_would_take_for_ever_are_refused_at_once(page: str) -> None:
    began = time.process_time()
    failure = read_failure(page.encode(), "html")
    assert failure.reason == "nested too deep, or with too many parts"
    assert failure.offset == 1
    assert time.process_time() - began < 10  # about 0.1 as it is


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


def test_odd_pages_are_laid_out_in_a_process_of_their_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = "<nav><a>Home</a><a>News</a></nav><p>Café <b>“Été”</b> \u2028 😀</p>".encode()
    expected = to_text(page)
    (tmp_path / "selectolax.py").write_text("raise SystemExit")  # what lies around is never run
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(html, "ODD_WORK", -1)
    assert to_text(page) == expected


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "ODD_WORK", -1)
    monkeypatch.setattr(html, "SECONDS", 0.01)
    assert read_failure(b"<p>x" * 100_000, "html").reason.startswith("takes more than")


# -- jsonl


def test_records_become_articles() -> None:
    data = (
        b'\xef\xbb\xbf{"id": "a", "text": "One."}\r\n'
        b'{"text": " Two.\\n\\ud800", "more": [1]}\n'
        b"\n  \t\n"
        b'{"id": 12, "text": "Three."}\n'
        b'{"id": null, "text": "Four."}'
    )
    assert read_all(data, "jsonl") == [
        Article("One.", "a", "in", 0),
        Article(" Two.\n\ud800", "in:2", "in", 1, fields={"more": [1]}),
        Article("Three.", "12", "in", 2),
        Article("Four.", "in:6", "in", 3),
    ]
    assert read_all(b"", "jsonl") == []


def test_fields_can_be_named() -> None:
    options = ReadOptions(text_field="body", id_field="url")
    data = b'{"url": "u", "body": "One.", "text": "no", "id": "no"}'
    fields = {"text": "no", "id": "no"}
    assert read_all(data, "jsonl", options) == [Article("One.", "u", "in", 0, url="u", fields=fields)]


@pytest.mark.parametrize(
    ("more", "title", "url", "fields"),
    [
        ({"title": "Ferry stops", "url": "https://a.example/"}, "Ferry stops", "https://a.example/", {}),
        ({"title": "  ", "url": None}, "", "", {}),
        ({"title": ["Ferry"], "url": 3}, "", "", {"title": ["Ferry"], "url": 3}),
        (
            {"date": "2024", "n": float("nan"), "far": [float("inf")]},
            "",
            "",
            {"date": "2024", "n": None, "far": [None]},
        ),
    ],
)
def test_the_other_fields_of_a_record_stay_with_its_article(
    more: dict[str, Any], title: str, url: str, fields: dict[str, Any]
) -> None:
    (article,) = read_all(json.dumps({"text": "One.", **more}).encode(), "jsonl")
    assert article == Article("One.", "in:1", "in", 0, title=title, url=url, fields=fields)


def test_a_record_knows_its_title_better_than_its_page() -> None:
    page = "<!doctype html><title>x</title><h1>Ferry stops early</h1><p>One."
    for more, title in (({}, "Ferry stops early"), ({"title": "Ferry stops"}, "Ferry stops")):
        (article,) = read_all(json.dumps({"text": page, **more}).encode(), "jsonl")
        assert isinstance(article, Article)
        assert (article.title, article.kinds) == (title, ("title", "paragraph"))


def test_fields_that_lie_too_deep_cost_their_record() -> None:
    deep, most = ('{"text": "One.", "more": ' + "[" * depth + "]" * depth + "}" for depth in (50, 48))
    failure, article = read_all(f"{deep}\n{most}".encode(), "jsonl")
    assert isinstance(failure, Failure)
    assert "50 deep" in failure.reason
    assert isinstance(article, Article)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "cut', "not JSON: "),
        (b"plain", "not JSON: "),
        (b"[" * 100_000, "not JSON: "),
        (b'{"text": ' + b"1" * 10_000 + b"}", "not JSON: "),
        (b'{"text": "\xff"}', "not UTF-8 at byte 10 "),
        ('{"text": "x"}'.encode("utf-16"), "not UTF-8 at byte 0 "),
        (b'["text"]', "a JSON value that isn't an object"),
        (b"null", "a JSON value that isn't an object"),
        (b'{"body": "x"}', "no field 'text'"),
        (b"{}", "no field 'text'"),
        (b'{"text": null}', "the field 'text' is no string"),
        (b'{"text": ["a"]}', "the field 'text' is no string"),
        (b'{"text": ""}', "empty"),
        (b'{"text": " \\n\\u00a0"}', "empty"),
    ],
)
def test_a_bad_line_costs_that_line(line: bytes, reason: str) -> None:
    before, failure, after = read_all(b'{"text": "a"}\n\n' + line + b'\n{"text": "b"}\n', "jsonl")
    assert before == Article("a", "in:1", "in", 0)
    assert after == Article("b", "in:4", "in", 2)
    assert isinstance(failure, Failure)
    assert failure.reason.startswith(reason)
    assert (failure.source, failure.index, failure.offset) == ("in", 1, 3)


@pytest.mark.parametrize(
    ("given_id", "expected"),
    [
        ("3.0", "3"),
        ("3.5", "3.5"),
        ("-0.0", "0"),
        ("1e300", str(int(1e300))),
        ("NaN", "in:1"),
        ("-Infinity", "in:1"),
        ('"nan"', "nan"),
        ("true", "in:1"),
        ("{}", "in:1"),
        ('["a"]', "in:1"),
        ('""', "in:1"),
        (json.dumps("x" * 4_096), "x" * 4_096),
        (json.dumps("x" * 4_097), "in:1"),
    ],
)
def test_an_odd_id_costs_the_id(given_id: str, expected: str) -> None:
    line = f'{{"text": "One.", "id": {given_id}}}'.encode()
    assert read_all(line, "jsonl") == [Article("One.", expected, "in", 0)]


ARRAY = [
    {"id": "a", "text": "One.\n"},
    {"text": "Two é, [x] {"},
    7,
    {"body": "x"},
    {"id": 4.0, "text": "Four."},
]


@pytest.mark.parametrize("indent", [None, 2], ids=("one line", "pretty"))
@pytest.mark.parametrize("before", ["", "\ufeff", " \n"], ids=("", "mark", "space"))
@pytest.mark.parametrize("open_with", [io.BytesIO, lambda data: io.BufferedReader(io.BytesIO(data))])
def test_the_objects_of_an_array_are_articles(
    indent: int | None, before: str, open_with: Callable[[bytes], BinaryIO]
) -> None:
    data = (before + json.dumps(ARRAY, indent=indent, ensure_ascii=False)).encode()
    one, two, three, four, five = read("in", open_with(data), "jsonl", ReadOptions())
    assert one == Article("One.\n", "a", "in", 0)
    assert two == Article("Two é, [x] {", "in:2", "in", 1)
    assert isinstance(three, Failure)
    assert three.reason == "a JSON value that isn't an object"
    assert isinstance(four, Failure)
    assert (four.reason, four.offset) == ("no field 'text'", 4)
    assert five == Article("Four.", "4", "in", 4)


def test_objects_on_several_lines_are_articles() -> None:
    pretty = "\n".join(json.dumps({"id": n, "text": "One."}, indent=1) for n in range(2))
    assert [item.id for item in read_all(pretty.encode(), "jsonl") if isinstance(item, Article)] == ["0", "1"]
    half = b'{"id": 1,\n"text": "One."}'
    assert read_all(half, "jsonl") == [Article("One.", "1", "in", 0)]


def test_an_array_longer_than_the_limit_is_read_and_one_that_is_cut_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(values, "LIMIT", 300)
    monkeypatch.setattr(values, "_PIECE", 16)
    data = json.dumps([{"text": "x" * 99}] * 50).encode()
    assert len(read_all(data, "jsonl")) == 50
    *articles, failure = read_all(data[:-9], "jsonl")
    assert len(articles) == 49
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("not JSON: ")
    data = json.dumps([{"text": "x"}, {"text": "x" * 9_999}, {"text": "lost"}]).encode()
    _, failure = read("in", io.BufferedReader(io.BytesIO(data)), "jsonl", ReadOptions())
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("longer than")


@pytest.mark.parametrize(
    "line", [b'{"text": "cut', b'{"text": "cut,', b'{"text": [[[[', b'{"a": 1,, "b":,', b"{,"]
)
def test_a_damaged_first_line_costs_that_line(line: bytes) -> None:
    failure, article = read_all(line + b'\n{"text": "One."}\n', "jsonl")
    assert isinstance(failure, Failure)
    assert isinstance(article, Article)


def test_failures_without_end_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_IN_A_ROW", 3)
    data = b"x\n" * 9 + b'{"text": "One."}\n' + b"x\n" * 4 + b'{"text": "Two."}\n' + b"x\n" * 5
    items = read_all(data, "jsonl")
    assert [item.index for item in items] == list(range(14))
    assert [(item.id, item.index) for item in items if isinstance(item, Article)] == [
        ("in:10", 4),
        ("in:15", 9),
    ]
    reasons = [item.reason.partition(":")[0] for item in items if isinstance(item, Failure)]
    assert reasons[3] == "6 more in a row cannot be read, this the last"
    assert reasons[7] == "not JSON"
    assert reasons[-1] == "2 more in a row cannot be read, this the last"
    assert [item.offset for item in items if isinstance(item, Failure)][3:8] == [9, 11, 12, 13, 14]


def test_a_missing_field_names_those_there_are() -> None:
    assert read_failure(b'{"body": "x", "url": "y"}', "jsonl").next_step == (
        "name the field that holds the text with --text-field; there are: 'body', 'url'"
    )


class Stingy(io.BytesIO):
    """A stream that never gives more than 64 bytes at a time, and refuses to be asked for all."""

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert 0 < size <= 64
        return super().readline(size)


def test_a_line_over_the_limit_is_passed_over_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LIMIT", 63)
    good = b'{"text": "a"}\n'
    stream: BinaryIO = Stingy(good + b"x" * 1_000 + b"\n" + good + b"y" * 64)
    results = list(read("in", stream, "jsonl", ReadOptions()))
    assert [(item.index, type(item)) for item in results] == [
        (0, Article),
        (1, Failure),
        (2, Article),
        (3, Failure),
    ]
    assert [item.offset for item in results if isinstance(item, Failure)] == [2, 4]


def test_records_are_read_one_by_one() -> None:
    stream = io.BytesIO(b'{"text": "a"}\n' * 10_000)
    results = read("in", stream, "jsonl", ReadOptions())
    next(results)
    assert stream.tell() == 14


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
    expected = fold(text) if any(character.isalnum() for character in text) else ""
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
