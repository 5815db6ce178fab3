"""Which sentences of labelled pages are worth a person's time.

The model's doubt about a sentence is one minus the margin between its two best probabilities (Scheffer et al.
2001), or the entropy of all of them; both are compared in Settles 2009, "Active learning literature survey",
section 3.1. Doubt alone picks the same riddle many times, so the picks are spread: in turn over the labels
that the model gave, few from a page, and none that repeats another's words.
"""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from newsroles_training.corpora.check.wording import words

MOST_A_PAGE, NEAR = 5, 0.8
"""Sentences from a page while other pages have some; Jaccard similarity of two sentences' words."""

Record = Mapping[str, Any]
Chosen = dict[int, list[int]]
"""The positions of sentences, in order, by the position of their record."""


class Strategy(StrEnum):
    """How sentences are chosen; `random` is there to compare with."""

    MARGIN = "margin"
    ENTROPY = "entropy"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence (its record's position, and its own in that), the label it got, and the doubt about it."""

    page: int
    sentence: int
    label: str
    doubt: float


def choose(
    records: Sequence[Record], count: int, strategy: Strategy, seed: int = 0, *, whole_pages: bool = False
) -> Chosen:
    """Choose `count` sentences, or pages that hold about as many; fewer where there are fewer.

    `records` are what ``newsroles label`` writes. The same seed gives the same sentences.
    """
    candidates = [
        Candidate(number, place, sentence["label"], _doubt(sentence["probabilities"], strategy))
        for number, record in enumerate(records)
        for place, sentence in enumerate(record["sentences"])
    ]
    random.Random(seed).shuffle(candidates)  # noqa: S311 - a reproducible sample, not a secret
    if whole_pages:
        return _pages(candidates, count, strategy)
    if strategy is not Strategy.RANDOM:
        candidates = _spread(records, candidates, count)
    return _by_page(candidates[:count])


def _doubt(probabilities: Mapping[str, float], strategy: Strategy) -> float:
    values = sorted(probabilities.values(), reverse=True)
    if strategy is Strategy.ENTROPY:
        return -sum(p * math.log(p) for p in values if p > 0)
    return 1 - values[0] + values[1] if len(values) > 1 else 0.0


def _spread(records: Sequence[Record], candidates: Sequence[Candidate], count: int) -> list[Candidate]:
    """Take the most doubtful of each label in turn; full pages give more only where nothing else is left."""
    queues: dict[str, Iterator[Candidate]] = {}
    for label in sorted({one.label for one in candidates}):
        queues[label] = iter(sorted((c for c in candidates if c.label == label), key=lambda one: -one.doubt))
    taken, full = _Taken(records), list[Candidate]()
    while queues and len(taken.chosen) < count:
        label = min(queues, key=lambda name: taken.labels[name])
        for candidate in queues[label]:
            if taken.pages[candidate.page] == MOST_A_PAGE:
                full.append(candidate)
            elif taken.take(candidate):
                break
        else:
            del queues[label]
    for candidate in sorted(full, key=lambda one: -one.doubt):
        if len(taken.chosen) < count:
            taken.take(candidate)
    return taken.chosen


class _Taken:
    """What has been chosen so far."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.chosen: list[Candidate] = []
        self.labels: Counter[str] = Counter()
        self.pages: Counter[int] = Counter()
        self._records = records
        self._holders: dict[str, list[set[str]]] = defaultdict(list)

    def take(self, candidate: Candidate) -> bool:
        """Choose a sentence, unless it repeats one that was chosen."""
        record = self._records[candidate.page]
        sentence = record["sentences"][candidate.sentence]
        said = set(words(record["text"][sentence["start"] : sentence["end"]]))
        # of so many of its words, one at least is in whatever is alike
        enough = len(said) - math.ceil(NEAR * len(said) - 1e-9) + 1
        rarest = sorted(said, key=lambda word: len(self._holders[word]))[:enough]
        alike = (other for word in rarest for other in self._holders[word])
        if any(len(said & other) >= NEAR * len(said | other) for other in alike):
            return False
        for word in said:
            self._holders[word].append(said)
        self.chosen.append(candidate)
        self.labels[candidate.label] += 1
        self.pages[candidate.page] += 1
        return True


def _pages(candidates: Sequence[Candidate], count: int, strategy: Strategy) -> Chosen:
    """Take pages, those with the highest mean doubt first, while they fit; the first one in any case."""
    pages: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        pages[candidate.page].append(candidate)
    order = list(pages.values())
    if strategy is not Strategy.RANDOM:
        order.sort(key=lambda page: -sum(one.doubt for one in page) / len(page))
    chosen: list[Candidate] = []
    for page in order:
        if not chosen or len(chosen) + len(page) <= count:
            chosen += page
    return _by_page(chosen)


def _by_page(candidates: Sequence[Candidate]) -> Chosen:
    chosen: Chosen = defaultdict(list)
    for one in sorted(candidates, key=lambda one: (one.page, one.sentence)):
        chosen[one.page].append(one.sentence)
    return dict(chosen)
