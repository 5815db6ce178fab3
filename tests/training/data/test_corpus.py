"""Corpora: two shapes in three formats, every bad row told at once, and folds that split no group."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroles.articles import Sentence
from newsroles.labels import DEFAULT_LABELS
from newsroles.model.labeller import Labeller
from newsroles.model.windows import line_kinds
from newsroles_training.data.corpus import GoldArticle, read
from newsroles_training.data.problems import CorpusError, Problem
from newsroles_training.data.split import folds

LABELS = ("claim", "other")
Row = dict[str, Any]
ARTICLE = {
    "id": "a",
    "text": "One. Two.\nThree.",
    "group": "Beacon",
    "sentences": [
        {"start": 0, "end": 4, "label": "claim"},
        {"start": 5, "end": 9, "label": "other"},
        {"start": 10, "end": 16, "label": "claim"},
    ],
}
FLAT: list[Row] = [
    {"article_id": "a", "position": 10, "text": "Two,  after\nall.", "label": "other", "group": "Beacon"},
    {"article_id": "b", "position": 1, "text": "Three.", "label": "claim", "group": "Courier"},
    {"article_id": "a", "position": 9, "text": "One.", "label": "claim", "group": "Beacon"},
]
FLAT_ARTICLES = [
    GoldArticle(
        "a", "One.\nTwo, after all.\n", (Sentence(0, 4), Sentence(5, 20)), ("claim", "other"), "Beacon"
    ),
    GoldArticle("b", "Three.\n", (Sentence(0, 6),), ("claim",), "Courier"),
]


def _jsonl(path: Path, rows: Sequence[Mapping[str, Any] | str]) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def _problems(*paths: Path) -> tuple[Problem, ...]:
    with pytest.raises(CorpusError) as refused:
        read(paths, LABELS)
    return refused.value.problems


def test_articles_are_read(tmp_path: Path) -> None:
    (article,) = read([_jsonl(tmp_path / "a.jsonl", [ARTICLE])], LABELS)
    spans = (Sentence(0, 4), Sentence(5, 9), Sentence(10, 16))
    assert article == GoldArticle("a", "One. Two.\nThree.", spans, ("claim", "other", "claim"), "Beacon")


def test_records_of_a_web_page_keep_the_kinds_of_its_lines(tmp_path: Path, labeller: Labeller) -> None:
    page = labeller.label_html("<nav><a href=/>Share</a></nav><h1>Mill floods. Again</h1><p>It cost 9.")
    (article,) = read([_jsonl(tmp_path / "a.jsonl", [page.to_dict()])], DEFAULT_LABELS)
    kinds = line_kinds(article.text, article.kinds, article.sentences)
    assert kinds == [sentence.kind for sentence in page.sentences]
    assert kinds == ["navigation", "title", "title", "paragraph"]


@pytest.mark.parametrize(("second", "kinds"), [(None, ("title", "line")), ("headline", ("title", "line"))])
def test_a_kind_that_is_none_of_ours_is_no_kind(
    tmp_path: Path, second: str | None, kinds: tuple[str, ...]
) -> None:
    first, *others = ARTICLE["sentences"]
    sentences = [first | {"kind": "title"}, *(one | {"kind": second} for one in others)]
    (article,) = read([_jsonl(tmp_path / "a.jsonl", [ARTICLE | {"sentences": sentences}])], LABELS)
    assert article.kinds == kinds


@pytest.mark.parametrize(
    ("row", "group"),
    [
        ({"group": "Beacon", "source": "s"}, "Beacon"),
        ({"source": "s"}, "s"),
        ({"group": None}, "7"),
        ({"group": 0}, "0"),
        ({"group": 0, "source": "s"}, "0"),
        ({"group": "", "source": "s"}, "s"),
        ({}, "7"),
    ],
)
def test_the_group_is_the_publisher_or_the_source_or_the_article(
    tmp_path: Path, row: Row, group: str
) -> None:
    (article,) = read([_jsonl(tmp_path / "a.jsonl", [{"id": 7, "text": "", "sentences": [], **row}])], LABELS)
    assert (article.id, article.group) == ("7", group)


def test_files_are_read_in_order(tmp_path: Path) -> None:
    one = _jsonl(tmp_path / "1.jsonl", [ARTICLE, {**ARTICLE, "id": "b"}])
    two = _jsonl(tmp_path / "2.jsonl", [{**ARTICLE, "id": "c"}])
    assert [article.id for article in read([two, one], LABELS)] == ["c", "a", "b"]


def test_flat_json_lines_are_joined(tmp_path: Path) -> None:
    assert read([_jsonl(tmp_path / "flat.jsonl", FLAT)], LABELS) == FLAT_ARTICLES


@pytest.mark.parametrize(("suffix", "separator"), [(".csv", ","), (".tsv", "\t")])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_flat_tables_are_joined(tmp_path: Path, suffix: str, separator: str, mark: str) -> None:
    rows = [list(FLAT[0]), *([row[column] for column in FLAT[0]] for row in FLAT)]
    lines = [separator.join(f'"{value}"' for value in row) for row in rows]
    (tmp_path / f"flat{suffix}").write_text(mark + "\n".join(lines), encoding="utf-8")
    assert read([tmp_path / f"flat{suffix}"], LABELS) == FLAT_ARTICLES


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_row_of_text_and_label_is_a_sentence_alone(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "alone.csv"
    path.write_text(
        f"text{separator}label\nOne.{separator}claim\nTwo  too.{separator}other\n", encoding="utf-8"
    )
    one, two = read([path], LABELS)
    assert (one.text, one.labels, one.group) == ("One.", ("claim",), f"{path}:2")
    assert (two.text, two.sentences) == ("Two too.", (Sentence(0, 8),))
    assert two.group != one.group


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            b"sentence,role\nOne.,claim\n",
            "rename 'sentence' to 'text', and rename 'role' to 'label', in the first line",
        ),
        (
            b"text;label\nA caf\xe9 closed.;claim\n",
            "not UTF-8; as Windows-1252 it reads 'caf\u00e9' there; save it as UTF-8, in Excel as",
        ),
        (
            "text;label\nA café closed.;claim\n".encode("utf-16"),
            "UTF-16, not UTF-8; save it as UTF-8, in Excel as “CSV UTF-8”, or run iconv -f UTF-16 -t UTF-8",
        ),
    ],
)
def test_a_table_that_cannot_be_read_says_what_to_do(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "table.csv").write_bytes(content)
    (problem,) = _problems(tmp_path / "table.csv")
    assert reason in problem.reason


_FINE = [f"Ship {number} sank,claim" for number in range(3, 8)]


@pytest.mark.parametrize("separator", [",", "\t"])
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            ["Fine.,other", '"The bridge is safe.,claim', *_FINE, '"The port lied.,other', "Last.,other"],
            [(3, "not CSV in lines 3 to 9: ")],
        ),
        (["Fine.,other", '"The bridge is safe.,claim', *_FINE], [(3, "not CSV in lines 3 to 8: ")]),
        (["Fine.,other", '"Yes" it said.,claim'], [(3, "not CSV in line 3: ")]),
        (
            ["Fine.,other", '"The bridge is safe.,claim', *_FINE, 'It will stand.",claim', "Last.,other"],
            [(3, "lines 3 to 9 are one row, for a quotation mark begins a text; put a text that")],
        ),
        (["The port, it said,claim"], [(2, "has 3 fields, not 2, parted by ")]),
    ],
)
def test_quotation_marks_that_would_swallow_rows_are_told_with_their_lines(
    tmp_path: Path, separator: str, rows: list[str], expected: list[tuple[int, str]]
) -> None:
    path = tmp_path / "table.tsv"
    lines = "\n".join(["text,label", *rows]).replace(",", separator)
    path.write_text(lines, encoding="utf-8")
    found = _problems(path)
    assert [one.place for one in found] == [f"{path}:{number}" for number, _ in expected]
    assert [one.reason.startswith(why) for one, (_, why) in zip(found, expected, strict=True)] == [True]
    assert found[0].reason.endswith('in quotation marks, and double those inside: """Yes,"" he said."')


