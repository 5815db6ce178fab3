"""Who accuses whom: accusations counted by speaker and target, over any number of labelled pages."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from newsroles.articles import Mention
from newsroles.labels import Role
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.who.names import grouped, on_page

EXAMPLES = 3
"""How many sentences are kept of each pair."""

Pair = tuple[str, str]
"""A speaker's and a target's name, either "" where nobody is named."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that accuses; `page` is its article's id or source, `start` its place in that text."""

    text: str
    page: str
    start: int
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A speaker, a target, or both: how many sentences accuse so, on how many pages, and the first few.

    `resolved` of the accusations have their speaker from a rule, see `newsroles.who.resolve`.
    """

    speaker: str
    target: str
    accusations: int
    pages: int
    resolved: int
    examples: tuple[Example, ...]


@dataclass(slots=True)
class _Count:
    accusations: int = 0
    resolved: int = 0
    pages: "array[int]" = field(default_factory=lambda: array("q"))
    """The numbers of the pages: names that become one may be of one page."""
    examples: tuple[Example, ...] = ()

    def add(self, other: "_Count") -> None:
        self.accusations += other.accusations
        self.resolved += other.resolved
        self.pages.extend(other.pages)
        self.examples = (*self.examples, *other.examples)[:EXAMPLES]


_Counts = dict[Pair, _Count]


@dataclass(slots=True)
class WhoTable:
    """Grows page by page, and keeps counts and a few examples, never the pages.

    `accusations` counts all of them, those that name nobody too. `mentions` counts speakers and targets
    of claims and accusations, the ones that only point back too: 0 where no model has marked any.
    """

    accusations: int = 0
    mentions: int = 0
    _pages: int = 0
    _pairs: _Counts = field(default_factory=dict)
    _speakers: _Counts = field(default_factory=dict)
    _targets: _Counts = field(default_factory=dict)
    _names: Counter[str] = field(default_factory=Counter)
    _together: dict[str, str] = field(default_factory=dict)  # of the names, once asked for

    def add(self, page: LabelledArticle) -> None:
        """Count the accusations of a page."""
        names = page_names(page)
        self._together = {}
        self._pages += 1
        for mention in _mentions(page):
            self.mentions += 1
            self._names.update([names[mention.text]] if mention.text in names else [])
        for sentence in page.sentences:
            if sentence.label != Role.ACCUSATION:
                continue
            self.accusations += 1
            speaker = names.get(sentence.speaker.text, "") if sentence.speaker else ""
            blamed = {names.get(each.text, "") for each in sentence.targets} - {""} or {""}
            is_resolved = bool(sentence.speaker and sentence.speaker.resolved)
            one = _Count(1, is_resolved, array("q", [self._pages]), (_example(page, sentence),))
            _merge(self._speakers, [((speaker, ""), one)])
            _merge(self._targets, [(("", target), one) for target in blamed])
            _merge(self._pairs, [((speaker, target), one) for target in blamed])

    def names(self, page: LabelledArticle) -> dict[str, str]:
        """Return, for each text of a page's mentions, the name that the table has for it.

        Only once all pages are counted; what only points back is left out.
        """
        together = self._grouped()
        return {text: together.get(name, name) for text, name in page_names(page).items()}

    def pairs(self, least: int = 1) -> list[Row]:
        """Return who accuses whom, most accusations first; one of both may be "", nobody named."""
        return self._rows(self._pairs, least)

    def speakers(self, least: int = 1) -> list[Row]:
        """Return who accuses, most accusations first; `target` is ""."""
        return self._rows(self._speakers, least)

    def targets(self, least: int = 1) -> list[Row]:
        """Return who is accused, most accusations first; `speaker` is ""."""
        return self._rows(self._targets, least)

    def _grouped(self) -> dict[str, str]:
        self._together = self._together or grouped(self._names)
        return self._together

    def _rows(self, counts: _Counts, least: int) -> list[Row]:
        together = self._grouped() | {"": ""}
        merged: _Counts = {}
        named = (((together[one], together[other]), count) for (one, other), count in counts.items())
        _merge(merged, named)
        rows = [
            Row(*pair, count.accusations, len(set(count.pages)), count.resolved, count.examples)
            for pair, count in merged.items()
            if any(pair) and count.accusations >= least
        ]
        return sorted(rows, key=lambda row: (-row.accusations, -row.pages, row.speaker, row.target))


def page_names(page: LabelledArticle) -> dict[str, str]:
    """Return, for each text of a page's mentions, its name on that page; see `newsroles.who.names`."""
    return on_page(mention.text for mention in _mentions(page))


def _mentions(page: LabelledArticle) -> Iterator[Mention]:
    for sentence in page.sentences:
        if sentence.speaker:
            yield sentence.speaker
        yield from sentence.targets


def _example(page: LabelledArticle, sentence: LabelledSentence) -> Example:
    article = page.article
    return Example(sentence.text, article.id or article.source, sentence.start, article.title, article.url)


def _merge(counts: _Counts, more: Iterable[tuple[Pair, _Count]]) -> None:
    for pair, count in more:
        counts.setdefault(pair, _Count()).add(count)
