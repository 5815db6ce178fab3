"""What every command of `newsroles` prints its lines with, and the exit code it ends with."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import typer

from newsroles.errors import NewsrolesError

ALL_LABELLED, INPUTS_FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


@contextmanager
def exit_codes() -> Iterator[None]:
    """Turn our errors and Ctrl-C into one line on stderr and an exit code."""
    try:
        yield
    except NewsrolesError as error:
        say(f"newsroles: {error}")
        raise typer.Exit(USAGE) from None
    except KeyboardInterrupt:
        say("newsroles: interrupted; with -o, the same command and --resume goes on from here")
        raise typer.Exit(INTERRUPTED) from None


def say(text: str) -> None:
    """Print on stderr, without what a terminal would obey."""
    from newsroles.printable import printable

    typer.echo(printable(text), err=True)


def print_lines(lines: Iterable[str]) -> None:
    """Print on stdout, without what a terminal would obey."""
    from newsroles.printable import printable

    for line in lines:
        typer.echo(printable(line))
