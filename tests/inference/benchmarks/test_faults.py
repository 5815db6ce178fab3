"""A quick run of what benchmarks/robustness/faults.py does at length: bad inputs of every kind, and kills."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

import pytest

from newsroles.readers.sources import Sources
from newsroles.runs.job import Job, Target
from newsroles.runs.local import run

if TYPE_CHECKING:
    from newsroles.runs.job import Model

BENCHMARKS = Path(__file__).parents[3] / "benchmarks" / "robustness"


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    pytest.importorskip("pyarrow", reason="needs the extra parquet")
    monkeypatch.syspath_prepend(BENCHMARKS)
    for name in (
        "faults",
        "accounting",
        "bad_inputs",
        "odd_inputs",
        "disturbed",
        "harm",
        "trouble",
        "samples",
    ):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module("faults")


def test_bad_inputs_of_every_kind_are_accounted_for(
    faults: ModuleType, model: "Model", tmp_path: Path
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    assert len(faults.KINDS) >= 25
    written = faults.write_cases(pages, 2 * len(faults.KINDS))
    out = tmp_path / "out.jsonl"
    summary = run(Job(Sources([str(pages)]), model), Target(out, Path(f"{out}.errors.jsonl")))
    counts = faults.verify(written, out)
    assert (summary.labelled, summary.failed) == (counts["labelled"], counts["failed"])


def test_killed_at_random_moments_it_ends_in_the_same_bytes(
    faults: ModuleType, bundle_folder: Path, tmp_path: Path
) -> None:
    counts = cast("dict[str, int]", faults.run_kills(bundle_folder, tmp_path, 2))
    assert counts["kills"] == 2
    assert counts["runs finished"] >= 1


def test_the_same_number_gives_the_same_bad_inputs(faults: ModuleType) -> None:
    cases, number = sys.modules["bad_inputs"].cases, len(faults.KINDS)
    assert list(cases(number)) == list(cases(number))
