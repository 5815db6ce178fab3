from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from newsroles_training.data.corpus import GoldArticle
from newsroles_training.studies.baselines import BASELINES, gold, places, texts
from newsroles_training.train.config import RunConfig


@pytest.fixture
def halves(articles: list[GoldArticle]) -> tuple[list[GoldArticle], list[GoldArticle]]:
    return articles[:10], articles[10:]


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_a_peer_gives_every_sentence_a_label_and_the_same_ones_again(
    name: str, halves: Any, config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsroles_training.studies.embeddings.PAIRS", 64)
    first, second = (BASELINES[name](*halves, config) for _ in range(2))
    assert first.shape == gold(halves[1], config).shape
    assert set(first.tolist()) <= set(range(len(config.labels)))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("name", ["tfidf", "ngrams", "frozen"])
def test_a_peer_that_reads_beats_the_majority(name: str, halves: Any, config: RunConfig) -> None:
    right = gold(halves[1], config)
    accuracy = (BASELINES[name](*halves, config) == right).mean()
    assert accuracy > (BASELINES["majority"](*halves, config) == right).mean() + 0.2


def test_majority_is_the_commonest_label_of_the_articles_it_learned_from(
    halves: Any, config: RunConfig
) -> None:
    (label,) = set(BASELINES["majority"](*halves, config).tolist())
    assert label == np.bincount(gold(halves[0], config)).argmax()


def test_position_sees_no_word(halves: Any, config: RunConfig) -> None:
    train, test = halves
    blank = [
        replace(article, text="".join("x" if c != "\n" else c for c in article.text)) for article in test
    ]
    assert np.array_equal(places(test), places(blank))
    assert np.array_equal(
        BASELINES["position"](train, test, config), BASELINES["position"](train, blank, config)
    )


def test_texts_and_gold_go_together(articles: list[GoldArticle], config: RunConfig) -> None:
    assert len(texts(articles)) == len(gold(articles, config)) == sum(len(one.labels) for one in articles)
    assert texts(articles)[0] == articles[0].text[: articles[0].sentences[0].end]
