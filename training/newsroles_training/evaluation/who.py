"""How well a bundle tells who says a sentence and who is blamed, on sentences that annotators have marked.

Sentences are cut as annotators cut them. End to end, a sentence that the bundle takes for background has no
speaker, and that is a miss; beside it, as if every label were right, and the spans of a rule.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsroles.articles import Sentence, Span
from newsroles.labels import SPANS, Role
from newsroles.model.labeller import Labeller
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles.model.who import places_of
from newsroles.model.windows import Scores
from newsroles.who.resolve import SPOKEN
from newsroles_training.data.context import in_context
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.evaluation.alignment import labelled_scores, readings
from newsroles_training.evaluation.metrics import resampled, with_interval
from newsroles_training.evaluation.speech import rule_spans

Found = Callable[[str, Sentence], Sequence[Span]]
"""Gives the spans [start, end) that are found in a sentence of a text, counted from the sentence's start."""
LABELS = {"speaker": SPOKEN, "target": frozenset((Role.ACCUSATION,))}
"""The labels of sentences that have one."""


def who(labeller: Labeller, articles: Sequence[GoldArticle]) -> dict[str, Any]:
    """Score speakers and targets, each beside a rule; {} where no sentence is marked or the bundle has none.

    ``exact`` is the F1 of spans that are the same; ``overlap`` counts the share of each span that the other
    side has (Johansson and Moschitti 2013, https://aclanthology.org/J13-3002/). Intervals as for labels.
    """
    pages = [article for article in articles if article.marks]
    if not pages or not labeller.bundle.spans:
        return {}
    spans = _spans(labeller, pages)
    labels = [_labels(labeller, article) for article in pages]
    return {
        name: {
            "sentences": sum(mark.of(name) is not None for article in pages for mark in article.marks),
            "model": _scored(
                pages, name, [_if(label, name, one) for label, one in zip(labels, spans, strict=True)]
            ),
            "given_label": _scored(pages, name, [one[name] for one in spans]),
            "rule": _scored(pages, name, [_by_rule(name)] * len(pages)),
        }
        for name in SPANS
    }


def _labels(labeller: Labeller, article: GoldArticle) -> dict[Sentence, str]:
    rows = labelled_scores(labeller, article)
    return {one: labeller.labels[row.argmax()] for one, row in zip(article.sentences, rows, strict=True)}


def _spans(labeller: Labeller, pages: Sequence[GoldArticle]) -> list[dict[str, Found]]:
    """Find, as serving does, who is marked in the sentences of each page, whatever their labels."""
    bundle = labeller.bundle
    tokenizer = SentenceTokenizer.load(bundle.tokenizer, bundle.special, bundle.window_tokens)
    found = []
    for page, reading in zip(pages, readings(bundle, pages, labeller.threads), strict=True):
        tokens = dict(zip(in_context(page)[0], reading.tokens, strict=True))
        found.append({name: _marked(name, tokenizer, tokens) for name in SPANS})
    return found


def _marked(name: str, tokenizer: SentenceTokenizer, tokens: Mapping[Sentence, Scores]) -> Found:
    return lambda text, one: places_of(
        name, text[one.start : one.end], tokenizer.places(text, one), tokens[one]
    )


def _if(labels: dict[Sentence, str], name: str, spans: dict[str, Found]) -> Found:
    return lambda text, one: spans[name](text, one) if labels[one] in LABELS[name] else []


def _by_rule(name: str) -> Found:
    return lambda text, sentence: rule_spans(text[sentence.start : sentence.end], name)


def _scored(articles: Sequence[GoldArticle], name: str, found: Sequence[Found]) -> dict[str, Any]:
    rows = [
        sum(_counts(article, name, one), np.zeros(5)) for article, one in zip(articles, found, strict=True)
    ]
    counts = np.stack(rows)
    whole, drawn = _f1(counts.sum(0)), resampled(counts[:, None])[:, 0]
    says_nothing = drawn[:, :2].sum(1, keepdims=True) == 0
    many = np.where(says_nothing & (whole > 0), np.nan, _f1(drawn))
    return {
        measure: with_interval(whole[n], many[:, n], len(articles))
        for n, measure in enumerate(("exact", "overlap"))
    }


def _counts(article: GoldArticle, name: str, found: Found) -> Iterator[NDArray[np.float64]]:
    """Yield for each marked sentence: spans found, there, the same, and the shares of both that overlap."""
    for sentence, mark in zip(article.sentences, article.marks, strict=True):
        there = mark.of(name)
        if there is None:
            continue
        ours = found(article.text, sentence)
        same = len(set(ours) & set(there))
        yield np.array([len(ours), len(there), same, _share(ours, there), _share(there, ours)])


def _share(spans: Sequence[Span], others: Sequence[Span]) -> float:
    """Sum, over spans, the share of their characters that the others cover."""
    return sum(
        max(0, min(end, other_end) - max(start, other)) / (end - start)
        for start, end in spans
        for other, other_end in others
    )


def _f1(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn counts [..., 5] of `_counts` into F1, exact and by overlap: [..., 2]."""
    ours, there, same, precise, recalled = np.moveaxis(counts, -1, 0)
    precision, recall = precise / np.maximum(ours, 1), recalled / np.maximum(there, 1)
    overlap = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return np.stack([2 * same / np.maximum(ours + there, 1), overlap], axis=-1)