def test_what_may_be_prose_is_no_row_in_a_text(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = (
        '"They lost 2,1\nand left.",1,\nHe spoke.,yes, \n"Asked,yes\nhe said.",yes,'
        '"or claim?\na,claim\nend",\nNo.,claim,\n'
    )
    path.write_text(f"text,label,notes\n{rows}", encoding="utf-8")
    assert [one.labels for one in read([path], ["1", "yes", "claim"])] == [
        ("1",),
        ("yes",),
        ("yes",),
        ("claim",),
    ]


def test_quoted_texts_may_hold_marks_and_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = '"""Yes,"" he said,\nand left.",claim\n\n"One, two.",other,,,\nA "third" one.,claim\n'
    path.write_text(f"text,label,group\n{rows}", encoding="utf-8")
    found = [(one.id, one.text) for one in read([path], LABELS)]
    texts = {2: '"Yes," he said, and left.', 5: "One, two.", 6: 'A "third" one.'}
    assert found == [(f"{path}:{number}", text) for number, text in texts.items()]


@pytest.mark.parametrize(
    ("header", "steps"),
    [
        ("text,label,Group", "rename 'Group' to 'group'"),
        (
            "text,label, Article ID,Position",
            "rename ' Article ID' to 'article_id' and rename 'Position' to 'position'",
        ),
        ("text,label,position,article-id", "rename 'article-id' to 'article_id'"),
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_a_column_that_is_nearly_called_as_one_that_is_read_is_told(
    tmp_path: Path, header: str, steps: str, suffix: str
) -> None:
    path, names = tmp_path / f"table.{suffix}", header.split(",")
    row = ["One.", "claim", "1", "2"][: len(names)]
    path.write_text(f"{header}\n{','.join(row)}\n", encoding="utf-8")
    if suffix == "jsonl":
        _jsonl(path, [dict(zip(names, row, strict=True))])
    (problem,) = _problems(path)
    assert problem.reason == f"columns that are not read; {steps}, or leave them out"


def test_a_column_may_be_called_nearly_as_one_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("text,label,Group,group\nOne.,claim,1,Beacon\n", encoding="utf-8")
    (article,) = read([tmp_path / "table.csv"], LABELS)
    assert article.group == "Beacon"


@pytest.mark.parametrize("missing", ["article_id", "position"])
def test_of_an_article_and_a_position_one_alone_is_told(tmp_path: Path, missing: str) -> None:
    rows = [{key: value for key, value in row.items() if key != missing} for row in FLAT]
    path = _jsonl(tmp_path / "flat.jsonl", rows)
    reason = f"no {missing} (nor 'sentences')"
    assert _problems(path) == tuple(Problem(f"{path}:{number}", reason) for number in (1, 2, 3))


def test_a_suffix_in_capitals_is_the_same_suffix(tmp_path: Path) -> None:
    (tmp_path / "T.CSV").write_text("text,label\nOne.,claim\n", encoding="utf-8")
    assert [article.text for article in read([tmp_path / "T.CSV"], LABELS)] == ["One."]


def test_a_field_may_be_longer_than_the_csv_module_likes(tmp_path: Path) -> None:
    text = "The dam held. " * 20_000
    (tmp_path / "flat.csv").write_text(
        f"article_id,position,text,label\na,0,{text},claim\n", encoding="utf-8"
    )
    (article,) = read([tmp_path / "flat.csv"], LABELS)
    assert article.text == text.strip() + "\n"


@pytest.mark.parametrize(("rows", "expected"), [(FLAT, FLAT_ARTICLES), ([ARTICLE], None)])
def test_parquet_is_read_in_both_shapes(
    tmp_path: Path, rows: list[Row], expected: list[GoldArticle] | None
) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.Table.from_pylist(rows), tmp_path / "pages.parquet")
    found = read([tmp_path / "pages.parquet"], LABELS)
    assert found == (expected or read([_jsonl(tmp_path / "a.jsonl", [ARTICLE])], LABELS))


def test_a_byte_order_mark_and_blank_lines_are_no_content(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"\ufeff{json.dumps(ARTICLE)}\r\n\n  \n", encoding="utf-8")
    assert [article.id for article in read([path], LABELS)] == ["a"]


def test_all_problems_are_told_with_their_places(tmp_path: Path) -> None:
    bad = {
        "id": "bad",
        "text": "One.",
        "sentences": [{"start": 0, "end": 5, "label": "opinion"}, {"start": 0}],
    }
    first = _jsonl(tmp_path / "1.jsonl", [ARTICLE, "{", "[1]", bad, {"id": "x", "text": 3, "sentences": []}])
    second = _jsonl(tmp_path / "2.jsonl", [ARTICLE, {"article_id": "f", "position": 1, "text": ""}])
    assert [(problem.place, problem.reason.split(":")[0]) for problem in _problems(first, second)] == [
        (f"{first}:2", "not JSON"),
        (f"{first}:3", "not a JSON object but a list, as Label Studio exports"),
        (f"{first}:4 sentence 0", "span 0 to 5 is not inside the text of 4 characters"),
        (f"{first}:4 sentence 0", "label 'opinion' is not one of claim, other"),
        (f"{first}:4 sentence 1", "needs whole numbers 'start' and 'end'"),
        (f"{first}:5", "an article needs 'id', 'text' (a string) and 'sentences' (a list)"),
        (f"{second}:1", f"id 'a' is already at {first}"),
        (f"{second}:2", "no text, label (nor 'sentences')"),
    ]


def _message(path: Path) -> str:
    with pytest.raises(CorpusError) as refused:
        read([path], LABELS)
    return str(refused.value)


def test_the_message_shows_the_first_few(tmp_path: Path) -> None:
    path = _jsonl(tmp_path / "a.jsonl", [ARTICLE, *("x" * n + "{" for n in range(30))])
    few = _jsonl(tmp_path / "few.jsonl", [ARTICLE, *["{"] * 20])
    assert len(_problems(path)) == 30
    message = _message(path)
    assert message.startswith("30 problems in the corpus:\n")
    assert message.count("not JSON") == 2
    assert f"{path}:2: not JSON: Expecting property name" in message
    assert f"{path}:3 and 28 more: not JSON: Expecting value" in message
    assert message.endswith("\n; fix them and run again")
    assert [f"{few}:{number}: not JSON" in _message(few) for number in range(2, 22)] == [True] * 20


def test_an_unknown_label_is_told_once_and_what_to_do_about_labels_of_ones_own(tmp_path: Path) -> None:
    rows = [
        {"article_id": number, "position": 1, "text": "One.", "label": f"own {number % 25}"}
        for number in range(500)
    ]
    message = _message(_jsonl(tmp_path / "a.jsonl", rows))
    assert message.startswith("500 problems in the corpus:\n")
    assert message.count("is not one of claim, other\n") == 20
    assert "a.jsonl:3 sentence 0 and 19 more: label 'own 2' is not one of claim, other\n" in message
    assert "\n  and 100 more\n; fix them and run again; for labels of your own give a --model" in message
    assert message.endswith("labels in the config")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04\x84\x00", "not UTF-8"),
        (b"%PDF-1.4\n1 0 obj\n<< /Length 9 >>\n\x84", "not "),
        (b"It rained.\nNobody came.\n", "not JSON: Expecting value"),
        (json.dumps([ARTICLE]).encode(), "not a JSON object but a list, as Label Studio exports"),
        (json.dumps([ARTICLE], indent=1).encode(), "not a JSON object but a list, as Label Studio exports"),
    ],
)
def test_what_is_no_corpus_is_one_problem_that_says_what_to_give(
    tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "letter.docx"
    path.write_bytes(content)
    (problem,) = _problems(path)
    assert problem.place.startswith(str(path))
    assert problem.reason.startswith(f"not a corpus ({why}")
    assert problem.reason.endswith(
        "; give articles as JSON lines in UTF-8, or a table of sentences (.csv, .tsv, .parquet)"
    )


def test_bytes_that_are_not_utf_8_do_not_undo_the_articles_before_them(tmp_path: Path) -> None:
    path = _jsonl(tmp_path / "a.jsonl", [ARTICLE, *[""] * 20_000])
    path.write_bytes(path.read_bytes() + b"\xff\n")
    assert _problems(path) == (Problem(str(path), "not UTF-8"),)


@pytest.mark.parametrize(
    ("spans", "reason"),
    [
        ([(0, 4), (3, 9)], "span 3 to 9 begins before the sentence before ends (4)"),
        ([(5, 9), (0, 4)], "span 0 to 4 begins before the sentence before ends (9)"),
        ([(0, 4), (0, 4)], "span 0 to 4 begins before the sentence before ends (4)"),
        ([(0, 17)], "span 0 to 17 is not inside the text of 16 characters"),
        ([(-1, 4)], "span -1 to 4 is not inside the text of 16 characters"),
        ([(4, 4)], "span 4 to 4 is not inside the text of 16 characters"),
        ([(5, 4)], "span 5 to 4 is not inside the text of 16 characters"),
        ([(4, 5)], "span 4 to 5 holds only white space"),
        ([(0.0, 4)], "needs whole numbers 'start' and 'end'"),
        ([(True, 4)], "needs whole numbers 'start' and 'end'"),
        ([("0", "4")], "needs whole numbers 'start' and 'end'"),
    ],
)
def test_spans_that_are_not_in_the_text_are_told(
    tmp_path: Path, spans: Sequence[tuple[Any, Any]], reason: str
) -> None:
    sentences = [{"start": start, "end": end, "label": "claim"} for start, end in spans]
    path = _jsonl(tmp_path / "a.jsonl", [{**ARTICLE, "sentences": sentences}])
    assert _problems(path) == (Problem(f"{path}:1 sentence {len(spans) - 1}", reason),)


@pytest.mark.parametrize("item", [None, 3, "s", [0, 4]])
def test_a_sentence_of_another_shape_is_told(tmp_path: Path, item: object) -> None:
    path = _jsonl(tmp_path / "a.jsonl", [{**ARTICLE, "sentences": [item]}])
    assert _problems(path) == (Problem(f"{path}:1 sentence 0", "needs whole numbers 'start' and 'end'"),)


@pytest.mark.parametrize("position", ["first", [1], "1.5"])
def test_a_position_that_is_no_number_is_told(tmp_path: Path, position: object) -> None:
    path = _jsonl(tmp_path / "flat.jsonl", [FLAT[1], {**FLAT[0], "position": position}])
    assert _problems(path) == (Problem(f"{path}:2", f"its position {position!r} is not a whole number"),)


def test_each_row_with_a_bad_position_is_named_and_the_article_said_once(tmp_path: Path) -> None:
    rows = [FLAT[2], {**FLAT[0], "position": "3a"}, {**FLAT[0], "position": True}, {**FLAT[0], "position": 9}]
    path = _jsonl(tmp_path / "flat.jsonl", rows)
    assert _problems(path) == (
        Problem(f"{path}:2", "its position '3a' is not a whole number"),
        Problem(f"{path}:3", "its position True is not a whole number"),
    )


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_a_position_may_be_written_as_pandas_does(tmp_path: Path, suffix: str) -> None:
    rows = [
        {**row, "text": " ".join(row["text"].split()), "position": f"{row['position']:.2f}"} for row in FLAT
    ]
    path = _jsonl(tmp_path / f"flat.{suffix}", rows)
    if suffix == "csv":
        lines = [",".join(FLAT[0]), *(",".join(f'"{value}"' for value in row.values()) for row in rows)]
        path.write_text("\n".join(lines), encoding="utf-8")
        assert '"9.00"' in lines[3]
    assert read([path], LABELS) == FLAT_ARTICLES


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (
            {"group": "Echo", "position": 1},
            "article '1' has two groups, Bote and Echo: give each article an article_id of its own",
        ),
        (
            {"group": None, "source": "Echo", "position": "1.0"},
            "article '1' has position 1 twice: give each article an article_id, each of its rows a position",
        ),
    ],
)
def test_two_articles_of_one_id_are_told_and_not_fused(tmp_path: Path, second: Row, reason: str) -> None:
    first = {"article_id": 1, "text": "One.", "label": "claim", "group": "Bote"}
    rows = [{**first, "position": 1}, {**first, "position": 2}, first | second, {**first, "position": 3}]
    path = _jsonl(tmp_path / "flat.jsonl", rows)
    assert _problems(path) == (Problem(f"{path}:3", reason),)


