"""What is read, before a model has seen it: plain and frozen values.

Offsets are always Python characters (code points) into the article's `text`.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

Span = tuple[int, int]
"""A stretch of a text, in characters: [start, end)."""

BEGINNING = 60
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


@dataclass(frozen=True, slots=True)
class Article:
    r"""A page to label: its text, and where it came from.

    `kinds` has what the markup says of each line of `text` ("\n" ends one), `title` the story's headline and
    `url` the page's own address; all are empty for plain text, and so is `date`: the day that the page says
    it was published (2026-11-28), or what its record says. `fields` are the others of the record that it was
    read from, as JSON has them.

    A character that stands in `text` as two surrogates becomes one, as JSON reads it, so that offsets
    mean the same in a record and out of it.
    """

    text: str
    id: str = ""
    source: str = ""
    index: int = 0
    kinds: tuple[str, ...] = ()
    title: str = ""
    url: str = ""
    date: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Join pairs of surrogates; what is no text is refused where it is labelled."""
        if isinstance(self.text, str) and _PAIR.search(self.text):
            object.__setattr__(self, "text", join_surrogates(self.text))

    def __repr__(self) -> str:
        """Return its id, how it begins, and its length: a text would fill the screen."""
        name = f"{self.id!r} " if self.id else ""
        begins = beginning(str(self.title or self.text))
        return f"<Article {name}{begins!r} {len(str(self.text)):,} characters>"


class Page(NamedTuple):
    """What a document holds; see `Article`."""

    text: str
    kinds: tuple[str, ...] = ()
    title: str = ""
    url: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A half-open span ``[start, end)`` of an article's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """Where somebody is named in an article's text: half-open ``[start, end)``, and what stands there.

    `resolved` says that the sentence itself has only a word that points back ("she", "the statement"), or
    nothing, and that this is the name before it that is meant.
    """

    text: str
    start: int
    end: int
    resolved: bool = False


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

    def __str__(self) -> str:
        """Return all but the index, in one line."""
        return f"{self.place}: {self.reason}; {self.next_step}".replace("\n", " ")

    @property
    def place(self) -> str:
        """Where it is: the source, and the offset behind it."""
        return self.source if self.offset is None else f"{self.source}:{self.offset}"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object that `newsroles label` writes of it (docs/use/record.md)."""
        return asdict(self)


def beginning(text: str) -> str:
    """Return the first words of a text, in one line of at most `BEGINNING` characters."""
    line = " ".join(text[: 4 * BEGINNING].split())
    return line if len(line) <= BEGINNING and len(text) <= 4 * BEGINNING else f"{line[: BEGINNING - 1]}…"


def join_surrogates(text: str) -> str:
    """Make one character of every two surrogates that are its halves; lone ones stay."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
