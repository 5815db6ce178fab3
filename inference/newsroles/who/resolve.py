"""Whom a word that points back means: the rule of docs/use/who.md, page by page, in order.

A speaker that only points back is one who spoke shortly before: for a noun, the last whose words have it,
else the last. A sentence inside a quotation that names no speaker has the one who is named where the
quotation goes on, or else the last one. Targets stay as they are: nobody is accused on a rule's word.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from newsroles.articles import Mention
from newsroles.labels import Role
from newsroles.records.labelled import LabelledSentence
from newsroles.who.names import on_page
from newsroles.who.pointing import is_of_speech, points_back
from newsroles.who.quotations import Quotations

AHEAD = 20
"""So many sentences on, a quotation may name who speaks."""
BACK = 5
"""Whoever has not spoken for more sentences than this is no longer meant."""

SPOKEN = frozenset((Role.CLAIM, Role.ACCUSATION))
"""Labels of sentences that rest on somebody's word."""


def resolve(text: str, sentences: Sequence[LabelledSentence]) -> tuple[LabelledSentence, ...]:
    """Return the sentences of an article with names for the speakers that only point back.

    One that finds no name near it stays as it is.
    """
    page = _Page(text, sentences)
    return tuple(
        page.resolved(number) if sentence.label in SPOKEN else sentence
        for number, sentence in enumerate(sentences)
    )


class _Page:
    """Who has spoken so far: (place of the sentence, name), the latest last."""

    def __init__(self, text: str, sentences: Sequence[LabelledSentence]) -> None:
        self._sentences = sentences
        self._quotations = Quotations(text)
        self._spoken: list[tuple[int, Mention]] = []

    def resolved(self, number: int) -> LabelledSentence:
        sentence = self._sentences[number]
        speaker = self._speaker(number)
        if speaker and not points_back(speaker.text):
            self._spoken.append((number, replace(speaker, resolved=True)))
        return replace(sentence, speaker=speaker)

    def _speaker(self, number: int) -> Mention | None:
        sentence = self._sentences[number]
        own = sentence.speaker
        if own is None:
            if not self._quotations.holds(sentence.start, sentence.end):
                return None
            return self._at_end_of_quotation(number) or self._before(number)
        return (self._points_back(own) and self._before(number, own.text)) or own

    def _before(self, number: int, pointer: str = "") -> Mention | None:
        """Return who spoke shortly before: the last whose words hold the pointer's noun, else the last."""
        near = [speaker for place, speaker in self._spoken[-BACK:] if number - place <= BACK]
        _, _, noun = pointer.lower().partition(" ")
        fitting = [speaker for speaker in near if noun and noun in speaker.text.lower().split()]
        found = next(reversed(fitting or near), None)
        return found if found and not self._blames(number, found) else None

    def _blames(self, number: int, speaker: Mention) -> bool:
        """Tell whether a sentence blames whom a rule would have it said by."""
        blamed = [target.text for target in self._sentences[number].targets]
        names = on_page([speaker.text, *blamed])
        return names.get(speaker.text) in [names.get(text, "") for text in blamed]

    def _at_end_of_quotation(self, number: int) -> Mention | None:
        """Return the speaker who is named first before the quotation that a sentence is in has ended."""
        for before, after in pairwise(self._sentences[number : number + AHEAD + 1]):
            if not self._quotations.is_open(before.end) or not self._quotations.is_open(after.start):
                return None
            if after.speaker and after.label in SPOKEN:
                return None if points_back(after.speaker.text) else replace(after.speaker, resolved=True)
        return None

    def _points_back(self, mention: Mention) -> bool:
        """Tell whether a mention points back to a name of the page: "I" does so only where it is quoted."""
        is_own = is_of_speech(mention.text)
        return points_back(mention.text) and (not is_own or self._quotations.is_open(mention.start))
