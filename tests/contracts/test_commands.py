"""What the documentation says of the commands is what they do."""

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import newsroles.cli.app
import newsroles_training.cli.app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "data" / "README.md", ROOT / "data" / "real" / "README.md"]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
COMMANDS: dict[str, Any] = {
    "newsroles": typer.main.get_command(newsroles.cli.app.app),
    "newsroles-train": typer.main.get_command(newsroles_training.cli.app.app),
}


def quoted_commands() -> Iterator[tuple[str, str]]:
    """Yield the page and the words of every command of ours in a shell block."""
    for page in PAGES:
        for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            for line in re.split(r"\n|&&|\|", block.replace("\\\n", " ")):
                if re.match(r"\s*(\.venv/bin/)?newsroles", line):
                    yield str(page.relative_to(ROOT)), line.strip().removeprefix(".venv/bin/")


def leaves(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield every command below `command` that has no commands below it."""
    if not hasattr(command, "commands"):
        yield name, command
        return
    for word, below in command.commands.items():
        yield from leaves(below, f"{name} {word}")


LEAVES = dict(found for name, command in COMMANDS.items() for found in leaves(command, name))


EXAMPLES = {
    name: re.search(rf"For example: ({name}.*?)(, or|$)", command.help or "", re.MULTILINE)
    for name, command in LEAVES.items()
}


@pytest.mark.parametrize(
    ("page", "line"),
    [*quoted_commands(), *((name, found[1]) for name, found in EXAMPLES.items() if found)],
)
def test_a_quoted_command_takes_what_it_is_given(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    count = next(n for n in range(len(words), 0, -1) if " ".join(words[:n]) in LEAVES)
    command = LEAVES[" ".join(words[:count])]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {
        "--help"
    }
    given = {word.partition("=")[0] for word in words[count:] if re.match(r"--?[a-z]", word)}
    assert given <= known, page


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_each_help_text_has_an_example(name: str) -> None:
    assert EXAMPLES[name]


def test_the_page_of_help_texts_is_current() -> None:
    spec = importlib.util.spec_from_file_location("commands", ROOT / "docs" / "build" / "commands.py")
    assert spec
    assert spec.loader
    commands = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(commands)
    assert (ROOT / "docs" / "use" / "commands.md").read_text(encoding="utf-8") == commands.page()
