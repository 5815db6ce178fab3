"""The corrections loop in one command: what it writes, says, refuses and does not do twice."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import page
from tests.lines import write_lines
from typer.testing import CliRunner, Result

from newsroles.errors import UsageError
from newsroles.model import bundle as bundles
from newsroles.records.read import labelled_article
from newsroles.report.heads import key_of
from newsroles_training.cli.app import app
from newsroles_training.data.problems import CorpusError, Problem
from newsroles_training.learn.prepare import Task, _drawn, prepare
from newsroles_training.learn.verdict import verdict
from newsroles_training.train.config import load

SAYS_NOTHING = {"articles": 3, "sentences": 9, "before": 0.5, "gain": 0.3, "low": 0.1, "high": 0.5}
BETTER = {"articles": 9, "sentences": 40, "before": 0.5, "gain": 0.3, "low": 0.1, "high": 0.5}
MAYBE = {"articles": 9, "sentences": 40, "before": 0.5, "gain": 0.1, "low": -0.1, "high": 0.3}
WORSE = {"articles": 9, "sentences": 40, "before": 0.5, "gain": -0.1, "low": -0.2, "high": 0.0}
ERRORS = BETTER | {"before": 0.0}
GAINED = {"articles": 9, "sentences": 400, "gain": 0.02, "low": 0.01, "high": 0.03}
KEPT = {"articles": 9, "sentences": 400, "gain": 0.0, "low": -0.01, "high": 0.01}
FORGOTTEN = {"articles": 9, "sentences": 400, "gain": -0.1, "low": -0.15, "high": -0.05}


@pytest.mark.parametrize(
    ("held", "test", "word", "why"),
    [
        (BETTER, KEPT, "switch", "reads held-out corrections better"),
        (BETTER, FORGOTTEN, "stay", "10.0% of the test set is lost"),
        (WORSE, KEPT, "stay", "no better"),
        (MAYBE, KEPT, "undecided", "about 360 more corrected sentences"),
        (ERRORS, KEPT, "undecided", "any change gains on them"),
        (ERRORS, GAINED, "switch", "reads the test set better"),
        (ERRORS | {"gain": 0.0, "low": 0.0, "high": 0.0}, GAINED, "stay", "no better"),
        (ERRORS, FORGOTTEN, "stay", "10.0% of the test set is lost"),
        (SAYS_NOTHING, KEPT, "undecided", "correct about 33 more sentences, on 6 more pages"),
    ],
)
def test_the_verdict(held: dict[str, Any], test: dict[str, Any], word: str, why: str) -> None:
    found = verdict(held, test)
    assert found[0] == word
    assert why in found[1]


def _corpus(path: Path, numbers: range, many: int | None = None) -> Path:
    """Write invented pages; with `many`, as `sample` has asked for their first sentences only."""
    rows = list(map(page, numbers))
    if many:
        rows = [one | dict.fromkeys(("sentences", "sampled"), one["sentences"][:many]) for one in rows]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def _learn(folder: Path, config: Path, base: Path, *more: str | Path) -> Result:
    settings = (f"base.name={base}", "optim.epochs=1", "optim.patience=1")
    arguments = [
        *("learn", folder / "mine.jsonl", "--from", "newsroles", "-o", folder / "out", "--config", config),
        *("--replay", folder / "replay.jsonl", "--test", folder / "test.jsonl"),
        *(part for one in settings for part in ("--set", one)),
        *more,
    ]
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _corpus(tmp_path / "mine.jsonl", range(100, 109), 4)
    _corpus(tmp_path / "replay.jsonl", range(200, 216))
    _corpus(tmp_path / "test.jsonl", range(300, 308))
    return tmp_path


def test_from_corrections_to_a_verdict_and_not_twice(
    folder: Path, config_file: Path, bundle_folder: Path
) -> None:
    done = _learn(folder, config_file, bundle_folder)
    assert done.exit_code == 0, done.stderr
    out = folder / "out"
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    held = (out / "held.jsonl").read_text(encoding="utf-8").splitlines()
    taught = (out / "taught.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(held) + len(taught) == 9
    assert 2 <= len(held) <= 4  # a third
    assert report["corrections"]["articles"] == len(held) > 0
    assert report["corrections"]["sentences"] == 4 * len(held)
    assert not {json.loads(one)["group"] for one in held} & {json.loads(one)["group"] for one in taught}
    assert report["test"]["sentences"] == 80
    assert done.stdout.splitlines()[-2].endswith(f"{report['why']}.")
    assert done.stdout.splitlines()[-1].endswith(f"--model {out / 'bundle'}")
    assert bundles.load(out / "bundle").labels

    repeated = (out / "replay.jsonl").read_text(encoding="utf-8").splitlines()
    assert not {json.loads(one)["group"] for one in held} & {json.loads(one)["group"] for one in repeated}

    begun = (out / "bundle" / "bundle.json").stat().st_mtime_ns
    (out / "report.json").unlink()
    used = _learn(folder, config_file, bundle_folder)
    assert (used.exit_code, used.stdout) == (2, "")
    assert "already holds a run; give another folder, or --resume to go on with it" in used.stderr
    again = _learn(folder, config_file, bundle_folder, "--resume")
    assert (again.exit_code, again.stdout) == (0, done.stdout)
    assert (out / "bundle" / "bundle.json").stat().st_mtime_ns == begun

    _corpus(folder / "mine.jsonl", range(100, 110), 4)
    other = _learn(folder, config_file, bundle_folder, "--resume")
    assert (other.exit_code, other.stdout) == (2, "")
    assert "other corrections or values; give another folder" in other.stderr


def _studio(path: Path, *, submitted: bool) -> None:
    """Write an export of Label Studio: tasks with the annotations that somebody submitted."""
    tasks = []
    for number in range(100, 125):
        row = page(number)
        values = [
            {"type": "labels", "value": {"start": one["start"], "end": one["end"], "labels": [one["label"]]}}
            for one in row["sentences"]
        ]
        annotations = [{"result": values}] if submitted else []
        tasks.append({"id": number, "data": {"text": row["text"]}, "annotations": annotations})
    path.write_text(json.dumps(tasks), encoding="utf-8")


@pytest.mark.parametrize("more", [(), ("--resume",)])
def test_why_nothing_is_left_of_the_corrections_is_told_and_the_folder_can_be_used_again(
    folder: Path, config_file: Path, bundle_folder: Path, more: Sequence[str]
) -> None:
    mine, studio = folder / "mine.jsonl", ("--from", "label-studio")
    nothing = (
        f"{mine}: no labelled sentence to learn from; see whether the files, --from and --labelled are right"
    )
    sound = mine.read_bytes()
    _studio(mine, submitted=False)
    unsubmitted = _learn(folder, config_file, bundle_folder, *studio)
    assert (unsubmitted.exit_code, unsubmitted.stdout) == (2, "")
    assert unsubmitted.stderr.splitlines() == [
        f"newsroles-train: {mine} task 100 and 24 more: has 0 annotations; submit one and export again",
        f"newsroles-train: {nothing}",
    ]
    assert len(json.loads((folder / "out" / "left-out.json").read_text(encoding="utf-8"))) == 25
    _studio(mine, submitted=True)
    wrong = _learn(folder, config_file, bundle_folder, "--from", "doccano", *more)
    assert wrong.exit_code == 2
    assert wrong.stderr.splitlines() == [
        f"newsroles-train: {mine}:1: not a JSON object but a list, as Label Studio exports",
        f"newsroles-train: {nothing}",
    ]
    mine.write_bytes(b"PK\x84")
    letter = _learn(folder, config_file, bundle_folder, "--from", "prodigy", *more)
    assert (letter.exit_code, letter.stderr) == (
        2,
        f"newsroles-train: {mine}: not UTF-8; give JSON lines in UTF-8\n",
    )
    mine.write_bytes(sound)
    right = _learn(folder, config_file, bundle_folder, *more)
    assert right.exit_code == 0, right.stderr


def test_corrections_of_another_report_are_told(folder: Path, config_file: Path, bundle_folder: Path) -> None:
    mine, labelled = folder / "mine.jsonl", folder / "labelled.jsonl"
    _reported(mine, labelled)
    labelled.write_text(labelled.read_text(encoding="utf-8").replace("page-", "other-"), encoding="utf-8")
    refused = _learn(folder, config_file, bundle_folder, "--from", "report", "--labelled", labelled)
    assert refused.exit_code == 2
    step = f"its page is not in {labelled}; give the file that the report was made of"
    assert refused.stderr.splitlines()[0] == f"newsroles-train: {mine} item 1: {step}"


def test_a_used_folder_is_left_as_it_is(folder: Path, config_file: Path, bundle_folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    refused = _learn(folder, config_file, bundle_folder)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "something else is there; give another folder" in refused.stderr
    assert [path.name for path in (folder / "out").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("option", ["--replay", "--test"])
def test_pages_to_repeat_or_to_test_on_are_checked_before_anything_is_learnt(
    folder: Path, config_file: Path, bundle_folder: Path, option: str
) -> None:
    other = folder / f"{option[2:]}.jsonl"
    sound = other.read_text(encoding="utf-8")
    other.write_text(sound.replace('"claim"', '"opinion"'), encoding="utf-8")
    foreign = _learn(folder, config_file, bundle_folder)
    assert (foreign.exit_code, foreign.stdout) == (2, "")
    assert f"{other}:" in foreign.stderr
    assert ": label 'opinion' is not one of claim," in foreign.stderr
    step = f"or give {option} another corpus, with the labels claim, accusation, background, boilerplate\n"
    assert foreign.stderr.endswith(f"fix them and run again, {step}")
    other.write_text(json.dumps({"id": "a", "text": "One.", "sentences": []}), encoding="utf-8")
    bare = _learn(folder, config_file, bundle_folder)
    assert (bare.exit_code, bare.stdout) == (2, "")
    assert f"{other}: no labelled sentences; give {option} a corpus with labelled articles" in bare.stderr
    assert [path.name for path in (folder / "out").iterdir()] == ["learn.log"]
    other.write_text(sound, encoding="utf-8")
    assert _learn(folder, config_file, bundle_folder, "--resume").exit_code == 0


def test_corrections_of_one_page_are_too_few(folder: Path, config_file: Path, bundle_folder: Path) -> None:
    _corpus(folder / "mine.jsonl", range(100, 101), 4)
    refused = _learn(folder, config_file, bundle_folder)
    assert refused.exit_code == 2
    assert "correct sentences of two pages or more" in refused.stderr


def _reported(path: Path, labelled: Path) -> None:
    """Write what a report exports where the first two sentences of six pages were put right."""
    records, items = [], []
    for row in map(page, range(100, 106)):
        spans = [
            {**one, "text": row["text"][one["start"] : one["end"]], "probabilities": {"claim": 1.0}}
            | {"label": "claim", "truncated": False, "uncertain": False}
            for one in row["sentences"]
        ]
        record = {"id": row["id"], "source": "a.jsonl", "index": 0, "model": "m@1", "text": row["text"]}
        records.append(record | {"sentences": spans})
        key = key_of(labelled_article(records[-1]).article)
        items += [
            {
                "text": spans[n]["text"],
                "was": "claim",
                "label": "accusation",
                "place": f"r.html#p-{key}.{n + 1}",
            }
            for n in range(2)
        ]
    labelled.write_text("".join(f"{json.dumps(one)}\n" for one in records), encoding="utf-8")
    path.write_text(json.dumps(items), encoding="utf-8")


def test_what_was_put_right_in_a_report_is_taught(tmp_path: Path, config_file: Path) -> None:
    mine, labelled = tmp_path / "corrections.json", tmp_path / "labelled.jsonl"
    _reported(mine, labelled)
    replay = _corpus(tmp_path / "replay.jsonl", range(200, 216))
    task = Task([mine], "report", load(config_file, []), replay, replay, labelled)
    problems: list[Problem] = []
    (tmp_path / "out").mkdir()
    done = prepare(task, tmp_path / "out", problems)
    lines = "".join(path.read_text(encoding="utf-8") for path in (done.taught, done.held)).splitlines()
    rows = [json.loads(line) for line in lines]
    assert problems == []
    assert sorted(row["id"] for row in rows) == sorted(page(number)["id"] for number in range(100, 106))
    said = [(one["label"], one["previous"]) for row in rows for one in row["sentences"]]
    assert said == [("accusation", "claim")] * 12


def test_a_model_s_own_labels_are_not_taught(tmp_path: Path, config_file: Path) -> None:
    _reported(tmp_path / "corrections.json", tmp_path / "labelled.jsonl")
    replay = _corpus(tmp_path / "replay.jsonl", range(200, 216))
    task = Task([tmp_path / "labelled.jsonl"], "newsroles", load(config_file, []), replay, replay)
    with pytest.raises(UsageError, match=r"labelled\.jsonl holds labels that a model gave, not people"):
        prepare(task, tmp_path / "out", [])


def test_what_is_left_out_is_told_when_a_run_goes_on(tmp_path: Path, config_file: Path) -> None:
    mine, replay = _corpus(tmp_path / "mine.jsonl", range(100, 106), 4), tmp_path / "replay.jsonl"
    with mine.open("a", encoding="utf-8") as file:
        file.write("no JSON\n")
    task = Task([mine], "newsroles", load(config_file, []), _corpus(replay, range(200, 216)), replay)
    first, again = list[Problem](), list[Problem]()
    (tmp_path / "out").mkdir()
    done = prepare(task, tmp_path / "out", first)
    (tmp_path / "out" / "checkpoint").mkdir()
    mine.unlink()
    assert prepare(task, tmp_path / "out", again) == done
    assert [one.place for one in first] == [f"{mine}:7"]
    assert again == first


def test_a_page_that_was_corrected_is_not_repeated_under_another_id(tmp_path: Path) -> None:
    rows = [{"id": name, "text": f"{name}  it is.\n", "sentences": []} for name in ("a", "b", "c")]
    write_lines(tmp_path / "replay.jsonl", *rows)
    corrected = [{"id": "7", "text": "a it is."}, {"id": "b", "text": "Another."}]
    assert [row["id"] for row in _drawn(tmp_path / "replay.jsonl", corrected, set(), seed=1)] == ["c"]


def test_what_is_wrong_with_the_pages_to_repeat_is_named(tmp_path: Path) -> None:
    (tmp_path / "replay.jsonl").write_text('{"text": "Hello.", "sentences": []}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match="an article needs 'id'"):
        _drawn(tmp_path / "replay.jsonl", [], set(), seed=1)
