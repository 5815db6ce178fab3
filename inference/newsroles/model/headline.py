"""The headline of a text that no markup tells: known by where it stands, its length, and its label."""

import re
from collections.abc import Sequence

from newsroles.articles import Sentence
from newsroles.labels import Role
from newsroles.model.windows import starts_line
from newsroles.records.labelled import LabelledSentence

LONGEST = 150
"""How many characters a headline may have. On 202 labelled pages that show theirs, the rule finds 193, given
the right labels, and takes another line for it on 3."""

_STOP = re.compile(r"(?<!\.)\.[\"'”’»)\]]*+$")  # noqa: RUF001
"""A full stop, not a row of them, and what closes behind it."""


def headline(text: str, sentences: Sequence[LabelledSentence]) -> str:
    """Return the story's first line, if it is short like a headline and ends in no full stop, else "".

    The story begins where a sentence isn't boilerplate; if that isn't first on its line, it has no headline.
    """
    first = next((at for at, one in enumerate(sentences) if one.label != Role.BOILERPLATE), None)
    starts = starts_line(text, [Sentence(one.start, one.end) for one in sentences])
    if first is None or not starts[first]:
        return ""
    following = next((at for at in range(first + 1, len(starts)) if starts[at]), len(starts))
    line = text[sentences[first].start : sentences[following - 1].end]
    return "" if len(line) > LONGEST or _STOP.search(line) else line
