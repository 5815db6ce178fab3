"""Whom a word that points back means: the rule of docs/use/who.md, page by page, in order.

A speaker that only points back is the last speaker that was named. A target that does is the last target,
or else the last speaker, that is another than this sentence's speaker. A sentence inside a quotation that
names no speaker has the one who is named where the quotation goes on, or else the last one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from newsroles.articles import Mention
from newsroles.labels import Role
from newsroles.records.labelled import LabelledSentence
from newsroles.who.names import bare
from newsroles.who.pointing import is_of_speech, points_back
from newsroles.who.quotations import Quotations

AHEAD = 20
"""So many sentences on, a quotation may name who speaks."""

SPOKEN = frozenset((Role.CLAIM, Role.ACCUSATION))
"""Labels of sentences that rest on somebody's word."""


def resolve(text: str, sentences: Sequence[LabelledSentence]) -> tuple[LabelledSentence, ...]:
    """Return the sentences of an article with names for the speakers and targets that only point back.

    One that finds no name before it stays as it is.
    """
    page = _Page(text, sentences)
    return tuple(
        page.resolved(number) if sentence.label in SPOKEN else sentence
        for number, sentence in enumerate(sentences)
    )


class _Page:
    """What has been named so far: the last target, and the last two speakers that differ."""

    def __init__(self, text: str, sentences: Sequence[LabelledSentence]) -> None:
        self._sentences = sentences
        self._quotations = Quotations(text)
        self._speakers: list[Mention] = []
        self._target: Mention | None = None

    def resolved(self, number: int) -> LabelledSentence:
        sentence = self._sentences[number]
        speaker = self._speaker(number)
        targets = dict.fromkeys(self._blamed(sentence, speaker))
        if speaker and not points_back(speaker.text):
            self._speakers = [*(each for each in self._speakers[-1:] if not _same(each, speaker)), speaker]
        return replace(sentence, speaker=speaker, targets=tuple(targets))

    def _speaker(self, number: int) -> Mention | None:
        sentence = self._sentences[number]
        own, last = sentence.speaker, self._speakers[-1] if self._speakers else None
        if own is None:
            if not self._quotations.has_begun(sentence.start):
                return None
            meant = self._at_end_of_quotation(number) or last
        elif self._points_back(own):
            meant = last
        else:
            return own
        return replace(meant, resolved=True) if meant else own

    def _at_end_of_quotation(self, number: int) -> Mention | None:
        """Return the speaker who is named first before the quotation that a sentence is in has ended."""
        for before, after in pairwise(self._sentences[number : number + AHEAD + 1]):
            if not self._quotations.is_open(before.end) or not self._quotations.is_open(after.start):
                return None
            if after.speaker and after.label in SPOKEN:
                return None if points_back(after.speaker.text) else after.speaker
        return None

    def _blamed(self, sentence: LabelledSentence, speaker: Mention | None) -> Iterator[Mention]:
        for target in sentence.targets:
            meant = self._meant(target, speaker) if self._points_back(target) else None
            if meant:
                yield replace(meant, resolved=True)
                continue
            yield target
            if not points_back(target.text):
                self._target = target

    def _meant(self, target: Mention, speaker: Mention | None) -> Mention | None:
        if is_of_speech(target.text):
            return speaker
        others = filter(None, (self._target, *reversed(self._speakers)))
        return next((each for each in others if not speaker or not _same(each, speaker)), None)

    def _points_back(self, mention: Mention) -> bool:
        """Tell whether a mention points back to a name of the page: "I" does so only where it is quoted."""
        is_own = is_of_speech(mention.text)
        return points_back(mention.text) and (not is_own or self._quotations.is_open(mention.start))


def _same(one: Mention, other: Mention) -> bool:
    """Tell whether two names may be of one: they end in the same word."""
    return bare(one.text).split()[-1:] == bare(other.text).split()[-1:]
