"""The tiny bundle and its labeller, as `export` makes them now."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from newsroles.model.labeller import Labeller


@pytest.fixture(scope="session")
def bundle_folder(tmp_path_factory: pytest.TempPathFactory, checkpoint: Path) -> Path:
    """Return a folder that `export` wrote, in int8."""
    from newsroles_training.export.bundle import export

    folder = tmp_path_factory.mktemp("export") / "bundle"
    export(checkpoint, folder)
    return folder


@pytest.fixture(scope="session")
def labeller(bundle_folder: Path) -> "Labeller":
    """Return it loaded, on one thread."""
    from newsroles.model.labeller import Labeller

    return Labeller.load(bundle_folder, threads=1)
