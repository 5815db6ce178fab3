"""What a run may read and write: nothing is eaten that it did not make, and it never reads what it writes."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.extras import needs_parquet
from tests.lines import read_lines
from typer.testing import CliRunner, Result

from newsroles.cli.app import app

Run = Callable[..., Result]
RECORD = '{"id": 1, "text": "The minister lied, the opposition said."}\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.jsonl").write_text(RECORD)
    Path("a.txt").write_text("The mayor left.\n")
    Path("notes.txt").write_text("my notes\n")


def contents() -> dict[str, bytes | str]:
    return {
        str(path): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in Path().rglob("*")
        if path.is_symlink() or path.is_file()
    }


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        # --errors names what no run has written
        (["in.jsonl", "-o", "o.jsonl", "--errors", "in.jsonl", "--resume"], "is needed itself"),
        (["a.txt", "-o", "o.jsonl", "--errors", "notes.txt", "--resume"], "no failures of a run"),
        (["a.txt", "-o", "o.jsonl", "--errors", "notes.txt", "--overwrite"], "no failures of a run"),
        (["a.txt", "--errors", "notes.txt", "--overwrite"], "no failures of a run"),
        (["a.txt", "-o", "o.jsonl", "--errors", "failed.jsonl", "--resume"], "of another run"),
        (["a.txt", "-o", "o.jsonl", "--errors", "failed.jsonl"], "--overwrite"),
        # what is written is an input
        (["in.jsonl", "-o", "in.jsonl"], "is needed itself"),
        (["in.jsonl", "-o", "in.jsonl", "--overwrite"], "is needed itself"),
        (["in.jsonl", "-o", "./pages/../in.jsonl", "--overwrite"], "is needed itself"),
        (["in.jsonl", "-o", "link.jsonl", "--overwrite"], "is needed itself"),
        (["in.jsonl", "-o", "twin.jsonl", "--overwrite"], "is needed itself"),
        (["link.jsonl", "-o", "in.jsonl", "--overwrite"], "is needed itself"),
        (["in.jsonl", "-o", "o.jsonl", "--report", "in.jsonl", "--overwrite"], "is needed itself"),
        (["@list.txt", "-o", "in.jsonl", "--overwrite"], "is needed itself"),
        (["@list.txt", "-o", "list.txt", "--overwrite", "--format", "jsonl"], "is needed itself"),
        (["*.jsonl", "-o", "in.jsonl", "--overwrite"], "is needed itself"),
        (["later.jsonl.part", "-o", "later.jsonl", "--input-format", "jsonl"], "is needed itself"),
        # two outputs are one file, or on the way of each other
        (["a.txt", "-o", "o.jsonl", "--errors", "o.jsonl"], "would be one file"),
        (["a.txt", "-o", "o.jsonl", "--errors", "o.jsonl.part"], "would be one file"),
        (["a.txt", "-o", "o.jsonl", "--report", "o.jsonl.errors.jsonl"], "would be one file"),
        # on the way lies what no run has made
        (["a.txt", "-o", "foreign.jsonl"], "is in the way"),
        (["a.txt", "-o", "foreign.jsonl", "--resume"], "is in the way"),
        (["a.txt", "-o", "foreign.jsonl", "--overwrite"], "is in the way"),
        (["a.txt", "-o", "linked.jsonl", "--overwrite"], "is in the way"),
        (["a.txt", "-o", "linked.jsonl", "--resume"], "is in the way"),
        (["a.txt", "-o", "o.jsonl", "--errors", "foreign.jsonl"], "is in the way"),
        (["a.txt", "-o", "noted.jsonl"], "is in the way"),
        # others
        (["a.txt", "-o", "ring.jsonl", "--overwrite"], "a link to itself"),
        (["a.txt", "-o", "pages", "--overwrite"], "a folder"),
        (["a.txt", "-o", "o.jsonl", "--errors", "pages"], "a folder"),
        (["a.txt", "-o", "o.jsonl", "--report", "notes.txt", "--resume"], "already there"),
        (["a.txt", "--engine", "ray", "-o", "pages", "--overwrite"], "holds other files"),
        (["pages/b.txt", "--engine", "ray", "-o", "pages", "--overwrite"], "is needed itself"),
        (["a.txt", "--engine", "ray", "-o", "spark", "--overwrite"], "holds other files"),
    ],
)
def test_nothing_is_harmed_that_no_run_has_made(run: Run, arguments: list[str], word: str) -> None:
    Path("pages").mkdir()
    Path("pages/b.txt").write_text("The mayor came back.\n")
    Path("link.jsonl").symlink_to("in.jsonl")
    Path("twin.jsonl").hardlink_to("in.jsonl")
    Path("list.txt").write_text("in.jsonl\n")
    Path("failed.jsonl").write_text(
        '{"source": "x", "index": 0, "offset": null, "reason": "r", "next_step": "n"}\n'
    )
    Path("foreign.jsonl.part").write_text("a download\n")
    Path("linked.jsonl.part").symlink_to("notes.txt")
    Path(".noted.jsonl.run").symlink_to("notes.txt")
    Path("ring.jsonl").symlink_to("ring.jsonl")
    Path("spark").mkdir()
    Path("spark/_SUCCESS").touch()
    Path("spark/part-00000.jsonl").write_text("theirs\n")
    before = contents()
    result = run(*arguments)
    assert result.exit_code == 2
    assert word in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert contents() == before


def test_the_model_is_an_input_too(bundle_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(bundle_folder, tmp_path / "bundle")
    arguments = ["label", "a.txt", "--model", "bundle", "-o", "bundle/bundle.json", "--overwrite"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "is needed itself" in result.stderr


def test_a_report_never_replaces_what_it_reads(run: Run) -> None:
    assert run("in.jsonl", "-o", "o.jsonl").exit_code == 0
    os.link("o.jsonl", "same.jsonl")
    before = contents()
    for name in ("o.jsonl", "same.jsonl"):
        result = CliRunner().invoke(app, ["report", "o.jsonl", "-o", name, "--overwrite"])
        assert result.exit_code == 2
        assert "is needed itself" in result.stderr
    assert contents() == before


def test_the_link_stays_and_what_it_points_to_is_written(run: Run) -> None:
    Path("there").mkdir()
    for name, made in (("old.jsonl", True), ("new.jsonl", False)):
        target, link = Path("there", name), Path(f"to-{name}")
        if made:
            target.write_text("")
        link.symlink_to(target)
        result = run("in.jsonl", "-o", link, "--overwrite")
        assert result.exit_code == 0, result.stderr
        assert link.is_symlink()
        assert ids(target) == ["1"]
    assert sorted(path.name for path in Path("there").iterdir()) == [
        ".new.jsonl.run",
        ".old.jsonl.run",
        "new.jsonl",
        "old.jsonl",
    ]


@pytest.fixture
def null() -> Path:
    """Make a device of our own, so that a test that fails costs the machine nothing."""
    try:
        os.mknod("null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        Path("null").open("wb").close()
    except PermissionError:
        pytest.skip("may not make devices here")
    return Path("null")


@pytest.mark.parametrize(
    "arguments",
    [
        ["a.txt", "-o", "o.jsonl", "--errors", "null", "--resume"],
        ["a.txt", "nope.txt", "-o", "o.jsonl", "--errors", "null", "--overwrite"],
        ["a.txt", "nope.txt", "-o", "o.csv", "--errors", "null"],
        ["a.txt", "nope.txt", "-o", "null", "--overwrite"],
        ["a.txt", "-o", "null"],
        ["a.txt", "-o", "null", "--format", "csv", "--errors", "null", "--report", "null"],
        ["a.txt", "--errors", "null", "--report", "null"],
    ],
)
def test_a_device_is_written_to_and_stays(run: Run, null: Path, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == ("nope.txt" in arguments), result.stderr
    assert stat.S_ISCHR(null.lstat().st_mode)
    assert not [path for path in Path().iterdir() if path.name.startswith(("null.", ".null"))]


@pytest.mark.parametrize(
    ("words", "added"),
    [
        ("a.txt nope.txt -o o.jsonl --errors /dev/stderr 2>> log", ["{"]),
        ("a.txt nope.txt -o o.jsonl --overwrite --errors /dev/fd/3 3>> log", ["{"]),
        ("a.txt nope.txt --errors /dev/stderr 2>> log", ["newsroles: nope.txt", "{"]),
        ("a.txt --errors /dev/stderr 2>> log", []),
        ("a.txt in.jsonl -o /dev/stdout >> log", ["{", "{"]),
        ("a.txt -o /proc/self/fd/1 --format csv >> log", ["id,", "a.txt,"]),
    ],
)
def test_what_is_open_is_added_to_as_it_stands(bundle_folder: Path, words: str, added: list[str]) -> None:
    Path("log").write_text("before\n")
    done = in_bash(f"newsroles label {words} -q", bundle_folder)
    assert done.returncode == ("nope.txt" in words), done.stderr
    lines = Path("log").read_text().splitlines()
    assert [line.startswith(begin) for line, begin in zip(lines, ["before", *added], strict=True)] == [
        True
    ] * len(lines)
    assert {path.name for path in Path().iterdir()} <= {
        "a.txt",
        "in.jsonl",
        "log",
        "notes.txt",
        "o.jsonl",
        ".o.jsonl.run",
    }


@pytest.mark.parametrize("arguments", [["--resume"], ["--format", "parquet"], ["--engine", "ray"]])
def test_what_needs_a_file_is_refused_for_a_device(run: Run, arguments: list[str]) -> None:
    result = run("a.txt", "-o", "/dev/null", *arguments)
    assert (result.exit_code, "-o" in result.stderr) == (2, True)


def test_a_pipe_gets_the_records_as_they_come(bundle_folder: Path) -> None:
    os.mkfifo("pipe")
    program = [sys.executable, "-m", "newsroles", "label", "in.jsonl", "--model", str(bundle_folder)]
    with subprocess.Popen([*program, "-o", "pipe"]) as process:  # noqa: S603 - our own
        lines = Path("pipe").read_text().splitlines()
    assert process.returncode == 0
    assert [json.loads(line)["id"] for line in lines] == ["1"]


def in_bash(command: str, bundle: Path) -> "subprocess.CompletedProcess[bytes]":
    program = f'newsroles() {{ {sys.executable} -m newsroles "$@" --model {bundle}; }}; {command}'
    return subprocess.run(["bash", "-c", program], check=False, capture_output=True, timeout=60)  # noqa: S603, S607 - our own


def ids(path: str | Path) -> list[str]:
    return [row["id"] for row in read_lines(Path(path))]


@needs_parquet
def test_outputs_in_the_folder_that_is_read_are_no_pages(run: Run, bundle_folder: Path) -> None:
    Path("pages").mkdir()
    Path("pages/a.txt").write_text("The mayor left.\n")
    Path("pages/b.html").write_text("<html><p>The mayor came back.</p></html>")
    os.chdir("pages")
    pages = ["a.txt", "b.html"]
    first = run(".", "nope", "-o", "labelled.jsonl", "--report", "report.html")
    assert first.exit_code == 1
    assert ids("labelled.jsonl") == pages
    assert run(".", "-o", "claims.csv").exit_code == 0
    assert run(".", "-o", "claims.parquet").exit_code == 0
    again = run(".", "-o", "labelled.jsonl", "--overwrite")
    assert "2 articles labelled, 0 failed; 5 files left out, which newsroles wrote" in again.stderr
    assert ids("labelled.jsonl") == pages
    assert CliRunner().invoke(app, ["report", "labelled.jsonl", "-o", "again.html"]).exit_code == 0
    read = run(".", "--input-format", "text", "-o", "every.jsonl")
    assert (read.exit_code, ids("every.jsonl")) == (0, pages)
    command = f"{sys.executable} -m newsroles label . --model {bundle_folder} > out.jsonl 2> log.txt"
    assert subprocess.run(["bash", "-c", command], check=False).returncode == 0  # noqa: S603, S607 - our own
    assert ids("out.jsonl") == pages
    assert ids("every.jsonl") == pages


def test_what_a_killed_run_left_in_the_folder_that_is_read_is_no_page(run: Run) -> None:
    Path("pages").mkdir()
    Path("pages/a.jsonl").write_text(RECORD * 2 + "no\n" * 3)
    os.chdir("pages")
    arguments = (".", "--input-format", "jsonl", "-o", "x.jsonl")
    assert run(*arguments, "--max-errors", 1).exit_code == 1
    assert Path("x.jsonl.part").exists()
    assert run(*arguments, "--resume").exit_code == 1
    assert len(ids("x.jsonl")) == 2
    assert len(Path("x.jsonl.errors.jsonl").read_text().splitlines()) == 3


@pytest.mark.parametrize("to", [">> in.jsonl", "-o /dev/stdout >> in.jsonl", "-o /dev/fd/5 5>> in.jsonl"])
def test_appending_to_what_is_read_is_refused(bundle_folder: Path, to: str) -> None:
    done = in_bash(f"newsroles label in.jsonl {to}", bundle_folder)
    assert (done.returncode, b"is needed itself" in done.stderr) == (2, True)
    assert Path("in.jsonl").read_text() == RECORD


def test_records_that_are_named_are_read_whoever_wrote_them(run: Run) -> None:
    run("in.jsonl", "-o", "o.jsonl")
    assert run("o.jsonl", "-o", "again.jsonl").exit_code == 0
    assert ids("again.jsonl") == ["1"]


def test_failures_of_before_go_when_there_are_none_and_an_empty_file_stays(run: Run) -> None:
    assert run("a.txt", "nope.txt", "-o", "o.jsonl").exit_code == 1
    assert run("a.txt", "-o", "o.jsonl", "--overwrite").exit_code == 0
    assert not Path("o.jsonl.errors.jsonl").exists()
    Path("mine").touch()
    assert run("a.txt", "-o", "o.jsonl", "--overwrite", "--errors", "mine").exit_code == 0
    assert Path("mine").read_text() == ""


def test_what_is_replaced_keeps_its_permissions(run: Run) -> None:
    Path("o.jsonl").touch(mode=0o600)
    assert run("a.txt", "-o", "o.jsonl", "--overwrite").exit_code == 0
    assert stat.S_IMODE(Path("o.jsonl").stat().st_mode) == 0o600


def test_failures_without_an_output_are_kept_and_stand_in_nobodys_way(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newsroles.model.labeller import Labeller

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Labeller, "label", interrupted)
        result = run("nope.txt", "a.txt", "--errors", "e.jsonl")
    assert result.exit_code == 130
    assert "without -o FILE a run starts anew" in result.stderr
    assert [row["source"] for row in read_lines(Path("e.jsonl"))] == ["nope.txt"]
    assert not Path("e.jsonl.part").exists()
    assert run("nope.txt", "a.txt", "--errors", "e.jsonl", "--overwrite").exit_code == 1


@pytest.mark.parametrize(
    "command",
    [
        "label @<(echo a.txt)",
        "label @/dev/stdin < <(echo a.txt)",
        "label @- < <(echo a.txt)",
        "label @bom.txt",
        "label @<(printf '\\n\\na.txt') -o o.jsonl && cat o.jsonl",
    ],
)
def test_a_list_comes_from_anywhere(bundle_folder: Path, command: str) -> None:
    Path("bom.txt").write_bytes(b"\xef\xbb\xbfa.txt\r\n")
    program = f"newsroles() {{ {sys.executable} -m newsroles $* --model {bundle_folder} -q; }}; "
    words = (program + command.replace("label", "newsroles label")).replace("$*", '"$@"')
    done = subprocess.run(["bash", "-c", words], check=True, capture_output=True)  # noqa: S603, S607 - our own
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a.txt"]
