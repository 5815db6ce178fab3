"""What labelled articles come to, source by source: the counts that a report begins with."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from newsroles.articles import Failure
from newsroles.errors import UsageError
from newsroles.records.labelled import LabelledArticle
from newsroles.records.read import UnreadLine, read
from newsroles.report.heads import Head, head, next_key, source
from newsroles.who.table import WhoTable

FAILURES_LISTED = 500
SOURCES_CHARTED = 12

Inputs = Sequence[tuple[str, BinaryIO]]
"""Files of records and of failures, each with its name, and seekable."""


@dataclass(slots=True)
class Tally:
    """How many articles there are, and sentences of each label."""

    articles: int = 0
    labels: Counter[str] = field(default_factory=Counter)

    def add(self, articles: int, labels: Counter[str]) -> None:
        """Count more of them."""
        self.articles += articles
        self.labels.update(labels)


@dataclass(slots=True)
class Summary:
    """What there is to say of the first `limit` articles, and of what is not among them.

    `failures` are the first of `failed`; `unread` of these are lines that were no record at all. `before` of
    the items stand before the first that is left out. `folder` is where the report will lie, None where that
    is unknown.
    """

    limit: int
    folder: Path | None = None
    total: Tally = field(default_factory=Tally)
    sources: dict[str, Tally] = field(default_factory=dict)
    labels: dict[str, None] = field(default_factory=dict)  # in the order of the first article's
    models: dict[str, None] = field(default_factory=dict)
    heads: list[Head] = field(default_factory=list)
    keys: Counter[str] = field(default_factory=Counter)
    kinds: set[str] = field(default_factory=set)
    who: WhoTable = field(default_factory=WhoTable)
    failures: list[Failure] = field(default_factory=list)
    failed: int = 0
    unread: int = 0
    left_out: int = 0
    before: int = 0

    def add(self, item: LabelledArticle | Failure) -> None:
        """Count an article or a failure."""
        if isinstance(item, Failure):
            self.failed += 1
            self.unread += isinstance(item, UnreadLine)
            if len(self.failures) < FAILURES_LISTED:
                self.failures.append(item)
        elif self.total.articles == self.limit:
            if not self.left_out:
                self.before = self.limit + self.failed
            self.left_out += 1
        else:
            self._add(item)

    def _add(self, page: LabelledArticle) -> None:
        labels = Counter(sentence.label for sentence in page.sentences)
        self.total.add(1, labels)
        self.sources.setdefault(source(page.article), Tally()).add(1, labels)
        key = next_key(page.article, self.keys)
        self.heads.append(head(page.article, labels, self.total.articles, key, self.folder))
        self.models.setdefault(page.model)
        self.who.add(page)
        for sentence in page.sentences:
            self.kinds.add(sentence.kind)
            self.labels.update(dict.fromkeys(sentence.probabilities))

    def ranked(self) -> list[tuple[str, Tally]]:
        """Return the sources, most sentences first; folders of them, then others, where there are many."""
        sources = self.sources if len(self.sources) <= SOURCES_CHARTED else _by_folder(self.sources)
        ranked = sorted(sources.items(), key=lambda item: -item[1].labels.total())
        shown, others = ranked[:SOURCES_CHARTED], ranked[SOURCES_CHARTED:]
        if others:
            rest = Tally()
            for _, tally in others:
                rest.add(tally.articles, tally.labels)
            shown.append((f"{len(others):,} other{'s' if len(others) > 1 else ''}", rest))
        return shown


def summarise(inputs: Inputs, limit: int, folder: Path | None = None) -> Summary:
    """Read everything once; raises UsageError where there are lines but none that newsroles wrote."""
    found = Summary(limit, folder)
    for item in items(inputs):
        found.add(item)
    if found.unread and found.unread == found.failed and not found.total.articles:
        first = found.failures[0]
        raise UsageError(
            f"{first.source}: no labelled article in it (line {first.offset}: {first.reason})",
            "give the JSON lines that newsroles label -o OUT.jsonl writes",
        )
    return found


def items(inputs: Inputs) -> Iterator[LabelledArticle | Failure]:
    """Read all inputs, from their beginnings."""
    for name, stream in inputs:
        stream.seek(0)
        yield from read(name, stream)


def _by_folder(sources: dict[str, Tally]) -> dict[str, Tally]:
    folders: dict[str, Tally] = {}
    for name, tally in sources.items():
        folders.setdefault(name.rpartition("/")[0] or name, Tally()).add(tally.articles, tally.labels)
    return folders
