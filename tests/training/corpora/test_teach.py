"""A teacher's word beside each label: from a bundle, or from a file of what it said."""

import gzip
import json
import re
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from tests.lines import write_lines
from typer.testing import CliRunner, Result

from newsroles.errors import BundleError, UsageError
from newsroles.labels import DEFAULT_LABELS
from newsroles.model.bundle import sha256
from newsroles.model.labeller import Labeller
from newsroles.records.write import to_line
from newsroles_training.cli.app import app
from newsroles_training.corpora.teach import teach, teacher
from newsroles_training.data.corpus import read
from newsroles_training.data.problems import Problem
from newsroles_training.evaluation.alignment import score


def test_a_bundle_s_probabilities_stand_beside_the_labels(
    corpus_file: Path, bundle_folder: Path, labeller: Labeller
) -> None:
    problems: list[Problem] = []
    rows = list(teach(corpus_file, [teacher(bundle_folder, DEFAULT_LABELS)], DEFAULT_LABELS, problems))
    articles = read([corpus_file], DEFAULT_LABELS)
    assert not problems
    assert [row["id"] for row in rows] == [article.id for article in articles]
    expected = score(labeller, articles[3]).probabilities
    for sentence, probabilities, label in zip(
        rows[3]["sentences"], expected, articles[3].labels, strict=True
    ):
        assert sentence["label"] == label
        assert list(sentence["probabilities"].values()) == pytest.approx(probabilities.tolist(), abs=1e-4)


def test_a_file_of_probabilities_teaches_the_same_and_what_it_lacks_is_reported(
    corpus_file: Path, bundle_folder: Path, tmp_path: Path
) -> None:
    one = teacher(bundle_folder, DEFAULT_LABELS)
    rows = list(teach(corpus_file, [one], DEFAULT_LABELS, []))
    said = tmp_path / "said"  # a packed file is known by its bytes
    with gzip.open(said, "wt", encoding="utf-8") as file:
        for row in rows[1:]:
            probabilities = [list(each["probabilities"].values()) for each in row["sentences"]]
            file.write(json.dumps({"id": row["id"], "probabilities": probabilities}) + "\n")
        file.write(json.dumps({"id": "page-0", "probabilities": None}) + "\n")  # which says nothing
    with pytest.raises(BundleError, match="gone"):
        teacher(tmp_path / "gone.jsonl.gz", DEFAULT_LABELS)
    problems: list[Problem] = []
    again = list(teach(corpus_file, [teacher(said, DEFAULT_LABELS), one], DEFAULT_LABELS, problems))
    assert again == rows[1:]
    assert [problem.place.split()[-1] for problem in problems] == ["page-0"]


@pytest.mark.parametrize(
    "content",
    [b"text", b"[1]", b'{"id": "a"}', b'{"id": "a", "probabilities": "x"}', gzip.compress(b"{}\n")[:-9]],
)
def test_a_file_of_another_shape_is_no_teacher(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "said.jsonl"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"said.jsonl: no teacher's probabilities: .*JSON lines of"):
        teacher(path, DEFAULT_LABELS)


def test_a_web_page_that_is_taught_keeps_its_kinds(labeller: Labeller, tmp_path: Path) -> None:
    page = labeller.label_html("<nav><a href=/>Share</a></nav><h1>Mill floods</h1><p>It cost 9 crowns.")
    records = tmp_path / "records.jsonl"
    records.write_bytes(to_line(page.to_dict()) + b'{"text": "a row that is reported", "sentences": []}\n')
    problems: list[Problem] = []
    rows = teach(records, [lambda article: score(labeller, article).probabilities], DEFAULT_LABELS, problems)
    (row,) = rows
    assert [one["kind"] for one in row["sentences"]] == ["navigation", "title", "paragraph"]
    assert [problem.place for problem in problems] == [f"{records}:2"]


