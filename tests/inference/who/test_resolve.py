"""A word that points back has the name that stood before it, and one without any stays as it is."""

import time

import pytest
from tests.inference.who.pages import page

from newsroles.articles import Mention
from newsroles.records.labelled import LabelledArticle
from newsroles.who.quotations import Quotations
from newsroles.who.resolve import resolve

Shown = tuple[str | None, ...]


def shown(made: LabelledArticle) -> list[Shown]:
    """Return each sentence's speaker and targets; a "+" is before those that were resolved."""
    text = made.article.text
    found = resolve(text, made.sentences)
    assert [(one.start, one.label, one.text) for one in found] == [
        (one.start, one.label, one.text) for one in made.sentences
    ]
    mentions = [(one.speaker, *one.targets) for one in found]
    assert all(each is None or text[each.start : each.end] == each.text for row in mentions for each in row)
    return [tuple(each and ("+" if each.resolved else "") + each.text for each in row) for row in mentions]


@pytest.mark.parametrize("word", ["he", "She", "They", "it", "who", "the statement", "The spokesman"])
def test_a_speaker_that_points_back_is_the_last_one_named(word: str) -> None:
    made = page(("claim", "S[Ann Lund] won."), ("claim", "S[Bo] lost."), ("claim", f"Then S[{word}] left."))
    assert shown(made) == [("Ann Lund",), ("Bo",), ("+Bo",)]


def test_it_stands_where_the_name_stands() -> None:
    made = page(("claim", "S[Bo] lost."), ("claim", "S[He] left."))
    assert resolve(made.article.text, made.sentences)[1].speaker == Mention("Bo", 0, 2, resolved=True)


def test_without_a_name_before_it_the_word_stays() -> None:
    assert shown(page("S[He] blamed T[them].", ("claim", "S[Bo] left."))) == [("He", "them"), ("Bo",)]


def test_names_of_other_labels_and_of_the_sentence_itself_are_not_asked() -> None:
    assert shown(page(("background", "S[Ann] won."), ("claim", "S[She] left."))) == [("Ann",), ("She",)]


def test_nobody_accuses_himself_by_rule() -> None:
    made = page(("claim", "S[Tomas Reik] won."), "S[The minister] blamed T[Reik].", "S[He] blamed T[Bo].")
    assert shown(made) == [("Tomas Reik",), ("The minister", "Reik"), ("+Tomas Reik", "Bo")]


@pytest.mark.parametrize("word", ["him", "They", "us", "the company"])
def test_nobody_is_accused_by_rule(word: str) -> None:
    assert shown(page("S[Ann] blames T[Bo].", f"S[Cy] blames T[{word}].")) == [("Ann", "Bo"), ("Cy", word)]


def test_a_noun_is_whoever_was_called_so() -> None:
    made = page(
        ("claim", "S[A leaked report] says so."),
        ("claim", "S[Ann] denies it."),
        ("claim", "S[the report] adds more."),
        ("claim", "S[the minister] left."),
    )
    assert shown(made) == [("A leaked report",), ("Ann",), ("+A leaked report",), ("+A leaked report",)]


def test_who_spoke_long_ago_is_not_meant() -> None:
    calm = [("background", "It rained.")] * 4
    assert shown(page(("claim", "S[Ann] won."), *calm, ("claim", "S[She] left.")))[-1] == ("+Ann",)
    assert shown(page(("claim", "S[Ann] won."), *calm * 2, ("claim", "S[She] left.")))[-1] == ("She",)
    kept = page(
        ("claim", "S[Ann] won."), *calm, ("claim", "S[She] left."), *calm, ("claim", "S[She] is gone.")
    )
    assert shown(kept)[-1] == ("+Ann",)


def test_i_and_we_point_back_where_they_are_quoted() -> None:
    said = ("claim", "S[Ann] won.")
    assert shown(page(said, ("claim", "S[I] left."))) == [("Ann",), ("I",)]
    assert shown(page(said, ("claim", "“Then S[we] left.”"))) == [("Ann",), ("+Ann",)]


@pytest.mark.parametrize(("left", "right"), [("“", "”"), ('"', '"'), ("«", "»")])
def test_a_quotation_that_runs_on_has_the_last_speaker(left: str, right: str) -> None:
    made = page(
        ("claim", f"{left}It fell, S[Ann] said."),
        ("claim", "It fell twice."),
        ("claim", f"It broke.{right}"),
        ("claim", "It is mended."),
    )
    assert shown(made) == [("Ann",), ("+Ann",), ("+Ann",), (None,)]


def test_a_quotation_that_stands_alone_has_the_last_speaker() -> None:
    made = page(("claim", "S[Ann] said so."), ("claim", "“It fell.”"), ("claim", "It is mended."))
    assert shown(made) == [("Ann",), ("+Ann",), (None,)]
    assert shown(page(("claim", "“It fell.”"))) == [(None,)]


def test_a_quotation_whose_end_names_its_speaker_has_that_one() -> None:
    made = page(
        ("claim", "S[Ann] won."),
        ("claim", "“It fell."),
        ("claim", "It broke."),
        ("claim", "It is gone,” S[Bo] said."),
    )
    assert shown(made) == [("Ann",), ("+Bo",), ("+Bo",), ("Bo",)]


def test_a_quotation_ends_with_its_line() -> None:
    made = page(("claim", "S[Ann] said: “It fell."), ("claim", "It broke."), between="\n")
    assert shown(made) == [("Ann",), (None,)]
    made = page(("claim", "S[Ann] said: “It fell."), ("claim", "“It broke."), between="\n")
    assert shown(made) == [("Ann",), ("+Ann",)]


def test_quotations_are_open_between_their_marks() -> None:
    quotations = Quotations('a "b" c\n"d\ne')
    assert [at for at in range(13) if quotations.is_open(at)] == [3, 4, 9, 10]
    assert not any(map(Quotations('19" pipes burst.').is_open, range(17)))
    assert not Quotations("").is_open(0)
    assert not Quotations("").holds(0, 0)


@pytest.mark.parametrize(
    ("line", "is_held"),
    [
        ("“It fell. It is gone.”", True),
        ("“Operation Clean Water” was a fraud by the port that cost the town its mill.", False),
        ('"The End" is a play by Bo, who blames the port for the lost mill.', False),
    ],
)
def test_a_title_in_quotation_marks_is_no_quotation(line: str, is_held: bool) -> None:
    assert Quotations(line).holds(0, len(line)) == is_held


def test_a_long_page_takes_little() -> None:
    parts = ["“It was T[them]", *["it was T[him]", "S[she] blames T[us]", "S[Ann] blames T[it]"] * 1_000]
    made = page(*parts)
    begin = time.process_time()
    resolve(made.article.text, made.sentences)
    assert time.process_time() - begin < 4
