"""Lines that any reader takes, and tables that hold the same."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroles.articles import Article, LabelledArticle, LabelledSentence
from newsroles.records import write
from newsroles.records.schema import columns, record
from newsroles.records.write import csv_writer, rows, to_line, write_csv, write_parquet

LABELS = ("claim", "boilerplate")


def page(*texts: str, index: int = 0) -> LabelledArticle:
    text = "\n".join(texts)
    sentences, start = [], 0
    for at, part in enumerate(texts):
        sides = {LABELS[at % 2]: 0.75004, LABELS[1 - at % 2]: 0.24996}
        sentences.append(LabelledSentence(start, start + len(part), part, LABELS[at % 2], sides, at == 1))
        start += len(part) + 1
    return LabelledArticle(Article(text, "an id", "a/source.txt", index), "stub@1", tuple(sentences))


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "out.part"
    pages = [page('One, "two".', "Café."), page(index=1), page("Lone \ud800.", "=1+1", "\x1b[2J", index=2)]
    path.write_bytes(b"".join(to_line(record(each)) for each in pages))
    return path


@given(st.text(st.characters(codec=None)))
def test_a_line_is_one_line_of_utf_8_that_no_terminal_obeys(text: str) -> None:
    line = to_line({"text": text})
    assert json.loads(line) == {"text": text}
    shown = line.decode("utf-8")
    assert shown.splitlines() == [shown[:-1]]
    assert all(character.isprintable() or not character.isascii() for character in shown[:-1])
    assert not set(shown) & set("\x9b\u202e\u2066\x85\u2028")


def test_a_record_has_only_the_labels_asked_for() -> None:
    sentences = record(page("One.", "Two.", "Three."), {"claim"})["sentences"]
    assert [sentence["text"] for sentence in sentences] == ["One.", "Three."]


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


def test_nothing_to_write_is_a_table_with_columns(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    (tmp_path / "none").touch()
    write_parquet(tmp_path / "none", tmp_path / "out.parquet", LABELS)
    assert parquet.read_table(tmp_path / "out.parquet").column_names == list(columns(LABELS))
    file = io.StringIO()
    csv_writer(file, LABELS)
    assert file.getvalue() == ",".join(columns(LABELS)) + "\n"
