"""MPNet, from a base to a bundle and back: its attention is one operator, and its weights come out again."""

from collections import Counter
from pathlib import Path

import onnx
import pytest
import torch
from tests.conftest import TINY, save_tokenizer
from tests.weights import assert_equal_but_for_rounding
from transformers import AutoTokenizer, MPNetConfig, MPNetModel

from newsroles.model import bundle as bundles
from newsroles.model.labeller import Labeller
from newsroles_training.export.bundle import export
from newsroles_training.train.config import BaseConfig, RunConfig
from newsroles_training.train.fit import fit
from newsroles_training.train.weights import unpack


@pytest.fixture(scope="module")
def run(config: RunConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short run from a tiny MPNet."""
    folder = tmp_path_factory.mktemp("mpnet")
    torch.manual_seed(1)
    base = folder / "base"
    save_tokenizer(base, pad="<pad>")
    tiny = MPNetConfig(
        vocab_size=len(AutoTokenizer.from_pretrained(base)),
        **TINY,
        max_position_embeddings=128,
        pad_token_id=0,
    )
    MPNetModel(tiny).save_pretrained(base)
    optim = config.optim.model_copy(update={"epochs": 2})
    fit(config.model_copy(update={"base": BaseConfig(name=str(base)), "optim": optim}), folder / "run")
    return folder / "run"


@pytest.fixture(scope="module")
def bundle(run: Path) -> bundles.Bundle:
    return export(run, run.parent / "bundle")  # which refuses a graph that differs from PyTorch's


def test_attention_is_one_operator_a_layer(bundle: bundles.Bundle) -> None:
    kinds = Counter(node.op_type for node in onnx.load(bundle.graph).graph.node)
    assert (kinds["MultiHeadAttention"], kinds["Softmax"]) == (2, 0)
    assert kinds["MatMulInteger"] + kinds["DynamicQuantizeMatMul"] == 8
    assert bundle.provenance["int8"]["equal_labels"] >= 0.9
    assert Labeller(bundle).label("The owners hid the cracks.").sentences


def test_the_weights_come_back_but_for_rounding(bundle: bundles.Bundle, run: Path, tmp_path: Path) -> None:
    unpack(bundle, tmp_path)
    assert_equal_but_for_rounding(tmp_path, run)
    assert len(AutoTokenizer.from_pretrained(tmp_path)) == len(AutoTokenizer.from_pretrained(run))
