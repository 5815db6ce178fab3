"""Rows of corpora as files hold them: read in either shape, and written.

Two shapes are read. Articles as JSON lines, one an article::

    {"id", "text", "sentences": [{"start", "end", "label"}],
     "kinds"?, "title"?, "source"?, "group"?, "desk"?, "alone"?}

and flat tables of sentences (CSV, JSON lines or Parquet) with the columns
``article_id, position, text, label`` and optionally ``group``; an article is then its sentences in
order, one a line, because a flat table does not know the page's layout. In a table with only ``text, label``
(and ``group``), every row is a sentence alone: an article of its own, without neighbours.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

from newsroles.errors import InputError, MissingExtra, UsageError
from newsroles.files import beside
from newsroles.records.write import to_line
from newsroles_training.data import tables
from newsroles_training.data.problems import Problem

Row = Mapping[str, Any]
Placed = tuple[str, Row]
FLAT_COLUMNS = ("article_id", "position", "text", "label")
_STEP = "give articles as JSON lines in UTF-8, or a table of sentences (.csv, .tsv, .parquet)"
_LIST = "not a JSON object but a list, as Label Studio exports"


def article_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    """Yield (place, article row) as they stand, flat sentence tables brought into the article shape."""
    flat: dict[str, list[Placed]] = defaultdict(list)
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


def group_of(row: Row) -> str:
    """Name an article's publisher, by group, else by source, else the article; "" and null are no names."""
    named = (str(row[column]) for column in ("group", "source") if not _blank(row, (column,)))
    return next(named, str(row["id"]))


def _groups(rows: Iterable[Row]) -> list[str]:
    """List the groups that rows of a table name."""
    return list(dict.fromkeys(str(row["group"]) for row in rows if not _blank(row, ("group",))))


def _blank(row: Row, columns: Iterable[str]) -> list[str]:
    """List the columns that say nothing."""
    return [column for column in columns if row.get(column) is None or not str(row[column]).strip()]


def _alone(row: Row, place: str) -> Row:
    """Make an article of a sentence alone, named by its place."""
    text = " ".join(str(row["text"]).split())
    sentence = {"start": 0, "end": len(text), "label": row["label"]}
    return {"id": place, "text": text, "sentences": [sentence], "group": (_groups([row]) or [place])[0]}


def _joined(name: str, rows: Sequence[Placed], problems: list[Problem]) -> Iterator[Placed]:
    positions = [_position(row) for _, row in rows]
    if found := list(_misplaced(rows, positions)) or list(_of_two(name, rows, positions)):
        problems += found
        return
    text, sentences = "", []
    for _, (_, row) in sorted(zip(positions, rows, strict=True), key=itemgetter(0)):
        line = " ".join(str(row["text"]).split())
        sentences.append({"start": len(text), "end": len(text) + len(line), "label": row["label"]})
        text += line + "\n"
    (group,) = _groups(row for _, row in rows) or [name]
    yield rows[0][0], {"id": name, "text": text, "sentences": sentences, "group": group}


def _position(row: Row) -> int | None:
    """Return a row's position, None if it is no whole number; pandas writes 1 as 1.0, others as 1.00."""
    whole, _, part = str(row["position"]).strip().partition(".")
    try:
        return None if part.strip("0") else int(whole)
    except ValueError:
        return None


def _misplaced(rows: Iterable[Placed], positions: Iterable[int | None]) -> Iterator[Problem]:
    for (place, row), position in zip(rows, positions, strict=True):
        if position is None:
            yield Problem(place, f"its position {row['position']!r} is not a whole number")


def _of_two(name: str, rows: Sequence[Placed], positions: Iterable[int | None]) -> Iterator[Problem]:
    """Find the first row that shows that the rows are of two articles, or in no order."""
    groups, seen = _groups(row for _, row in rows), set[int | None]()
    for (place, row), position in zip(rows, positions, strict=True):
        if groups[1:] and _groups([row]) == groups[1:2]:
            why = f"two groups, {groups[0]} and {groups[1]}: give each article an article_id of its own"
        elif position in seen:
            why = f"position {position} twice: give each article an article_id, each of its rows a position"
        else:
            seen.add(position)
            continue
        yield Problem(place, f"article {name!r} has {why}")
        return


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
