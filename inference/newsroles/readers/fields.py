"""The other fields of a record, beside its text and its id: kept with the article, as JSON has them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from newsroles.articles import Article
from newsroles.errors import InputError
from newsroles.readers.options import ReadOptions

_ID = "id"
_OWN = ("title", "url", "date")  # what an article has a place for

_DEEPEST = 50
"""How deep lists and objects may lie in each other: what passes records on goes through them step by step."""


def with_fields(article: Article, record: Mapping[str, Any], options: ReadOptions) -> Article:
    """Return the article with the title, address and date of its record, and the record's other fields.

    What another field than `id` gives the id stays a field. Raises InputError where JSON cannot hold one.
    """
    taken = {options.text_field, _ID if options.id_field == _ID else options.text_field}
    rest = as_json({name: value for name, value in record.items() if name not in taken})
    own = {name: rest.pop(name) or "" for name in _OWN if isinstance(rest.get(name, 0), str | None)}
    given: dict[str, Any] = {name: value for name, value in own.items() if value.strip()}
    return replace(article, fields=rest, **given)


def as_json(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Make of what Parquet and Python hold what JSON holds: dates in ISO 8601, NaN and bytes no text null.

    Raises InputError where JSON cannot hold it.
    """
    if _is_deep(fields):
        raise InputError(f"fields that lie more than {_DEEPEST} deep in each other", "leave them out")
    try:
        line = json.dumps(dict(fields), default=_plain)
        values: dict[str, Any] = json.loads(line, parse_constant=lambda _: None)  # NaN and infinities
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError(
            f"a field that JSON cannot hold: {error}", "leave it out, or make a string of it"
        ) from None
    return values


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        objects = (one.values() for one in level if isinstance(one, dict))
        level = list(chain(*objects, *(one for one in level if isinstance(one, list))))
    return bool(level)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return None
    if isinstance(value, Mapping):
        return dict(value)
    if iso := getattr(value, "isoformat", None):
        return str(iso())
    is_of_numpy = getattr(getattr(value, "dtype", None), "kind", "M") not in "mM"  # times are best as text
    return value.tolist() if is_of_numpy else str(value)
