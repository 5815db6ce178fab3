"""The four roles a sentence can play in a news article, and their one order.

A bundle carries its own ordered label list and that list is the authority; `Role` is only
the default that new models are trained with. ``docs/train/labels.md`` says what each role means.
"""

from enum import StrEnum


class Role(StrEnum):
    """What a sentence does in its article; the order here is the order of a model's outputs."""

    CLAIM = "claim"
    ACCUSATION = "accusation"
    BACKGROUND = "background"
    BOILERPLATE = "boilerplate"


DEFAULT_LABELS: tuple[str, ...] = tuple(role.value for role in Role)

SPANS = ("speaker", "target")
"""What a model may mark inside a sentence: on whose word it rests, and who is blamed (docs/train/who.md)."""
