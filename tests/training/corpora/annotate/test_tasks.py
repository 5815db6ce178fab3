"""Tasks: whole pages with the chosen sentences marked, in each tool's format, and back without a loss."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.lines import write_lines
from typer.testing import CliRunner, Result

from newsroles_training.cli.app import app
from newsroles_training.cli.sample import Annotator
from newsroles_training.corpora.annotate import tasks
from newsroles_training.corpora.annotate.convert import read
from newsroles_training.data.problems import Problem

TEXT = "Menu 😀\nThe dam held. Ada Lund blames the board.\n"
SPANS = ((0, 6), (7, 20), (21, 46))


def record(number: int = 0, text: str = TEXT, **more: Any) -> dict[str, Any]:
    sentences = [
        {
            "start": start,
            "end": end,
            "text": text[start:end],
            "label": "claim",
            "probabilities": {"claim": p, "accusation": round(1 - p, 4)},
            "truncated": False,
            "uncertain": False,
        }
        for (start, end), p in zip(SPANS, (0.9, 0.6, 0.7), strict=True)
    ]
    page = {"id": f"https://echo.example/{number}", "source": "crawl.jsonl", "index": number, "model": "m 1"}
    return {**page, "text": text, "sentences": sentences, **more}


def lines(folder: Path, *rows: Any) -> Path:
    return write_lines(folder / "labelled.jsonl", *rows)


def command(*arguments: Any) -> Result:
    return CliRunner(env={"COLUMNS": "120"}).invoke(app, ["sample", *map(str, arguments)])


def accepted(path: Path, tool: Annotator) -> Path:
    """Stand for an annotator who finds every label right."""
    if tool is Annotator.LABEL_STUDIO:
        sent = json.loads(path.read_text(encoding="utf-8"))
        for number, task in enumerate(sent, 1):
            task["id"] = number
            task["annotations"] = [{"id": number, "result": task["predictions"][0]["result"]}]
        path.write_text(json.dumps(sent), encoding="utf-8")
    return path


@pytest.mark.parametrize("tool", Annotator)
def test_there_and_back_only_what_was_asked_for_is_labelled(tmp_path: Path, tool: Annotator) -> None:
    labelled, out = lines(tmp_path, record()), tmp_path / "tasks.json"
    result = command(labelled, "-n", 2, "-o", out, "--to", tool)
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    assert "2 sentences of 1 pages (2 claim)" in result.stderr
    problems: list[Problem] = []
    (row,) = read(accepted(out, tool), tool, problems)
    assert problems == []
    spans = [{"start": start, "end": end, "label": "claim"} for start, end in SPANS[1:]]
    probabilities = [{**span, "probability": p} for span, p in zip(spans, (0.6, 0.7), strict=True)]
    assert row == {
        "id": "https://echo.example/0",
        "source": "crawl.jsonl",
        "group": "echo.example",
        "model": "m 1",
        "text": TEXT,
        "sampled": probabilities,
        "sentences": spans,
    }


def test_label_studio_gets_predictions_and_a_config_for_the_labels(tmp_path: Path) -> None:
    out = tmp_path / "tasks.json"
    assert command(lines(tmp_path, record()), "-n", 1, "-o", out).exit_code == 0
    (task,) = json.loads(out.read_text(encoding="utf-8"))
    assert "annotations" not in task
    (prediction,) = task["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("m 1", 0.6)
    (region,) = prediction["result"]
    assert region["value"] == {"start": 7, "end": 20, "text": "The dam held.", "labels": ["claim"]}
    view = ET.fromstring((tmp_path / "tasks.config.xml").read_text(encoding="utf-8"))  # noqa: S314 - ours
    names, text = view.find("Labels"), view.find("Text")
    assert names is not None
    assert text is not None
    assert (names.get("name"), names.get("toName"), text.get("name")) == (
        region["from_name"],
        region["to_name"],
        "text",
    )
    assert text.get("value") == "$text"
    assert [label.get("value") for label in names] == ["claim", "accusation"]
    assert [label.get("hotkey") for label in names] == ["1", "2"]


def test_labels_of_any_kind_fit_into_the_config() -> None:
    view = ET.fromstring(tasks.label_studio_config(['<"&>', *map(str, range(20))]))  # noqa: S314 - ours
    assert [label.get("value") for label in view.iter("Label")] == ['<"&>', *map(str, range(20))]


@pytest.mark.parametrize("tool", Annotator)
def test_a_chosen_sentence_that_was_forgotten_is_reported(tmp_path: Path, tool: Annotator) -> None:
    out = tmp_path / "tasks.json"
    assert command(lines(tmp_path, record()), "-n", 2, "-o", out, "--to", tool).exit_code == 0
    exported = accepted(out, tool).read_text(encoding="utf-8")
    whole = json.loads(exported) if tool is Annotator.LABEL_STUDIO else [json.loads(exported)]
    for spans in (whole[0].get("label"), whole[0].get("spans")):
        if spans:
            del spans[0]
    if tool is Annotator.LABEL_STUDIO:
        del whole[0]["annotations"][0]["result"][0]
    out.write_text(json.dumps(whole if tool is Annotator.LABEL_STUDIO else whole[0]), encoding="utf-8")
    problems: list[Problem] = []
    assert list(read(out, tool, problems)) == []
    assert "nobody has labelled 'The dam held.'" in problems[0].reason


def test_whole_pages_are_all_coloured(tmp_path: Path) -> None:
    out = tmp_path / "tasks.json"
    labelled = lines(tmp_path, record(), record(1, TEXT.replace("dam", "sea")))
    result = command(labelled, "-n", 4, "-o", out, "--whole-pages", "--strategy", "random", "--seed", 3)
    assert result.exit_code == 0, result.stderr
    (task,) = json.loads(out.read_text(encoding="utf-8"))
    assert [one["value"]["start"] for one in task["predictions"][0]["result"]] == [0, 7, 21]


def test_what_to_run_for_prodigy_can_be_pasted(tmp_path: Path) -> None:
    own = record()
    for one in own["sentences"]:
        one |= {"label": "No claim", "probabilities": {"No claim": 0.9, "who's to blame": 0.1}}
    out = tmp_path / "my tasks.jsonl"
    result = command(lines(tmp_path, own), "-o", out, "--to", "prodigy")
    assert result.exit_code == 0, result.stderr
    words, call = result.stderr.split(" run ")
    assert words.endswith("with a name for NAME and the pages' language (en, de, ...) for xx,")
    assert shlex.split(call) == [
        *("prodigy", "spans.manual", "NAME", "blank:xx", str(out)),
        *("--label", "No claim,who's to blame"),
    ]


def test_a_page_that_stands_twice_is_asked_once_and_ids_stay_apart(tmp_path: Path) -> None:
    other = record(2, TEXT.replace("dam", "sea"), id="https://echo.example/0")
    records = tasks.read(lines(tmp_path, record(), record(1), other))
    assert [one["id"] for one in records] == ["https://echo.example/0", "crawl.jsonl:2"]


def test_a_page_without_an_address_is_its_own_group(tmp_path: Path) -> None:
    records = tasks.read(lines(tmp_path, record(id="pages/a.html")))
    (page,) = tasks.pages(records, {0: [1]})
    assert page["group"] == "pages/a.html"


OTHER = record()["sentences"][0] | {
    "start": 0,
    "end": 4,
    "text": "One.",
    "label": "x",
    "probabilities": {"x": 1},
}


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([{"id": 1, "text": "x", "sentences": [{"start": 0, "end": 1, "label": "claim"}]}], "not a record"),
        ([{**record(), "sentences": []}], "no labelled sentence in it"),
        ([record(), record(1, "One.", sentences=[OTHER])], "of models with other labels"),
    ],
)
def test_what_label_did_not_write_is_refused(tmp_path: Path, rows: list[Any], reason: str) -> None:
    result = command(lines(tmp_path, *rows), "-o", tmp_path / "tasks.json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert reason in result.stderr
    assert "newsroles label" in result.stderr
    assert not (tmp_path / "tasks.json").exists()


def test_files_that_are_there_stay(tmp_path: Path) -> None:
    labelled = lines(tmp_path, record())
    (tmp_path / "tasks.config.xml").write_text("mine", encoding="utf-8")
    result = command(labelled, "-o", tmp_path / "tasks.json")
    assert result.exit_code == 2
    assert "tasks.config.xml: is already there" in result.stderr
    assert command(labelled, "-o", tmp_path / "tasks.json", "--overwrite").exit_code == 0


def test_it_runs_without_the_extra(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "for name in ('torch', 'transformers', 'datasets', 'sklearn', 'yaml'): sys.modules[name] = None\n"
        "from newsroles_training import cli\n"
        "sys.argv = ['newsroles-train', 'sample', sys.argv[1], '-o', sys.argv[2]]\n"
        "cli.main()"
    )
    call = [sys.executable, "-c", code, str(lines(tmp_path, record())), str(tmp_path / "tasks.json")]
    done = subprocess.run(call, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "tasks.json").exists()
