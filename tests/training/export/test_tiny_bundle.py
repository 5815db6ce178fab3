"""The committed bundle that the light half's tests read is what training and export make of its recipe."""

import numpy as np
from tests.conftest import BUNDLE

from newsroles.model import bundle as bundles
from newsroles.model.labeller import Labeller
from newsroles_training.data.corpus import GoldArticle


def test_the_committed_bundle_is_what_export_makes(labeller: Labeller, articles: list[GoldArticle]) -> None:
    committed = Labeller.load(BUNDLE, threads=1)
    assert committed.bundle.tokenizer.read_bytes() == labeller.bundle.tokenizer.read_bytes()
    assert (committed.bundle.labels, committed.bundle.special) == (
        labeller.bundle.labels,
        labeller.bundle.special,
    )
    pages = [[one.label(article.text) for article in articles] for one in (committed, labeller)]
    first, second = (
        np.array([list(s.probabilities.values()) for p in one for s in p.sentences]) for one in pages
    )
    same = first.argmax(1) == second.argmax(1)
    assert same.mean() > 0.95  # another processor trains a little differently


def test_it_is_tiny_and_whole() -> None:
    assert sum(path.stat().st_size for path in BUNDLE.iterdir()) < 1_000_000
    assert bundles.load(BUNDLE).name == "tiny"
