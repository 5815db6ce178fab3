"""What `extractors.py` measured, as Markdown: intervals over pages, differences on the same pages."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from kept import CONTENT, FURNITURE
from numpy.typing import NDArray
from shingles import by_page, draws, pooled

from newsroles_training.evaluation.metrics import interval, resampled, scores

BODY = (
    "what is kept",
    "body, by shingles: precision",
    "recall",
    "F1",
    "against {against}",
    "F1 of all shingles",
    "headline given",
    "given or kept",
    "ms a page",
)
SENTENCES = (
    "what is kept",
    "furniture: precision",
    "recall",
    "F1",
    "against {against}",
    "content: F1",
)
AGAINST = "trafilatura"
"""What all are paired with."""

Row = Mapping[str, Any]


def tables(result: Mapping[str, Any]) -> str:
    """Lay a result out as two tables: of the body by shingles with the headline, and of sentences."""
    rows: list[Row] = result["rows"]
    other = next(row for row in rows if row["name"] == AGAINST)
    body = [_body(row, other) for row in rows]
    sentences = [_sentences(row, other) for row in rows]
    return f"{_table(BODY, body)}\n\n{_table(SENTENCES, sentences)}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    names = [name.format(against=AGAINST) for name in head]
    return "\n".join(f"| {' | '.join(row)} |" for row in (names, ["---"] * len(names), *rows))


def _body(row: Row, other: Row) -> list[str]:
    ours, theirs = np.array(row["shingles"]), np.array(other["shingles"])
    weights = draws(len(ours))
    precision, recall, f1 = by_page(ours)
    many = by_page(ours, weights)[:, 2]
    difference = _difference(f1 - by_page(theirs)[2], many - by_page(theirs, weights)[:, 2])
    return [
        row["name"],
        f"{precision:.3f}",
        f"{recall:.3f}",
        _with_interval(f1, many),
        "" if row is other else difference,
        f"{pooled(ours):.3f}",
        _share(row["headlines"]),
        _share(row["kept_headlines"]),
        str(row["milliseconds"]),
    ]


def _sentences(row: Row, other: Row) -> list[str]:
    ours, theirs = (np.array(one["sentences"]).reshape(-1, 2, 2) for one in (row, other))
    whole, many = scores(ours.sum(0)), scores(resampled(ours))
    difference = _difference(
        (whole - scores(theirs.sum(0)))[2, FURNITURE], (many - scores(resampled(theirs)))[:, 2, FURNITURE]
    )
    return [
        row["name"],
        f"{whole[0, FURNITURE]:.3f}",
        f"{whole[1, FURNITURE]:.3f}",
        _with_interval(whole[2, FURNITURE], many[:, 2, FURNITURE]),
        "" if row is other else difference,
        _with_interval(whole[2, CONTENT], many[:, 2, CONTENT]),
    ]


def _share(given: Sequence[bool | None]) -> str:
    known = [one for one in given if one is not None]
    return f"{sum(known)} of {len(known)}"


def _with_interval(value: float, many: NDArray[np.float64]) -> str:
    low, high = interval(many)
    return f"{value:.3f}, {low:.3f} to {high:.3f}"


def _difference(value: float, many: NDArray[np.float64]) -> str:
    low, high = interval(many)
    return f"{value:+.3f}, {low:+.3f} to {high:+.3f}"
