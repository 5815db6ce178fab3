"""The folder of shards: never written to by accident, whole or not there."""

import shutil
from pathlib import Path

import pytest

from newsroles.errors import UsageError
from newsroles.files import beside
from newsroles.runs.division import Part
from newsroles.runs.shards import Folder


def begin(folder: Folder) -> None:
    with folder.begin({"newsroles": "1"}, resume=False):
        pass


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
