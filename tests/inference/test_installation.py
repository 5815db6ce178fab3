"""The command that adds an extra works from where the package came."""

import json
import sys
from importlib.metadata import PackageNotFoundError
from types import SimpleNamespace
from typing import Any

import pytest

from newsroles import installation
from newsroles.errors import MissingExtra

COMMIT = "5" * 40


@pytest.mark.parametrize(
    ("origin", "what"),
    [
        (None, "'newsroles[warc]'"),
        ({"url": "file:///a/clone", "dir_info": {}}, "'/a/clone[warc]'"),
        ({"url": "file:///my%20clone", "dir_info": {"editable": True}}, "-e '/my clone[warc]'"),
        (
            {"url": "file:///a/newsroles-1-py3-none-any.whl", "archive_info": {}},
            "'/a/newsroles-1-py3-none-any.whl[warc]'",
        ),
        (
            {"url": "https://host.example/x.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            f"'newsroles[warc] @ git+https://host.example/x.git@{COMMIT}'",
        ),
    ],
)
def test_it_names_where_the_package_came_from(
    origin: dict[str, Any] | None, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = SimpleNamespace(read_text=lambda _: origin and json.dumps(origin))
    monkeypatch.setattr(installation, "distribution", lambda _: noted)
    assert MissingExtra("brotli", "warc").next_step == f"run: {sys.executable} -m pip install {what}"


def test_a_package_that_was_never_installed_is_the_index_s(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_: str) -> None:
        raise PackageNotFoundError

    monkeypatch.setattr(installation, "distribution", absent)
    assert installation.pip_line("ray").endswith("pip install 'newsroles[ray]'")
