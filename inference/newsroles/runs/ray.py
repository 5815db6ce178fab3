"""Runs on Ray, on this machine or a cluster: `newsroles label --engine ray`.

Reading and labelling are the stages of a Ray Data pipeline. Parts go in, shards go from one to the other, and
what became of them comes out; all as JSON in a column of bytes, because Arrow has no lone surrogates.
"""

import json
import logging
import os
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import asdict, replace
from functools import cached_property, partial
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from newsroles.articles import Article, Failure
from newsroles.cpus import usable_cpus
from newsroles.errors import MachineError, NewsrolesError, UsageError
from newsroles.model.labeller import Labeller
from newsroles.records.write import to_line
from newsroles.runs import quiet_ray
from newsroles.runs.descendants import children, kill
from newsroles.runs.division import Part, Shard
from newsroles.runs.job import Job, ProgressListener, Summary, Target
from newsroles.runs.sharded import SHARD_SIZE, Done, Work
from newsroles.runs.sharded import run as run_sharded

READING, LABELLING = 0.1, 0.9
"""The shares of a CPU by which Ray plans; a process that reads takes far less than one that labels."""

TASKS = 10_000
"""How many tasks of reading there may be; they share more parts than that."""

Batch = Mapping[str, Sequence[bytes]]
Row = Mapping[str, bytes]


def run(job: Job, target: Target, listener: ProgressListener, shard_size: int | None = None) -> Summary:
    """Write the records of `job` to shards in the folder `target.out`; see `sharded.run`.

    `job.workers` processes label, by default one for every CPU, each on the threads of `job.model`, by
    default one. With RAY_ADDRESS set they are that cluster's, else this machine's. Raises MissingExtra, and
    MachineError where Ray gives up.
    """
    ray = quiet_ray.load()
    job = replace(job, model=replace(job.model, threads=job.model.threads or 1))
    try:
        with redirect_stdout(sys.stderr):  # where Ray tells of hosts that are lost
            return run_sharded(job, target, listener, partial(_spread, ray), shard_size or SHARD_SIZE)
    except ray.exceptions.RayError as error:
        raise MachineError(f"Ray gave up: {error}", "give the same command with --resume") from error


@contextmanager
def _cluster(ray: Any, workers: int | None, threads: int) -> Iterator[int]:
    """Join the cluster, or make one here until the end; gives how many workers of so many threads to have."""
    if ray.is_initialized():
        yield _count(ray, workers, threads)
        return
    address = os.environ.get("RAY_ADDRESS")
    with nullcontext() if address else quiet_ray.home_of_its_own(), _ended(ray):
        _start(ray, address, workers * threads if workers else max(threads, usable_cpus()))
        yield _count(ray, workers, threads)


@contextmanager
def _ended(ray: Any) -> Iterator[None]:
    """End what is begun inside: in order, which takes Ray seconds, or at once if Ctrl-C is pressed."""
    before, started = children(), frozenset[int]()
    try:
        yield
    except KeyboardInterrupt:
        started = children() - before
        kill(started)
        raise
    finally:
        if not started:
            ray.shutdown()


def _start(ray: Any, address: str | None, cpus: int) -> None:
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address:
            ray.init(address, **quiet)
        else:
            ray.init("local", num_cpus=cpus, include_dashboard=False, **quiet)
    except (OSError, RuntimeError, ValueError) as error:
        step = "see RAY_ADDRESS, or unset it for a Ray on this machine alone"
        raise UsageError(f"no Ray at {address or 'this machine'}: {error}", step) from error


def _count(ray: Any, workers: int | None, threads: int) -> int:
    cpus = int(ray.cluster_resources().get("CPU", 1))  # none yet, where a cluster grows
    return workers or max(1, cpus // threads)


def _spread(ray: Any, parts: list[Part], work: Work) -> Generator[Done]:
    """Have Ray Data do the work; raises UsageError with what a process has come upon."""
    if not parts:
        return
    with _cluster(ray, work.job.workers, work.job.model.threads or 1) as workers:
        for row in _apart(_pipeline(ray, workers, parts, work).iter_rows()):
            yield Done(**_values(row["json"]))


def _apart(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield rows that another thread asks for, so that Ctrl-C reaches this one and not Ray's tidying up."""
    taken: SimpleQueue[Row | Exception | None] = SimpleQueue()

    def take() -> None:
        try:
            for row in rows:
                taken.put(row)
            taken.put(None)
        except Exception as error:  # noqa: BLE001 - it is raised where the rows are asked for
            taken.put(error)

    Thread(target=take, daemon=True).start()
    while (row := taken.get()) is not None:
        if isinstance(row, Exception):
            raise row
        yield row


def _pipeline(ray: Any, workers: int, parts: list[Part], work: Work) -> Any:
    """Lay out the stages; nothing runs before rows are asked for."""
    quiet_ray.stream_shards(ray)
    here = Path.cwd()
    items = [{"json": _row(part)} for part in parts]
    rows = ray.data.from_items(items, override_num_blocks=min(len(parts), TASKS))
    shards = rows.map_batches(read_parts, fn_args=(work, here), batch_size=1, num_cpus=READING)
    return shards.map_batches(
        LabelShards,
        fn_constructor_args=(work, here),
        batch_size=1,
        num_cpus=LABELLING * (work.job.model.threads or 1),
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=workers, initial_size=workers),
    )


def read_parts(batch: Batch, work: Work, here: Path) -> Iterator[Batch]:
    """Yield the shards of each part of a batch, or why that cannot be done."""
    try:
        os.chdir(here)  # paths are those that the command was given
        for row in batch["json"]:
            for shard in work.read(_part(row)):
                yield {"json": [_row(shard)]}
    except (NewsrolesError, OSError) as error:
        yield {"json": [_trouble(error)]}


class LabelShards:
    """Labels shards in one process, with one model."""

    def __init__(self, work: Work, here: Path) -> None:
        """Take what there is to know; the model is loaded for the first shard."""
        self._work = work
        self._here = here

    @cached_property
    def _labeller(self) -> Labeller:
        os.chdir(self._here)
        return self._work.job.model.load()

    def __call__(self, batch: Batch) -> Batch:
        """Label each shard of a batch; gives what became of it, or why nothing did."""
        return {"json": [self._label(row) for row in batch["json"]]}

    def _label(self, row: bytes) -> bytes:
        try:
            return _row(self._work.label(_shard(row), self._labeller))
        except (NewsrolesError, OSError) as error:
            return _trouble(error)


def _row(value: Part | Shard | Done) -> bytes:
    return to_line(asdict(value))


def _trouble(error: NewsrolesError | OSError) -> bytes:
    if isinstance(error, NewsrolesError):
        return to_line({"reason": error.reason, "next_step": error.next_step})
    step = "keep the inputs, the output and the model where every machine sees them under one path"
    return to_line({"reason": str(error), "next_step": step})


def _values(row: bytes) -> dict[str, Any]:
    """Read a row back; raises MachineError for one that tells of trouble."""
    values: dict[str, Any] = json.loads(row)
    if "reason" in values:
        raise MachineError(**values)
    return values


def _part(row: bytes) -> Part:
    values = _values(row)
    return Part(values["number"], tuple(values["sources"]), tuple(values["done"]))


def _shard(row: bytes) -> Shard:
    values = _values(row)
    return Shard(values["name"], tuple(map(_item, values["items"])), values["size"])


def _item(values: dict[str, Any]) -> Article | Failure:
    if "text" not in values:
        return Failure(**values)
    return Article(**values | {"kinds": tuple(values["kinds"])})  # JSON knows no tuples
