"""Baselines: other ways to label sentences, from the crudest to the usual.

A baseline learns from labelled articles and gives one label index a sentence of the articles to score, in
their order. All but `position` read each sentence alone, as text classifiers usually do.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from newsroles.model.windows import starts_line
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.studies.embeddings import Embed, embedder, tuned_embedder
from newsroles_training.train.config import RunConfig

Articles = Sequence[GoldArticle]
Predict = Callable[[Articles, Articles, RunConfig], NDArray[np.int64]]


def majority(train: Articles, test: Articles, config: RunConfig) -> NDArray[np.int64]:
    """Give every sentence the commonest label."""
    return _classified(DummyClassifier(), texts, train, test, config)


def position(train: Articles, test: Articles, config: RunConfig) -> NDArray[np.int64]:
    """Judge by the place on the page alone: logistic regression on `places`."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return _classified(model, places, train, test, config)


def tfidf(train: Articles, test: Articles, config: RunConfig) -> NDArray[np.int64]:
    """Weigh words and pairs of words: TF-IDF and logistic regression."""
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    return _classified(
        make_pipeline(words, LogisticRegression(C=10, max_iter=1000)), texts, train, test, config
    )


def ngrams(train: Articles, test: Articles, config: RunConfig) -> NDArray[np.int64]:
    """Weigh hashed n-grams of words and characters linearly.

    The features of fastText (Joulin et al. 2017, https://arxiv.org/abs/1607.01759) without its low rank.
    """
    features = make_union(
        HashingVectorizer(ngram_range=(1, 2)), HashingVectorizer(analyzer="char_wb", ngram_range=(3, 6))
    )
    model = SGDClassifier(loss="log_loss", alpha=1e-6, random_state=config.seed)
    return _classified(make_pipeline(features, model), texts, train, test, config)


def frozen(train: Articles, test: Articles, config: RunConfig) -> NDArray[np.int64]:
    """Embed sentences with the base as it is, and fit a logistic regression."""
    return _on_embeddings(embedder(config), train, test, config)


def contrastive(train: Articles, test: Articles, config: RunConfig) -> NDArray[np.int64]:
    """Pull sentences of a label together and others apart, then fit a logistic regression.

    SetFit (Tunstall et al. 2022, https://arxiv.org/abs/2209.11055).
    """
    return _on_embeddings(tuned_embedder(texts(train), gold(train, config), config), train, test, config)


BASELINES: dict[str, Predict] = {
    baseline.__name__: baseline for baseline in (majority, position, tfidf, ngrams, frozen, contrastive)
}


def texts(articles: Articles) -> list[str]:
    """Return the text of every sentence, in order."""
    return [article.text[span.start : span.end] for article in articles for span in article.sentences]


def gold(articles: Articles, config: RunConfig) -> NDArray[np.int64]:
    """Return the label index of every sentence, in order."""
    return np.array([config.labels.index(label) for one in articles for label in one.labels], dtype=np.int64)


def places(articles: Articles) -> NDArray[np.float64]:
    """Say where sentences stand [sentences, 4]: share of page above, order from both ends, line start."""
    rows = []
    for article in articles:
        count, opens = len(article.sentences), starts_line(article.text, article.sentences)
        for number, opening in enumerate(opens):
            rows.append((number / count, np.log1p(number), np.log(count - number), opening))
    return np.array(rows, dtype=np.float64)


def _on_embeddings(embed: Embed, train: Articles, test: Articles, config: RunConfig) -> NDArray[np.int64]:
    model = LogisticRegression(C=10, max_iter=2000)
    return _classified(model, lambda articles: embed(texts(articles)), train, test, config)


def _classified(
    model: Any, features: Callable[[Articles], Any], train: Articles, test: Articles, config: RunConfig
) -> NDArray[np.int64]:
    model.fit(features(train), gold(train, config))
    return np.asarray(model.predict(features(test)), dtype=np.int64)
