"""The command as a user or a script meets it: what is on stdout, on stderr, on disk, and the exit code."""
# ruff: noqa: S603 - the processes are our own

import csv
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.extras import OUT_PARQUET
from tests.lines import write_lines
from typer.testing import CliRunner, Result

from newsroles.cli.app import app
from newsroles.model import labeller
from newsroles.records.labelled import LabelledArticle
from newsroles.records.schema import ARTICLE, SENTENCE
from newsroles.records.write import to_line

Run = Callable[..., Result]
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
    write_lines(folder / "three.jsonl", *rows)
    return folder


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_record_has_every_field_and_offsets_that_slice_its_text(run: Run, pages: Path) -> None:
    result = run(pages / "one.txt")
    assert result.exit_code == 0
    (record,) = records(result.stdout)
    assert list(record) == [*(field.name for field in ARTICLE), "sentences"]
    assert record["url"] == ""
    assert (record["id"], record["index"], record["text"]) == (str(pages / "one.txt"), 0, PAGE)
    assert len(record["sentences"]) == 2
    for sentence in record["sentences"]:
        assert list(sentence) == [field.name for field in SENTENCE]
        assert sentence["kind"] == "line"
        assert PAGE[sentence["start"] : sentence["end"]] == sentence["text"]
        assert sum(sentence["probabilities"].values()) == pytest.approx(1, abs=3e-4)
        assert sentence["label"] == max(sentence["probabilities"], key=sentence["probabilities"].get)


def test_a_folder_is_read_in_order_and_a_bad_record_costs_one_record(run: Run, pages: Path) -> None:
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


def test_stdin_is_read_and_sniffed(bundle_folder: Path) -> None:
    command = [sys.executable, "-m", "newsroles", "label", "-", "--model", str(bundle_folder)]
    stdin = b'{"id": "x", "text": "The mill was built in 18."}\n'
    result = subprocess.run(command, input=stdin, capture_output=True, check=True)
    assert [record["id"] for record in records(result.stdout.decode())] == ["x"]


