"""Processes beside this one for what can take too much time or memory, which can be ended.

Time is the process's own, not the clock's: one that is stopped, or has to wait, loses nothing.
"""

import atexit
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from newsroles.errors import MachineError, is_of_machine, machine_error

resource: Any
try:
    import resource
except ImportError:  # Windows, where nothing can be limited so, and pages are read in place
    resource = None

TRIES = 3
"""How often something is begun by processes that are ended from outside, before the machine is to blame."""

_KEPT = 512 * 2**20
"""A process that holds more bytes than this after an answer ends, so that no page costs another memory."""

_SIZE, _HEAD = struct.Struct(">Q"), struct.Struct(">dQ")
_SILENT = getattr(socket, "MSG_NOSIGNAL", 0)
"""No SIGPIPE where the process has died, though a program may have asked for it; macOS has no such flag."""

NO_MEMORY = 99
"""The exit code of a process that has come to its limit of memory."""
_BREAKING = (getattr(signal, name, None) for name in ("SIGSEGV", "SIGABRT", "SIGBUS"))
_OF_MEMORY = (NO_MEMORY, *(-number for number in _BREAKING if number))
"""How a process ends for lack of memory, or is broken by what it reads: parsers may end in any of these."""


class TooMuchError(Exception):
    """What was asked takes more time or memory than it may."""


class UnavailableError(Exception):
    """No process of ours can be started here: this Python is part of another program, say."""


def command(module: str, *settings: str) -> list[str]:
    """Return what runs a module of ours; -P keeps what lies in the working folder out of it."""
    return [sys.executable, "-P", "-m", module, *settings]


def limit_memory(most: int) -> None:
    """Let this process take `most` bytes, or what it is allowed where that is less; not on Windows."""
    if resource is None:
        return
    least = min(most, _allowed())
    resource.setrlimit(resource.RLIMIT_AS, (least, least))


def may_take(most: int) -> bool:
    """Tell whether this process, and so one that it starts, may take `most` bytes."""
    return resource is None or _allowed() >= most


def _allowed() -> int:
    limits = resource.getrlimit(resource.RLIMIT_AS)
    return min((limit for limit in limits if limit != resource.RLIM_INFINITY), default=sys.maxsize)


class Apart:
    """A process that runs a module which calls `serve`: started when it is first asked, and kept.

    It is asked by one thread at a time, and ends with this process. A fork of this process has its own.
    """

    def __init__(self, module: str, most: int) -> None:
        """Give it `most` bytes of memory."""
        self._module, self._most = module, most
        self._lock = Lock()
        self._ours: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._has_answered = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._leave)
        atexit.register(self._end)

    def _leave(self) -> None:
        """Leave the process, in a fork, to the one that has started it."""
        self._hang_up()
        if self._process:
            self._process.returncode = 0  # so that nobody here waits for it
        self._lock, self._ours, self._process = Lock(), None, None

    def ask(self, asked: bytes, seconds: float) -> bytes:
        """Return the answer, which may take so many seconds of CPU.

        Raises TooMuchError, UnavailableError, and MachineError where the process is ended from outside, again
        and again.
        """
        with self._lock:
            for _ in range(TRIES):
                try:
                    return self._exchange(asked, seconds)
                except OSError:
                    status = self._end()
                except BaseException:  # Ctrl-C, say: its answer would be taken for that to another question
                    self._end()
                    raise
                self._judge(status)
        raise MachineError(
            f"the process that reads pages was ended {TRIES} times (exit code {status})",
            "see that there is memory for it, then give the same command with --resume",
        )

    def _exchange(self, asked: bytes, seconds: float) -> bytes:
        ours = self._ours or self._start()
        ours.sendall(_HEAD.pack(seconds, len(asked)), _SILENT)
        ours.sendall(asked, _SILENT)
        answer = _received(ours, *_SIZE.unpack(_received(ours, _SIZE.size)))
        self._has_answered = True
        return answer

    def _start(self) -> socket.socket:
        is_other = not sys.executable or getattr(sys, "frozen", False)  # it would run that program again
        if is_other or resource is None:
            raise UnavailableError
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            raise machine_error(error) from error
        try:
            self._process = subprocess.Popen(  # noqa: S603 - a module of ours
                command(self._module),
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            ours.close()
            if is_of_machine(error):
                raise machine_error(error) from error
            raise UnavailableError from error
        finally:
            theirs.close()
        self._ours = ours
        return ours

    def _end(self) -> int:
        """End the process, if it runs, and return its exit code."""
        self._hang_up()
        process, self._ours, self._process = self._process, None, None
        if process is None:
            return 0
        process.kill()
        return process.wait()

    def _hang_up(self) -> None:
        with suppress(OSError):  # a program may have closed all its files
            if self._ours:
                self._ours.close()

    def _judge(self, status: int) -> None:
        if status == -signal.SIGPROF or (status in _OF_MEMORY and may_take(self._most)):
            raise TooMuchError
        if status > 0 and status != NO_MEMORY and not self._has_answered:
            raise UnavailableError


def _received(stream: socket.socket, size: int) -> bytes:
    """Receive so many bytes; raises OSError where there aren't as many."""
    data = bytearray()
    while len(data) < size:
        more = stream.recv(min(size - len(data), 2**20))
        if not more:
            raise BrokenPipeError
        data += more
    return bytes(data)


def serve(answer: Callable[[bytes], bytes], most: int) -> None:
    """Answer what an `Apart` asks, in its process, until that ends, or this one has grown too large."""
    limit_memory(most)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is its parent's to hear
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})
    theirs = socket.socket(fileno=0)
    try:
        while True:
            seconds, size = _HEAD.unpack(_received(theirs, _HEAD.size))
            asked = _received(theirs, size)
            signal.setitimer(signal.ITIMER_PROF, seconds)
            answered = answer(asked)
            signal.setitimer(signal.ITIMER_PROF, 0)
            theirs.sendall(_SIZE.pack(len(answered)) + answered)
            if _held() > _KEPT:
                return
    except OSError:  # its parent has gone
        pass
    except MemoryError:
        os._exit(NO_MEMORY)


def _held() -> int:
    """Return the bytes that this process holds, as its limit counts them; 0 where the system doesn't tell."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
        return pages * int(resource.getpagesize())
    except OSError:  # macOS, where the limit counts nothing
        return 0
