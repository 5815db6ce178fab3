"""Who accuses whom is counted once a sentence, and names are put together over pages."""

from tests.inference.who.pages import counted, page

from newsroles.who.table import EXAMPLES, WhoTable

PAGES = [
    page(
        "S[Mayor Ines Aldana] blames T[the port].",
        "S[Aldana] blames T[Corvane] and T[the port].",
        ("claim", "S[Tomas Reik] won."),
        "S[she] blames nobody.",
        id_="one",
    ),
    page("S[Ms Aldana] blames T[The Port] and T[they].", "It was T[Reik].", id_="two"),
    page(("background", "The port is old."), id_="three"),
]


def test_accusations_are_counted_by_speaker_and_target() -> None:
    table = counted(iter(PAGES))
    rows = [(row.speaker, row.target, row.accusations, row.pages) for row in table.pairs()]
    assert rows == [
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
    assert (table.accusations, table.mentions) == (5, 11)


def test_a_pair_has_examples_with_their_place() -> None:
    first, *_ = counted(PAGES * 2).pairs()
    assert len(first.examples) == EXAMPLES
    example = first.examples[1]
    assert (example.text, example.page, example.start) == ("Aldana blames Corvane and the port.", "one", 35)
    assert example.title == "Title of one"


def test_each_text_of_a_page_has_its_name_in_the_table() -> None:
    table = counted(PAGES)
    assert table.names(PAGES[1]) == {"Ms Aldana": "Ines Aldana", "The Port": "port", "Reik": "Tomas Reik"}


def test_a_surname_of_two_in_the_collection_stands_alone() -> None:
    others = [page("S[Bruno Aldana] blames T[us].", id_="four")]
    names = [row.speaker for row in counted([*PAGES, *others]).speakers()]
    assert names == ["Ines Aldana", "Aldana", "Bruno Aldana"]


def test_names_that_become_one_over_pages_count_a_page_once_in_any_order() -> None:
    pages = [
        page("S[Bruno Aldana] blames T[Reik].", "S[Ines Aldana] blames T[Reik].", id_="five"),
        page("S[Aldana] blames T[Reik].", "S[ALDANA] blames T[REIK].", id_="six"),
        page("S[Aldana] blames T[Tomas Reik].", id_="seven"),
    ]
    for order in (pages, pages[::-1]):
        rows = counted(order).pairs()
        assert [(row.speaker, row.target, row.accusations, row.pages) for row in rows] == [
            ("Aldana", "Tomas Reik", 3, 2),
            ("Bruno Aldana", "Tomas Reik", 1, 1),
            ("Ines Aldana", "Tomas Reik", 1, 1),
        ]


def test_without_a_mention_there_is_nothing() -> None:
    table = counted([page("It was them.")])
    assert (table.pairs(), table.accusations, table.mentions) == ([], 1, 0)
    assert WhoTable().pairs() == []
