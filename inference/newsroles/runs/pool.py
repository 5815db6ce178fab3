"""Articles labelled by several processes at once, and given back in their order: `--workers`.

Each process has a model of its own. What reads and writes is one process still, so a run is written and
resumed as ever.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread

from newsroles.articles import Article, Failure, LabelledArticle
from newsroles.cpus import usable_cpus
from newsroles.errors import UsageError
from newsroles.model.labeller import Labeller

Item = Article | Failure
Result = LabelledArticle | Failure
Label = Callable[[Item, Labeller], Result]

AHEAD = 4
"""How many articles are read ahead for each process: enough for none to wait, few enough to be kept."""


def label_in_order(
    items: Iterable[Item], label: Label, like: Labeller, workers: int, threads: int | None = None
) -> Iterator[Result]:
    """Have `workers` processes `label` the items with labellers `like` that one; gives results in order.

    Each has `threads` threads, by default its share of the CPUs. Raises UsageError where one dies.
    """
    each = threads or max(1, usable_cpus() // workers)
    begin = (like.bundle.folder, each, like.min_confidence)
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin, begin)
    given = deque[Future[Result]]()
    try:
        for item in items:
            given.append(pool.submit(_label, label, item))
            if len(given) == AHEAD * workers:
                yield given.popleft().result()
        while given:
            yield given.popleft().result()
    except BrokenProcessPool as error:
        step = "with less memory than they need, give fewer --workers; --resume goes on"
        raise UsageError("one of the --workers has died", step) from error
    finally:
        pool.shutdown(cancel_futures=True)


_labellers: list[Labeller] = []
"""The one of this process, once it has begun."""


def _begin(folder: Path, threads: int, min_confidence: float) -> None:
    """Make a process ready. Ctrl-C is its parent's to hear, without which it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _labellers.append(Labeller.load(folder, threads=threads, min_confidence=min_confidence))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)


def _label(label: Label, item: Item) -> Result:
    return label(item, _labellers[0])
