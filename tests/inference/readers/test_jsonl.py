"""JSON lines, and JSON that is in none: a record is an article, and a bad one costs itself."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from tests.reading import read_all, read_failure

from newsroles import readers
from newsroles.articles import Article, Failure
from newsroles.readers import ReadOptions, packing, read, read_source, records, values


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
    data = b'{"url": "u", "body": "One.", "text": "no", "id": "no"}'
    fields = {"text": "no", "id": "no"}
    assert read_all(data, "jsonl", text_field="body", id_field="url") == [
        Article("One.", "u", "in", 0, url="u", fields=fields)
    ]


@pytest.mark.parametrize(
    ("more", "title", "url", "fields"),
    [
        ({"title": "Ferry stops", "url": "https://a.example/"}, "Ferry stops", "https://a.example/", {}),
        ({"title": "  ", "url": None}, "", "", {}),
        ({"title": ["Ferry"], "url": 3}, "", "", {"title": ["Ferry"], "url": 3}),
        (
            {"day": "2024", "n": float("nan"), "far": [float("inf")]},
            "",
            "",
            {"day": "2024", "n": None, "far": [None]},
        ),
    ],
)
def test_the_other_fields_of_a_record_stay_with_its_article(
    more: dict[str, Any], title: str, url: str, fields: dict[str, Any]
) -> None:
    (article,) = read_all(json.dumps({"text": "One.", **more}).encode(), "jsonl")
    assert article == Article("One.", "in:1", "in", 0, title=title, url=url, fields=fields)


@pytest.mark.parametrize(
    ("given", "date", "fields"),
    [
        ("2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z", {}),
        (" ", "", {}),
        (1714521600, "", {"date": 1714521600}),
    ],
)
def test_an_article_has_the_date_of_its_record(given: Any, date: str, fields: dict[str, Any]) -> None:
    (article,) = read_all(json.dumps({"text": "One.", "date": given}).encode(), "jsonl")
    assert article == Article("One.", "in:1", "in", 0, date=date, fields=fields)


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


@pytest.mark.parametrize("between", [b"", b"\n"], ids=["one line", "pretty"])
def test_what_is_not_utf8_in_an_array_costs_its_object(between: bytes) -> None:
    objects = [
        b'{"text": "One \xc3\xa9."}',
        b'{"text": "B\xfcrger"}',
        b'{"text": "\\ud800 \xed\xb2\x80"}',
        b'{"text": "Four."}',
    ]
    one, two, three, four = read_all(b"[" + between + b",".join(objects) + b"]", "jsonl")
    assert one == Article("One é.", "in:1", "in", 0)
    for failure, byte in ((two, 11), (three, 17)):
        assert isinstance(failure, Failure)
        assert failure.reason == f"not UTF-8 at byte {byte} of the value"
        assert failure.next_step == "convert the file to UTF-8"
    assert four == Article("Four.", "in:4", "in", 3)


@pytest.mark.parametrize(
    ("data", "failures"),
    [(b"[]", 0), (b"[\n]\n", 0), (b'["a", "b"]', 1), (b'[\n"a",\n"b"]', 2), (b'[[{"text": "a."}]]', 1)],
)
def test_json_without_records_makes_no_article(data: bytes, failures: int, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    items = list(read_source(path))
    assert len(items) == failures
    assert all(isinstance(item, Failure) and "isn't an object" in item.reason for item in items)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>The mayor <b>lied</b>, he said.</p>", "The mayor lied, he said."),
        ("<!-- wp:paragraph -->\n<p class='a' data-x=1>One &amp; all.<p>Two.", "One & all.\nTwo."),
        ('<a href="/x">Roe</a> lied.', "Roe lied."),
        ("<STRONG>LUND</STRONG> It rained.", "LUND It rained."),
        ("<br/>One.", "One."),
        ("<h2>One</h2>\n\n<p>Two\nthree.</p>\n", "One\nTwo three."),
        ("<strong>LUND</strong> It rained.\n\nThe dam held", None),
        ("<img src=a.png>\nOne\nTwo", None),
        ("<b he said", None),
        ("<b he said, and left> the room</b>", None),
        ("<i> is for irony", None),
        ("<a or b> it is", None),
        ("The mayor <b>lied</b>.", None),
        ("<3 <b>x</b>", None),
        ("<par>x</par>", None),
    ],
)
def test_a_text_that_is_a_piece_of_a_page_is_read_as_that(text: str, expected: str | None) -> None:
    (article,) = read_all(json.dumps({"text": text}).encode(), "jsonl")
    assert isinstance(article, Article)
    assert article.text == (expected or text)
    assert bool(article.kinds) == bool(expected)


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


@pytest.mark.parametrize("line", [b"\n", b"x\n"], ids=("blank", "failed"))
def test_lines_without_end_in_a_packed_file_are_a_bomb(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "FREE", 10_000)
    *items, failure = read_all(gzip.compress(b'{"text": "a"}\n' + line * 4_000), "jsonl")
    assert isinstance(failure, Failure)
    assert "unpacks to more than 200 times its size" in failure.reason
    assert failure.offset
    assert len(items) < failure.offset < 2_000
    assert len(read_all(line * 4_000 + b'{"text": "a"}\n', "jsonl")) <= 1_002  # but plain ones are not
