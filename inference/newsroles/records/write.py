"""Labelled articles and failures as JSON lines, and the records' sentences as rows of CSV or Parquet."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import Any

from newsroles.errors import MissingExtra, UsageError
from newsroles.records.ours import PARQUET_NOTE
from newsroles.records.schema import (
    ARTICLE,
    JOINT,
    MENTION,
    OF_LABEL,
    PROBABILITIES,
    SENTENCE,
    SENTENCES,
    SPEAKER,
    TARGETS,
    columns,
    in_table,
    other_fields,
)

ROW_GROUP = 65_536
GROUP_SIZE = 2**26
"""How many rows of Parquet are in memory at once, and then in a row group; fewer where their texts together
have more characters than the second, since every row repeats its article's fields."""

_UNSAFE = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What JSON allows and yet isn't safe in a line of UTF-8: lone surrogates, what terminals obey (control
codes, bidirectional overrides), what some readers take for the end of a line. It stands in strings only."""


def to_line(values: Mapping[str, Any]) -> bytes:
    """Serialise to one line of UTF-8; what is not safe in one is escaped, NaN and infinity are null."""
    try:
        line = json.dumps(values, ensure_ascii=False, allow_nan=False)
    except ValueError:
        line = json.dumps(_without_nan(values), ensure_ascii=False, allow_nan=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", line).encode() + b"\n"


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def rows(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row a sentence of a record, without what a table cannot hold: lone surrogates become U+FFFD."""
    article = {field.name: values[field.name] for field in ARTICLE if field.column}
    article |= {in_table(name): _as_text(value) for name, value in other_fields(values).items()}
    article = _in_table(article)  # once, for it may be long, and has many rows
    for sentence in values[SENTENCES]:
        row = {name: value for name, value in sentence.items() if name != PROBABILITIES}
        row |= {OF_LABEL + label: p for label, p in sentence[PROBABILITIES].items()}
        yield article | _in_table(row | _who(sentence))


def _in_table(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: in_table(value) if isinstance(value, str) else value for name, value in row.items()}


def _who(sentence: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the texts of a sentence's speaker and targets, None where nobody is named."""
    speaker, targets = sentence.get(SPEAKER), sentence.get(TARGETS) or []
    texts = JOINT.join(target["text"] for target in targets)
    return {SPEAKER: speaker and speaker["text"], TARGETS: texts or None}


def _as_text(value: Any) -> str | None:
    """Write a value of any type in a column of strings: what is no string as JSON, null as nothing."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class CsvLines:
    r"""A text file for a writer of `csv`, which ends lines with ``\r\n``; in the file they end with ``\n``.

    Told to end them so itself, the writer of Python 3.11 leaves a lone ``\r`` without quotation marks.
    """

    def __init__(self, file: Any) -> None:
        """Take the file."""
        self._file = file

    def write(self, row: str) -> None:
        """Write a row, as the writer gives it."""
        self._file.write(row.removesuffix("\r\n") + "\n")


class CsvTable:
    """A CSV table that grows in a text file; what else the first record's input held has columns too."""

    def __init__(self, file: Any, labels: Sequence[str], others: Iterable[str] | None = None) -> None:
        """Begin it; `others` are the input's other fields, None to wait for those of the first record."""
        self._file, self._labels = file, labels
        self._writer = None if others is None else self._begin(others)

    def _begin(self, others: Iterable[str]) -> "csv.DictWriter[str]":
        names = list(columns(self._labels, others))
        writer = csv.DictWriter(CsvLines(self._file), names, extrasaction="ignore")
        writer.writeheader()
        return writer

    def write(self, values: Mapping[str, Any]) -> None:
        """Write the rows of a record."""
        self._writer = self._writer or self._begin(other_fields(values))
        self._writer.writerows(rows(values))

    def close(self) -> None:
        """Write the header, if there was no record."""
        self._writer = self._writer or self._begin(())


def write_csv(lines: Path, path: Path, labels: Sequence[str]) -> None:
    """Make a CSV table of a file of records."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = CsvTable(file, labels, _others(lines))
        for values in _records(lines):
            table.write(values)


def write_parquet(lines: Path, path: Path, labels: Sequence[str]) -> None:
    """Make a Parquet file of a file of records, a row group at a time; raises MissingExtra."""
    pa = arrow()
    names = columns(labels, _others(lines))
    fields = [(name, pa.type_for_alias(type_)) for name, type_ in names.items()]
    schema = pa.schema(fields, {PARQUET_NOTE: "1"})
    groups = _groups(chain.from_iterable(map(rows, _records(lines))))
    with pa.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in groups:
            writer.write_table(pa.Table.from_pylist(group, schema))


def _groups(rest: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    size = 0
    for row in rest:
        group.append(row)
        size += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(group) == ROW_GROUP or size > GROUP_SIZE:
            yield group
            group, size = [], 0
    if group:
        yield group


def _others(lines: Path) -> list[str]:
    """Name the other fields of all inputs, those that came first first."""
    return list(dict.fromkeys(chain.from_iterable(map(other_fields, _records(lines)))))


def _records(lines: Path) -> Iterator[dict[str, Any]]:
    with lines.open("rb") as file:
        yield from map(json.loads, file)


def sentences_type(labels: Sequence[str]) -> Any:
    """Return the Arrow type of a record's sentences, for a model with these labels; raises MissingExtra."""
    pa = arrow()
    mention = pa.struct([(field.name, pa.type_for_alias(field.column)) for field in MENTION])
    nested = {
        PROBABILITIES: pa.struct([(label, pa.float64()) for label in labels]),
        SPEAKER: mention,
        TARGETS: pa.list_(mention),
    }
    fields = [
        (field.name, nested[field.name] if field.name in nested else pa.type_for_alias(field.column))
        for field in SENTENCE
    ]
    return pa.list_(pa.struct(fields))


TABLES = {"csv": write_csv, "parquet": write_parquet}
"""The formats that are made of the JSON lines of a finished run."""


_SUFFIXES = {
    "": "jsonl",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    **{f".{n}": n for n in TABLES},
}


def format_of(path: Path) -> str:
    """Tell by its name what a file shall hold; raises UsageError where that would be something else."""
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        step = "give a name that ends in .jsonl, .csv or .parquet, or say which with --format"
        raise UsageError(f"{path}: {suffix} is not written", step)
    return _SUFFIXES[suffix]


def arrow() -> Any:
    """Import pyarrow with its `parquet`; raises MissingExtra."""
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra("pyarrow", "parquet") from None
    return pa
