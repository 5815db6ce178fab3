"""The files that the engines of speed.py open, made once a run from one checkpoint.

    python benchmarks/speed/engine_files.py FOLDER CONFIG [CHECKPOINT]

Without a checkpoint the weights are the base's with a fresh head, which takes as long and says nothing. What
needs a package that isn't there is left out.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from newsroles.model import bundle
from newsroles.model.sentences import split
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles.model.windows import plan

CALIBRATION = Path(__file__).parents[2] / "data" / "starter" / "test.jsonl"
CALIBRATED_ON = 4
"""Pages from which the static int8 graph takes the ranges of its activations."""

TORCH, ALONE, FUSED, PLAIN, STATIC = "torch", "alone", "fp32.onnx", "plain.onnx", "int8.onnx"
CT2 = {"fp32": "ct2-fp32", "int8": "ct2-int8"}


def make(folder: Path, config_file: Path, checkpoint: Path | None) -> None:
    """Write a checkpoint of windows, one of isolated sentences, and what other engines make of the first."""
    from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

    from newsroles_training.export.graph import write_graph
    from newsroles_training.export.onnx_tools import trace
    from newsroles_training.train.config import load
    from newsroles_training.train.model import load_base, resolve_base

    config = load(config_file)
    base, revision = resolve_base(config.base)
    if checkpoint:
        model = AutoModelForTokenClassification.from_pretrained(checkpoint, attn_implementation="eager")
    else:
        model, _ = load_base(config)
    model.eval().save_pretrained(folder / TORCH)
    write_graph(model, folder / FUSED, config.labels)
    alone = AutoModelForSequenceClassification.from_pretrained(
        base, revision=revision, num_labels=len(config.labels)
    )
    alone.save_pretrained(folder / ALONE)
    for path in Path(base).glob("*token*.json"):
        shutil.copy(path, folder / ALONE)
    if find_spec("openvino"):
        trace(model, folder / PLAIN)
        _write_static(folder)
    if find_spec("ctranslate2"):
        _write_ct2(folder)


def _write_ct2(folder: Path) -> None:
    from ctranslate2.converters import TransformersConverter

    for number, name in CT2.items():
        converter = TransformersConverter(str(folder / TORCH))
        converter.convert(str(folder / name), quantization="int8" if number == "int8" else None)


def _write_static(folder: Path) -> None:
    """Write the graph with fixed scales (QDQ), the kind of int8 that OpenVINO runs as such."""
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static

    from newsroles.model.runtime import onnxruntime  # noqa: F401 - first, so that its parts are quiet too

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self._windows = _windows()

        def get_next(self) -> dict[str, Any] | None:
            return next(self._windows, None)

    graph = onnx.load(folder / PLAIN).graph
    weights = {tensor.name for tensor in graph.initializer}
    quantize_static(
        folder / PLAIN,
        folder / STATIC,
        Reader(),
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul"],
        nodes_to_quantize=[
            node.name for node in graph.node if node.op_type == "MatMul" and node.input[1] in weights
        ],
    )


def _windows() -> Iterator[dict[str, Any]]:
    """Yield the first windows of a few pages as onnxruntime takes them."""
    shipped = bundle.load()
    reader = SentenceTokenizer.load(shipped.tokenizer, shipped.special, shipped.window_tokens)
    for line in CALIBRATION.read_bytes().splitlines()[:CALIBRATED_ON]:
        text = json.loads(line)["text"]
        pieces = reader.encode(text, split(text))
        first = plan([len(piece) for piece in pieces], reader.budget, 0.0)[0]
        ids = np.array([reader.frame(pieces, first)], dtype=np.int64)
        yield {"input_ids": ids, "attention_mask": np.ones_like(ids)}


if __name__ == "__main__":
    make(*map(Path, sys.argv[1:3]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)  # noqa: PLR2004 - a third
