"""What people give a Labeller: read as the command reads it, or refused with what to give instead."""

import gzip
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from typer.testing import Result

from newsroles import Article, Failure, InputError, Labeller, MissingExtra, ReadOptions, Sentence, UsageError
from newsroles.model import reading
from newsroles.readers import text
from newsroles.records.labelled import LabelledArticle
from newsroles.records.read import labelled_article, read

WRONG: list[tuple[Any, str]] = [
    (None, "this is None; give a str"),
    (7, "of type int; give a str"),
    (float("nan"), "of type float; give a str"),  # what pandas has where a text is missing
    (b"The dam held.", "of type bytes; decode it first, or give a web page to label_html"),
    (Path("page.html"), "label_file reads a file"),
    (io.StringIO("The dam held."), "of type StringIO; give what it reads, or its path to label_file"),
    (["The dam held."], "of type list; label_all labels several"),
    ({"text": "The dam held."}, "of type dict; give its text"),
    (Article(None, "7"), "the text of the Article 7 is None; give a str"),  # type: ignore[arg-type]
    (Failure("a.html", 0, 3, "empty", "leave it out"), "no text to label: a.html:3: empty; leave it out"),
]


@pytest.mark.parametrize(("given", "words"), WRONG)
def test_what_is_no_text_is_refused_with_what_to_give(labeller: Labeller, given: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        labeller.label(given)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"id": 7.5}, r"the id of the Article 7.5 is of type float; give a str$"),
        ({"index": "7"}, r"the index of the Article is of type str; give an int$"),
        ({"index": True}, r"the index of the Article is of type bool"),
        ({"url": b"x"}, "the url of the Article is of type bytes; give a str$"),
        ({"kinds": 7}, "kinds are names; this is of type int; give a tuple of str"),
        ({"kinds": "navigation"}, "kinds are names; this is of type str; give a tuple of str"),
        ({"kinds": (1, 2)}, "kinds are names; these are of type int; give a tuple of str"),
        ({"kinds": ("line",)}, "1 kinds for 2 lines of text; give one for each, or none"),
        ({"fields": np.zeros(2)}, "the fields of an Article are of type ndarray"),
        ({"fields": {(1,): 2}}, "the fields of an Article: a field that JSON cannot hold: .*; leave it out"),
    ],
)
def test_an_article_of_which_no_record_can_be_made_is_refused(
    labeller: Labeller, values: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        labeller.label(Article("Share this story\nThe dam held.", **values))


def test_what_a_table_or_a_data_base_gives_is_taken_as_a_record_has_it(labeller: Labeller) -> None:
    given = {"id": np.int64(5), "source": Path("a.txt"), "index": np.int64(7), "title": None, "url": None}
    given |= {"date": date(2026, 1, 1), "fields": None, "kinds": np.array(["line", "heading"])}
    page = labeller.label(Article("Share this story\nThe dam held.", **given))
    assert page.article == Article(
        "Share this story\nThe dam held.", "5", "a.txt", 7, date="2026-01-01", kinds=("line", "heading")
    )
    read_back = labelled_article(json.loads(page.to_json())).article
    assert read_back == replace(page.article, kinds=())  # a record has them with its sentences


def test_what_is_labelled_can_be_written(labeller: Labeller) -> None:
    fields = {
        "seen": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        "day": np.datetime64("2026-01-02"),
        "count": np.int64(5),
        "share": np.float32(0.5),
        "none": float("nan"),
        "row": np.array([1, 2]),
        "more": MappingProxyType({"a": ("b",)}),
        1: 2,
    }
    article = Article("The dam held.", fields=MappingProxyType(fields))  # type: ignore[arg-type]
    page = labeller.label(article)
    (back,) = read("-", io.BytesIO(page.to_json().encode()))
    assert isinstance(back, LabelledArticle)
    assert back.article == page.article
    assert page.article.fields == {
        "seen": "2026-01-02T03:04:00+00:00",
        "day": "2026-01-02",
        "count": 5,
        "share": 0.5,
        "none": None,
        "row": [1, 2],
        "more": {"a": ["b"]},
        "1": 2,
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("The dam held.", "many texts; this is one str; give a list of them"),
        (b"The dam held.", "one bytes"),
        (Article("The dam held."), "one Article"),
        (Path("pages"), "one "),
        (None, "this is None"),
        (7, "of type int"),
        ({"text": ["The dam held."]}, "a table; give a column"),
    ],
)
def test_label_all_refuses_at_once_what_holds_no_texts(labeller: Labeller, given: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        labeller.label_all(given)


def test_label_all_takes_a_column_of_a_table_and_no_table(labeller: Labeller) -> None:
    pd = pytest.importorskip("pandas", reason="needs the extra pandas")
    table = pd.DataFrame({"text": ["The dam held.", "Share this story"]})
    assert len(list(labeller.label_all(table["text"]))) == 2
    with pytest.raises(UsageError, match="a table"):
        labeller.label_all(table)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"min_confidence": 5}, "min_confidence=5; give a probability from 0 to 1"),
        ({"min_confidence": -0.1}, "min_confidence=-0.1"),
        ({"min_confidence": float("nan")}, "min_confidence=nan"),
        ({"min_confidence": "0.5"}, "min_confidence='0.5'"),
        ({"threads": 0}, "threads=0; give a number from 1, or None"),
        ({"threads": -1}, "threads=-1"),
        ({"threads": 1.5}, "threads=1.5"),
        ({"threads": True}, "threads=True"),
        ({"path": 5}, "a path is a str or a Path; this is of type int"),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Labeller.load(**settings)


