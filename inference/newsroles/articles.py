"""The values that travel through the package: plain, frozen, and free of behaviour.

Offsets are always Python characters (code points) into the article's `text` as given.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Article:
    r"""A page to label: its text, and where it came from.

    `kinds` has what the markup says of each line of `text` ("\n" ends one), `title` the story's headline and
    `url` the page's own address; all are empty for plain text. `fields` are the others of the record that it
    was read from, as JSON has them.
    """

    text: str
    id: str = ""
    source: str = ""
    index: int = 0
    kinds: tuple[str, ...] = ()
    title: str = ""
    url: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict, hash=False)


class Page(NamedTuple):
    """What a document holds; see `Article`."""

    text: str
    kinds: tuple[str, ...] = ()
    title: str = ""
    url: str = ""


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
    `kind` is what the markup says of the line that it begins on, "line" for plain text.
    """

    start: int
    end: int
    text: str
    label: str
    probabilities: Mapping[str, float]
    truncated: bool = False
    uncertain: bool = False
    kind: str = "line"


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """An article with one labelled sentence for every sentence of its text, in order.

    The article's `title` is its own, or else the headline that the model found in its text, if any.
    """

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
