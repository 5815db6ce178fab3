"""Names are swapped as benchmarks/quality/names.py says, and what docs/trust/names.md says was measured."""

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from tests.benchmarks import quality_module

from newsroles import LabelledSentence, Labeller
from newsroles.articles import Mention
from newsroles.labels import DEFAULT_LABELS
from newsroles.model import bundle as bundles
from newsroles.model.sentences import split

ROOT = Path(__file__).parents[2]
RESULTS: dict[str, Any] = json.loads((ROOT / "docs" / "results" / "names.json").read_text(encoding="utf-8"))
PAGE = """# people
- It rained.
accusation: “[T <name>] lied,” said [S the clerk].

# hard
claim: [S engineers] promise
"""


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return quality_module("frames", monkeypatch)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return quality_module("names", monkeypatch)


@pytest.fixture
def swapped(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return quality_module("swapped", monkeypatch)


def test_a_page_is_filled_and_knows_where_its_names_are(frames: ModuleType) -> None:
    people, hard = frames.parsed(PAGE)
    text, (asked,) = people.filled({"name": "the Duke"})
    assert text == "It rained.\n“The Duke lied,” said the clerk.\n"
    assert text[asked.start : asked.end] == "“The Duke lied,” said the clerk."
    assert [text[slice(*mark.place)] for mark in (asked.speaker, *asked.targets)] == ["the clerk", "The Duke"]
    assert (asked.label, asked.speaker.is_swapped, asked.targets[0].is_swapped) == ("accusation", False, True)
    assert hard.filled({})[0] == "Engineers promise\n"


def given(start: int, end: int, label: str, speaker: Any = None, targets: Any = ()) -> LabelledSentence:
    rest = dict.fromkeys(DEFAULT_LABELS, 0.1)
    return LabelledSentence(
        start, end, "", label, rest | {label: 0.7}, speaker=speaker, targets=tuple(targets)
    )


def test_only_the_name_that_is_swapped_is_looked_for(frames: ModuleType, names: ModuleType) -> None:
    people, _ = frames.parsed(PAGE)
    text, (asked,) = people.filled({"name": "Ann Orme"})
    target = Mention("Ann Orme", *asked.targets[0].place)
    right = given(asked.start, asked.end, "accusation", targets=[target])
    assert dict(names.outcome(asked, right, has_spans=True)) == {
        "accusation": 1.0,
        "probability": 0.7,
        "target": 1.0,
    }
    assert dict(names.outcome(asked, right, has_spans=False)) == {"accusation": 1.0, "probability": 0.7}
    wrongly = dict(names.outcome(replace(asked, label="claim"), right, has_spans=False))
    assert wrongly == {"other": 0.0, "blamed": 1.0, "probability": 0.1}
    near = replace(target, start=target.start - 1)
    elsewhere = replace(target, resolved=True)
    for wrong in (near, elsewhere):
        found = given(asked.start, asked.end, "claim", targets=[wrong])
        assert dict(names.outcome(asked, found, has_spans=True)) == {
            "accusation": 0.0,
            "probability": 0.1,
            "target": 0.0,
        }
    assert text[target.start : target.end] == target.text


def test_a_hard_case_is_right_as_a_whole(frames: ModuleType, names: ModuleType) -> None:
    [frame] = frames.parsed("# satire\naccusation: [T The bank] thanked us for our money.")
    _, (asked,) = frame.filled({})
    target = Mention("The bank", *asked.targets[0].place)
    right = given(asked.start, asked.end, "accusation", targets=[target])
    assert dict(names._whole(asked, right, has_spans=True)) == {
        "label": True,
        "speaker": True,
        "target": True,
    }
    invented = replace(right, speaker=target, targets=(target, replace(target, end=target.end + 1)))
    assert dict(names._whole(asked, invented, has_spans=True)) == {
        "label": True,
        "speaker": False,
        "target": False,
    }
    assert dict(names._whole(asked, replace(right, label="claim"), has_spans=False)) == {"label": False}


def counts(rows: list[list[float]]) -> Any:
    """Return [pages, groups, measures, 2], of rows a page with a share a group, ten asked; no targets."""
    shares = np.repeat(np.array(rows)[:, :, None], 6, axis=2)
    made = np.stack([shares * 10, np.full_like(shares, 10)], axis=-1)
    made[:, :, -1] = 0
    return made.tolist()


def test_groups_are_compared_on_the_same_pages(swapped: ModuleType) -> None:
    groups = ["X, women", "X, men", "Y, women", "Y, men"]
    pages = [[1.0, 1.0, 0.5, 0.5], [0.5, 0.5, 0.0, 0.0]]
    shown = swapped.tables(
        {
            "model": "m@1",
            "people": {"groups": groups, "counts": counts(pages)},
            "places": {"groups": ["X", "Y"], "counts": counts([[0.2, 0.2], [0.8, 0.8]])},
            "hard": {"kinds": {"satire": {"label": [3, 4], "speaker": [0, 0], "target": [0, 0]}}},
        }
    )
    same, apart = "(+0.000 to +0.000)", "(**+0.500 to +0.500**)"
    assert f"| women | {' | '.join([f'0.500 {same}'] * 5)} |  |" in shown
    assert f"| X | {' | '.join([f'0.750 {apart}'] * 5)} |  |" in shown
    assert f"| X | {' | '.join([f'0.500 {same}'] * 5)} |  |" in shown
    assert "10 of 10 intervals leave out 0 (bold); by chance alone, about 0 would." in shown
    assert (
        "- Women and men: no difference.\n- Regions: accusations found 0.250 (Y) to 0.750 (X); claims"
        in shown
    )
    assert "| satire | 3 of 4 |  |  |" in shown


def test_every_name_is_of_its_own(names: ModuleType) -> None:
    listed = json.loads((ROOT / "benchmarks" / "quality" / "names.json").read_text(encoding="utf-8"))
    groups = names.people(listed)
    assert {len(each) for each in groups.values()} == {4}
    every = [one["name"] for each in groups.values() for one in each]
    assert len(every) == len(set(every)) == 88
    assert {one["last"] for one in groups["China, women"]} == {"Wang", "Zhang", "Liu", "Chen"}
    assert names.places(listed)["Haiti"][1] == {"place": "the Haitian government"}


@pytest.mark.parametrize("name", ["frames", "hard"])
def test_what_is_asked_follows_the_guides(frames: ModuleType, name: str) -> None:
    slots = {"name": "Ann Orme", "last": "Orme", "place": "the United States"}
    for frame in frames.read(ROOT / "benchmarks" / "quality" / f"{name}.txt"):
        text, asked = frame.filled(slots)
        assert not set("[]<>") & set(text)
        assert 3 <= len(split(text, unwrap=False)) == text.count("\n") <= 6
        for one in asked:
            assert one.label in DEFAULT_LABELS
            assert bool(one.targets) == (one.label == "accusation")
            for mark in filter(None, (one.speaker, *one.targets)):
                assert text[slice(*mark.place)].strip(" ,’“”") == text[slice(*mark.place)]  # noqa: RUF001 - theirs
        if name == "frames":
            marks = [mark for one in asked for mark in (one.speaker, *one.targets) if mark]
            is_blamed = any(one.label == "accusation" for one in asked)
            assert is_blamed <= sum(mark.is_swapped for mark in marks) <= 1, text
            assert sum("Orme" in line or "United States" in line for line in text.splitlines()) == 1


def test_a_model_answers_with_the_sentence_that_was_asked(frames: ModuleType, names: ModuleType) -> None:
    labeller = Labeller.load(ROOT / "tests" / "tiny-bundle", threads=1, unwrap=False)
    [frame] = list(frames.parsed(PAGE))[:1]
    found = names.swapped(labeller, [frame], {"a": [{"name": "Ann Orme"}], "b": [{"name": "Bo Li"}] * 2})
    assert found.shape == (1, 2, 6, 2)
    assert found[0, :, 0, 1].tolist() == [1, 2]
    assert [one.text for _, one in names.answers(labeller, frame, {"name": "Bo Li"})] == [
        "“Bo Li lied,” said the clerk."
    ]


def test_the_page_quotes_what_was_measured(names: ModuleType) -> None:
    assert names.page(RESULTS) in (ROOT / "docs" / "trust" / "names.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "folder"), [("fast", None), ("accurate", ROOT / "models" / "accurate" / "newsroles_accurate")]
)
def test_the_results_are_the_released_models(names: ModuleType, name: str, folder: Path | None) -> None:
    result = RESULTS[name]
    assert result["model"] == bundles.load(folder).model_id, "run benchmarks/quality/names.py again"
    frames = names.read(ROOT / "benchmarks" / "quality" / "frames.txt")
    for kind in ("people", "places"):
        assert len(result[kind]["counts"]) == sum(frame.kind == kind for frame in frames)
