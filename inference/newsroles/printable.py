"""Text for people: what is safe to show on a terminal, and numbers with their nouns."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Replace what a terminal would obey and not show: control codes, bidirectional overrides, surrogates."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: 1 article, 1,200 articles."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
