"""What a Labeller is given: understood, read, or refused with what to give."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from io import IOBase
from itertools import chain, islice
from numbers import Integral, Real
from os import PathLike
from pathlib import Path
from typing import Any

from newsroles.articles import Article, Failure, Sentence
from newsroles.errors import InputError, UsageError
from newsroles.model.outcome import Item, raise_failure
from newsroles.readers import ReadOptions, by_name, read_source
from newsroles.readers.fields import as_json
from newsroles.readers.named import check_saved, kind_of, path_of
from newsroles.readers.options import check_options
from newsroles.readers.sources import Guard, Sources
from newsroles.records.ours import is_ours
from newsroles.records.schema import ARTICLE

LONGEST_PATH = 4096
"""A longer text is no path."""

AnyPath = str | PathLike[str]

_STEPS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    ((bytes, bytearray), "decode it first, or give a web page to label_html"),
    (PathLike, "label_file reads a file"),
    (IOBase, "give what it reads, or its path to label_file"),
    (Mapping, "give its text, or an Article made of it"),
    (Iterable, "label_all labels several"),
)


def article_of(given: Any) -> Article:
    """Return a text or an article as an article with the values of a record.

    None is as left out; dates, paths and, but for `index`, numbers become text. Raises UsageError for
    anything else of which no record can be made.
    """
    if isinstance(given, str):
        return Article(given)
    if isinstance(given, Failure):
        raise UsageError(f"a Failure has no text to label: {given.place}: {given.reason}", given.next_step)
    if not isinstance(given, Article):
        step = next((step for kind, step in _STEPS if isinstance(given, kind)), "give a str")
        raise UsageError(f"label takes a text or an Article; this is {kind_of(given)}", step)
    name = f"Article {given.id}" if given.id else "Article"
    if not isinstance(given.text, str):
        raise UsageError(f"the text of the {name} is {kind_of(given.text)}", "give a str")
    recorded: dict[str, Any] = {
        field.name: _recorded(getattr(given, field.name), field.type, f"the {field.name} of the {name}")
        for field in ARTICLE
        if field.name not in ("model", "text")
    }
    recorded |= {"kinds": kinds_of(given.text, given.kinds), "fields": _fields_of(given.fields)}
    changed = {key: value for key, value in recorded.items() if value is not getattr(given, key)}
    return replace(given, **changed) if changed else given


def _recorded(value: Any, type_: type, what: str) -> Any:
    """Return a value as a record has it; raises UsageError for what is not meant for it."""
    if value is None:
        return type_()
    if isinstance(value, type_) and not isinstance(value, bool):
        return value
    if isinstance(value, Integral) and not isinstance(value, bool):
        return type_(value)
    if type_ is str and isinstance(value, PathLike):
        return os.fsdecode(value)
    if type_ is str and hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise UsageError(f"{what} is {kind_of(value)}", "give an int" if type_ is int else "give a str")


def kinds_of(text: str, kinds: Any) -> tuple[str, ...]:
    """Return the kinds of a text's lines as a tuple, empty for None.

    Raises UsageError for what are no names, or neither one for every line nor none at all.
    """
    if isinstance(kinds, str | Mapping) or not isinstance(kinds, Iterable | None):
        raise UsageError(f"kinds are names; this is {kind_of(kinds)}", "give a tuple of str")
    found = () if kinds is None else tuple(kinds)
    if not all(isinstance(kind, str) for kind in found):
        raise UsageError(f"kinds are names; these are {kind_of(found[0])}", "give a tuple of str")
    lines = text.count("\n") + 1
    if len(found) not in (0, lines):
        raise UsageError(f"{len(found)} kinds for {lines} lines of text", "give one for each, or none")
    return found


def _fields_of(fields: Any) -> Mapping[str, Any]:
    """Return fields as JSON has them; raises UsageError where that cannot be."""
    if fields is None:
        return {}
    if not isinstance(fields, Mapping):
        raise UsageError(f"the fields of an Article are {kind_of(fields)}", "give a dict")
    try:
        return as_json(fields) if fields else fields
    except InputError as error:
        raise UsageError(f"the fields of an Article: {error.reason}", error.next_step) from None


def check_no_name(page: Any) -> None:
    """Raise UsageError for a file's path or an address where the page itself is needed."""
    if isinstance(page, str):
        check_no_file(page)
        try:
            check_saved(page if len(page.split()) == 1 else "")
        except InputError as error:
            raise UsageError(f"{page}: {error.reason}", error.next_step) from None


