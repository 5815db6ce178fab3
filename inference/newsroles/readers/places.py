"""Where lines stand in a page, and what that makes of them: a kind for each line, and the story's headline.

Words in classes are noisy ("has-comments" on all of a page), so a region that cannot be one is dropped: it
holds the story's headline or its text, or most of the page's sentences. So is a kind that words give to the
story's text ("author-jane-roe"), or to most of the sentences.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from newsroles.readers.kinds import REGIONS
from newsroles.readers.marks import HEADINGS, LEAVES, Mark

_PROSE = 80
"""From how many characters on a line that isn't a link counts as sentences."""

_LABEL = 150
"""The longest line of who and when, or of a button."""
_SHARES = {"comment": 0.95}
"""The largest share of a page's sentences that a region may hold."""
_SHARE = 0.5
_HEADLINE, _SHORT = 25, 15
_BEGINS = 2
"""What it counts that a line begins what the page calls itself: "Headline" of "Headline | Site"."""
_DEPTH = 12
"""How deep regions count in each other."""


class Region:
    """A part of the page that an element marks as comments, navigation and so on, or words as a kind."""

    __slots__ = ("depth", "is_story", "kind", "outer", "prose", "standing")

    def __init__(self, kind: str, outer: "Region | None") -> None:
        """Open a region in another, if any."""
        self.kind = kind
        self.outer = outer
        self.depth: int = outer.depth + 1 if outer else 1
        self.is_story = False  # the story's headline or text is in it
        self.prose = 0  # in characters
        self.standing: frozenset[str] | None = None  # the kinds of what stands in it, once they are known

    def chain(self) -> "Iterator[Region]":
        """Yield the region, and those around it."""
        region: Region | None = self
        while region:
            yield region
            region = region.outer

    def settle(self, total: int) -> frozenset[str]:
        """Tell the kinds of what stands here, where the page has `total` characters of sentences."""
        if self.standing is None:
            outer: frozenset[str] = self.outer.settle(total) if self.outer else frozenset()
            is_wrong = self.is_story or self.prose > _SHARES.get(self.kind, _SHARE) * total
            self.standing = outer if is_wrong else outer | {self.kind}
        return self.standing


class Place(NamedTuple):
    """Where a line stands.

    `kind` is what the innermost element says, `plain` what it would be without `part`, the element whose
    class or id says it, if one does. `heading` tells lines of one heading from those of another, `level`
    is "h1" to "h6", or "box" for what else is called a heading, which may hold more than one.
    """

    kind: str = "line"
    plain: str = "line"
    region: Region | None = None
    part: Region | None = None
    is_linked: bool = False
    heading: object = None
    level: str = ""
    is_in_story: bool = False

    def within(self, tag: str, mark: Mark | None, *, is_own: bool = False) -> "Place":
        """Return the place of what stands in an element; a <header> `is_own` if it is the story's."""
        kind, inner, is_story, is_word = mark or _NO_MARK
        if tag == "header" and not (inner or self.is_in_story or is_own):
            inner = "navigation"
        region = _within(self.region, inner)
        is_part = is_word and tag not in LEAVES
        part = _within(self.part, kind) if is_part else self.part
        if is_story:
            for outer in _around(region, part):
                outer.is_story = True
        heading, level = self.heading, self.level
        if kind == "heading":
            heading, level = (object(), tag) if tag in HEADINGS else (heading, level or "box")
        is_linked, is_in_story = self.is_linked or tag == "a", self.is_in_story or tag in ("article", "main")
        plain = _inner(self.plain, "" if is_part else kind)
        kind = _inner(self.kind, kind)
        return Place(kind, plain, region, part, is_linked, heading, level, is_in_story)


class Line(NamedTuple):
    """A line of the page's text."""

    text: str
    place: Place


_NO_MARK = Mark()


def _within(outer: Region | None, kind: str) -> Region | None:
    """Return a region of this kind in another, or the other where there is none, or too many are nested."""
    return Region(kind, outer) if kind and not (outer and outer.depth >= _DEPTH) else outer


def _around(*regions: Region | None) -> Iterator[Region]:
    """Yield regions, and those around each."""
    for region in regions:
        yield from region.chain() if region else ()


