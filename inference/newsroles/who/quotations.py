"""Where in a text a quotation is open: it ends with its line, unless the next line opens one too."""

import re
from bisect import bisect_left

OPENING = '"“«'
_MARK = re.compile('["“”«»\n]')


class Quotations:
    """What is quoted in a text: from one read of it, so that a page of any length takes little."""

    def __init__(self, text: str) -> None:
        """Find where quotations begin and end; the straight mark does either."""
        self._text = text
        self._places: list[int] = []
        self._states: list[bool] = []
        is_open = False
        for found in _MARK.finditer(text):
            mark = found[0]
            if mark == '"':  # behind a letter or a figure, as in 19", it opens nothing
                is_open = not is_open and not text[found.start() - 1 : found.start()].isalnum()
            else:
                is_open = mark in OPENING
            self._places.append(found.start())
            self._states.append(is_open)

    def is_open(self, at: int) -> bool:
        """Tell whether a quotation is open right before the character `at`."""
        number = bisect_left(self._places, at)
        return number > 0 and self._states[number - 1]

    def holds(self, start: int, end: int) -> bool:
        """Tell whether what stands there is inside a quotation; a title in its first half isn't enough."""
        begins = self._text.startswith(tuple(OPENING), start)
        return self.is_open(start) or (begins and self.is_open((start + end) // 2))
