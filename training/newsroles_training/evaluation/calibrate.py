"""Probabilities that mean what they say: a temperature fitted on pages that the weights have not seen."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newsroles.model.windows import Scores, softmax

FOLDS, BINS = 5, 15
"""Of articles, for cross-fitting; of confidence, in equal widths."""
COLDEST, HOTTEST = 0.11, 9.0
"""What a temperature lies between that says something: at the ends of the search it would go on for ever."""


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


def fit_bias(odds: NDArray[np.float64], gold: NDArray[np.bool_], folds: NDArray[np.int64]) -> float:
    """Find the number that, added to log-odds [sentences], makes `gold` likeliest.

    With a normal prior around zero, so that few sentences move it little: logit adjustment as in Menon et al.
    2021, https://arxiv.org/abs/2007.07314, with what is known of a group of sentences. The prior is as narrow
    as predicts best the sentences of each fold from those of the others.
    """
    return _likeliest(odds, gold, max(PRECISIONS, key=lambda one: _foretold(odds, gold, folds, one)))


PRECISIONS = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01)
"""What priors there are to choose from, the narrowest first: one divided by the variance."""


def _likeliest(odds: NDArray[np.float64], gold: NDArray[np.bool_], precision: float) -> float:
    """Find it by Newton's method."""
    bias = 0.0
    for _ in range(60):
        said = 1 / (1 + np.exp(-(odds + bias)))
        gradient = said.sum() - gold.sum() + precision * bias
        bias -= float(np.clip(gradient / ((said * (1 - said)).sum() + precision), -1, 1))
    return bias


def _foretold(
    odds: NDArray[np.float64], gold: NDArray[np.bool_], folds: NDArray[np.int64], precision: float
) -> float:
    """Return the log-likelihood of each fold, by what is fitted on the others."""
    signs, whole = np.where(gold, 1.0, -1.0), 0.0
    for fold in np.unique(folds):
        out = folds == fold
        bias = _likeliest(odds[~out], gold[~out], precision)
        whole -= float(np.logaddexp(0, -signs[out] * (odds[out] + bias)).sum())
    return whole


def _negative_log_likelihood(logits: Scores, gold: NDArray[np.int64]) -> float:
    shifted = logits - logits.max(-1, keepdims=True)
    log_sums = np.log(np.exp(shifted).sum(-1))
    return float((log_sums - shifted[np.arange(len(gold)), gold]).mean())


def cross_fitted(logits: Sequence[Scores], gold: Sequence[NDArray[np.int64]]) -> list[Scores]:
    """Scale each article's logits by a temperature fitted on the articles of the other folds.

    What calibration by `fit_temperature` is worth on pages that it has not seen; articles are dealt out in
    turn. Gives probabilities [sentences, labels] an article. One article has no others, and stays as it is.
    """
    if len(logits) == 1:
        return [softmax(logits[0])]
    scaled: dict[int, Scores] = {}
    for fold in range(min(FOLDS, len(logits))):
        others = [number for number in range(len(logits)) if number % FOLDS != fold]
        temperature = fit_temperature(
            np.concatenate([logits[number] for number in others]),
            np.concatenate([gold[number] for number in others]),
        )
        for number in range(fold, len(logits), FOLDS):
            scaled[number] = softmax(logits[number] / temperature)
    return [scaled[number] for number in range(len(logits))]


def coverage(probabilities: Scores, gold: NDArray[np.int64]) -> list[dict[str, float]]:
    """Say how accurate the surest sentences are: for each share kept, the confidence it takes, and accuracy.

    The risk-coverage curve of selective classification (Geifman & El-Yaniv 2017, https://arxiv.org/abs/1705.08500).
    """
    confidence, right = probabilities.max(-1), probabilities.argmax(-1) == gold
    order = np.argsort(-confidence, kind="stable")
    kept = [max(1, round(len(gold) * share / 20)) for share in range(20, 9, -1)]
    return [
        {
            "coverage": round(count / len(gold), 4),
            "confidence": round(float(confidence[order[count - 1]]), 4),
            "accuracy": round(float(right[order[:count]].mean()), 4),
        }
        for count in kept
    ]


def reliability(probabilities: Scores, gold: NDArray[np.int64]) -> list[dict[str, float]]:
    """Bin sentences by confidence, in equal widths: how many, how sure, how often right; no empty bins."""
    confidence, right = probabilities.max(-1), probabilities.argmax(-1) == gold
    which = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        {
            "sentences": int((which == n).sum()),
            "confidence": round(float(confidence[which == n].mean()), 4),
            "accuracy": round(float(right[which == n].mean()), 4),
        }
        for n in range(BINS)
        if (which == n).any()
    ]


def expected_calibration_error(probabilities: Scores, gold: NDArray[np.int64]) -> float:
    """Average the gap between confidence and accuracy over equal-width bins, weighted by their size.

    The estimator of Naeini et al. 2015 with the 15 bins of Guo et al. 2017; in [0, 1], lower is better.
    """
    gaps = [
        one["sentences"] * abs(one["confidence"] - one["accuracy"])
        for one in reliability(probabilities, gold)
    ]
    return round(float(sum(gaps) / len(gold)), 4)
