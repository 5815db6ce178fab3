"""What others make graphs with, in one place, because none of it is guaranteed to stay as it is.

torch's exporter by tracing, which alone writes what onnxruntime's optimiser knows how to fuse; that
optimiser, from `onnxruntime.transformers`; and its quantiser.
The lowest versions that pyproject.toml allows, and the newest, are tried with it: see CONTRIBUTING.md.
"""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import onnx
import torch
from onnx import TensorProto

from newsroles.model.runtime import onnxruntime  # noqa: F401 - imported here first, it keeps its parts below quiet too

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def trace(model: "PreTrainedModel", path: Path) -> None:
    """Write ``input_ids, attention_mask -> logits`` in standard operators, for any batch and length."""
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


def fuse_bert(path: Path, heads: int, width: int) -> Any:
    """Read a traced graph of BERT, of so many attention heads and dimensions, and join its operators.

    Gives onnxruntime's own kind of model; its `save_model_to_file` brings the nodes into an order that runs.
    """
    from onnxruntime.transformers.fusion_options import FusionOptions
    from onnxruntime.transformers.optimizer import optimize_model

    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False  # keeps the embeddings a Gather, see `int8`
    options.enable_bias_skip_layer_norm = False  # leaves the bias to the product before it
    return optimize_model(
        str(path), model_type="bert", num_heads=heads, hidden_size=width, optimization_options=options
    )


def products_by_window(model: onnx.ModelProto, names: list[str], out: Path) -> None:
    """Write `model` with the products `names` in int8: a scale a column, and one for a run's activations."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        model,
        out,
        op_types_to_quantize=["MatMul"],
        nodes_to_quantize=names,
        per_channel=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": TensorProto.FLOAT},  # what the fused graph no longer says
    )
