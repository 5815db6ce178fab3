"""Features: training reads the very windows that serving reads, and batches them without mixing any up."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from newsroles.articles import Sentence
from newsroles.model import windows
from newsroles.model.labeller import Labeller
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.data.features import IGNORED, Collator, row_window, stitched, windows_of
from newsroles_training.train.config import RunConfig
from newsroles_training.train.model import load_base, pool, sentence_tokenizer

ROWS = [
    {"input_ids": [2, 10, 11, 12, 3], "lengths": [2, 1], "labels": [0, 3]},
    {"input_ids": [2, 10, 3], "lengths": [1], "labels": [1]},
]


@pytest.fixture(scope="session")
def reader(config: RunConfig) -> SentenceTokenizer:
    _, tokenizer = load_base(config)
    return sentence_tokenizer(tokenizer, config.window.tokens)


@pytest.fixture(scope="session")
def pages(articles: list[GoldArticle]) -> list[GoldArticle]:
    """Return two pages, one without sentences, and one with a sentence that fills a window alone."""
    text = "Share this story\nThe " + "mill and the " * 50 + "\nRead more: mill"
    spans = (Sentence(0, 16), Sentence(17, len(text) - 16), Sentence(len(text) - 15, len(text)))
    long = GoldArticle("long", text, spans, ("boilerplate", "claim", "boilerplate"), "Beacon")
    return [articles[0], GoldArticle("empty", " ", (), (), "Beacon"), articles[1], long]


def test_rows_are_serving_s_windows(
    checkpoint: Path, labeller: Labeller, pages: list[GoldArticle], monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = sentence_tokenizer(AutoTokenizer.from_pretrained(checkpoint), labeller.bundle.window_tokens)
    rows = windows_of(pages, fitted, labeller.labels, labeller.bundle.overlap)
    read: list[Sequence[int]] = []

    def logits(ids: Sequence[int]) -> windows.Scores:
        read.append(ids)
        return np.zeros((len(ids) - 2, len(labeller.labels)), np.float32)

    monkeypatch.setattr(labeller._encoder, "logits", logits)
    for page in pages:
        labeller.scores(page.text, page.sentences)
    assert read == [row["input_ids"] for row in rows]
    assert len(read) > len(pages)


def test_every_sentence_has_its_label(
    reader: SentenceTokenizer, config: RunConfig, pages: list[GoldArticle]
) -> None:
    rows = windows_of(pages, reader, config.labels, overlap=0.0)
    found = {}
    for row in rows:
        place = row_window(row)
        assert len(row["labels"]) == len(row["lengths"]) == place.stop - place.start
        for number, label in zip(range(place.start, place.stop), row["labels"], strict=True):
            found[row["article"], number] = config.labels[label]
    assert found == {(a, n): label for a, page in enumerate(pages) for n, label in enumerate(page.labels)}


def test_tokens_add_up(reader: SentenceTokenizer, config: RunConfig, pages: list[GoldArticle]) -> None:
    for row in windows_of(pages, reader, config.labels, overlap=0.3):
        assert len(row["input_ids"]) == sum(row["lengths"]) + 2 <= config.window.tokens


def test_a_batch_is_padded_to_its_longest() -> None:
    batch = Collator(pad_id=9)(ROWS)
    assert {name: tensor.tolist() for name, tensor in batch.items()} == {
        "input_ids": [[2, 10, 11, 12, 3], [2, 10, 3, 9, 9]],
        "attention_mask": [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]],
        "segments": [[-1, 0, 0, 1, -1], [-1, 0, -1, -1, -1]],
        "labels": [[0, 3], [1, IGNORED]],
    }
    assert all(tensor.dtype == torch.long for tensor in batch.values())


def test_pooling_in_torch_is_pooling_in_numpy(
    reader: SentenceTokenizer, config: RunConfig, pages: list[GoldArticle]
) -> None:
    rows = list(windows_of(pages, reader, config.labels, overlap=0.3))
    batch = Collator(0)(rows)
    logits = torch.randn(*batch["input_ids"].shape, 4, generator=torch.Generator().manual_seed(1))
    pooled = pool(logits, batch["segments"], batch["labels"].shape[1]).numpy()
    for number, row in enumerate(rows):
        inside = logits[number, 1 : len(row["input_ids"]) - 1].numpy()
        sentences = len(row["lengths"])
        np.testing.assert_allclose(
            pooled[number, :sentences], windows.pool(inside, row["lengths"]), atol=1e-5
        )
        assert not pooled[number, sentences:].any()


def test_sentences_of_different_articles_are_read_alone(
    articles: list[GoldArticle], reader: SentenceTokenizer, config: RunConfig
) -> None:
    rows = windows_of([replace(articles[0], alone=True)], reader, config.labels, 0.3)
    assert rows["start"] == list(range(len(articles[0].labels)))
    assert all(len(lengths) == 1 for lengths in rows["lengths"])
    gold, _ = stitched(np.zeros((len(rows), 1, len(config.labels)), dtype=np.float32), rows)
    assert [config.labels[label] for label in gold] == list(articles[0].labels)
