"""Who says a sentence and who is blamed, by rule: what a model must beat.

The speaker is the subject of a verb of speech, or stands behind "according to"; the target is the object of a
verb of blame, or else the subject of what is said.
"""

import re

from newsroles.articles import Span
from newsroles.labels import SPANS

_SAY = (
    "said|says|say|told|tells|added|adds|argued|argues|claimed|claims|warned|warns|insisted|insists|wrote|writes|"
    "stated|states|announced|announces|denied|denies|accused|accuses|blamed|blames|condemned|condemns|called|calls|"
    "suggested|suggests|believes|believed|thinks|explained|explains|alleged|alleges|reported|reports|noted|notes|"
    "urged|urges|demanded|demands|tweeted|testified|charged|asked|asks|criticised|criticized|acknowledged"
)
_BLAME = "(?:accus|blam|denounc|critici[sz]|charg)(?:ed|es|ing)|condemn(?:ed|s|ing)"
_NAME = r"[A-Z][\w.’'-]*\w"  # noqa: RUF001 - as pages have it
_NOUNS = (
    rf"(?:[Tt]he |[Aa]n? |[Hh]is |[Hh]er |[Tt]heir )?(?:{_NAME} |of |for |the |and )*{_NAME}"
    r"|(?:[Tt]he|[Aa]n?|[Tt]heir|[Hh]is|[Hh]er) (?:[a-z-]+ ){0,2}?[a-z-]+|[Hh]e|[Ss]he|[Tt]hey|[Ww]e|It|I"
)
_SPEAKERS = (
    re.compile(rf"[Aa]ccording to ({_NOUNS})\b"),
    re.compile(rf"\b({_NOUNS}),? (?:also |has |have |had |later )?(?:{_SAY})\b"),
    re.compile(rf"\b(?:said|says|wrote|added|asked) ({_NOUNS})\b"),
)
_TARGETS = (
    re.compile(rf"\b(?:{_BLAME}) ({_NOUNS})\b"),
    re.compile(rf"\b(?:{_SAY}),?(?: that)? ({_NOUNS})\b"),
    re.compile(rf"[“\"]({_NOUNS})\b"),
)


def rule_spans(sentence: str, name: str) -> list[Span]:
    """Return the span of the one of `SPANS` that the first rule finds in a sentence; none where none does."""
    rules = _SPEAKERS if name == SPANS[0] else _TARGETS
    found = next((match for rule in rules if (match := rule.search(sentence))), None)
    return [found.span(1)] if found else []
