"""The programs of benchmarks/quality, which are no package: each imports its neighbours by their names."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

QUALITY = Path(__file__).parents[1] / "benchmarks" / "quality"


def quality_module(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import one of them anew."""
    monkeypatch.syspath_prepend(QUALITY)
    for path in QUALITY.glob("*.py"):
        monkeypatch.delitem(sys.modules, path.stem, raising=False)
    return importlib.import_module(name)
