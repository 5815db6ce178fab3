"""A parsed page to lines of text: what a reader sees, one line a block, nothing glued, nothing hidden.

Blocks and <br> begin and end lines, inline elements stay in theirs; white space is folded. A menu's links are
lines of their own. Elements that style sheets keep apart on the screen
("<span>Jane Roe</span><span>5 min</span>") get a space, unless they look like one word. Lines without a
letter or a digit are left out.

Hidden is what can be told without running scripts: elements that browsers never show, values of form
controls, `hidden`, a closed <dialog>, inline styles, and classes that the page's style sheet plainly hides.
`aria-hidden` is not: the pages that we looked at put it on captions and buttons that everybody sees.
"""
# ruff: noqa: SIM905 - tables of names read better as text

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from newsroles.readers.css import APART, BLOCK, UNSTYLED, breaks_of, hides, properties
from newsroles.readers.elements import Traits, plain_traits, traits_of
from newsroles.readers.places import Line, Place

_UNSEEN = frozenset(
    "annotation applet audio canvas datalist embed head iframe meter noembed noframes noscript object "
    "progress script select style svg template textarea title video".split(),
)
"""What is never shown as text: metadata, code, fallbacks for what is shown instead, values of controls."""

_BOXES = frozenset(
    "audio canvas embed iframe img input meter object progress select svg textarea video".split()
)
"""What stands as a picture or a box between two words."""

_PROSE = frozenset("blockquote caption dd dt figcaption h1 h2 h3 h4 h5 h6 li p pre summary td th".split())
"""Blocks that hold sentences: two links that touch in one are words of it, elsewhere they are a menu's."""

_SOFT_HYPHEN = "\u00ad"
"""Where a word may be parted at the end of a line, which is not for a reader to see."""

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_WORD = re.compile(r"[^\W_]")
_ENDS_APART = re.compile(r"(?:[^\W_]{2}|[.!?…:;,)\]”’])$")  # noqa: RUF001
_CLINGS = re.compile(r"[.!?…:;,)\]”’'%]")  # noqa: RUF001
_BEGINS_APART = re.compile(r"[(\[“‘\d]")  # noqa: RUF001


class _Frame(NamedTuple):
    """An open element."""

    traits: Traits
    place: Place
    is_block: bool
    is_apart: bool
    breaks: str  # what ends a line in it: "" for nothing, "lines", "blank lines"


def lines(root: LexborNode, hidden: frozenset[str] = frozenset()) -> list[Line]:
    """Return the lines of all that shows under `root`, top down; nesting costs no stack.

    `hidden` are the classes and ids that style sheets hide.
    """
    page = _Page(hidden - _of_the_story(root) if hidden else hidden)
    for node, is_left in _walk(root, page):
        if is_left:
            page.leave()
        else:
            page.write(node.text_content or "")
    page.break_line()
    return page.lines


def _of_the_story(root: LexborNode) -> set[str]:
    """Return the classes and ids of what holds the story's text: a script or a later sheet shows these."""
    found: set[str] = set()
    node = root.css_first("[itemprop=articleBody]")
    while node is not None:
        found.update(_names(node.attributes))
        node = node.parent
    return found


def _names(attributes: Mapping[str, str | None]) -> Iterator[str]:
    """Yield an element's classes and its id as a style sheet names them."""
    for name in (attributes.get("class") or "").split():
        yield f".{name}"
    if id_ := attributes.get("id"):
        yield f"#{id_}"


def _walk(root: LexborNode, page: "_Page") -> Iterator[tuple[LexborNode, bool]]:
    """Yield the texts under `root` once, and the elements that `page` entered when they are left (True)."""
    node = root
    opened: list[LexborNode] = []
    while True:
        is_open = node.is_element_node and page.enter(node)
        if is_open:
            opened.append(node)
        elif node.is_text_node:
            yield node, False
        following = node.child if is_open else node.next
        while following is None and opened:
            node = opened.pop()
            yield node, True
            following = node.next
        if not opened or following is None:
            return
        node = following


