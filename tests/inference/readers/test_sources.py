"""What the command line names, as files."""

import gzip
import io
import os
from pathlib import Path
from threading import Thread

import pytest

from newsroles.errors import UsageError
from newsroles.readers.sources import Sources

FILES = (
    "b.html",
    "a.txt",
    "c.jsonl.gz",
    "d.png",
    "e",
    ".hidden.txt",
    "sub/f.WARC",
    "sub/deep/g.csv",
    ".git/h.txt",
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in FILES:
        path = Path("pages", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("12345")


def test_a_folder_stands_for_its_pages_sorted_and_counts_the_others() -> None:
    sources = Sources(["pages"])
    expected = ["a.txt", "b.html", "c.jsonl.gz", "sub/f.WARC", "sub/deep/g.csv"]
    for _ in range(2):
        assert list(sources) == [f"pages/{name}" for name in expected]
        assert sources.skipped == 2


@pytest.mark.parametrize(
    ("content", "is_read"),
    [
        ('{"text": "One."}', True),
        ('{\n  "id": "a",\n  "text": "One."\n}', True),
        ('[{"id": "a", "text": "One."}]', True),
        ('\ufeff\n[\n{"text": "One."}\n]', True),
        ('{"id": "a", "text": "One.', True),  # damaged: a failure
        ('{"name": "settings", "version": 1}', False),
        ("[1, 2]", False),
        ('"text"', False),
        ("", False),
    ],
)
@pytest.mark.parametrize("name", ["r.json", "R.JSON", "r.json.gz"])
def test_json_in_a_folder_is_read_if_it_holds_records(name: str, content: str, *, is_read: bool) -> None:
    data = content.encode()
    Path("pages", name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    sources = Sources(["pages"])
    assert (f"pages/{name}" in list(sources)) == is_read
    assert sources.skipped == 3 - is_read


@pytest.mark.parametrize(
    "data", [gzip.compress(gzip.compress(b"[]")), b"\x1f\x8b damaged"], ids=["packed twice", "damaged"]
)
def test_json_in_a_folder_that_cannot_be_read_fails_when_it_is(data: bytes) -> None:
    Path("pages/r.json.gz").write_bytes(data)
    assert "pages/r.json.gz" in list(Sources(["pages"]))


def test_json_in_a_folder_has_the_text_in_the_field_that_is_named() -> None:
    Path("pages/r.json").write_text('{"text": 3, "body": "One."}')
    Path("pages/s.json").write_text('{"text": "One."}')
    found = list(Sources(["pages"], text_field="body"))
    assert "pages/r.json" in found
    assert "pages/s.json" not in found


def test_any_name_will_do_where_the_format_is_given() -> None:
    sources = Sources(["pages"], any_name=True)
    assert {"pages/d.png", "pages/e"} <= set(sources)
    assert sources.skipped == 0


def test_files_are_taken_whatever_they_are_called_and_as_often_as_they_are_named() -> None:
    assert list(Sources(["pages/e", "-", "pages/e", "nowhere"])) == ["pages/e", "-", "pages/e", "nowhere"]


def test_a_folder_without_pages_stands_for_itself() -> None:
    Path("empty").mkdir()
    assert list(Sources(["empty"])) == ["empty"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("pages/*.html", ["pages/b.html"]),
        ("pages/**/*.csv", ["pages/sub/deep/g.csv"]),
        ("pages/s*", ["pages/sub/f.WARC", "pages/sub/deep/g.csv"]),
        ("pages/*.pdf", ["pages/*.pdf"]),
    ],
)
def test_globs(pattern: str, expected: list[str]) -> None:
    assert list(Sources([pattern])) == expected


def test_a_file_that_is_called_like_a_glob_is_itself() -> None:
    Path("[1].txt").touch()
    Path("1.txt").touch()
    assert list(Sources(["[1].txt"])) == ["[1].txt"]


def test_a_list_names_a_path_a_line() -> None:
    Path("list.txt").write_text("pages/e\n\npages/*.html\npages/sub\nnowhere")
    expected = ["pages/e", "pages/b.html", "pages/sub/f.WARC", "pages/sub/deep/g.csv", "nowhere"]
    assert list(Sources(["@list.txt"])) == expected


def test_a_list_may_begin_with_a_mark_and_end_its_lines_as_windows_does() -> None:
    Path("list.txt").write_bytes(b"\xef\xbb\xbfpages/e\r\npages/b.html\r\n")
    assert list(Sources(["@list.txt"])) == ["pages/e", "pages/b.html"]


def test_a_list_from_a_pipe_is_read_once() -> None:
    os.mkfifo("list")
    Thread(target=Path("list").write_text, args=("pages/e\nnowhere\n",)).start()
    sources = Sources(["@list"])
    assert list(sources) == list(sources) == ["pages/e", "nowhere"]


def test_a_list_may_come_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfpages/e\n\nnowhere")))
    sources = Sources(["@-"])
    assert list(sources) == list(sources) == ["pages/e", "nowhere"]


def test_names_that_cannot_be_stand_for_themselves() -> None:
    names = ["a\0b.txt", "a\0*.txt", "x" * 300 + ".txt", "x/" * 3_000]
    Path("list.txt").write_text("\n".join([*names, "pages/e"]))
    assert list(Sources(["@list.txt"])) == [*names, "pages/e"]
    assert Sources(["@list.txt"]).size() is None


def test_what_may_not_be_looked_at_stands_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    look = os.stat

    def refuse(path: str, **options: object) -> os.stat_result:
        if "sub" in str(path):
            raise PermissionError(13, "Permission denied", path)
        return look(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", refuse)  # a folder without x, whose names can be read
    assert list(Sources(["pages"]))[-2:] == ["pages/sub/f.WARC", "pages/sub/deep/g.csv"]
    assert list(Sources(["pages/sub/x.txt"])) == ["pages/sub/x.txt"]


def test_links_out_of_a_folder_are_followed_only_on_request() -> None:
    Path("far").mkdir()
    Path("far/secret.txt").write_text("Not asked for.")
    Path("pages/out.txt").symlink_to("../far/secret.txt")
    Path("pages/in.txt").symlink_to("a.txt")
    sources = Sources(["pages"])
    assert "pages/in.txt" in list(sources)
    assert "pages/out.txt" not in list(sources)
    assert sources.skipped == 3
    assert list(Sources(["pages/out.txt"])) == ["pages/out.txt"]
    assert list(Sources(["pages/o*.txt"])) == ["pages/out.txt"]


def test_a_list_that_is_not_there_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match=r"nowhere\.txt: no such list"):
        Sources(["pages", "@nowhere.txt"])


def test_a_broken_link_is_a_source_and_a_pipe_in_a_folder_is_not() -> None:
    Path("odd").mkdir()
    Path("odd/link.txt").symlink_to("nowhere.txt")
    os.mkfifo("odd/pipe.txt")
    assert list(Sources(["odd"])) == ["odd/link.txt"]


def test_a_folder_that_cannot_be_read_is_a_source_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    scan = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("sub"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert list(Sources(["pages"]))[-1] == "pages/sub"


def test_the_size_is_that_of_all_files_where_it_can_be_known() -> None:
    assert Sources(["pages", "pages/e"]).size() == 30
    assert Sources(["pages", "-"]).size() is None
    assert Sources(["nowhere"]).size() is None
