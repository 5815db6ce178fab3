"""As much of CSS as tells what shows and what stands apart: declarations, and a page's own plain rules.

Rules are read that name one class or one id, outside of @media and the like. A class that any other rule
shows is not hidden: scripts and screens decide there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

_DECLARATION = re.compile(
    r"""(?:[^;"'()]++|"[^"]*+"?+|'[^']*+'?+|\((?:[^()"']++|"[^"]*+"?+|'[^']*+'?+)*+\)?+|\))++"""
)
"""A declaration; a semicolon in quotes or brackets doesn't end it. Possessive: it never backtracks."""
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SIMPLE = re.compile(r"\s*([.#][\w-]+)\s*\Z")
_SUBJECT = re.compile(r"[.#][\w-]+")

_NONE = re.compile(r"display\s*+:\s*+none", re.IGNORECASE)

_LIMIT, _REACH = 200_000, 1_000
"""How much of a page's style sheets is read, and of a rule on either side of what hides, in characters."""

BLOCK = frozenset(("block", "flex", "grid", "list-item", "table", "flow-root", "table-row", "table-caption"))
"""What `display` says of blocks, and of what stands apart on its line."""
APART = frozenset(("inline-block", "inline-flex", "inline-grid", "inline-table", "table-cell"))

_NAMES = ("display", "visibility", "white-space", "float")
UNSTYLED: Mapping[str, str] = {}


def declarations(style: str) -> dict[str, str]:
    """Return the properties of a style attribute in lower case, the last that counts of each."""
    found: dict[str, str] = {}
    important: set[str] = set()
    for declaration in _DECLARATION.findall(_COMMENT.sub(" ", style) if "/*" in style else style):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip().lower()
        value, bang, _ = value.partition("!")
        if colon and (bang or name not in important):
            found[name] = value.strip()
            important |= {name} if bang else set()
    return found


def properties(style: str | None) -> Mapping[str, str]:
    """Return the declarations of a style attribute, none at all if they are of no interest here."""
    lowered = style.lower() if style else ""
    return declarations(lowered) if any(name in lowered for name in _NAMES) else UNSTYLED


def hides(style: Mapping[str, str]) -> bool:
    """Tell whether an element with these properties isn't seen."""
    return (
        style.get("display") == "none"
        or style.get("visibility") in ("hidden", "collapse")
        or style.get("content-visibility") == "hidden"
    )


def breaks_of(white_space: str, outer: str) -> str:
    """Tell what ends a line by the property `white-space`; the same as around it where that isn't set."""
    if not white_space:
        return outer
    return "lines" if white_space.startswith(("pre", "break-spaces")) else ""


def hidden_names(sheets: Iterable[str]) -> frozenset[str]:
    """Return the classes (".name") and ids ("#name") that style sheets plainly hide."""
    css = "\n".join(sheets)[:_LIMIT]
    css = _COMMENT.sub(" ", css) if "/*" in css else css
    hidden = {
        simple[1]
        for selectors, body in _plain_rules(css)
        if declarations(body).get("display") == "none"
        for simple in map(_SIMPLE.match, selectors.split(","))
        if simple
    }
    return frozenset(hidden - _shown(css, hidden) if hidden else hidden)


def _plain_rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield the selectors and the body of rules that hide, and stand in no other rule."""
    depth = at = 0
    for hiding in _NONE.finditer(css):
        depth += css.count("{", at, hiding.start()) - css.count("}", at, hiding.start())
        at = hiding.start()
        opening = css.rfind("{", max(at - _REACH, 0), at)
        if depth == 1 and opening >= 0:
            selectors = css[max(opening - _REACH, 0) : opening].rpartition("}")[2]
            yield selectors, css[opening + 1 : at + _REACH].partition("}")[0]


def _shown(css: str, hidden: set[str]) -> set[str]:
    """Return those of the classes and ids that a rule shows, however they are combined."""
    shown: set[str] = set()
    for rule in css.split("}"):
        if "display" in rule:
            head, _, body = rule.rpartition("{")
            named = hidden.intersection(_subjects(head.rpartition("{")[2]))
            if named and declarations(body).get("display", "none") != "none":
                shown |= named
    return shown


def _subjects(selectors: str) -> Iterator[str]:
    """Yield the classes and ids that selectors, parted by commas, end with."""
    for selector in selectors.split(","):
        yield from _SUBJECT.findall(selector.strip().rpartition(" ")[2])
