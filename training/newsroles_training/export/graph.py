"""The ONNX graph of a model, written and fused; `int8` makes it small.

Eager attention is exported, because onnxruntime's optimiser fuses it into one operator a layer.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import onnx
from onnx import helper
from transformers import PreTrainedModel

from newsroles_training.export.attention import joined
from newsroles_training.export.onnx_tools import fuse_bert, trace


def write_graph(model: PreTrainedModel, path: Path, labels: Sequence[str]) -> None:
    """Write the fused fp32 graph ``input_ids, attention_mask -> logits`` with the labels in its metadata."""
    with joined(model):
        trace(model, path)
    _fuse(model, path)
    _label(path, labels)


def _fuse(model: PreTrainedModel, path: Path) -> None:
    if model.config.model_type != "bert":
        return  # MPNet's is joined as it is traced; of other families unfused graphs are right, only slower
    fused = fuse_bert(path, model.config.num_attention_heads, model.config.hidden_size)
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
            replace_node(graph, place, [helper.make_node("Add", [one, other], [f"{out}_sum"]), norm])


def replace_node(graph: onnx.GraphProto, place: int, nodes: Sequence[onnx.NodeProto]) -> None:
    """Put `nodes`, in their order, where one node stands."""
    del graph.node[place]
    for offset, node in enumerate(nodes):
        graph.node.insert(place + offset, node)


def _label(path: Path, labels: Sequence[str]) -> None:
    graph = onnx.load(path)
    helper.set_model_props(graph, {"labels": json.dumps(list(labels))})
    onnx.save(graph, path)
