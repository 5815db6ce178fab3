"""A fused fp32 graph made small without changing what it says.

Embeddings become rows of 8 bit with a scale a row. Matrices get a scale a column, and their activations one
scale a window, which is the fastest kernel. Against that stand a few channels with huge values, beside which
one scale would round the others away (Bondarenko et al. 2021, https://arxiv.org/abs/2109.12948). So
activations are first made smooth, channel by channel, at the expense of the weights (Xiao et al. 2023,
https://arxiv.org/abs/2211.10438). Where that is not enough, in the matrices that lead out of the lower
layers' feed-forward part, the few channels that still reach furthest are multiplied apart, in fp32
(Dettmers et al. 2022, https://arxiv.org/abs/2208.07339).
docs/work/experiments.md has the measurements.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from newsroles.model.runtime import onnxruntime
from newsroles_training.export.graph import replace_node
from newsroles_training.export.onnx_tools import products_by_window

SMALLEST = 16
"""Matrices with fewer rows or columns, such as the head, stay in fp32: they weigh nothing and decide much."""
MIGRATED = 0.75
"""How much of a channel's range goes from the activations to the weights, between 0 and 1."""
APART = 16
"""One channel of so many is multiplied apart, where any are."""

Shapes = dict[str, tuple[int, ...]]


def quantise(graph: Path, out: Path, windows: Sequence[list[int]]) -> None:
    """Write the int8 graph of the fp32 graph `graph` to `out`, for one window at a time: it knows no padding.

    `windows`, some dozens of the training corpora's as token ids, show the ranges of the activations.
    """
    logging.disable(logging.WARNING)  # the quantisers report each node to the root logger
    try:
        _quantise(onnx.load(graph), out, windows)
    finally:
        logging.disable(logging.NOTSET)


