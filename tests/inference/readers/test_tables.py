"""CSV, TSV and Parquet as inputs: a row is an article, and a bad row costs that row."""

import io
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from newsroles.articles import Article, Failure
from newsroles.errors import MissingExtra
from newsroles.readers import ReadOptions, read, read_source, records


def read_all(data: bytes, name: str, **options: Any) -> list[Article | Failure]:
    return list(read("in", io.BytesIO(data), name, ReadOptions(format=name, **options)))


def table(rows: list[dict[str, Any]]) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), file, row_group_size=2)
    return file.getvalue()


# -- csv


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
    (failure,) = read_all(data, "csv")
    assert isinstance(failure, Failure)
    assert failure.reason.startswith(reason)


@pytest.mark.parametrize("row", [b"x" * 200, b"x\n" * 100, b'a","\n' * 100], ids=("line", "field", "row"))
def test_a_row_over_the_limit_ends_the_file(row: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LIMIT", 100)
    monkeypatch.setattr("newsroles.readers.csv.LIMIT", 100)
    before, failure = read_all(b'text,id\nOne.,1\n"' + row, "csv")
    assert isinstance(before, Article)
    assert isinstance(failure, Failure)
    assert "longer than 100 bytes" in failure.reason


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip), min_size=1))
def test_any_text_comes_through_csv_whole(texts: list[str]) -> None:
    quoted = ('"' + text.replace('"', '""') + '"\n' for text in texts)
    items = read_all(("text\n" + "".join(quoted)).encode(), "csv")
    assert [item.text for item in items if isinstance(item, Article)] == texts


# -- parquet


def test_rows_of_parquet_become_articles_and_a_bad_one_costs_itself() -> None:
    rows = [{"text": "One.", "id": 1}, {"text": None, "id": 2}, {"text": "Three.", "id": None}]
    one, failure, three = read_all(table(rows), "parquet")
    assert (one, three) == (Article("One.", "1", "in", 0), Article("Three.", "in:3", "in", 2))
    assert isinstance(failure, Failure)
    assert (failure.index, failure.offset) == (1, 2)


def test_other_columns_of_parquet_become_what_json_has() -> None:
    row = {
        "text": "One.",
        "url": "https://a.example/",
        "day": date(2024, 5, 1),
        "time": datetime(2024, 5, 1, 12, tzinfo=UTC),
        "price": Decimal("1.50"),
        "note": b"caf\xc3\xa9",
        "image": b"\xff\xd8",
        "tags": ["a", None],
        "number": float("nan"),
    }
    (article,) = read_all(table([row]), "parquet")
    assert isinstance(article, Article)
    assert article.url == "https://a.example/"
    assert article.fields == {
        "day": "2024-05-01",
        "time": "2024-05-01T12:00:00+00:00",
        "price": "1.50",
        "note": "café",
        "image": None,
        "tags": ["a", None],
        "number": None,
    }


def test_a_cell_that_python_has_no_value_for_costs_itself() -> None:
    file = io.BytesIO()
    bad = pa.array([b"\xff"], pa.binary()).view(pa.string())
    late = pa.array([2**60], pa.timestamp("ms"))  # no datetime reaches so far
    parquet.write_table(pa.table({"text": ["One."], "bad": bad, "late": late}), file)
    (article,) = read_all(file.getvalue(), "parquet")
    assert isinstance(article, Article)
    assert article.fields["bad"] is None
    assert set(article.fields) == {"bad", "late"}


def test_parquet_comes_through_a_pipe_and_packed(tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "rows.parquet.gz"
    path.write_bytes(gzip.compress(table([{"text": "One."}])))
    assert [item.text for item in read_source(str(path)) if isinstance(item, Article)] == ["One."]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not Parquet, or damaged: "),
        (b"PAR1", "not Parquet, or damaged: "),
        (table([{"text": "One."}])[:-9], "not Parquet, or damaged: "),
        (table([{"body": "One."}]), "no field 'text'"),
    ],
)
def test_what_is_no_parquet_is_one_failure(data: bytes, reason: str) -> None:
    (failure,) = read_all(data, "parquet")
    assert isinstance(failure, Failure)
    assert failure.reason.startswith(reason)


def test_a_column_that_is_not_utf_8_costs_its_bad_rows() -> None:
    bad = pa.array([b"One.", b"\xff\xfe"], pa.binary()).view(pa.string())
    file = io.BytesIO()
    parquet.write_table(pa.table({"text": bad}), file)
    one, failure = read_all(file.getvalue(), "parquet")
    assert isinstance(one, Article)
    assert isinstance(failure, Failure)
    assert failure.reason == "not UTF-8"


@pytest.mark.parametrize(("name", "package"), [("parquet", "pyarrow"), ("warc", "fastwarc.warc")])
def test_a_missing_extra_answers_with_the_pip_line(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=rf"pip install 'newsroles\[{name}\]'"):
        read_all(b"", name)