def check_no_file(text: Any) -> None:
    """Raise UsageError for a text that is no more than the path of a file which would be read."""
    if not isinstance(text, str):
        return
    if len(text) <= LONGEST_PATH and "\n" not in text and by_name(text) and os.path.isfile(text):  # noqa: PTH113 - Path's raises for what cannot be
        raise UsageError(f"{text}: is a file, not its text", "label_file reads it")


def several(given: Any) -> Iterable[Any]:
    """Return an iterable of texts as it is; raises UsageError for one text, and for what holds none."""
    if isinstance(given, str | bytes | Article | PathLike):
        raise UsageError(
            f"label_all takes many texts; this is one {type(given).__name__}", "give a list of them"
        )
    if isinstance(given, Mapping) or hasattr(given, "columns"):
        raise UsageError("label_all takes texts; this is a table", 'give a column, such as table["text"]')
    if not isinstance(given, Iterable):
        raise UsageError(f"label_all takes texts; this is {kind_of(given)}", "give a list of them")
    return given


def article_in(path: Any, options: ReadOptions) -> Article:
    """Read the one article that a file holds.

    Raises InputError where it cannot be read, UsageError for a folder and for several articles.
    """
    source = path_of(path)
    if os.path.isdir(source):  # noqa: PTH112 - as above
        raise UsageError(f"{source}: a folder", "label_files labels the pages in it")
    items = list(islice(read_source(source, options), 2))
    if not items:
        raise InputError(f"{source}: holds no article", "see whether it is the file that was meant")
    if len(items) > 1:
        raise UsageError(f"{source}: holds more than one article", "label_files labels one after the other")
    if isinstance(items[0], Failure):
        raise_failure(items[0])
    return items[0]


class _Pages(Guard):
    """Leaves out of folders what newsroles wrote, as the command does."""

    def leaves_out(self, file: str) -> bool:
        return is_ours(Path(file))


def items_in(paths: Any, options: ReadOptions) -> Iterator[Item]:
    """Return the articles of a path or of several, and what cannot be read, as they are asked for.

    Raises UsageError for what is no path, and no options.
    """
    check_options(options)
    are_many = isinstance(paths, Iterable) and not isinstance(paths, str | bytes)
    sources = Sources(
        map(path_of, paths if are_many else [paths]),
        any_name=options.format is not None,
        text_field=options.text_field,
        guard=_Pages(),
    )
    return chain.from_iterable(read_source(source, options) for source in sources)


def check_settings(threads: Any, min_confidence: Any) -> None:
    """Raise UsageError for settings that mean nothing."""
    is_count = isinstance(threads, Integral) and not isinstance(threads, bool) and int(threads) > 0
    if threads is not None and not is_count:
        raise UsageError(f"threads={threads!r}", "give a number from 1, or None for all CPUs")
    if not isinstance(min_confidence, Real) or not 0 <= float(min_confidence) <= 1:
        raise UsageError(f"min_confidence={min_confidence!r}", "give a probability from 0 to 1, such as 0.6")


def check_callable(on_failure: Any) -> None:
    """Raise UsageError for what no failure can be handed to."""
    if not callable(on_failure):
        raise UsageError(f"on_failure={on_failure!r}", "give a function of a Failure, or leave it out")


def spans_of(text: Any, given: Any) -> list[Sentence]:
    """Return spans of a text as a list; raises UsageError unless they are sorted, disjoint, and in it."""
    if not isinstance(text, str):
        raise UsageError(f"spans are of a text; this is {kind_of(text)}", "give a str")
    if not isinstance(given, Iterable):
        raise UsageError(f"spans are Sentences; this is {kind_of(given)}", "give a list of them")
    spans, end = list(given), 0
    for span in spans:
        if not isinstance(span, Sentence):
            raise UsageError(f"a span is a Sentence; this is {kind_of(span)}", "give Sentence(start, end)")
        if not end <= span.start <= span.end <= len(text):
            raise UsageError(
                f"{span} is not behind the one before it, or not in the text", "sort them; none may overlap"
            )
        end = span.end
    return spans
