"""What the guides show runs as it stands there, and prints what they say."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {
    name: (ROOT / "docs" / "use" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("quickstart", "batch", "recipes")
}
PROGRAM = re.compile(r"## ([^\n]+)\n(?:(?!\n## ).)*?```python\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder that has the examples, as a clone has."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        pytest.param(*found[1:], id=f"{page}: {found[0]}")
        for page, text in PAGES.items()
        for found in PROGRAM.findall(text)
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_program_prints_what_the_page_says(program: str, printed: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert done.returncode == 0, done.stderr
    assert [line.rstrip() for line in done.stdout.splitlines()] == printed.splitlines()


def test_no_program_is_left_out() -> None:
    for page, text in PAGES.items():
        assert len(PROGRAM.findall(text)) == text.count("```python"), page


@pytest.mark.parametrize("page", ["quickstart", "batch"])
@pytest.mark.usefixtures("folder")
def test_commands_run(page: str) -> None:
    lines = "".join(SHELL.findall(PAGES[page])).splitlines()
    commands = "\n".join(line for line in lines if not line.startswith("pip "))
    assert commands.count("newsroles") > 2
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    script = ["bash", "-euo", "pipefail", "-c", commands]
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(script, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - our own
    assert done.returncode == 0, done.stderr
