"""Text that was wrapped at a column, as e-mail, wire copy and old text files are: its lines joined again.

A wrapped text shows in the lengths of its lines: most lines inside a paragraph are full, that is, the first
word of the next would not have fitted, and sentences run on, so that about half of the next lines or more
begin in lower case. Menus, lists, verse and pages with a paragraph a line show neither. Only full lines are
joined with what follows; a blank line, an indented one and an item's mark begin something new.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

NARROWEST, WIDEST = 30, 132
"""The columns that texts are wrapped at, from a narrow letter to a line printer's."""
LEAST_BREAKS, LEAST_FULL, LEAST_RUNNING_ON = 2, 0.75, 0.5
"""How many full lines tell anything, their share of lines that end no sentence, the share that runs on."""

_FRESH = re.compile(r"\s|[*•·|#>]\s|\(?(?:\d{1,3}|[a-z])\)\s|\d{1,3}\.\s")
"""What begins a line that continues no other: white space, an item's mark or number, a quotation's ">"."""
_DASH = re.compile(r"[-–—]\s")  # noqa: RUF001 - dashes as pages have them
_ENDS = re.compile(r"[.!?:;…\"”’)]\s*$")  # noqa: RUF001
"""A dash behind one of these begins an item; behind anything else it is a dash in a sentence."""
_WORD = re.compile(r"[^ \t\r\n]*+")


def joined(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines, with their ends, each with those that continue it where the text is wrapped."""
    width = _width(lines)
    block: list[str] = []
    for line in lines:
        if block and not (width and _is_inside(block[-1], line) and _is_full(block[-1], line, width)):
            yield "".join(block)
            block = []
        block.append(line)
    if block:
        yield "".join(block)


def _width(lines: Sequence[str]) -> int:
    """Measure the column that the text is wrapped at; 0 where it isn't."""
    breaks = [(line, after) for line, after in pairwise(lines) if _is_inside(line, after)]
    if len(breaks) < LEAST_BREAKS:
        return 0
    width = max(len(line.rstrip()) for line, _ in breaks)
    full = [after for line, after in breaks if _is_full(line, after, width)]
    short = [line for line, after in breaks if not _is_full(line, after, width)]
    odd = sum(
        not line.rstrip().endswith((".", "!", "?", '"', "”")) for line in short
    )  # others end a paragraph
    is_wrapped = len(full) >= max(LEAST_BREAKS, LEAST_FULL * (len(full) + odd))
    is_prose = sum(after[0].islower() for after in full) >= LEAST_RUNNING_ON * len(full)
    return width if NARROWEST <= width <= WIDEST and is_wrapped and is_prose else 0


def _is_inside(line: str, after: str) -> bool:
    """Tell whether two lines may be of one paragraph; a word alone in a line, say an address, is of none."""
    is_item = _FRESH.match(after) or (_DASH.match(after) and (_DASH.match(line) or _ENDS.search(line)))
    return len(line.split(maxsplit=1)) > 1 and bool(after.strip()) and not is_item


def _is_full(line: str, after: str, width: int) -> bool:
    """Tell whether the next line's first word would have gone beyond the column."""
    word = _WORD.match(after)
    return word is not None and len(line.rstrip()) + 1 + len(word[0]) > width
