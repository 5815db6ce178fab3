"""What a page says of itself beside its text: its headline, several times over, its address and its date."""

import json
import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

_HEADLINE = re.compile(r'"headline"\s*+:\s*+("(?:[^"\\]++|\\.)*+")')
_TITLES = frozenset(("og:title", "twitter:title", "headline", "dc.title", "parsely-title", "sailthru.title"))
_PUBLISHED = re.compile(r'"datePublished"\s*+:\s*+"([^"]{10,40})"')
_DATES = re.compile(
    r"(?:og:)?article:published(?:_time)?|datepublished|dc\.date(?:\.issued)?|parsely-pub-date|sailthru\.date"
    r"|pub(?:lish)?_?date|date"
)
_DAY = re.compile(r"((?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?!\d)")
_SCRIPTS = 1_000_000


class Head(NamedTuple):
    """`titles` are the headline as metadata give it, `named` what <title> holds, `styles` style sheets.

    `date` is the day it was published, 2026-11-28: as metadata say, else a <time> that says it is that, or
    that is the only one.
    """

    titles: tuple[str, ...]
    named: str
    url: str
    styles: tuple[str, ...]
    date: str = ""


def read_head(parser: LexborHTMLParser) -> Head:
    """Collect what the elements for machines say, wherever they stand."""
    titles: list[str] = []
    dates: list[str] = []
    named, url, styles = "", "", []
    for node in parser.css("meta, title, link[rel=canonical], script[type='application/ld+json'], style"):
        tag, attributes = node.tag, node.attributes
        if tag == "meta":
            name = (
                attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
            ).lower()
            if name in _TITLES:
                titles.append(attributes.get("content") or "")
            elif _DATES.fullmatch(name):
                dates.append(attributes.get("content") or "")
            elif name == "og:url":
                url = url or attributes.get("content") or ""
        elif tag == "title":
            named = named or _text(node)
        elif tag == "link":
            url = attributes.get("href") or url
        elif tag == "script":
            script = _text(node)[:_SCRIPTS]
            titles += [_unquoted(quoted) for quoted in _HEADLINE.findall(script)[:3]]
            dates += _PUBLISHED.findall(script)[:1]
        else:
            styles.append(_text(node))
    date = _day(dates) or _day(_times(parser))
    return Head(tuple(title for title in titles if title), named, url, tuple(styles), date)


def _times(parser: LexborHTMLParser) -> list[str]:
    """Return when <time> says the page was published, or the one time that there is."""
    own = parser.css("time[itemprop~=datePublished], time[pubdate]")
    given = [node.attributes.get("datetime") or "" for node in own or parser.css("time[datetime]")]
    return given if own or len({time[:10] for time in given}) == 1 else []


def _day(values: list[str]) -> str:
    found = (_DAY.match(value.strip()) for value in values)
    return next((day[1] for day in found if day), "")


def _text(node: LexborNode) -> str:
    return (node.child.text_content or "") if node.child else ""


def _unquoted(quoted: str) -> str:
    try:
        return str(json.loads(quoted, strict=False))
    except ValueError:
        return ""
