"""Which labelled sentences of a page stand in the text that an extractor kept, and how often that is right.

A sentence is known by its letters and digits, case kept, so that bullets, quotes and spaces don't matter. It
was kept if one of the sentences that newsroles cuts the kept text into has the same ones, or, for long ones,
if they stand anywhere in it, for extractors break lines elsewhere. Where a page says the same words several
times and the extractor kept fewer, it is given the best of them: content first, then furniture.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsroles.labels import Role
from newsroles.model.sentences import split
from newsroles_training.evaluation.metrics import confusion

CONTENT, FURNITURE = 0, 1
"""The labels here, in the order of the counts."""
LONG = 40
"""Letters and digits above which a sentence needn't be a sentence of the kept text."""

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Page:
    """A page's name, its HTML, the slice of its text that is labelled, and the text outside of it.

    `headline` is the position of the sentence that is the story's headline, None where the slice has none.
    """

    name: str
    html: str
    text: str
    sentences: Sequence[Mapping[str, Any]]
    headline: int | None = None
    unlabelled: str = ""

    @property
    def scored(self) -> list[tuple[str, int]]:
        """The sentences but the headline, each with `FURNITURE` or `CONTENT`."""
        return [
            (self.text[one["start"] : one["end"]], int(one["label"] == Role.BOILERPLATE))
            for number, one in enumerate(self.sentences)
            if number != self.headline
        ]

    @property
    def body(self) -> str:
        """The story without its headline, a line a sentence."""
        return "\n".join(words for words, label in self.scored if label == CONTENT)

    @property
    def title(self) -> str:
        """The headline, "" where the slice has none."""
        one = None if self.headline is None else self.sentences[self.headline]
        return self.text[one["start"] : one["end"]] if one else ""


def letters(text: str) -> str:
    """Return what a sentence is known by; what has neither letter nor digit is known by itself."""
    return "".join(filter(str.isalnum, text)) or text.strip()


def is_headline(page: Page, title: str) -> bool | None:
    """Tell whether a title is the story's headline, case aside; None where the slice has none."""
    return None if page.headline is None else _folded(title) == _folded(page.title)


def without_headline(page: Page, kept: str) -> str:
    """Leave out the first line of a text that is the headline."""
    if page.headline is None:
        return kept
    lines = kept.splitlines()
    found = next((at for at, line in enumerate(lines) if _folded(line) == _folded(page.title)), None)
    return kept if found is None else "\n".join([*lines[:found], *lines[found + 1 :]])


def _folded(text: str) -> str:
    return letters(text).casefold()


def counts(page: Page, kept: str) -> Counts:
    """Count sentences, but the headline, by label and by what became of them: [2, 2]."""
    labels = [label for _, label in page.scored]
    return confusion(labels, [int(not one) for one in stands(page, kept)], 2)


def stands(page: Page, kept: str) -> list[bool]:
    """Tell which labelled sentences, but the headline, stand in the kept text."""
    units = Counter(letters(kept[span.start : span.end]) for span in split(kept))
    whole, places = letters(kept), defaultdict[str, list[int]](list)
    scored = page.scored
    for number, (words, _) in enumerate(scored):
        places[letters(words)].append(number)
    found: set[int] = set()
    for words, numbers in places.items():
        times = max(units[words], whole.count(words) if len(words) > LONG else 0)
        found.update(sorted(numbers, key=lambda number: scored[number][1])[:times])
    return [number in found for number in range(len(scored))]
