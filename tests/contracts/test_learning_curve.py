"""The learning curve is drawn from what was measured, and what is said of it is what was measured."""

import json
import runpy
from pathlib import Path
from statistics import fmean
from typing import Any

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
RESULT: dict[str, Any] = json.loads((DOCS / "results" / "learning-curve.json").read_text(encoding="utf-8"))


def test_the_picture_is_current() -> None:
    draw = runpy.run_path(str(ROOT / "benchmarks" / "quality" / "curve_picture.py"))["draw"]
    assert draw(RESULT) == (DOCS / "pictures" / "learning-curve.svg").read_text(encoding="utf-8")


def test_the_page_quotes_the_result() -> None:
    page = (DOCS / "train" / "corrections.md").read_text(encoding="utf-8")
    for encoder in ("starter", "minilm"):
        for split in ("real-dev", "grouped"):
            found = RESULT[encoder][split]
            for name in ("margin", "entropy", "random"):
                assert f"{fmean(found['macro_f1'][name]['200']):.3f}" in page
            gain = found["over_random"]["margin"]
            assert f"{gain['mean']:+.4f} ({gain['low']:+.4f} to {gain['high']:+.4f})" in page
