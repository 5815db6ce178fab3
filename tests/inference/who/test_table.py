"""Who accuses whom is counted once a sentence, and names are put together over pages."""

from newsroles.articles import Article, Mention
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.who.table import EXAMPLES, WhoTable, who_accuses_whom


def page(number: int, *rows: tuple[str, str, tuple[str, ...]]) -> LabelledArticle:
    """Make a page whose sentences are "SPEAKER blames TARGETS." with the label that stands first."""
    text, sentences = "", []
    for label, speaker, targets in rows:
        start, places = len(text), []
        for name in (speaker, "blames", *targets):
            places.append((len(text), len(text) + len(name)))
            text += f"{name} "
        mentions = [Mention(text[slice(*place)], *place) for place in places]
        sentences.append(
            LabelledSentence(
                start,
                len(text) - 1,
                text[start:-1],
                label,
                {label: 1.0},
                speaker=mentions[0] if speaker else None,
                targets=tuple(mentions[2:]),
            )
        )
    return LabelledArticle(
        Article(text, f"page-{number}", title=f"Title {number}"), "stub@1", tuple(sentences)
    )


PAGES = [
    page(
        0,
        ("accusation", "Mayor Ines Aldana", ("the port",)),
        ("accusation", "Aldana", ("Corvane", "the port")),
        ("claim", "Tomas Reik", ()),
        ("accusation", "she", ()),
    ),
    page(1, ("accusation", "Ms Aldana", ("The Port", "they")), ("accusation", "", ("Reik",))),
    page(2, ("background", "", ())),
]


def test_accusations_are_counted_by_speaker_and_target() -> None:
    table = who_accuses_whom(iter(PAGES))
    counted = [(row.speaker, row.target, row.accusations, row.pages) for row in table.pairs()]
    assert counted == [
        ("Ines Aldana", "port", 3, 2),
        ("", "Tomas Reik", 1, 1),
        ("Ines Aldana", "Corvane", 1, 1),
    ]
    assert [(row.speaker, row.accusations, row.pages) for row in table.speakers()] == [("Ines Aldana", 3, 2)]
    assert [(row.target, row.accusations) for row in table.targets()] == [
        ("port", 3),
        ("Corvane", 1),
        ("Tomas Reik", 1),
    ]
    assert [row.target for row in table.pairs(least=2)] == ["port"]
    assert table.accusations == 5


def test_a_pair_has_examples_with_their_place() -> None:
    table = who_accuses_whom(PAGES * 2)
    first, *_ = table.pairs()
    assert len(first.examples) == EXAMPLES
    example = first.examples[0]
    assert (example.text, example.page, example.start) == ("Mayor Ines Aldana blames the port", "page-0", 0)
    assert example.title == "Title 0"
    assert [each.page for each in first.examples] == ["page-0"] * 3


def test_each_text_of_a_page_has_its_name_in_the_table() -> None:
    table = who_accuses_whom(PAGES)
    assert table.names(PAGES[1]) == {"Ms Aldana": "Ines Aldana", "The Port": "port", "Reik": "Tomas Reik"}


def test_without_a_mention_there_is_nothing() -> None:
    table = who_accuses_whom([page(1, ("accusation", "", ()))])
    assert (table.pairs(), table.accusations, table.mentions) == ([], 1, 0)
    assert WhoTable().pairs() == []
