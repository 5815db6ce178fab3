"""Pages of marked sentences, written as they read: ``S[..]`` marks a speaker, ``T[..]`` a target."""

import re
from collections.abc import Iterable

from newsroles.articles import Article, Mention
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.who.table import WhoTable

_MARK = re.compile(r"([ST])\[(.*?)\]")


def page(*sentences: tuple[str, str] | str, id_: str = "page", between: str = " ") -> LabelledArticle:
    """Make an article of sentences, each with its label; a text alone is an accusation."""
    text, found = "", []
    for number, given in enumerate(sentences):
        label, marked = given if isinstance(given, tuple) else ("accusation", given)
        text += between if number else ""
        start, said, blamed = len(text), [], []
        at = 0
        for mark in _MARK.finditer(marked):
            text += marked[at : mark.start()]
            mention = Mention(mark[2], len(text), len(text) + len(mark[2]))
            (said if mark[1] == "S" else blamed).append(mention)
            text += mark[2]
            at = mark.end()
        text += marked[at:]
        found.append(
            LabelledSentence(
                start,
                len(text),
                text[start:],
                label,
                {label: 1.0},
                speaker=said[0] if said else None,
                targets=tuple(blamed),
            )
        )
    return LabelledArticle(Article(text, id_, title=f"Title of {id_}"), "stub@1", tuple(found))


def counted(pages: Iterable[LabelledArticle]) -> WhoTable:
    """Count the accusations of pages."""
    table = WhoTable()
    for each in pages:
        table.add(each)
    return table
