"""What every command of `newsroles-train` says on stderr, and the exit code it ends with."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import typer

from newsroles.cli import console
from newsroles.runs.paths import RunPaths
from newsroles_training.data.corpus import Problem

FINE, TO_MEND = 0, 1


def say(message: str) -> None:
    """Print one line on stderr, for stdout is data."""
    console.say(f"newsroles-train: {message}")


def finish(problems: Sequence[Problem], done: str) -> None:
    """Print every problem, then what was done; exit with 1 if there are problems."""
    for problem in problems:
        say(f"{problem.place}: {problem.reason}")
    say(f"{done}, {len(problems)} problems" if problems else done)
    raise typer.Exit(TO_MEND if problems else FINE)


def check_output(out: Path, inputs: Sequence[Path], *, overwrite: bool) -> None:
    """Raise UsageError for an output that is read too, or would replace what is there unasked."""
    paths = RunPaths(report=out)
    for path in inputs:
        paths.check(path)
    paths.check_writable(overwrite=overwrite)


def exit_codes() -> AbstractContextManager[None]:
    """Turn every error into one line and exit code 2, and Ctrl-C into 130."""
    return console.exit_codes(
        "newsroles-train", "interrupted; fit goes on from the last finished epoch with --resume"
    )
