"""The int8 graph: what is made small, what is left alone, and that it says nearly the same."""

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from onnxruntime import InferenceSession, SessionOptions
from transformers import AutoModelForTokenClassification

from newsroles.encoder import SLOWER
from newsroles_training.graph import quantise, write_graph

LABELS = ("claim", "accusation", "background", "boilerplate")


@pytest.fixture(scope="module")
def graphs(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("graphs")
    model = AutoModelForTokenClassification.from_pretrained(checkpoint, attn_implementation="eager").eval()
    write_graph(model, folder / "fp32.onnx", LABELS)
    quantise(folder / "fp32.onnx", folder / "int8.onnx")
    return folder / "fp32.onnx", folder / "int8.onnx"


def test_the_lower_feed_forward_goes_by_block_and_the_rest_by_window(graphs: tuple[Path, Path]) -> None:
    kinds = Counter(node.op_type for node in onnx.load(graphs[1]).graph.node)
    assert kinds["MatMulNBits"] == 2  # of two layers, the lower one's two matrices
    assert kinds["MatMulInteger"] + kinds["DynamicQuantizeMatMul"] == 4  # the upper's, and attention's
    assert kinds["QAttention"] + kinds["Attention"] == 2
    assert kinds["MatMul"] == 1  # the head


def test_sums_and_layer_norms_are_apart_and_stay_apart(graphs: tuple[Path, Path]) -> None:
    for path in graphs:
        kinds = Counter(node.op_type for node in onnx.load(path).graph.node)
        assert (kinds["SkipLayerNormalization"], kinds["LayerNormalization"]) == (0, 5)
    options = SessionOptions()
    options.optimized_model_filepath = str(graphs[0].parent / "optimised.onnx")
    options.log_severity_level = 3  # it warns that such a file is for this kind of processor only
    InferenceSession(str(graphs[0]), options, ["CPUExecutionProvider"], disabled_optimizers=SLOWER)
    kept = Counter(node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node)
    assert kept["LayerNormalization"] == 5


def test_word_embeddings_are_rows_of_int8(graphs: tuple[Path, Path]) -> None:
    plain, small = (
        {weight.name: numpy_helper.to_array(weight) for weight in onnx.load(path).graph.initializer}
        for path in graphs
    )
    (name,) = (name for name in plain if name.endswith("word_embeddings.weight"))
    rows, scales = small[f"{name}_rows"], small[f"{name}_scales"]
    assert rows.dtype == np.int8
    assert name not in small
    assert np.abs(rows * scales - plain[name]).max() <= scales.max() / 2 + 1e-7


def test_it_says_nearly_the_same(graphs: tuple[Path, Path]) -> None:
    ids = np.random.default_rng(1).integers(5, 60, size=(1, 40))
    plain, small = (
        InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(
            ["logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        )[0]
        for path in graphs
    )
    assert 0 < np.abs(plain - small).max() < 0.1 * np.abs(plain).max()
