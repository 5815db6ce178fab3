"""A bundle's weights taken back out of its graph, so that training can go on from a model that people use.

The inverse of `export.graph` and `export.int8`, for encoders of the kin of BERT: scales and smoothing are
multiplied out again, so the weights are those of the checkpoint but for the rounding to 8 bits.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast

from newsroles.errors import UsageError
from newsroles.model.bundle import Bundle

Array = NDArray[np.float32]
ZERO_POINT = 128
"""What stands for 0 in a block of unsigned bytes (`MatMulNBits`)."""
_PARTS = ("query", "key", "value")
_MODULE = re.compile(r"^/(?P<module>.*?)/(?:MatMul|Reshape)[^/]*$")


def unpack(bundle: Bundle, folder: Path) -> None:
    """Write the checkpoint of a bundle to a folder: its model with a head for its labels, and its tokenizer.

    Raises UsageError for a graph that is not of the kin of BERT.
    """
    graph = onnx.load(bundle.graph).graph
    tables = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    weights = dict(_weights(graph, tables))
    try:
        model = BertForTokenClassification(_settings(graph, weights, bundle))
        loaded = model.load_state_dict(
            {k: torch.from_numpy(v.copy()) for k, v in weights.items()}, strict=False
        )
    except (KeyError, RuntimeError) as error:
        raise UsageError(
            f"{bundle.graph}: not a graph of BERT's kin: {error}", "start from its checkpoint"
        ) from None
    if missing := [name for name in loaded.missing_keys if "position_ids" not in name]:
        raise UsageError(f"{bundle.graph}: has no {missing[0]}", "start from its checkpoint")
    model.save_pretrained(folder)
    _tokenizer(bundle).save_pretrained(folder)


def _settings(graph: onnx.GraphProto, weights: Mapping[str, Array], bundle: Bundle) -> BertConfig:
    words, hidden = weights["bert.embeddings.word_embeddings.weight"].shape
    heads = next(a.i for node in graph.node for a in node.attribute if a.name == "num_heads")
    return BertConfig(
        vocab_size=words,
        hidden_size=hidden,
        num_attention_heads=heads,
        num_hidden_layers=sum(name.endswith("intermediate.dense.bias") for name in weights),
        intermediate_size=len(weights["bert.encoder.layer.0.intermediate.dense.bias"]),
        max_position_embeddings=len(weights["bert.embeddings.position_embeddings.weight"]),
        id2label=dict(enumerate(bundle.labels)),
        label2id={label: number for number, label in enumerate(bundle.labels)},
    )


def _tokenizer(bundle: Bundle) -> PreTrainedTokenizerFast:
    special = bundle.special
    openings = [special.new_line, special.same_line, *special.kinds.values()]
    names = {"cls_token": special.begin, "sep_token": special.end, "pad_token": "[PAD]", "unk_token": "[UNK]"}
    return PreTrainedTokenizerFast(
        tokenizer_file=str(bundle.tokenizer), additional_special_tokens=openings, **names
    )


def _weights(graph: onnx.GraphProto, tables: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    """Yield the checkpoint's parameters by their names."""
    for name, table in tables.items():
        if name.endswith("_rows"):
            yield name.removesuffix("_rows"), table * tables[name.removesuffix("rows") + "scales"]
        elif name.startswith(("bert.", "classifier.")) and not name.endswith("_scales"):
            yield name, table
    for node in graph.node:
        matrix = _matrix(node, tables)
        if matrix is not None and (found := _MODULE.match(node.name)):
            yield from _named(found["module"].replace("/", "."), matrix)
    for name, table in tables.items():
        if name.endswith("_qkv_bias"):
            layer = f"bert.encoder.layer.{name.split('_')[1]}.attention.self"
            yield from (
                (f"{layer}.{part}.bias", each) for part, each in zip(_PARTS, np.split(table, 3), strict=True)
            )


def _named(module: str, matrix: Array) -> Iterator[tuple[str, Array]]:
    if module.endswith("attention.self"):
        parts = zip(_PARTS, np.split(matrix, 3, axis=1), strict=True)
        yield from ((f"{module}.{part}.weight", each.T) for part, each in parts)
    else:
        yield f"{module}.weight", matrix.T


def _matrix(node: onnx.NodeProto, tables: Mapping[str, Array]) -> Array | None:
    """Return the matrix [in, out] that a node multiplies by, without smoothing; None if it has none."""
    if node.op_type == "MatMulInteger":
        name = node.input[1].removesuffix("_quantized")
        matrix = tables[node.input[1]].astype(np.float32) * tables[f"{name}_scale"]
    elif node.op_type == "MatMulNBits":
        name = re.sub(r"_Q8(?:G32)?$", "", node.input[1])
        blocks = (tables[node.input[1]].astype(np.float32) - ZERO_POINT) * tables[node.input[2]].reshape(
            *tables[node.input[1]].shape[:2], 1
        )
        matrix = blocks.reshape(len(blocks), -1).T
    elif node.op_type in ("MatMul", "Attention") and node.input[1] in tables:
        name, matrix = node.input[1], tables[node.input[1]]
    else:
        return None
    factors = tables.get(f"{name}_factors")
    return matrix if factors is None else matrix * factors[:, None]
