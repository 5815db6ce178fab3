"""What a reader takes for one character: doccano can count so ("Count grapheme clusters as one character").

The rules of Unicode Standard Annex 29 that text on news pages meets: CRLF, combining marks, flags, emoji with
a skin colour or joined to another, Hangul in parts.
"""

import unicodedata
from collections.abc import Iterator
from itertools import pairwise

_JOINER = "\u200d"
_EXTENDING = frozenset({"Mn", "Me", "Mc"})


def cluster_starts(text: str) -> Iterator[int]:
    """Yield the position of each grapheme cluster's first character."""
    flags = 0  # the letters of flags that stand right before; two make a flag
    if text:
        yield 0
    for place, (before, after) in enumerate(pairwise(text), 1):
        flags = flags + 1 if _is_flag(before) else 0
        is_flag = _is_flag(after) and flags % 2 == 1
        if not (is_flag or _goes_on(before, after)):
            yield place


def _goes_on(before: str, after: str) -> bool:
    """Tell whether no cluster begins between two characters, flags aside."""
    if before in "\r\n" or after in "\r\n":
        return before + after == "\r\n"
    return (
        unicodedata.category(after) in _EXTENDING
        or after in (_JOINER, "\u200c")
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # skin colours
        or "\U000e0020" <= after <= "\U000e007f"  # the tags of Scotland's flag
        or (before == _JOINER and unicodedata.category(after) == "So")
        or _is_syllable(before, after)
    )


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_syllable(before: str, after: str) -> bool:
    """Tell whether a part of a Hangul syllable follows what it belongs to."""
    leads, vowels, tails = ("\u1100", "\u115f"), ("\u1160", "\u11a7"), ("\u11a8", "\u11ff")
    is_open = "\uac00" <= before <= "\ud7a3" and (ord(before) - 0xAC00) % 28 == 0
    is_whole = "\uac00" <= before <= "\ud7a3"
    if leads[0] <= before <= leads[1]:
        return leads[0] <= after <= vowels[1] or "\uac00" <= after <= "\ud7a3"
    if is_open or vowels[0] <= before <= vowels[1]:
        return vowels[0] <= after <= tails[1]
    return (is_whole or tails[0] <= before <= tails[1]) and tails[0] <= after <= tails[1]