def _inner(outer: str, kind: str) -> str:
    """Return the kind of an element within another: what a paragraph is in says more than that it is one."""
    if not kind or (kind == "paragraph" and outer in ("quotation", "item", "caption", "byline")):
        return outer
    return kind


def kinds(lines: Sequence[Line], titles: Sequence[str], named: str) -> tuple[list[str], str]:
    """Return the kind of every line, and the page's own headline, "" where none can be told.

    `titles` are what the page's metadata call it, `named` is its <title>.
    """
    title = _title(lines, titles, named)
    for line in title:
        for region in _around(line.place.region):
            region.is_story = True
    total = _weigh(lines)
    own = {id(line) for line in title}
    found = ["title" if id(line) in own else _kind(line, total) for line in lines]
    return found, " ".join(line.text for line in title)


def _kind(line: Line, total: int) -> str:
    text, place = line
    if place.region:
        standing = place.region.settle(total)
        for kind in REGIONS if standing else ():
            if kind in standing:
                return kind
    if place.part and place.kind not in (place.plain, *place.part.settle(total)):
        return "link" if place.is_linked else place.plain
    if place.kind in ("byline", "control"):  # words of classes say so of whole stories
        return place.kind if len(text) <= _LABEL else "paragraph"
    return "link" if place.is_linked else place.kind


def _weigh(lines: Sequence[Line]) -> int:
    """Count the characters of sentences in each region, and in all."""
    total = 0
    for text, place in lines:
        if len(text) >= _PROSE and not place.is_linked:
            total += len(text)
            for region in _around(place.region, place.part):
                region.prose += len(text)
    return total


def _title(lines: Sequence[Line], titles: Sequence[str], named: str) -> list[Line]:
    """Return the lines of the page's own headline."""
    best: list[Line] = []
    most = (2, True)
    keys, name = list(dict.fromkeys(filter(None, map(_key, titles)))), _key(named)
    groups = list(_groups(lines, {" ".join(title.split()) for title in (*titles, named)}))
    for group in groups if keys or name else ():
        score = _score(group, keys, name), group[0].place.level == "h1"
        if score > most:
            best, most = group, score
    return best or _only(groups)


def _groups(lines: Sequence[Line], titles: set[str]) -> Iterator[list[Line]]:
    """Yield what may be a headline: the lines of each heading, and others that are one of `titles`."""
    group: list[Line] = []
    for line in lines:
        heading = line.place.heading
        if group and heading is not None and group[0].place.heading is heading:
            group.append(line)
        elif line.place.level or line.text in titles:
            group = [line]
            yield group
        else:
            group = []


def _score(group: list[Line], titles: list[str], named: str) -> int:
    """Weigh how surely these lines are the headline; 3 and more will do."""
    place, key, names = group[0].place, _key("".join(line.text for line in group)), [*titles, named]
    score = _match(key, titles, named)
    if not score:
        return 0
    is_suffixed = score == _BEGINS and any(
        name.startswith(key) and len(key) * 2 >= len(name) for name in names
    )
    score += 3 if place.level == "h1" else 1 if place.level else 0
    return score - (2 if place.region else 0) - (1 if place.is_linked and not is_suffixed else 0)


def _match(key: str, titles: list[str], named: str) -> int:
    """Weigh how well a line agrees with what the page calls itself: "Headline | Site", "THE HEADLINE"."""
    if key in titles:
        return 3
    if len(key) < _SHORT:  # else a site's or a section's name
        return 0
    names = [*titles, named]
    if any(
        name.startswith(key) or (name and key.startswith(name) and len(name) * 5 > len(key) * 3)
        for name in names
    ):
        return _BEGINS
    return int(any(key in name for name in names))


def _only(groups: Sequence[list[Line]]) -> list[Line]:
    """Return the lines of the one <h1> that could be the headline, where the metadata don't say."""
    found = [group for group in groups if group[0].place.level == "h1" and not group[0].place.is_linked]
    free = [group for group in found if not group[0].place.region]
    long = [group for group in found if len(group[0].text) >= _HEADLINE]  # others are names of sites
    return next((some[0] for some in (free, long, found) if len({group[0].text for group in some}) == 1), [])


def _key(text: str) -> str:
    """Fold a headline to what its repeats agree in."""
    return "".join(filter(str.isalnum, text.casefold()))
