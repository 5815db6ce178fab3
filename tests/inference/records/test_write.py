"""Lines that any reader takes, and tables that hold the same."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.extras import needs_parquet

from newsroles.articles import Article, Mention
from newsroles.records import write
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.records.schema import ARTICLE, SENTENCE, columns, in_table
from newsroles.records.write import CsvTable, rows, sentences_type, to_line, write_csv, write_parquet

LABELS = ("claim", "boilerplate")


def page(*texts: str, index: int = 0, **fields: Any) -> LabelledArticle:
    text = "\n".join(texts)
    sentences, start = [], 0
    for at, part in enumerate(texts):
        sides = {LABELS[at % 2]: 0.75004, LABELS[1 - at % 2]: 0.24996}
        kind = ("paragraph", "comment", "line")[at % 3]
        sentences.append(
            LabelledSentence(start, start + len(part), part, LABELS[at % 2], sides, at == 1, kind=kind)
        )
        start += len(part) + 1
    own = {"title": 'Café: a "headline"', "url": "https://news.example/1"}
    article = Article(text, "an id", "a/source.txt", index, fields=fields, **own)
    return LabelledArticle(article, "stub@1", tuple(sentences))


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "out.part"
    pages = [page('One, "two".', "Café."), page(index=1), page("Lone \ud800.", "=1+1", "\x1b[2J", index=2)]
    path.write_bytes(b"".join(to_line(each.to_dict()) for each in pages))
    return path


def test_what_rows_share_is_cleaned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned: list[str] = []
    monkeypatch.setattr(write, "in_table", lambda text: cleaned.append(text) or in_table(text))
    made = list(rows(page(*["One."] * 9, note="lone \ud800").to_dict()))
    assert [row["note"] for row in made] == ["lone \ufffd"] * 9
    assert cleaned.count("lone \ud800") == 1


def test_a_number_that_is_none_is_null() -> None:
    line = to_line({"id": "é", "values": [1.5, float("nan"), {"p": float("-inf")}]})
    assert line == b'{"id": "\xc3\xa9", "values": [1.5, null, {"p": null}]}\n'


@given(st.text(st.characters(codec=None)))
def test_a_line_is_one_line_of_utf_8_that_no_terminal_obeys(text: str) -> None:
    line = to_line({"text": text})
    assert json.loads(line) == {"text": text}
    shown = line.decode("utf-8")
    assert shown.splitlines() == [shown[:-1]]
    assert all(character.isprintable() or not character.isascii() for character in shown[:-1])
    assert not set(shown) & set("\x9b\u202e\u2066\x85\u2028")


def test_a_carriage_return_in_a_field_is_quoted(lines: Path, tmp_path: Path) -> None:
    record = json.loads(lines.read_bytes().splitlines()[0])
    lines.write_text(json.dumps(record | {"note": "x\ry"}) + "\n", encoding="utf-8")
    write_csv(lines, tmp_path / "out.csv", LABELS)
    data = (tmp_path / "out.csv").read_bytes().decode("utf-8")
    assert "\r\n" not in data
    read = list(csv.DictReader(io.StringIO(data, newline="")))
    assert [row["note"] for row in read] == ["x\ry"] * len(record["sentences"])


def test_a_row_a_sentence_in_csv(lines: Path, tmp_path: Path) -> None:
    write_csv(lines, tmp_path / "out.csv", LABELS)
    data = (tmp_path / "out.csv").read_bytes().decode("utf-8")
    first, *rest = csv.DictReader(io.StringIO(data, newline=""))
    assert list(first) == list(columns(LABELS))
    assert first == {
        "id": "an id",
        "source": "a/source.txt",
        "index": "0",
        "model": "stub@1",
        "start": "0",
        "end": "11",
        "text": 'One, "two".',
        "label": "claim",
        "p_claim": "0.75",
        "p_boilerplate": "0.25",
        "truncated": "False",
        "uncertain": "False",
        "title": 'Café: a "headline"',
        "url": "https://news.example/1",
        "date": "",
        "kind": "paragraph",
        "speaker": "",
        "targets": "",
    }
    assert [row["text"] for row in rest] == ["Café.", "Lone \ufffd.", "=1+1", "\x1b[2J"]


def test_a_row_a_sentence_in_parquet_with_types_in_row_groups(
    lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "ROW_GROUP", 2)
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    write_parquet(lines, tmp_path / "out.parquet", LABELS)
    assert parquet.read_metadata(tmp_path / "out.parquet").num_row_groups == 3
    table = parquet.read_table(tmp_path / "out.parquet")
    types = {field.name: str(field.type).replace("float", "float32") for field in table.schema}
    assert types == columns(LABELS)
    records = map(json.loads, lines.read_bytes().splitlines())
    expected: list[dict[str, Any]] = [row for values in records for row in rows(values)]
    assert table["text"].to_pylist() == [row["text"] for row in expected]
    assert table["p_claim"].to_pylist() == pytest.approx([row["p_claim"] for row in expected])


def test_row_groups_are_smaller_where_rows_are_large(
    lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    large = tmp_path / "large.jsonl"
    more = [json.loads(line) | {"html": "x" * 400} for line in lines.read_bytes().splitlines()]
    large.write_bytes(b"".join(map(to_line, more)))
    monkeypatch.setattr(write, "GROUP_SIZE", 1_000)
    for path, groups in ((lines, 1), (large, 2)):
        write_parquet(path, tmp_path / "out.parquet", LABELS)
        assert parquet.read_metadata(tmp_path / "out.parquet").num_row_groups == groups


def test_a_field_whose_name_no_table_can_hold_has_a_column(lines: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd.jsonl"
    odd.write_bytes(to_line(json.loads(lines.read_bytes().splitlines()[0]) | {"k\ud83d": 1}))
    write_csv(odd, tmp_path / "out.csv", LABELS)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["k\ufffd"] == "1"
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    write_parquet(odd, tmp_path / "out.parquet", LABELS)
    assert parquet.read_table(tmp_path / "out.parquet")["k\ufffd"][0].as_py() == "1"


def test_nothing_to_write_is_a_table_with_columns(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    (tmp_path / "none").touch()
    write_parquet(tmp_path / "none", tmp_path / "out.parquet", LABELS)
    assert parquet.read_table(tmp_path / "out.parquet").column_names == list(columns(LABELS))
    file = io.StringIO()
    CsvTable(file, LABELS).close()
    assert file.getvalue() == ",".join(columns(LABELS)) + "\n"


def test_what_else_the_input_held_stands_last_and_never_over_ours() -> None:
    given = {
        "day": "2024-05-01",
        "source": "AP",
        "label": 3,
        "input_source": None,
        "p_x": [1],
        "sentences": "s",
    }
    values = page("One.", **given).to_dict()
    ours = [*(field.name for field in ARTICLE), "sentences"]
    assert list(values)[: len(ours)] == ours
    assert {name: value for name, value in values.items() if name not in ours} == {
        "day": "2024-05-01",
        "input_source": None,
        "input_input_source": "AP",
        "input_label": 3,
        "input_p_x": [1],
        "input_sentences": "s",
    }
    assert values["source"] == "a/source.txt"


def test_a_table_has_the_texts_of_speakers_and_targets_and_json_where_they_stand() -> None:
    said = page("Ann blames Bo and Cy.", "None.")
    who = {"speaker": Mention("Ann", 0, 3), "targets": (Mention("Bo", 11, 13), Mention("Cy", 18, 20, True))}  # noqa: FBT003
    said = replace(said, sentences=(replace(said.sentences[0], **who), said.sentences[1]))
    values = said.to_dict()
    assert [(row["speaker"], row["targets"]) for row in rows(values)] == [("Ann", "Bo; Cy"), (None, None)]
    first, second = values["sentences"]
    assert first["speaker"] == {"text": "Ann", "start": 0, "end": 3, "resolved": False}
    assert first["targets"][1] == {"text": "Cy", "start": 18, "end": 20, "resolved": True}
    assert (second["speaker"], second["targets"]) == (None, [])


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.part"
    pages = [
        page("One.", day="2024", tags=["a", "é"]),
        page("Two.", label=None),
        page("Three.", day="=1\ud800"),
    ]
    path.write_bytes(b"".join(to_line(each.to_dict()) for each in pages))
    return path


def test_a_table_has_a_column_for_every_other_field_of_any_input(mixed: Path, tmp_path: Path) -> None:
    write_csv(mixed, tmp_path / "out.csv", LABELS)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    names = ["day", "tags", "input_label"]
    assert list(table[0])[-3:] == names
    assert [[row[name] for name in names] for row in table] == [
        ["2024", '["a", "é"]', ""],
        ["", "", ""],
        ["=1\ufffd", "", ""],
    ]
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    write_parquet(mixed, tmp_path / "out.parquet", LABELS)
    columns_ = parquet.read_table(tmp_path / "out.parquet").select(names).to_pydict()
    assert columns_ == {
        "day": ["2024", None, "=1\ufffd"],
        "tags": ['["a", "é"]', None, None],
        "input_label": [None, None, None],
    }


def test_a_stream_has_the_columns_of_its_first_record(mixed: Path) -> None:
    file = io.StringIO()
    table = CsvTable(file, LABELS)
    for line in mixed.read_bytes().splitlines():
        table.write(json.loads(line))
    table.close()
    first, *rest = csv.DictReader(io.StringIO(file.getvalue()))
    assert list(first)[-2:] == ["day", "tags"]
    assert [row["day"] for row in rest] == ["", "=1\ufffd"]


@needs_parquet
def test_a_pipeline_has_the_types_of_sentences() -> None:
    fields = {field.name: str(field.type) for field in sentences_type(LABELS).value_type}
    probabilities = "struct<claim: double, boilerplate: double>"
    mention = "struct<text: string, start: int32, end: int32, resolved: bool>"
    nested = {"probabilities": probabilities, "speaker": mention, "targets": f"list<item: {mention}>"}
    assert fields == {field.name: nested.get(field.name, field.column) for field in SENTENCE}
