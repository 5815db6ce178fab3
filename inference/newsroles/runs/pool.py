"""Articles labelled by several processes at once, and given back in their order: `--workers`.

Each process has a model of its own. What reads and writes is one process still, so a run is written and
resumed as ever. A process that is ended from outside (by the system, where memory is short) is replaced, and
its articles are labelled again; one that is stopped is waited for, whose article costs it no time meanwhile.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from threading import Thread
from typing import Any

from newsroles.articles import Failure
from newsroles.cpus import usable_cpus
from newsroles.errors import MachineError, NewsrolesError, is_of_machine, machine_error
from newsroles.model.outcome import Item, Result, label_or_fail
from newsroles.runs.job import Model

AHEAD = 4
"""How many articles are read ahead for each process: enough for none to wait, few enough to be kept."""

AT_ONCE = 2
"""How many of them a process is given: the one that it labels, and one to go on with."""

TRIES = 3
"""How often an article is begun, by processes that die of it or beside it, before the run ends."""

Label = Callable[[Item, Any], Result]


@contextmanager
def pool(
    model: Model, workers: int, label: Label = label_or_fail
) -> Iterator[Callable[[Iterable[Item]], Iterator[Result]]]:
    """Yield a function that has `workers` processes `label` items, and yields their results in order.

    The processes have `model.threads` threads each, by default their share of the CPUs, and end with the
    block. Iterating the results raises MachineError where processes die again and again.
    """
    threads = model.threads or max(1, usable_cpus() // workers)
    found = _Pool(replace(model, threads=threads), workers, label)
    try:
        yield found.label
    finally:
        found.end()


@dataclass(slots=True)
class _Task:
    """An item, and how often it has been given to a process that then died."""

    number: int
    item: Item
    deaths: int = 0


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, our end of the pipe to it, and what it has been given, in its order."""

    process: SpawnProcess
    pipe: Connection
    given: deque[_Task] = field(default_factory=deque)


class _Pool:
    def __init__(self, model: Model, workers: int, label: Label) -> None:
        self._arguments = (model, label)
        self._deaths = 0  # in a row, without a result between them
        self._waiting: deque[_Task] = deque()
        self._results: dict[int, Result] = {}
        self._ahead = AHEAD * workers
        self._workers = [self._start() for _ in range(workers)]

    def label(self, items: Iterable[Item]) -> Iterator[Result]:
        """Yield the results of items in order; no more are read ahead than `AHEAD` a process."""
        given = 0
        for number, item in enumerate(items):
            if isinstance(item, Failure):
                self._results[number] = item
            else:
                self._waiting.append(_Task(number, item))
            self._exchange(0)
            while number - given + 1 >= self._ahead:
                yield self._result(given)
                given += 1
        while self._waiting or self._results or any(worker.given for worker in self._workers):
            yield self._result(given)
            given += 1

    def end(self) -> None:
        """End the processes, whatever they are at."""
        for worker in self._workers:
            worker.process.kill()
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join()

    def _result(self, number: int) -> Result:
        while number not in self._results:
            self._exchange(None)
        return self._results.pop(number)

    def _exchange(self, timeout: float | None) -> None:
        """Take what is finished, waiting for it up to `timeout`, and hand out what waits."""
        self._hand_out()
        pipes = {worker.pipe: worker for worker in self._workers}
        for pipe in wait(list(pipes), timeout):
            self._take(pipes[pipe])  # type: ignore[index]  # they are the pipes that were given
        self._hand_out()

    def _take(self, worker: _Worker) -> None:
        try:
            result = worker.pipe.recv()
        except (EOFError, OSError):
            self._replace(worker)
            return
        if isinstance(result, NewsrolesError):
            raise result
        self._deaths = 0
        self._results[worker.given.popleft().number] = result

    def _hand_out(self) -> None:
        while self._waiting:
            worker = min(self._workers, key=lambda each: len(each.given))
            if len(worker.given) == AT_ONCE:
                return
            task = self._waiting.popleft()
            worker.given.append(task)
            with suppress(OSError):  # it has died, which is found when it is asked for results
                worker.pipe.send(task.item)

    def _replace(self, worker: _Worker) -> None:
        """Start another process for one that has died, and have its articles labelled again.

        Raises MachineError where that has happened too often in a row, or with one article.
        """
        worker.process.join()
        worker.pipe.close()
        self._deaths += 1
        if worker.given:
            worker.given[0].deaths += 1
        self._check(worker)
        self._waiting.extendleft(reversed(worker.given))
        self._workers[self._workers.index(worker)] = self._start()

    def _check(self, worker: _Worker) -> None:
        first = worker.given[0] if worker.given else None
        if self._deaths < TRIES * len(self._workers) and (not first or first.deaths < TRIES):
            return
        at = f" at {first.item.source}:{first.item.index}" if first else ""
        raise MachineError(
            f"one of the --workers has died{at}, {TRIES} times (exit code {worker.process.exitcode})",
            "with less memory than they need, give fewer --workers; --resume goes on",
        )

    def _start(self) -> _Worker:
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(
            target=_work, args=(theirs, *self._arguments), daemon=True
        )
        try:
            with _without_interrupts():  # Ctrl-C is its parent's to hear
                process.start()
        except OSError as error:
            raise MachineError(f"no process can be started: {error}", "give fewer --workers") from error
        finally:
            theirs.close()
        return _Worker(process, ours)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back, where the system can (not on Windows)."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it starts with the first process, and unblocks signals
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection, model: Model, label: Label) -> None:
    """Label what comes through the pipe until the parent ends, in the process of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    items: SimpleQueue[Item] = SimpleQueue()
    try:
        labeller = model.load()
        Thread(target=_receive, args=(pipe, items), daemon=True).start()
        while True:
            pipe.send(label(items.get(), labeller))
    except Exception as error:  # noqa: BLE001 - the parent says what has happened
        with suppress(OSError):
            pipe.send(_told(error))


def _told(error: Exception) -> NewsrolesError:
    if isinstance(error, NewsrolesError):
        return error
    if is_of_machine(error):
        return machine_error(error)
    return MachineError(f"one of the --workers has failed: {error!r}", "report it as a bug; --resume goes on")


def _receive(pipe: Connection, items: "SimpleQueue[Item]") -> None:
    """Take what comes while the last is labelled, so that the parent never waits to hand it over."""
    try:
        while True:
            items.put(pipe.recv())
    finally:
        os._exit(1)  # the parent has gone, or there is no memory: it sees this end


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)
