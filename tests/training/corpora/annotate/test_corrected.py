"""Corrections that a report's page exports: joined with its records, by place and words."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from newsroles.articles import Article
from newsroles.errors import UsageError
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.records.write import to_line
from newsroles.report.heads import key_of
from newsroles_training.cli.app import app
from newsroles_training.corpora.annotate.convert import convert, read
from newsroles_training.corpora.annotate.merge import merge
from newsroles_training.data.problems import Problem

TEXT = "Home\r\nThe mill\nwas burnt. She did it.\n"
SPANS = ((0, 4, "boilerplate", "navigation"), (6, 25, "claim", "heading"), (26, 37, "claim", "heading"))


def article(url: str) -> LabelledArticle:
    sentences = tuple(
        LabelledSentence(start, end, TEXT[start:end], label, {label: 0.75, "accusation": 0.25}, kind=kind)
        for start, end, label, kind in SPANS
    )
    return LabelledArticle(Article(TEXT, url, "pages.jsonl", 0), "model@1", sentences)


PAGES = (article("https://a.example/1"), article("https://b.example/2"), article("https://b.example/2"))


def item(page: LabelledArticle, number: int, label: str, text: str, was: str = "claim") -> dict[str, Any]:
    place = f"report.html#p-{key_of(page.article)}.{number}"
    return {"label": label, "was": was, "text": text, "id": page.article.id, "place": place}


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    path.write_bytes(b"".join(to_line(each.to_dict()) for each in PAGES))
    return path


def corrections(labelled: Path, *items: dict[str, Any]) -> Path:
    path = labelled.with_name("corrections.json")
    path.write_text(json.dumps(items), encoding="utf-8")
    return path


def test_a_correction_finds_its_page_its_kinds_and_what_the_model_said(labelled: Path) -> None:
    path = corrections(
        labelled,
        item(PAGES[0], 3, "accusation", "She did it."),
        item(PAGES[0], 2, "background", "The mill was burnt."),  # as a page shows it, in one line
        item(PAGES[1], 2, "claim", "The mill was burnt.", was=""),  # kept, not corrected
    )
    problems: list[Problem] = []
    (row,) = read(path, "report", problems, partial=True, labelled=labelled)
    assert problems == []
    assert (row["id"], row["group"], row["text"]) == ("https://a.example/1", "a.example", TEXT)
    assert row["kinds"] == ["navigation", "heading", "heading", "line"]
    assert row["sentences"] == [
        {"start": 6, "end": 25, "label": "background"},
        {"start": 26, "end": 37, "label": "accusation"},
    ]
    written = labelled.with_name("mine.jsonl")
    written.write_bytes(convert([row], "newsroles")[0])
    merged = merge(None, [written], problems)
    assert (merged.reviewed, merged.changed, problems) == (2, 2, [])
    assert [one["previous"] for one in merged.rows[0]["sentences"]] == ["claim", "claim"]


def test_what_is_not_in_the_records_is_told_and_left_out(labelled: Path) -> None:
    path = corrections(
        labelled,
        item(PAGES[0], 3, "accusation", "He did it."),
        item(PAGES[0], 9, "accusation", "She did it."),
        item(PAGES[0], 3, "background", "She did it.", was="accusation"),
        item(article("https://c.example/3"), 3, "accusation", "She did it."),
        {"was": "claim", "label": "background", "place": "elsewhere"},
        item(PAGES[1], 3, "accusation", "She did it."),
    )
    problems: list[Problem] = []
    (row,) = read(path, "report", problems, partial=True, labelled=labelled)
    assert row["id"] == "https://b.example/2"
    assert [one.place.rpartition(" ")[2] for one in problems] == ["5", "1", "2", "3", "4"]
    assert "sentence 9 of https://a.example/1 is another one" in problems[2].reason


def test_a_second_page_of_the_same_id_has_a_key_of_its_own(labelled: Path) -> None:
    second = item(PAGES[1], 3, "accusation", "She did it.")
    second["place"] = second["place"].replace(".3", "-2.3")
    (row,) = read(corrections(labelled, second), "report", [], partial=True, labelled=labelled)
    assert row["id"] == "https://b.example/2"


@pytest.mark.parametrize("items", [(), ({"label": "claim", "was": ""},)])
def test_a_file_without_corrections_is_refused(labelled: Path, items: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(UsageError, match="no corrected label in it"):
        list(read(corrections(labelled, *items), "report", [], labelled=labelled))


def test_the_command_asks_for_the_records(labelled: Path) -> None:
    path = corrections(labelled, item(PAGES[0], 3, "accusation", "She did it."))
    call = ["corpus", "convert", str(path), "-o", str(labelled.with_name("out.jsonl")), "--from", "report"]
    asked = CliRunner().invoke(app, [*call, "--to", "newsroles"])
    assert asked.exit_code == 2
    assert "give --labelled, what the report was made of" in asked.stderr
    refused = CliRunner().invoke(app, [*call, "--to", "report", "--labelled", str(labelled)])
    assert "newsroles report writes reports" in refused.stderr
    done = CliRunner().invoke(app, [*call, "--to", "newsroles", "--labelled", str(labelled), "--partial"])
    assert (done.exit_code, "1 pages" in done.stderr) == (0, True), done.stderr
