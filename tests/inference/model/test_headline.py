"""A text's headline is its story's first line, if that looks like one."""

import pytest

from newsroles.model.headline import LONGEST, headline
from newsroles.model.sentences import split
from newsroles.records.labelled import LabelledSentence

LEDE = "The ferry lost its left propeller on Monday, the harbour master said."


def labelled(text: str, furniture: int) -> list[LabelledSentence]:
    """Label the first `furniture` sentences boilerplate, the others claim."""
    return [
        LabelledSentence(one.start, one.end, text[one.start : one.end], label, {label: 1.0})
        for number, one in enumerate(split(text))
        for label in ["boilerplate" if number < furniture else "claim"]
    ]


@pytest.mark.parametrize(
    ("lines", "furniture", "found"),
    [
        (["Ferry stops", LEDE], 0, "Ferry stops"),
        (["Home", "News", "  Ferry stops\t", LEDE], 2, "Ferry stops"),
        (["Will it sail? Nobody knows", LEDE], 0, "Will it sail? Nobody knows"),  # all of the line
        (["Who paid?", LEDE], 0, "Who paid?"),
        (["And then it sank...", LEDE], 0, "And then it sank..."),
        (["“It sank in the U.S.”", LEDE], 0, ""),
        ([LEDE, "Ferry stops"], 0, ""),  # a cross-head is no headline
        (["Ferry stops, said the harbour master " * 5, LEDE], 0, ""),
        (["x" * LONGEST, LEDE], 0, "x" * LONGEST),
        (["x" * (LONGEST + 1), LEDE], 0, ""),
        (["Share this! Ferry stops", LEDE], 1, ""),  # its line begins with furniture
        (["Home", "News"], 2, ""),
        ([], 0, ""),
    ],
)
def test_the_headline_of_a_text(lines: list[str], furniture: int, found: str) -> None:
    text = "\n".join(lines)
    assert headline(text, labelled(text, furniture)) == found


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\v"])
def test_a_line_ends_where_sentences_take_it_to_end(end: str) -> None:
    text = f"Home{end}Ferry stops{end}{LEDE}"
    assert headline(text, labelled(text, 1)) == "Ferry stops"
