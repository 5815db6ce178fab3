"""Spans inside a sentence, from the scores of its tokens."""

import re

import numpy as np
import pytest

from newsroles.model.spans import marked
from newsroles.model.windows import Window, clearest

SENTENCE = "Orla Venn, of the mill, blamed Reik."
#           0         1         2         3
PLACES = [
    (0, 0),
    (0, 4),
    (5, 9),
    (9, 10),
    (11, 13),
    (14, 17),
    (18, 22),
    (22, 23),
    (24, 30),
    (31, 33),
    (33, 35),
]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ([], []),
        ([1, 2], [(0, 9)]),
        ([1, 2, 9, 10], [(0, 9), (31, 35)]),
        ([0, 9], [(31, 35)]),  # half of a word, and the opening token, which stands for nothing
        ([3], []),  # a comma alone
        ([2, 3], [(5, 9)]),  # and at an edge
        ([1, 2, 3, 4, 5, 6], [(0, 22)]),
    ],
)
def test_a_span_is_a_run_of_words(inside: list[int], expected: list[tuple[int, int]]) -> None:
    scores = np.full(len(PLACES), -1, dtype=np.float32)
    scores[inside] = 2
    assert [place for place, _ in marked(SENTENCE, PLACES, scores)] == expected


def test_only_words_of_several_tokens_need_a_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    mean = np.mean
    monkeypatch.setattr(np, "mean", lambda scores: sizes.append(len(scores)) or mean(scores))
    scores = np.linspace(-1, 0.9, len(PLACES), dtype=np.float32)
    ((place, total),) = marked(SENTENCE, PLACES, scores)
    assert (place, sizes) == ((18, 35), [2])
    assert total == float(scores[6]) + float(scores[7]) + float(scores[8]) + float(mean(scores[9:11]))


@pytest.mark.parametrize(
    ("sentence", "inside", "expected"),
    [
        ("the mayor Orla May Venn said", ["May"], ["Orla May Venn"]),
        ("Yesterday Orla Venn said that it fell", ["Venn"], ["Orla Venn"]),  # the first word may be no name
        ("Orla Venn said that it fell", ["Orla"], ["Orla Venn"]),
        ("Venn Says Corvane Hid the Cracks", ["Corvane"], ["Corvane"]),
        ("hidden by Corvane, Orla Venn said", ["Venn"], ["Orla Venn"]),
        ("Orla Venn said that it fell", ["said"], ["said"]),
    ],
)
def test_a_name_is_not_cut(sentence: str, inside: list[str], expected: list[str]) -> None:
    words = [match.span() for match in re.finditer(r"\w+|,", sentence)]
    scores = np.array([1 if sentence[start:end] in inside else -1 for start, end in words], dtype=np.float32)
    assert [sentence[start:end] for (start, end), _ in marked(sentence, words, scores)] == expected


@pytest.mark.parametrize("apostrophe", "'’")  # noqa: RUF001 - as pages have it
def test_a_span_begins_with_no_end_of_a_possessive(apostrophe: str) -> None:
    sentence = f"Aldana{apostrophe}s lawyer Orla Venn lied."
    places = [(0, 6), (6, 7), (7, 8), (9, 15), (16, 20), (21, 25), (26, 30), (30, 31)]
    for first in (1, 2):  # with the apostrophe, and without
        scores = np.array([1.0 if first <= number <= 5 else -1.0 for number in range(len(places))])
        assert [place for place, _ in marked(sentence, places, scores)] == [(9, 25)]


def test_a_span_weighs_the_sum_of_its_words() -> None:
    scores = np.array([-1, 2, 1, -1, -1, -1, -1, -1, -1, 4, 2], dtype=np.float32)
    assert marked(SENTENCE, PLACES, scores) == [((0, 9), 3.0), ((31, 35), 3.0)]


def test_each_sentence_s_tokens_come_from_the_window_where_it_has_most_context() -> None:
    lengths, windows = [2, 3, 1, 2], [Window(0, 3), Window(1, 4)]
    first, second = (np.full((6, 1), number, dtype=np.float32) for number in (1, 2))
    rows = clearest(lengths, windows, [first, second])
    assert [len(row) for row in rows] == lengths
    assert [float(row[0, 0]) for row in rows] == [1, 1, 2, 2]
