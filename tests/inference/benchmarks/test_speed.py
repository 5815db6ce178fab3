"""What the programs of benchmarks/speed measure in small, and what they make of it."""

import importlib
import json
from pathlib import Path
from types import ModuleType

import pytest

from newsroles.model.labeller import Labeller

BENCHMARKS = Path(__file__).parents[3] / "benchmarks" / "speed"
OURS = "newsroles label"


def module(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module(name)


def test_an_engine_is_measured_in_a_process_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    speed = module("speed", monkeypatch)
    page, out = tmp_path / "page.md", tmp_path / "speed.json"
    page.write_text("<!-- speed -->\n<!-- end of speed -->\n", encoding="utf-8")
    asked = ["--engines", OURS, "--rounds", "2", "--sentences", "1", "--threads", "1"]
    assert speed.CONFIG.is_file()  # which only other engines need
    speed.main([*asked, "-o", str(out), "--write", str(page)])
    found = json.loads(out.read_text(encoding="utf-8"))
    (row,) = found["table"]
    rates = [n / s for n, s in zip(found["sample"]["sentences"], row["threads"]["1"]["seconds"], strict=True)]
    assert row["threads"]["1"]["sentences"][1:] == pytest.approx(sorted(rates))
    assert row["threads"]["1"]["read"] >= sum(found["sample"]["tokens"]) > 100
    assert 50 < row["threads"]["1"]["memory"] < 500
    assert f"| {OURS} |" in page.read_text(encoding="utf-8")
    assert "newsroles" in capfd.readouterr().out


def test_operations_are_counted_as_the_layers_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = module("matrix", monkeypatch)
    config = {"hidden_size": 2, "intermediate_size": 8, "num_hidden_layers": 3}
    # a token: 4 matrices of 2 x 2 and 2 of 2 x 8; of 5 tokens each looks at 5, by 2 products of 2
    assert matrix.flops([5], config) == 3 * 5 * 2 * (4 * 4 + 2 * 16 + 5 * 2 * 2)
    assert matrix.flops([5, 5], config) == 2 * matrix.flops([5], config)


def test_rows_say_what_is_missing_and_ratios_are_paired(monkeypatch: pytest.MonkeyPatch) -> None:
    table = module("speed_table", monkeypatch)
    engines = module("engines", monkeypatch)

    def run(*seconds: float) -> dict[str, object]:
        rounds = [{"seconds": one, "cpu": one, "runs": [10], "memory": 2e8} for one in seconds]
        return {"first": {"seconds": 1.5}, "rounds": rounds}

    known = {
        "machine": {
            "processor": "Z80",
            "cores": 1,
            "load": [0.2],
            "at": "now",
            "python": "3",
            "versions": {},
        },
        "sample": {"corpus": "c", "pages": 1, "sentences": [60] * 3, "tokens": [600] * 3},
        "config": {"hidden_size": 10, "intermediate_size": 40, "num_hidden_layers": 1},
        "rounds": 3,
        "threads": [1],
        "absent": {"OpenVINO fp32": "openvino"},
        "equal": {OURS: 0.997},
        "peaks": {1: {"fp32": 1.0, "int8": 4.0}},
        "runs": {1: {engines.USUAL: run(20, 30, 20), OURS: run(2, 2, 4), "torch fp32": {"note": "no room"}}},
    }
    known["table"] = table.rows(known, engines.ENGINES)
    known["ratios"] = table.ratios(known["runs"], OURS, [engines.USUAL])
    text = table.markdown(known)
    assert "| newsroles label | 30 (15 to 30) | 300 |" in text
    assert "| OpenVINO fp32 | not there: pip install openvino |" in text
    assert "| torch fp32 | no room |" in text
    assert "99.70%" in text
    assert "10.0 times (5.0 to 15.0, paired by round)" in text


@pytest.mark.slow
def test_growth_is_measured_with_the_start_taken_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    growth = module("growth", monkeypatch)
    monkeypatch.setattr(growth, "ARTICLES", (3,))
    found = growth.measure(3, (7,), tmp_path)
    (articles,), (lines,) = found["articles"], found["lines"]
    assert (articles["number"], lines["number"]) == (3, 7)
    assert lines["sentences"] >= 7
    assert articles["each"]["seconds"] == pytest.approx(
        (articles["seconds"] - found["one"]["seconds"]) / 3 * 1e3
    )
    assert lines["memory"] > 50
    shared = f"3 articles, `{found['workers']['settings']}`"
    names = ["1 article", "3 articles", shared, "1 article of 7 lines"]
    assert [row[0] for row in growth.table(found)[1]] == names


def test_stages_add_up_and_leave_the_labeller_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    stages = module("stages", monkeypatch)
    label = Labeller.probabilities
    found = stages.measure(stages.PAGES, 1, None)
    assert Labeller.probabilities is label
    assert set(found["stages"]) == {*stages.STAGES, "reading and the rest"}
    assert all(seconds > 0 for seconds in found["stages"].values())
    assert max(found["stages"], key=found["stages"].get) == "encoder"
    assert sum(found["operators"].values()) < 2 * found["stages"]["encoder"]
    assert found["tokens"] > 100
    shares = [float(row[1].rstrip("%")) for row in stages.table(found)[: len(found["stages"])]]
    assert sum(shares) == pytest.approx(100, abs=1)


def test_it_measures_whole_runs_of_the_pages(
    monkeypatch: pytest.MonkeyPatch, labeller: Labeller, tmp_path: Path
) -> None:
    found = module("scale", monkeypatch).measure(labeller, 0.01, tmp_path)
    assert found.articles % 32 == 0
    assert 40 < found.sentences / found.articles < 55
    assert found.speed == pytest.approx(found.sentences / found.cpu)
    assert found.wall > 0
    assert found.output > found.sentences


def test_what_it_comes_to_is_arithmetic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sizing = module("scale", monkeypatch)
    found = sizing.Measured("tiny@1", 2, 100, cpu=0.5, wall=4.0, output=30_000, memory=120)
    text = sizing.table(found, sizing.Assumed(sentences=36, price=0.5))
    assert "| sentences a second of CPU | 200 |" in text
    assert "| sentences a second of the clock | 25 |" in text
    assert "| 1,000,000 | 50 | 3.1 | 0.1 | 25 | 11 GB |" in text  # 36 million sentences at 200 a second
    assert "| 1,000,000,000 | 50,000 | 3,125.0 | 50.0 | 25,000 | 10,800 GB |" in text
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- sizing -->\nold\n<!-- end of sizing -->\nafter\n")
    module("written", monkeypatch).write(page, "sizing", text)
    assert page.read_text() == f"before\n<!-- sizing -->\n{text}\n\n<!-- end of sizing -->\nafter\n"
