"""The ONNX graph of a model: written, fused, and made small without changing what it says.

Eager attention is exported, because onnxruntime's optimiser fuses it into one operator a layer.

The int8 graph has three kinds of weights. Embeddings are rows of 8 bit with a scale a row. The feed-forward
matrices of the lower half of the layers read activations with a few huge values, beside which one scale for
a whole window would round the others away (Bondarenko et al. 2021, https://arxiv.org/abs/2109.12948): they
become `MatMulNBits`, with a scale for every 32 activations of a token. All other matrices have a scale a
column and their activations one scale a window, the fastest kernel. docs/experiments.md has the measurements.
"""

import json
import logging
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from transformers import PreTrainedModel

SMALLEST = 16
"""Matrices with fewer rows or columns, such as the head, stay in fp32: they weigh nothing and decide much."""
BLOCK, PER_TOKEN_INT8 = 32, 4


def write_graph(model: PreTrainedModel, path: Path, labels: Sequence[str]) -> None:
    """Write the fused fp32 graph ``input_ids, attention_mask -> logits`` with the labels in its metadata."""
    write_plain(model, path)
    _fuse(model, path)
    _label(path, labels)


def write_plain(model: PreTrainedModel, path: Path) -> None:
    """Write the same graph as torch exports it, in nothing but standard operators."""
    ids = torch.ones(2, 8, dtype=torch.long)
    axes = {name: {0: "batch", 1: "tokens"} for name in ("input_ids", "attention_mask", "logits")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of every shape check inside transformers
        torch.onnx.export(
            model,
            (ids, torch.ones_like(ids)),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )


def _fuse(model: PreTrainedModel, path: Path) -> None:
    if model.config.model_type != "bert":
        return  # the optimiser knows other families under other names; unfused graphs are right, only slower
    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False  # keeps the embeddings a Gather, see `_embeddings_by_row`
    options.enable_bias_skip_layer_norm = False  # leaves the bias to the product before it
    fused = optimize_model(
        str(path),
        model_type="bert",
        num_heads=model.config.num_attention_heads,
        hidden_size=model.config.hidden_size,
        optimization_options=options,
    )
    _split_norms(fused.model.graph)
    fused.save_model_to_file(str(path))


def _split_norms(graph: onnx.GraphProto) -> None:
    """Replace each sum and layer norm in one operator by two, which onnxruntime does several times faster.

    The encoder of `newsroles` asks onnxruntime not to join them again.
    """
    for place, node in reversed(list(enumerate(graph.node))):
        if node.op_type == "SkipLayerNormalization":
            one, other, *affine = node.input
            (out,), (epsilon,) = node.output, node.attribute
            norm = helper.make_node("LayerNormalization", [f"{out}_sum", *affine], [out], epsilon=epsilon.f)
            graph.node.remove(node)
            graph.node.insert(place, norm)
            graph.node.insert(place, helper.make_node("Add", [one, other], [f"{out}_sum"]))


def _label(path: Path, labels: Sequence[str]) -> None:
    graph = onnx.load(path)
    helper.set_model_props(graph, {"labels": json.dumps(list(labels))})
    onnx.save(graph, path)


def quantise(graph: Path, out: Path) -> None:
    """Write the int8 graph of the fp32 graph `graph` to `out`."""
    logging.disable(logging.WARNING)  # the quantisers report each node to the root logger
    try:
        _quantise(onnx.load(graph), out)
    finally:
        logging.disable(logging.NOTSET)


def _quantise(model: onnx.ModelProto, out: Path) -> None:
    shapes = {weight.name: tuple(weight.dims) for weight in model.graph.initializer}
    _embeddings_by_row(model.graph)
    products = [node for node in model.graph.node if _is_large(node, shapes)]
    feed_forward = [node.name for node in products if _is_feed_forward(node, shapes)]
    lower = set(feed_forward[: len(feed_forward) // 2])
    quantize_dynamic(
        _by_block(model, [node.name for node in model.graph.node if node.name not in lower]),
        out,
        op_types_to_quantize=["MatMul", "Attention"],
        nodes_to_quantize=[node.name for node in products if node.name not in lower],
        per_channel=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )


def _is_large(node: onnx.NodeProto, shapes: dict[str, tuple[int, ...]]) -> bool:
    weight = shapes.get(node.input[1], ()) if node.op_type in ("MatMul", "Attention") else ()
    return len(weight) > 1 and min(weight) >= SMALLEST


def _is_feed_forward(node: onnx.NodeProto, shapes: dict[str, tuple[int, ...]]) -> bool:
    return node.op_type == "MatMul" and len(set(shapes[node.input[1]])) > 1


def _by_block(model: onnx.ModelProto, excluded: list[str]) -> onnx.ModelProto:
    settings = DefaultWeightOnlyQuantConfig(
        block_size=BLOCK, is_symmetric=True, accuracy_level=PER_TOKEN_INT8, bits=8
    )
    quantizer = MatMulNBitsQuantizer(model, nodes_to_exclude=excluded, algo_config=settings)
    quantizer.process()
    return quantizer.model.model


def _embeddings_by_row(graph: onnx.GraphProto) -> None:
    """Replace each table that is looked up by token with rows of int8, a scale a row."""
    tables = {weight.name: weight for weight in graph.initializer}
    for place, node in reversed(list(enumerate(graph.node))):
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or len(table.dims) != 2 or min(table.dims) < SMALLEST:  # noqa: PLR2004 - a matrix
            continue
        values = numpy_helper.to_array(table)
        scales = np.maximum(np.abs(values).max(axis=1, keepdims=True) / 127, np.finfo(np.float32).tiny)
        rows = np.round(values / scales).astype(np.int8)
        name, ids, result = table.name, node.input[1], node.output[0]
        graph.initializer.extend(
            [numpy_helper.from_array(rows, f"{name}_rows"), numpy_helper.from_array(scales, f"{name}_scales")]
        )
        graph.initializer.remove(table)
        graph.node.remove(node)
        lookup = [
            helper.make_node("Gather", [f"{name}_rows", ids], [f"{result}_int8"], axis=0),
            helper.make_node("Cast", [f"{result}_int8"], [f"{result}_float"], to=TensorProto.FLOAT),
            helper.make_node("Gather", [f"{name}_scales", ids], [f"{result}_scale"], axis=0),
            helper.make_node("Mul", [f"{result}_float", f"{result}_scale"], [result]),
        ]
        for offset, added in enumerate(lookup):
            graph.node.insert(place + offset, added)
