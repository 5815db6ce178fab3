"""Bytes become the characters that a browser would show."""
# ruff: noqa: RUF001 - typographic marks are the matter here

import codecs
import time
import tracemalloc

import pytest
from tests.reading import read_all, read_failure, read_text

from newsroles.articles import Article
from newsroles.errors import InputError, UsageError
from newsroles.readers import documents, html
from newsroles.readers.encodings import codec, declared, decode
from newsroles.readers.html import to_text


@pytest.mark.parametrize(
    ("label", "encoding", "text"),
    [
        ("x-mac-roman", "mac-roman", "The mayor’s café closed — “for good”."),
        ("x-cp1250", "cp1250", "Burmistrz podał się do dymisji."),
        ("iso-8859-8-i", "iso8859-8", "ראש העיר התפטר."),
        ("x-sjis", "cp932", "市長は辞任した①。"),
        ("x-euc-jp", "euc_jp", "The mayor (市長) resigned."),
        ("x-gbk", "gb18030", "市长€辞职。"),
        ("unicode11utf8", "utf-8", "Été"),
        ("dos-874", "cp874", "นายก"),
        ("ks_c_5601-1987", "cp949", "시장이 사임했다."),
        ("x-x-big5", "big5hkscs", "市長辭職。"),
        ("x-mac-ukrainian", "mac-cyrillic", "Мер пішов."),
        ("sun_eu_greek", "iso8859-7", "Ο δήμαρχος παραιτήθηκε."),
    ],
)
def test_labels_are_those_of_browsers(label: str, encoding: str, text: str) -> None:
    page = f"<html><head><meta charset='{label}'></head><p>{text}</p>".encode(encoding)
    assert to_text(page) == text


@pytest.mark.parametrize(
    "label", ["cp037", "utf_7", "unicode_escape", "idna", "rot13", "mbcs", "hex", "ä", ""]
)
def test_names_that_only_python_knows_are_no_labels(label: str) -> None:
    assert codec(label) == ""


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<!-- <meta charset=koi8-r> --><meta charset=big5>", "big5"),
        ("<!--> <meta charset=big5>", "big5"),
        ("<script>'<meta charset=koi8-r>'</script><meta charset=big5>", "big5"),
        ("<style>/* <meta charset=koi8-r> */</style><meta charset=big5>", "big5"),
        ("<title><meta charset=koi8-r></title><meta charset=big5>", "big5"),
        ("<meta name=x content='charset=koi8-r'><meta charset=big5>", "big5"),
        ("<meta name=description content='a > b <meta charset=koi8-r>'><META CHARSET = \"Big5\" >", "Big5"),
        ("<p title='<meta charset=koi8-r>'><meta charset=big5>", "big5"),
        ("<meta data-charset=koi8-r><meta charset=big5>", "big5"),
        ("<metas charset=koi8-r><meta/charset=big5>", "big5"),
        ("<meta charset=no-such><meta charset=big5>", "big5"),
        ("<meta charset=big5 charset=koi8-r>", "big5"),
        ("<meta content='text/html; charset=big5' http-equiv=Content-Type>", "big5"),
        ("<meta http-equiv=content-type content=text/html; charset=big5>", "big5"),
        ("<meta http-equiv=content-type content='text/html;charset = \"big5\"'>", "big5"),
        (" <?xml version='1.0' encoding='big5'?>", "big5"),
        ("<p><?xml version='1.0' encoding='koi8-r'?>", ""),
        ("<meta charset>", ""),
        ("<meta charset=big5", "big5"),
        ("", ""),
    ],
)
def test_what_a_page_declares(head: str, expected: str) -> None:
    assert declared(head.encode()) == expected


