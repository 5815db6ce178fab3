"""Which sentences go through the encoder together, and how their scores come back as one row each.

Pure functions on token counts, shared by training and serving, so that a model cannot be trained on
other windows than it is served. An article is a run of sentences; a window is a stretch of that run
which fits the encoder; neighbouring windows overlap, so that every sentence is read at least once with
context on both sides (sliding windows as in Devlin et al. 2019, https://arxiv.org/abs/1810.04805).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from newsroles.articles import Sentence

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Window:
    """The sentences ``[start, stop)`` of one article."""

    start: int
    stop: int


def plan(lengths: Sequence[int], budget: int, overlap: float) -> list[Window]:
    """Cover sentences of `lengths` tokens with windows of at most `budget` tokens.

    A sentence longer than `budget` counts as `budget` tokens (the caller cuts it) and fills a window
    alone. Consecutive windows share at most `overlap` (a fraction in [0, 1)) of the budget. Every
    sentence is in at least one window; a window that reaches the end is filled up backwards.
    """
    ends = [0, *accumulate(min(length, budget) for length in lengths)]
    windows: list[Window] = []
    start = stop = 0
    while stop < len(lengths):
        stop = _last_that_fits(ends, start, budget)
        if stop == len(lengths):
            start = _first_that_fits(ends, stop, budget)
        windows.append(Window(start, stop))
        if stop < len(lengths):
            start = max(
                _first_that_fits(ends, stop, int(budget * overlap)), _first_that_fits(ends, stop + 1, budget)
            )
    return windows


def _last_that_fits(ends: Sequence[int], start: int, budget: int) -> int:
    stop = start + 1
    while stop + 1 < len(ends) and ends[stop + 1] - ends[start] <= budget:
        stop += 1
    return stop


def _first_that_fits(ends: Sequence[int], stop: int, budget: int) -> int:
    start = stop
    while start > 0 and ends[stop] - ends[start - 1] <= budget:
        start -= 1
    return start


def pool(token_scores: Scores, lengths: Sequence[int]) -> Scores:
    """Average consecutive runs of `lengths` (each at least 1) rows: [tokens, labels] -> [sentences, labels].

    The mean of a sentence's token logits equals a linear head on its mean-pooled tokens.
    """
    if sum(lengths) != len(token_scores):
        raise ValueError(f"{len(token_scores)} token rows cannot be {sum(lengths)} tokens of sentences")
    starts = [0, *accumulate(lengths)][:-1]
    sums = np.add.reduceat(token_scores, starts, axis=0)
    return (sums / np.asarray(lengths, dtype=np.float32)[:, None]).astype(np.float32)


def stitch(lengths: Sequence[int], windows: Sequence[Window], scores: Sequence[Scores]) -> Scores:
    """Merge the scores of windows, [sentences of the window, labels] each, into one row a sentence.

    Where windows overlap, a row is the mean over its windows, weighted by the tokens of context on the
    sentence's poorer side; the page's own edge is no lack of context.
    """
    for window, rows in zip(windows, scores, strict=True):
        if len(rows) != window.stop - window.start:
            raise ValueError(f"{len(rows)} rows for sentences {window.start} to {window.stop}")
    total = np.zeros((len(lengths), scores[0].shape[1] if scores else 0), dtype=np.float32)
    weight = np.zeros((len(lengths), 1), dtype=np.float32)
    for window, rows in zip(windows, scores, strict=True):
        trust = _context(lengths, window)[:, None]
        total[window.start : window.stop] += rows * trust
        weight[window.start : window.stop] += trust
    if not weight.all():
        raise ValueError("a sentence is in no window")
    return total / weight


def clearest(lengths: Sequence[int], windows: Sequence[Window], tokens: Sequence[Scores]) -> list[Scores]:
    """Return the token rows of each sentence, from the window where it has most context.

    `tokens` has the rows [tokens of the window, columns] of each window.
    """
    found: list[Scores] = [np.zeros((0, 0), dtype=np.float32)] * len(lengths)
    most = np.zeros(len(lengths), dtype=np.float32)
    for window, rows in zip(windows, tokens, strict=True):
        ends = [0, *accumulate(lengths[window.start : window.stop])]
        for number, trust in enumerate(_context(lengths, window), window.start):
            if trust > most[number]:
                place = number - window.start
                most[number], found[number] = trust, rows[ends[place] : ends[place + 1]]
    return found


def _context(lengths: Sequence[int], window: Window) -> NDArray[np.float32]:
    """Count, for each sentence of a window, 1 plus the tokens between it and the nearer cut edge."""
    ends = [0, *accumulate(lengths[window.start : window.stop])]
    whole = float(ends[-1])
    left_open, right_open = window.start == 0, window.stop == len(lengths)
    return np.array(
        [
            1 + min(whole if left_open else begin, whole if right_open else whole - end)
            for begin, end in pairwise(ends)
        ],
        dtype=np.float32,
    )


def softmax(logits: Scores) -> Scores:
    """Turn logits [..., labels] into probabilities."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True, initial=-np.inf))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float32)


def line_kinds(text: str, kinds: Sequence[str], sentences: Sequence[Sentence]) -> list[str]:
    r"""Return, for each sentence, the kind of the line that it begins on: "line" where nothing is known.

    `kinds` has one for every line of `text` ("\n" ends one), or none for plain text. Sentences are sorted.
    """
    found, line, at = [], 0, 0
    for sentence in sentences:
        line += text.count("\n", at, sentence.start)
        at = sentence.start
        found.append(kinds[line] if line < len(kinds) else "line")
    return found


def starts_line(text: str, sentences: Sequence[Sentence]) -> list[bool]:
    """Tell, for each sentence, whether only white space stands before it on its line."""
    ends = [0, *(sentence.end for sentence in sentences)]
    gaps = (text[end : sentence.start] for end, sentence in zip(ends, sentences, strict=False))
    broken = (f"{gap}.".splitlines() for gap in gaps)
    return [
        (number == 0 or len(lines) > 1) and not lines[-1][:-1].strip() for number, lines in enumerate(broken)
    ]
