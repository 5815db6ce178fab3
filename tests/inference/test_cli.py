"""The command as a user or a script meets it: what is on stdout, on stderr, on disk, and the exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from newsroles import batch, labeller
from newsroles.articles import LabelledArticle
from newsroles.cli import app
from typer.testing import CliRunner, Result

PAGE = "Home > News\nTomas Reik accused the council of hiding a report on the mill.\n"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "one.txt").write_text(PAGE, encoding="utf-8")
    (folder / "two.html").write_text(
        "<p>Share this story</p><p>The mill was built in 18.</p>", encoding="utf-8"
    )
    rows = [
        {"id": "a", "text": "The tower will cost 3 million crowns."},
        {"id": "b"},
        {"id": "c", "text": PAGE},
    ]
    (folder / "three.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


@pytest.fixture
def run(bundle_folder: Path):  # noqa: ANN201 - a function of test arguments
    def invoke(*arguments: object) -> Result:
        words = ["label", *map(str, arguments), "--model", str(bundle_folder), "--threads", "1"]
        return CliRunner().invoke(app, words)

    return invoke


def records(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_record_has_every_field_and_offsets_that_slice_its_text(run, pages) -> None:
    result = run(pages / "one.txt")
    assert result.exit_code == 0
    (record,) = records(result.stdout)
    assert list(record) == ["id", "source", "index", "model", "text", "sentences"]
    assert (record["id"], record["index"], record["text"]) == (str(pages / "one.txt"), 0, PAGE)
    assert len(record["sentences"]) == 2
    for sentence in record["sentences"]:
        assert list(sentence) == ["start", "end", "text", "label", "probabilities", "truncated", "uncertain"]
        assert PAGE[sentence["start"] : sentence["end"]] == sentence["text"]
        assert sum(sentence["probabilities"].values()) == pytest.approx(1, abs=3e-4)
        assert sentence["label"] == max(sentence["probabilities"], key=sentence["probabilities"].get)


def test_a_folder_is_read_in_order_and_a_bad_record_costs_one_record(run, pages) -> None:
    result = run(pages)
    assert result.exit_code == 1
    assert [(Path(r["source"]).name, r["index"]) for r in records(result.stdout)] == [
        ("one.txt", 0),
        ("three.jsonl", 0),
        ("three.jsonl", 2),
        ("two.html", 0),
    ]
    assert "three.jsonl:2: " in result.stderr
    assert "4 articles labelled, 1 failed" in result.stderr


def test_stdin_is_read_and_sniffed(bundle_folder) -> None:
    command = [sys.executable, "-m", "newsroles", "label", "-", "--model", str(bundle_folder)]
    stdin = b'{"id": "x", "text": "The mill was built in 18."}\n'
    result = subprocess.run(command, input=stdin, capture_output=True, check=True)
    assert [record["id"] for record in records(result.stdout.decode())] == ["x"]


def test_a_reader_that_goes_away_ends_the_run_quietly(bundle_folder, pages) -> None:
    command = f"{sys.executable} -m newsroles label {pages / 'one.txt'} --model {bundle_folder} | true"
    result = subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    assert result.stderr == b""


def test_the_page_names_each_label_and_obeys_no_control_code(run, tmp_path) -> None:
    (tmp_path / "page.txt").write_text("Share this \x1b[31mstory\n", encoding="utf-8")
    result = run(tmp_path / "page.txt", "--format", "page")
    assert result.exit_code == 0
    assert "\x1b[31m" not in result.stdout
    assert any(label in result.stdout for label in ("claim", "accusation", "background", "boilerplate"))


def test_out_is_written_whole_with_failures_beside_it(run, pages, tmp_path) -> None:
    out = tmp_path / "out.jsonl"
    result = run(pages, "-o", out)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(records(out.read_text(encoding="utf-8"))) == 4
    (failure,) = records((tmp_path / "out.jsonl.errors.jsonl").read_text(encoding="utf-8"))
    assert list(failure) == ["source", "index", "offset", "reason", "next_step"]
    assert (failure["index"], failure["offset"]) == (1, 2)
    assert not list(tmp_path.glob("*.part"))


def test_no_failures_no_errors_file(run, pages, tmp_path) -> None:
    assert run(pages / "one.txt", "-o", tmp_path / "out.jsonl").exit_code == 0
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.jsonl"]


def test_an_existing_output_is_never_replaced_by_accident(run, pages, tmp_path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("precious\n", encoding="utf-8")
    result = run(pages, "-o", out)
    assert result.exit_code == 2
    assert "--overwrite" in result.stderr
    assert out.read_text(encoding="utf-8") == "precious\n"
    assert run(pages / "one.txt", "-o", out, "--overwrite").exit_code == 0
    assert len(records(out.read_text(encoding="utf-8"))) == 1


class _Interrupted(labeller.Labeller):
    """Labels one article, then is interrupted."""

    def label(self, text: object) -> LabelledArticle:
        if getattr(self, "used", False):
            raise KeyboardInterrupt
        self.used = True
        return super().label(text)


def test_an_interrupted_run_resumes_to_the_same_bytes(run, pages, tmp_path, monkeypatch) -> None:
    whole, out = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    run(pages, "-o", whole)
    with monkeypatch.context() as patch:
        patch.setattr(labeller, "Labeller", _Interrupted)
        result = run(pages, "-o", out)
    assert result.exit_code == 130
    assert "--resume" in result.stderr
    assert not out.exists()
    assert len(records((tmp_path / "out.jsonl.part").read_text(encoding="utf-8"))) == 1

    assert run(pages, "-o", out).exit_code == 2  # neither resumed nor lost by accident
    with (tmp_path / "out.jsonl.part").open("ab") as part:
        part.write(b'{"id": "cut')  # the plug was pulled while a line was written
    result = run(pages, "-o", out, "--resume")
    assert result.exit_code == 1
    assert out.read_bytes() == whole.read_bytes()
    errors = [path.with_name(f"{path.name}.errors.jsonl").read_bytes() for path in (out, whole)]
    assert errors[0] == errors[1]


def test_resuming_a_finished_run_changes_nothing_and_a_first_run_just_starts(run, pages, tmp_path) -> None:
    out = tmp_path / "out.jsonl"
    assert run(pages, "-o", out, "--resume").exit_code == 1
    before = out.read_bytes()
    assert run(pages, "-o", out, "--resume").exit_code == 1
    assert out.read_bytes() == before


def test_resuming_with_another_model_is_refused(run, pages, tmp_path) -> None:
    part = tmp_path / "out.jsonl.part"
    part.write_text('{"source": "x", "index": 0, "model": "other@1"}\n', encoding="utf-8")
    result = run(pages, "-o", tmp_path / "out.jsonl", "--resume")
    assert result.exit_code == 2
    assert "other@1" in result.stderr
    assert part.exists()


def test_a_page_that_trips_a_bug_is_one_failure(pages, labeller, monkeypatch) -> None:
    from newsroles.articles import Failure
    from newsroles.readers import ReadOptions

    def broken(_: object) -> LabelledArticle:
        raise ZeroDivisionError("no windows")

    monkeypatch.setattr(labeller, "label", broken)
    (result,) = batch.label_each([str(pages / "one.txt")], ReadOptions(), labeller)
    assert isinstance(result, Failure)
    assert "ZeroDivisionError" in result.reason


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nowhere.txt"], "nowhere.txt"),
        (["empty.txt"], "empty"),
        (["binary.txt"], "binary.txt"),
        (["emptyfolder"], "emptyfolder"),
    ],
)
def test_inputs_that_fail_are_one_line_each_and_exit_1(run, tmp_path, monkeypatch, arguments, word) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty.txt").touch()
    Path("binary.txt").write_bytes(bytes(range(256)) * 8)
    Path("emptyfolder").mkdir()
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    first, summary = result.stderr.splitlines()
    assert word in first
    assert "; " in first  # the reason, then the next step
    assert summary == "newsroles: 0 articles labelled, 1 failed"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["one.txt", "--resume"], "-o"),
        (["one.txt", "-o", "x/y.jsonl"], "no such folder"),
        (["one.txt", "-o", "."], "folder"),
        (["one.txt", "-o", "out.jsonl", "--format", "page"], "terminal"),
        (["one.txt", "--input-format", "pdf"], "pdf"),
        (["one.txt", "--min-confidence", "2"], "min-confidence"),
    ],
)
def test_wrong_usage_exits_2_and_writes_nothing(run, pages, monkeypatch, arguments, word) -> None:
    monkeypatch.chdir(pages)
    before = sorted(path.name for path in pages.iterdir())
    result = run(*arguments)
    assert result.exit_code == 2
    assert word in result.stderr
    assert sorted(path.name for path in pages.iterdir()) == before


def test_a_missing_model_names_the_folder_and_the_next_step(pages, tmp_path) -> None:
    result = CliRunner().invoke(app, ["label", str(pages), "--model", str(tmp_path)])
    assert result.exit_code == 2
    assert str(tmp_path) in result.stderr
    assert "--model" in result.stderr


def test_help_imports_nothing_heavy() -> None:
    program = """if True:
        import sys
        from newsroles.cli import app
        from typer.testing import CliRunner
        assert CliRunner().invoke(app, ["label", "--help"]).exit_code == 0
        print(*(set(sys.modules) & {"numpy", "onnxruntime", "tokenizers", "selectolax", "torch", "transformers"}))
    """
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
