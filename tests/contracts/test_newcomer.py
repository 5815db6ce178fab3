"""A newcomer's path: label pages, look at them, correct what the model doubts, retrain, and label better."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import page
from tests.lines import read_lines
from typer import Typer
from typer.testing import CliRunner

from newsroles.cli.app import app as newsroles_cli
from newsroles_training.cli.app import app as training_cli

KIND, LABEL = "Critics call the {} a disgrace, {} of them.", "accusation"
"""A kind of sentence that the tiny model has never seen, and what it is."""


def row(number: int) -> dict[str, Any]:
    """Write an invented page with sentences of that kind, and what each of its sentences is."""
    written = page(100 + number)
    text, sentences = written["text"], written["sentences"]
    for thing in ("mill", "tower", "bridge"):
        sentence = KIND.format(thing, number + 2)
        sentences.append({"start": len(text), "end": len(text) + len(sentence), "label": LABEL})
        text += f"{sentence}\n"
    return {**written, "text": text, "sentences": sentences}


ROWS = [row(number) for number in range(6)]


def run(app: Typer, *arguments: str | Path, code: int = 0) -> None:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == code, result.stderr


def answers(tasks: Path) -> list[dict[str, Any]]:
    """Stand for people in Label Studio: set the label that is right, submit, export as JSON."""
    right = {
        (row["text"], one["start"], one["end"]): one["label"] for row in ROWS for one in row["sentences"]
    }
    exported = []
    for number, task in enumerate(json.loads(tasks.read_text(encoding="utf-8")), 1):
        regions = json.loads(json.dumps(task["predictions"][0]["result"]))
        for region in regions:
            value = region["value"]
            label = right[task["data"]["text"], value["start"], value["end"]]
            region["origin"] = "prediction" if [label] == value["labels"] else "prediction-changed"
            value["labels"] = [label]
        annotation = {"id": number, "completed_by": 1, "was_cancelled": False, "result": regions}
        exported.append({"id": number, **task, "annotations": [annotation], "project": 1, "meta": {}})
    return exported


def labels_of_the_kind(labelled: Path) -> list[str]:
    return [
        s["label"]
        for one in read_lines(labelled)
        for s in one["sentences"]
        if s["text"].startswith("Critics")
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    for number, one in enumerate(ROWS):
        (tmp_path / "pages" / f"{number}.txt").write_text(one["text"], encoding="utf-8")
    return tmp_path


def test_from_a_page_to_a_better_label_on_it(
    folder: Path,
    bundle_folder: Path,
    corpus_file: Path,
    config_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    run(newsroles_cli, "label", "pages", "-o", "labelled.jsonl", "--model", bundle_folder)
    before = labels_of_the_kind(Path("labelled.jsonl"))
    assert len(before) == 18
    assert before.count(LABEL) < 9

    run(newsroles_cli, "report", "labelled.jsonl", "-o", "report.html")
    assert "Critics call the mill a disgrace" in Path("report.html").read_text(encoding="utf-8")

    run(training_cli, "sample", "labelled.jsonl", "-n", "40", "-o", "tasks.json")
    Path("export.json").write_text(json.dumps(answers(Path("tasks.json"))), encoding="utf-8")
    to_ours = ("--from", "label-studio", "--to", "newsroles")
    run(training_cli, "corpus", "convert", "export.json", *to_ours, "-o", "corrected.jsonl")
    run(training_cli, "corpus", "check", "corrected.jsonl", "--accept", "shared-runs")
    run(training_cli, "corpus", "merge", "corrected.jsonl", "-o", "mine.jsonl")
    mine = read_lines(Path("mine.jsonl"))
    changed = [s for one in mine for s in one["sentences"] if s["previous"] != s["label"]]
    assert sum(len(one["sentences"]) for one in mine) == 40
    assert {one["reviewed_in"] for one in changed} == {"corrected.jsonl"}

    train = f"data.train=[{corpus_file},mine.jsonl]"
    run(training_cli, "fit", "--config", config_file, "--set", train, "-o", "run")
    run(training_cli, "export", "run", "-o", "bundle")
    run(newsroles_cli, "label", "pages", "-o", "better.jsonl", "--model", "bundle")
    assert labels_of_the_kind(Path("better.jsonl")) == [LABEL] * 18
