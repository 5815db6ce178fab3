"""Labels of a page in one layout, carried over to our reader's layout of its HTML by letters in order.

Layouts differ in lines, spaces, bullets and in what they leave out; the letters and digits that both have
stand in the same order. What only one of them has gets no label.
"""

import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

from newsroles.articles import Page
from newsroles.errors import InputError
from newsroles.model.sentences import split
from newsroles.model.windows import line_kinds
from newsroles.readers.html import to_page
from newsroles_training.data import marks
from newsroles_training.data.corpus import sound_rows
from newsroles_training.data.problems import Problem

_WORD = re.compile(r"[^\W_]+")

_STRETCH = 3_000
"""The longest stretch, in letters, that is compared letter by letter where words don't match."""
_SHARE = 0.5
"""The share of a sentence's letters that must be found with a label."""


class Span(NamedTuple):
    """A labelled span of the other layout's text."""

    start: int
    end: int
    label: str


class CarriedSentence(NamedTuple):
    """A sentence of our text; its label is None where the other layout has none for it."""

    start: int
    end: int
    label: str | None
    kind: str


class CarriedPage(NamedTuple):
    """Our reading of a page, and its sentences."""

    page: Page
    sentences: tuple[CarriedSentence, ...]


def carry(html: bytes | str, text: str, spans: Sequence[Span]) -> CarriedPage:
    """Read a page and give its sentences the labels of `spans` (sorted, disjoint) of `text`.

    Raises InputError for what is no page.
    """
    page = to_page(html)
    sentences = split(page.text)
    labels = _labels(page.text, text, spans)
    kinds = line_kinds(page.text, page.kinds, sentences)
    return CarriedPage(
        page,
        tuple(
            CarriedSentence(start, end, _label(page.text[start:end], labels[start:end]), kind)
            for (start, end), kind in zip(((s.start, s.end) for s in sentences), kinds, strict=True)
        ),
    )


def marked_up(corpus: Path, pages: Path, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Yield the articles that have a page, ``ID.html.gz``, as our reader reads it, with their labels."""
    for place, row in sound_rows(corpus, problems):
        page = pages / f"{row['id']}.html.gz"
        if not page.is_file():
            continue
        sentences = row["sentences"]
        spans = [Span(one["start"], one["end"], str(number)) for number, one in enumerate(sentences)]
        try:
            carried = carry(gzip.decompress(page.read_bytes()), row["text"], spans)
        except (OSError, EOFError, InputError) as error:
            problems.append(Problem(f"{place} {page}", str(error)))
            continue
        moved = [
            _moved(sentences[int(one.label)], row["text"], one, carried.page.text)
            for one in carried.sentences
            if one.label
        ]
        changed = {"text": carried.page.text, "kinds": carried.page.kinds, "sentences": moved}
        yield {key: value for key, value in row.items() if key != "origin"} | changed


def _moved(item: dict[str, Any], text: str, to: CarriedSentence, page: str) -> dict[str, Any]:
    is_same = text[item["start"] : item["end"]] == page[to.start : to.end]
    return marks.moved(item, to.start, is_same=is_same) | {"start": to.start, "end": to.end}


def _label(text: str, labels: Sequence[str | None]) -> str | None:
    """Return the label of most of the letters, if enough of them have one."""
    letters = sum(map(str.isalnum, text))
    found = Counter(label for label in labels if label)
    if not found or found.total() < _SHARE * letters:
        return None
    return found.most_common(1)[0][0]


def _labels(ours: str, theirs: str, spans: Sequence[Span]) -> list[str | None]:
    """Give every letter of our text its label."""
    owners: list[str | None] = [None] * len(theirs)
    for start, end, label in spans:
        owners[start:end] = [label] * (end - start)
    labels: list[str | None] = [None] * len(ours)
    for our, their in pairs(ours, theirs):
        labels[our] = owners[their]
    return labels


def pairs(ours: str, theirs: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the letters and digits that both texts have in the same order, sorted."""
    our_words, their_words = _words(ours), _words(theirs)
    matcher = SequenceMatcher(None, [word for word, _ in our_words], [word for word, _ in their_words])
    our_last = their_last = 0
    for our, their, size in matcher.get_matching_blocks():
        yield from _letters(our_words[our_last:our], their_words[their_last:their])
        for (word, our_at), (_, their_at) in zip(
            our_words[our : our + size], their_words[their : their + size], strict=True
        ):
            yield from ((our_at + offset, their_at + offset) for offset in range(len(word)))
        our_last, their_last = our + size, their + size


def _words(text: str) -> list[tuple[str, int]]:
    return [(match[0], match.start()) for match in _WORD.finditer(text)]


def _letters(
    our_words: Iterable[tuple[str, int]], their_words: Iterable[tuple[str, int]]
) -> Iterator[tuple[int, int]]:
    """Pair the letters of two stretches whose words differ: glued, cut, or of one layout only."""
    our, their = _spelled(our_words), _spelled(their_words)
    if not our or not their or max(len(our), len(their)) > _STRETCH:
        return
    matcher = SequenceMatcher(None, [c for c, _ in our], [c for c, _ in their], autojunk=False)
    for our_at, their_at, size in matcher.get_matching_blocks():
        if size >= 3:  # noqa: PLR2004 - shorter ones meet by chance
            for offset in range(size):
                yield our[our_at + offset][1], their[their_at + offset][1]


def _spelled(words: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(letter, at + offset) for word, at in words for offset, letter in enumerate(word)]
