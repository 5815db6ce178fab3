"""What names a source, and what doesn't."""

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from newsroles.articles import Article, Failure
from newsroles.errors import InputError, UsageError
from newsroles.readers import read_source
from newsroles.readers.named import check_saved, path_of, stdin
from newsroles.readers.sources import Sources


def test_a_path_is_read_as_its_text_is(tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text("One.")
    assert path_of(page) == str(page)
    articles = list(read_source(page))
    assert articles == [Article("One.", str(page), str(page))] == list(read_source(str(page)))


@pytest.mark.parametrize("given", [None, 7, b"a.txt", ["a.txt"]])
def test_what_is_no_path_is_refused_before_anything_is_read(given: Any) -> None:
    with pytest.raises(UsageError, match=r"a path is a str or a Path; this is (None|of type .*); give one"):
        read_source(given)


@pytest.mark.parametrize("address", ["https://news.example/1", "HTTP:/news.example/1", "ftp://a/b.txt"])
def test_an_address_says_how_to_save_the_page(address: str) -> None:
    with pytest.raises(InputError, match=f"nothing is fetched; save the page first.*curl .* '{address}'"):
        check_saved(address)
    (failure,) = read_source(address)
    assert isinstance(failure, Failure)
    assert "save the page first" in failure.next_step


@pytest.mark.parametrize("path", ["page.html", "-", "http.txt", "https.d/1.txt"])
def test_a_file_that_is_called_like_one_is_a_file(path: str) -> None:
    check_saved(path)


def test_what_stands_for_stdin_may_be_no_stream_of_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("x"))
    with pytest.raises(InputError, match="stdin gives no bytes; give files"):
        stdin()


def test_an_address_in_a_list_costs_one_failure(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "list").write_text(f"https://news.example/1\n{tmp_path / 'a.txt'}\n")
    items = [item for source in Sources([f"@{tmp_path / 'list'}"]) for item in read_source(source)]
    assert [type(item) for item in items] == [Failure, Article]