@pytest.mark.parametrize(
    "piece",
    ["<meta charset=", "<meta charset", "<meta ", "<!--", "<script>", "<a b='", '<meta a="', " ", "<"],
)
@pytest.mark.parametrize("filler", [" ", "x", "=", "'", "<", "-"])
def test_what_declares_nothing_takes_no_time(piece: str, filler: str) -> None:
    began = time.process_time()
    for page in (piece + filler * 65_000, piece * 10_000 + filler * 65_000, (piece + filler * 99) * 700):
        declared(page.encode())
    assert time.process_time() - began < 5  # about 0.02 as it is


def test_what_is_no_text_takes_little_memory() -> None:
    text = "\ufffd" * 100_000
    tracemalloc.start()
    with pytest.raises(InputError, match="binary: 100,000 of its 100,000 characters cannot be text"):
        decode(codecs.BOM_UTF8 + text.encode())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 30 * len(text)  # a string for each would take 84


UTF_8 = "The café “would not reopen” — not before spring.\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            UTF_8.encode() + "The minister’s aide said “no”.".encode("cp1252"),
            UTF_8 + "The minister’s aide said “no”.",
        ),
        ("One café. ".encode() + "One café.".encode("cp1252"), "One café. One café."),
        ("The ’90s".encode("cp1252") + " — late".encode(), "The ’90s — late"),
        ("Fire \U0001f692 — he left.".encode("utf-16", "surrogatepass"), "Fire \U0001f692 — he left."),
        (b"Fire \xed\xa0\xbd\xed\xba\x92 \xe2\x80\x94 he left.", "Fire \U0001f692 — he left."),
        (b"Fire \xed\xa0\xbd\xed\xba\x92 came and he left.", "Fire \U0001f692 came and he left."),
        ("He said “café”.".encode("cp1252") + "“Oui”".encode(), "He said “café”.“Oui”"),
        (UTF_8.encode() + b"\xe2\x80", UTF_8 + "\ufffd"),
        ("The end of the café".encode("cp1252"), "The end of the café"),
        (b"He res\0igned.", "He res\ufffdigned."),
    ],
)
def test_only_the_odd_bytes_are_read_as_windows_1252(data: bytes, expected: str) -> None:
    assert decode(data) == expected
    assert decode(data, "utf-8") == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7\n1 0 obj << /Type /Catalog >> plain enough to be text", "a PDF"),
        (b"{\\rtf1\\ansi The mayor resigned.}", "RTF"),
        (b"PK\x03\x04 and letters", "binary: a zip file"),
        (b"filedesc://x.arc 0.0.0.0 20240101000000 text/plain 76\n", "ARC"),
        (b"\0\0 tar", "binary: it is full of NUL"),
    ],
)
def test_other_files_say_what_they_are(data: bytes, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(data)
    assert caught.value.reason.startswith(reason)
    assert caught.value.next_step


def test_encodings_that_hide_markup_are_refused_where_they_are_used() -> None:
    with pytest.raises(InputError, match="browsers refuse"):
        decode("市长".encode("hz"), "hz-gb-2312")
    assert decode(b"plain", "hz-gb-2312") == "plain"
    assert decode("市长 — x".encode(), "iso-2022-kr") == "市长 — x"


@pytest.mark.parametrize(
    ("declaration", "encoding", "word"),
    [
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
        ('<meta charset="utf-7">', "utf-8", "+AGE-"),
    ],
)
def test_encodings_of_pages(declaration: str, encoding: str, word: str) -> None:
    assert to_text(f"{declaration}<p>{word} reads well".encode(encoding)) == f"{word} reads well"


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


@pytest.mark.parametrize(
    "page", [b"<p>Caf\xe9", b"<p>Caf\xe9" + b"<!-- long -->" * html.SMALL], ids=("short", "long")
)
def test_a_charset_is_a_str_or_none(page: bytes) -> None:
    assert to_text(page, None) == to_text(page, "latin-1") == to_text(page) == "Café"
    with pytest.raises(UsageError, match="a charset is a str or None; this is of type bytes; give its name"):
        to_text(page, b"latin-1")  # type: ignore[arg-type]
