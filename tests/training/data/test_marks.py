"""Marks: who says a sentence and who is blamed, as corpora carry them."""

import json
from pathlib import Path

import pytest

from newsroles.labels import DEFAULT_LABELS
from newsroles_training.data.corpus import read
from newsroles_training.data.marks import UNMARKED, Marks, marks_of, moved
from newsroles_training.data.problems import CorpusError

SENTENCE = {"start": 10, "end": 40, "label": "accusation"}


def test_spans_count_from_the_sentence_s_start() -> None:
    speaker, targets = {"start": 10, "end": 14}, [{"start": 20, "end": 25}, {"start": 30, "end": 31}]
    found = marks_of(SENTENCE | {"speaker": speaker, "targets": targets})
    assert found == Marks(((0, 4),), ((10, 15), (20, 21)))


def test_nobody_is_not_the_same_as_unmarked() -> None:
    assert marks_of(SENTENCE) == UNMARKED
    assert marks_of(SENTENCE | {"speaker": None, "runs_on": True}) == Marks((), None, runs_on=True)
    assert marks_of(SENTENCE | {"speaker": None, "targets": []}) == Marks((), ())


def test_a_name_of_elsewhere_that_a_record_resolves_is_no_mark() -> None:
    resolved = {"start": 2, "end": 6, "text": "Venn", "resolved": True}
    assert marks_of(SENTENCE | {"speaker": resolved, "targets": []}) == UNMARKED


def test_a_record_says_nothing_of_whom_nobody_has_looked_for(tmp_path: Path) -> None:
    sentence = {"start": 0, "end": 18, "label": "claim", "speaker": None, "targets": []}
    row = {"id": "1", "text": "The union said so.", "sentences": [sentence]}
    (tmp_path / "marked.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (tmp_path / "record.jsonl").write_text(json.dumps(row | {"model": "tiny@0"}), encoding="utf-8")
    (marked,), (record,) = (
        read([tmp_path / name], DEFAULT_LABELS) for name in ("marked.jsonl", "record.jsonl")
    )
    assert marked.marks == (Marks((), ()),)
    assert record.marks == ()


def test_marks_move_with_their_sentence_and_go_where_its_text_changed() -> None:
    item = SENTENCE | {"speaker": {"start": 12, "end": 14}, "targets": [{"start": 20, "end": 25}]}
    there = moved(item, 110, is_same=True)
    assert there["speaker"] == {"start": 112, "end": 114}
    assert there["targets"] == [{"start": 120, "end": 125}]
    assert moved(item, 110, is_same=False) == SENTENCE


@pytest.mark.parametrize(
    ("speaker", "reason"),
    [
        ({"start": 0, "end": 99}, "0 to 99 is not inside its sentence"),
        ({"start": 3, "end": 3}, "3 to 3 is not inside its sentence"),
        ({"start": "0", "end": 3}, "whole numbers"),
        ("the union", "whole numbers"),
    ],
)
def test_marks_that_cannot_be_are_reported(speaker: object, reason: str, tmp_path: Path) -> None:
    row = {"id": "1", "text": "The union said so.", "sentences": [{"start": 0, "end": 18, "label": "claim"}]}
    row["sentences"][0]["speaker"] = speaker  # type: ignore[index]
    (tmp_path / "one.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(CorpusError, match=reason):
        read([tmp_path / "one.jsonl"], DEFAULT_LABELS)
