"""What benchmarks/speed/scale.py measures in small, and what it makes of it."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from newsroles.model.labeller import Labeller

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "speed" / "scale.py"


@pytest.fixture
def sizing(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARK.parent)
    spec = importlib.util.spec_from_file_location("sizing", BENCHMARK)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "sizing", module)
    spec.loader.exec_module(module)
    return module


def test_it_measures_whole_runs_of_the_pages(sizing: ModuleType, labeller: Labeller, tmp_path: Path) -> None:
    found = sizing.measure(labeller, 0.01, tmp_path)
    assert found.articles % 32 == 0
    assert 40 < found.sentences / found.articles < 55
    assert found.speed == pytest.approx(found.sentences / found.cpu)
    assert found.wall > 0
    assert found.output > found.sentences


def test_what_it_comes_to_is_arithmetic(sizing: ModuleType, tmp_path: Path) -> None:
    found = sizing.Measured("tiny@1", 2, 100, cpu=0.5, wall=4.0, output=30_000, memory=120)
    text = sizing.table(found, sizing.Assumed(sentences=36, price=0.5))
    assert "| sentences a second of CPU | 200 |" in text
    assert "| sentences a second of the clock | 25 |" in text
    assert "| 1,000,000 | 50 | 3.1 | 0.1 | 25 | 11 GB |" in text  # 36 million sentences at 200 a second
    assert "| 1,000,000,000 | 50,000 | 3,125.0 | 50.0 | 25,000 | 10,800 GB |" in text
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- sizing -->\nold\n<!-- end of sizing -->\nafter\n")
    sys.modules["written"].write(page, "sizing", text)
    assert page.read_text() == f"before\n<!-- sizing -->\n{text}\n\n<!-- end of sizing -->\nafter\n"
