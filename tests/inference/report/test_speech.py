"""A speaker or target is told as its text has it, or by its name where that says more."""

import io
from dataclasses import replace

from newsroles.articles import Article, Mention
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.records.write import to_line
from newsroles.report.page import render
from newsroles.report.speech import Shown, Speech, speech
from newsroles.report.summary import summarise

TEXT = "Aldana said the\nport lied. She fears them."
NAMES = {"Aldana": "Ines Aldana", "the\nport": "port"}
SAID = LabelledSentence(
    0,
    26,
    TEXT[:26],
    "accusation",
    {"accusation": 1.0},
    speaker=Mention("Aldana", 0, 6),
    targets=(Mention("the\nport", 12, 20), Mention("them", 37, 41)),
)


def rendered(sentence: LabelledSentence) -> str:
    page = LabelledArticle(Article(TEXT, "a"), "model@1", (sentence,))
    inputs = [("out.jsonl", io.BytesIO(to_line(page.to_dict())))]
    return "".join(render(inputs, summarise(inputs, 9)))


def test_it_is_told_as_it_stands_or_by_a_longer_name() -> None:
    assert speech(SAID, NAMES) == Speech(
        Shown("Ines Aldana", "Ines Aldana", is_resolved=False),
        (Shown("the port", "port", is_resolved=False), Shown("them", "", is_resolved=False)),
    )
    assert speech(LabelledSentence(0, 6, "Aldana", "claim", {"claim": 1.0}), NAMES) is None


def test_a_target_that_is_named_twice_is_told_once() -> None:
    twice = replace(SAID, targets=SAID.targets[:1] * 2)
    assert speech(twice, NAMES) == speech(replace(SAID, targets=SAID.targets[:1]), NAMES)


def test_the_page_has_it_after_its_sentence_and_only_where_there_is_any() -> None:
    page = rendered(SAID)
    assert (
        '</span><small class="who"><span class="speaker">Aldana</span> <i role="img" aria-label="accuses">'
        '→</i> <span class="target" data-name="port">the port</span>, '
        '<span class="target" data-name="">them</span></small>'
    ) in page
    silent = rendered(LabelledSentence(0, 26, TEXT[:26], "accusation", {"accusation": 1.0}))
    assert 'class="who"' not in silent
    assert 'id="who"' not in silent
    assert 'id="speaker"' not in silent


def test_a_name_is_text() -> None:
    name = "<img src=x>"
    text = f"{name} lied."
    hostile = LabelledSentence(
        0, len(text), text, "claim", {"claim": 1.0}, speaker=Mention(name, 0, len(name), resolved=True)
    )
    page = LabelledArticle(Article(text, "a"), "model@1", (hostile,))
    inputs = [("out.jsonl", io.BytesIO(to_line(page.to_dict())))]
    found = "".join(render(inputs, summarise(inputs, 9)))
    assert name not in found
    assert 'title="&lt;img src=x&gt;, resolved">&lt;img src=x&gt;</span>' in found
