"""How well a text agrees with a story's body, by shingles, which are stretches of four words.

It is counted as https://github.com/scrapinghub/article-extraction-benchmark counts: every shingle as often as
it is there, precision and recall a page, and their means over pages. Here, what stands elsewhere on the page
and has no label doesn't count.
"""

import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from newsroles_training.evaluation.metrics import resampled

LENGTH = 4

_WORD = re.compile(r"\w+")

Counts = NDArray[np.int64]


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Count the shingles; a shorter text is one."""
    words = _WORD.findall(text)
    starts = range(max(1, len(words) - LENGTH + 1) if words else 0)
    return Counter(tuple(words[at : at + LENGTH]) for at in starts)


def matches(body: str, kept: str, unlabelled: str = "") -> list[int]:
    """Count shingles that are in both, in `kept` only, and in `body` only; see above for `unlabelled`."""
    gold, found = shingles(body), shingles(kept)
    extra = (found - gold) - shingles(unlabelled)
    return [(gold & found).total(), extra.total(), (gold - found).total()]


def by_page(counts: Counts, weights: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
    """Return the mean precision and recall, and their F1, of pages' counts [pages, 3]: [..., 3].

    `weights` [..., pages] say how often each page counts. A page of which nothing is kept has no precision.
    """
    weights = np.ones(len(counts), dtype=np.int64) if weights is None else weights
    hits = counts[:, 0]
    precision, recall = (_mean(hits, hits + counts[:, other], weights) for other in (1, 2))
    return np.stack([precision, recall, _f1(precision, recall)], axis=-1)


def pooled(counts: Counts) -> float:
    """Return F1 of all pages' counts together, where long pages weigh more."""
    hits, extra, missed = counts.sum(0)
    return float(2 * hits / (2 * hits + extra + missed))


def draws(pages: int) -> NDArray[np.int64]:
    """Say how often each page is in each bootstrap sample, the same ones every time: [draws, pages]."""
    return resampled(np.eye(pages, dtype=np.int64)[:, None, :])[:, 0, :]


def _mean(part: Counts, whole: Counts, weights: NDArray[np.int64]) -> NDArray[np.float64]:
    has = whole > 0
    return np.asarray(weights[..., has] @ (part[has] / whole[has]) / weights[..., has].sum(-1))


def _f1(precision: NDArray[np.float64], recall: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(2 * precision * recall / (precision + recall))
