"""Models by name: the one that ships, those that a distribution brings, those that are not installed."""

import shutil
import sys
from pathlib import Path

import pytest

from newsroles import Labeller
from newsroles.errors import BundleError
from newsroles.model import bundle as bundles
from newsroles.model.catalogue import SHIPPED, installed, locate
from newsroles.runs.job import Model


@pytest.fixture
def large(bundle_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A distribution, as pip lays it out, that brings the tiny model by the name of `large`."""
    folder = tmp_path / "site" / "newsroles_large"
    shutil.copytree(bundle_folder, folder)
    (folder / "__init__.py").write_text("")
    info = folder.parent / "newsroles_large-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: newsroles-large\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[newsroles.models]\nlarge = newsroles_large\n")
    monkeypatch.syspath_prepend(str(folder.parent))
    return folder


def test_the_default_is_fast() -> None:
    assert locate(None) == locate("fast") == locate(Path("fast")) == SHIPPED
    assert Labeller.load("fast").bundle.model_id == Labeller.load().bundle.model_id


def test_a_distribution_brings_a_model_by_name(large: Path) -> None:
    found = dict(installed())
    assert (found["fast"], found["large"]) == (SHIPPED, large)
    assert bundles.load("large").folder == large
    assert "newsroles_large" not in sys.modules  # a model is data: nothing of it is run


def test_a_run_s_other_machines_find_a_model_by_its_name_and_a_folder_where_it_is(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Model.at("large").place == "large"
    monkeypatch.chdir(large.parent)
    assert Model.at("newsroles_large").place == large
    assert Model.at().place is None


def test_a_folder_is_taken_before_a_name(
    bundle_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(bundle_folder, tmp_path / "fast")
    monkeypatch.chdir(tmp_path)
    assert bundles.load("fast").model_id == bundles.load(bundle_folder).model_id


def test_a_known_model_that_is_not_installed_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsroles.model.catalogue.entry_points", lambda **_: ())
    with pytest.raises(BundleError, match="'accurate' is not installed") as refused:
        Labeller.load("accurate")
    assert "pip install ./models/accurate" in refused.value.next_step


@pytest.mark.parametrize("place", ["x" * 5_000, "no\0ne"])
def test_what_names_no_folder_is_no_model(place: str) -> None:
    with pytest.raises(BundleError, match=r"bundle\.json: .*too long|embedded null"):
        Labeller.load(place)


def test_a_folder_that_may_not_be_entered_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "closed" / "mine").mkdir(parents=True)
    (tmp_path / "closed").chmod(0)
    with pytest.raises(BundleError):  # where one is root, for there is no bundle in it
        Labeller.load(tmp_path / "closed" / "mine")
    (tmp_path / "closed").chmod(0o700)


def test_any_other_word_is_a_folder_that_is_missing() -> None:
    with pytest.raises(BundleError, match=r"acurate: no bundle\.json there"):
        Labeller.load("acurate")
