"""The engines of benchmarks/speed/speed.py on the tiny checkpoint: they say what the checkpoint says."""

import importlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("torch")

BENCHMARKS = Path(__file__).parents[3] / "benchmarks" / "speed"


@pytest.fixture(scope="module")
def engines() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        return importlib.import_module("engines")


@pytest.fixture(scope="module")
def setting(
    engines: ModuleType,
    tmp_path_factory: pytest.TempPathFactory,
    config_file: Path,
    checkpoint: Path,
    bundle_folder: Path,
) -> Any:
    """Return one thread, the files of the engines, and the bundle of the same checkpoint."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines.engine_files, "find_spec", lambda _: None)  # the tests' extra has no peers
        engines.engine_files.make(folder, config_file, checkpoint)
    return engines.Setting(1, folder, bundle_folder)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, corpus_file: Path) -> Path:
    path = tmp_path_factory.mktemp("pages") / "pages.jsonl"
    rows = map(json.loads, corpus_file.read_text(encoding="utf-8").splitlines()[:3])
    path.write_text("\n".join(json.dumps({"text": row["text"]}) for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["torch fp32", "torch bf16", "onnxruntime fp32", "newsroles label"])
def test_engines_of_windows_say_what_the_bundle_says(
    name: str, engines: ModuleType, setting: Any, pages: Path, tmp_path: Path
) -> None:
    engine, ours = engines.ENGINES[name].open(setting), engines.ours(setting)
    for one in (engine, ours):
        one.label(pages, tmp_path / f"{one is ours}.jsonl")
    assert engine.runs == ours.runs
    first, second = (_labels(tmp_path / f"{one}.jsonl") for one in (False, True))
    assert sum(map(str.__eq__, first, second)) >= 0.9 * len(second)


@pytest.mark.parametrize("width", [128, None])
def test_the_usual_way_labels_each_sentence_alone(
    width: int | None, engines: ModuleType, setting: Any, pages: Path, tmp_path: Path
) -> None:
    engine = engines.Alone(setting, width=width)
    engine.label(pages, tmp_path / "out.jsonl")
    labels = _labels(tmp_path / "out.jsonl")
    assert len(engine.runs) == len(labels) == 30
    assert set(engine.runs) == {128} if width else max(engine.runs) < 64


def _labels(path: Path) -> list[str]:
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [sentence["label"] for row in rows for sentence in row["sentences"]]
