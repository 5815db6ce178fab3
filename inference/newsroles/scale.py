"""The public name of `newsroles.runs.batches`."""

from newsroles.runs.batches import LabelBatches

__all__ = ["LabelBatches"]
