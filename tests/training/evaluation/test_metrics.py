"""Metrics: scikit-learn's numbers, and intervals that resample whole articles."""

import warnings
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroles_training.evaluation.metrics import (
    confusion,
    drawn_f1,
    drawn_scores,
    interval,
    macro_f1,
    over_labels,
    resampled,
    scores,
    with_interval,
)

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


def test_draws_without_a_label_say_nothing_of_it() -> None:
    perfect = np.stack([np.diag([10, 0])] * 39 + [np.diag([10, 2])])
    draws = drawn_f1(perfect)
    assert np.isnan(draws[:, 1]).mean() == pytest.approx((39 / 40) ** 40, abs=0.05)
    assert with_interval(1, draws[:, 1], 40) == {"value": 1, "low": 1, "high": 1}
    assert interval(over_labels(draws)) == (1, 1)
    halved = np.stack([np.diag([10, 0])] * 39 + [np.array([[10, 0], [2, 2]])])
    precision, recall, f1 = (interval(drawn_scores(halved)[:, row, 1]) for row in range(3))
    assert (precision, recall, f1) == ((1, 1), (0.5, 0.5), pytest.approx((2 / 3, 2 / 3)))


@pytest.mark.parametrize("other", [np.diag([10, 0]), np.array([[9, 1], [0, 0]]), np.array([[10, 0], [2, 0]])])
def test_a_label_that_is_never_hit_is_0_in_every_draw_as_in_all(other: np.ndarray) -> None:
    by_article = np.stack([np.diag([10, 0])] * 9 + [other])
    assert not drawn_scores(by_article)[:, :, 1].any()
    low, high = interval(over_labels(drawn_f1(by_article)))
    assert low <= macro_f1(by_article.sum(0)) <= high <= 0.5


def test_few_articles_have_no_interval() -> None:
    by_article = np.stack([np.diag([10, 2])] * 4)
    assert with_interval(1, drawn_f1(by_article)[:, 0], 4) == {"value": 1, "low": None, "high": None}
