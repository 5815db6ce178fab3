"""A graph made anew from its own weights: the same model, as this version exports it."""

import shutil
from dataclasses import replace
from pathlib import Path

import onnx
import pytest

from newsroles.errors import UsageError
from newsroles.model import bundle as bundles
from newsroles.model.labeller import Labeller
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.export import requantise as module
from newsroles_training.export.bundle import ExportRefused, Fidelity
from newsroles_training.export.requantise import requantise


def test_it_reads_as_before_and_keeps_all_but_its_graph(
    bundle_folder: Path, corpus_file: Path, articles: list[GoldArticle], tmp_path: Path
) -> None:
    before = bundles.load(bundle_folder)
    after = requantise(before, [corpus_file], tmp_path / "out")
    assert bundles.load(tmp_path / "out") == after
    assert sorted(path.name for path in after.folder.iterdir()) == [
        "bundle.json",
        "model.onnx",
        "tokenizer.json",
    ]
    int8 = after.provenance["int8"]
    assert int8["sentences"] == sum(len(page.labels) for page in articles)
    assert int8["equal_labels"] >= 0.995
    kept = replace(before, folder=after.folder, revision=after.revision)
    assert after == replace(kept, provenance={**before.provenance, "int8": int8})
    one, other = (Labeller(bundle).label(articles[0].text).sentences for bundle in (before, after))
    for was, now in zip(one, other, strict=True):
        assert now.label == was.label
        assert list(now.probabilities.values()) == pytest.approx(list(was.probabilities.values()), abs=0.05)


def test_the_shipped_graph_of_before_is_made_as_graphs_are_now(corpus_file: Path, tmp_path: Path) -> None:
    after = requantise(bundles.load("fast"), [corpus_file], tmp_path / "out")
    kinds = {node.op_type for node in onnx.load(after.graph).graph.node}
    assert "MatMulInteger" in kinds or "DynamicQuantizeMatMul" in kinds
    assert "MatMulNBits" not in kinds


def test_a_graph_that_strays_is_not_written(
    bundle_folder: Path, corpus_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "fidelity", lambda *_: Fidelity(160, 0.98, 0.001))
    with pytest.raises(ExportRefused, match=r"98.00% of labels are equal"):
        requantise(bundles.load(bundle_folder), [corpus_file], tmp_path / "out")
    assert list(tmp_path.glob("out*")) == []


def test_what_cannot_be_made_anew_is_refused(bundle_folder: Path, corpus_file: Path, tmp_path: Path) -> None:
    bundle, nothing = bundles.load(bundle_folder), tmp_path / "nothing.jsonl"
    nothing.touch()
    with pytest.raises(UsageError, match="no labelled sentences"):
        requantise(bundle, [nothing], tmp_path / "out")
    with pytest.raises(UsageError):
        requantise(bundle, [corpus_file], bundle_folder)
    whole = replace(bundle, folder=shutil.copytree(bundle_folder, tmp_path / "fp32"), provenance={})
    with pytest.raises(UsageError, match="not int8"):
        requantise(whole, [corpus_file], tmp_path / "out")
    assert bundles.load(bundle_folder) == bundle
