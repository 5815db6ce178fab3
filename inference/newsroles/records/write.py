"""Labelled articles and failures as JSON lines, and the records' sentences as rows of CSV or Parquet."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from newsroles.errors import MissingExtra
from newsroles.records.ours import PARQUET_NOTE
from newsroles.records.schema import columns

ROW_GROUP = 65_536
"""How many rows of Parquet are in memory at once, and then in a row group."""

#: What JSON allows and yet isn't safe in a line of UTF-8: lone surrogates, what terminals obey (control
#: codes, bidirectional overrides), what some readers take for the end of a line. It stands in strings only.
_UNSAFE = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def to_line(values: Mapping[str, Any]) -> bytes:
    """Serialise to one line of UTF-8; what is not safe in one is escaped."""
    line = json.dumps(values, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", line).encode() + b"\n"


def rows(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give a row a sentence of a record, without what a table cannot hold: lone surrogates become U+FFFD."""
    article = {name: values[name] for name in ("id", "source", "index", "model")}
    for sentence in values["sentences"]:
        row = article | {name: value for name, value in sentence.items() if name != "probabilities"}
        row |= {f"p_{label}": p for label, p in sentence["probabilities"].items()}
        yield {
            name: _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value
            for name, value in row.items()
        }


def csv_writer(file: Any, labels: Sequence[str]) -> "csv.DictWriter[str]":
    """Begin a CSV table in a text file, header included; write rows to what is given back."""
    writer = csv.DictWriter(file, list(columns(labels)), lineterminator="\n")
    writer.writeheader()
    return writer


def write_csv(lines: Path, path: Path, labels: Sequence[str]) -> None:
    """Make a CSV table of a file of records."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv_writer(file, labels).writerows(_rows_of(lines))


def write_parquet(lines: Path, path: Path, labels: Sequence[str]) -> None:
    """Make a Parquet file of a file of records, a row group at a time; raises MissingExtra."""
    pa = arrow()
    fields = [(name, pa.type_for_alias(type_)) for name, type_ in columns(labels).items()]
    schema = pa.schema(fields, {PARQUET_NOTE: "1"})
    rest = _rows_of(lines)
    with pa.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(rest, ROW_GROUP)):
            writer.write_table(pa.Table.from_pylist(group, schema))


TABLES = {"csv": write_csv, "parquet": write_parquet}
"""The formats that are made of the JSON lines of a finished run."""


def check_parquet() -> None:
    """Raise MissingExtra where Parquet cannot be written, before a run is begun for it."""
    arrow()


def arrow() -> Any:
    """Import pyarrow with its `parquet`; raises MissingExtra."""
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra("pyarrow", "parquet") from None
    return pa


def _rows_of(lines: Path) -> Iterable[dict[str, Any]]:
    with lines.open("rb") as file:
        yield from chain.from_iterable(rows(json.loads(line)) for line in file)
