"""Labelled articles: made of the rows of files (`newsroles_training.data.rows`), and checked all at once.

A sentence may carry its line's ``kind`` and a teacher's ``probabilities``, as records do, see
`newsroles_training.train.distil`, and marks of who says it, see `newsroles_training.data.marks`.
An article may be labelled in part; `newsroles_training.data.context` says how the rest of it is read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import normalize

from newsroles.articles import Sentence
from newsroles.readers.kinds import KINDS
from newsroles_training.data import marks
from newsroles_training.data.marks import Marks, marks_of
from newsroles_training.data.problems import CorpusError, Problem, UnknownLabel
from newsroles_training.data.rows import Row, article_rows, group_of

_PLAIN = "line"
"""The kind of a line of which no markup says anything."""


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article with its labelled sentences' spans and labels; `group` is its publisher, or its id.

    `kinds` are those of the text's lines, see `newsroles.Article`; none for plain text. `soft` has a
    teacher's probabilities, one a label, for each sentence; empty where it said nothing, or everywhere.
    `marks` say who says each sentence and who is blamed; empty where nobody has looked at any.
    `alone`: the sentences come from different articles, so each is read without its neighbours.
    """

    id: str
    text: str
    sentences: tuple[Sentence, ...]
    labels: tuple[str, ...]
    group: str
    desk: str = ""
    kinds: tuple[str, ...] = ()
    soft: tuple[tuple[float, ...], ...] = ()
    marks: tuple[Marks, ...] = ()
    alone: bool = False


def read(paths: Iterable[Path], labels: Sequence[str]) -> list[GoldArticle]:
    """Read every article of `paths`, in order; raise CorpusError that lists every bad row."""
    problems: list[Problem] = []
    places: dict[str, str] = {}
    articles = [article for path in paths for article in scan(path, labels, problems, places)]
    if problems:
        raise CorpusError(problems)
    return articles


def scan(
    path: Path, labels: Sequence[str], problems: list[Problem], places: dict[str, str]
) -> Iterator[GoldArticle]:
    """Yield the sound articles of one file and add what is wrong with the others to `problems`.

    `places` says where each id seen so far stands; pass it on from file to file, for an id counts once.
    """
    for place, row in sound_rows(path, problems, labels):
        article = _article(row, labels)
        if article.id in places:
            problems.append(Problem(place, f"id {article.id!r} is already at {places[article.id]}"))
        places[article.id] = place
        yield article


def sound_rows(
    path: Path, problems: list[Problem], labels: Sequence[str] | None = None
) -> Iterator[tuple[str, Row]]:
    """Yield (place, article row) where the row is sound; what is wrong with the others is a problem.

    Without `labels` a sentence may have any label.
    """
    for place, row in article_rows(path, problems):
        found = list(_row_problems(place, row, labels))
        problems.extend(found)
        if not found:
            yield place, row


def _article(row: Row, labels: Sequence[str]) -> GoldArticle:
    sentences = row["sentences"]
    return GoldArticle(
        id=str(row["id"]),
        text=row["text"],
        sentences=tuple(Sentence(item["start"], item["end"]) for item in sentences),
        labels=tuple(_known(item["label"], labels) or item["label"] for item in sentences),
        group=group_of(row),
        desk=str(row.get("desk") or ""),
        kinds=tuple(map(str, row.get("kinds") or kinds_from_sentences(row))),
        soft=_soft(sentences, labels),
        marks=_marks(row),
        alone=row.get("alone") is True,
    )


def without_layout(text: str) -> str:
    """Return a text with one space for white space of any length: pages that are the same then are one."""
    return " ".join(text.split())


def kinds_from_sentences(row: Row) -> list[str]:
    """Return the kinds of the text's lines as far as its sentences say; none for plain text."""
    text, line, at = row["text"], 0, 0
    kinds = [_PLAIN] * (text.count("\n") + 1)
    for one in row["sentences"]:
        line, at = line + text.count("\n", at, one["start"]), one["start"]
        kind = one.get("kind")
        if isinstance(kind, str) and kind in KINDS:  # else a column of somebody's own
            kinds[line] = kind
    return kinds if set(kinds) != {_PLAIN} else []


def _known(label: Any, labels: Sequence[str]) -> str | None:
    """Return a label as `labels` write it, None if it is none of them; ä may be one character or two."""
    if label in labels:
        return str(label)
    composed = normalize("NFC", str(label)) if isinstance(label, str) else None
    return next((one for one in labels if normalize("NFC", one) == composed), None)


def _unknown(label: Any, labels: Sequence[str]) -> str:
    if type(label) is int and str(label) in labels:
        return f'label {label} is a number: write "{label}", for labels are texts'
    return f"label {label!r} is not one of {', '.join(labels)}"


def _marks(row: Row) -> tuple[Marks, ...]:
    """Return what annotators marked; a record's null is a model's, which may mark nobody at all."""
    is_marked = "model" not in row and any("speaker" in item for item in row["sentences"])
    return tuple(map(marks_of, row["sentences"])) if is_marked else ()


def _soft(sentences: list[Any], labels: Sequence[str]) -> tuple[tuple[float, ...], ...]:
    given = [item.get("probabilities") or {} for item in sentences]
    return tuple(tuple(each[label] for label in labels if each) for each in given) if any(given) else ()


def _is_soft(given: Any, labels: Sequence[str]) -> bool:
    if not isinstance(given, dict):
        return given is None
    return set(given) == set(labels) and all(
        isinstance(p, int | float) and 0 <= p <= 1 for p in given.values()
    )


def _row_problems(place: str, row: Row, labels: Sequence[str] | None) -> Iterator[Problem]:
    text, sentences, kinds = row.get("text"), row.get("sentences"), row.get("kinds") or []
    if not isinstance(text, str) or not isinstance(sentences, list) or "id" not in row:
        yield Problem(place, "an article needs 'id', 'text' (a string) and 'sentences' (a list)")
    elif not isinstance(kinds, list) or len(kinds) not in (0, text.count("\n") + 1):
        yield Problem(place, "its 'kinds' are no list with one for each line of its text")
    else:
        yield from _span_problems(place, text, sentences, labels)


def _span_problems(
    place: str, text: str, sentences: list[Any], labels: Sequence[str] | None
) -> Iterator[Problem]:
    previous = 0
    for number, item in enumerate(sentences):
        at = f"{place} sentence {number}"
        start, end, label = (
            (item.get(key) for key in ("start", "end", "label")) if isinstance(item, dict) else (None,) * 3
        )
        if type(start) is not int or type(end) is not int:
            yield Problem(at, "needs whole numbers 'start' and 'end'")
            continue
        if not 0 <= start < end <= len(text):
            yield Problem(at, f"span {start} to {end} is not inside the text of {len(text)} characters")
        elif start < previous:
            yield Problem(at, f"span {start} to {end} begins before the sentence before ends ({previous})")
        elif not text[start:end].strip():
            yield Problem(at, f"span {start} to {end} holds only white space")
        if labels is not None and not _is_soft(item.get("probabilities"), labels):
            yield Problem(at, f"its probabilities are not a number for each of {', '.join(labels)}")
        if labels is not None and _known(label, labels) is None:
            yield UnknownLabel(at, _unknown(label, labels))
        if reason := marks.problem(item):
            yield Problem(at, reason)
        previous = max(previous, end)
