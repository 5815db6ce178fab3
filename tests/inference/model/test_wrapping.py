"""Text that is wrapped at a column: joined where it is, left alone where it isn't."""

import textwrap

import pytest

from newsroles import Labeller
from newsroles.model.sentences import split

LETTER = """The minister, who has been in office since
2019, lied to parliament about the dam, the
opposition said on Monday.

She denied it.
"""

PROSE = (
    "The council voted on Monday to close the bridge over the river, which engineers had called unsafe "
    "three years before. Mr. Roe, who had asked for it, said that he was not surprised. Nobody was hurt. The "
    "repairs will cost 4.5 million, according to Gov. Jane Poe — more than it earns in a year."
)


def cut(text: str, *, unwrap: bool = True) -> list[str]:
    """Return the sentences of a text as strings, white space folded."""
    return [" ".join(text[one.start : one.end].split()) for one in split(text, unwrap=unwrap)]


def test_a_wrapped_sentence_is_one() -> None:
    said = "The minister, who has been in office since 2019, lied to parliament about the dam, the"
    assert cut(LETTER) == [f"{said} opposition said on Monday.", "She denied it."]


def test_offsets_are_those_of_the_text_as_given() -> None:
    first, _ = split(LETTER)
    assert LETTER[first.start : first.end] == LETTER.partition("\n\n")[0]


@pytest.mark.parametrize("column", [40, 65, 72, 80, 100])
@pytest.mark.parametrize("gap", ["\n\n", "\n"], ids=["blank lines", "no blank lines"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", " \n"])
def test_wrapped_prose_reads_as_unwrapped(column: int, gap: str, line_break: str) -> None:
    paragraphs = ["Bridge to close", PROSE, PROSE, "By A. Writer"]
    wrapped = gap.join(textwrap.fill(one, column) for one in paragraphs).replace("\n", line_break)
    assert cut(wrapped) == cut("\n\n".join(paragraphs))


def test_lines_stay_apart_without_unwrap() -> None:
    assert len(cut(LETTER, unwrap=False)) == 4
    assert len(Labeller.load(unwrap=False).label(LETTER).sentences) == 4
    assert len(Labeller.load().label(LETTER).sentences) == 2


MENU = [
    "World",
    "Politics and government",
    "Sport from around the region",
    "Business",
    "Opinion and letters",
    "More",
]
VERSE = [
    "The river rose and took the town,",
    "and nobody was there;",
    "the mayor put his lantern down,",
    "and sat in",
]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(MENU, id="menu"),
        pytest.param([item.lower() for item in MENU], id="menu in lower case"),
        pytest.param(VERSE, id="verse"),
        pytest.param([PROSE, PROSE.lower(), PROSE], id="a paragraph a line"),
        pytest.param(["The mayor left office on Monday"] * 8, id="headlines of one length"),
        pytest.param(["the mayor left the office on", "it is over"], id="a single break"),
    ],
)
def test_what_is_not_wrapped_is_left_alone(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert split(text) == split(text, unwrap=False)


def test_items_and_indented_lines_begin_anew() -> None:
    text = (
        LETTER + "\nThe list of those who voted for the dam:\n- the mayor of the old town, who\n- the owner\n"
    )
    text += "  He lied about it to everybody in the\n1. First\n"
    expected = ["The list of those who voted for the dam:", "- the mayor of the old town, who"]
    assert cut(text)[2:] == [*expected, "- the owner", "He lied about it to everybody in the", "1. First"]
