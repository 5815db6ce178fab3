"""XHTML as HTML: what is empty or CDATA in it is written out, since HTML parsers know neither.

To them `<title/>` and `<script src="a.js"/>` begin what swallows all that follows, and `<a id="x"/>` a link.
XHTML is what begins as XML and names that namespace; other pages that name it are HTML to browsers, too.
"""

import re
from html import escape

_HEAD = 8_192
_IS_XHTML = re.compile(
    r"\s*+<\?xml\s[^>]*+>(?:[^<]++|<(?!html\b))*+"
    r"<html\b[^<>]*?\sxmlns\s*+=\s*+[\"']http://www\.w3\.org/1999/xhtml[\"']",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"<!--(?:[^-]++|-(?!->))*+"
    r"|<!\[CDATA\[(?P<data>(?:[^\]]++|\](?!\]>))*+)(?:\]\]>)?"
    r"|<(?P<raw>script|style)\b[^<>]*+(?<!/)>(?:[^<]++|<(?!/(?P=raw)))*+"
    r"|<(?P<name>[a-z_][\w:.-]*+)(?P<attributes>(?:\s++[\w:.-]++\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+'))*+)\s*+/>",
    re.IGNORECASE,
)
_VOID = re.compile("area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr", re.IGNORECASE)


def as_html(page: str) -> str:
    """Write a page so that HTML parsers read it as it is meant; one that isn't XHTML stays as it is."""
    return _PARTS.sub(_written_out, page) if _IS_XHTML.match(page, 0, _HEAD) else page


def _written_out(part: re.Match[str]) -> str:
    name, data = part["name"], part["data"]
    if data is not None:
        return escape(data, quote=False)
    return part[0] if not name or _VOID.fullmatch(name) else f"<{name}{part['attributes']}></{name}>"
