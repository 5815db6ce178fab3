"""Windows: the laws of the plan, and scores that come back as one row a sentence, whatever the windows."""

import random
from collections.abc import Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import texts

from newsroles.articles import Sentence
from newsroles.model.sentences import split
from newsroles.model.windows import Scores, Window, plan, pool, starts_line, stitch

LABELS = 3


class Case(NamedTuple):
    """Sentences as their callers count them, cut to the budget, and the plan for them."""

    lengths: list[int]
    budget: int
    overlap: float
    windows: list[Window]

    def tokens(self, start: int, stop: int) -> int:
        return sum(self.lengths[start:stop])


def _case(lengths: list[int], budget: int, overlap: float) -> Case:
    return Case([min(n, budget) for n in lengths], budget, overlap, plan(lengths, budget, overlap))


def _cases(least: int = 0) -> st.SearchStrategy[Case]:
    lengths = st.lists(st.integers(1, 9) | st.integers(1, 60), min_size=least, max_size=40)
    return st.builds(_case, lengths, st.integers(1, 80), st.floats(0, 0.95))


def _scores(case: Case, seed: int) -> list[Scores]:
    chance = np.random.default_rng(seed)
    return [chance.normal(size=(w.stop - w.start, LABELS)).astype(np.float32) for w in case.windows]


@given(_cases())
def test_every_sentence_is_in_a_window(case: Case) -> None:
    covered = {number for window in case.windows for number in range(window.start, window.stop)}
    assert covered == set(range(len(case.lengths)))


@given(_cases())
def test_no_window_is_over_the_budget(case: Case) -> None:
    assert all(0 < case.tokens(w.start, w.stop) <= case.budget for w in case.windows)


@given(_cases())
def test_windows_move_on_at_both_ends(case: Case) -> None:
    assert all(a.start < b.start <= a.stop < b.stop for a, b in pairwise(case.windows))


@given(_cases())
def test_neighbours_share_no_more_than_the_overlap(case: Case) -> None:
    for left, right in pairwise(case.windows[:-1]):  # the last is filled up backwards instead
        assert case.tokens(right.start, left.stop) <= case.budget * case.overlap


@given(_cases(least=1))
def test_windows_are_as_full_as_they_can_be(case: Case) -> None:
    *others, last = case.windows
    assert all(case.tokens(w.start, w.stop + 1) > case.budget for w in others)
    assert last.start == 0 or case.tokens(last.start - 1, last.stop) > case.budget


@given(_cases())
def test_a_sentence_that_fills_the_budget_is_alone_in_its_window(case: Case) -> None:
    for number, length in enumerate(case.lengths):
        if length == case.budget:
            assert [w for w in case.windows if w.start <= number < w.stop] == [Window(number, number + 1)]


@given(_cases())
def test_long_sentences_count_as_the_budget(case: Case) -> None:
    longer = [length if length < case.budget else length * 7 for length in case.lengths]
    assert plan(longer, case.budget, case.overlap) == case.windows


def test_a_page_that_fits_is_one_window() -> None:
    assert plan([3, 4, 3], 10, 0.5) == [Window(0, 3)]
    assert plan([], 10, 0.5) == []


def test_windows_overlap_by_whole_sentences() -> None:
    assert plan([4] * 6, 12, 0.4) == [Window(0, 3), Window(2, 5), Window(3, 6)]
    assert plan([4] * 6, 12, 0.3) == [Window(0, 3), Window(3, 6)]


@given(_cases(least=1), st.integers(0, 999))
def test_stitching_gives_a_row_a_sentence_and_the_weighted_mean(case: Case, seed: int) -> None:
    scores = _scores(case, seed)
    rows = stitch(case.lengths, case.windows, scores)
    assert rows.shape == (len(case.lengths), LABELS)
    assert rows.dtype == np.float32
    for number in range(len(case.lengths)):
        seen = [
            (w, s[number - w.start]) for w, s in zip(case.windows, scores, strict=True) if number in _of(w)
        ]
        weights = [_trust(case, window, number) for window, _ in seen]
        assert rows[number] == pytest.approx(
            np.average([row for _, row in seen], axis=0, weights=weights), abs=1e-5
        )


def _of(window: Window) -> range:
    return range(window.start, window.stop)


