"""Labelled articles: read, and checked all at once.

Two shapes are read. Articles as JSON lines, one an article::

    {"id", "text", "sentences": [{"start", "end", "label"}],
     "kinds"?, "title"?, "source"?, "group"?, "desk"?, "alone"?}

and flat tables of sentences (CSV, JSON lines or Parquet) with the columns
``article_id, position, text, label`` and optionally ``group``; an article is then its sentences in
order, one a line, because a flat table does not know the page's layout. In a table with only ``text, label``
(and ``group``), every row is a sentence alone: an article of its own, without neighbours.

A sentence may carry its line's ``kind`` and a teacher's ``probabilities``, as records do, see
`newsroles_training.train.distil`, and marks of who says it, see `newsroles_training.data.marks`.
An article may be labelled in part; `newsroles_training.data.context` says how the rest of it is read.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsroles.articles import Sentence
from newsroles.errors import InputError, MissingExtra, UsageError
from newsroles.files import beside
from newsroles.readers.kinds import KINDS
from newsroles.records.write import to_line
from newsroles_training.data import marks, tables
from newsroles_training.data.marks import Marks, marks_of
from newsroles_training.data.problems import CorpusError, Problem, UnknownLabel

Row = Mapping[str, Any]
FLAT_COLUMNS = ("article_id", "position", "text", "label")
_STEP = "give articles as JSON lines in UTF-8, or a table of sentences (.csv, .tsv, .parquet)"
_LIST = "not a JSON object but a list, as Label Studio exports"
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


def write(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all; raises UsageError."""
    with beside(path, step="give a path that can be written") as file:
        file.write(content)


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write JSON lines, whole or not at all; raises UsageError."""
    write(path, b"".join(map(to_line, rows)))


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Write an object as JSON that people read, whole or not at all; raises UsageError."""
    write(path, f"{json.dumps(values, indent=2)}\n".encode())


def article_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    """Yield (place, article row) as they stand, flat sentence tables brought into the article shape."""
    flat: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for place, row in _rows(path, problems):
        is_alone = not {"article_id", "position"} & row.keys()
        if "sentences" in row:
            yield place, row
        elif odd := tables.misnamed(row):
            steps = " and ".join(f"rename {name!r} to {other!r}" for name, other in odd)
            problems.append(Problem(place, f"columns that are not read; {steps}, or leave them out"))
        elif missing := _blank(row, tables.COLUMNS if is_alone else FLAT_COLUMNS):
            problems.append(Problem(place, f"no {', '.join(missing)} (nor 'sentences')"))
        elif is_alone:
            yield place, _alone(row, place)
        else:
            flat[str(row["article_id"])].append((place, row))
    for name, rows in flat.items():
        yield from _joined(name, rows, problems)


def _blank(row: Row, columns: Iterable[str]) -> list[str]:
    """List the columns that say nothing."""
    return [column for column in columns if row.get(column) is None or not str(row[column]).strip()]


def _alone(row: Row, place: str) -> Row:
    """Make an article of a sentence alone, named by its place."""
    text = " ".join(str(row["text"]).split())
    sentence = {"start": 0, "end": len(text), "label": row["label"]}
    return {"id": place, "text": text, "sentences": [sentence], "group": row.get("group") or place}


def _joined(name: str, rows: list[tuple[str, Row]], problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    try:
        rows.sort(key=lambda item: int(item[1]["position"]))
    except (TypeError, ValueError):
        problems.append(Problem(rows[0][0], f"article {name!r}: a position is not a whole number"))
        return
    text, sentences = "", []
    for _, row in rows:
        line = " ".join(str(row["text"]).split())
        sentences.append({"start": len(text), "end": len(text) + len(line), "label": row["label"]})
        text += line + "\n"
    group = rows[0][1].get("group") or name
    yield rows[0][0], {"id": name, "text": text, "sentences": sentences, "group": group}


def _rows(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    try:
        suffix = path.suffix.lower()
        if suffix == ".parquet":
            yield from _parquet_rows(path)
        elif suffix in (".csv", ".tsv"):
            yield from tables.rows(path, problems)
        else:
            yield from _json_articles(path, problems)
    except InputError as error:
        problems.append(Problem(f"{path}:{error.offset}", f"cannot be read: {error}"))
    except (OSError, ValueError, csv.Error) as error:  # ValueError: not UTF-8, or not Parquet
        problems.append(Problem(str(path), f"cannot be read: {error}"))


def _json_articles(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    """Yield the rows of JSON lines; where there is none, one problem says what a corpus is."""
    before, is_corpus = len(problems), False
    try:
        for place, row in json_rows(path, problems):
            is_corpus = True
            yield place, row
    except UsageError:
        problems.append(Problem(str(path), "not UTF-8"))
    if not is_corpus and (found := problems[before:]):
        problems[before:] = [Problem(found[0].place, f"not a corpus ({found[0].reason}); {_STEP}")]


def json_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    """Yield (place, object) for each line of JSON lines that isn't blank; raises UsageError if not UTF-8."""
    with path.open(encoding="utf-8-sig") as lines:
        try:
            yield from _objects(path, lines, problems)
        except UnicodeDecodeError:
            raise UsageError(f"{path}: not UTF-8", "give JSON lines in UTF-8") from None


def _objects(path: Path, lines: Iterable[str], problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    is_first = True
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if is_first and line.strip() == "[":
            problems.append(Problem(f"{path}:{number}", _LIST))
            return
        is_first = False
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            problems.append(Problem(f"{path}:{number}", f"not JSON: {error}"))
            continue
        if isinstance(row, dict):
            yield f"{path}:{number}", row
        else:
            problems.append(
                Problem(f"{path}:{number}", _LIST if isinstance(row, list) else "not a JSON object")
            )


def _parquet_rows(path: Path) -> Iterator[tuple[str, Row]]:
    try:
        from pyarrow import parquet
    except ImportError:
        raise MissingExtra("pyarrow", "parquet") from None
    for number, row in enumerate(parquet.read_table(path).to_pylist(), 1):
        yield f"{path}:{number}", row


def _article(row: Row, labels: Sequence[str]) -> GoldArticle:
    sentences = row["sentences"]
    return GoldArticle(
        id=str(row["id"]),
        text=row["text"],
        sentences=tuple(Sentence(item["start"], item["end"]) for item in sentences),
        labels=tuple(item["label"] for item in sentences),
        group=str(row.get("group") or row.get("source") or row["id"]),
        desk=str(row.get("desk") or ""),
        kinds=tuple(map(str, row.get("kinds") or kinds_from_sentences(row))),
        soft=_soft(sentences, labels),
        marks=_marks(row),
        alone=row.get("alone") is True,
    )


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
        if labels is not None and label not in labels:
            yield UnknownLabel(at, f"label {label!r} is not one of {', '.join(labels)}")
        if reason := marks.problem(item):
            yield Problem(at, reason)
        previous = max(previous, end)
