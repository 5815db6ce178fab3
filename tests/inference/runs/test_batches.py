"""The callable for pipelines of one's own: the same rows from every kind of batch, and never an exception."""

import pickle
import re
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from newsroles import html_to_text
from newsroles.errors import MissingExtra, UsageError
from newsroles.model.labeller import Labeller
from newsroles.runs import batches as scale
from newsroles.runs.batches import LabelBatches

pd = pytest.importorskip("pandas", reason="needs the extra ray, which brings it")
pa = pytest.importorskip("pyarrow", reason="needs the extra parquet")

DOCS = Path(__file__).parents[3] / "docs" / "use" / "scale.md"
TEXTS = ["Share this story\nThe mill was built in 18.", "", None, "The tower will cost 3 million crowns."]
WRAPPED = textwrap.fill("The council voted on Monday to close the bridge, which was unsafe. " * 9, 60)
IDS = ["a", "b", "c", "d"]


@pytest.fixture(scope="module")
def batches(bundle_folder: Path) -> LabelBatches:
    return LabelBatches(bundle_folder)


@pytest.mark.parametrize(
    "batch",
    [
        {"id": IDS, "text": TEXTS},
        {"id": np.array(IDS), "text": np.array(TEXTS, object), "shape": np.zeros((4, 2))},
        pa.table({"id": IDS, "text": TEXTS}),
        pa.record_batch({"id": IDS, "text": TEXTS}),
        pd.DataFrame({"id": IDS, "text": TEXTS}, index=[3, 5, 7, 9]),
    ],
    ids=["lists", "numpy", "arrow", "record batch", "pandas"],
)
def test_a_batch_of_any_kind_comes_back_with_its_labels(
    batches: LabelBatches, labeller: Labeller, batch: Any
) -> None:
    rows = batches(batch).to_pylist()
    assert [row["id"] for row in rows] == IDS
    assert {row["model"] for row in rows} == {labeller.bundle.model_id}
    for row in (rows[0], rows[3]):
        assert row["error"] == ""
        assert row["sentences"] == labeller.label(row["text"]).to_dict()["sentences"]
    assert [row["sentences"] for row in rows[1:3]] == [[], []]
    assert rows[1]["error"] == "empty: the field 'text' holds no text; leave the record out, or fill it in"
    assert rows[2]["error"] == "the field 'text' is no string; give the article's text as one string"


NAN = float("nan")
MILL = "The mill was built in 18."
NO_STRING = "the field 'text' is no string; give the article's text as one string"


@pytest.mark.parametrize(
    "texts",
    [
        [MILL, NAN],
        np.array([MILL, NAN], object),
        [MILL, 3],
        [MILL, ["The", "mill"]],
        np.array([MILL, {"a": NAN}], object),
        [MILL, 2**70],
        pa.array([MILL, None]),
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", [dict, pd.DataFrame])
def test_what_is_no_text_fails_alone_whatever_it_is(batches: LabelBatches, texts: Any, kind: Any) -> None:
    table = batches(kind({"text": texts, "id": ["a", "b"]}))
    assert table["error"].to_pylist() == ["", NO_STRING]
    assert table["text"].to_pylist() == [MILL, None]
    assert table["id"].to_pylist() == ["a", "b"]
    assert [len(sentences) for sentences in table["sentences"].to_pylist()] == [1, 0]


@pytest.mark.parametrize("kind", [dict, lambda columns: pd.DataFrame(columns, dtype=object)])
def test_surrogates_are_labelled_as_a_table_has_them(batches: LabelBatches, kind: Any) -> None:
    texts = [f"\ud800 {MILL}", f"\ud83d\ude00 {MILL}", None]
    table = batches(kind({"text": texts, "by": ["\udfff", "Bo", None]}))
    assert table["text"].to_pylist() == [f"\ufffd {MILL}", f"\U0001f600 {MILL}", None]
    assert table["by"].to_pylist() == ["\ufffd", "Bo", None]
    assert table["error"].to_pylist() == ["", "", NO_STRING]
    for text, sentences in zip(table["text"].to_pylist(), table["sentences"].to_pylist(), strict=True):
        assert [text[one["start"] : one["end"]] for one in sentences] == [one["text"] for one in sentences]


def test_a_text_that_is_not_utf_8_fails_alone(batches: LabelBatches) -> None:
    written = pa.array([MILL.encode(), b"\xff"])
    text = pa.StringArray.from_buffers(2, *written.buffers()[1:])
    rows = batches(pa.table({"text": text}))["error"].to_pylist()
    assert rows == ["", "not UTF-8 at byte 0 of the text; write the column anew"]


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        (["a", NAN], ["a", None]),
        ([1.5, NAN], [1.5, None]),
        (["a", 3, None], ["a", "3", None]),
        ([[1], {"a": "\ud800"}], ["[1]", '{"a": "\ufffd"}']),
        (np.zeros((2, 1, 2), np.float32), [[[0, 0]]] * 2),
        (np.array([np.zeros((1, 2)), np.zeros((2, 1))], object), ["[[0.0, 0.0]]", "[[0.0], [0.0]]"]),
        (pa.chunked_array([[1], [2]]), [1, 2]),
    ],
)
def test_other_columns_come_back_with_their_values(batches: LabelBatches, values: Any, kept: Any) -> None:
    table = batches({"text": [MILL] * len(kept), "x": values})
    assert table["x"].to_pylist() == kept
    assert set(table["error"].to_pylist()) == {""}


