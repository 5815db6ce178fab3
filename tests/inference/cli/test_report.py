"""`newsroles report` and `label --report` as a user meets them: what is written, said, and refused."""
# ruff: noqa: S603 - the processes are our own

import gzip
import json
import os
import pty
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from newsroles.cli import report as report_command
from newsroles.cli.app import app

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two pages that can be labelled and one that cannot."""
    monkeypatch.chdir(tmp_path)
    Path("pages").mkdir()
    Path("pages/one.txt").write_text("Share this story\nThe mill was built in 18.\n", encoding="utf-8")
    Path("pages/two.txt").write_text("The <b>tower</b> will cost 3 million crowns.", encoding="utf-8")
    Path("pages/empty.txt").touch()
    return tmp_path


@pytest.fixture
def label(bundle_folder: Path, folder: Path) -> Run:  # noqa: ARG001 - it is where this runs
    def invoke(*arguments: str, stdin: str | None = None) -> Result:
        words = ["label", *arguments, "--model", str(bundle_folder), "--threads", "1"]
        return CliRunner().invoke(app, words, input=stdin)

    return invoke


def report(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["report", *arguments], input=stdin)


def page() -> str:
    return Path("report.html").read_text(encoding="utf-8")


def test_a_run_becomes_a_page_with_its_failures(label: Run) -> None:
    label("pages", "-o", "out.jsonl")
    result = report("out.jsonl", "-o", "report.html")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("newsroles: report.html has 2 articles, 3 sentences, 1 failed, ")
    assert "&lt;b&gt;tower&lt;/b&gt;" in page()
    assert page().count("<article") == 2
    assert "pages/empty.txt" in page()
    assert not list(Path().glob("*.new"))


def test_packed_piped_and_concatenated_lines_give_the_same_page(label: Run) -> None:
    label("pages", "-o", "out.jsonl")
    report("out.jsonl", "-o", "report.html")
    lines = Path("out.jsonl").read_bytes()
    Path("out.jsonl.gz").write_bytes(gzip.compress(lines))
    assert report("out.jsonl.gz").stdout == page()
    both = lines + Path("out.jsonl.errors.jsonl").read_bytes()
    assert report("-", stdin=both).stdout == page()
    command = [sys.executable, "-m", "newsroles", "report", "-", "--quiet"]
    piped = subprocess.run(command, input=both, capture_output=True, check=True)
    assert (piped.stdout.decode(), piped.stderr) == (page(), b"")


@pytest.mark.parametrize("out", [["-o", "out.jsonl"], [], ["--format", "csv"]])
def test_label_writes_the_same_page_with_and_without_a_file(label: Run, out: list[str]) -> None:
    label("pages", "-o", "whole.jsonl")
    report("whole.jsonl", "-o", "report.html")
    expected = page()
    Path("report.html").unlink()
    without = label("pages", *out)
    Path("out.jsonl").unlink(missing_ok=True)
    result = label("pages", *out, "--report", "report.html", *["--overwrite"] * bool(out))
    assert result.exit_code == 1
    assert result.stdout == without.stdout
    assert page() == expected


def test_a_page_on_stdin_is_not_a_line_that_could_not_be_read(label: Run) -> None:
    result = label("-", "--report", "report.html", stdin=" \n")
    assert result.exit_code == 1
    assert "1 failed" in result.stderr
    assert "could not be read" not in result.stderr
    assert "No article was labelled." in page()


def test_resuming_a_finished_run_writes_its_page(label: Run) -> None:
    label("pages", "-o", "out.jsonl")
    assert label("pages", "-o", "out.jsonl", "--resume", "--report", "report.html").exit_code == 1
    assert page().count("<article") == 2


def test_a_run_that_is_stopped_has_no_page_yet(label: Run) -> None:
    result = label("pages", "-o", "out.jsonl", "--max-errors", "0", "--report", "report.html")
    assert result.exit_code == 1
    assert not Path("report.html").exists()


def test_lines_that_cannot_be_read_are_listed_and_said(label: Run) -> None:
    label("pages", "-o", "out.jsonl")
    with Path("out.jsonl").open("a", encoding="utf-8") as lines:
        lines.write('{"cut": \n{"text": "of another shape"}\n')
    result = report("out.jsonl", "-o", "report.html")
    assert result.exit_code == 1
    assert "2 lines could not be read" in result.stderr
    assert "out.jsonl:3" in page()
    assert "out.jsonl:4" in page()


def test_what_the_limit_leaves_out_is_said_with_the_way_to_it(label: Run) -> None:
    label("pages", "-o", "out.jsonl")
    result = report("out.jsonl", "-o", "report.html", "--limit", "1")
    assert result.exit_code == 0
    assert "1 article is not in it; raise --limit, or: " in result.stderr
    assert "tail -n +2 out.jsonl | newsroles report - -o more.html" in result.stderr
    rest = b"".join(Path("out.jsonl").read_bytes().splitlines(keepends=True)[1:])
    assert "tower" not in page()
    assert "tower" in report("-", stdin=rest).stdout


def test_the_way_to_what_is_left_out_counts_all_lines_and_takes_any_name(label: Run) -> None:
    label("pages", "-o", "out.jsonl")
    one, two = Path("out.jsonl").read_bytes().splitlines(keepends=True)
    Path("my run.jsonl").write_bytes(b"bad\n" + one + b"\n" + b"worse\n" + two)
    result = report("my run.jsonl", "-o", "report.html", "--limit", "1")
    command = result.stderr.partition(", or: ")[2].partition("|")[0]
    assert command == "tail -n +5 'my run.jsonl' "
    assert subprocess.run(command, shell=True, capture_output=True, check=True).stdout == two  # noqa: S602


def test_what_tail_cannot_cut_has_no_such_way(label: Run) -> None:
    label("pages", "-o", "out.jsonl")
    lines = Path("out.jsonl").read_bytes()
    Path("out.jsonl.gz").write_bytes(gzip.compress(lines))
    Path("packed").write_bytes(gzip.compress(lines))
    for name in ("out.jsonl.gz", "packed", "-"):
        result = report(name, "-o", "report.html", "--limit", "1", "--overwrite", stdin=lines)
        assert result.stderr.endswith("1 article is not in it; raise --limit\n")


def test_label_says_what_takes_a_limit(label: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_command, "LIMIT", 1)
    way = "1 article is not in it; newsroles report takes the results with a higher --limit"
    assert f"{way}\n" in label("pages", "--report", "report.html").stderr
    with_file = label("pages", "-o", "out.jsonl", "--report", "report.html", "--overwrite").stderr
    assert f"{way}, or: tail -n +2 out.jsonl |" in with_file


def test_a_run_that_wrote_nothing_has_a_page_of_nothing(folder: Path) -> None:
    report_command.write_run([folder / "errors.jsonl"], None, Path("report.html"), None, quiet=False)
    assert "No article was labelled." in page()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["report", "nowhere.jsonl", "-o", "report.html"], "nowhere.jsonl"),
        (["report", "pages/one.txt", "-o", "report.html"], "no labelled article"),
        (["report", "pages", "-o", "report.html"], "pages"),
        (["report", "out.jsonl", "-o", "out.jsonl", "--overwrite"], "needed itself"),
        (["report", "out.jsonl", "-o", "there.html"], "--overwrite"),
        (["report", "out.jsonl", "-o", "x/y.html"], "no such folder"),
        (["report", "out.jsonl", "--errors", "nowhere.jsonl"], "nowhere.jsonl"),
        (["report", "out.jsonl", "--limit", "0"], "limit"),
        (["label", "pages", "--report", "there.html"], "--overwrite"),
        (["label", "pages", "-o", "new.csv", "--report", "report.html"], "-o OUT.jsonl"),
        (["label", "pages", "-o", "new.jsonl", "--report", "new.jsonl"], "would be one file"),
        (["label", "pages/one.txt", "--report", "pages/one.txt", "--overwrite"], "needed itself"),
    ],
)
def test_wrong_usage_exits_2_and_writes_nothing(label: Run, arguments: list[str], word: str) -> None:
    label("pages", "-o", "out.jsonl")
    Path("there.html").write_text("mine", encoding="utf-8")
    before = {path: path.is_file() and path.read_bytes() for path in Path().rglob("*")}
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert word in result.stderr
    assert {path: path.is_file() and path.read_bytes() for path in Path().rglob("*")} == before


@pytest.mark.parametrize("is_found", [True, False])
def test_the_page_is_opened_if_asked(label: Run, monkeypatch: pytest.MonkeyPatch, is_found: bool) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or is_found)
    label("pages", "-o", "out.jsonl")
    result = report("out.jsonl", "-o", "report.html", "--open")
    assert (result.exit_code, opened) == (0, [Path("report.html").resolve().as_uri()])
    assert ("open report.html in one yourself" in result.stderr) is not is_found
    assert "give one with -o" in report("out.jsonl", "--open").stderr


def test_label_opens_its_report_too(label: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or True)
    label("pages", "--report", "report.html", "--open")
    assert opened == [Path("report.html").resolve().as_uri()]
    result = label("pages", "--open")
    assert (result.exit_code, len(opened)) == (2, 1)
    assert "--report report.html" in result.stderr


def test_a_terminal_gets_no_html(label: Run) -> None:
    label("pages", "-o", "out.jsonl")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "newsroles", "report", "out.jsonl"]
    result = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, text=True, check=False)
    os.close(theirs)
    os.close(ours)
    assert result.returncode == 2
    assert "-o report.html" in result.stderr


def test_other_labels_than_the_four_have_their_place() -> None:
    sentence = {
        "start": 0,
        "end": 4,
        "text": "Yes.",
        "label": "stance",
        "truncated": False,
        "uncertain": False,
    }
    record = {"id": "x", "source": "-", "index": 0, "model": "m@1", "text": "Yes."}
    sentence |= {"probabilities": {"fact": 0.25, "stance": 0.75}, "truncated": False, "uncertain": False}
    result = report("-", stdin=json.dumps(record | {"sentences": [sentence]}).encode())
    assert result.exit_code == 0
    assert '<span class="s l1" data-p="2500 7500">Yes.</span>' in result.stdout
