"""onnxruntime, which keeps what it sees to itself: the only module that imports it.

By itself 1.32 writes an id of the machine into the user's home and calls its makers' telemetry service; a
variable stops both, if it is there before the import. A value that the user has set stands.
"""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime

__all__ = ["onnxruntime"]
