"""Spans inside a sentence, from the scores of its tokens.

A token's score is the log-odds that it is inside. Tokens of one word are read together, and a span is a run
of words that are more likely inside than not.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from newsroles.model.windows import Scores

Place = tuple[int, int]
"""Where something stands: [start, end) in characters."""


def marked(sentence: str, places: Sequence[Place], scores: Scores) -> list[tuple[Place, float]]:
    """Return the spans that the `scores` [tokens] of a sentence mark, each with the sum of its words' scores.

    `places` says where each token stands in the sentence, (0, 0) for one that stands for nothing.
    """
    found = []
    words = list(_words(sentence, places))
    means = [float(np.mean(scores[numbers])) for _, numbers in words]
    for is_inside, run in groupby(range(len(words)), key=lambda number: means[number] > 0):
        if is_inside:
            inside = list(run)
            place = _trimmed(sentence, words[inside[0]][0][0], words[inside[-1]][0][1])
            if place[0] < place[1]:
                found.append((place, sum(means[number] for number in inside)))
    return found


def _words(sentence: str, places: Sequence[Place]) -> Iterator[tuple[Place, list[int]]]:
    """Yield each word's place and its tokens: tokens that touch, where letters or digits do."""
    start = end = 0
    tokens: list[int] = []
    for number, (first, last) in enumerate(places):
        if first == last:
            continue
        is_same = bool(tokens) and first == end and sentence[end - 1].isalnum() and sentence[first].isalnum()
        if tokens and not is_same:
            yield (start, end), tokens
            tokens = []
        start = start if tokens else first
        end = last
        tokens.append(number)
    if tokens:
        yield (start, end), tokens


_EDGES = " \t\n,;:\"'“”‘’"  # noqa: RUF001 - as pages have them


def _trimmed(sentence: str, start: int, end: int) -> Place:
    """Take quotation marks, commas and spaces off a span's edges, but not the point of "Inc."."""
    text = sentence[start:end]
    start += len(text) - len(text.lstrip(_EDGES))
    return start, max(start, start + len(sentence[start:end].rstrip(_EDGES)))