def _trust(case: Case, window: Window, number: int) -> float:
    """Count 1 plus the tokens of the window between a sentence and the nearer edge that cuts the page."""
    left = inf if window.start == 0 else case.tokens(window.start, number)
    right = inf if window.stop == len(case.lengths) else case.tokens(number + 1, window.stop)
    return 1 + min(left, right, case.tokens(window.start, window.stop))


@given(_cases(least=1), st.integers(0, 999), st.randoms(use_true_random=False))
def test_the_order_of_scoring_does_not_matter(case: Case, seed: int, chance: random.Random) -> None:
    pairs = list(zip(case.windows, _scores(case, seed), strict=True))
    shuffled = chance.sample(pairs, len(pairs))
    rows, others = (stitch(case.lengths, *map(list, zip(*p, strict=True))) for p in (pairs, shuffled))
    np.testing.assert_allclose(rows, others, atol=1e-5)


def test_a_row_leans_to_the_window_that_shows_more_context() -> None:
    lengths, windows = [4, 4, 4, 4, 4], [Window(0, 4), Window(2, 5)]
    rows = stitch(lengths, windows, [np.zeros((4, 1), np.float32), np.ones((3, 1), np.float32)])
    # Sentence 2 sees 4 tokens beyond it in the first window and none before it in the second: 1 of 5 + 1.
    assert rows[:, 0].tolist() == pytest.approx([0, 0, 1 / 6, 5 / 6, 1])


def test_the_page_s_own_edges_are_no_lack_of_context() -> None:
    lengths, windows = [2] * 6, [Window(0, 5), Window(1, 6)]
    rows = stitch(lengths, windows, [np.zeros((5, 1), np.float32), np.ones((5, 1), np.float32)])
    assert rows[:, 0].tolist() == pytest.approx([0, 1 / 8, 3 / 8, 5 / 8, 7 / 8, 1])


def test_stitching_nothing_gives_nothing() -> None:
    assert len(stitch([], [], [])) == 0


@pytest.mark.parametrize(
    ("windows", "heights", "reason"),
    [
        ([Window(0, 2)], [1], "1 rows for sentences 0 to 2"),
        ([Window(0, 1), Window(1, 2)], [1], "shorter"),
        ([Window(0, 1)], [1], "a sentence is in no window"),
        ([], [], "a sentence is in no window"),
    ],
)
def test_stitching_refuses_wrong_counts(windows: list[Window], heights: list[int], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        stitch([5, 5], windows, [np.ones((height, LABELS), np.float32) for height in heights])


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20), st.integers(0, 999))
def test_pooling_is_the_mean_of_each_run(lengths: list[int], seed: int) -> None:
    tokens = np.random.default_rng(seed).normal(size=(sum(lengths), LABELS)).astype(np.float32)
    runs = np.split(tokens, np.cumsum(lengths)[:-1])
    np.testing.assert_allclose(pool(tokens, lengths), [run.mean(axis=0) for run in runs], atol=1e-5)


@pytest.mark.parametrize("lengths", [[2, 2], [2, 4], []])
def test_pooling_refuses_wrong_counts(lengths: list[int]) -> None:
    with pytest.raises(ValueError, match=f"5 token rows cannot be {sum(lengths)} tokens"):
        pool(np.zeros((5, LABELS), np.float32), lengths)


@given(texts())
def test_a_sentence_starts_its_line_where_only_white_space_stands_before(text: str) -> None:
    sentences = split(text)
    befores = [f"{text[: sentence.start]}.".splitlines()[-1] for sentence in sentences]
    assert starts_line(text, sentences) == [before.strip() == "." for before in befores]


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("One. Two.\nThree.", [(0, 4), (5, 9), (10, 16)], [True, False, True]),
        ("One.\r\n \t Two.", [(0, 4), (9, 13)], [True, True]),
        ("One.\u2028Two.", [(0, 4), (5, 9)], [True, True]),
        ("\n\n  One.", [(4, 8)], [True]),
        ("By Ann. One.", [(8, 12)], [False]),  # spans of one's own may leave text out
        ("One.\nBy Ann. Two.", [(0, 4), (13, 17)], [True, False]),
        ("", [], []),
    ],
)
def test_where_lines_start(text: str, spans: Sequence[tuple[int, int]], expected: list[bool]) -> None:
    assert starts_line(text, [Sentence(*span) for span in spans]) == expected
