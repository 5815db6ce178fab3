"""The label guide in short: what each default label means; ``docs/train/labels.md`` is the whole of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from newsroles.labels import DEFAULT_LABELS, Role
from newsroles.model.bundle import Bundle


@dataclass(frozen=True, slots=True)
class Rule:
    """A label's question, which a yes answers with this label; what else it covers; and two examples."""

    label: str
    question: str
    covers: str
    examples: tuple[str, str]


RULES = (
    Rule(
        Role.BOILERPLATE,
        "Is it page furniture, and gone if the bare story were reprinted?",
        "Menus, bylines, captions, adverts, comments; headlines and teasers of other stories, however newsy.",
        ("Home > Region > Harbours", "READ ALSO: Trust 'wasted' lighthouse fund"),
    ),
    Rule(
        Role.ACCUSATION,
        "Does it say who did, does or means to do what wrong, on anybody's authority?",
        "Charges, alleged wrongs, condemned deeds. With the actor left open, it is a claim or background.",
        (
            "The owner knew of the cracks and kept sailing, the union said.",
            "Who let her put to sea? The board did.",
        ),
    ),
    Rule(
        Role.CLAIM,
        "Does it rest on somebody's word or judgement: could a reader ask 'says who?'",
        "Quotations, attributed facts, opinions, forecasts, demands, denials; the outlet's own analysis.",
        ("Repairs will take all summer, the yard expects.", '"We have never sailed with a fault," he said.'),
    ),
    Rule(
        Role.BACKGROUND,
        "Is it anything else in the story?",
        "What is told as plain fact: events, figures, history, procedure, neutral headlines.",
        ("The ship was built in 1994.", "Two people were convicted of fraud in 2011."),
    ),
)
"""In the order in which the questions are asked; the first yes decides."""


def lines(bundle: Bundle) -> Iterator[str]:
    """Lay out for reading the guide that the bundle brings, else this one, else the names of its labels."""
    if bundle.guide or set(bundle.labels) != set(DEFAULT_LABELS):
        yield from (f"{label}: {bundle.guide[label]}" if bundle.guide else label for label in bundle.labels)
        return
    yield "Ask these of each sentence, and each line of furniture, where it stands; the first yes decides."
    for rule in RULES:
        yield f"\n{rule.label}: {rule.question}"
        yield f"  {rule.covers}"
        yield from (f"  - {example}" for example in rule.examples)
