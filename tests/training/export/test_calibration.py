"""What is fitted after the weights: a bias for each kind of line, on the pages whose lines have kinds."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from newsroles.model import bundle as bundles
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.export.calibration import with_kind_bias


def test_a_kind_leans_to_the_label_that_its_lines_have(
    bundle_folder: Path, articles: list[GoldArticle], tmp_path: Path
) -> None:
    bundle = bundles.load(shutil.copytree(bundle_folder, tmp_path / "bundle"))
    kinds = ("aside", "line") * 4
    pages = [replace(page, kinds=kinds, labels=("boilerplate",) * len(page.labels)) for page in articles[:4]]
    fitted = with_kind_bias(bundle, [*pages, *articles[4:]])
    assert set(fitted.kind_bias) == {"aside"}  # plain text has lines of no known kind only
    assert np.argmax(fitted.kind_bias["aside"]) == bundle.labels.index("boilerplate")
    others = {one for one in fitted.kind_bias["aside"] if one < 0}
    assert len(others) == 1  # which label a sentence has, if it isn't furniture, its kind doesn't say
    assert bundles.load(fitted.folder) == fitted


def test_plain_pages_fit_none(bundle_folder: Path, articles: list[GoldArticle]) -> None:
    bundle = bundles.load(bundle_folder)
    assert with_kind_bias(bundle, articles) is bundle