def test_numbers_of_numpy_are_numbers(bundle_folder: Path) -> None:
    labeller = Labeller.load(bundle_folder, threads=np.int64(1), min_confidence=np.float32(1))  # type: ignore[arg-type]
    assert labeller.label("The dam held.").sentences[0].uncertain


def test_a_labeller_is_made_of_a_bundle() -> None:
    with pytest.raises(UsageError, match=r"needs a Bundle; this is of type str; see Labeller.load"):
        Labeller("bundles/mine")  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [None, 7, Path("page.html"), ["<p>One."]])
def test_what_is_no_page_is_refused_with_what_to_give(labeller: Labeller, given: Any) -> None:
    with pytest.raises(UsageError, match=r"a web page is a str or bytes; .*label_file .* read files"):
        labeller.label_html(given)


def test_the_name_of_a_file_is_not_labelled_for_its_text(labeller: Labeller, tmp_path: Path) -> None:
    page = tmp_path / "a page.html"
    for label in (labeller.label, labeller.label_html):
        assert label(str(page)).sentences  # nothing is there, so it may be a text
    page.write_text("<p>One.")
    for label in (labeller.label, labeller.label_html):
        with pytest.raises(UsageError, match=r"a page.html: is a file, not its text; label_file reads it"):
            label(str(page))
    assert labeller.label(Article(str(page))).sentences
    with pytest.raises(UsageError, match="save the page first"):
        labeller.label_html("https://news.example/1")
    assert labeller.label("https://news.example/1").sentences
    assert [one.article.text for one in labeller.label_all([str(page)])] == [str(page)]


def test_reading_can_be_ended_at_any_place(labeller: Labeller, folder: Path) -> None:
    pages = labeller.label_files(folder)
    next(pages)
    pages.close()
    assert list(pages) == []


def test_after_what_cannot_be_labelled_the_next_follows(labeller: Labeller) -> None:
    pages = labeller.label_all(["One.", 5, "Two."])  # type: ignore[list-item]
    assert next(pages).article.text == "One."
    with pytest.raises(UsageError):
        next(pages)
    assert [page.article.text for page in pages] == ["Two."]