def _quantise(model: onnx.ModelProto, out: Path, windows: Sequence[list[int]]) -> None:
    _attention_of_one_window(model.graph)
    shapes: Shapes = {weight.name: tuple(weight.dims) for weight in model.graph.initializer}
    _embeddings_by_row(model.graph)
    products = [node for node in model.graph.node if _is_large(node, shapes)]
    narrowing = [node.name for node in products if shapes[node.input[1]][0] > shapes[node.input[1]][1]]
    _smooth(model, products, narrowing[: len(narrowing) // 2], windows)
    products_by_window(model, [node.name for node in products], out)


def _is_large(node: onnx.NodeProto, shapes: Shapes) -> bool:
    weight = shapes.get(node.input[1], ()) if node.op_type == "MatMul" else ()
    return len(weight) == 2 and min(weight) >= SMALLEST  # noqa: PLR2004 - a matrix


def _attention_of_one_window(graph: onnx.GraphProto) -> None:
    """Take fused attention apart, into its product and what follows, without the mask of padding.

    The operator for what follows is faster without a mask, and the product can be quantised like others.
    """
    for place, node in reversed(list(enumerate(graph.node))):
        if node.op_type != "Attention":
            continue
        (name,), (states, weight, bias) = node.output, node.input[:3]
        (heads,) = (attribute.i for attribute in node.attribute if attribute.name == "num_heads")
        parts = [f"{name}_query", f"{name}_key", f"{name}_value"]
        apart = [
            helper.make_node("MatMul", [states, weight], [f"{name}_product"], name=f"{name}_product"),
            helper.make_node("Add", [f"{name}_product", bias], [f"{name}_sum"]),
            helper.make_node("Split", [f"{name}_sum"], parts, axis=-1),
            helper.make_node(
                "MultiHeadAttention", parts, [name], name=node.name, domain="com.microsoft", num_heads=heads
            ),
        ]
        replace_node(graph, place, apart)
    _drop_what_nobody_reads(graph)


def _drop_what_nobody_reads(graph: onnx.GraphProto) -> None:
    read = {result.name for result in graph.output}
    for node in reversed(list(graph.node)):
        if read.isdisjoint(node.output):
            graph.node.remove(node)
        else:
            read.update(node.input)


def _smooth(
    model: onnx.ModelProto,
    products: Sequence[onnx.NodeProto],
    uneven: Sequence[str],
    windows: Sequence[list[int]],
) -> None:
    """Divide each product's activations, channel by channel, by what its weights are multiplied by.

    Of the products `uneven`, by name, the channels that reach furthest even so are multiplied apart.
    """
    graph = model.graph
    uses = Counter(name for node in graph.node for name in node.input)
    weights = {weight.name: weight for weight in graph.initializer}
    ranges = _ranges(model, sorted({node.input[0] for node in products}), windows)
    for node in products:
        activations, name = node.input[:2]
        if uses[name] > 1:
            continue  # layers that share a matrix read different activations
        weight, least = numpy_helper.to_array(weights[name]), np.float32(1e-5)
        reach = np.maximum(np.abs(weight).max(axis=1), least)
        factors = np.maximum(ranges[activations], least) ** MIGRATED / reach ** (1 - MIGRATED)
        smooth, shares, few = weight * factors[:, None], 1 / factors, list[onnx.NodeProto]()
        place = list(graph.node).index(node)
        if node.name in uneven:
            far = np.sort(np.argsort(ranges[activations] / factors)[-max(1, len(factors) // APART) :])
            smooth[far], shares[far] = 0, 0
            few = _multiplied_apart(graph, node, far, weight[far])
        weights[name].CopyFrom(numpy_helper.from_array(smooth, name))
        graph.initializer.append(numpy_helper.from_array(shares, f"{name}_factors"))
        smoothing = helper.make_node("Mul", [activations, f"{name}_factors"], [f"{name}_smooth"])
        node.input[0] = f"{name}_smooth"
        replace_node(graph, place, [smoothing, node, *few])


def _multiplied_apart(
    graph: onnx.GraphProto, node: onnx.NodeProto, channels: NDArray[np.int64], rows: NDArray[np.float32]
) -> list[onnx.NodeProto]:
    """Return what adds to a product, in fp32, what `channels` of its activations and `rows` come to."""
    activations, name = node.input[:2]
    (result,) = node.output
    graph.initializer.append(numpy_helper.from_array(channels, f"{name}_channels"))
    graph.initializer.append(numpy_helper.from_array(rows, f"{name}_apart"))
    node.output[0], few = f"{result}_most", f"{result}_few"
    return [
        helper.make_node("Gather", [activations, f"{name}_channels"], [f"{name}_few"], axis=-1),
        helper.make_node("MatMul", [f"{name}_few", f"{name}_apart"], [few], name=f"{name}_product"),
        helper.make_node("Add", [f"{result}_most", few], [result], name=f"{name}_whole"),
    ]


def _ranges(
    model: onnx.ModelProto, names: Sequence[str], windows: Sequence[list[int]]
) -> dict[str, NDArray[np.float32]]:
    """Find the largest absolute value of each channel of the activations `names`."""
    probe = onnx.ModelProto.FromString(model.SerializeToString())
    probe.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    graph, providers = probe.SerializeToString(), ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(graph, options, providers=providers)
    most: dict[str, NDArray[np.float32]] = {}
    for window in windows:
        ids = np.array([window], dtype=np.int64)
        found = session.run(list(names), {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        for name, values in zip(names, found, strict=True):
            here = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
            most[name] = np.maximum(most[name], here) if name in most else here
    return most


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
        lookup = [
            helper.make_node("Gather", [f"{name}_rows", ids], [f"{result}_int8"], axis=0),
            helper.make_node("Cast", [f"{result}_int8"], [f"{result}_float"], to=TensorProto.FLOAT),
            helper.make_node("Gather", [f"{name}_scales", ids], [f"{result}_scale"], axis=0),
            helper.make_node("Mul", [f"{result}_float", f"{result}_scale"], [result]),
        ]
        replace_node(graph, place, lookup)
