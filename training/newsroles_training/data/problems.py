"""What is wrong with a corpus, all of it at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from newsroles.errors import UsageError

SHOWN = 20
"""How many problems an error message spells out."""
OWN_LABELS = "; for labels of your own give a --model that has them, or, to fit one, labels in the config"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a corpus that must be fixed: where, and what."""

    place: str
    reason: str


class UnknownLabel(Problem):
    """A label that nobody said there may be: a slip, or one of a reader's own labels."""

    __slots__ = ()


def spelt_out(problems: Sequence[tuple[str, str]], most: int = SHOWN) -> tuple[list[str], int]:
    """Return lines for the first places and reasons, at most so many, and how many are not told.

    Of more than `most`, a line tells of all that have one reason, and names the first place.
    """
    if len(problems) <= most:
        return [f"{place}: {reason}" for place, reason in problems], 0
    places: dict[str, list[str]] = defaultdict(list)
    for place, reason in problems:
        places[reason].append(place)
    told = list(places.items())[:most]
    lines = [
        f"{first}{f' and {len(others)} more' if others else ''}: {reason}"
        for reason, (first, *others) in told
    ]
    return lines, len(problems) - sum(len(there) for _, there in told)


class CorpusError(UsageError):
    """A corpus has bad rows; `problems` lists all of them, the message the first few."""

    def __init__(self, problems: Sequence[Problem], own_labels: str = OWN_LABELS) -> None:
        """Summarise the problems in one message, which ends with `own_labels` where labels are unknown."""
        lines, left = spelt_out([(one.place, one.reason) for one in problems])
        shown = "\n  ".join([*lines, f"and {left} more"] if left else lines)
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
        step = "fix them and run again"
        if any(isinstance(one, UnknownLabel) for one in problems):
            step += own_labels
        super().__init__(f"{count} in the corpus:\n  {shown}\n", step)
        self.problems = tuple(problems)
