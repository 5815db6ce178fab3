"""Make the committed tiny bundle anew: python -m tests.tiny_bundle. One machine gives the same bytes."""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.conftest import BUNDLE, write_base, write_config, write_corpus

from newsroles.model import bundle as bundles
from newsroles_training.export.bundle import export
from newsroles_training.train.config import load
from newsroles_training.train.fit import fit


def main() -> None:
    """Train and export as the fixtures do, and leave out what differs from day to day."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        config = write_config(Path("tiny.yaml"), write_base(Path("base")), write_corpus(Path("pages.jsonl")))
        fit(load(config), Path("run"))
        bundle = export(Path("run"), Path("bundle"))
        bundles.write_manifest(replace(bundle, provenance={"made by": "python -m tests.tiny_bundle"}))
        shutil.rmtree(BUNDLE, ignore_errors=True)
        shutil.copytree(bundle.folder, BUNDLE)
        os.chdir(BUNDLE)


if __name__ == "__main__":
    main()
