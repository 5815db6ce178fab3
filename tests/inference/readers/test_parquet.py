"""Parquet as an input: a row is an article, and a bad row costs that row."""

import gzip
import io
import random
import re
import signal
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from newsroles.articles import Article, Failure
from newsroles.errors import InputError, MachineError, MissingExtra
from newsroles.readers import ReadOptions, packing, read, read_source
from newsroles.readers.parquet import _check_end, _items

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


def test_a_column_of_bytes_is_read_as_utf_8() -> None:
    one, failure = read_all(table([{"text": "Été".encode(), "id": b"a"}, {"text": b"\xff"}]), "parquet")
    assert one == Article("Été", "a", "in", 0)
    assert isinstance(failure, Failure)
    assert failure.reason == "not UTF-8 at byte 0 of the text"


def test_two_columns_of_one_name_are_told() -> None:
    (failure,) = read_all(twice("text", "id"), "parquet")
    assert isinstance(failure, Failure)
    assert failure.reason == "two columns are called 'text'"
    assert read_all(twice("id", "text"), "parquet") == [Article("One.", "in:1", "in", 0)]


def twice(name: str, other: str) -> bytes:
    """Write a row with two columns of one name."""
    file = io.BytesIO()
    parquet.write_table(pa.table([["One."], ["One."], ["One."]], [name, name, other]), file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("given_id", "expected"),
    [
        (1.0, "1"),
        (1.5, "1.5"),
        (float("nan"), "in:1"),
        (Decimal("3.10"), "3.10"),
        (date(2024, 1, 2), "2024-01-02"),
        (datetime(2024, 1, 2, 3, 4, tzinfo=UTC), "2024-01-02 03:04:00+00:00"),
        (b"\xff\x00", "ff00"),
        (True, "in:1"),
        (["a"], "in:1"),
    ],
)
def test_ids_of_any_type_become_text(given_id: object, expected: str) -> None:
    assert read_all(table([{"text": "One.", "id": given_id}]), "parquet") == [
        Article("One.", expected, "in", 0)
    ]


def bomb(length: int, rows: int, *, as_dictionary: bool) -> bytes:
    """Write a few kB that hold one text `rows` times."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x " * (length // 2)]))
    file = io.BytesIO()
    options = {"compression": "zstd", "store_schema": as_dictionary}
    parquet.write_table(pa.table({"text": texts}), file, **options)
    return file.getvalue()


@pytest.mark.parametrize("as_dictionary", [False, True])
@pytest.mark.parametrize(("length", "rows"), [(20_000_000, 1_000), (900_000, 5_000)])
def test_a_bomb_is_refused_before_it_is_unpacked(
    length: int, rows: int, *, as_dictionary: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsroles.readers.parquet.BYTES", 700_000_000)
    data = bomb(length, rows, as_dictionary=as_dictionary)
    assert len(data) < 200_000
    *items, failure = read_all(data, "parquet")
    assert isinstance(failure, Failure)
    assert re.match(r"unpacks to more than 200 times|damaged, or takes more than 0 GB", failure.reason)
    assert len(items) <= 128


def test_millions_of_empty_rows_are_a_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "FREE", 10_000)
    path = tmp_path / "rows.parquet"
    path.write_bytes(bomb(2, 100_000, as_dictionary=True))
    with path.open("rb") as file:
        *items, last = _items(file, "in", ReadOptions())
    assert last["stop"][0].startswith("unpacks to more than 200 times")
    assert len(items) < 20_000


def test_a_reader_that_is_killed_is_no_fault_of_the_file() -> None:
    with pytest.raises(MachineError, match="was ended"):
        _check_end(-signal.SIGKILL)
    with pytest.raises(InputError, match="damaged, or takes more than"):
        _check_end(-signal.SIGSEGV)


def test_what_is_read_of_a_file_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(table([{"text": str(random.Random(n).getrandbits(9_000))} for n in range(99)]))  # noqa: S311 - no secret
    counts: list[int] = []
    assert len(list(read_source(str(path), count=counts.append))) == 99
    assert 0.6 < sum(counts) / path.stat().st_size < 1.1


def test_a_column_that_is_not_utf_8_costs_its_bad_rows() -> None:
    bad = pa.array([b"One.", b"\xff\xfe"], pa.binary()).view(pa.string())
    file = io.BytesIO()
    parquet.write_table(pa.table({"text": bad}), file)
    one, failure = read_all(file.getvalue(), "parquet")
    assert isinstance(one, Article)
    assert isinstance(failure, Failure)
    assert failure.reason == "not UTF-8 at byte 0 of the text"


def test_a_missing_extra_answers_with_the_pip_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"pip install .*\[parquet\]'"):
        read_all(b"", "parquet")
