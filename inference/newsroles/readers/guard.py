"""What a page would cost the parser, estimated from its tags: hostile and broken pages are refused in time.

HTML parsers follow the standard, which makes them quadratic in places: in how deep elements stand in each
other, in formatting elements left open (each block opens them all again), in the attributes of one tag, in
the names that a page makes up. 20 MB of that would take hours.
"""
# ruff: noqa: SIM905 - tables of names read better as text

import re
from collections import Counter

from newsroles.errors import InputError

WORK_LIMIT = 12_500_000
"""The most work that a page may make, in steps of the parser's; 5,000 elements in each other make this much,
in a tenth of a second. The costliest of the real pages that we looked at comes to a hundredth of it."""

_TAG = re.compile(
    r"<!--(?:-?>|(?:[^-]++|-(?!-!?>))*+(?:--!?>)?)"  # a comment
    r"|<(script|style|textarea|title)\b(?:[^<]++|<(?!/\1))*+(?:</\1)?"  # holds no elements
    r"|<(?P<ends>/?)(?P<name>[a-z][^\s/>]*+)(?P<attributes>(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+)",
    re.IGNORECASE | re.DOTALL,
)
_VALUE = re.compile(r"=\s*+(?:\"[^\"]*+\"|'[^']*+')")

_FLAT = frozenset(
    "area base body br col colgroup dd dt embed head hr html img input li link meta optgroup option p param "
    "rp rt source tbody td tfoot th thead tr track wbr".split(),
)
"""Elements that cannot hold themselves, or hold nothing."""
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_FORMATTING_WEIGHT = 10
_MERGED = frozenset(("body", "html"))
"""A second tag of these adds its attributes to the first, each compared with all that are there."""
_SHORT, _FEW = 8, 8
"""Attributes shorter than this are three at most, which count for nothing."""


def check_work(html: str) -> int:
    """Return the work that a page makes; raises InputError, with the line, where it passes the limit."""
    opened: Counter[str] = Counter()
    names: set[str] = set()
    depth = work = merged = 0
    for tag in _TAG.finditer(html):
        ends, name, attributes = tag.group("ends", "name", "attributes")
        if not name:
            continue
        name = name.lower()
        names.add(name)
        depth += _step(ends, name, attributes, opened)
        work += depth + len(names) // 100
        if len(attributes) >= _SHORT:
            count = _count(attributes)
            merged += count if name in _MERGED else 0
            work += count * max(count, merged if name in _MERGED else 0) // 16
        if work > WORK_LIMIT:
            line = html.count("\n", 0, tag.start()) + 1
            raise InputError("nested too deep, or with too many parts", "see whether it is a page", line)
    return work


def _step(ends: str, name: str, attributes: str, opened: Counter[str]) -> int:
    """Keep count of what is open, and tell by how much a tag changes the depth."""
    weight = _FORMATTING_WEIGHT if name in _FORMATTING else 1
    if ends:
        if name not in opened:
            return 0
        opened[name] -= 1
        if not opened[name]:
            del opened[name]
        return -weight
    if name in _FLAT or (attributes.endswith("/") and "svg" in opened):
        return 0
    opened[name] += 1
    return weight


def _count(attributes: str) -> int:
    """Count attributes; a few are not told from the words of their values, which is quick."""
    most = len(attributes.split()) + attributes.count("=")
    return most if most < _FEW else len(_VALUE.sub(" ", attributes).split())
