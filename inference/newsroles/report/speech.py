"""Who says a sentence and whom it blames, as a report shows it beside the sentence."""

from collections.abc import Mapping
from typing import NamedTuple

from newsroles.articles import Mention
from newsroles.records.labelled import LabelledSentence


class Shown(NamedTuple):
    """A speaker or a target: how it is told, and the name that it is filtered by.

    It is told as it stands in the text, in one line, or by its name where that has more of it. `name` is ""
    where the text only points back, and nobody knows to whom.
    """

    text: str
    name: str
    is_resolved: bool


class Speech(NamedTuple):
    """A sentence's speaker, if one is named, and its targets, each once; at least one of both is there."""

    speaker: Shown | None
    targets: tuple[Shown, ...]


def speech(sentence: LabelledSentence, names: Mapping[str, str]) -> Speech | None:
    """Return a sentence's speaker and targets; `names` has a page's, see `newsroles.who.table`."""
    if sentence.speaker is None and not sentence.targets:
        return None
    speaker = _shown(sentence.speaker, names) if sentence.speaker else None
    return Speech(speaker, tuple(dict.fromkeys(_shown(target, names) for target in sentence.targets)))


def _shown(mention: Mention, names: Mapping[str, str]) -> Shown:
    text, name = " ".join(mention.text.split()), names.get(mention.text, "")
    return Shown(text if name.casefold() in text.casefold() else name, name, mention.resolved)
