"""What was written is read back as it was, and nothing else is taken for it."""

import gzip
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import texts

from newsroles.articles import Article, Failure, Mention
from newsroles.model.sentences import split
from newsroles.readers import records
from newsroles.records import read as reading
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.records.read import UnreadLine, read, rereadable
from newsroles.records.write import to_line


def labelled(text: str, label: str = "claim") -> LabelledArticle:
    probabilities = {"claim": 0.75, "background": 0.25}
    sentences = tuple(
        LabelledSentence(
            span.start,
            span.end,
            text[span.start : span.end],
            label,
            probabilities,
            kind="item",
            speaker=Mention(text[0:1], 0, 1, resolved=True),
            targets=(Mention(text[span.start : span.end], span.start, span.end),),
        )
        for span in split(text)
    )
    fields = {"day": "2024-05-01", "tags": [text, None]}
    article = Article(text, "id", "page.html", 3, title=text, url="u", date="2024", fields=fields)
    return LabelledArticle(article, "model@1", sentences)


def changed(**values: Any) -> dict[str, Any]:
    return labelled("One sentence.").to_dict() | values


def with_sentence(**values: Any) -> dict[str, Any]:
    (sentence,) = labelled("One sentence.").to_dict()["sentences"]
    return changed(sentences=[sentence | values])


@given(texts())
def test_what_writers_wrote_comes_back(text: str) -> None:
    text = Article(text).text  # as JSON would have it
    page, failure = labelled(text), Failure("-", 7, None, text, "fix it")
    lines = to_line(page.to_dict()) + b"\n \n" + to_line(failure.to_dict())
    assert list(read("out.jsonl", io.BytesIO(lines))) == [page, failure]


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([], "object"),
        ({"text": "no sentences"}, "'source'"),
        (changed(text=None), "'text'"),
        (changed(title=1), "'title'"),
        (with_sentence(kind=None), "'kind'"),
        (changed(index=True), "'index'"),
        (changed(sentences="x"), "'sentences'"),
        (changed(sentences=[1]), "object"),
        (changed(sentences=changed()["sentences"] * 2), "begins before"),
        (with_sentence(end=12), "don't give"),
        (with_sentence(end=99), "don't give"),
        (with_sentence(start=-13), "don't give"),
        (with_sentence(text="Another."), "don't give"),
        (with_sentence(label="joke"), "probabilities"),
        (with_sentence(probabilities={"claim": float("nan")}), "probabilities"),
        (with_sentence(probabilities={"claim": 1.5}), "probabilities"),
        (with_sentence(probabilities={"claim": "1"}), "probabilities"),
        (with_sentence(probabilities=None), "'probabilities'"),
        (with_sentence(uncertain=1), "'uncertain'"),
        (with_sentence(speaker="One"), "object"),
        (with_sentence(speaker={}), "'text'"),
        (with_sentence(speaker={"text": "One", "start": 0, "end": 3}), "'resolved'"),
        (with_sentence(speaker={"text": "One", "start": 1, "end": 4, "resolved": False}), "don't give"),
        (with_sentence(targets=None), "'targets'"),
        (with_sentence(targets=["One"]), "object"),
        (with_sentence(targets=[{"text": "", "start": 3, "end": 3, "resolved": False}]), "don't give"),
        ({"source": "x", "index": 0, "offset": "y", "reason": "r", "next_step": "n"}, "'offset'"),
    ],
)
def test_another_shape_is_one_unread_line(values: Any, word: str) -> None:
    good = to_line(labelled("One sentence.").to_dict())
    lines = good + json.dumps(values).encode() + b"\n" + good
    before, bad, after = read("out.jsonl", io.BytesIO(lines))
    assert before == after
    assert isinstance(bad, UnreadLine)
    assert word in bad.reason
    assert (bad.source, bad.offset) == ("out.jsonl", 2)
    assert bad.next_step


def test_records_of_before_are_read_too() -> None:
    later = {"title", "url", "date", "kind", "day", "tags", "speaker", "targets"}
    values = {name: value for name, value in changed().items() if name not in later}
    (sentence,) = values["sentences"]
    values["sentences"] = [{name: value for name, value in sentence.items() if name not in later}]
    (page,) = read("out.jsonl", io.BytesIO(to_line(values)))
    assert isinstance(page, LabelledArticle)
    assert (page.article.title, page.article.url, page.article.date, page.article.fields) == ("", "", "", {})
    assert page.sentences[0].kind == "line"
    assert (page.sentences[0].speaker, page.sentences[0].targets) == (None, ())
    (page,) = read("out.jsonl", io.BytesIO(to_line(changed(date=1714521600))))
    assert isinstance(page, LabelledArticle)
    assert page.article.date == ""


@given(st.binary())
def test_any_bytes_are_unread_lines(data: bytes) -> None:
    for item in read("out.jsonl", io.BytesIO(data)):
        assert isinstance(item, UnreadLine)


def test_a_packed_file_is_read_up_to_where_it_is_damaged() -> None:
    page = labelled("One sentence.")
    packed = gzip.compress(to_line(page.to_dict()))
    assert list(read("out.jsonl.gz", io.BytesIO(packed))) == [page]
    found = list(read("out.jsonl.gz", io.BytesIO(packed[:-4])))
    assert isinstance(found[-1], UnreadLine)
    assert "unpacked" in found[-1].reason


def test_a_record_may_be_longer_than_an_input(monkeypatch: pytest.MonkeyPatch) -> None:
    page = labelled("One sentence.")
    line = to_line(page.to_dict())
    monkeypatch.setattr(records, "LIMIT", 99)
    monkeypatch.setattr(reading, "LONGEST", len(line))
    good, bad, after = read("out.jsonl", io.BytesIO(line + b"x" + line + line))
    assert good == after == page
    assert isinstance(bad, UnreadLine)
    assert (bad.offset, bad.reason) == (2, f"longer than {len(line)} bytes")


def test_what_cannot_be_read_twice_is_copied() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with rereadable(Pipe(b"lines")) as copy:
        for _ in range(2):
            copy.seek(0)
            assert copy.read() == b"lines"
