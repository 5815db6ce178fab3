"""Merging: reviewed sentences say where they are from, what conflicts is told, and the rest stays."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.lines import write_lines as lines
from typer.testing import CliRunner

from newsroles.errors import UsageError
from newsroles_training.cli.app import app
from newsroles_training.corpora.annotate.merge import merge
from newsroles_training.data.problems import Problem

TEXT = "Menu\nThe dam held. Ada Lund blames the board."
MENU, DAM, LUND = (0, 4), (5, 18), (19, 44)


def row(*sentences: tuple[tuple[int, int], str], text: str = TEXT, **more: Any) -> dict[str, Any]:
    spans = [{"start": start, "end": end, "label": label} for (start, end), label in sentences]
    return {"id": "dam", "group": "Echo", "text": text, "sentences": spans, **more}


def sampled(*sentences: tuple[tuple[int, int], str]) -> list[dict[str, Any]]:
    return [{"start": a, "end": b, "label": label, "probability": 0.5} for (a, b), label in sentences]


def reviewed(span: tuple[int, int], label: str, path: Path, previous: str | None) -> dict[str, Any]:
    return {
        "start": span[0],
        "end": span[1],
        "label": label,
        "reviewed_in": str(path),
        "previous": previous,
    }


def test_a_base_is_mended_where_somebody_reviewed_it(tmp_path: Path) -> None:
    base = lines(tmp_path / "base.jsonl", row((MENU, "boilerplate"), (DAM, "claim"), (LUND, "claim"), note=1))
    monday = lines(tmp_path / "monday.jsonl", row((DAM, "claim"), (LUND, "accusation")))
    problems: list[Problem] = []
    merged = merge(base, [monday], problems)
    assert (problems, merged.reviewed, merged.changed) == ([], 2, 1)
    (page,) = merged.rows
    assert page["note"] == 1
    assert page["sentences"] == [
        {"start": 0, "end": 4, "label": "boilerplate"},
        reviewed(DAM, "claim", monday, "claim"),
        reviewed(LUND, "accusation", monday, "claim"),
    ]


def test_without_a_base_the_model_s_label_is_what_was_before(tmp_path: Path) -> None:
    asked = sampled((DAM, "background"), (LUND, "accusation"))
    monday = lines(tmp_path / "monday.jsonl", row((DAM, "claim"), sampled=asked, model="m 1"))
    tuesday = lines(
        tmp_path / "tuesday.jsonl", row((MENU, "boilerplate"), (LUND, "accusation"), sampled=asked)
    )
    merged = merge(None, [monday, tuesday], [])
    assert (merged.reviewed, merged.changed) == (3, 1)
    (page,) = merged.rows
    assert {key: page[key] for key in page if key != "sentences"} == {
        "id": "dam",
        "group": "Echo",
        "text": TEXT,
        "model": "m 1",
    }
    assert page["sentences"] == [
        reviewed(MENU, "boilerplate", tuesday, None),
        reviewed(DAM, "claim", monday, "background"),
        reviewed(LUND, "accusation", tuesday, "accusation"),
    ]


def model_made(path: Path, **sentence: Any) -> Path:
    """Write a page as `newsroles label` does."""
    raw = row((DAM, "claim"), model="m@1")
    raw["sentences"][0] |= {"probabilities": {"claim": 0.9, "background": 0.1}, **sentence}
    return lines(path, raw)


@pytest.mark.parametrize(
    "call",
    [
        ("corpus", "merge"),
        ("corpus", "convert", "--from", "newsroles", "--to", "newsroles"),
        ("corpus", "convert", "--from", "newsroles", "--to", "label-studio"),
    ],
)
def test_what_a_model_labelled_is_no_correction(tmp_path: Path, call: Sequence[str]) -> None:
    labelled, out = model_made(tmp_path / "labelled.jsonl"), tmp_path / "mine.jsonl"
    result = CliRunner().invoke(app, [*call, str(labelled), "-o", str(out)])
    assert result.exit_code == 2
    assert f"{labelled} holds labels that a model gave, not people" in result.stderr
    assert "newsroles-train sample" in result.stderr
    assert "reviewed" not in result.stderr
    assert not out.exists()


def test_people_s_labels_that_a_model_taught_are_corrections(tmp_path: Path) -> None:
    monday = lines(tmp_path / "monday.jsonl", row((DAM, "claim")))
    reviewed_too = model_made(tmp_path / "a.jsonl", reviewed_in="a.json", previous="claim")
    taught = row((DAM, "claim"))
    taught["sentences"][0]["probabilities"] = {"claim": 1.0}
    for base in (reviewed_too, lines(tmp_path / "taught.jsonl", taught)):
        assert merge(base, [monday], []).reviewed == 1


def test_two_files_that_differ_are_told_and_the_first_stays(tmp_path: Path) -> None:
    monday = lines(tmp_path / "monday.jsonl", row((LUND, "accusation")))
    tuesday = lines(tmp_path / "tuesday.jsonl", row((LUND, "claim"), (DAM, "claim")))
    problems: list[Problem] = []
    (page,) = merge(None, [monday, tuesday], problems).rows
    assert [one["label"] for one in page["sentences"]] == ["claim", "accusation"]
    (problem,) = problems
    assert problem.place == f"{tuesday}:1"
    assert f"19 to 44 is claim, but accusation in {monday}, which stays" in problem.reason


def test_an_export_of_the_same_name_corrects_an_earlier_one(tmp_path: Path) -> None:
    monday = lines(tmp_path / "monday.jsonl", row((LUND, "claim")))
    mine = lines(tmp_path / "mine.jsonl", *merge(None, [monday], []).rows)
    lines(monday, row((LUND, "background")))
    problems: list[Problem] = []
    merged = merge(mine, [monday], problems)
    assert [one["label"] for one in merged.rows[0]["sentences"]] == ["background"]
    assert (merged.reviewed, merged.changed, problems) == (1, 1, [])


def test_two_projects_that_number_pages_alike_are_told_the_file_and_what_to_do(tmp_path: Path) -> None:
    monday = lines(tmp_path / "monday.jsonl", row((DAM, "claim"), id="1"))
    tuesday = lines(tmp_path / "tuesday.jsonl", row((DAM, "claim"), text=TEXT.upper(), id="1"))
    problems: list[Problem] = []
    assert len(merge(None, [monday, tuesday], problems).rows) == 1
    step = "give each page an id of its own, for example with corpus convert --id-prefix"
    assert problems == [Problem(f"{tuesday}:1", f"'1' has another text in {monday}; {step}")]
    own = tmp_path / "own.jsonl"
    call = ["corpus", "convert", str(tuesday), "-o", str(own), "--from", "newsroles", "--to", "newsroles"]
    assert CliRunner().invoke(app, [*call, "--partial", "--id-prefix", "b-"]).exit_code == 1  # gaps
    problems = []
    assert [page["id"] for page in merge(None, [monday, own], problems).rows] == ["1", "b-1"]
    assert problems == []


def test_many_sentences_are_put_in_their_order(tmp_path: Path) -> None:
    text = "Rain. " * 2_000
    spans = [((n * 6, n * 6 + 5), "claim") for n in range(2_000)]
    monday = lines(tmp_path / "monday.jsonl", row(*spans[1::2], text=text))
    tuesday = lines(tmp_path / "tuesday.jsonl", row(*reversed(spans[::2]), spans[1], text=text))
    problems: list[Problem] = []
    merged = merge(None, [monday, tuesday, monday], problems)
    (page,) = merged.rows
    assert [one["start"] for one in page["sentences"]] == [n * 6 for n in range(2_000)]
    assert (merged.reviewed, problems) == (2_000, [])


def test_a_faulty_base_is_refused(tmp_path: Path) -> None:
    base = lines(tmp_path / "base.jsonl", {"text": TEXT, "sentences": []})
    with pytest.raises(UsageError, match="an article needs 'id'"):
        merge(base, [lines(tmp_path / "monday.jsonl", row((LUND, "claim")))], [])


def test_merging_again_changes_nothing(tmp_path: Path) -> None:
    base = lines(tmp_path / "base.jsonl", row((DAM, "claim"), (LUND, "claim")))
    monday = lines(tmp_path / "monday.jsonl", row((LUND, "accusation")))
    once = lines(tmp_path / "once.jsonl", *merge(base, [monday], []).rows)
    problems: list[Problem] = []
    assert merge(once, [monday, monday], problems).rows == merge(base, [monday], []).rows
    assert problems == []


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (row(((5, 44), "claim")), "5 to 44 was cut otherwise"),
        (row(((6, 18), "claim")), "6 to 18 was cut otherwise"),
        (row((DAM, "claim"), text=TEXT + "!"), "base.jsonl; give each page an id of its own"),
        ({"text": TEXT, "sentences": []}, "not as corpus convert writes it"),
        (row(sampled=[1]), "not as corpus convert writes it"),
    ],
)
def test_what_does_not_fit_is_told_and_left_out(tmp_path: Path, wrong: Any, reason: str) -> None:
    base = lines(tmp_path / "base.jsonl", row((DAM, "claim"), (LUND, "accusation")))
    problems: list[Problem] = []
    merged = merge(base, [lines(tmp_path / "monday.jsonl", wrong)], problems)
    assert list(merged.rows) == [row((DAM, "claim"), (LUND, "accusation"))]
    assert merged.reviewed == 0
    assert reason in problems[0].reason


def test_what_was_asked_about_is_of_people_after_distil_too(tmp_path: Path) -> None:
    taught = row((DAM, "claim"), sampled=sampled((DAM, "background")), model="m 1")
    taught["sentences"][0]["probabilities"] = {"claim": 1.0}
    problems: list[Problem] = []
    assert merge(None, [lines(tmp_path / "monday.jsonl", taught)], problems).reviewed == 1
    assert problems == []


def test_a_model_s_labels_are_no_base(tmp_path: Path) -> None:
    monday = lines(tmp_path / "monday.jsonl", row((DAM, "claim")))
    with pytest.raises(UsageError, match="labels that a model gave"):
        merge(model_made(tmp_path / "out.jsonl"), [monday], [])


def test_the_command_writes_says_and_does_not_overwrite(tmp_path: Path) -> None:
    monday = lines(tmp_path / "monday.jsonl", row((DAM, "claim")), row((LUND, "claim"), id="other"))
    call = ["corpus", "merge", str(monday), "-o", str(tmp_path / "mine.jsonl")]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 0, result.stderr
    assert "2 pages, 2 sentences reviewed, 0 of them changed" in result.stderr
    assert len((tmp_path / "mine.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert CliRunner().invoke(app, call).exit_code == 2
    conflicting = lines(tmp_path / "tuesday.jsonl", row((DAM, "background")))
    result = CliRunner().invoke(app, [*call, str(conflicting), "--overwrite"])
    assert result.exit_code == 1
    assert "which stays" in result.stderr
