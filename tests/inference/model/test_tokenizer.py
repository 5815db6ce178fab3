"""Sentences to tokens: what is encoded together changes nothing."""

import pytest

from newsroles.model import tokenizer
from newsroles.model.labeller import Labeller
from newsroles.model.sentences import split


def test_ids_are_the_same_however_many_sentences_are_encoded_together(
    labeller: Labeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "The dam held. It did not fall.\nShare this story\n" * 3 + "word " * 2_000
    sentences, kinds = split(text), ["paragraph", "link"] * 3 + ["line"]
    expected = labeller._tokenizer.encode(text, sentences, kinds)
    assert len(expected) == len(sentences) == 10
    for count in (1, 4, 10):
        monkeypatch.setattr(tokenizer, "_AT_ONCE", count)
        assert labeller._tokenizer.encode(text, sentences, kinds) == expected
    assert labeller._tokenizer.encode("", []) == []
