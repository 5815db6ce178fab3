"""What is wrong with a corpus, all of it at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsroles.errors import UsageError

SHOWN = 20
"""How many problems an error message spells out."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a corpus that must be fixed: where, and what."""

    place: str
    reason: str


class CorpusError(UsageError):
    """A corpus has bad rows; `problems` lists all of them, the message the first few."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Summarise the problems in one message."""
        shown = "\n".join(f"  {problem.place}: {problem.reason}" for problem in problems[:SHOWN])
        more = f"\n  and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        super().__init__(
            f"{len(problems)} problems in the corpus:\n{shown}{more}\n", "fix them and run again"
        )
        self.problems = tuple(problems)
