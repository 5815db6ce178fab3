"""Who says a sentence and who is blamed in it, as annotators mark them (docs/train/who.md).

In a corpus a sentence that somebody has looked at carries ``speaker``, a span ``{"start", "end"}`` of the
article's text or null where it names nobody, and, if it is an accusation, ``targets``, a list of spans.
``runs_on`` is true where the speaker stands in another sentence. A sentence without the keys is unmarked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from newsroles.articles import Span
from newsroles.labels import SPANS

KEYS = ("speaker", "runs_on", "targets")


@dataclass(frozen=True, slots=True)
class Marks:
    """The spans of a sentence, counted from its start, for each of `SPANS`; None where nobody has looked."""

    speaker: tuple[Span, ...] | None = None
    target: tuple[Span, ...] | None = None
    runs_on: bool = False

    def of(self, name: str) -> tuple[Span, ...] | None:
        """Return the spans of one of `SPANS`."""
        return self.speaker if name == SPANS[0] else self.target


UNMARKED = Marks()


def marks_of(item: Mapping[str, Any]) -> Marks:
    """Read the marks of a sentence of a corpus; names of elsewhere that a record resolves are none."""
    speaker: tuple[Span, ...] | None = None
    if "speaker" in item:
        speaker = tuple(_places(item, [item["speaker"]] if item["speaker"] else []))
    targets = tuple(_places(item, item["targets"])) if item.get("targets") is not None else None
    if any(given and given.get("resolved") for given in [item.get("speaker"), *(item.get("targets") or [])]):
        return UNMARKED
    return Marks(speaker, targets, item.get("runs_on") is True)


def moved(item: Mapping[str, Any], start: int, *, is_same: bool) -> dict[str, Any]:
    """Return a sentence with its marks where it begins at `start`; without them, if its text changed."""
    if not is_same:
        return {key: value for key, value in item.items() if key not in KEYS}
    shift = start - item["start"]

    def there(span: Mapping[str, int] | None) -> Mapping[str, int] | None:
        return span and {**span, "start": span["start"] + shift, "end": span["end"] + shift}

    marks: dict[str, Any] = {"speaker": there(item["speaker"])} if "speaker" in item else {}
    if item.get("targets") is not None:
        marks["targets"] = [there(span) for span in item["targets"]]
    return {**item, **marks}


def _places(item: Mapping[str, Any], spans: Sequence[Mapping[str, int]]) -> Iterator[Span]:
    for span in spans:
        yield span["start"] - item["start"], span["end"] - item["start"]


def problem(item: Mapping[str, Any]) -> str | None:
    """Say what is wrong with the marks of a sentence whose own span is sound; None where nothing is."""
    targets = item.get("targets") or []
    if not isinstance(targets, list):
        return "its targets are no list"
    for span in [*([item["speaker"]] if item.get("speaker") else []), *targets]:
        if (
            not isinstance(span, Mapping)
            or type(span.get("start")) is not int
            or type(span.get("end")) is not int
        ):
            return "a speaker or target needs whole numbers 'start' and 'end'"
        is_inside = item["start"] <= span["start"] < span["end"] <= item["end"]
        if not is_inside and not span.get("resolved"):
            return f"the speaker or target {span['start']} to {span['end']} is not inside its sentence"
    return None
