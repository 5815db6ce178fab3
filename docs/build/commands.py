"""Write commands.md: the help of both commands, laid out by Typer. Run: python docs/build/commands.py."""

from pathlib import Path

import typer
from typer.cli import get_docs_for_click

import newsroles.cli.app
import newsroles_training.cli.app

PAGE = Path(__file__).parents[1] / "use" / "commands.md"
HEAD = "# Commands\n\nWhat `--help` says, written by `python docs/build/commands.py`.\n\n"


def page() -> str:
    """Lay out the help of every command and subcommand."""
    return HEAD + "\n".join(
        _docs(app, name)
        for app, name in (
            (newsroles.cli.app.app, "newsroles"),
            (newsroles_training.cli.app.app, "newsroles-train"),
        )
    )


def _docs(app: typer.Typer, name: str) -> str:
    command = typer.main.get_command(app)
    text = get_docs_for_click(obj=command, ctx=typer.Context(command), name=name)
    return f"#{text.strip()}\n".replace("\n#", "\n##")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
