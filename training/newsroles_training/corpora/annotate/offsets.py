"""Spans as annotation tools give them, brought to Python characters.

Tools that run in a browser have counted UTF-16 units, where an emoji is two (HumanSignal/label-studio issue
1347, doccano pull request 99); doccano counts a CRLF as one, and grapheme clusters if a project asks for it.
Which it was shows in the span's own text where the tool exports it, else in where spans begin and end: where
words and sentences do.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from newsroles.errors import InputError
from newsroles.model.sentences import split
from newsroles_training.corpora.annotate.graphemes import cluster_starts

_LAST_UNIT = "\uffff"
"""The last character that is one UTF-16 unit."""
_QUOTED, _SHOWN = 60, 10
"""How many characters of a span, and on either side of it, a message quotes."""


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open, labelled stretch of a text; `text` is what the tool says that it holds, if it says so."""

    start: int
    end: int
    label: str
    text: str | None = None


def span(start: Any, end: Any, labels: Any, text: Any = None) -> Span:
    """Check what a tool exported for one span; `labels` is a label or a list of exactly one."""
    label = labels[0] if isinstance(labels, list) and len(labels) == 1 else labels
    if type(start) is not int or type(end) is not int or start >= end:
        raise InputError(f"a span goes from {start!r} to {end!r}", "give whole numbers, start before end")
    if type(label) is int:
        raise InputError(
            f"span {start} to {end} is labelled {label}, an id and no name",
            "export the labels' names; in doccano, export as JSONL (text label)",
        )
    if label is None or label in ("", []):
        raise InputError(f"span {start} to {end} has no label", "label it, or take it away, and export again")
    if not isinstance(label, str):
        raise InputError(f"span {start} to {end} is labelled {labels!r}", "give each span exactly one label")
    return Span(start, end, label, text if isinstance(text, str) else None)


def to_characters(text: str, spans: Sequence[Span], edges: Iterable[int] = ()) -> tuple[Span, ...]:
    """Return the spans, sorted, in characters of `text`; raises InputError where no reading is the likelier.

    All spans of a text were counted by one tool, so one reading holds for all of them. Where the tool has not
    said what its spans hold, they must begin and end at white space, where sentences do, or at `edges`, which
    the task had: else they were counted in a way that is not known here, or drawn carelessly.
    """
    ordered = tuple(sorted(spans, key=lambda one: (one.start, one.end)))
    if all(one.text is not None and one.text == text[one.start : one.end] for one in ordered):
        return ordered
    readings = dict.fromkeys(_readings(text, ordered))
    if not readings:
        raise InputError(
            f"a span ends outside of the text of {len(text)} characters", "export the page again"
        )
    fitting = [reading for reading in readings if _texts_fit(text, reading)]
    if not fitting:
        raise InputError("the offsets do not point at the texts that the spans hold", "export the page again")
    ends = {edge for one in split(text) for edge in (one.start, one.end)}.union(edges)
    evidence = {reading: sum(sum(_clean(text, one, ends)) for one in reading) for reading in fitting}
    best, *others = sorted(fitting, key=lambda reading: -evidence[reading])
    if others and evidence[best] == evidence[others[0]]:
        raise InputError(
            "the offsets may be characters or UTF-16 units, or count a CRLF or a grapheme as one",
            "export the spans' texts with them",
        )
    return tuple(one if one.text is not None else _whole(text, one, ends) for one in best)


def _readings(text: str, spans: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """Yield the spans as they are in each way of counting that is possible for them, characters first."""
    for places in _countings(text):
        at = {unit: place for unit, place in enumerate(places) if place is not None}
        if all(one.start in at and one.end in at for one in spans):
            yield tuple(replace(one, start=at[one.start], end=at[one.end]) for one in spans)


def _countings(text: str) -> Iterator[Sequence[int | None]]:
    """Yield where the units of each way of counting begin, and the text's end; None inside of a character.

    Characters or UTF-16 units, each also with a CRLF as one, and grapheme clusters.
    """
    for is_crlf_one in (False, True):
        places = [n for n in range(len(text)) if not (is_crlf_one and text[n - 1 : n + 1] == "\r\n")]
        yield [*places, len(text)]
        yield [*(at for n in places for at in ((n, None) if text[n] > _LAST_UNIT else (n,))), len(text)]
    yield [*cluster_starts(text), len(text)]


def _texts_fit(text: str, spans: Iterable[Span]) -> bool:
    return all(one.text is None or one.text.split() == text[one.start : one.end].split() for one in spans)


def _clean(text: str, one: Span, ends: Container[int]) -> tuple[bool, bool]:
    """Tell for either edge whether it is a sentence's, or has white space outside and none inside."""
    start, end = one.start, one.end
    begins = start == 0 or text[start - 1].isspace() or start in ends
    stops = end == len(text) or text[end].isspace() or end in ends
    return begins and not text[start].isspace(), stops and not text[end - 1].isspace()


def _whole(text: str, one: Span, ends: Container[int]) -> Span:
    """Take white space off a span's edges; raises InputError where an edge is then inside of a sentence."""
    said = text[one.start : one.end]
    start = one.start + len(said) - len(said.lstrip())
    trimmed = replace(one, start=start, end=start + len(said.strip()))
    if not said.strip() or not all(_clean(text, trimmed, ends)):
        around = text[max(0, one.start - _SHOWN) : one.start], said, text[one.end : one.end + _SHOWN]
        raise InputError(
            f"a span holds {said[:_QUOTED]!r}, with {around[0]!r} before it and {around[2]!r} behind it",
            "mark whole sentences, or export the spans' texts with them; no known way to count offsets fits",
        )
    return trimmed