def test_columns_are_named_by_strings(batches: LabelBatches) -> None:
    assert batches({"text": [MILL], 0: ["a"], "\ud800": ["b"]}).column_names[:3] == ["text", "0", "\ufffd"]


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        ([MILL], "a DataFrame of pandas; this is of type list; make one of it"),
        (None, "this is None"),
        (pd.Series([MILL]), "this is of type Series"),
        ({"text": MILL}, "the column 'text' is one value, of type str; give lists"),
        ({"text": 3}, "the column 'text' is one value, of type int"),
        ({"text": [MILL, 3], "x": [{(): 1}, 2]}, "the column 'x': a field that JSON cannot hold"),
    ],
)
def test_what_is_no_batch_is_refused(batches: LabelBatches, batch: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        batches(batch)


def test_a_page_that_trips_a_bug_is_a_row_too(bundle_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Labeller, "label", lambda *_: 1 / 0)
    (row,) = LabelBatches(bundle_folder)({"text": ["One."]}).to_pylist()
    assert "ZeroDivisionError" in row["error"]


def test_offsets_point_into_the_text_or_what_is_made_of_its_html(batches: LabelBatches) -> None:
    texts = ["The mill was built in 18.", "<p>The <b>mill</b> was built in 18.<p>Share this story"]
    for text, row in zip(texts, batches({"text": texts}).to_pylist(), strict=True):
        laid_out = html_to_text(text) if text.startswith("<p>") else text
        assert [laid_out[each["start"] : each["end"]] for each in row["sentences"]] == laid_out.split("\n")


def test_the_types_are_the_same_in_every_batch(batches: LabelBatches) -> None:
    schemas = [batches({"text": texts}).schema for texts in (["One."], [""])]
    assert schemas[0] == schemas[1]


def test_columns_that_are_missing_or_taken_are_refused(batches: LabelBatches, bundle_folder: Path) -> None:
    with pytest.raises(UsageError, match=r"no column 'text'; there are \['body'\]"):
        batches({"body": ["One."]})
    with pytest.raises(UsageError, match=r"\['error', 'model'\] already"):
        batches({"text": ["One."], "model": ["x"], "error": ["y"]})
    assert LabelBatches(bundle_folder, text_field="body")({"body": ["One."]}).num_rows == 1


def test_it_travels_to_other_processes_as_what_to_load(bundle_folder: Path) -> None:
    packed = pickle.dumps(
        LabelBatches(bundle_folder, text_field="body", min_confidence=0.99999, unwrap=False)
    )
    assert len(packed) < 2_000  # and so no model
    (row,) = pickle.loads(packed)({"body": [WRAPPED]}).to_pylist()  # noqa: S301 - packed above
    assert row["sentences"][0]["uncertain"]
    assert all(len(sentence["text"].splitlines()) == 1 for sentence in row["sentences"])


def test_without_pyarrow_it_says_what_to_install(
    bundle_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent() -> None:
        raise MissingExtra("pyarrow", "parquet")

    monkeypatch.setattr(scale, "arrow", absent)
    with pytest.raises(MissingExtra, match=r"pip install .*\[parquet\]'"):
        LabelBatches(bundle_folder)


def test_the_example_for_datasets_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets", reason="needs the extra train")

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.chdir(tmp_path)
    datasets.disable_progress_bars()
    rows = [f'{{"id": "{name}", "text": {text}}}\n' for name, text in (("a", '"One. Two."'), ("b", '""'))]
    Path("pages.jsonl").write_text("".join(rows))
    (code,) = re.findall(r"```python\n(from datasets .*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    exec(code, {})  # noqa: S102 - our own page
    found = pd.read_parquet("labelled.parquet")
    assert [(row.id, len(row.sentences), bool(row.error)) for row in found.itertuples()] == [
        ("a", 2, False),
        ("b", 0, True),
    ]


def test_what_spark_is_given_fits_the_schema_that_it_is_told(batches: LabelBatches) -> None:
    (told,) = re.findall(r'schema = """(.*?)"""', DOCS.read_text(encoding="utf-8"), re.DOTALL)
    table = batches({"id": IDS, "text": TEXTS})
    assert re.sub(r"\s+", " ", told.replace("`", "")).strip() == ", ".join(map(_in_spark, table.schema))
    frame = table.to_pandas()  # which Spark makes Arrow of again, with that schema
    assert pa.Table.from_pandas(frame, table.schema).to_pylist() == table.to_pylist()


def _in_spark(field: Any) -> str:
    return f"{field.name} {_type_in_spark(field.type)}"


def _type_in_spark(type_: Any) -> str:
    if pa.types.is_list(type_):
        return f"array<{_type_in_spark(type_.value_type)}>"
    if pa.types.is_struct(type_):
        fields = (f"{field.name}: {_type_in_spark(field.type)}" for field in type_)
        return f"struct<{', '.join(fields)}>"
    return {"int32": "int", "bool": "boolean"}.get(str(type_), str(type_))
