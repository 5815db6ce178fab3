"""The command `newsroles label`, as the tests of several rooms run it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result


@pytest.fixture
def run(bundle_folder: Path) -> Callable[..., Result]:
    """Label with the tiny bundle on one thread."""
    from newsroles.cli.app import app

    def invoke(*arguments: object) -> Result:
        words = ["label", *map(str, arguments), "--model", str(bundle_folder), "--threads", "1"]
        return CliRunner().invoke(app, words)

    return invoke
