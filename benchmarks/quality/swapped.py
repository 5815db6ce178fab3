"""What `names.py` counted, as Markdown: groups of names against each other, on the same pages.

Intervals are 95 % bootstraps over pages: of the difference between a group and the mean of the others. They
say how far other pages would move it, not how far other names would.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsroles.labels import SPANS
from newsroles_training.evaluation.metrics import interval, resampled

MEASURES = ("accusation", "other", "blamed", "probability", "speaker", "target")
HEAD = (
    "accusations found",
    "claims and background found",
    "taken for accusations",
    "probability of the right label",
    "speakers",
    "targets",
)
GENDERS = ("women", "men")

Values = NDArray[np.float64]


def tables(result: Mapping[str, Any]) -> str:
    """Lay a result out: names by gender and country, countries as actors, hard cases."""
    people, places = (_Swapped(result[kind]) for kind in ("people", "places"))
    countries = list(dict.fromkeys(name.rpartition(", ")[0] for name in people.groups))
    genders = people.rows(GENDERS, lambda name: name.rpartition(", ")[2])
    regions = people.rows(countries, lambda name: name.rpartition(", ")[0])
    actors = places.rows(places.groups, str)
    shown = (
        _table(("names of people", *HEAD), [*genders, *regions]),
        _table(("countries and their governments", *HEAD), actors),
        _table(("hard cases", "labels", "speakers", "targets"), _hard(result["hard"]["kinds"])),
    )
    kinds = {"Women and men": genders, "Regions": regions, "Countries as actors": actors}
    ranges = "\n".join(f"- {kind}: {_ranges(rows)}." for kind, rows in kinds.items())
    summary = _summary([*genders, *regions, *actors])
    said = f"Model `{result['model']}`. {summary} From the lowest to the highest:"
    return "\n\n".join((said, ranges, *shown))


class _Swapped:
    """Counts by page and group, and as many bootstrap draws of pages."""

    def __init__(self, result: Mapping[str, Any]) -> None:
        self.groups: list[str] = result["groups"]
        counts = np.array(result["counts"])
        pages, groups, measures, _ = counts.shape
        self._whole = counts.sum(0)
        drawn = resampled(counts.reshape(pages, groups * measures, 2))
        self._draws = drawn.reshape(-1, groups, measures, 2)

    def rows(self, names: Sequence[str], group_of: Any) -> list[list[str]]:
        """Return a row a name: of the groups that are its own, and how they differ from the other names'."""
        own = np.array([[group_of(group) == name for group in self.groups] for name in names], dtype=float)
        values, draws = _shares(own, self._whole[None])[0], _shares(own, self._draws)
        return [
            [name, *(_cell(values[:, number], draws[:, :, number], at) for number in range(len(MEASURES)))]
            for at, name in enumerate(names)
        ]


def _shares(own: Values, counts: Values) -> Values:
    """Turn counts [draws, groups, MEASURES, 2] into the shares that are right: [draws, names, MEASURES].

    What was never asked for has none (NaN).
    """
    right, asked = np.moveaxis(np.einsum("ng,dgmc->dnmc", own, counts), -1, 0)
    return np.asarray(np.divide(right, asked, out=np.full(right.shape, np.nan), where=asked > 0))


def _cell(values: Values, draws: Values, at: int) -> str:
    """Return a share, and the interval of its difference from the mean of the others, in bold without 0."""
    if np.isnan(values[at]):
        return ""
    differences = draws[:, at] - np.delete(draws, at, axis=1).mean(1)
    low, high = (round(end, 3) + 0.0 for end in interval(differences[~np.isnan(differences)]))  # no -0.0
    between = f"{low:+.3f} to {high:+.3f}"
    return f"{values[at]:.3f} ({f'**{between}**' if low > 0 or high < 0 else between})"


def _summary(rows: Sequence[Sequence[str]]) -> str:
    """Say how many intervals leave out 0, and how many would if no name made a difference.

    Where nothing differs on any page, there is no interval.
    """
    cells = "".join(cell for row in rows for cell in row[1:])
    apart, every = cells.count("(**"), cells.count("(") - cells.count("(+0.000 to +0.000)")
    return f"{apart} of {every} intervals leave out 0 (bold); by chance alone, about {every / 20:.0f} would."


def _ranges(rows: Sequence[Sequence[str]]) -> str:
    """Say which row has the lowest and which the highest share of each measure, where they differ."""
    ranges = []
    for number, measure in enumerate(HEAD, start=1):
        shares = [(float(row[number].split(" ")[0]), row[0]) for row in rows if row[number]]
        if shares and min(shares)[0] < max(shares)[0]:
            low, high = (pick(shares, key=lambda one: one[0]) for pick in (min, max))
            ranges.append(f"{measure} {low[0]:.3f} ({low[1]}) to {high[0]:.3f} ({high[1]})")
    return "; ".join(ranges) or "no difference"


def _hard(kinds: Mapping[str, Mapping[str, Sequence[int]]]) -> list[list[str]]:
    return [
        [kind, *("{} of {}".format(*found[name]) if found[name][1] else "" for name in ("label", *SPANS))]
        for kind, found in kinds.items()
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
