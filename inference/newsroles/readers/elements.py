"""What an element is by its tag and its attributes, wherever it stands; told once for each that differs."""
# ruff: noqa: SIM905 - tables of names read better as text

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from newsroles.readers.marks import Mark, id_mark, is_own_header, mark_of

_BLOCKS = frozenset(
    "address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main marquee "
    "menu nav ol p pre search section summary table tbody td tfoot th thead tr ul xmp".split(),
)
"""What a browser's own style sheet starts a new line for; and buttons, which stand apart by their frame."""

_STYLING = frozenset("a abbr b big del em font i ins mark s small strike strong sub sup u".split())
"""Elements that may mark a part of a word."""

_MENUS = frozenset("footer header menu nav".split())
_MENU_ROLES = frozenset("menu menubar navigation tablist toolbar".split())


class Traits(NamedTuple):
    """What the layout asks of an element."""

    tag: str
    name: str  # its tag and class: two that follow each other with the same may hold parts of a word
    mark: Mark | None
    is_block: bool
    is_custom: bool
    is_apart: bool  # on its line
    is_menu: bool
    is_place: bool  # its lines stand elsewhere than those around it
    is_own: bool  # it is the story's header


def traits_of(tag: str, attributes: Mapping[str, str | None]) -> Traits:
    """Tell what an element with attributes is."""
    get = attributes.get
    name = get("itemprop") or get("property")
    traits = plain_traits(
        tag, get("class"), get("role"), name, get("itemtype"), by_author=get("rel") == "author"
    )
    id_ = get("id")
    if not id_:
        return traits
    mark = id_mark(tag, id_, traits.mark)
    return traits if mark is traits.mark else traits._replace(mark=mark, is_place=True)


@lru_cache(maxsize=32768)
def plain_traits(  # noqa: PLR0913 - each is an attribute
    tag: str,
    class_: str | None = None,
    role: str | None = None,
    name: str | None = None,
    type_: str | None = None,
    *,
    by_author: bool = False,
) -> Traits:
    """Tell what an element is; `name` is its `itemprop` or `property`."""
    mark = mark_of(tag, class_, role, name, type_, by_author=by_author)
    return Traits(
        tag,
        "" if tag in _STYLING else f"{tag} {class_ or ''}",
        mark,
        is_block=tag in _BLOCKS,
        is_custom="-" in tag,
        is_apart=tag in ("time", "label"),
        is_menu=tag in _MENUS or (role or "").lower() in _MENU_ROLES,
        is_place=mark is not None or tag in ("a", "article", "main", "header"),
        is_own=tag == "header" and is_own_header(class_ or ""),
    )