@pytest.mark.parametrize("article", ["article_id,position,", ""])
@pytest.mark.parametrize(
    ("column", "value", "group"),
    [
        ("group", "0", "0"),
        ("group", "Echo", "Echo"),
        ("group,source", "Echo,the minister", "Echo"),
    ],
)
def test_the_group_of_a_table_is_what_it_says(
    tmp_path: Path, article: str, column: str, value: str, group: str
) -> None:
    rows = f"{article}{column},text,label\n{'a,1,' if article else ''}{value},One.,claim\n"
    (tmp_path / "table.csv").write_text(rows, encoding="utf-8")
    assert [one.group for one in read([tmp_path / "table.csv"], LABELS)] == [group]


@pytest.mark.parametrize("name", ["label", "text", "group", "position"])
def test_two_columns_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "table.csv").write_text(f"text;label;{name};{name}\nOne.;claim;a;b\n", encoding="utf-8")
    (problem,) = _problems(tmp_path / "table.csv")
    reason = f"two of its columns are called {name!r}; rename one, in the first line"
    assert problem == Problem(f"{tmp_path / 'table.csv'}:1", f"cannot be read: {reason}")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_rows_of_separators_only_are_blank(tmp_path: Path, mark: str) -> None:
    rows = ["text,label,group", "One.,claim,Echo", ",,", " ,,", "Two.,other,Echo", ",,", ",,"]
    (tmp_path / "table.csv").write_text("\r\n".join(rows).replace(",", mark), encoding="utf-8")
    found = [(one.id[-2:], one.text) for one in read([tmp_path / "table.csv"], LABELS)]
    assert found == [(":2", "One."), (":5", "Two.")]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_any_label_behind_what_is_no_comma_tells_of_a_swallowed_row(tmp_path: Path, mark: str) -> None:
    rows = ["text,label", '"Yes it is.,A', "No it isn't.\",B", "Good.,A"]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(rows).replace(",", mark), encoding="utf-8")
    with pytest.raises(CorpusError) as refused:
        read([path], ("A", "B"))
    (problem,) = refused.value.problems
    assert problem.place == f"{path}:2"
    assert problem.reason.startswith("lines 2 to 3 are one row, for a quotation mark begins a text;")


