"""What `newsroles label` wrote, read back: labelled articles and failures, one JSON object a line."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, BinaryIO, TypeVar

from newsroles.articles import Article, Failure, LabelledArticle, LabelledSentence
from newsroles.errors import InputError
from newsroles.readers.jsonl import parse
from newsroles.readers.packing import unpack
from newsroles.readers.records import lines

T = TypeVar("T")


class UnreadLine(Failure):
    """A line that is neither an article nor a failure; `offset` is its number, from 1."""


_NEXT_STEP = "give the lines as newsroles label wrote them (docs/use/record.md)"


def read(source: str, stream: BinaryIO) -> Iterator[LabelledArticle | Failure]:
    """Give the articles and failures of a stream, packed or not, in its order, UnreadLine for other lines."""
    index = number = 0
    try:
        for number, line in lines(unpack(stream)):
            if line is not None and not line.strip():
                continue
            yield _item(line, source, index, number)
            index += 1
    except InputError as error:  # packed, and damaged: nothing can be read after it
        yield UnreadLine(source, index, number + 1, error.reason, error.next_step)


@contextmanager
def rereadable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Give a stream that can be read more than once: itself if it can be, else a copy on the disk."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        yield copy


def _item(line: bytes | None, source: str, index: int, number: int) -> LabelledArticle | Failure:
    try:
        values = parse(line)
        return _article(values) if "sentences" in values else _failure(values)
    except InputError as error:
        return UnreadLine(source, index, number, error.reason, _NEXT_STEP)


def _article(values: Mapping[str, Any]) -> LabelledArticle:
    article = Article(
        _field(values, "text", str),
        _field(values, "id", str),
        _field(values, "source", str),
        _field(values, "index", int),
    )
    sentences = tuple(_sentence(each, article.text) for each in _field(values, "sentences", list))
    for before, after in pairwise(sentences):
        if after.start < before.end:
            raise InputError(f"the sentence at {after.start} begins before the one before it ends", "")
    return LabelledArticle(article, _field(values, "model", str), sentences)


def _sentence(values: Any, text: str) -> LabelledSentence:
    if not isinstance(values, dict):
        raise InputError("a sentence isn't an object", "")
    start, end, label = _field(values, "start", int), _field(values, "end", int), _field(values, "label", str)
    if not 0 <= start < end <= len(text) or text[start:end] != values.get("text"):
        raise InputError(f"start {start} and end {end} don't give the sentence's text", "")
    probabilities = _field(values, "probabilities", dict)
    if label not in probabilities or not all(map(_is_probability, probabilities.values())):
        raise InputError(f"the probabilities at {start} aren't one number from 0 to 1 for each label", "")
    flags = (_field(values, "truncated", bool), _field(values, "uncertain", bool))
    return LabelledSentence(start, end, text[start:end], label, probabilities, *flags)


def _is_probability(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _failure(values: Mapping[str, Any]) -> Failure:
    offset = None if values.get("offset") is None else _field(values, "offset", int)
    place = _field(values, "source", str), _field(values, "index", int), offset
    return Failure(*place, _field(values, "reason", str), _field(values, "next_step", str))


def _field(values: Mapping[str, Any], name: str, type_: type[T]) -> T:
    value = values.get(name)
    if not isinstance(value, type_) or (type_ is int and isinstance(value, bool)):
        raise InputError(f"not a record: its field {name!r} is no {type_.__name__}, or isn't there", "")
    return value
