"""What readers of a report have put right, as its page exports it, beside the records that it was made of.

The export has a correction's place, words and two labels; the page's text and its kinds of lines are in the
records, so both are needed. What was kept but not corrected is passed over: nobody has said that it is right.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from newsroles.errors import UsageError
from newsroles.printable import printable
from newsroles.records.labelled import LabelledArticle
from newsroles.records.read import read
from newsroles.report.heads import next_key
from newsroles_training.corpora.annotate.tasks import pages
from newsroles_training.data.problems import Problem
from newsroles_training.data.rows import Row

_PLACE = re.compile(r"#p-([0-9a-f]+(?:-\d+)?)\.(\d+)$")
_STEP = "give the file that the report was made of"


def rows(path: Path, labelled: Path, problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    """Yield a row of our corpora for each page with corrections: it has the corrected sentences only.

    Raises UsageError for a file that has none.
    """
    found: dict[str, list[tuple[str, int, Row]]] = defaultdict(list)
    for place, item in _items(path):
        at = _PLACE.search(str(item.get("place")))
        if at:
            found[at[1]].append((place, int(at[2]) - 1, item))
        else:
            problems.append(Problem(place, "says no place in a report; export it again"))
    for key, article in _articles(labelled):
        if corrections := found.pop(key, None):
            chosen = dict(_labels(article, corrections, problems))
            if chosen:
                yield corrections[0][0], _row(article, chosen)
    for missing in found.values():
        problems += [Problem(place, f"its page is not in {labelled}; {_STEP}") for place, _, _ in missing]


def _items(path: Path) -> list[tuple[str, Row]]:
    try:
        items = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise UsageError(f"{path}: not JSON: {error}", "give what the report's Corrections wrote") from None
    found: list[tuple[str, Row]] = [
        (f"{path} item {number}", item)
        for number, item in enumerate(items if isinstance(items, list) else [], 1)
        if isinstance(item, dict) and item.get("was")
    ]
    if not found:
        raise UsageError(f"{path}: no corrected label in it", "give what the report's Corrections wrote")
    return found


def _articles(labelled: Path) -> Iterator[tuple[str, LabelledArticle]]:
    """Yield the articles with the keys that a report of this file gives them."""
    keys = Counter[str]()
    with labelled.open("rb") as stream:
        for item in read(str(labelled), stream):
            if isinstance(item, LabelledArticle):
                yield next_key(item.article, keys), item


def _labels(
    article: LabelledArticle, corrections: list[tuple[str, int, Row]], problems: list[Problem]
) -> Iterator[tuple[int, str]]:
    """Yield the sentences' numbers and right labels; a correction of other words is a problem."""
    for place, number, item in corrections:
        there = article.sentences[number : number + 1]
        if [(_words(one.text), one.label) for one in there] == [(_words(str(item.get("text"))), item["was"])]:
            yield number, str(item.get("label"))
        else:
            name = article.article.id or article.article.source
            problems.append(Problem(place, f"sentence {number + 1} of {name} is another one; {_STEP}"))


def _words(text: str) -> list[str]:
    """Return what a page shows of a text, whatever became of its line breaks."""
    return printable(text).replace("\N{REPLACEMENT CHARACTER}", " ").split()


def _row(article: LabelledArticle, labels: Mapping[int, str]) -> dict[str, Any]:
    row = next(pages([article.to_dict()], {0: sorted(labels)}))
    given = zip(row["sentences"], sorted(labels), strict=True)
    return row | {"sentences": [{**one, "label": labels[number]} for one, number in given]}
