"""Names that are the same are one, and two that may be two people stay two."""

from collections import Counter

import pytest

from newsroles.who.names import bare, grouped, named, on_page


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ines Aldana", "Ines Aldana"),
        ("Mayor Ines Aldana", "Ines Aldana"),
        ("Mr Aldana", "Aldana"),
        ("Mr. Aldana", "Aldana"),
        ("Aldana's", "Aldana"),
        ("the coastguards’", "coastguards"),  # noqa: RUF001
        ("the former Corvane chief executive Ida\nMarsh", "Ida Marsh"),
        ("Lorran Foreign Ministry spokeswoman Ada van Reik", "Ada van Reik"),
        ("Secretary of State Tomas Reik", "Tomas Reik"),
        ("Attorney General Ada Lund", "Ada Lund"),
        ("UN Secretary-General Ada Lund", "Ada Lund"),
        ("the UN Secretary General", "UN Secretary General"),
        ("The Russian Foreign Intelligence Service", "Russian Foreign Intelligence Service"),
        ("the U.S. and its allies", "US and its allies"),
        ("the president of Lorra", "president of Lorra"),
        ("the prime minister", "prime minister"),
        ("a spokesman for Corvane Energy", "spokesman for Corvane Energy"),
        ("President Lund and Mayor Reik", "President Lund and Mayor Reik"),
        ("the Justice Department", "Justice Department"),
        ("General Electric", "General Electric"),
        ("General Ada Lund", "Ada Lund"),
        ("Martin Leader Jr.", "Martin Leader Jr."),
        ("Secretary Martin Lund Jr.", "Martin Lund Jr."),
        ("House Speaker Ada Lund", "Ada Lund"),
        ("General Motors Co.", "General Motors Co."),
        ("Pope Ines", "Pope Ines"),
        ("the Premier League", "Premier League"),
        ("National Executive Committee", "National Executive Committee"),
        ("Miss America", "Miss America"),
        ("the Prosecutor General's Office", "Prosecutor General's Office"),
        ("the", "the"),
    ],
)
def test_a_name_is_bare_without_article_title_and_possessive(text: str, name: str) -> None:
    assert bare(text) == name


@pytest.mark.parametrize(
    "text",
    ["he", "They", "who", "I", "us", "you", "the statement", "The spokesman", "this firm", "His lawyer"],
)
def test_what_points_back_is_no_name(text: str) -> None:
    assert named(text) == ""


@pytest.mark.parametrize(
    "text", ["US", "the Government of Lorra", "The Report", "IT workers", "Ho", "WHO", "IT", "Your Party"]
)
def test_names_that_look_like_it_are_names(text: str) -> None:
    assert named(text)


def test_whoever_is_named_behind_a_possessive_is_somebody() -> None:
    assert named("his lawyer Tomas Reik") == "Tomas Reik"
    assert named("Its pal Councillor Ada Lund") == "Ada Lund"


def test_a_surname_goes_with_the_one_full_name_of_its_page() -> None:
    texts = ["Mayor Ines Aldana", "Aldana", "Ms Aldana", "ALDANA", "she", "the port"]
    assert on_page(texts) == {
        "Mayor Ines Aldana": "Ines Aldana",
        "Aldana": "Ines Aldana",
        "Ms Aldana": "Ines Aldana",
        "ALDANA": "Ines Aldana",
        "the port": "port",
    }


def test_two_full_names_are_never_one_and_a_surname_of_both_goes_with_neither() -> None:
    names = on_page(["Ines Aldana", "Bruno Aldana", "Aldana"])
    assert names == {"Ines Aldana": "Ines Aldana", "Bruno Aldana": "Bruno Aldana", "Aldana": "Aldana"}


def test_a_state_an_institution_and_what_has_an_article_are_no_surnames() -> None:
    names = [
        "Air China",
        "China",
        "Fox News",
        "News",
        "Bank of Corvane",
        "Corvane",
        "Ford Motors",
        "Ole Un",
        "UN",
    ]
    assert on_page(names) == {name: name for name in names}


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("Ursula von der Hagen", "Von der Hagen"),
        ("Ursula von der Hagen", "Hagen"),
        ("Bill de Reik", "De Reik"),
        ("Bashar al-Lund", "Al-Lund"),
        ("Bashar al-Lund", "Lund"),
        ("Conor O'Lund", "O’Lund"),  # noqa: RUF001
        ("Conor O'Lund", "Conor O’Lund"),  # noqa: RUF001
        ("José Ruíz", "Jose\u0301 Rui\u0301z"),
    ],
)
def test_particles_and_how_a_letter_is_written_make_no_other_name(full: str, short: str) -> None:
    names = on_page([full, short])
    assert names[short] == names[full]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vice President", "the President"),
        ("Deputy Mayor", "the Mayor"),
        ("Scottish Government", "the Government"),
        ("Foreign Ministry", "the Ministry"),
        ("Labour Party", "the Party"),
        ("Islamic State", "the State"),
        ("some Democrats", "Democrats"),
        ("Some Lorrans", "Lorrans"),
        ("Rafael Ankara", "Ankara"),
        ("Leonard Leo", "Pope Leo"),
        ("Arab League", "the Premier League"),
    ],
)
def test_institutions_and_places_are_not_taken_for_surnames(one: str, other: str) -> None:
    names = on_page([one, other])
    assert names[one] != names[other]


def test_of_several_spellings_the_most_frequent_stands() -> None:
    assert grouped(Counter({"CORVANE": 1, "Corvane": 3, "corvane": 2})) == dict.fromkeys(
        ("CORVANE", "Corvane", "corvane"), "Corvane"
    )
    assert on_page(["the United States", "US", "U.S.", "the US"])["the United States"] == "US"
    for order in (["CORVANE", "Corvane"], ["Corvane", "CORVANE"]):
        assert set(grouped(dict.fromkeys(order, 1)).values()) == {"Corvane"}
    assert grouped({}) == {}
