"""matplotlib, with its list of fonts in a temporary folder and not in the user's home: imported only here."""

import atexit
import os
import shutil
import tempfile

if "MPLCONFIGDIR" not in os.environ:  # what the user has set stands
    os.environ["MPLCONFIGDIR"] = tempfile.mkdtemp(prefix="newsroles-")
    atexit.register(shutil.rmtree, os.environ["MPLCONFIGDIR"], ignore_errors=True)

import matplotlib as mpl
from matplotlib.figure import Figure

__all__ = ["Figure", "mpl"]