class _Page:
    """The lines so far, and the line that grows."""

    def __init__(self, hidden: frozenset[str]) -> None:
        self.lines: list[Line] = []
        self._hidden = hidden
        self._line: list[str] = []
        self._places: list[Place] = []  # of the words in the line
        self._frames = [_Frame(plain_traits(""), Place(), is_block=True, is_apart=False, breaks="")]
        self._blocks = [self._frames[0]]
        self._menus = 0  # how many are open
        self._touches: str | None = None  # the name of the inline element that ended just now
        self._links = False  # nothing but white space came since a link ended
        self._joins: str | None = None  # the name of the one that ended where the present one began
        self._name = ""  # the name of the present one
        self._parts = False  # words are apart here

    def enter(self, node: LexborNode) -> bool:
        """Begin an element, if it shows."""
        tag = node.tag or ""
        if tag in _UNSEEN:
            self._parts |= tag in _BOXES
            return False
        if tag == "button" and not _WORD.search(node.text()):  # a picture beside a word
            return False
        attributes = node.attributes
        style = UNSTYLED
        if attributes:
            style = properties(attributes.get("style"))
            if self._is_hidden(tag, attributes, style):
                return False
        elif tag == "dialog":
            return False
        frame = self._frame(tag, attributes, style)
        self._frames.append(frame)
        if frame.is_block:
            if self._line:
                self.break_line()
            self._blocks.append(frame)
            self._menus += frame.traits.is_menu
        elif tag == "a" and self._links:
            self._part_links()
        else:
            self._joins = self._touches if self._joins is None else self._joins
            self._name = frame.traits.name
            if tag == "span" and node.child is None and self._joins is None:  # for its style: a gap, an icon
                self._joins = self._name
            self._parts |= frame.is_apart or tag in _BOXES
        return True

    def leave(self) -> None:
        """End the element that began last."""
        frame = self._frames.pop()
        if frame.is_block:
            if self._line:
                self.break_line()
            self._blocks.pop()
            self._menus -= frame.traits.is_menu
        elif self._line:
            self._touches = frame.traits.name
            self._links |= frame.traits.tag == "a"
            self._parts |= frame.is_apart

    def write(self, text: str) -> None:
        """Add what one text node holds; where white space counts, its breaks end the line."""
        breaks = self._frames[-1].breaks
        if breaks and "\n" in text:
            text, *rest = _BLANK_LINE.split(text) if breaks == "blank lines" else text.split("\n")
            for following in rest:
                self._add(text)
                self.break_line()
                text = following
        self._add(text)

    def break_line(self) -> None:
        """End the line, and keep it if it says something."""
        line = " ".join("".join(self._line).replace(_SOFT_HYPHEN, "").split())
        if self._places:
            self.lines.append(Line(line, self._place()))
        self._line.clear()
        self._places.clear()
        self._touches = self._joins = None
        self._links = self._parts = False

    def _place(self) -> Place:
        """Tell where the line stands: where all its words do, else where its block does."""
        first = self._places[0]
        if all(place is first for place in self._places):
            return first
        block = self._blocks[-1].place
        if all(place.is_linked for place in self._places):
            return block._replace(is_linked=True)
        return block

    def _add(self, text: str) -> None:
        if not text or (not self._line and text.isspace()):
            return
        if self._line and self._is_apart(text):
            self._line.append(" ")
        self._line.append(text)
        if _WORD.search(text):
            self._places.append(self._frames[-1].place)
        self._touches = self._joins = None
        self._parts = False
        self._links = self._links and text.isspace()

    def _part_links(self) -> None:
        """Give a menu's link a line of its own; in prose, put a space before a link that follows another."""
        if self._menus or (self._touches is not None and self._blocks[-1].traits.tag not in _PROSE):
            self.break_line()
        else:
            self._line.append(" ")

    def _is_apart(self, text: str) -> bool:
        """Tell whether `text`, in an inline element, is another item than what ends just before it."""
        if self._parts:
            return True
        if self._joins is None or _CLINGS.match(text):
            return False
        before = "".join(self._line[-2:])[-2:]
        if self._joins != self._name and _ENDS_APART.search(before):
            return True
        if before[-1:].isdigit() and text[0].isdigit():
            return False
        if self._menus or self._blocks[-1].traits.tag == "li":
            return True
        return bool(_ENDS_APART.search(before)) and (text[0].isupper() or bool(_BEGINS_APART.match(text)))

    def _is_hidden(self, tag: str, attributes: Mapping[str, str | None], style: Mapping[str, str]) -> bool:
        if tag in ("html", "body"):  # some pages hide these until their scripts have run
            return False
        if (
            "hidden" in attributes
            or (tag == "dialog" and "open" not in attributes)
            or (style and hides(style))
        ):
            return True
        return bool(self._hidden) and "display" not in style and self._is_hidden_by_sheet(attributes)

    def _is_hidden_by_sheet(self, attributes: Mapping[str, str | None]) -> bool:
        return not self._hidden.isdisjoint(_names(attributes))

    def _frame(self, tag: str, attributes: Mapping[str, str | None], style: Mapping[str, str]) -> _Frame:
        outer = self._frames[-1]
        traits = traits_of(tag, attributes) if attributes else plain_traits(tag)
        place = outer.place.within(tag, traits.mark, is_own=traits.is_own) if traits.is_place else outer.place
        is_block = traits.is_block or (traits.is_custom and self._blocks[-1].traits.tag not in _PROSE)
        is_apart = traits.is_apart
        breaks = "blank lines" if tag == "pre" else outer.breaks
        if style:
            display = style.get("display", "")
            is_block = is_block or display in BLOCK
            is_apart = is_apart or display in APART or style.get("float", "none") != "none"
            breaks = breaks_of(style.get("white-space", ""), breaks)
        return _Frame(traits, place, is_block, is_apart, breaks)
