"""How well labels agree: confusion counts, per-label scores, and intervals over articles."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Indices = Sequence[int] | NDArray[np.int64]


def confusion(gold: Indices, predicted: Indices, labels: int) -> Counts:
    """Count sentences by (gold, predicted) label: [labels, labels]."""
    matrix = np.zeros((labels, labels), dtype=np.int64)
    np.add.at(matrix, (np.asarray(gold, dtype=np.int64), np.asarray(predicted, dtype=np.int64)), 1)
    return matrix


def scores(matrix: NDArray[Any]) -> NDArray[np.float64]:
    """Turn confusion counts [..., labels, labels] into precision, recall and F1: [..., 3, labels].

    A label that is neither there nor predicted scores 0, as in scikit-learn with ``zero_division=0``.
    """
    hits = np.diagonal(matrix, axis1=-2, axis2=-1).astype(np.float64)
    precision = _ratio(hits, matrix.sum(-2))
    recall = _ratio(hits, matrix.sum(-1))
    return np.stack([precision, recall, _ratio(2 * hits, matrix.sum(-2) + matrix.sum(-1))], axis=-2)


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


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95 % percentile interval of bootstrap `values`."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def with_interval(value: Any, draws: NDArray[np.float64]) -> dict[str, float]:
    """Return a value and the interval of its bootstrap `draws`, as reports have them."""
    low, high = interval(draws)
    return {"value": round(float(value), 4), "low": round(low, 4), "high": round(high, 4)}


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    zeros = np.zeros(np.broadcast(part, whole).shape)
    return np.asarray(np.divide(part, whole, out=zeros, where=whole > 0))
