"""How well a bundle tells who says a sentence and who is blamed, on sentences that annotators have marked.

Raw text in: a sentence that the bundle takes for background has no speaker, and that counts as a miss. A name
of elsewhere that it resolves a pronoun to is not a span of the sentence, and counts as the pronoun.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsroles.articles import Article, Sentence
from newsroles.labels import SPANS
from newsroles.model.labeller import Labeller
from newsroles.model.spans import Place
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.data.marks import Marks
from newsroles_training.evaluation.metrics import interval, resampled
from newsroles_training.evaluation.speech import rule_spans

Found = Callable[[str, Sentence], Sequence[Place]]
"""Gives the spans [start, end) that are found in a sentence of a text, counted from the text's start."""


def who(labeller: Labeller, articles: Sequence[GoldArticle]) -> dict[str, Any]:
    """Score speakers and targets, each beside a rule; {} where no sentence is marked or the bundle has none.

    ``exact`` is the F1 of spans that are the same; ``overlap`` counts the share of each span that the other
    side has (Johansson and Moschitti 2013, https://aclanthology.org/J13-3002/). Intervals as for labels.
    """
    marked = [article for article in articles if article.marks]
    if not marked or not labeller.bundle.spans:
        return {}
    read = [_found(labeller, article) for article in marked]
    return {
        name: {
            "sentences": sum(mark.of(name) is not None for article in marked for mark in article.marks),
            "model": _scored(marked, name, [spans[name] for spans in read]),
            "rule": _scored(marked, name, [_by_rule(name)] * len(marked)),
        }
        for name in SPANS
    }


def _found(labeller: Labeller, article: GoldArticle) -> dict[str, Found]:
    labelled = labeller.label(Article(article.text, kinds=article.kinds)).sentences
    spans = {
        SPANS[0]: [one.said_by for one in labelled if one.said_by],
        SPANS[1]: [place for one in labelled for place in one.blamed],
    }
    return {name: _inside(found) for name, found in spans.items()}


def _inside(spans: Sequence[Place]) -> Found:
    return lambda _, sentence: [
        (start, end) for start, end in spans if sentence.start <= start and end <= sentence.end
    ]


def _by_rule(name: str) -> Found:
    def found(text: str, sentence: Sentence) -> Sequence[Place]:
        spans = rule_spans(text[sentence.start : sentence.end], name)
        return [(sentence.start + start, sentence.start + end) for start, end in spans]

    return found


def _scored(articles: Sequence[GoldArticle], name: str, found: Sequence[Found]) -> dict[str, Any]:
    rows = [
        sum(_counts(article, name, one), np.zeros(5)) for article, one in zip(articles, found, strict=True)
    ]
    counts = np.stack(rows)
    draws = resampled(counts[:, None])[:, 0]
    whole, many = _f1(counts.sum(0)), _f1(draws)
    return {
        measure: {"value": round(float(value), 4), "low": round(low, 4), "high": round(high, 4)}
        for measure, value, (low, high) in zip(
            ("exact", "overlap"), whole, (interval(many[:, n]) for n in range(2)), strict=True
        )
    }


def _counts(article: GoldArticle, name: str, found: Found) -> Iterator[NDArray[np.float64]]:
    """Yield for each marked sentence: spans found, there, the same, and the shares of both that overlap."""
    for sentence, mark in zip(article.sentences, article.marks, strict=True):
        there = _absolute(sentence, mark, name)
        if there is None:
            continue
        ours = found(article.text, sentence)
        same = len(set(ours) & set(there))
        yield np.array([len(ours), len(there), same, _share(ours, there), _share(there, ours)])


def _absolute(sentence: Sentence, mark: Marks, name: str) -> list[Place] | None:
    places = mark.of(name)
    return None if places is None else [(sentence.start + a, sentence.start + b) for a, b in places]


def _share(spans: Sequence[Place], others: Sequence[Place]) -> float:
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
