"""Every command in README runs as it is typed, in bash and in zsh, from a clone.

What installs is stood in for, because .ci/run does it for real, word for word.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
SHELLS = {"bash": ["bash", "-euo", "pipefail", "-c"], "zsh": ["zsh", "-feuo", "pipefail", "-c"]}
STAND_INS = {"pip": 'echo "$@" >> "$CALLS"', "pytest": 'echo pytest "$@" >> "$CALLS"'}


def executable(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return what a clone has, with newsroles in its environment, and stand-ins for what installs."""
    for name in ("data", "examples", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    smoke = tmp_path / "configs" / "smoke.yaml"
    smoke.write_text(smoke.read_text(encoding="utf-8").replace("limit: 30", "limit: 6"), encoding="utf-8")
    inside = tmp_path / ".venv" / "bin"
    for name, module in (
        ("newsroles", "newsroles.cli.app"),
        ("newsroles-train", "newsroles_training.cli.app"),
    ):
        executable(inside / name, f"exec '{sys.executable}' -c 'from {module} import main; main()' \"$@\"")
    for name, script in STAND_INS.items():
        executable(inside / name, script)
    (inside / "activate").write_text('PATH="$PWD/.venv/bin:$PATH"\n', encoding="utf-8")
    executable(tmp_path / "before" / "python3", '[ "$*" = "-m venv .venv" ]')
    monkeypatch.setenv("PATH", f"{tmp_path / 'before'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_runs(shell: str, clone: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    script = [*SHELLS[shell], "".join(BLOCKS)]
    done = subprocess.run(script, capture_output=True, text=True, check=False)  # noqa: S603 - our own page
    assert done.returncode == 0, done.stderr[-2000:]
    calls = (clone / "calls").read_text(encoding="utf-8")
    assert calls.count("install") >= 2
    for extras in re.findall(r"\[(.*?)\]", calls):
        assert set(extras.split(",")) <= set(EXTRAS)


def test_what_is_in_the_text_installs_too() -> None:
    named = re.findall(r"pip install '\.\[(.*?)\]'", README)
    assert {name for extras in named for name in extras.split(",")} <= set(EXTRAS)
    assert "newsroles[" not in README  # what no package index has


@pytest.mark.parametrize(
    "page",
    sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("*.md")]),
    ids=str,
)
def test_no_command_needs_the_word_splitting_or_the_patience_of_bash(page: Path) -> None:
    for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        bare = re.sub(r"'[^']*'|\"[^\"]*\"|#.*", "", block)
        assert not re.findall(r"\S*\[\S*", bare)  # zsh takes it for a pattern that matches no file
        assert not re.findall(r"^\s*\$\w+ ", bare, re.MULTILINE)  # zsh takes it for one word
