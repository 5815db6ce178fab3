"""Text that is safe to show on a terminal."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Replace what a terminal would obey and not show: control codes, bidirectional overrides, surrogates."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
