"""A parsed page to lines of text: what a reader sees, one line a block, nothing glued, nothing hidden.

Blocks and <br> begin and end lines, inline elements stay in theirs; white space is folded. A menu's links are
lines of their own. Elements that style sheets keep apart on the screen
("<span>Jane Roe</span><span>5 min</span>") get a space, unless they look like one word. Lines without a
letter or a digit are left out.

Hidden is what can be told without style sheets and scripts: elements that browsers never show, values of form
controls, `hidden`, a closed <dialog>, inline `display: none` and `visibility: hidden`. `aria-hidden` is not:
the pages that we looked at put it on captions and buttons that everybody sees.
"""
# ruff: noqa: SIM905 - tables of names read better as text

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

#: What a browser's own style sheet starts a new line for; and buttons, which stand apart by their frame.
_BLOCKS = frozenset(
    "address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main marquee "
    "menu nav ol p pre search section summary table tbody td tfoot th thead tr ul xmp".split(),
)

#: What is never shown as text: metadata, code, fallbacks for what is shown instead, values of controls.
_UNSEEN = frozenset(
    "annotation applet audio canvas datalist embed head iframe meter noembed noframes noscript object "
    "progress script select style svg template textarea title video".split(),
)

#: Blocks that hold sentences: two links that touch in one are words of it, elsewhere they are a menu's.
_PROSE = frozenset("blockquote caption dd dt figcaption h1 h2 h3 h4 h5 h6 li p pre summary td th".split())

_MENUS = frozenset("footer header menu nav".split())
_MENU_ROLES = frozenset("menu menubar navigation tablist toolbar".split())

_HIDING = re.compile(r"\bdisplay\s*:\s*none\b|\bvisibility\s*:\s*hidden\b", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_WORD = re.compile(r"[^\W_]")
_ENDS_APART = re.compile(r"(?:[^\W_]{2}|[.!?…:;,)\]”’])$")  # noqa: RUF001
_CLINGS = re.compile(r"[.!?…:;,)\]”’'%]")  # noqa: RUF001
_BEGINS_APART = re.compile(r"[(\[“‘\d]")  # noqa: RUF001


def lines(root: LexborNode) -> list[str]:
    """Give the lines of all that shows under `root`, top down; nesting costs no stack."""
    page = _Page()
    for node, is_left in _walk(root):
        if node.is_text_node:
            page.write(node.text_content or "")
        elif is_left:
            page.leave(node)
        else:
            page.enter(node)
    page.break_line()
    return page.lines


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Give the texts under `root` once, and the elements that show twice: entered, and left (True)."""
    node = root
    opened: list[LexborNode] = []
    while True:
        is_open = node.is_element_node and not _is_hidden(node)
        if is_open:
            opened.append(node)
        if is_open or node.is_text_node:
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

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._line: list[str] = []
        self._blocks: list[str] = []  # the open ones
        self._menus = 0  # how many are open
        self._touches = False  # nothing came since an inline element ended
        self._links = False  # nothing but white space came since a link ended
        self._joins = False  # an inline element ended where the present one began

    def enter(self, node: LexborNode) -> None:
        """Begin an element."""
        tag = node.tag
        if tag in _BLOCKS:
            self.break_line()
            self._blocks.append(tag)
            self._menus += _is_menu(node)
        elif tag == "a" and self._links:
            self._part_links()
        else:
            self._joins |= self._touches

    def leave(self, node: LexborNode) -> None:
        """End an element."""
        if node.tag in _BLOCKS:
            self.break_line()
            self._blocks.pop()
            self._menus -= _is_menu(node)
        elif self._line:
            self._touches = True
            self._links |= node.tag == "a"

    def write(self, text: str) -> None:
        """Add what one text node holds; in <pre>, a blank line breaks the line."""
        if self._blocks and self._blocks[-1] == "pre":
            text, *paragraphs = _BLANK_LINE.split(text)
            for paragraph in paragraphs:
                self._add(text)
                self.break_line()
                text = paragraph
        self._add(text)

    def break_line(self) -> None:
        """End the line, and keep it if it says something."""
        line = " ".join("".join(self._line).split())
        if _WORD.search(line):
            self.lines.append(line)
        self._line.clear()
        self._touches = self._links = self._joins = False

    def _add(self, text: str) -> None:
        if not text:
            return
        if self._joins and self._line and self._is_apart(text):
            self._line.append(" ")
        self._line.append(text)
        self._touches = self._joins = False
        self._links = self._links and text.isspace()

    def _part_links(self) -> None:
        """Give a menu's link a line of its own; in prose, put a space before a link that follows another."""
        if self._menus or (self._touches and self._blocks[-1] not in _PROSE):
            self.break_line()
        else:
            self._line.append(" ")

    def _is_apart(self, text: str) -> bool:
        """Tell whether `text`, in an inline element, is another item than what ends just before it."""
        before = "".join(self._line[-2:])[-2:]
        if _CLINGS.match(text) or (before[-1:].isdigit() and text[0].isdigit()):
            return False
        if self._menus or self._blocks[-1] == "li":
            return True
        return bool(_ENDS_APART.search(before)) and (text[0].isupper() or bool(_BEGINS_APART.match(text)))


def _is_hidden(node: LexborNode) -> bool:
    tag = node.tag
    if tag in _UNSEEN:
        return True
    if tag in ("html", "body"):  # some pages hide these until their scripts have run
        return False
    attributes = node.attributes
    if "hidden" in attributes or (tag == "dialog" and "open" not in attributes):
        return True
    return bool(_HIDING.search(attributes.get("style") or ""))


def _is_menu(node: LexborNode) -> bool:
    return node.tag in _MENUS or (node.attributes.get("role") or "").lower() in _MENU_ROLES
