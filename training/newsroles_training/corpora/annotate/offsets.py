"""Spans as annotation tools give them, brought to Python characters.

Tools that run in a browser have counted UTF-16 units, where an emoji is two (HumanSignal/label-studio issue
1347, doccano pull request 99). Which it was shows in the span's own text where the tool exports it, else in
where spans begin and end: at words, not inside them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from newsroles.errors import InputError

_LAST_UNIT = "\uffff"
"""The last character that is one UTF-16 unit."""


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
    if not isinstance(label, str) or not label:
        raise InputError(f"span {start} to {end} is labelled {labels!r}", "give each span exactly one label")
    return Span(start, end, label, text if isinstance(text, str) else None)


def to_characters(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Give the spans, sorted, in characters of `text`; raises InputError where no reading is the likelier.

    All spans of a text were counted by one tool, so one reading holds for all of them.
    """
    readings = dict.fromkeys(_readings(text, sorted(spans, key=lambda one: (one.start, one.end))))
    if not readings:
        raise InputError(
            f"a span ends outside of the text of {len(text)} characters", "export the page again"
        )
    fitting = [reading for reading in readings if _texts_fit(text, reading)]
    if not fitting:
        raise InputError("the offsets do not point at the texts that the spans hold", "export the page again")
    evidence = {reading: _clean_edges(text, reading) for reading in fitting}
    best, *others = sorted(fitting, key=lambda reading: -evidence[reading])
    if others and evidence[best] == evidence[others[0]]:
        raise InputError("the offsets may be characters or UTF-16 units", "export the spans' texts with them")
    return best


def _readings(text: str, spans: Sequence[Span]) -> Iterable[tuple[Span, ...]]:
    """Give the spans taken as characters, and taken as UTF-16 units, as far as either is possible."""
    units = accumulate((2 if character > _LAST_UNIT else 1 for character in text), initial=0)
    position = {unit: number for number, unit in enumerate(units)}
    if all(one.start >= 0 and one.end <= len(text) for one in spans):
        yield tuple(spans)
    if all(one.start in position and one.end in position for one in spans):
        yield tuple(replace(one, start=position[one.start], end=position[one.end]) for one in spans)


def _texts_fit(text: str, spans: Iterable[Span]) -> bool:
    return all(one.text is None or one.text.split() == text[one.start : one.end].split() for one in spans)


def _clean_edges(text: str, spans: Iterable[Span]) -> int:
    """Count the edges that have white space, or the text's edge, outside and none inside."""
    return sum(
        (not text[one.start].isspace() and (one.start == 0 or text[one.start - 1].isspace()))
        + (not text[one.end - 1].isspace() and (one.end == len(text) or text[one.end].isspace()))
        for one in spans
    )
