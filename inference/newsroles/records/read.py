"""What `newsroles label` wrote, read back: labelled articles and failures, one JSON object a line."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, BinaryIO

from newsroles.articles import Article, Failure, Mention
from newsroles.errors import InputError
from newsroles.readers.jsonl import parse
from newsroles.readers.packing import unpack
from newsroles.readers.records import lines
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.records.schema import (
    ARTICLE,
    FAILURE,
    MENTION,
    SENTENCE,
    SENTENCES,
    SPEAKER,
    TARGETS,
    Field,
    other_fields,
)


class UnreadLine(Failure):
    """A line that is neither an article nor a failure; `offset` is its number, from 1."""


LONGEST = 1_000_000_000
"""The longest line that is read, in bytes: the longest text in the shortest sentences makes 132 million."""

_NEXT_STEP = "give the lines as newsroles label wrote them (docs/use/record.md)"


def read(source: str, stream: BinaryIO) -> Iterator[LabelledArticle | Failure]:
    """Yield the articles and failures of a stream, packed or not, in order, UnreadLine for other lines."""
    index = number = 0
    try:
        for number, line in lines(unpack(stream), LONGEST):
            if line is not None and not line.strip():
                continue
            yield _item(line, source, index, number)
            index += 1
    except InputError as error:  # packed, and damaged: nothing can be read after it
        yield UnreadLine(source, index, number + 1, error.reason, error.next_step)


@contextmanager
def rereadable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Yield a stream that can be read more than once: itself if it can be, else a copy on the disk."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        yield copy


def _item(line: bytes | None, source: str, index: int, number: int) -> LabelledArticle | Failure:
    if line is None:
        return UnreadLine(source, index, number, f"longer than {LONGEST:,} bytes", _NEXT_STEP)
    try:
        values = parse(line)
        return labelled_article(values) if "sentences" in values else _failure(values)
    except InputError as error:
        return UnreadLine(source, index, number, error.reason, _NEXT_STEP)


def labelled_article(values: Mapping[str, Any]) -> LabelledArticle:
    """Return the article of a record; raises InputError where it isn't one."""
    found = _read(values, ARTICLE)
    model = found.pop("model")
    article = Article(**found, fields=other_fields(values))
    sentences = tuple(_sentence(each, article.text) for each in _field(values, Field(SENTENCES, list)))
    for before, after in pairwise(sentences):
        if after.start < before.end:
            raise InputError(f"the sentence at {after.start} begins before the one before it ends", "")
    return LabelledArticle(article, model, sentences)


def _sentence(values: Any, text: str) -> LabelledSentence:
    if not isinstance(values, dict):
        raise InputError("a sentence isn't an object", "")
    found = _read(values, SENTENCE)
    if found[SPEAKER] is not None:
        found[SPEAKER] = _mention(found[SPEAKER], text)
    found[TARGETS] = tuple(_mention(target, text) for target in found[TARGETS])
    sentence = LabelledSentence(**found)
    start, end = sentence.start, sentence.end
    if not 0 <= start < end <= len(text) or text[start:end] != sentence.text:
        raise InputError(f"start {start} and end {end} don't give the sentence's text", "")
    probabilities = sentence.probabilities
    if sentence.label not in probabilities or not all(map(_is_probability, probabilities.values())):
        raise InputError(f"the probabilities at {start} aren't one number from 0 to 1 for each label", "")
    return sentence


def _mention(values: Any, text: str) -> Mention:
    if not isinstance(values, dict):
        raise InputError("a speaker or target isn't an object", "")
    mention = Mention(**_read(values, MENTION))
    start, end = mention.start, mention.end
    if not 0 <= start < end <= len(text) or text[start:end] != mention.text:
        raise InputError(f"start {start} and end {end} don't give the speaker's or target's text", "")
    return mention


def _is_probability(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _failure(values: Mapping[str, Any]) -> Failure:
    known = [field for field in FAILURE if field.name != "offset" or values.get("offset") is not None]
    return Failure(**{"offset": None} | _read(values, known))


def _read(values: Mapping[str, Any], fields: Iterable[Field]) -> dict[str, Any]:
    """Return the values of these fields; raises InputError where one is of another type or isn't there."""
    return {field.name: _field(values, field) for field in fields}


def _field(values: Mapping[str, Any], field: Field) -> Any:
    value = values.get(field.name, field.default)
    if field.name == "date" and not isinstance(value, str):  # its input's own, in a record of before
        return field.default
    if not isinstance(value, field.type) or (field.type is int and isinstance(value, bool)):
        raise InputError(
            f"not a record: its field {field.name!r} is no {field.type.__name__}, or isn't there", ""
        )
    return value
