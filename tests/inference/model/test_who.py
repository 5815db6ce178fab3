"""Who says it and who is blamed, from the scores of tokens; the encoder's are made up, word by word."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from tests.strategies import texts
from typer.testing import Result

from newsroles.articles import Article, Mention
from newsroles.labels import SPANS
from newsroles.model import bundle as bundles
from newsroles.model.encoder import Encoder
from newsroles.model.labeller import Labeller
from newsroles.model.windows import Scores

SPEAKERS, TARGETS = {"ada", "lund", "this", "piet"}, {"mayor", "reik", "tomas", "her"}
TEXT = """Share this story
Ada Lund blamed the mayor for the neglected mill. The tower was ruined by greed of the mayor, this charged."""


@pytest.fixture
def marking(bundle_folder: Path, monkeypatch: pytest.MonkeyPatch) -> bundles.Bundle:
    """Return the tiny bundle as one with spans, whose encoder marks the words of `SPEAKERS` and `TARGETS`."""
    known = json.loads((bundle_folder / "tokenizer.json").read_text())["model"]["vocab"]
    words = {number: word for word, number in known.items()}
    read = Encoder.logits

    def logits(self: Encoder, ids: Sequence[int]) -> Scores:
        inside = [words.get(number) for number in ids[1:-1]]
        columns = [[2.0 if word in names else -2.0 for word in inside] for names in (SPEAKERS, TARGETS)]
        return np.hstack([read(self, ids), np.array(columns, dtype=np.float32).T])

    monkeypatch.setattr(Encoder, "logits", logits)
    return replace(bundles.load(bundle_folder), spans=SPANS)


def test_an_accusation_has_its_speaker_and_its_targets_where_they_stand(marking: bundles.Bundle) -> None:
    page = Labeller(marking, threads=1).label(TEXT)
    furniture, first, second = page.sentences
    assert (furniture.speaker, furniture.targets) == (None, ())
    assert first.label == second.label == "accusation"
    assert first.speaker == Mention("Ada Lund", 17, 25)
    assert first.targets == (Mention("mayor", 37, 42),)
    assert second.speaker == Mention("Ada Lund", 17, 25, resolved=True)
    assert [TEXT[each.start : each.end] for each in second.targets] == ["mayor"]


def test_of_several_speakers_the_surest_is_taken_and_of_targets_all(marking: bundles.Bundle) -> None:
    text = "Piet and Ada Lund blamed the mayor and Tomas Reik for the neglected mill."
    (sentence,) = Labeller(marking, threads=1).label(text).sentences
    assert sentence.speaker == Mention("Ada Lund", 9, 17)
    assert [each.text for each in sentence.targets] == ["mayor", "Tomas Reik"]


def test_a_claim_has_no_target_and_background_nobody(marking: bundles.Bundle) -> None:
    text = """About 9 people crossed the mill on Sunday, Ada told the mayor.
Ada studied history and joined the museum in 9."""
    claim, background = Labeller(marking, threads=1).label(text).sentences
    assert (claim.label, background.label) == ("claim", "background")
    assert (claim.speaker and claim.speaker.text, claim.targets) == ("Ada", ())
    assert (background.speaker, background.targets) == (None, ())


def test_labels_and_probabilities_are_those_without_who(marking: bundles.Bundle) -> None:
    without = Labeller(marking, threads=1, who=False).label(TEXT)
    assert {(one.speaker, one.targets) for one in without.sentences} == {(None, ())}
    page = Labeller(marking, threads=1).label(TEXT)
    unmarked = tuple(replace(one, speaker=None, targets=()) for one in page.sentences)
    assert unmarked == without.sentences
    assert repr(Labeller(marking, threads=1, who=False)).endswith("who=False>")


@settings(max_examples=25)
@given(texts())
def test_any_text_has_mentions_that_stand_in_it(labeller: Labeller, text: str) -> None:
    labeller = Labeller(replace(labeller.bundle, spans=SPANS), threads=1)
    chance = np.random.default_rng(len(text))
    read = labeller._encoder.logits

    def logits(ids: Sequence[int]) -> Scores:
        rows = read(ids)
        rows[:, 1] += 9  # accusations
        return np.hstack([rows, chance.normal(size=(len(rows), 2)).astype(np.float32)])

    labeller._encoder.logits = logits  # type: ignore[method-assign]
    for sentence in labeller.label(Article(text)).sentences:
        for mention in filter(None, (sentence.speaker, *sentence.targets)):
            assert text[mention.start : mention.end] == mention.text != ""
            assert mention.resolved or sentence.start <= mention.start < mention.end <= sentence.end


def test_no_who_leaves_it_out_of_a_run(
    marking: bundles.Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Result]
) -> None:
    monkeypatch.setattr(bundles, "load", lambda _: marking)
    (tmp_path / "page.txt").write_text(TEXT)

    def speakers(*options: str) -> list[str | None]:
        (line,) = run(tmp_path / "page.txt", "--format", "jsonl", *options).stdout.splitlines()
        found = [sentence["speaker"] for sentence in json.loads(line)["sentences"]]
        return [speaker and speaker["text"] for speaker in found]

    assert speakers() == [None, "Ada Lund", "Ada Lund"]
    assert speakers("--no-who") == [None, None, None]
