"""What every command of `newsroles-train` says on stderr, and the exit code it ends with."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from newsroles.errors import NewsrolesError, UsageError
from newsroles_training.data.corpus import Problem

FINE, TO_MEND, USAGE, INTERRUPTED = 0, 1, 2, 130


def say(message: str) -> None:
    """Print one line on stderr, for stdout is data."""
    typer.echo(f"newsroles-train: {message}", err=True)


def finish(problems: Sequence[Problem], done: str) -> None:
    """Print every problem, then what was done; exit with 1 if there are problems."""
    for problem in problems:
        say(f"{problem.place}: {problem.reason}")
    say(f"{done}, {len(problems)} problems" if problems else done)
    raise typer.Exit(TO_MEND if problems else FINE)


def refuse_existing(out: Path, *, overwrite: bool) -> None:
    """Raise UsageError where a file is there that may not be replaced."""
    if out.exists() and not overwrite:
        raise UsageError(f"{out} is already there", "give another file, or --overwrite")


@contextmanager
def exit_codes() -> Iterator[None]:
    """Turn our errors into one line and exit code 2, and Ctrl-C into 130."""
    try:
        yield
    except NewsrolesError as error:
        say(str(error))
        raise typer.Exit(USAGE) from None
    except KeyboardInterrupt:
        say("interrupted; fit goes on from the last finished epoch with --resume")
        raise typer.Exit(INTERRUPTED) from None