def test_a_label_in_other_unicode_characters_is_the_same_label(tmp_path: Path) -> None:
    labels, split_up = ("\u00c4u\u00dferung", "other"), "A\u0308u\u00dferung"
    path = _jsonl(tmp_path / "a.jsonl", [{"text": "One.", "label": split_up}])
    assert [one.labels for one in read([path], labels)] == [labels[:1]]
    assert [one.labels for one in read([path], (split_up, "other"))] == [(split_up,)]
    _jsonl(path, [{"text": "One.", "label": labels[0]}])
    assert [one.labels for one in read([path], (split_up, "other"))] == [(split_up,)]


def test_a_number_as_label_is_told_to_be_written_as_a_text(tmp_path: Path) -> None:
    path = _jsonl(tmp_path / "a.jsonl", [{"text": "One.", "label": 1}, {"text": "Two.", "label": 2}])
    with pytest.raises(CorpusError) as refused:
        read([path], ("0", "1"))
    assert [one.reason for one in refused.value.problems] == [
        'label 1 is a number: write "1", for labels are texts',
        "label 2 is not one of 0, 1",
    ]


def test_a_flat_sentence_of_white_space_is_told_at_its_row(tmp_path: Path) -> None:
    path = _jsonl(tmp_path / "flat.jsonl", [FLAT[2], {**FLAT[0], "text": " \n"}])
    assert _problems(path) == (Problem(f"{path}:2", "no text (nor 'sentences')"),)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kinds": 5}, "its 'kinds' are no list with one for each line of its text"),
        ({"kinds": ["line"] * 9}, "its 'kinds' are no list with one for each line of its text"),
        ({"sentences": [{"start": 0, "end": 4, "label": "claim", "targets": 5}]}, "its targets are no list"),
    ],
)
def test_fields_of_another_shape_are_problems(tmp_path: Path, fields: dict[str, Any], reason: str) -> None:
    (problem,) = _problems(_jsonl(tmp_path / "bad.jsonl", [ARTICLE | fields]))
    assert problem.reason == reason


