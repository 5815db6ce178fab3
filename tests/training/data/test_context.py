"""Articles labelled in part: the rest is read as serving reads it, and teaches and scores nothing."""

import itertools

import numpy as np
import pytest
import torch
from datasets import Dataset
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import news_text

from newsroles.articles import Sentence
from newsroles.model.sentences import split
from newsroles_training.data.context import in_context
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.data.features import IGNORED, Collator, stitched, windows_of, with_labels
from newsroles_training.train.config import RunConfig
from newsroles_training.train.fit import SentenceTrainer
from newsroles_training.train.model import load_base, sentence_tokenizer


def only(article: GoldArticle, *kept: int) -> GoldArticle:
    """Forget all labels of an article but those of the sentences `kept`."""
    return GoldArticle(
        article.id,
        article.text,
        tuple(article.sentences[number] for number in kept),
        tuple(article.labels[number] for number in kept),
        article.group,
    )


@given(text=news_text(), data=st.data())
def test_the_rest_of_a_page_is_cut_as_the_page_is(text: str, data: st.DataObject) -> None:
    spans = split(text)
    kept = sorted(data.draw(st.sets(st.sampled_from(range(len(spans)))))) if spans else []
    article = GoldArticle("a", text, tuple(spans[n] for n in kept), ("claim",) * len(kept), "g")
    sentences, labels = in_context(article)
    assert [(s, label) for s, label in zip(sentences, labels, strict=True) if label] == [
        (spans[number], "claim") for number in kept
    ]
    read = "".join(text[s.start : s.end] for s in sentences)
    assert "".join(read.split()) == "".join(text.split())
    assert all(one.end <= other.start for one, other in itertools.pairwise(sentences))


def test_a_page_without_labels_is_all_context() -> None:
    spans, labels = in_context(GoldArticle("a", "One. Two.", (), (), "g"))
    assert (spans, labels) == ([Sentence(0, 4), Sentence(5, 9)], [None, None])


@pytest.fixture(scope="module")
def windows(config: RunConfig, articles: list[GoldArticle]) -> tuple[Dataset, Dataset]:
    """Return the windows of two whole pages, and of the same with few labels."""
    _, tokenizer = load_base(config)
    reader = sentence_tokenizer(tokenizer, config.window.tokens)
    some = [only(articles[0], 3), only(articles[1], 0, 1)]
    whole, partly = (windows_of(pages, reader, config.labels, 0.3) for pages in (articles[:2], some))
    return whole, partly


def test_a_partly_labelled_page_is_read_in_the_same_windows(windows: tuple[Dataset, Dataset]) -> None:
    whole, partly = windows
    assert len(whole) > 2
    assert [row["input_ids"] for row in partly] == [row["input_ids"] for row in whole]
    kept = {(0, 3), (1, 0), (1, 1)}
    for full, part in zip(whole, partly, strict=True):
        places = ((full["article"], number) for number in range(full["start"], full["stop"]))
        expected = [n if at in kept else IGNORED for n, at in zip(full["labels"], places, strict=True)]
        assert part["labels"] == expected


def test_training_keeps_the_windows_that_teach(windows: tuple[Dataset, Dataset]) -> None:
    whole, partly = windows
    assert len(with_labels(whole)) == len(whole)
    left = with_labels(partly)
    assert 0 < len(left) < len(partly)
    assert all(set(labels) != {IGNORED} for labels in left["labels"])


def test_what_nobody_has_labelled_is_not_scored(windows: tuple[Dataset, Dataset]) -> None:
    whole, partly = windows
    logits = np.random.default_rng(5).normal(size=(len(whole), 40, 4)).astype(np.float32)
    gold, rows = stitched(logits, whole)
    some, fewer = stitched(logits, partly)
    first = sum(1 for row in whole if row["article"] == 0 for _ in row["labels"])
    length = max(row["stop"] for row in whole if row["article"] == 0)
    assert first > length  # windows overlap
    kept = [3, length, length + 1]
    assert some == [gold[number] for number in kept]
    np.testing.assert_array_equal(fewer, rows[kept])


def test_a_batch_without_labels_costs_nothing(windows: tuple[Dataset, Dataset], config: RunConfig) -> None:
    batch = Collator(0)([row for row in windows[1] if set(row["labels"]) == {IGNORED}])
    assert set(batch["labels"].flatten().tolist()) == {IGNORED}
    trainer = SentenceTrainer.__new__(SentenceTrainer)
    trainer._class_weights, trainer._labels = None, len(config.labels)
    trainer.args = type("Arguments", (), {"label_smoothing_factor": 0.1})
    model, _ = load_base(config)
    with torch.inference_mode():
        assert float(trainer.compute_loss(model, batch)) == 0.0
