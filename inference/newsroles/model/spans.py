"""Spans inside a sentence, from the scores of its tokens.

A token's score is the log-odds that it is inside. Tokens of one word are read together, and a span is a run
of words that are more likely inside than not. A name is not cut: where one of several capitalised words in a
row is inside, all are, but in headlines that capitalise every word.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

import numpy as np

from newsroles.articles import Span
from newsroles.model.windows import Scores


def marked(sentence: str, places: Sequence[Span], scores: Scores) -> list[tuple[Span, float]]:
    """Return the spans that the `scores` [tokens] of a sentence mark, each with the sum of its words' scores.

    `places` says where each token stands in the sentence, (0, 0) for one that stands for nothing.
    """
    words = list(_words(sentence, places))
    means = [  # NumPy's mean takes long, and most words are one token
        float(scores[numbers[0]] if len(numbers) == 1 else np.mean(scores[numbers])) for _, numbers in words
    ]
    likely = [mean > 0 for mean in means]
    inside = _names_whole(sentence, [place for place, _ in words], likely)
    found = []
    for is_inside, run in groupby(range(len(words)), key=inside.__getitem__):
        numbers = list(run)
        place = _trimmed(sentence, words[numbers[0]][0][0], words[numbers[-1]][0][1])
        if is_inside and place[0] < place[1]:
            found.append((place, sum(means[number] for number in numbers)))
    return found


def _names_whole(sentence: str, words: Sequence[Span], inside: Sequence[bool]) -> list[bool]:
    """Return which words are inside, once every capitalised word beside one that is inside is so too.

    A sentence's first word is capitalised anyway, and is left as it is, as are headlines in title case.
    """
    whole = list(inside)
    if sum(sentence[start].isupper() for start, _ in words) > len(words) / 2:
        return whole
    pairs = list(pairwise(range(len(words))))
    for one, other in [*pairs, *((after, before) for before, after in reversed(pairs) if before)]:
        (start, _), (other_start, _) = words[one], words[other]
        gap = sentence[min(words[one][1], words[other][1]) : max(start, other_start)]
        is_name = sentence[start].isupper() and sentence[other_start].isupper() and gap == " "
        whole[other] = whole[other] or (whole[one] and is_name)
    return whole


def _words(sentence: str, places: Sequence[Span]) -> Iterator[tuple[Span, list[int]]]:
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


_POSSESSIVE = re.compile(r"(?:(?<=\w)['’]s\b|(?<=\w['’])s\b)")  # noqa: RUF001 - as pages have them
_EDGES = " \t\n,;:\"'“”‘’"  # noqa: RUF001 - as pages have them


def _trimmed(sentence: str, start: int, end: int) -> Span:
    """Take quotation marks, commas and spaces off a span's edges, but not the point of "Inc.".

    Nor does a span begin with the end of a possessive: of "Aldana's lawyer" it is "lawyer".
    """
    if found := _POSSESSIVE.match(sentence, start, end):
        start = found.end()
    text = sentence[start:end]
    start += len(text) - len(text.lstrip(_EDGES))
    return start, max(start, start + len(sentence[start:end].rstrip(_EDGES)))