def test_of_two_articles_with_one_id_the_first_is_taught(labeller: Labeller, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    rows = [
        {"id": "a", "text": text, "sentences": [{"start": 0, "end": len(text), "label": "claim"}]}
        for text in ("The cat sat.", "A dog ran.")
    ]
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    problems: list[Problem] = []
    taught = teach(corpus, [lambda one: score(labeller, one).probabilities], DEFAULT_LABELS, problems)
    assert [row["text"] for row in taught] == ["The cat sat."]
    assert [problem.place for problem in problems] == [f"{corpus}:2"]


def test_a_model_that_ships_teaches_by_its_name(corpus_file: Path) -> None:
    article = read([corpus_file], DEFAULT_LABELS)[0]
    shipped = score(Labeller.load("fast"), article).probabilities
    assert teacher(Path("fast"), DEFAULT_LABELS)(article).tolist() == shipped.tolist()


def test_the_command_writes_what_fit_reads(corpus_file: Path, bundle_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "taught.jsonl"
    asked = ["distil", str(corpus_file), "--teacher", str(bundle_folder), "-o", str(out)]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    taught = read([out], DEFAULT_LABELS)
    assert all(sum(each) == pytest.approx(1, abs=1e-3) for article in taught for each in article.soft)
    assert CliRunner().invoke(app, asked).exit_code == 2


def _distil(*arguments: str | Path) -> Result:
    return CliRunner(env={"COLUMNS": "200", "TERM": "dumb"}).invoke(app, ["distil", *map(str, arguments)])


@pytest.fixture
def own_corpus(tmp_path: Path) -> Path:
    """Write a page with labels of one's own, and a file of a teacher's probabilities of these."""
    text = "They voted. It was moved."
    spans = [(0, 11, "vote"), (12, 25, "motion")]
    sentences = [{"start": start, "end": end, "label": label} for start, end, label in spans]
    said = {"id": "a", "probabilities": [[0.9, 0.1], [0.2, 0.8]]}
    write_lines(tmp_path / "said.jsonl", said)
    return write_lines(tmp_path / "own.jsonl", {"id": "a", "text": text, "sentences": sentences})


def _renamed(text: str) -> str:
    return re.sub(f'"({"|".join(DEFAULT_LABELS)})"', r'"my \1"', text)


def test_a_model_of_labels_of_one_s_own_teaches_these(
    corpus_file: Path, bundle_folder: Path, labeller: Labeller, tmp_path: Path
) -> None:
    corpus, out = tmp_path / "own.jsonl", tmp_path / "taught.jsonl"
    corpus.write_text(_renamed(corpus_file.read_text(encoding="utf-8")), encoding="utf-8")
    bundle = Path(shutil.copytree(bundle_folder, tmp_path / "bundle"))
    graph, manifest = bundle / "model.onnx", bundle / "bundle.json"
    model, before = onnx.load(graph), sha256(graph)
    for note in model.metadata_props:
        note.value = _renamed(note.value)
    onnx.save(model, graph)
    said = _renamed(manifest.read_text(encoding="utf-8")).replace(before, sha256(graph))
    manifest.write_text(said, encoding="utf-8")
    done = _distil(corpus, "--teacher", bundle, "-o", out)
    assert done.exit_code == 0, done.stderr
    expected = score(labeller, read([corpus_file], DEFAULT_LABELS)[0]).probabilities
    taught = read([out], [f"my {label}" for label in DEFAULT_LABELS])[0].soft
    np.testing.assert_allclose(taught, expected, atol=1e-4)


def test_a_file_teaches_labels_of_one_s_own_by_their_names(own_corpus: Path, tmp_path: Path) -> None:
    out, said = tmp_path / "taught.jsonl", tmp_path / "said.jsonl"
    done = _distil(own_corpus, "--teacher", said, "--labels", "vote, motion", "-o", out)
    assert done.exit_code == 0, done.stderr
    (article,) = read([out], ("vote", "motion"))
    assert article.soft == ((0.9, 0.1), (0.2, 0.8))


def test_teachers_of_other_labels_are_refused(own_corpus: Path, bundle_folder: Path, tmp_path: Path) -> None:
    said, out = tmp_path / "said.jsonl", tmp_path / "taught.jsonl"
    mixed = _distil(own_corpus, "--teacher", bundle_folder, "--labels", "vote,motion", "-o", out)
    default = ", ".join(DEFAULT_LABELS)
    assert f"{bundle_folder}: its labels are {default}, not vote, motion; give teachers" in mixed.stderr
    narrow = _distil(own_corpus, "--teacher", said, "--teacher", bundle_folder, "-o", out)
    assert f"{said}: probabilities of 2 labels, where there are {default}; name the labels" in narrow.stderr
    assert (mixed.exit_code, narrow.exit_code, out.exists()) == (2, 2, False)


def test_nothing_is_written_where_nothing_is_taught(bundle_folder: Path, tmp_path: Path) -> None:
    rows, out = tmp_path / "own.csv", tmp_path / "taught.jsonl"
    rows.write_text("text,label\n" + "They voted.,vote\n" * 40, encoding="utf-8")
    out.write_text("good", encoding="utf-8")
    options = ("--teacher", bundle_folder, "-o", out, "--overwrite")
    unknown = _distil(rows, *options)
    first, last = unknown.stderr.splitlines()
    assert f"{rows}:2 sentence 0 and 39 more: label 'vote' is not one of claim" in first
    assert f"{rows}: nothing of it is written; give a corpus labelled claim, " in last
    absent = _distil(tmp_path / "gone.jsonl", *options)
    assert "does not exist" in " ".join(absent.stderr.split())
    assert (unknown.exit_code, absent.exit_code, out.read_text(encoding="utf-8")) == (2, 2, "good")
