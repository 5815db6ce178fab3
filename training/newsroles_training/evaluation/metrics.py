"""How well labels agree: confusion counts, per-label scores, and intervals over articles."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Indices = Sequence[int] | NDArray[np.int64]
LEAST_ARTICLES = 5
"""Draws of fewer articles are too much alike for an interval."""


def confusion(gold: Indices, predicted: Indices, labels: int) -> Counts:
    """Count sentences by (gold, predicted) label: [labels, labels]."""
    matrix = np.zeros((labels, labels), dtype=np.int64)
    np.add.at(matrix, (np.asarray(gold, dtype=np.int64), np.asarray(predicted, dtype=np.int64)), 1)
    return matrix


def scores(matrix: NDArray[Any], undefined: float = 0.0) -> NDArray[np.float64]:
    """Turn confusion counts [..., labels, labels] into precision, recall and F1: [..., 3, labels].

    What would be divided by 0, as for a label that is neither there nor predicted, is `undefined`: 0 as in
    scikit-learn with ``zero_division=0``.
    """
    hits = np.diagonal(matrix, axis1=-2, axis2=-1).astype(np.float64)
    predicted, there = matrix.sum(-2), matrix.sum(-1)
    pairs = ((hits, predicted), (hits, there), (2 * hits, predicted + there))
    return np.stack([_ratio(part, whole, undefined) for part, whole in pairs], axis=-2)


def label_f1(matrix: NDArray[Any]) -> NDArray[np.float64]:
    """Turn confusion counts [..., labels, labels] into F1: [..., labels]."""
    return np.asarray(scores(matrix)[..., 2, :])


def macro_f1(matrix: NDArray[Any]) -> NDArray[np.float64]:
    """Average F1 over labels, each label counting the same."""
    return np.asarray(label_f1(matrix).mean(-1))


def resampled(by_article: NDArray[Any], draws: int = 2000) -> NDArray[Any]:
    """Draw bootstrap samples of whole articles, the same ones every time: [articles, L, L] -> [draws, L, L].

    Articles, not sentences, are the unit, because sentences of a page are not independent
    (cluster bootstrap; Davison & Hinkley 1997, section 3.8).
    """
    chosen = np.random.default_rng(0).integers(len(by_article), size=(draws, len(by_article)))
    picks = np.stack([np.bincount(row, minlength=len(by_article)) for row in chosen])
    return np.asarray(np.einsum("da,aij->dij", picks, by_article))


def drawn_scores(by_article: NDArray[Any]) -> NDArray[np.float64]:
    """Score bootstrap draws of whole articles: [articles, labels, labels] -> [draws, 3, labels].

    NaN where a draw happens to be without a label, and so says nothing of it. What is 0 on all articles is 0
    in every draw.
    """
    return np.where(scores(by_article.sum(0)) > 0, scores(resampled(by_article), np.nan), 0.0)


def drawn_f1(by_article: NDArray[Any]) -> NDArray[np.float64]:
    """Return the F1 of `drawn_scores`: [draws, labels]."""
    return np.asarray(drawn_scores(by_article)[:, 2])


def over_labels(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average draws over the labels that they say something of: [draws, labels] -> [draws]."""
    return np.asarray(np.ma.masked_invalid(draws).mean(-1).filled(np.nan))


def drawn_macro_f1(by_article: NDArray[Any]) -> NDArray[np.float64]:
    """Return the macro-F1 of `drawn_scores`: [draws]."""
    return over_labels(drawn_f1(by_article))


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95 % percentile interval of bootstrap `values`, those that are NaN left out."""
    low, high = np.nanquantile(values, [0.025, 0.975])
    return float(low), float(high)


def interval_of(draws: NDArray[np.float64], articles: int) -> list[float] | None:
    """Return the interval of bootstrap `draws` as reports have it; of few articles there is none."""
    return [round(end, 4) for end in interval(draws)] if articles >= LEAST_ARTICLES else None


def with_interval(value: Any, draws: NDArray[np.float64], articles: int) -> dict[str, float | None]:
    """Return a value and the ends of its interval, None where it has none."""
    low, high = interval_of(draws, articles) or (None, None)
    return {"value": round(float(value), 4), "low": low, "high": high}


def _ratio(part: NDArray[Any], whole: NDArray[Any], undefined: float) -> NDArray[np.float64]:
    out = np.full(np.broadcast(part, whole).shape, undefined)
    return np.asarray(np.divide(part, whole, out=out, where=whole > 0))
