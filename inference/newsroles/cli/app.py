"""The command `newsroles`: parsing and printing only."""

import json
import os
from typing import Annotated

import typer

from newsroles.cli.console import exit_codes, print_lines, run, write
from newsroles.cli.label import label
from newsroles.cli.options import Model
from newsroles.cli.report import report
from newsroles.cli.version import Version
from newsroles.cli.who import who

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def newsroles(_version: Version = False) -> None:
    """Label every sentence of a news page as claim, accusation, background or boilerplate."""


app.command(no_args_is_help=True)(label)
app.command(no_args_is_help=True)(report)
app.command(no_args_is_help=True)(who)


@app.command()
def info(
    model: Model = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines.")] = False,
) -> None:
    """Say what a model is: labels, limits, where it comes from, scores.

    For example: newsroles info, or newsroles info --model bundles/mine --json
    """
    with exit_codes():
        from newsroles.model import bundle
        from newsroles.model import info as about

        known = about.facts(bundle.load(model))
        if as_json:
            write(f"{json.dumps(known, ensure_ascii=False)}\n".encode())
        else:
            print_lines(about.lines(known))


@app.command()
def labels(model: Model = None) -> None:
    """Explain the labels in short, with examples.

    For example: newsroles labels, or newsroles labels --model bundles/mine
    """
    with exit_codes():
        from newsroles.model import bundle, guide

        print_lines(guide.lines(bundle.load(model)))


def main() -> None:
    """Run the command."""
    # its threads do nothing for us, and where they find no memory, it ends us with SIGINT
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    run(app)
