"""The values that travel through the package: plain, frozen, and free of behaviour.

Offsets are always Python characters (code points) into the article's `text` as given.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Article:
    """A page to label: its text, and where it came from."""

    text: str
    id: str = ""
    source: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class Sentence:
    """A half-open span ``[start, end)`` of an article's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A span, its text, and what the model made of it.

    `probabilities` maps every label of the model to a number in [0, 1]; they sum to 1.
    `truncated` says that the sentence was longer than a window and only its head was read.
    `uncertain` says that the best probability is below the confidence that was asked for.
    """

    start: int
    end: int
    text: str
    label: str
    probabilities: Mapping[str, float]
    truncated: bool = False
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """An article with one labelled sentence for every sentence of its text, in order."""

    article: Article
    model: str
    sentences: tuple[LabelledSentence, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """One input that could not be labelled: where it is, why, and what to do about it.

    `index` is its position in the source, counted like an article's. `offset` is a 1-based line or a
    byte position inside the source, where there is one.
    """

    source: str
    index: int
    offset: int | None
    reason: str
    next_step: str
