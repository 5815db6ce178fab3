"""The fields of records, of a table's rows and of failures: the one list; docs/use/record.md describes them.

Writers, tables, pipelines and what reads records back take names, order and types from here.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

DECIMALS = 4
"""Probabilities are reproducible to this many decimals, so no more are written."""

SENTENCES, PROBABILITIES = "sentences", "probabilities"
SPEAKER, TARGETS = "speaker", "targets"

OF_LABEL = "p_"
"""What a column of a label's probabilities is called, before the label."""


class Field(NamedTuple):
    """A field: the type of its JSON value, and that of its column by Arrow's name, "" where it has none.

    One that came later has a default, which stands for it in records that were written before, and comes
    last in tables; `...` is none.
    """

    name: str
    type: type
    column: str = ""
    default: Any = ...


ARTICLE = (
    Field("id", str, "string"),
    Field("source", str, "string"),
    Field("index", int, "int64"),
    Field("model", str, "string"),
    Field("text", str),
    Field("title", str, "string", ""),
    Field("url", str, "string", ""),
    Field("date", str, "string", ""),
)
"""An article's; its sentences follow, and then what else its input held."""

SENTENCE = (
    Field("start", int, "int32"),
    Field("end", int, "int32"),
    Field("text", str, "string"),
    Field("label", str, "string"),
    Field(PROBABILITIES, dict),
    Field("truncated", bool, "bool"),
    Field("uncertain", bool, "bool"),
    Field("kind", str, "string", "line"),
    Field(SPEAKER, object, "string", None),  # a mention, or null
    Field(TARGETS, list, "string", []),  # mentions
)

MENTION = (
    Field("text", str, "string"),
    Field("start", int, "int32"),
    Field("end", int, "int32"),
    Field("resolved", bool, "bool"),
)
"""Of a speaker or a target; a table has only the text, see `JOINT`."""

JOINT = "; "
"""What stands between the texts of several targets in a table."""

FAILURE = (
    Field("source", str),
    Field("index", int),
    Field("offset", int),  # or null
    Field("reason", str),
    Field("next_step", str),
)

_SURROGATE = re.compile("[\ud800-\udfff]")

_OURS = {SENTENCES, *(field.name for field in (*ARTICLE, *SENTENCE))}
_OF_INPUT = "input_"


def kept_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Name the input's other fields: as they are, but for those that are called like one of ours."""
    kept = {name: value for name, value in fields.items() if not _is_ours(name)}
    for name, value in fields.items():
        renamed = name
        while _is_ours(renamed) or (renamed in kept and name != renamed):
            renamed = _OF_INPUT + renamed
        kept[renamed] = value
    return kept


def _is_ours(name: str) -> bool:
    return name in _OURS or name.startswith(OF_LABEL)


def other_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what else a record holds than what is ours: the other fields of the input."""
    return {name: value for name, value in values.items() if not _is_ours(name)}


def in_table(text: str) -> str:
    """Return a text, or a column's name, without what a table cannot hold: lone surrogates become U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def columns(labels: Sequence[str], others: Iterable[str] = ()) -> dict[str, str]:
    """Return the names of a table's columns and their Arrow types, for a model with these labels.

    `others` are the names of the input's other fields, which are strings in a table.
    """
    found: dict[str, str] = {}
    for field in sorted((*ARTICLE, *SENTENCE), key=lambda field: field.default is not ...):
        if field.name == PROBABILITIES:
            found |= {f"{OF_LABEL}{label}": "float32" for label in labels}
        elif field.column:
            found[field.name] = field.column
    return found | dict.fromkeys(map(in_table, others), "string")
