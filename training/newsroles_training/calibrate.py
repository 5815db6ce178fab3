"""Probabilities that mean what they say: a temperature fitted on pages that the weights have not seen."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newsroles.windows import Scores


def fit_temperature(logits: Scores, gold: Sequence[int] | NDArray[np.int64]) -> float:
    """Find the temperature that makes `gold` likeliest, by golden-section search over its logarithm.

    Temperature scaling as in Guo et al. 2017, https://arxiv.org/abs/1706.04599: one number, so that no label
    changes. `logits` is [sentences, labels]; the result lies in [0.1, 10].
    """
    labels = np.asarray(gold)
    low, high = np.log(0.1), np.log(10.0)
    ratio = (np.sqrt(5) - 1) / 2
    while high - low > 1e-4:  # noqa: PLR2004 - a ten-thousandth of a logarithm is beyond what data can tell
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if _negative_log_likelihood(logits / np.exp(left), labels) < _negative_log_likelihood(
            logits / np.exp(right), labels
        ):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def _negative_log_likelihood(logits: Scores, gold: NDArray[np.int64]) -> float:
    shifted = logits - logits.max(-1, keepdims=True)
    log_sums = np.log(np.exp(shifted).sum(-1))
    return float((log_sums - shifted[np.arange(len(gold)), gold]).mean())


def expected_calibration_error(probabilities: Scores, gold: NDArray[np.int64], bins: int = 15) -> float:
    """Average the gap between confidence and accuracy over equal-width bins, weighted by their size.

    The estimator of Naeini et al. 2015 with the 15 bins of Guo et al. 2017; in [0, 1], lower is better.
    """
    confidence, right = probabilities.max(-1), probabilities.argmax(-1) == gold
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(float(confidence[which == n].sum() - right[which == n].sum())) for n in range(bins)]
    return round(sum(gaps) / len(gold), 4)
