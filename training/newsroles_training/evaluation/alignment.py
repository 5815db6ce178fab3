"""A labelled article beside what a bundle makes of its raw text.

The labeller cuts sentences itself, so a gold sentence gets the logits of the predicted sentence that covers
most of its characters.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsroles.articles import Sentence
from newsroles.model.bundle import Bundle
from newsroles.model.encoder import Encoder
from newsroles.model.labeller import Labeller
from newsroles.model.reading import Reading, read
from newsroles.model.sentences import split
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles.model.windows import Scores
from newsroles_training.data.context import in_context
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.evaluation.metrics import confusion


@dataclass(frozen=True, slots=True)
class Scored:
    """An article, its gold label indices [sentences], its logits and probabilities [sentences, labels]."""

    article: GoldArticle
    gold: NDArray[np.int64]
    logits: Scores
    probabilities: Scores

    @property
    def predicted(self) -> NDArray[np.int64]:
        """The label indices that the bundle gives: [sentences]."""
        return np.asarray(self.probabilities.argmax(-1), dtype=np.int64)


def score(labeller: Labeller, article: GoldArticle) -> Scored:
    """Label an article from its raw text and project the result onto its gold spans."""
    spans = article.sentences if article.alone else split(article.text)
    covering = [_most_covering(sentence, spans) for sentence in article.sentences]
    logits = scores(labeller, article, spans)[covering]
    gold = np.array([labeller.labels.index(label) for label in article.labels], dtype=np.int64)
    return Scored(article, gold, logits, labeller.probabilities(logits))


def scores(labeller: Labeller, article: GoldArticle, spans: Sequence[Sentence]) -> Scores:
    """Return the logits of sentences of an article, each read without the others if they are alone."""
    parts = _read_together(article, spans)
    return np.concatenate([labeller.scores(article.text, part, article.kinds) for part in parts])


def _read_together(article: GoldArticle, sentences: Sequence[Any]) -> list[Sequence[Any]]:
    """Part an article's sentences, or what stands for them, into those that see each other."""
    return [[one] for one in sentences] if article.alone and sentences else [sentences]


def labelled_scores(labeller: Labeller, article: GoldArticle) -> Scores:
    """Return the logits of an article's labelled sentences, what nobody has labelled read as context."""
    sentences, labels = in_context(article)
    return scores(labeller, article, sentences)[[label is not None for label in labels]]


def counts_by_article(scored: Sequence[Scored], labels: int) -> NDArray[np.int64]:
    """Count each article's sentences by (gold, predicted) label: [articles, labels, labels]."""
    return np.stack([confusion(one.gold, one.predicted, labels) for one in scored])


def _most_covering(sentence: Sentence, spans: Sequence[Sentence]) -> int:
    overlaps = [min(sentence.end, span.end) - max(sentence.start, span.start) for span in spans]
    return int(np.argmax(overlaps))


def readings(
    bundle: Bundle, articles: Iterable[GoldArticle], threads: int | None = None
) -> Iterator[Reading]:
    """Read articles cut as annotators cut them, what nobody labelled as context; biases are not in it.

    Sentences that are alone are read without each other.
    """
    tokenizer = SentenceTokenizer.load(bundle.tokenizer, bundle.special, bundle.window_tokens)
    encoder = Encoder(bundle.graph, bundle.labels, threads)
    for article in articles:
        pieces = tokenizer.encode(article.text, in_context(article)[0], article.kinds)
        parts = _read_together(article, pieces)
        found = [read(encoder, tokenizer, part, bundle.overlap, len(bundle.labels)) for part in parts]
        yield Reading(
            np.concatenate([one.labels for one in found]), [tokens for one in found for tokens in one.tokens]
        )
