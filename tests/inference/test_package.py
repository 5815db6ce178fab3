"""The package's face: what can be imported from it, what that costs, and that it can be relied on."""

import subprocess
import sys

import pytest

import newsroles


def test_every_public_name_is_there_and_documented() -> None:
    assert newsroles.__all__ == sorted(newsroles.__all__, key=lambda name: (name.islower(), name))
    assert not [name for name in newsroles.__all__ if not getattr(newsroles, name).__doc__]
    assert set(newsroles.__all__) <= set(dir(newsroles))


def test_what_is_for_pipelines_is_there_by_attribute() -> None:
    code = "import newsroles; print(newsroles.scale.LabelBatches.__name__, 'scale' in dir(newsroles))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert done.stdout == "LabelBatches True\n"


def test_what_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Labeler'"):
        newsroles.Labeler  # noqa: B018 - asking is the test


def test_importing_it_waits_for_nothing_heavy() -> None:
    code = "import sys, newsroles; print({'numpy', 'onnxruntime', 'tokenizers', 'typer'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert done.stdout == "set()\n"
