"""Parquet as an input: a row is an article, and a bad row costs that row."""

import gzip
import io
from pathlib import Path
from typing import Any

import pytest

from newsroles.articles import Article, Failure
from newsroles.readers import ReadOptions, read, read_source

pa = pytest.importorskip("pyarrow", reason="needs the extra parquet")
parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")


def read_all(data: bytes, name: str, **options: Any) -> list[Article | Failure]:
    return list(read("in", io.BytesIO(data), name, ReadOptions(format=name, **options)))


def table(rows: list[dict[str, Any]]) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), file, row_group_size=2)
    return file.getvalue()


def test_rows_of_parquet_become_articles_and_a_bad_one_costs_itself() -> None:
    rows = [{"text": "One.", "id": 1}, {"text": None, "id": 2}, {"text": "Three.", "id": None}]
    one, failure, three = read_all(table(rows), "parquet")
    assert (one, three) == (Article("One.", "1", "in", 0), Article("Three.", "in:3", "in", 2))
    assert isinstance(failure, Failure)
    assert (failure.index, failure.offset) == (1, 2)


def test_parquet_comes_through_a_pipe_and_packed(tmp_path: Path) -> None:

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
