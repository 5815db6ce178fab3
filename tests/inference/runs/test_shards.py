"""Parts and shards: the same ones every time, and in order."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroles.articles import Article, Failure
from newsroles.errors import UsageError
from newsroles.files import beside
from newsroles.runs import shards
from newsroles.runs.shards import Folder, Part, cut, divide


def begin(folder: Folder) -> None:
    with folder.begin({"newsroles": "1"}, resume=False):
        pass


@given(sizes=st.lists(st.integers(0, 5), max_size=20), most=st.integers(1, 6))
def test_every_source_is_in_one_part_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], most: int
) -> None:
    folder = tmp_path_factory.mktemp("sources")
    paths = [folder / str(at) for at in range(len(sizes))]
    for path, size in zip(paths, sizes, strict=True):
        path.write_bytes(b"x" * size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "PART_BYTES", 6)
        parts = list(divide(map(str, paths), most))
    assert [source for part in parts for source in part.sources] == [str(path) for path in paths]
    assert [part.number for part in parts] == list(range(len(parts)))
    for part in parts:
        assert 1 <= len(part.sources) <= most
        assert sum(Path(source).stat().st_size for source in part.sources) <= 6


def test_what_is_not_there_is_in_a_part_too_and_a_large_file_in_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "PART_BYTES", 6)
    large = tmp_path / "large"
    large.write_bytes(b"x" * 50)
    parts = divide(["nowhere", str(tmp_path), str(large), "nowhere"], 9)
    assert [part.sources for part in parts] == [("nowhere", str(tmp_path)), (str(large),), ("nowhere",)]


def test_shards_are_named_in_order_and_closed_early_for_long_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD_CHARACTERS", 9)
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


@pytest.mark.parametrize(
    ("made", "flags", "word"),
    [
        ("file", {}, "no folder"),
        ("others", {}, "holds other files"),
        ("others", {"overwrite": True}, "holds other files"),  # never to be emptied
        ("begun", {}, "unfinished run.*--resume"),
        ("complete", {}, "already there.*--overwrite"),
        ("homeless", {}, "no such folder"),
    ],
)
def test_a_folder_is_never_written_to_by_accident(
    tmp_path: Path, made: str, flags: dict[str, bool], word: str
) -> None:
    out = tmp_path / "out"
    if made == "file":
        out.touch()
    elif made == "others":
        out.mkdir()
        (out / "part-of-me.txt").touch()
    elif made == "homeless":
        out = out / "deeper"
    else:
        begin(Folder(out))
        if made == "complete":
            Folder(out).finish([], tmp_path / "errors")
    with pytest.raises(UsageError, match=word):
        Folder(out).check(**{"resume": False, "overwrite": False} | flags)


@pytest.mark.parametrize("flags", [{"resume": True}, {"overwrite": True}, {}])
def test_a_folder_that_is_ours_or_empty_may_be_written_to(tmp_path: Path, flags: dict[str, bool]) -> None:
    out = tmp_path / "out"
    if flags:
        begin(Folder(out))
    else:
        out.mkdir()
    Folder(out).check(**{"resume": False, "overwrite": False} | flags)
    assert out.is_dir()


def test_a_finished_folder_can_do_without_its_notes(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out")
    begin(folder)
    folder.finish([], tmp_path / "errors")
    shutil.rmtree(folder.path / "_run")
    folder.check(resume=True, overwrite=False)
    with pytest.raises(UsageError, match="already there"):
        folder.check(resume=False, overwrite=False)


def test_what_comes_beside_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with pytest.raises(ZeroDivisionError), beside(path) as file:  # noqa: PT012 - what raises is the body
        file.write(b"half")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with beside(path) as file:
        file.write(b"whole")
        assert not path.exists()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"whole"]


def test_without_room_it_says_what_to_do(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match=r"No such file or directory; make room.*--resume"),
        beside(tmp_path / "no" / "x"),
    ):
        pass


def test_a_missing_shard_is_noticed(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out")
    begin(folder)
    part = Part(0, ("x",))
    with pytest.raises(UsageError, match=r"missing.*--resume"):
        folder.finish([part], tmp_path / "errors")
    folder.note_read(part, 0)
    assert folder.finish([part], tmp_path / "errors").labelled == 0
    assert folder.is_complete
