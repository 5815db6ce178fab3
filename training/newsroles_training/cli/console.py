"""What every command of `newsroles-train` says on stderr, and the exit code it ends with."""

import logging
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

import typer

from newsroles.cli import console
from newsroles.errors import MissingExtra, UsageError
from newsroles_training.data.problems import Problem, spelt_out

FINE, TO_MEND = 0, 1
_HEAD = 1_000
"""So many bytes of a file tell what wrote it."""


def say(message: str) -> None:
    """Print one line on stderr, for stdout is data."""
    console.say(f"newsroles-train: {message}")


def finish(problems: Sequence[Problem], done: str, *, summed: bool = False) -> None:
    """Print every problem, or them summed up, then what was done; exit with 1 if there are problems."""
    _tell(problems, summed=summed)
    say(f"{done}, {len(problems)} problems" if problems else done)
    raise typer.Exit(TO_MEND if problems else FINE)


def refuse_nothing(
    read: int, problems: Sequence[Problem], source: Path | str, next_step: str, *, summed: bool = False
) -> None:
    """Print the problems and raise UsageError where nothing was read, so that OUT stays as it is."""
    if not read:
        _tell(problems, summed=summed)
        raise UsageError(f"{source}: nothing of it is written", next_step)


def _tell(problems: Sequence[Problem], *, summed: bool) -> None:
    for line in summed_up(problems) if summed else [f"{one.place}: {one.reason}" for one in problems]:
        say(line)


def names(asked: str) -> list[str]:
    """Return labels that were given with commas between."""
    return [name.strip() for name in asked.split(",")]


def summed_up(problems: Sequence[Problem]) -> list[str]:
    """Return lines that tell of problems, of many with one reason together."""
    lines, left = spelt_out([(one.place, one.reason) for one in problems])
    return [*lines, f"and {left} more"] if left else lines


def check_output(out: Path, inputs: Sequence[Path], *, overwrite: bool) -> None:
    """Raise UsageError for an output that is read too, or would replace what is there unasked."""
    from newsroles.runs.paths import RunPaths  # it brings readers, which --help must not wait for

    paths = RunPaths(report=out)
    for path in inputs:
        paths.check(path)
    paths.check_writable(overwrite=overwrite)


def check_own(out: Path, inputs: Sequence[Path], pattern: bytes) -> None:
    """Raise UsageError for an output that is read too, or would replace what this command hasn't written.

    What it has written begins with the regular expression `pattern`, and is replaced.
    """
    check_output(out, inputs, overwrite=True)
    if out.is_file():
        with out.open("rb") as file:
            head = file.read(_HEAD)
        if head and not re.match(pattern, head, re.DOTALL):
            raise UsageError(
                f"{out}: is there, and not of this command", "give another path, or move it away"
            )


def exit_codes(go_on: str | None = None) -> AbstractContextManager[None]:
    """Turn every error into one line and exit code 2, and Ctrl-C into 130 and how to `go_on`."""
    return console.exit_codes("newsroles-train", f"interrupted; {go_on}" if go_on else "interrupted")


@contextmanager
def logged(path: Path) -> Iterator[Callable[[str], None]]:
    """Send what libraries print, warn and log to a file; yields what tells people a line on stderr."""
    terminal = sys.stderr

    def tell(line: str) -> None:
        with redirect_stderr(terminal):
            say(line)

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as log, redirect_stdout(log), redirect_stderr(log):
        _move_handlers(terminal, log)
        try:
            yield tell
        finally:
            _move_handlers(log, terminal)


def _move_handlers(source: TextIO, target: TextIO) -> None:
    """Have the loggers that write to one stream write to another: they keep what stderr was before."""
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    for handler in (handler for logger in loggers for handler in logger.handlers):
        if type(handler) is logging.StreamHandler and handler.stream is source:  # not its kin
            handler.setStream(target)


def need_training_extra() -> None:
    """Raise MissingExtra where training has not been installed."""
    for package in ("torch", "transformers", "datasets", "accelerate", "onnx", "pydantic", "yaml"):
        if find_spec(package) is None:
            raise MissingExtra(package, "train")
