"""A bundle's weights taken back out of its graph, so that training can go on from a model that people use.

The inverse of `export.graph` and `export.int8`, for BERT, its kin and MPNet: scales and smoothing are
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
from transformers import (
    BertConfig,
    BertForTokenClassification,
    MPNetConfig,
    MPNetForTokenClassification,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from newsroles.errors import UsageError
from newsroles.model.bundle import Bundle

Array = NDArray[np.float32]
ZERO_POINT = 128
"""What stands for 0 in a block of unsigned bytes (`MatMulNBits`), which graphs of before had."""
_PARTS = {"self": ("query", "key", "value"), "attn": ("q", "k", "v")}
"""What BERT and MPNet call their attention and its parts, which are one product in the graph."""
_JOINED_BIAS = re.compile(r"^/(?P<module>mpnet/.*/attn)/Add")
_PADDING = ("[PAD]", "<pad>")
"""What BERT and MPNet call the token that fills a batch up."""
_MODULE = re.compile(r"^/(?P<module>.*?)/(?:MatMul|Reshape)[^/]*$")


def unpack(bundle: Bundle, folder: Path) -> None:
    """Write the checkpoint of a bundle to a folder: its model with a head for its labels, and its tokenizer.

    Raises UsageError for a graph of another family.
    """
    graph = onnx.load(bundle.graph).graph
    tables = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    weights = dict(_weights(graph, tables))
    try:
        model = _model(graph, weights, bundle)
        loaded = model.load_state_dict(
            {k: torch.from_numpy(v.copy()) for k, v in weights.items()}, strict=False
        )
    except (KeyError, RuntimeError) as error:
        raise UsageError(
            f"{bundle.graph}: not a graph of BERT, its kin or MPNet: {error}", "start from its checkpoint"
        ) from None
    if missing := [name for name in loaded.missing_keys if "position_ids" not in name]:
        raise UsageError(f"{bundle.graph}: has no {missing[0]}", "start from its checkpoint")
    model.save_pretrained(folder)
    _tokenizer(bundle).save_pretrained(folder)


def _model(graph: onnx.GraphProto, weights: Mapping[str, Array], bundle: Bundle) -> PreTrainedModel:
    family = "mpnet" if any(name.startswith("mpnet.") for name in weights) else "bert"
    words, hidden = weights[f"{family}.embeddings.word_embeddings.weight"].shape
    heads = next(a.i for node in graph.node for a in node.attribute if a.name == "num_heads")
    sizes = {
        "vocab_size": words,
        "hidden_size": hidden,
        "num_attention_heads": heads,
        "num_hidden_layers": sum(name.endswith("intermediate.dense.bias") for name in weights),
        "intermediate_size": len(weights[f"{family}.encoder.layer.0.intermediate.dense.bias"]),
        "max_position_embeddings": len(weights[f"{family}.embeddings.position_embeddings.weight"]),
        "id2label": dict(enumerate([*bundle.labels, *bundle.spans])),
        "label2id": {name: number for number, name in enumerate([*bundle.labels, *bundle.spans])},
    }
    if family == "bert":
        return BertForTokenClassification(BertConfig(**sizes))
    buckets = len(weights["mpnet.encoder.relative_attention_bias.weight"])
    return MPNetForTokenClassification(MPNetConfig(relative_attention_num_buckets=buckets, **sizes))


def _tokenizer(bundle: Bundle) -> PreTrainedTokenizerFast:
    special = bundle.special
    openings = [special.new_line, special.same_line, *special.kinds.values()]
    names = {"cls_token": special.begin, "sep_token": special.end, "unk_token": "[UNK]"}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(bundle.tokenizer), additional_special_tokens=openings, **names
    )
    known = tokenizer.backend_tokenizer.token_to_id
    tokenizer.pad_token = next(token for token in _PADDING if known(token) is not None)
    return tokenizer


def _weights(graph: onnx.GraphProto, tables: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    """Yield the checkpoint's parameters by their names."""
    for name, table in tables.items():
        if name.endswith("_rows"):
            yield name.removesuffix("_rows"), table * tables[name.removesuffix("rows") + "scales"]
        elif name.startswith(("bert.", "mpnet.", "classifier.")) and not name.endswith("_scales"):
            yield name, table
    for node in graph.node:
        matrix = _matrix(node, tables)
        if matrix is not None and (found := _MODULE.match(node.name)):
            yield from _named(found["module"].replace("/", "."), matrix)
        elif found := _JOINED_BIAS.match(node.name):
            for bias in (tables[name] for name in node.input if name in tables):
                yield from _apart(found["module"].replace("/", "."), "bias", bias)
    for name, table in tables.items():
        if name.endswith("_qkv_bias"):
            yield from _apart(f"bert.encoder.layer.{name.split('_')[1]}.attention.self", "bias", table)


def _named(module: str, matrix: Array) -> Iterator[tuple[str, Array]]:
    if module.endswith(tuple(_PARTS)):
        yield from _apart(module, "weight", matrix.T)
    else:
        yield f"{module}.weight", matrix.T


def _apart(module: str, name: str, joined: Array) -> Iterator[tuple[str, Array]]:
    """Take the three parts of attention apart that are one in the graph."""
    parts = _PARTS[module.rpartition(".")[2]]
    yield from (
        (f"{module}.{part}.{name}", each) for part, each in zip(parts, np.split(joined, 3), strict=True)
    )


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
    if (factors := tables.get(f"{name}_factors")) is not None:
        matrix = matrix * factors[:, None]
    if (channels := tables.get(f"{name}_channels")) is not None:
        matrix[channels] = tables[f"{name}_apart"]
    return matrix
