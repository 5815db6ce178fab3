"""What a processor can do at most, measured in matrix products; and what an encoder asks of it, counted.

    python benchmarks/speed/matrix.py 2

prints billions of operations a second on two threads, for fp32, bf16 and int8.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

SIDE = 1_024
SECONDS = 0.7
"""How large the matrices are, and how long each kind of product is tried: the best of it counts."""


def flops(runs: Iterable[int], config: Mapping[str, Any]) -> float:
    """Count the operations of the matrix products of a BERT for sequences of `runs` tokens, padding included.

    A layer has four matrices of hidden x hidden, two of hidden x intermediate, and two products of attention
    that grow with the square of a sequence. A multiplication and an addition are two operations.
    """
    hidden, inner, layers = (config[n] for n in ("hidden_size", "intermediate_size", "num_hidden_layers"))
    weights = 2 * (4 * hidden * hidden + 2 * hidden * inner)
    return float(sum(layers * tokens * (weights + 4 * tokens * hidden) for tokens in runs))


def best(product: Callable[[], Any]) -> float:
    """Return the most operations a second of a product of two square matrices, in billions."""
    product()
    end, least = time.monotonic() + SECONDS, float("inf")
    while time.monotonic() < end:
        began = time.perf_counter()
        product()
        least = min(least, time.perf_counter() - began)
    return 2 * SIDE**3 / least / 1e9


def peaks(threads: int) -> dict[str, float]:
    """Measure fp32, bf16 and int8; of int8 the better of torch's and onnxruntime's product."""
    import torch

    torch.set_num_threads(threads)
    ones = torch.ones(SIDE, SIDE)
    halves, bytes_ = ones.to(torch.bfloat16), ones.to(torch.int8)
    return {
        "fp32": best(lambda: ones @ ones),
        "bf16": best(lambda: halves @ halves),
        "int8": max(best(lambda: torch._int_mm(bytes_, bytes_)), best(_onnx_product(threads))),  # noqa: SLF001 - it has no other name
    }


def _onnx_product(threads: int) -> Callable[[], Any]:
    """Return onnxruntime's product of bytes with signed weights."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    from newsroles.model.runtime import onnxruntime

    weights = numpy_helper.from_array(np.ones((SIDE, SIDE), np.int8), "weights")
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["in", "weights"], ["out"])],
        "product",
        [helper.make_tensor_value_info("in", TensorProto.UINT8, [SIDE, SIDE])],
        [helper.make_tensor_value_info("out", TensorProto.INT32, [SIDE, SIDE])],
        [weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    ones = {"in": np.ones((SIDE, SIDE), np.uint8)}
    return lambda: session.run(None, ones)


def config_of(folder: Path) -> dict[str, Any]:
    """Read a checkpoint's settings."""
    values: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return values


if __name__ == "__main__":
    sys.stdout.write(json.dumps(peaks(int(sys.argv[1]))))
