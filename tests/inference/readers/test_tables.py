"""CSV and TSV as inputs: a row is an article, and a bad row costs that row."""

import re
from pathlib import Path

import pytest
from tests.reading import read_all, read_failure

from newsroles.articles import Article, Failure
from newsroles.readers import read_source


def test_rows_become_articles_and_quoted_line_breaks_stay() -> None:
    data = b'\xef\xbb\xbfid,text,more\r\na,"One, ""two"".\r\nThree.",x\r\n\r\n,Four.,\r\n7,Five.,'
    assert read_all(data, "csv") == [
        Article('One, "two".\r\nThree.', "a", "in", 0, fields={"more": "x"}),
        Article("Four.", "in:5", "in", 1, fields={"more": ""}),
        Article("Five.", "7", "in", 2, fields={"more": ""}),
    ]


def test_tsv_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text("text\tid\nOne, two.\ta\n")
    assert [item.text for item in read_source(str(path)) if isinstance(item, Article)] == ["One, two."]


def test_a_name_s_last_ending_tells(tmp_path: Path) -> None:
    path = tmp_path / "dump.tsv.2024.csv"
    path.write_text("text,id\nOne.,a\n")
    assert [item.text for item in read_source(str(path)) if isinstance(item, Article)] == ["One."]


def test_columns_can_be_named() -> None:
    assert read_all(b"url,body\nu,One.\n", "csv", text_field="body", id_field="url") == [
        Article("One.", "u", "in", 0, url="u")
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"b", "has 1 fields, not 2"),
        (b"b,two, three", "has 3 fields, not 2"),
        (b'b,"he "said" so"', "not CSV in the lines 3 to 3: "),
        (b"b,\xff", "not UTF-8"),
        (b"b,", "empty"),
    ],
)
def test_a_bad_row_costs_that_row(row: bytes, reason: str) -> None:
    before, failure, after = read_all(b"id,text\na,One.\n" + row + b"\nc,Two.\n", "csv")
    assert before == Article("One.", "a", "in", 0)
    assert after == Article("Two.", "c", "in", 2)
    assert isinstance(failure, Failure)
    assert failure.reason.startswith(reason)
    assert (failure.index, failure.offset) == (1, 3)


def test_lines_that_a_stray_quotation_mark_swallows_are_named() -> None:
    failure, after = read_all(b'text\n"One.\nTwo.\n"Three."\nFour.\n', "csv")
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("not CSV in the lines 2 to 4: ")
    assert isinstance(after, Article)


@pytest.mark.parametrize(
    ("data", "reason"), [(b"", "empty"), (b"\n\n", "empty"), (b"id,body\n1,x\n", "no field 'text'")]
)
def test_a_file_without_the_column_is_one_failure(data: bytes, reason: str) -> None:
    assert read_failure(data, "csv").reason.startswith(reason)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
@pytest.mark.parametrize("name", ["csv", "tsv", "jsonl"])
def test_utf_16_is_told(name: str, encoding: str) -> None:
    assert read_failure("\ufeffid\ttext\n1\tOne.\n".encode(encoding), name).reason == "in UTF-16"


def test_lines_may_end_in_cr_alone() -> None:
    assert read_all(b'id,text\ra,One.\rb,"Two\r\rlines."\rc\r', "csv")[:2] == [
        Article("One.", "a", "in", 0),
        Article("Two\n\nlines.", "b", "in", 1),
    ]
    assert read_all(b"id,text\ra,One\x0btwo\x0cthree.\r", "csv") == [
        Article("One\x0btwo\x0cthree.", "a", "in", 0)
    ]


def test_a_column_of_ids_that_was_named_must_be_there() -> None:
    (failure,) = read_all(b"id,text\n1,One.\n", "csv", id_field="url")
    assert isinstance(failure, Failure)
    assert failure.reason == "no field 'url'"
    assert failure.next_step == "name that of ids with --id-field; there are: 'id', 'text'"


@pytest.mark.parametrize("line", [b"sep=;\r\n", b'"sep=;"\n', b"\xef\xbb\xbfSEP=;\n", b"sep=;\n\xef\xbb\xbf"])
def test_the_first_line_may_tell_what_parts_the_columns(line: bytes) -> None:
    one, failure = read_all(line + b'id;text\n1;"One; two."\n2\n', "csv")
    assert one == Article("One; two.", "1", "in", 0)
    assert isinstance(failure, Failure)
    assert failure.offset == 4


@pytest.mark.parametrize(
    ("mark", "name", "step"), [(";", "semicolons", "sep=;"), ("\t", "tabs", "tsv"), ("|", "bars", r"sep=\|")]
)
def test_columns_that_something_else_parts_are_told(mark: str, name: str, step: str) -> None:
    failure = read_failure(f"id{mark}text\n1{mark}One.\n".encode(), "csv")
    assert failure.reason == f"its columns are parted by {name}, not by commas"
    assert re.search(step, failure.next_step)