def test_the_page_names_each_label_and_obeys_no_control_code(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("Share this \x1b[31mstory\n", encoding="utf-8")
    result = run(tmp_path / "page.txt", "--format", "table")
    assert result.exit_code == 0
    assert "\x1b[31m" not in result.stdout
    assert any(label in result.stdout for label in ("claim", "accusation", "background", "boilerplate"))


def test_out_is_written_whole_with_failures_beside_it(run: Run, pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    result = run(pages, "-o", out)
    assert (result.exit_code, result.stdout) == (1, "")
    said = f"newsroles: 4 articles labelled, 1 failed (see {tmp_path / 'out.jsonl.errors.jsonl'})"
    assert result.stderr.splitlines() == [said]
    assert len(records(out.read_text(encoding="utf-8"))) == 4
    (failure,) = records((tmp_path / "out.jsonl.errors.jsonl").read_text(encoding="utf-8"))
    assert list(failure) == ["source", "index", "offset", "reason", "next_step"]
    assert (failure["index"], failure["offset"]) == (1, 2)
    assert not list(tmp_path.glob("*.part"))
    assert run(pages, "-o", out, "--overwrite", "--quiet").stderr == ""


def test_files_that_are_left_out_for_their_names_are_counted(run: Run, pages: Path) -> None:
    (pages / "picture.png").touch()
    (pages / "no-suffix").touch()
    assert "; 2 files left out for their names" in run(pages).stderr


@pytest.mark.parametrize("name", ["out.csv", OUT_PARQUET])
def test_a_table_is_chosen_by_its_suffix_and_resumed_like_lines(
    run: Run, pages: Path, tmp_path: Path, name: str
) -> None:
    assert run(pages, "-o", tmp_path / name).exit_code == 1
    before = (tmp_path / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        f".{name}.run",
        name,
        f"{name}.errors.jsonl",
    ]
    result = run(pages, "-o", tmp_path / name, "--resume")
    assert result.exit_code == 1
    assert "complete already" in result.stderr
    assert (tmp_path / name).read_bytes() == before


def test_csv_on_stdout_is_that_of_a_file(run: Run, pages: Path, tmp_path: Path) -> None:
    run(pages, "-o", tmp_path / "out.csv")
    assert run(pages, "--format", "csv").stdout_bytes == (tmp_path / "out.csv").read_bytes()


def test_only_filters_sentences_and_summary_counts_them(run: Run, pages: Path) -> None:
    everything = [s for r in records(run(pages).stdout) for s in r["sentences"]]
    result = run(pages, "--only", "claim, boilerplate", "--summary")
    found = [s for r in records(result.stdout) for s in r["sentences"]]
    assert found == [s for s in everything if s["label"] in ("claim", "boilerplate")]
    counted = {line.split()[1]: int(line.split()[0]) for line in result.stderr.splitlines()[-4:]}
    assert counted == {
        label: sum(s["label"] == label for s in found)
        for label in ("claim", "accusation", "background", "boilerplate")
    }


HTML = """<!doctype html><nav><a href=/>Share this story</a></nav><h1>The mill</h1>
<p>The mill was built in 19.
<div class=comments><p>Ada Lund blamed the mayor for the neglected mill.</div>"""


def test_sentences_of_some_kinds_of_lines_can_be_left_out(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(HTML)
    (everything,) = records(run(page).stdout)
    kinds = [sentence["kind"] for sentence in everything["sentences"]]
    assert (everything["title"], kinds) == ("The mill", ["navigation", "title", "paragraph", "comment"])
    (left,) = records(run(page, "--without-kinds", "comment, navigation").stdout)
    assert left["sentences"] == everything["sentences"][1:3]
    (left,) = records(run(page, "--without-kinds", "comment", "--only", "accusation").stdout)
    assert all(sentence["kind"] != "comment" for sentence in left["sentences"])
    table = run(page, "--without-kinds", "comment", "--format", "table").stdout
    assert "The mill was built" in table
    assert "Ada Lund" not in table
    result = run(page, "--without-kinds", "comments")
    assert result.exit_code == 2
    assert "no such kind of line: comments" in result.stderr


@pytest.mark.parametrize(
    "engine",
    [
        ["-o", "out.jsonl"],
        ["-o", "out.jsonl", "--workers", "2"],
        pytest.param(["-o", "out", "--engine", "ray", "--workers", "1"], marks=pytest.mark.slow),
    ],
    ids=["plain", "workers", "ray"],
)
def test_line_breaks_are_kept_by_every_engine(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: list[str]
) -> None:
    if "ray" in engine:
        pytest.importorskip("ray", reason="needs the extra ray")
    monkeypatch.chdir(tmp_path)
    text = textwrap.fill("The council voted on Monday to close the bridge, which was unsafe. " * 9, 60)
    Path("wrapped.txt").write_text(text)
    (joined,) = records(run("wrapped.txt").stdout)
    assert len(joined["sentences"]) == 9
    done = run("wrapped.txt", "--keep-line-breaks", "--quiet", *engine)
    assert done.exit_code == 0, done.stderr
    out = Path("out.jsonl") if "ray" not in engine else Path("out/part-000000-000000.jsonl")
    (kept,) = records(out.read_text())
    assert all(len(sentence["text"].splitlines()) == 1 for sentence in kept["sentences"])


def test_json_in_a_folder_is_read_but_not_what_newsroles_wrote(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"text": "One."}, {"text": "Two."}]')
    (tmp_path / "settings.json").write_text("{}")
    assert run(tmp_path / "a.json", "-o", tmp_path / "own.jsonl").exit_code == 0
    (tmp_path / "own.jsonl").rename(tmp_path / "own.json")
    done = run(tmp_path)
    assert [record["text"] for record in records(done.stdout)] == ["One.", "Two."]
    assert "1 file left out for their names" in done.stderr
    assert "1 file left out, which newsroles wrote" in done.stderr


def test_other_columns_of_a_table_come_out_again(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_text(
        "id,date,title,label,text\na,2024,The mill,x,The mill was built in 19.\nb,2025,,y,Share this story\n"
    )
    for out in (None, tmp_path / "out.csv"):
        result = run(table, "--format", "csv", *(("-o", out) if out else ()))
        rows = list(csv.DictReader(io.StringIO(out.read_text() if out else result.stdout)))
        assert [(row["id"], row["date"], row["title"], row["input_label"]) for row in rows] == [
            ("a", "2024", "The mill", "x"),
            ("b", "2025", "", "y"),
        ]
    (first, _) = records(run(table, "--format", "jsonl").stdout)
    assert (first["title"], first["date"], first["input_label"]) == ("The mill", "2024", "x")


def test_a_table_of_nothing_has_its_header(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    assert run(empty, "--format", "csv").stdout.startswith(
        "id,source,index,model,start,end,text,label,p_claim"
    )


def test_only_filters_every_format_in_any_case(run: Run, pages: Path) -> None:
    table, csv, jsonl = (
        run(pages, "--only", "Claim", "--format", form).stdout for form in ("table", "csv", "jsonl")
    )
    expected = [sentence["label"] for line in records(jsonl) for sentence in line["sentences"]]
    assert set(expected) == {"claim"}
    assert re.findall(r"^(\w+) +\d+%", table, re.MULTILINE) == expected
    assert len(csv.splitlines()) == 1 + len(expected)


def test_max_errors_stops_and_says_how_to_go_on(run: Run, pages: Path, tmp_path: Path) -> None:
    whole, out = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    run(pages, "-o", whole)
    result = run(pages, "-o", out, "--max-errors", 0)
    assert result.exit_code == 1
    assert "--resume" in result.stderr
    assert not out.exists()
    assert run(pages, "-o", out, "--resume").exit_code == 1
    assert out.read_bytes() == whole.read_bytes()
    assert run(pages, "--max-errors", 0).exit_code == 1


def test_lists_globs_and_fields(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text("url,body\nu,The mill was built in 18.\n", encoding="utf-8")
    Path("list.txt").write_text("*.csv\n", encoding="utf-8")
    result = run("@list.txt", "--text-field", "body", "--id-field", "url")
    assert [record["id"] for record in records(result.stdout)] == ["u"]


def test_messages_obey_no_control_code_of_a_name_or_a_page(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m\nb.jsonl"
    path.write_text('{"\\u001b[2J": 1}\n', encoding="utf-8")
    result = run(path)
    assert result.exit_code == 1
    assert "\x1b" not in result.stderr
    assert len(result.stderr.splitlines()) == 2


def test_records_on_stdin_are_labelled_as_they_come(bundle_folder: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "newsroles",
        "label",
        "--input-format",
        "jsonl",
        "-",
        "--format",
        "jsonl",
    ]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([*command, "--model", str(bundle_folder)], **pipes) as process:  # type: ignore[call-overload]
        for text in ("One.", "Two."):
            process.stdin.write(to_line({"text": text}))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["text"] == text  # before the next is there
        process.stdin.close()
        assert process.wait() == 0


def test_a_terminal_shows_how_far_a_run_is(bundle_folder: Path, pages: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "newsroles", "label", str(pages), "--model", str(bundle_folder)]
    main, side = pty.openpty()
    with subprocess.Popen([*command, "-o", str(tmp_path / "out.jsonl")], stderr=side) as process:
        assert process.wait() == 1
    shown = os.read(main, 65_536).decode()
    os.close(side)
    os.close(main)
    assert "sentences/s" in shown
    assert "4 articles labelled, 1 failed" in shown


def test_an_existing_output_is_never_replaced_by_accident(run: Run, pages: Path, tmp_path: Path) -> None:
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


def test_an_interrupted_run_resumes_to_the_same_bytes(
    run: Run, pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nowhere.txt"], "nowhere.txt"),
        (["empty.txt"], "empty"),
        (["binary.txt"], "binary.txt"),
        (["emptyfolder"], "emptyfolder"),
    ],
)
def test_inputs_that_fail_are_one_line_each_and_exit_1(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], word: str
) -> None:
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


def test_a_folder_that_comes_late_is_labelled_by_the_same_command(run: Run, tmp_path: Path) -> None:
    day, out = tmp_path / "2026-01-01", tmp_path / "out.jsonl"
    command = (day, "-o", out, "--resume")
    assert run(*command).exit_code == 2
    day.mkdir()
    (day / "page.txt").write_text("It rained.", encoding="utf-8")
    assert run(*command).exit_code == 0
    shutil.rmtree(day)  # once it is labelled
    again = run(*command)
    assert again.exit_code == 2
    assert "other inputs" in again.stderr
    assert len(records(out.read_text(encoding="utf-8"))) == 1
    assert run(day, "-o", out, "--overwrite").exit_code == 2
    assert len(records(out.read_text(encoding="utf-8"))) == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["one.txt", "--resume"], "-o"),
        (["one.txt", "-o", "out.jsonl", "--resume", "--overwrite"], "one of them"),
        (["one.txt", "-o", "x/y.jsonl"], "no such folder"),
        (["one.txt", "-o", "."], "folder"),
        (["one.txt", "-o", "out.jsonl", "--format", "table"], "terminal"),
        (["one.txt", "-o", "out.jsonl.gz"], "not compressed"),
        (["one.txt", "-o", "out.xlsx"], ".xlsx is not written"),
        (["one.txt", "-o", "out.DOCX"], ".docx is not written"),
        (["one.txt", "--format", "parquet"], "needs a file"),
        (["@nowhere.txt"], "no such list"),
        (["one.txt", "--input-format", "pdf"], "pdf"),
        (["one.txt", "--min-confidence", "2"], "min-confidence"),
        (["one.txt", "--only", "claim,opinion"], "no label opinion"),
        (["--only", "claim,", "one.txt"], "without spaces between"),
        (["nowhere.txt", "-o", "out.jsonl"], "nowhere.txt: isn't there"),
        (["emptyfolder", "-o", "out.jsonl", "--resume"], "emptyfolder: holds no page"),
        (["https://news.example/1"], "save the page first"),
    ],
)
def test_wrong_usage_exits_2_and_writes_nothing(
    run: Run, pages: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], word: str
) -> None:
    monkeypatch.chdir(pages)
    Path("emptyfolder").mkdir()
    before = sorted(path.name for path in pages.iterdir())
    result = run(*arguments)
    assert result.exit_code == 2
    assert word in result.stderr
    assert sorted(path.name for path in pages.iterdir()) == before


def test_a_missing_model_names_the_folder_and_the_next_step(pages: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["label", str(pages), "--model", str(tmp_path)])
    assert result.exit_code == 2
    assert str(tmp_path) in result.stderr
    assert "by its name (fast, accurate)" in result.stderr


def test_help_imports_nothing_heavy() -> None:
    program = """if True:
        import sys
        from newsroles.cli.app import app
        from typer.testing import CliRunner
        for command in ([], ["label"], ["report"]):
            assert CliRunner().invoke(app, [*command, "--help"]).exit_code == 0
        print(*(set(sys.modules) & {"jinja2", "numpy", "onnxruntime", "pyarrow", "selectolax", "torch"}))
    """
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []


def test_a_manifest_nested_too_deep_is_one_line_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "bundle.json").write_text("[" * 100_000, encoding="utf-8")
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    result = CliRunner().invoke(app, ["label", str(tmp_path / "page.txt"), "--model", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith("export the model again\n")
