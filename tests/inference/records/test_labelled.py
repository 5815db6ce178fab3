"""What people do with a result: look at it, keep it, and make a table of it."""

import copy
import io
import json
import pickle
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from tests.strategies import texts

from newsroles import Article, Failure, LabelledArticle, LabelledSentence, Labeller, MissingExtra, read_source
from newsroles.records.read import read
from newsroles.records.schema import FAILURE
from newsroles.records.write import CsvTable

TEXT = """Share this story
Ada Lund blamed the mayor for the neglected mill. The mill was built in 19 by settlers."""
ARTICLE = Article(TEXT, "page-7", "pages.jsonl", 3, title="The mill", url="u", fields={"by": "AP", "n": [1]})


@pytest.fixture(scope="module")
def page(labeller: Labeller) -> LabelledArticle:
    return labeller.label(ARTICLE)


def test_a_sentence_shows_its_label_its_confidence_and_its_first_words(page: LabelledArticle) -> None:
    one = LabelledSentence(0, 4, "It  is\n" + "very " * 40, "claim", {"claim": 0.876, "background": 0.124})
    assert one.confidence == 0.876
    assert (
        repr(one)
        == "<LabelledSentence claim 0.88 'It is very very very very very very very very very very ver…'>"
    )
    assert [each.confidence for each in page.sentences] == [
        max(each.probabilities.values()) for each in page.sentences
    ]


def test_an_article_shows_its_name_and_how_many_sentences_have_each_label(page: LabelledArticle) -> None:
    assert repr(page) == "<LabelledArticle 'page-7' 'The mill' 1 boilerplate, 1 accusation, 1 background>"
    assert repr(replace(page, sentences=page.sentences[:1] * 3)).endswith("'The mill' 3 boilerplate>")
    assert repr(LabelledArticle(Article(""), "m@1", ())) == "<LabelledArticle no sentences>"
    assert repr(ARTICLE) == f"<Article 'page-7' 'The mill' {len(TEXT)} characters>"
    assert repr(Article("x" * 1_000_000)) == f"<Article '{'x' * 59}…' 1,000,000 characters>"
    assert repr(Article(None)).startswith("<Article 'None'")  # type: ignore[arg-type]


def test_a_failure_is_a_line_that_says_what_to_do_and_the_record_that_is_written() -> None:
    failure = Failure("a.jsonl", 2, 3, "empty:\nno text", "leave it out")
    assert str(failure) == "a.jsonl:3: empty: no text; leave it out"
    assert list(failure.to_dict()) == [field.name for field in FAILURE]
    assert str(replace(failure, offset=None)).startswith("a.jsonl: empty")


@given(texts())
def test_a_line_of_json_comes_back_as_the_same_article(labeller: Labeller, text: str) -> None:
    page = labeller.label(replace(ARTICLE, text=text))
    line = page.to_json()
    assert "\n" not in line
    assert json.loads(line) == page.to_dict()
    (back,) = read("-", io.BytesIO(line.encode()))
    assert isinstance(back, LabelledArticle)
    assert back.to_dict() == page.to_dict()
    assert back.article == page.article


def test_a_table_has_the_columns_and_the_values_of_the_csv(page: LabelledArticle) -> None:
    pd = pytest.importorskip("pandas", reason="needs the extra pandas")
    table = page.to_pandas()
    file = io.StringIO()
    written = CsvTable(file, tuple(page.sentences[0].probabilities))
    written.write(page.to_dict())
    assert table.to_csv(index=False) == file.getvalue()
    assert table["label"].tolist() == ["boilerplate", "accusation", "background"]
    assert (table["end"] > table["start"]).all()
    assert pd.api.types.is_bool_dtype(table["truncated"])
    assert table["by"].tolist() == ["AP"] * 3


def test_tables_of_several_articles_are_one_by_concat(page: LabelledArticle) -> None:
    pd = pytest.importorskip("pandas", reason="needs the extra pandas")
    empty = LabelledArticle(Article(""), page.model, ())
    assert list(empty.to_pandas().columns)[:4] == ["id", "source", "index", "model"]
    together = pd.concat([each.to_pandas() for each in (page, page)], ignore_index=True)
    assert len(together) == 6


@pytest.mark.parametrize("order", [1, -1])
def test_a_page_without_sentences_changes_no_type_of_a_table(page: LabelledArticle, order: int) -> None:
    pd = pytest.importorskip("pandas", reason="needs the extra pandas")
    table = page.to_pandas()
    empty = LabelledArticle(replace(ARTICLE, text=""), page.model, ()).to_pandas()
    assert [name for name in table if name not in empty] == [name for name in table if name.startswith("p_")]
    together = pd.concat([empty, table][::order])
    own = [name for name in table if name not in ("speaker", "targets")]  # objects, where all are null
    assert together[own].dtypes.to_dict() == table[own].dtypes.to_dict()
    assert (~together["truncated"]).tolist() == [True] * 3


def test_without_pandas_a_table_says_what_to_install(
    page: LabelledArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(
        MissingExtra, match=r"'pandas', which is not installed; run: .*pip install .*\[pandas\]"
    ):
        page.to_pandas()


def test_results_are_values_that_travel_and_can_be_counted(page: LabelledArticle, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("no\n")
    (failure,) = read_source(tmp_path / "a.jsonl")
    for value in (page, page.sentences[1], page.article, failure):
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - packed here
        assert copy.deepcopy(value) == copy.copy(value) == value
        assert hash(value) == hash(copy.deepcopy(value))
    assert len({*page.sentences, *page.sentences}) == 3
