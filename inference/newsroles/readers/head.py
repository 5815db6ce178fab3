"""What a page says of itself beside its text: its headline, several times over, and its address."""

import json
import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

_HEADLINE = re.compile(r'"headline"\s*+:\s*+("(?:[^"\\]++|\\.)*+")')
_TITLES = frozenset(("og:title", "twitter:title", "headline", "dc.title", "parsely-title", "sailthru.title"))
_SCRIPTS = 1_000_000


class Head(NamedTuple):
    """`titles` are the headline as metadata give it, `named` what <title> holds, `styles` style sheets."""

    titles: tuple[str, ...]
    named: str
    url: str
    styles: tuple[str, ...]


def read_head(parser: LexborHTMLParser) -> Head:
    """Collect what the elements for machines say, wherever they stand."""
    titles: list[str] = []
    named, url, styles = "", "", []
    for node in parser.css("meta, title, link[rel=canonical], script[type='application/ld+json'], style"):
        tag, attributes = node.tag, node.attributes
        if tag == "meta":
            name = (
                attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
            ).lower()
            if name in _TITLES:
                titles.append(attributes.get("content") or "")
            elif name == "og:url":
                url = url or attributes.get("content") or ""
        elif tag == "title":
            named = named or _text(node)
        elif tag == "link":
            url = attributes.get("href") or url
        elif tag == "script":
            titles += [_unquoted(quoted) for quoted in _HEADLINE.findall(_text(node)[:_SCRIPTS])[:3]]
        else:
            styles.append(_text(node))
    return Head(tuple(title for title in titles if title), named, url, tuple(styles))


def _text(node: LexborNode) -> str:
    return (node.child.text_content or "") if node.child else ""


def _unquoted(quoted: str) -> str:
    try:
        return str(json.loads(quoted, strict=False))
    except ValueError:
        return ""
