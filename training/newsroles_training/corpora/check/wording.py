"""What pages have in common in their wording: runs of words, near-duplicates, openings, vocabulary.

Words are compared in small letters and without punctuation. All of it is exact: at corpus sizes that people
label by hand, an index of every run of words fits in memory, and nothing need be estimated.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice
from typing import NamedTuple

_WORD = re.compile(r"\w+(?:['-]\w+)*")
_COMMON = 500
"""A run of words on more pages than this is no sign that two of them are one."""

DRAWS, OPENINGS, TOKENS = 20, 500, 8000
"""Samples drawn, sentences and words in each: fixed, because both measures change with the amount of text."""

Run = tuple[str, ...]


def words(text: str) -> list[str]:
    """List the words of a text as they are compared; both kinds of apostrophe count as one."""
    return _WORD.findall(text.casefold().replace("\u2019", "'"))


def runs(sequence: Sequence[str], length: int) -> list[Run]:
    """List every run of `length` words, in order; a shorter sequence has none."""
    return [tuple(sequence[n : n + length]) for n in range(len(sequence) - length + 1)]


def near_duplicates(pages: Sequence[set[Run]], least: float) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of pages, by position, whose runs have a Jaccard similarity of at least `least`.

    Jaccard similarity of shingles as in Broder 1997, "On the resemblance and containment of documents".
    """
    holders: dict[Run, list[int]] = defaultdict(list)
    for number, page in enumerate(pages):
        for run in page:
            holders[run].append(number)
    shared = Counter(
        pair for numbers in holders.values() if len(numbers) <= _COMMON for pair in combinations(numbers, 2)
    )
    for (first, second), common in sorted(shared.items()):
        similarity = common / (len(pages[first]) + len(pages[second]) - common)
        if similarity >= least:
            yield first, second, similarity


class Shared(NamedTuple):
    """A sentence (a page, and a sentence of it) that has a run of words from elsewhere; all are positions."""

    page: int
    sentence: int
    other: int
    run: str


def shared_runs(pages: Sequence[Sequence[str]], length: int) -> Iterator[Shared]:
    """Return each sentence that shares a run of `length` words with another page; `other` is that page."""
    holders: dict[Run, list[int]] = defaultdict(list)
    for number, page in enumerate(pages):
        for run in {run for sentence in page for run in runs(words(sentence), length)}:
            holders[run].append(number)
    return _first_of_each(pages, length, holders)


def quoted_runs(pages: Sequence[Sequence[str]], length: int, texts: Iterable[str]) -> Iterator[Shared]:
    """Yield each sentence that shares a run of `length` words with one of `texts`; `other` is that text."""
    own = {run for page in pages for sentence in page for run in runs(words(sentence), length)}
    holders: dict[Run, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for run in own.intersection(runs(words(text), length)):
            holders[run].append(len(pages) + number)
    for shared in _first_of_each(pages, length, holders):
        yield shared._replace(other=shared.other - len(pages))


def _first_of_each(
    pages: Sequence[Sequence[str]], length: int, holders: Mapping[Run, Sequence[int]]
) -> Iterator[Shared]:
    for number, page in enumerate(pages):
        for place, sentence in enumerate(page):
            found = ((o, r) for r in runs(words(sentence), length) for o in holders.get(r, ()) if o != number)
            for other, run in islice(found, 1):
                yield Shared(number, place, other, " ".join(run))


def repeated_openings(sentences: Sequence[str]) -> float | None:
    """Return the share of sentences whose first three words open another sentence of the sample too.

    The mean over `DRAWS` samples of `OPENINGS` sentences; None where there are fewer.
    """
    openings = [tuple(found[:3]) for found in map(words, sentences) if len(found) > 2]  # noqa: PLR2004 - three words
    if len(openings) < OPENINGS:
        return None
    chance = random.Random(0)  # noqa: S311 - a reproducible sample, not a secret
    draws = [Counter(chance.sample(openings, OPENINGS)) for _ in range(DRAWS)]
    return sum(count for draw in draws for count in draw.values() if count > 1) / OPENINGS / DRAWS


def type_token_ratio(sentences: Sequence[str]) -> float | None:
    """Return distinct words a word, the mean over `DRAWS` samples of `TOKENS` words in whole sentences.

    None where the sentences have fewer words.
    """
    spoken = [words(sentence) for sentence in sentences]
    if sum(map(len, spoken)) < TOKENS:
        return None
    chance = random.Random(0)  # noqa: S311 - a reproducible sample, not a secret
    samples = ([word for found in chance.sample(spoken, len(spoken)) for word in found] for _ in range(DRAWS))
    return sum(len(set(sample[:TOKENS])) for sample in samples) / TOKENS / DRAWS
