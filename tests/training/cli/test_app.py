"""The command newsroles-train: data on stdout, a line an error, and the exit codes that were promised."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from newsroles.model import bundle as bundles
from newsroles_training.cli import app, console
from newsroles_training.train import fit as fitting


def _run(*arguments: str | Path) -> Result:
    return CliRunner(env={"COLUMNS": "120", "TERM": "dumb"}).invoke(
        app.app, [str(part) for part in arguments]
    )


def _error(result: Result) -> str:
    """Return the one line of a refusal."""
    assert (result.exit_code, result.stdout) == (2, "")
    *logged, line = result.stderr.splitlines()
    assert not [one for one in logged if one.startswith(("Traceback", "newsroles-train:"))]
    assert line.startswith("newsroles-train: ")
    return line.removeprefix("newsroles-train: ")


def test_help_waits_for_nothing_heavy() -> None:
    code = (
        "import sys; from newsroles_training import cli; sys.argv = ['newsroles-train', 'fit', '--help']\n"
        "try: cli.main()\n"
        "except SystemExit as end: assert not end.code\n"
        "print(sorted({'torch', 'transformers', 'datasets', 'onnxruntime', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert done.stdout.splitlines()[-1] == "[]"


def test_from_corpus_to_report(config_file: Path, corpus_file: Path, tmp_path: Path) -> None:
    run, bundle, report = tmp_path / "run", tmp_path / "bundle", tmp_path / "report.json"
    fitted = _run(
        "fit", "--config", config_file, "-o", run, "--set", "optim.epochs=1", "--set", "optim.patience=1"
    )
    assert fitted.exit_code == 0, fitted.stderr
    summary = json.loads((run / "fit.json").read_text(encoding="utf-8"))
    f1, minutes = summary["best_macro_f1"], summary["minutes"]
    assert "macro-F1 on the held fold" in fitted.stderr
    assert "eval_macro_f1" not in fitted.stderr
    assert "eval_macro_f1" in (run / "fit.log").read_text(encoding="utf-8")
    assert [line for line in fitted.stderr.splitlines() if "WARNING" in line] == [
        f"newsroles-train: WARNING: {warning}" for warning in summary["warnings"]
    ]
    assert fitted.stdout == f"{run}: macro-F1 {f1:.3f} on the held fold, {minutes} minutes\n"

    exported = _run("export", run, "-o", bundle)
    assert (exported.exit_code, bundles.load(bundle).name) == (0, "tiny")
    assert exported.stdout.startswith(f"{bundle}: {bundles.load(bundle).model_id}; try: newsroles label ")
    held = bundles.load(bundle).provenance["calibrated_on"]
    assert (held["articles"], held["corpora"]) == (summary["articles"]["held"], {})
    few = f"on {held['articles']} held-out articles of {held['groups']} groups, which is few; with more: "
    assert few in exported.stderr

    evaluated = _run("evaluate", corpus_file, "--model", bundle, "-o", report)
    assert evaluated.exit_code == 0
    assert json.loads(report.read_text(encoding="utf-8"))["data"]["sentences"] == 160
    assert f"160 sentences of 16 articles in pages, {bundles.load(bundle).model_id}\n" in evaluated.stdout

    pages, again = tmp_path / "new.jsonl", tmp_path / "again"
    pages.write_text(corpus_file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    calibrated = _run("calibrate", pages, "--model", bundle, "-o", again)
    assert calibrated.exit_code == 0, calibrated.stderr
    was, now = (bundles.load(folder).calibration.temperature for folder in (bundle, again))
    told = (
        f"{again}: {bundles.load(again).model_id}, temperature {now:.2f} (it was {was:.2f}) on 160 sentences"
    )
    assert calibrated.stdout.startswith(told)


def test_a_missing_config_is_one_line(tmp_path: Path) -> None:
    error = _error(_run("fit", "--config", tmp_path / "no.yaml", "-o", tmp_path / "run"))
    assert error.startswith(f"{tmp_path / 'no.yaml'}: ")
    assert error.endswith("; give a YAML file such as configs/default.yaml")


def test_a_misspelt_setting_is_one_line(config_file: Path, tmp_path: Path) -> None:
    error = _error(_run("fit", "--config", config_file, "-o", tmp_path / "run", "--set", "optim.epoch=2"))
    assert "optim.epoch: unknown key, did you mean 'epochs'?" in error


def test_what_somebody_else_wrote_is_not_replaced(
    bundle_folder: Path, corpus_file: Path, tmp_path: Path
) -> None:
    mine, details = tmp_path / "mine.jsonl", tmp_path / "details"
    details.mkdir()
    for path in (mine, details / "errors.jsonl"):
        path.write_text('{"id": "1", "text": "It rained."}\n', encoding="utf-8")
    model = ("--model", bundle_folder)
    for wrong in (
        _run("evaluate", corpus_file, *model, "-o", mine),
        _run("evaluate", corpus_file, *model, "--details", details),
        _run("card", *model, "-o", mine),
    ):
        assert (wrong.exit_code, wrong.stdout) == (2, "")
        assert "is there, and not of this command; give another path" in wrong.stderr
    assert mine.read_text(encoding="utf-8") == (details / "errors.jsonl").read_text(encoding="utf-8")
    shutil.rmtree(details)
    bundle = Path(shutil.copytree(bundle_folder, tmp_path / "bundle"))
    for _ in range(2):  # what the commands have written is replaced
        report = _run("evaluate", corpus_file, *model, "-o", bundle / "report.json", "--details", details)
        assert report.exit_code == 0
        assert _run("card", "--model", bundle, "-o", tmp_path / "card.md").exit_code == 0
    assert (tmp_path / "card.md").read_text(encoding="utf-8").startswith("---")


@pytest.mark.parametrize("command", ["export", "evaluate"])
def test_what_is_no_model_is_one_line(command: str, corpus_file: Path, tmp_path: Path) -> None:
    arguments = {"export": (tmp_path, "-o", tmp_path / "out"), "evaluate": (corpus_file, "--model", tmp_path)}
    assert str(tmp_path) in _error(_run(command, *map(str, arguments[command])))


def test_a_card_without_a_report_is_one_line(bundle_folder: Path) -> None:
    assert "report.json" in _error(_run("card", "--model", bundle_folder))


def test_a_bad_corpus_lists_its_problems(bundle_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{}\n[\n", encoding="utf-8")
    result = _run("evaluate", tmp_path / "bad.jsonl", "--model", bundle_folder)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("newsroles-train: 2 problems in the corpus:\n")
    assert f"{tmp_path / 'bad.jsonl'}:2: not JSON" in result.stderr


@pytest.mark.parametrize("command", ["evaluate", "calibrate"])
def test_labels_that_a_model_does_not_have_are_summed_up(
    command: str, bundle_folder: Path, tmp_path: Path
) -> None:
    rows, out = tmp_path / "own.csv", tmp_path / "out"
    rows.write_text("text,label\n" + "They voted.,vote\n" * 40, encoding="utf-8")
    result = _run(command, rows, "--model", bundle_folder, "-o", out)
    assert (result.exit_code, result.stdout, out.exists()) == (2, "", False)
    assert result.stderr.count("label 'vote' is not one of") == 1
    assert f"{rows}:2 sentence 0 and 39 more: label 'vote'" in result.stderr
    assert "for labels of your own give a --model that has them" in result.stderr


def test_a_missing_extra_says_what_to_install(
    config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "find_spec", lambda package: None if package == "transformers" else package)
    error = _error(_run("fit", "--config", config_file, "-o", tmp_path / "run"))
    assert error.startswith("this needs the package 'transformers', which is not installed; run: ")
    assert error.endswith("[train]'")


def test_an_interruption_says_how_to_go_on(
    config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fitting, "fit", interrupted)
    result = _run("fit", "--config", config_file, "-o", tmp_path / "run")
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr == "newsroles-train: interrupted; --resume goes on from what is saved\n"


@pytest.mark.parametrize("arguments", [["fit"], ["export", "somewhere"], ["nonsense"]])
def test_a_wrong_call_is_a_usage_error(arguments: list[str]) -> None:
    result = _run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr
