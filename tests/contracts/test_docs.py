"""What README and the model card say is true."""

import importlib.util
import re
from pathlib import Path

import pytest
from tests.lines import read_lines

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def tree() -> list[str]:
    """Return the paths that the tree names, from the root."""
    block = ARCHITECTURE.split("## What is where")[1].split("```")[1]
    paths, folders = [], [""]
    for line in block.strip("\n").splitlines():
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        folders[depth + 1 :] = [folders[depth] + name]
        paths.append(folders[depth] + name)
    return paths


@pytest.mark.parametrize("path", tree())
def test_what_the_tree_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()
    assert (ROOT / path).is_dir() == path.endswith("/")


@pytest.mark.parametrize("package", ["inference/newsroles", "training/newsroles_training"])
def test_the_tree_names_every_room(package: str) -> None:
    modules = {f"{package}/{path.name}" for path in (ROOT / package).glob("*.py")}
    rooms = {f"{package}/{path.parent.name}/" for path in (ROOT / package).glob("*/__init__.py")}
    unnamed = {f"{package}/__init__.py", f"{package}/__main__.py"}
    data = {"inference/newsroles/models/default/"}
    named = {path for path in tree() if path.startswith(f"{package}/") and path != f"{package}/"}
    assert (modules | rooms) - unnamed == named - data


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=str)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def named_tests() -> list[tuple[str, str]]:
    page = (ROOT / "docs" / "trust" / "reliability.md").read_text(encoding="utf-8")
    return re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", page)


def test_every_guarantee_has_a_test() -> None:
    assert len(named_tests()) > 20
    for path, name in named_tests():
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), name


def test_the_model_card_is_current() -> None:
    from newsroles_training.export.card import render

    assert (ROOT / "model_card.md").read_text(encoding="utf-8") == render()


def test_the_page_of_the_two_models_quotes_their_reports() -> None:
    place = ROOT / "docs" / "build" / "models.py"
    spec = importlib.util.spec_from_file_location("models", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.table() in module.PAGE.read_text(encoding="utf-8")


def test_readme_quotes_the_report() -> None:
    from newsroles_training.evaluation.evaluate import read_report

    report = read_report()
    assert report
    scores = {label: one["f1"] for label, one in report["labels"].items()}
    scores["**macro**"] = report["macro_f1"]
    for name, f1 in scores.items():
        assert f"| {name} | {f1['value']:.3f} | {f1['low']:.3f} to {f1['high']:.3f} |" in README


@pytest.mark.parametrize(
    ("study", "page"),
    [
        ("corpora", "docs/work/experiments.md"),
        ("baselines", "docs/trust/comparisons.md"),
        ("pages", "docs/work/experiments.md"),
        ("students", "docs/work/experiments.md"),
    ],
)
def test_a_page_quotes_its_study(study: str, page: str) -> None:
    from newsroles_training.studies.compare import table_of

    text = (ROOT / page).read_text(encoding="utf-8")
    rows = read_lines(ROOT / "docs" / "results" / f"{study}.jsonl")
    for data in {row["data"] for row in rows}:
        scored = [row for row in rows if row["data"] == data]
        assert table_of(ROOT / "configs" / "compare" / f"{study}.yaml", scored) in text


def test_readme_quotes_the_benchmark() -> None:
    import json

    ours = "newsroles label"
    found = json.loads((ROOT / "docs" / "results" / "speed.json").read_text(encoding="utf-8"))
    rows = {row["engine"]: row["threads"]["2"]["sentences"] for row in found["table"]}
    ratios = {one["to"]: one["ratio"] for one in found["ratios"] if (one["of"], one["threads"]) == (ours, 2)}
    speed = "{:,.0f} ({:,.0f} to {:,.0f}) sentences a second".format(*rows[ours])
    times = "{:.1f} times ({:.1f} to {:.1f})".format(*ratios["pipeline, as it pads"])
    assert f"{speed} on two cores of a server: {times} Hugging Face's `pipeline`" in README
    other = json.loads((ROOT / "docs" / "results" / "speed-amd.json").read_text(encoding="utf-8"))
    (rate,) = (row["threads"]["2"]["sentences"][0] for row in other["table"] if row["engine"] == ours)
    (ratio,) = (
        one["ratio"][0]
        for one in other["ratios"]
        if (one["to"], one["threads"]) == ("pipeline, as it pads", 2)
    )
    assert f"on an AMD server\n{rate:,.0f} and {ratio:.1f} times" in README
