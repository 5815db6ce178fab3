"""Where on its page a sentence stands, told from the kind of its line: what a report can leave out."""

# ruff: noqa: RUF001 - a typographic apostrophe

from collections.abc import Collection

STORY = "the story"

_KINDS = {
    "embedded posts": ("embed",),
    "readers’ comments": ("comment",),
    "teasers and menus": ("navigation", "aside", "footer", "link", "control"),
}
"""Kinds of lines (`newsroles.readers.kinds`) that aren't the story; what is not among them is."""

_PLACES = {kind: place for place, kinds in _KINDS.items() for kind in kinds}


def place(kind: str) -> str:
    """Return where lines of a kind stand: the story, or one of the places around it."""
    return _PLACES.get(kind, STORY)


def places(kinds: Collection[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the places that sentences of these kinds stand in, the story first, each with its kinds."""
    found = [(name, own) for name, own in _KINDS.items() if any(kind in kinds for kind in own)]
    return [(STORY, ()), *found] if found else []
