"""Calibration: a temperature that makes gold likeliest, and the error that it is judged by."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from newsroles.model.windows import Scores
from newsroles_training.evaluation.calibrate import (
    coverage,
    cross_fitted,
    expected_calibration_error,
    fit_bias,
    fit_temperature,
    reliability,
)


def _rows(values: Sequence[Sequence[float]]) -> Scores:
    return np.array(values, np.float32)


def _sample(temperature: float, sentences: int = 20_000) -> tuple[Scores, NDArray[np.int64]]:
    """Draw gold labels from softmax(logits), and give the logits multiplied by `temperature`."""
    chance = np.random.default_rng(4)
    logits = chance.normal(scale=2, size=(sentences, 4))
    gold = (logits + chance.gumbel(size=logits.shape)).argmax(-1)
    return (logits * temperature).astype(np.float32), gold


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_is_found(temperature: float) -> None:
    assert fit_temperature(*_sample(temperature)) == pytest.approx(temperature, rel=0.05)


def test_no_other_temperature_is_likelier() -> None:
    logits, gold = _sample(2.0, sentences=300)

    def likelihood(temperature: float) -> float:
        raised = np.exp(logits / temperature)
        return float(np.log(raised[np.arange(len(gold)), gold] / raised.sum(-1)).sum())

    best = likelihood(fit_temperature(logits, gold))
    assert best >= max(map(likelihood, np.geomspace(0.1, 10, 500))) - 1e-4


@pytest.mark.parametrize(("gold", "bound"), [([0, 1], 0.1), ([1, 0], 10.0)])
def test_the_temperature_is_bounded(gold: list[int], bound: float) -> None:
    logits = _rows([[3, 0], [0, 3]])
    assert fit_temperature(logits, gold) == pytest.approx(bound, rel=1e-3)


def test_large_logits_do_not_overflow() -> None:
    assert fit_temperature(_rows([[4000, 0], [4000, 0]]), [0, 1]) == pytest.approx(10.0, rel=1e-3)


def test_the_calibration_error_is_the_mean_gap() -> None:
    probabilities = _rows([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.4, 0.6]])
    # Confidence .9, half of them right: a gap of .4; confidence .6, all of them right: a gap of .4.
    assert expected_calibration_error(probabilities, np.array([0, 1, 0, 1])) == pytest.approx(0.4)


def test_sure_and_right_is_no_error() -> None:
    assert expected_calibration_error(_rows([[1, 0], [0, 1]]), np.array([0, 1])) == 0


def test_calibrated_probabilities_have_little_error() -> None:
    logits, gold = _sample(1.0)
    raised = np.exp(logits)
    probabilities = raised / raised.sum(-1, keepdims=True)
    assert expected_calibration_error(probabilities, gold) < 0.02
    assert (
        expected_calibration_error(probabilities**3 / (probabilities**3).sum(-1, keepdims=True), gold) > 0.1
    )


def test_cross_fitting_scales_a_page_by_the_others_only() -> None:
    logits, gold = _sample(3.0, sentences=4000)
    pages, labels = np.split(logits, 10), np.split(gold, 10)
    rows = cross_fitted(pages, labels)
    assert [len(row) for row in rows] == [400] * 10
    assert expected_calibration_error(np.concatenate(rows), gold) < 0.03
    spoilt = [*labels[:-1], (labels[-1] + 1) % 4]
    assert np.array_equal(cross_fitted(pages, spoilt)[-1], rows[-1])
    assert not np.array_equal(cross_fitted(pages, spoilt)[0], rows[0])


def test_one_page_alone_has_no_others_to_fit_on() -> None:
    (row,) = cross_fitted([_rows([[0, np.log(3)]])], [np.array([1])])
    assert row == pytest.approx(_rows([[0.25, 0.75]]))


def test_coverage_keeps_the_surest() -> None:
    rows = _rows([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])
    points = coverage(rows, np.array([0, 0, 0, 1]))
    assert points[0] == {"coverage": 1.0, "confidence": pytest.approx(0.6), "accuracy": 0.75}
    assert points[-1] == {"coverage": 0.5, "confidence": pytest.approx(0.8), "accuracy": 1.0}


def test_reliability_bins_hold_every_sentence_once() -> None:
    bins = reliability(_rows([[0.95, 0.05], [1.0, 0.0], [0.55, 0.45]]), np.array([0, 1, 0]))
    assert [one["sentences"] for one in bins] == [1, 2]
    assert [one["accuracy"] for one in bins] == [1, 0.5]


def test_a_bias_makes_odds_as_often_right_as_they_say() -> None:
    rng = np.random.default_rng(4)
    odds, folds = rng.normal(size=4000), np.arange(4000) % 5
    gold = rng.random(4000) < 1 / (1 + np.exp(-(odds + 2)))
    assert fit_bias(odds, gold, folds) == pytest.approx(2, abs=0.15)


def test_few_sentences_move_little_and_many_that_agree_much() -> None:
    few = fit_bias(np.zeros(1), np.ones(1, dtype=bool), np.zeros(1, dtype=np.int64))
    many = fit_bias(np.zeros(400), np.ones(400, dtype=bool), np.arange(400) % 5)
    assert 0 < few < 1
    assert many > 5


def test_pages_that_disagree_keep_the_bias_small() -> None:
    folds = np.repeat(np.arange(5), 3)
    told = fit_bias(np.zeros(15), folds == 0, folds)
    assert abs(told) < abs(np.log(3 / 12))  # what is likeliest on all of them