PAGE = "<title>The mill</title><h1>The mill</h1><p>The mill was built in 19. It will cost 3 million."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five articles, a page without a text, a file that is no page, and records that newsroles wrote."""
    (tmp_path / "a.txt").write_text("The mill was built in 19 by settlers.")
    (tmp_path / "b.html").write_text("<p hidden>Nothing.")
    (tmp_path / "c.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    (tmp_path / "d.jsonl").write_text('{"text": "One.", "id": "1", "by": "AP"}\nno\n{"text": "Two."}\n')
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "e.csv").write_text("text,id\nShare this story,9\n")
    (tmp_path / "readme.md").write_text("No page.")
    return tmp_path


Run = Callable[..., Result]


@pytest.mark.parametrize("name", ["a.txt", "c.html.gz", "deep/e.csv"])
def test_a_file_is_labelled_as_the_command_labels_it(
    labeller: Labeller, run: Run, folder: Path, name: str
) -> None:
    done = run(folder / name, "--format", "jsonl")
    for path in (folder / name, str(folder / name)):
        page = labeller.label_file(path)
        assert page.to_dict() == json.loads(done.stdout)
        assert f"{page.to_json()}\n" == done.stdout


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("d.jsonl", UsageError, "holds more than one article; label_files labels one after the other"),
        ("deep", UsageError, "a folder; label_files labels the pages in it"),
        ("b.html", InputError, "b.html: empty"),
        ("none.html", InputError, "none.html: cannot be read"),
        ("no\0ne.html", InputError, "cannot be read: embedded null"),
        ("empty.jsonl", InputError, "holds no article"),
    ],
)
def test_a_file_that_is_not_one_article_is_refused(
    labeller: Labeller, folder: Path, name: str, error: type[Exception], words: str
) -> None:
    (folder / "empty.jsonl").touch()
    with pytest.raises(error, match=words):
        labeller.label_file(folder / name)


@pytest.mark.parametrize("path", ["https://news.example/1", Path("https://news.example/1")])
def test_an_address_is_answered_with_how_to_save_the_page(labeller: Labeller, path: str | Path) -> None:
    with pytest.raises(InputError, match=r"an address, and nothing is fetched; save the page first"):
        labeller.label_file(path)


def test_options_say_how_a_file_is_read(labeller: Labeller, folder: Path) -> None:
    (folder / "page").write_text(PAGE)
    page = labeller.label_file(folder / "page", ReadOptions(format="text"))
    assert page.article.text == PAGE
    with pytest.raises(
        UsageError, match=r'options are of type str; give them as ReadOptions\(format="html"\)'
    ):
        labeller.label_file(folder / "page", "text")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"options are None"):
        labeller.label_files(folder, None)  # type: ignore[arg-type]


def _places(pages: list[LabelledArticle]) -> list[tuple[str, int]]:
    return [(Path(page.article.source).name, page.article.index) for page in pages]


def test_files_are_labelled_in_order_and_what_fails_is_handed_on(
    labeller: Labeller, run: Run, folder: Path
) -> None:
    run(folder / "a.txt", "-o", folder / "labelled.jsonl")
    failures: list[Failure] = []
    pages = list(labeller.label_files(folder, on_failure=failures.append))
    assert _places(pages) == [("a.txt", 0), ("c.html.gz", 0), ("d.jsonl", 0), ("d.jsonl", 2), ("e.csv", 0)]
    assert [(Path(one.source).name, one.index) for one in failures] == [("b.html", 0), ("d.jsonl", 1)]
    done = run(folder, "--format", "jsonl", "--errors", folder / "errors")
    assert "".join(f"{page.to_json()}\n" for page in pages) == done.stdout
    written = (folder / "errors").read_text(encoding="utf-8").splitlines()
    assert [one.to_dict() for one in failures] == list(map(json.loads, written))


def test_a_failure_that_nobody_takes_is_raised_in_its_place(labeller: Labeller, folder: Path) -> None:
    pages = labeller.label_files(folder)
    assert next(pages).article.text.startswith("The mill")
    with pytest.raises(InputError, match=r"b.html: empty: .*save it anew, or give on_failure"):
        next(pages)


def test_a_page_that_cannot_be_labelled_is_a_failure_too(
    labeller: Labeller, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SECONDS", -1)
    failures: list[Failure] = []
    assert list(labeller.label_files(folder / "a.txt", on_failure=failures.append)) == []
    assert [str(one) for one in failures] == [
        f"{folder / 'a.txt'}: takes more than -1 seconds to label; split it, or see whether it is a page"
    ]


def test_files_are_read_as_they_are_asked_for(labeller: Labeller, folder: Path) -> None:
    pages = labeller.label_files([folder / "a.txt", str(folder / "later.txt")])
    next(pages)
    (folder / "later.txt").write_text("Share this story")
    assert [page.article.text for page in pages] == ["Share this story"]


def test_globs_lists_and_iterators_of_paths_are_taken(labeller: Labeller, folder: Path) -> None:
    (folder / "list").write_text(f"{folder / 'a.txt'}\n")
    for paths in (f"{folder}/a*", f"@{folder / 'list'}", iter([folder / "a.txt"]), {folder / "a.txt": 1}):
        assert _places(list(labeller.label_files(paths))) == [("a.txt", 0)]


@pytest.mark.parametrize("paths", [None, 7, b"a.txt", [b"a.txt"], [None]])
def test_what_is_no_path_is_refused_at_once(labeller: Labeller, paths: Any) -> None:
    with pytest.raises(UsageError, match="a path is a str or a Path; this is"):
        labeller.label_files(paths)


def test_an_extra_that_is_missing_says_how_to_install_it(
    labeller: Labeller, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: object) -> None:
        raise MissingExtra("pyarrow", "parquet")

    monkeypatch.setattr(text, "read", absent)
    with pytest.raises(InputError, match=r"a.txt: .*'pyarrow'.*pip install .*\[parquet\]"):
        labeller.label_file(folder / "a.txt")


@pytest.mark.parametrize("on_failure", [None, "skip"])
def test_failures_go_to_a_function(labeller: Labeller, folder: Path, on_failure: Any) -> None:
    with pytest.raises(UsageError, match=r"on_failure=.*; give a function of a Failure"):
        labeller.label_files(folder, on_failure=on_failure)


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([(0, 4)], r"of type tuple; give Sentence\(start, end\)"),
        ([Sentence(0, 10)], "not in the text"),
        ([Sentence(5, 9), Sentence(0, 4)], "not behind the one before it"),
        ([Sentence(0, 5), Sentence(4, 9)], "none may overlap"),
        ([Sentence(-1, 4)], "not in the text"),
        (None, "spans are Sentences; this is None; give a list of them"),
    ],
)
def test_spans_of_one_s_own_are_in_order_and_in_the_text(
    labeller: Labeller, spans: list[Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        labeller.scores("One. Two.", spans)


@pytest.mark.parametrize(("text", "kind"), [(None, "None"), (b"One. Two.", "of type bytes")])
def test_spans_are_of_a_text(labeller: Labeller, text: Any, kind: str) -> None:
    with pytest.raises(UsageError, match=f"spans are of a text; this is {kind}; give a str"):
        labeller.scores(text, [Sentence(0, 4)])


def test_spans_may_come_one_by_one_and_each_line_has_a_kind(labeller: Labeller) -> None:
    spans = [Sentence(0, 4), Sentence(5, 9)]
    assert labeller.scores("One. Two.", iter(spans)).tolist() == labeller.scores("One. Two.", spans).tolist()
    with pytest.raises(UsageError, match="2 kinds for 1 lines of text"):
        labeller.scores("One. Two.", spans, ("line", "line"))
