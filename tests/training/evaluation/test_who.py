"""Who says it, scored: spans found against spans marked, and a rule to beat."""

import numpy as np
import pytest

from newsroles.articles import Sentence
from newsroles.model.labeller import Labeller
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.data.marks import Marks
from newsroles_training.evaluation.speech import rule_spans
from newsroles_training.evaluation.who import _by_rule, _counts, _f1, _labels, _scored, who


def test_spans_count_exactly_and_by_what_overlaps() -> None:
    text = "0123456789" * 2
    article = GoldArticle(
        id="1",
        text=text,
        sentences=(Sentence(0, 10), Sentence(10, 20)),
        labels=("accusation", "claim"),
        group="1",
        marks=(Marks(((0, 4),), ((4, 6), (6, 10))), Marks(((0, 4),))),
    )
    found = {Sentence(0, 10): [(0, 4)], Sentence(10, 20): [(2, 6)]}
    counts = sum(_counts(article, "speaker", lambda _, sentence: found[sentence]), np.zeros(5))
    assert counts.tolist() == [2, 2, 1, 1.5, 1.5]
    assert _f1(counts).tolist() == [0.5, 0.75]
    targets = sum(_counts(article, "target", lambda *_: [(4, 8)]), np.zeros(5))
    assert targets.tolist() == [1, 2, 0, 1, 1.5]
    assert _f1(targets)[1] == pytest.approx(2 * 1 * 0.75 / 1.75)


def test_nothing_is_scored_where_nobody_has_marked_or_the_model_cannot(labeller: Labeller) -> None:
    page = GoldArticle("1", "Venn said so.", (Sentence(0, 13),), ("claim",), "1")
    assert who(labeller, [page]) == {}


def test_pages_of_which_nobody_says_anything_are_not_counted_as_missed() -> None:
    quiet, loud = "It rained on Monday.", "The pier is safe, according to Mayor Aldana."
    pages = [
        GoldArticle(str(n), text, (Sentence(0, len(text)),), ("claim",), str(n), marks=(Marks(speaker),))
        for n, (text, speaker) in enumerate([*[(quiet, ())] * 9, (loud, ((31, 43),))])
    ]
    rule = _scored(pages, "speaker", [_by_rule("speaker")] * len(pages))
    assert rule["exact"] == rule["overlap"] == {"value": 1, "low": 1, "high": 1}


def test_a_sentence_is_judged_in_its_article_though_others_are_not_labelled() -> None:
    above = "The union accused the owners on Monday.\nThey kept sailing.\nRead also\n"
    teaser = "Trust wasted the lighthouse fund."
    one = Sentence(len(above), len(above) + len(teaser))
    page = GoldArticle("1", f"{above}{teaser}\nShare this story", (one,), ("boilerplate",), "1")
    assert _labels(Labeller.load(threads=1), page) == {one: "boilerplate"}


@pytest.mark.parametrize(
    ("sentence", "name", "expected"),
    [
        ("The bridge is safe, according to Mayor Ines Aldana.", "speaker", "Mayor Ines Aldana"),
        ("The dockers' union said that Corvane Energy had lied.", "target", "Corvane Energy"),
        ("“It was a lie,” said Tomas Reik.", "speaker", "Tomas Reik"),
        ("Aldana accused the contractor of fraud.", "speaker", "Aldana"),
        ("Aldana accused the contractor of fraud.", "target", "the contractor"),
        ("Two ferries left the port on Monday.", "speaker", None),
    ],
)
def test_a_rule_finds_who_stands_at_the_verb(sentence: str, name: str, expected: str | None) -> None:
    assert [sentence[start:end] for start, end in rule_spans(sentence, name)] == (
        [expected] if expected else []
    )
