"""What both commands print with, and the exit codes that they end with.

0 all labelled, 1 some inputs failed and nothing else, 2 wrong usage or trouble of the machine, 130
interrupted. Where the reader of stdout goes away, a command ends as a shell expects: by SIGPIPE.
"""

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import BinaryIO

import typer

from newsroles.errors import MachineError, NewsrolesError, UsageError, is_of_machine, machine_error
from newsroles.printable import printable  # here, for when memory runs out nothing more can be imported

ALL_LABELLED, INPUTS_FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

_at_work: list[str] = []
"""The commands that run, whose files are to be closed before the process ends."""


_processes: list[int] = []
"""This one, if it is the command's own and not that of a program that calls it."""


class ReaderGoneError(Exception):
    """What reads our stdout has enough; not our error, and not the user's."""


@contextmanager
def exit_codes(program: str = "newsroles", interrupted: str = "interrupted") -> Iterator[None]:
    """Turn every error and Ctrl-C into one line on stderr and an exit code."""
    _at_work.append(program)
    try:
        yield
        flush()
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except (ReaderGoneError, BrokenPipeError):
        _leave_stdout()
        raise _end_by_pipe() from None
    except KeyboardInterrupt:
        say(f"{program}: {interrupted}")
        raise _end_interrupted() from None
    except Exception as error:  # noqa: BLE001 - exit code 1 is for inputs
        say(f"{program}: {_in_a_line(error)}")
        with suppress(ReaderGoneError, NewsrolesError):
            flush()  # or leave it for good
        raise typer.Exit(USAGE) from None
    finally:
        _at_work.pop()


def run(app: typer.Typer) -> None:
    """Run a command as a process of its own: it is interrupted once to end in order, twice to end at once."""
    _hold_closed_streams()
    _processes.append(os.getpid())
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as for what a shell runs in the background
        signal.signal(signal.SIGINT, _interrupt)
    if sys.stdout is not None:
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except (OSError, MemoryError) as error:  # of --help, or of what tells of an error
        say(f"newsroles: {_in_a_line(error)}")
        _leave_stdout()
        sys.exit(USAGE)
    except SystemExit:
        _flush_help()
        raise


def say(text: str) -> None:
    """Print on stderr, without what a terminal would obey; without a stderr, say nothing."""
    with suppress(OSError):
        typer.echo(printable(text), err=True)


def print_lines(lines: Iterable[str]) -> None:
    """Print on stdout, without what a terminal would obey, and with "?" for what it cannot show."""
    for line in lines:
        write(f"{printable(line)}\n".encode(sys.stdout.encoding if sys.stdout else "utf-8", "replace"))


def write(data: bytes) -> None:
    """Write to stdout; raises ReaderGoneError, and UsageError where it is closed or full."""
    with _stdout() as stream:
        stream.write(data)


def flush() -> None:
    """See that stdout has all that was written to it; raises like `write`."""
    if sys.stdout is not None:
        with _stdout() as stream:
            stream.flush()


@contextmanager
def _stdout() -> Iterator[BinaryIO]:
    if sys.stdout is None:
        raise UsageError("stdout: is closed", "leave it open, or give a file with -o")
    try:
        yield sys.stdout.buffer
    except BrokenPipeError:
        raise ReaderGoneError from None
    except OSError as error:
        _leave_stdout()
        raise MachineError(f"stdout: {error.strerror}", "make room, or give a file with -o") from error


def _in_a_line(error: Exception) -> str:
    """Say what has happened and what to do; of a bug of ours, where it is."""
    if not isinstance(error, NewsrolesError) and is_of_machine(error):
        error = machine_error(error)
    if isinstance(error, OSError):
        return f"{error}; give paths that can be read and written"
    if isinstance(error, NewsrolesError):
        return str(error)
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" ({Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno})" if trace else ""
    return f"unexpected {error!r}{place}; report this as a bug, with the command".replace("\n", " ")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """End in order at the first Ctrl-C, and at once, by the system, at the second."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if not _at_work:
        os._exit(INTERRUPTED)
    raise KeyboardInterrupt


def _end_interrupted() -> typer.Exit:
    """End a process of our own at once: a library that tidies up at the end may take seconds for that."""
    if _processes:
        sys.stderr.flush()
        os._exit(INTERRUPTED)
    return typer.Exit(INTERRUPTED)


def _end_by_pipe() -> typer.Exit:
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGPIPE)
    return typer.Exit(USAGE)


def _leave_stdout() -> None:
    """Send what is still to be written nowhere, else Python complains of it when it ends."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _flush_help() -> None:
    try:
        flush()
    except ReaderGoneError:
        _leave_stdout()
    except NewsrolesError as error:
        say(f"newsroles: {error}")
        sys.exit(USAGE)


def _hold_closed_streams() -> None:
    """Open nothing as 0, 1 or 2 where these are closed, so that no library prints into our files."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004 - stderr
        pass
    os.close(number)
