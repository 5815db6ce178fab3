"""Corrections joined, into a corpus or into one of their own; each corrected sentence says where it is from.

A sentence that somebody has reviewed gets `reviewed_in`, the file, and `previous`, the label that it had
before (in the base, else from the model that `newsroles-train sample` quotes). Sentences that nobody has
reviewed stay as the base has them; pages that are not in the base hold the reviewed ones only, and `fit`
reads the rest as context.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from newsroles_training.corpora.annotate.reviewed import refuse_model_labels, reviewed_rows
from newsroles_training.data.corpus import sound_rows
from newsroles_training.data.problems import CorpusError, Problem
from newsroles_training.data.rows import Row

Reviewed = tuple[str, int, int]
"""A sentence: its page's id, start and end."""
_STEP = "give each page an id of its own, for example with corpus convert --id-prefix"


@dataclass(frozen=True, slots=True)
class Merged:
    """The pages in order, base first, and how many sentences were reviewed and got another label."""

    rows: Sequence[Row]
    reviewed: int
    changed: int


def merge(base: Path | None, corrected: Sequence[Path], problems: list[Problem]) -> Merged:
    """Join files of corrections; what conflicts is added to `problems`, and what came first stays.

    Raises CorpusError for a base with faulty rows, UsageError for labels that only a model gave.
    """
    pages = {str(row["id"]): dict(row) for row in _base_rows(base)} if base else {}
    came_first = dict.fromkeys(pages, base)
    now: set[Reviewed] = set()
    for path in corrected:
        for place, row in reviewed_rows(path, problems):
            try:
                page = pages.setdefault(str(row["id"]), {**_without_sample(row), "sentences": []})
                first = came_first.setdefault(str(row["id"]), path)
                if page["text"] == row["text"]:
                    problems += [Problem(place, reason) for reason in _correct(page, row, str(path), now)]
                else:
                    problems.append(Problem(place, f"{row['id']!r} has another text in {first}; {_STEP}"))
            except (AttributeError, KeyError, TypeError) as error:
                problems.append(Problem(place, f"not as corpus convert writes it ({error!r}); look at it"))
    rows = [row for row in pages.values() if row["sentences"]]
    reviewed = [
        one for row in rows for one in row["sentences"] if (str(row["id"]), one["start"], one["end"]) in now
    ]
    return Merged(rows, len(reviewed), sum(one["previous"] not in (None, one["label"]) for one in reviewed))


def _base_rows(base: Path) -> list[Row]:
    problems: list[Problem] = []
    rows = [row for _, row in sound_rows(base, problems)]
    if problems:
        raise CorpusError(problems)
    for row in rows:
        refuse_model_labels(base, row)
    return rows


def _without_sample(row: Row) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "sampled"}


def _correct(page: dict[str, Any], row: Row, path: str, now: set[Reviewed]) -> Iterator[str]:
    """Put a corrected row's sentences into its page, and among those reviewed `now`; gives the conflicts."""
    said = {(one["start"], one["end"]): one["label"] for one in row.get("sampled") or ()}
    there = page["sentences"]  # sorted and disjoint
    for given in row["sentences"]:
        start, end, label = given["start"], given["end"], given["label"]
        first = bisect_right(there, start, key=itemgetter("end"))
        last = max(first, bisect_left(there, end, key=itemgetter("start")))
        met = there[first:last]
        previous = met[0]["label"] if met else said.get((start, end))
        if met and [(one["start"], one["end"]) for one in met] != [(start, end)]:
            yield f"the sentence {start} to {end} was cut otherwise where it came first; fix one of the two"
        elif (reviewed := (str(row["id"]), start, end)) not in now:
            now.add(reviewed)
            if met and (met[0]["label"], met[0].get("reviewed_in")) == (label, path):
                continue  # merged before
            new = {"start": start, "end": end, "label": label, "reviewed_in": path, "previous": previous}
            there[first:last] = [new]
        elif previous != label:
            before = f"{previous} in {met[0]['reviewed_in']}"
            yield f"the sentence {start} to {end} is {label}, but {before}, which stays; fix one of the two"
