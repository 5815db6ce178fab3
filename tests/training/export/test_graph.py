"""The int8 graph: what is made small, what is left alone, and that it says nearly the same."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from transformers import AutoModelForTokenClassification

from newsroles.model.encoder import SLOWER
from newsroles.model.runtime import onnxruntime
from newsroles_training.export import int8
from newsroles_training.export.graph import write_graph
from newsroles_training.export.int8 import quantise

LABELS = ("claim", "accusation", "background", "boilerplate")
IDS = np.random.default_rng(1).integers(5, 60, size=(1, 40))


@pytest.fixture(scope="module")
def graphs(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("graphs")
    model = AutoModelForTokenClassification.from_pretrained(checkpoint, attn_implementation="eager").eval()
    write_graph(model, folder / "fp32.onnx", LABELS)
    quantise(folder / "fp32.onnx", folder / "int8.onnx", [IDS[0].tolist()])
    return folder / "fp32.onnx", folder / "int8.onnx"


def test_all_matrices_go_by_window_and_few_channels_of_one_are_apart(graphs: tuple[Path, Path]) -> None:
    graph = onnx.load(graphs[1]).graph
    kinds = Counter(node.op_type for node in graph.node)
    assert kinds["MatMulInteger"] + kinds["DynamicQuantizeMatMul"] == 8  # four a layer
    assert (kinds["MultiHeadAttention"], kinds["Attention"]) == (2, 0)
    assert kinds["MatMul"] == 2  # the head, and of what leads out of the lower feed-forward part
    (channels,) = (one for one in graph.initializer if one.name.endswith("_channels"))
    (factors,) = (
        one for one in graph.initializer if one.name == channels.name.replace("channels", "factors")
    )
    apart = numpy_helper.to_array(channels)
    assert len(apart) == max(1, factors.dims[0] // int8.APART)
    assert np.flatnonzero(numpy_helper.to_array(factors) == 0).tolist() == apart.tolist()


def _products(path: Path) -> tuple[onnx.ModelProto, list[onnx.NodeProto]]:
    """Load a graph, and give the products of it that int8 is for."""
    model = onnx.load(path)
    int8._attention_of_one_window(model.graph)
    shapes = {weight.name: tuple(weight.dims) for weight in model.graph.initializer}
    return model, [node for node in model.graph.node if int8._is_large(node, shapes)]


def test_smoothing_alone_changes_nothing(graphs: tuple[Path, Path], tmp_path: Path) -> None:
    model, products = _products(graphs[0])
    assert len(products) == 8
    int8._smooth(model, products, [products[3].name], [IDS[0].tolist()])
    onnx.save(model, tmp_path / "smooth.onnx")
    np.testing.assert_allclose(_logits(tmp_path / "smooth.onnx"), _logits(graphs[0]), atol=1e-5)


def test_channels_with_large_activations_are_evened_out(graphs: tuple[Path, Path]) -> None:
    model, products = _products(graphs[0])
    names = sorted({node.input[0] for node in products})
    before = int8._ranges(model, names, [IDS[0].tolist()])
    inputs = [node.input[0] for node in products]
    int8._smooth(model, products, [], [IDS[0].tolist()])
    after = int8._ranges(model, [node.input[0] for node in products], [IDS[0].tolist()])
    for was, node in zip(inputs, products, strict=True):
        now = after[node.input[0]]
        assert now.max() / now.mean() < before[was].max() / before[was].mean()


def test_sums_and_layer_norms_are_apart_and_stay_apart(graphs: tuple[Path, Path]) -> None:
    for path in graphs:
        kinds = Counter(node.op_type for node in onnx.load(path).graph.node)
        assert (kinds["SkipLayerNormalization"], kinds["LayerNormalization"]) == (0, 5)
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(graphs[0].parent / "optimised.onnx")
    options.log_severity_level = 3  # it warns that such a file is for this kind of processor only
    onnxruntime.InferenceSession(
        str(graphs[0]), options, ["CPUExecutionProvider"], disabled_optimizers=SLOWER
    )
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
    plain, small = map(_logits, graphs)
    assert 0 < np.abs(plain - small).max() < 0.1 * np.abs(plain).max()


def _logits(path: Path) -> Any:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(["logits"], {"input_ids": IDS, "attention_mask": np.ones_like(IDS)})[0]
