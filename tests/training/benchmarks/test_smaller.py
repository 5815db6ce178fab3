"""Smaller models, as benchmarks/speed/smaller.py makes and compares them."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from newsroles.labels import DEFAULT_LABELS  # noqa: E402 - only where torch is
from newsroles_training.data.corpus import read  # noqa: E402

BENCHMARKS = Path(__file__).parents[3] / "benchmarks" / "speed"


@pytest.fixture(scope="module")
def smaller() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        yield importlib.import_module("smaller")


def test_a_pruned_model_reads_the_words_that_it_kept_as_before(
    smaller: ModuleType, checkpoint: Path, corpus_file: Path, tmp_path: Path
) -> None:
    articles = read([corpus_file], DEFAULT_LABELS)[:2]
    pruned = smaller.prune(checkpoint, tmp_path / "pruned", [article.text for article in articles])
    before, after = (smaller.candidate(run.name, run, tmp_path, 0.33) for run in (checkpoint, pruned))
    assert after.megabytes < before.megabytes
    for one, other in zip(*(smaller.labelled(made, articles)[1] for made in (before, after)), strict=True):
        np.testing.assert_allclose(one, other, atol=5e-3)  # made for the ranges of fewer words


def test_the_front_leaves_out_what_another_beats_in_both(smaller: ModuleType) -> None:
    rows = [
        {"sentences_per_second": speed, "macro_f1": f1}
        for speed, f1 in [(100, 0.8), (120, 0.8), (150, 0.7), (90, 0.79), (200, 0.6), (160, 0.5)]
    ]
    assert smaller.smaller_picture.best(rows) == [rows[1], rows[2], rows[4]]
