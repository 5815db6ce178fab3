"""Tokens to logits.

One window is one run of the session. Nothing is padded and nothing shares a batch, so a window's
logits cannot depend on its neighbours (law 4 of the design: same article, same labels, always).
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from newsroles.cpus import usable_cpus
from newsroles.errors import BundleError
from newsroles.model.runtime import onnxruntime
from newsroles.model.windows import Scores

SLOWER = ["SkipLayerNormFusion"]
"""What onnxruntime would do to a graph that makes it slower, see `newsroles_training.export.graph`."""


class Encoder:
    """An ONNX graph ``input_ids, attention_mask [1, tokens] -> logits [1, tokens, labels and spans]``."""

    def __init__(self, path: Path, labels: Sequence[str], threads: int | None = None) -> None:
        """Open the graph on `threads` threads, at most one for every CPU that this process may use (None).

        More would only wait for each other. Raises BundleError where the graph was exported for other labels
        or cannot be opened.
        """
        options = onnxruntime.SessionOptions()
        cpus = usable_cpus()
        options.intra_op_num_threads = min(threads or cpus, cpus)
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                path, options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOWER
            )
        except Exception as error:  # onnxruntime raises many kinds, all of them meaning the same here
            if _is_short_of_memory(error):
                raise MemoryError(str(error)) from error
            raise BundleError(
                f"{path}: onnxruntime cannot open it: {error}", "export the model again"
            ) from error
        written = self._session.get_modelmeta().custom_metadata_map.get("labels")
        expected = json.dumps(list(labels))
        if written != expected:
            raise BundleError(f"{path}: made for labels {written}, not {expected}", "export the model again")

    def logits(self, ids: Sequence[int]) -> Scores:
        """Score one framed window; gives a row a token, the framing tokens left out. Raises MemoryError."""
        row = np.asarray(ids, dtype=np.int64)[None]
        try:
            (scores,) = self._session.run(["logits"], {"input_ids": row, "attention_mask": np.ones_like(row)})
        except Exception as error:
            if _is_short_of_memory(error):
                raise MemoryError(str(error)) from error
            raise
        return np.asarray(scores[0, 1:-1], dtype=np.float32)


def _is_short_of_memory(error: Exception) -> bool:
    """Tell by the words, for onnxruntime has no kind of error for it."""
    return any(word in str(error).lower() for word in ("bad_alloc", "failed to allocate", "bad allocation"))
