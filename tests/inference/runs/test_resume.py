"""A resume knows what it resumes: other inputs, model or options are refused, with what differs."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from newsroles.cli.app import app
from newsroles.errors import UsageError
from newsroles.runs import fingerprint
from newsroles.runs.job import Job, Model, ProgressListener, Target
from newsroles.runs.local import run as run_here
from newsroles.runs.part import PartFile
from newsroles.runs.sharded import run as run_sharded
from newsroles.runs.shards import Folder

Run = Callable[..., Result]
ROWS = [f'{{"id": "{at}", "text": "The mill lost {at} percent of its water."}}\n' for at in range(6)]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text("".join([*ROWS[:3], "no\n"]))
    Path("b.jsonl").write_text("".join(["no\n", *ROWS[3:]]))


@pytest.fixture
def run(bundle_folder: Path) -> Run:
    def invoke(*arguments: object, model: Path = bundle_folder) -> Result:
        words = ["label", *map(str, arguments), "--model", str(model), "--threads", "1"]
        return CliRunner().invoke(app, words)

    return invoke


def edit() -> None:
    Path("b.jsonl").write_text("".join([*ROWS[3:], "no\n"]))


def touch() -> None:
    os.utime("a.jsonl", ns=(1, 1))


CHANGES: list[tuple[list[str], Callable[[], object], str]] = [
    (["b.jsonl", "a.jsonl"], int, "in another order"),
    (["a.jsonl"], int, "other inputs, or in another order (2 files, 1 now)"),
    (["a.jsonl", "b.jsonl", "a.jsonl"], int, "(2 files, 3 now)"),
    (["a.jsonl", "b.jsonl"], edit, "changed since"),
    (["a.jsonl", "b.jsonl"], touch, "changed since"),
    (["a.jsonl", "b.jsonl", "--only", "claim"], int, "--only without, not claim"),
    (["a.jsonl", "b.jsonl", "--without-kinds", "comment"], int, "--without-kinds without, not comment"),
    (["a.jsonl", "b.jsonl", "--min-confidence", "0.9"], int, "--min-confidence 0.0, not 0.9"),
    (["a.jsonl", "b.jsonl", "--keep-line-breaks"], int, "--keep-line-breaks without, not True"),
    (["a.jsonl", "b.jsonl", "--id-field", "url"], int, "--id-field id, not url"),
    (["a.jsonl", "b.jsonl", "--text-field", "body"], int, "--text-field text, not body"),
    (["a.jsonl", "b.jsonl", "--input-format", "jsonl"], int, "--input-format without, not jsonl"),
    (["a.jsonl", "b.jsonl", "--errors", "e.jsonl"], int, "--errors o.jsonl.errors.jsonl, not e.jsonl"),
    (["a.jsonl", "b.jsonl", "--format", "csv"], int, "--format jsonl, not csv"),
]


STOPS = pytest.mark.parametrize("stop", [[], ["--max-errors", "0"]], ids=["finished", "unfinished"])


@STOPS
@pytest.mark.parametrize(("arguments", "change", "word"), CHANGES)
def test_what_decides_the_output_may_not_change(
    run: Run, arguments: list[str], change: Callable[[], object], word: str, stop: list[str]
) -> None:
    assert run("a.jsonl", "b.jsonl", "-o", "o.jsonl", *stop).exit_code == 1
    change()
    before = {path: path.read_bytes() for path in Path().iterdir()}
    result = run(*arguments, "-o", "o.jsonl", "--resume")
    assert result.exit_code == 2
    assert word in result.stderr
    assert "--overwrite" in result.stderr
    assert {path: path.read_bytes() for path in Path().iterdir()} == before


@STOPS
def test_another_model_is_not_taken_for_the_one_that_began(
    run: Run, bundle_folder: Path, tmp_path: Path, stop: list[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for path in bundle_folder.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    values = json.loads((other / "bundle.json").read_text())
    values["calibration"]["temperature"] *= 2
    (other / "bundle.json").write_text(json.dumps(values))
    run("a.jsonl", "-o", "o.jsonl", *stop)
    result = run("a.jsonl", "-o", "o.jsonl", "--resume", model=other)
    assert (result.exit_code, "begun with --model tiny@" in result.stderr) == (2, True)


def test_another_version_is_not_mixed_in(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("a.jsonl", "-o", "o.jsonl", "--max-errors", "0")
    monkeypatch.setattr(fingerprint, "version", lambda _: "9.9")
    result = run("a.jsonl", "-o", "o.jsonl", "--resume")
    assert (result.exit_code, ", not 9.9" in result.stderr) == (2, True)


def test_what_no_run_has_finished_is_not_complete(run: Run) -> None:
    Path("o.jsonl").write_text("somebody's\n")
    result = run("a.jsonl", "-o", "o.jsonl", "--resume")
    assert (result.exit_code, "nothing says what it was begun with" in result.stderr) == (2, True)
    assert Path("o.jsonl").read_text() == "somebody's\n"


def test_what_does_not_decide_the_output_may_change(run: Run) -> None:
    run("a.jsonl", "b.jsonl", "-o", "whole.jsonl")
    for workers in (1, 2):
        assert run("a.jsonl", "b.jsonl", "-o", "o.jsonl", "--max-errors", "0", "--overwrite").exit_code == 1
        result = run("a.jsonl", "b.jsonl", "-o", "o.jsonl", "--resume", "--workers", workers, "--summary")
        assert result.exit_code == 1, result.stderr
        assert Path("o.jsonl").read_bytes() == Path("whole.jsonl").read_bytes()


def test_workers_notice_inputs_in_another_order(run: Run) -> None:
    run("a.jsonl", "b.jsonl", "-o", "o.jsonl", "--max-errors", "1", "--workers", 2)
    before = Path("o.jsonl.part").read_bytes()
    result = run("b.jsonl", "a.jsonl", "-o", "o.jsonl", "--workers", 2, "--resume")
    assert (result.exit_code, "in another order" in result.stderr) == (2, True)
    assert Path("o.jsonl.part").read_bytes() == before


def nothing(*_: Any) -> Any:
    yield from ()


def test_a_folder_of_shards_knows_its_inputs_and_its_time_of_change(model: Model) -> None:
    target = Target(Path("out"), Path("errors"))
    with pytest.raises(UsageError, match="shards are missing"):
        run_sharded(Job(["a.jsonl"], model), target, ProgressListener(), nothing)
    touch()
    resumed = Target(Path("out"), Path("errors"), resume=True)
    with pytest.raises(UsageError, match="changed since"):
        run_sharded(Job(["a.jsonl"], model), resumed, ProgressListener(), nothing)


def test_a_finished_folder_knows_what_it_was_begun_with_without_its_notes(model: Model) -> None:
    target = Target(Path("out"), Path("errors"))
    run_sharded(Job([], model), target, ProgressListener(), nothing)
    for path in Path("out/_run").iterdir():
        path.unlink()
    resumed = Target(Path("out"), Path("errors"), resume=True)
    assert run_sharded(Job([], model), resumed, ProgressListener(), nothing).was_complete
    with pytest.raises(UsageError, match="other inputs"):
        run_sharded(Job(["a.jsonl"], model), resumed, ProgressListener(), nothing)


def test_two_runs_on_ray_never_write_to_one_folder(model: Model) -> None:
    with (
        Folder(Path("out")).begin({"newsroles": "1"}, resume=False),
        pytest.raises(UsageError, match="another run is writing it"),
    ):
        run_sharded(Job([], model), Target(Path("out"), Path("errors")), ProgressListener(), nothing)


def test_the_lock_holds_until_the_output_is_in_its_place(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = []
    replace = Path.replace

    def last(path: Path, target: Path) -> Path:
        if path.name == "o.jsonl.part":
            with pytest.raises(UsageError, match="another run is writing it"):
                PartFile(Path("o.jsonl"))
            refused.append(target)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", last)
    run_here(Job(["a.jsonl"], model), Target(Path("o.jsonl"), Path("e")))
    assert len(refused) == 1


def test_the_lock_of_a_run_that_has_just_finished_locks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("o.jsonl.part").write_text("")
    with Path("o.jsonl.part").open("rb") as before:
        monkeypatch.setattr("newsroles.runs.part._open", lambda _: os.fdopen(os.dup(before.fileno()), "r+b"))
        Path("o.jsonl.part").rename("o.jsonl")
        with pytest.raises(UsageError, match="another run is writing it"):
            PartFile(Path("o.jsonl"))
