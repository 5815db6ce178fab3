"""Metrics: scikit-learn's numbers, and intervals that resample whole articles."""

import warnings
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroles_training.evaluation.metrics import confusion, interval, macro_f1, resampled, scores

LABELS = 4
PAIRS = st.lists(st.tuples(st.integers(0, LABELS - 1), st.integers(0, LABELS - 1)), min_size=1, max_size=60)
BY_ARTICLE = np.stack([np.eye(2, dtype=np.int64) * size for size in (1, 10, 100)])


@given(PAIRS)
def test_scores_are_scikit_learn_s(pairs: Sequence[tuple[int, int]]) -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    gold, predicted = zip(*pairs, strict=True)
    numbers = range(LABELS)
    matrix = confusion(gold, predicted, LABELS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of labels that nobody predicted
        expected = sklearn.precision_recall_fscore_support(gold, predicted, labels=numbers, zero_division=0)
    np.testing.assert_array_equal(matrix, sklearn.confusion_matrix(gold, predicted, labels=numbers))
    np.testing.assert_allclose(scores(matrix), expected[:3])
    assert macro_f1(matrix) == pytest.approx(np.mean(expected[2]))


def test_rows_are_gold_and_columns_predicted() -> None:
    assert confusion([0, 0, 1], [1, 1, 0], 3).tolist() == [[0, 2, 0], [1, 0, 0], [0, 0, 0]]


def test_nothing_counts_as_nothing() -> None:
    matrix = confusion([], [], LABELS)
    assert matrix.sum() == 0
    assert macro_f1(matrix) == 0


def test_scores_take_stacks_of_matrices() -> None:
    one, two = confusion([0, 1], [0, 0], 2), confusion([1, 1], [1, 0], 2)
    np.testing.assert_array_equal(scores(np.stack([one, two])), np.stack([scores(one), scores(two)]))
    assert macro_f1(np.stack([one, two])).shape == (2,)


def test_a_draw_is_whole_articles() -> None:
    draws = resampled(BY_ARTICLE, draws=200)
    sizes = {a + b + c for a in (1, 10, 100) for b in (1, 10, 100) for c in (1, 10, 100)}
    assert draws.shape == (200, 2, 2)
    assert set(draws[:, 0, 0].tolist()) == sizes
    assert not draws[:, 0, 1].any()


def test_draws_are_the_same_every_time() -> None:
    np.testing.assert_array_equal(resampled(BY_ARTICLE, 20), resampled(BY_ARTICLE, 20))


def test_the_interval_holds_its_share() -> None:
    assert interval(np.arange(1001.0)) == pytest.approx((25, 975))
