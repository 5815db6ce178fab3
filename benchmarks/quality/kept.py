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
from newsroles_training.evaluation.metrics import confusion, interval, resampled, scores

CONTENT, FURNITURE = 0, 1
"""The labels here, in the order of the counts."""
LONG = 40
"""Letters and digits above which a sentence needn't be a sentence of the kept text."""
TEXT, HTML = "newsroles, on the labelled text", "newsroles, on the HTML"
AGAINST = (HTML, TEXT)
"""What all are paired with."""
HEAD = (
    "| what is kept | furniture: precision | recall | F1 | content: F1 |"
    " furniture's F1 against newsroles on HTML | on the text |"
)

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Page:
    """A page's name, its HTML, and the slice of its text that is labelled."""

    name: str
    html: str
    text: str
    sentences: Sequence[Mapping[str, Any]]

    @property
    def furniture(self) -> list[int]:
        """`FURNITURE` or `CONTENT`, by sentence."""
        return [int(one["label"] == Role.BOILERPLATE) for one in self.sentences]


def letters(text: str) -> str:
    """Give what a sentence is known by; what has neither letter nor digit is known by itself."""
    return "".join(filter(str.isalnum, text)) or text.strip()


def with_title(title: str | None, text: str) -> str:
    """Put a headline that an extractor gives apart from the text before it, unless it stands there too."""
    return text if letters(title or "") in letters(text) else f"{title}\n{text}"


def counts(page: Page, kept: str) -> Counts:
    """Count sentences by label and by what became of them: [2, 2]."""
    return confusion(page.furniture, [int(not one) for one in stands(page, kept)], 2)


def stands(page: Page, kept: str) -> list[bool]:
    """Tell which labelled sentences stand in the kept text."""
    units = Counter(letters(kept[span.start : span.end]) for span in split(kept))
    whole, places = letters(kept), defaultdict[str, list[int]](list)
    for number, one in enumerate(page.sentences):
        places[letters(page.text[one["start"] : one["end"]])].append(number)
    found: set[int] = set()
    for words, numbers in places.items():
        times = max(units[words], whole.count(words) if len(words) > LONG else 0)
        found.update(sorted(numbers, key=lambda number: page.furniture[number])[:times])
    return [number in found for number in range(len(page.sentences))]


def table(result: Mapping[str, Any]) -> str:
    """Lay a result out as a Markdown table: intervals over articles, differences on the same articles."""
    rows = {row["name"]: np.array(row["counts"]).reshape(-1, 2, 2) for row in result["rows"]}
    lines = [HEAD, f"|{'---|' * HEAD.count(' | ')}---|"]
    for name, each in rows.items():
        precision, recall = scores(each.sum(0))[:2, FURNITURE]
        cells = [name, f"{precision:.3f}", f"{recall:.3f}", _f1(each, FURNITURE), _f1(each, CONTENT)]
        cells += ["" if name == other else _difference(each, rows[other]) for other in AGAINST]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _f1(each: Counts, label: int) -> str:
    low, high = interval(scores(resampled(each))[:, 2, label])
    return f"{scores(each.sum(0))[2, label]:.3f}, {low:.3f} to {high:.3f}"


def _difference(each: Counts, other: Counts) -> str:
    """Give the difference of furniture's F1, paired by article."""
    whole, draws = (
        scores(ours)[..., 2, FURNITURE] - scores(theirs)[..., 2, FURNITURE]
        for ours, theirs in ((each.sum(0), other.sum(0)), (resampled(each), resampled(other)))
    )
    low, high = interval(draws)
    return f"{whole:+.3f}, {low:+.3f} to {high:+.3f}"