@pytest.mark.parametrize("name", ["bad.jsonl", "bad.csv", "bad.parquet"])
@pytest.mark.parametrize("content", [None, b"\xff\xfe\xfd"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, content: bytes | None) -> None:
    good = _jsonl(tmp_path / "good.jsonl", ["{"])
    if content:
        (tmp_path / name).write_bytes(content)
    bad, after = _problems(tmp_path / name, good)
    assert bad.place.startswith(str(tmp_path / name))
    assert bad.reason.startswith(("cannot be read: ", "not a corpus (not UTF-8)"))
    assert after.place == f"{good}:1"


def test_deep_json_is_told(tmp_path: Path) -> None:
    (problem,) = _problems(_jsonl(tmp_path / "a.jsonl", ["[" * 100_000]))
    assert problem.reason.startswith("not a corpus (not JSON")


def _pages() -> st.SearchStrategy[list[GoldArticle]]:
    labels = st.lists(st.sampled_from(LABELS), max_size=6).map(tuple)
    page = st.builds(GoldArticle, st.just(""), st.just(""), st.just(()), labels, st.sampled_from("ABCDEFG"))
    return st.lists(page, max_size=30)


@given(_pages(), st.integers(2, 6), st.integers(0, 9))
def test_folds_split_no_group(pages: list[GoldArticle], count: int, seed: int) -> None:
    found = folds(pages, count, seed)
    assert len(found) == len(pages)
    assert set(found) <= set(range(count))
    of_group = defaultdict(set)
    for page, fold in zip(pages, found, strict=True):
        of_group[page.group].add(fold)
    assert all(len(numbers) == 1 for numbers in of_group.values())


@given(_pages(), st.integers(2, 6), st.integers(0, 9))
def test_folds_do_not_depend_on_the_order_of_articles(
    pages: list[GoldArticle], count: int, seed: int
) -> None:
    assert folds(pages, count, seed) == folds(pages[::-1], count, seed)[::-1]


def test_folds_change_with_the_seed(articles: list[GoldArticle]) -> None:
    assert len({tuple(folds(articles, 4, seed)) for seed in range(8)}) > 1


@given(st.integers(0, 99))
def test_folds_keep_labels_in_proportion(seed: int) -> None:
    labels = [("claim",) * 5] * 4 + [("other",) * 5] * 4
    pages = [GoldArticle("", "", (), labels[number], f"group {number}") for number in range(8)]
    found = folds(pages, 4, seed)
    assert sorted(found[:4]) == sorted(found[4:]) == [0, 1, 2, 3]
