"""The option --version of both commands."""

from typing import Annotated

import typer

from newsroles import __version__


def _show(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"newsroles {__version__}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=_show, is_eager=True, help="Say which version this is, and exit."),
]
