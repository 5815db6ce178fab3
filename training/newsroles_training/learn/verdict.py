"""Two models on the same articles: what the new one gains, and whether to switch to it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from newsroles_training.evaluation.alignment import Scored, counts_by_article
from newsroles_training.evaluation.metrics import LEAST_ARTICLES, interval, resampled

LEAST_SENTENCES = 20
"""Corrected sentences that are held out; of fewer, as of fewer pages, an interval says nothing."""
MOST_LOST = 0.01
"""The share of the test set that may be lost, at most: more is forgetting, if the interval agrees."""

Word = Literal["switch", "stay", "undecided"]


def compared(before: Sequence[Scored], after: Sequence[Scored], labels: int) -> dict[str, Any]:
    """Return the share of sentences that each model labels right, and the gain with its 95 % interval.

    The interval is a bootstrap over articles, the same ones for both models.
    """
    counts = [counts_by_article(each, labels) for each in (before, after)]
    shares = [float(_right(each.sum(0))) for each in counts]
    low, high = interval(_right(resampled(counts[1])) - _right(resampled(counts[0])))
    return {
        "articles": len(before),
        "sentences": int(counts[0].sum()),
        "before": round(shares[0], 4),
        "after": round(shares[1], 4),
        "gain": round(shares[1] - shares[0], 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }


def verdict(held: Mapping[str, Any], test: Mapping[str, Any]) -> tuple[Word, str]:
    """Say whether to switch, and why: the new model must gain on held-out corrections and forget little.

    Corrections of which the model before has none right, as a report gives them, were chosen by its errors:
    any other model gains there, so the test set has to gain as well.
    """
    if test["high"] < 0 and test["gain"] < -MOST_LOST:
        return "stay", f"it forgets: {-test['gain']:.1%} of the test set is lost; give more pages to --replay"
    if held["before"] == 0 and held["gain"] > 0:
        return _of_errors(test)
    if held["articles"] < LEAST_ARTICLES or held["sentences"] < LEAST_SENTENCES:
        pages = max(0, LEAST_ARTICLES - held["articles"])
        sentences = max(0, LEAST_SENTENCES - held["sentences"])
        return "undecided", (
            f"too few corrections are held out to tell; correct about {3 * max(sentences, pages)} more "
            f"sentences, on {3 * pages} more pages"
        )
    if held["low"] > 0:
        return "switch", "it reads held-out corrections better, and has not forgotten the rest"
    if held["high"] < 0 or held["gain"] <= 0:
        return "stay", "it reads held-out corrections no better"
    half = (held["high"] - held["low"]) / 2
    more = math.ceil(3 * held["sentences"] * ((half / held["gain"]) ** 2 - 1))
    return "undecided", f"the gain may be chance; about {max(more, 3)} more corrected sentences would tell"


def _of_errors(test: Mapping[str, Any]) -> tuple[Word, str]:
    if test["low"] > 0:
        return "switch", "it reads the test set better"
    return "undecided", (
        "all of these corrections are errors of the model before, so that any change gains on them; give "
        "--test pages of yours that are labelled whole, or check right labels too (newsroles-train sample)"
    )


def _right(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share on the diagonal: [..., labels, labels] to [...]."""
    whole = counts.sum((-2, -1))
    return np.asarray(np.trace(counts, axis1=-2, axis2=-1) / np.maximum(whole, 1))
