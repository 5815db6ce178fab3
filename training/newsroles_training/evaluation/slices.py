"""Where a model is right and where it is wrong: parts of a corpus, worst pages, most confident errors."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from newsroles_training.data.corpus import GoldArticle
from newsroles_training.evaluation.alignment import Scored
from newsroles_training.evaluation.metrics import confusion, label_f1

WORST, ERRORS, CONTEXT = 10, 100, 300
"""Pages listed, errors listed, characters shown before and after an error."""
QUOTES = frozenset('"\u201c\u201d\u00ab\u00bb\u201e')

Slice = Callable[[GoldArticle, int], str]
"""Names the part of a corpus that an article's sentence, by its place, belongs to."""


def _length(article: GoldArticle, number: int) -> str:
    span = article.sentences[number]
    words = len(article.text[span.start : span.end].split())
    return "up to 5 words" if words <= 5 else "6 to 20 words" if words <= 20 else "over 20 words"  # noqa: PLR2004


def _position(article: GoldArticle, number: int) -> str:
    return (
        f"{('first', 'second', 'third', 'fourth')[4 * number // len(article.sentences)]} quarter of its page"
    )


def _quoted(article: GoldArticle, number: int) -> str:
    span = article.sentences[number]
    return (
        "with quotation marks"
        if QUOTES & set(article.text[span.start : span.end])
        else "without quotation marks"
    )


SLICES: dict[str, Slice] = {
    "publisher": lambda article, _: article.group,
    "desk": lambda article, _: article.desk or "not stated",
    "length": _length,
    "position": _position,
    "quoted": _quoted,
}


def slices(scored: Sequence[Scored], labels: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Score every part of every way to slice: its sentences, accuracy, and F1 of the labels that it has."""
    return {name: _by_part(scored, labels, part_of) for name, part_of in SLICES.items()}


def _by_part(scored: Sequence[Scored], labels: Sequence[str], part_of: Slice) -> dict[str, Any]:
    pairs: dict[str, list[tuple[int, int]]] = {}
    for one in scored:
        for number, pair in enumerate(zip(one.gold.tolist(), one.predicted.tolist(), strict=True)):
            pairs.setdefault(part_of(one.article, number), []).append(pair)
    return {part: _figures(pairs[part], labels) for part in sorted(pairs)}


def _figures(pairs: Sequence[tuple[int, int]], labels: Sequence[str]) -> dict[str, Any]:
    counts = confusion([gold for gold, _ in pairs], [predicted for _, predicted in pairs], len(labels))
    f1 = label_f1(counts)
    return {
        "sentences": len(pairs),
        "accuracy": round(float(np.trace(counts) / len(pairs)), 4),
        "f1": {name: round(float(f1[n]), 4) for n, name in enumerate(labels) if counts[n].any()},
    }


def worst_pages(scored: Sequence[Scored]) -> list[dict[str, Any]]:
    """List the pages with the largest share of errors, worst first."""
    ranked = sorted((one for one in scored if len(one.gold)), key=_accuracy)
    return [
        {
            "id": one.article.id,
            "group": one.article.group,
            "sentences": len(one.gold),
            "accuracy": round(_accuracy(one), 4),
        }
        for one in ranked[:WORST]
    ]


def _accuracy(one: Scored) -> float:
    return float((one.predicted == one.gold).mean())


def confident_errors(scored: Sequence[Scored], labels: Sequence[str]) -> list[dict[str, Any]]:
    """List the errors that the model is surest of, with their text and what stands around it."""
    found = (error for one in scored for error in _errors(one, labels))
    return sorted(found, key=lambda error: -float(error["probability"]))[:ERRORS]


def _errors(one: Scored, labels: Sequence[str]) -> Iterator[dict[str, Any]]:
    text = one.article.text
    for number in np.flatnonzero(one.predicted != one.gold):
        span, predicted = one.article.sentences[number], one.predicted[number]
        yield {
            "id": one.article.id,
            "sentence": int(number),
            "gold": labels[one.gold[number]],
            "predicted": labels[predicted],
            "probability": round(float(one.probabilities[number, predicted]), 4),
            "before": text[max(0, span.start - CONTEXT) : span.start],
            "text": text[span.start : span.end],
            "after": text[span.end : span.end + CONTEXT],
        }
