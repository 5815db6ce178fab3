"""As much of CSS as tells what shows and what stands apart: declarations, and a page's own plain rules.

Rules are read that name one class or one id, outside of @media and the like. A class that any other rule
shows is not hidden: scripts and screens decide there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

#: A declaration; a semicolon in quotes or brackets doesn't end it. Possessive: no input makes it backtrack.
_DECLARATION = re.compile(
    r"""(?:[^;"'()]++|"[^"]*+"?+|'[^']*+'?+|\((?:[^()"']++|"[^"]*+"?+|'[^']*+'?+)*+\)?+|\))++"""
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SIMPLE = re.compile(r"\s*([.#][\w-]+)\s*\Z")
_SUBJECT = re.compile(r"[.#][\w-]+")

#: How much of a page's style sheets is read, in characters.
_LIMIT = 500_000

#: What `display` says of blocks, and of what stands apart on its line.
BLOCK = frozenset(("block", "flex", "grid", "list-item", "table", "flow-root", "table-row", "table-caption"))
APART = frozenset(("inline-block", "inline-flex", "inline-grid", "inline-table", "table-cell"))


def declarations(style: str) -> dict[str, str]:
    """Give the properties of a style attribute in lower case, the last that counts of each."""
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


def hides(style: Mapping[str, str]) -> bool:
    """Tell whether an element with these properties isn't seen."""
    return (
        style.get("display") == "none"
        or style.get("visibility") in ("hidden", "collapse")
        or style.get("content-visibility") == "hidden"
    )


def hidden_names(sheets: Iterable[str]) -> frozenset[str]:
    """Give the classes (".name") and ids ("#name") that style sheets plainly hide."""
    css = "\n".join(sheets)[:_LIMIT]
    if "none" not in css:
        return frozenset()
    rules = list(_rules(_COMMENT.sub(" ", css) if "/*" in css else css))
    hidden = {
        simple[1]
        for selectors, body, is_plain in rules
        if is_plain and "none" in body and declarations(body).get("display") == "none"
        for simple in map(_SIMPLE.match, selectors.split(","))
        if simple
    }
    return frozenset(hidden - _shown(rules) if hidden else hidden)


def _shown(rules: Iterable[tuple[str, str, bool]]) -> set[str]:
    """Give the classes and ids that a rule shows, however they are combined."""
    return {
        name
        for selectors, body, _ in rules
        if declarations(body).get("display", "none") != "none"
        for selector in selectors.split(",")
        for name in _SUBJECT.findall(selector.strip().rpartition(" ")[2])
    }


def _rules(css: str) -> Iterator[tuple[str, str, bool]]:
    """Give each rule that speaks of `display`: its selectors, its body, and whether it stands in no other."""
    depth = 0
    for chunk in css.split("}"):
        depth += chunk.count("{")
        if "display" in chunk and depth:
            head, _, body = chunk.rpartition("{")
            yield head.rpartition("{")[2], body, depth == 1
        depth = max(depth - 1, 0)
