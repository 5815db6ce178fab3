"""`newsroles who` as a user meets it: what is printed, said, and refused."""

import csv
import gzip
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.inference.who.pages import counted, page
from typer.testing import CliRunner, Result

from newsroles.articles import Failure
from newsroles.cli.app import app
from newsroles.records.write import to_line
from newsroles.who.resolve import resolve

PAGES = [
    page(
        "S[Mayor Ines Aldana] blames T[the port].", "S[Aldana] blames T[Corvane] and T[the port].", id_="one"
    ),
    page("S[Ms Aldana] blames T[The Port].", "It was T[Tomas\x1b Reik].", id_="two"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write two labelled pages and a failure."""
    monkeypatch.chdir(tmp_path)
    failure = Failure("gone.txt", 2, None, "no such file", "give another")
    Path("out.jsonl").write_bytes(b"".join(to_line(each.to_dict()) for each in [*PAGES, failure]))
    return tmp_path


def who(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["who", *arguments], input=stdin)


def test_it_prints_who_accuses_whom() -> None:
    result = who("out.jsonl")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "accusations  pages  speaker         target       example",
        "          3      2  Ines Aldana     port         Mayor Ines Aldana blames the port.",
        "          1      1  (nobody named)  Tomas\ufffd Reik  It was Tomas\ufffd Reik.",
        "          1      1  Ines Aldana     Corvane      Aldana blames Corvane and the port.",
    ]
    assert result.stderr == "newsroles: 4 accusations, 3 rows\n"


def test_by_speaker_by_target_and_least() -> None:
    assert who("out.jsonl", "--by", "speaker").stdout.splitlines() == [
        "accusations  pages  speaker      example",
        "          3      2  Ines Aldana  Mayor Ines Aldana blames the port.",
    ]
    targets = who("out.jsonl", "--by", "target", "--least", "2", "-q", "--format", "json")
    assert [(row["target"], row["accusations"], "speaker" in row) for row in json.loads(targets.stdout)] == [
        ("port", 3, False)
    ]
    assert targets.stderr == ""
    table = who("out.jsonl", "--by", "target", "--format", "csv").stdout
    assert table.splitlines()[0] == "accusations,pages,target,example,page,url,resolved"


def test_what_a_rule_resolved_is_counted_apart() -> None:
    resolved = page("S[Ann Lund] blames T[Bo].", "S[She] blames T[Bo].", id_="three")
    sentences = resolve(resolved.article.text, resolved.sentences)
    line = to_line(replace(resolved, sentences=sentences).to_dict())
    (row,) = json.loads(who("-", "--format", "json", stdin=line).stdout)
    assert (row["speaker"], row["target"], row["accusations"], row["resolved"]) == ("Ann Lund", "Bo", 2, 1)


def test_several_files_packed_ones_and_stdin_are_one() -> None:
    lines = Path("out.jsonl").read_bytes()
    Path("more.jsonl.gz").write_bytes(gzip.compress(lines))
    result = who("out.jsonl", "more.jsonl.gz", "-", "--format", "json", stdin=lines)
    first = json.loads(result.stdout)[0]
    assert (first["speaker"], first["target"], first["accusations"], first["pages"]) == (
        "Ines Aldana",
        "port",
        9,
        6,
    )


def test_json_and_csv_hold_the_same(folder: Path) -> None:
    assert who("out.jsonl", "-o", "who.csv").stdout == ""
    assert who("out.jsonl", "-o", "who.json", "-q").stderr == ""
    rows = json.loads((folder / "who.json").read_text())
    with (folder / "who.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert [(row["speaker"] or None, row["target"], int(row["pages"])) for row in table] == [
        (row["speaker"], row["target"], row["pages"]) for row in rows
    ]
    assert rows[0]["examples"][0] == {
        "text": "Mayor Ines Aldana blames the port.",
        "page": "one",
        "start": 0,
        "title": "Title of one",
        "url": "",
    }
    printed = list(csv.DictReader(io.StringIO(who("out.jsonl", "--format", "csv").stdout)))
    assert printed == table


def test_a_file_is_replaced_only_if_asked_and_never_an_input() -> None:
    Path("who.csv").write_text("mine")
    assert who("out.jsonl", "-o", "who.csv").exit_code == 2
    assert who("out.jsonl", "-o", "who.csv", "--overwrite").exit_code == 0
    assert "as an input" in who("out.jsonl", "-o", "out.jsonl", "--format", "csv", "--overwrite").stderr
    assert "--format" in who("out.jsonl", "-o", "who.txt").stderr
    assert who("out.jsonl", "-o", "who.txt", "--format", "table").exit_code == 0
    assert Path("who.txt").read_text() == who("out.jsonl").stdout


def test_lines_that_are_none_are_told_and_cost_the_exit_code() -> None:
    result = who("-", stdin=b"no\n" + Path("out.jsonl").read_bytes())
    assert result.exit_code == 1
    assert result.stderr.startswith("newsroles: -:1: ")
    assert "Ines Aldana" in result.stdout
    assert who("-", stdin=b"no\n").exit_code == 2
    many = who("-", stdin=b"no\n" * 100)
    assert many.exit_code == 2
    assert many.stderr.count("\n") == 5
    assert "97 lines more could not be read" in many.stderr
    assert who("gone.jsonl").exit_code == 2


def test_records_without_anybody_say_which_model_marks_them() -> None:
    result = who("-", stdin=to_line(page("It was them.").to_dict()))
    assert result.exit_code == 2
    assert "none of the 1 accusation by stub@1 has a speaker or a target" in result.stderr
    assert "newsroles info" in result.stderr
    unmarked = to_line(replace(page("It was them."), model="fast@2").to_dict())
    both = who("-", stdin=Path("out.jsonl").read_bytes() + unmarked)
    assert both.exit_code == 0
    assert "none of the 1 accusation by fast@2 has" in both.stderr
    nothing = who("-", stdin=to_line(page(("background", "It is old.")).to_dict()))
    assert (nothing.exit_code, nothing.stderr) == (0, "newsroles: 0 accusations, 0 rows\n")


def test_on_a_terminal_it_is_a_table_of_the_terminal_s_width(monkeypatch: pytest.MonkeyPatch) -> None:
    from newsroles.cli import accusations

    shown: list[bytes] = []
    monkeypatch.setattr(accusations, "write_out", shown.append)
    monkeypatch.setenv("COLUMNS", "60")
    accusations._show(counted(PAGES).pairs(), accusations.NAMES)
    lines = b"".join(shown).decode().splitlines()
    assert lines[0].split() == ["accusations", "pages", "speaker", "target", "example"]
    assert max(map(len, lines)) <= 60
    assert "\x1b R" not in "".join(lines)
