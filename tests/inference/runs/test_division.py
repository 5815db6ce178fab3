"""Parts and shards: the same ones every time, and in order."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroles.articles import Article, Failure
from newsroles.runs import division
from newsroles.runs.division import cut, divide


@given(sizes=st.lists(st.integers(0, 5), max_size=20), most=st.integers(1, 6))
def test_every_source_is_in_one_part_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], most: int
) -> None:
    folder = tmp_path_factory.mktemp("sources")
    paths = [folder / str(at) for at in range(len(sizes))]
    for path, size in zip(paths, sizes, strict=True):
        path.write_bytes(b"x" * size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(division, "PART_BYTES", 6)
        parts = list(divide(map(str, paths), most))
    assert [source for part in parts for source in part.sources] == [str(path) for path in paths]
    assert [part.number for part in parts] == list(range(len(parts)))
    for part in parts:
        assert 1 <= len(part.sources) <= most
        assert sum(Path(source).stat().st_size for source in part.sources) <= 6


def test_what_is_not_there_is_in_a_part_too_and_a_large_file_in_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(division, "PART_BYTES", 6)
    large = tmp_path / "large"
    large.write_bytes(b"x" * 50)
    parts = divide(["nowhere", str(tmp_path), str(large), "nowhere"], 9)
    assert [part.sources for part in parts] == [("nowhere", str(tmp_path)), (str(large),), ("nowhere",)]


def test_names_that_cannot_be_are_in_a_part_too() -> None:
    names = ("a\0b.txt", "x" * 300 + ".txt", "x/" * 3_000)
    assert [part.sources for part in divide(names, 9)] == [names]


def test_shards_are_named_in_order_and_closed_early_for_long_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(division, "SHARD_CHARACTERS", 9)
    texts = ["a", "b", "c" * 10, "d", "e"]
    items = [*map(Article, texts), Failure("x", 0, None, "reason", "step")]
    found = list(cut(7, items, 2))
    assert [shard.name for shard in found] == [
        "000007-000000",
        "000007-000001",
        "000007-000002",
        "000007-000003",
    ]
    assert [len(shard.items) for shard in found] == [2, 1, 2, 1]
    assert [item for shard in found for item in shard.items] == items
