"""Where lines stand in a page, and what that makes of them: a kind for each line, and the page's own headline.

Words in classes are noisy ("has-comments" on all of a page), so a region that cannot be one is dropped: it
holds the story's headline or its text, or most of the page's sentences.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from newsroles.readers.kinds import REGIONS, Mark

#: From how many characters on a line that isn't a link counts as sentences.
_PROSE = 80
#: The longest line of who and when, or of a button.
_LABEL = 150
#: The largest share of a page's sentences that a region may hold.
_SHARES = {"comment": 0.95}
_SHARE = 0.5
_HEADLINE = 25
#: How deep regions count in each other.
_DEPTH = 12


class Region:
    """A part of the page that an element marks as comments, navigation and so on."""

    __slots__ = ("depth", "is_story", "kind", "outer", "prose")

    def __init__(self, kind: str, outer: "Region | None") -> None:
        self.kind = kind
        self.outer = outer
        self.depth: int = outer.depth + 1 if outer else 1
        self.is_story = False
        self.prose = 0

    def chain(self) -> "Iterator[Region]":
        """Give the region, and those around it."""
        region: Region | None = self
        while region:
            yield region
            region = region.outer


class Place(NamedTuple):
    """Where a line stands. `heading` tells lines of one heading from those of another."""

    kind: str = "line"
    region: Region | None = None
    is_linked: bool = False
    heading: object = None
    level: str = ""
    is_in_story: bool = False

    def within(self, tag: str, mark: Mark | None, *, is_own: bool = False) -> "Place":
        """Give the place of what stands in an element; a <header> `is_own` if it is the story's."""
        kind, region, is_story = mark or Mark()
        if tag == "header" and not self.is_in_story and not region and not is_own:
            region = "navigation"
        inner = self._replace(
            kind=_inner(self.kind, kind),
            region=self._region(region),
            is_linked=self.is_linked or tag == "a",
            is_in_story=self.is_in_story or tag in ("article", "main"),
        )
        if is_story:
            for outer in inner.region.chain() if inner.region else ():
                outer.is_story = True
        if kind == "heading":
            return inner._replace(heading=inner.heading or object(), level=inner.level or tag)
        return inner

    def _region(self, kind: str) -> Region | None:
        if not kind or (self.region and self.region.depth >= _DEPTH):
            return self.region
        return Region(kind, self.region)


class Line(NamedTuple):
    """A line of the page's text."""

    text: str
    place: Place


def _inner(outer: str, kind: str) -> str:
    """Give the kind of an element within another: what a paragraph is in decides more than that it is one."""
    if not kind or (kind == "paragraph" and outer in ("quotation", "item", "caption", "byline")):
        return outer
    return kind


def kinds(lines: Sequence[Line], titles: Sequence[str], named: str) -> tuple[list[str], str]:
    """Give the kind of every line, and the page's own headline, "" where none can be told.

    `titles` are what the page's metadata call it, `named` is its <title>.
    """
    title = _title(lines, [key for key in map(_key, titles) if key], _key(named))
    for line in title:
        for region in line.place.region.chain() if line.place.region else ():
            region.is_story = True
    dropped = _dropped(lines)
    own = {id(line) for line in title}
    found = ["title" if id(line) in own else _kind(line, dropped) for line in lines]
    return found, " ".join(line.text for line in title)


def _kind(line: Line, dropped: set[int]) -> str:
    place = line.place
    if place.region:
        standing = {region.kind for region in place.region.chain() if id(region) not in dropped}
        for kind in REGIONS:
            if kind in standing:
                return kind
    if place.kind in ("byline", "control"):  # words of classes say so of whole stories
        return place.kind if len(line.text) <= _LABEL else "paragraph"
    return "link" if place.is_linked else place.kind


def _dropped(lines: Sequence[Line]) -> set[int]:
    """Tell the regions that cannot be what they are called."""
    regions: dict[int, Region] = {}
    total = 0
    for line in lines:
        place = line.place
        size = len(line.text) if len(line.text) >= _PROSE and not place.is_linked else 0
        total += size
        for region in place.region.chain() if place.region else ():
            regions[id(region)] = region
            region.prose += size
    return {
        key
        for key, region in regions.items()
        if region.is_story or region.prose > _SHARES.get(region.kind, _SHARE) * total
    }


def _title(lines: Sequence[Line], titles: list[str], named: str) -> list[Line]:
    """Give the lines of the page's own headline."""
    best: list[Line] = []
    most = 2
    for group in _groups(lines):
        score = _score(group, titles, named)
        if score > most:
            best, most = group, score
    return best or _only(lines)


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Give lines alone, those of one heading together."""
    group: list[Line] = []
    for line in lines:
        heading = line.place.heading
        if group and heading is not None and group[0].place.heading is heading:
            group.append(line)
        else:
            if group:
                yield group
            group = [line]
    if group:
        yield group


def _score(group: list[Line], titles: list[str], named: str) -> int:
    place = group[0].place
    if not titles and not named:
        return 0
    key = _key("".join(line.text for line in group))
    score = _match(key, titles, named)
    if not score:
        return 0
    score += 2 if place.level == "h1" else 1 if place.level else 0
    return score - (2 if place.region else 0) - (1 if place.is_linked else 0)


def _match(key: str, titles: list[str], named: str) -> int:
    if not key:
        return 0
    if key in titles:
        return 3
    if len(key) < 15:  # noqa: PLR2004 - a site's or a section's name
        return 0
    if named.startswith(key) or any(
        (title.startswith(key) or key.startswith(title))
        and min(len(title), len(key)) * 5 > max(len(title), len(key)) * 3
        for title in titles
    ):
        return 2
    return 0


def _only(lines: Sequence[Line]) -> list[Line]:
    """Give the lines of the one <h1> that could be the headline, where the metadata don't say."""
    found = [
        group for group in _groups(lines) if group[0].place.level == "h1" and not group[0].place.is_linked
    ]
    free = [group for group in found if not group[0].place.region]
    long = [group for group in found if len(group[0].text) >= _HEADLINE]  # others are names of sites
    return next((groups[0] for groups in (free, long) if len(groups) == 1), [])


def _key(text: str) -> str:
    """Fold a headline to what its repeats agree in."""
    return "".join(filter(str.isalnum, text.casefold()))
