"""Runs on Ray, on this machine or a cluster: `newsroles label --engine ray`.

Reading and labelling are the stages of a Ray Data pipeline. Parts go in, shards go from one to the other, and
what became of them comes out; all as JSON in a column of bytes, because Arrow has no lone surrogates.
"""

import json
import logging
import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from newsroles.articles import Article, Failure
from newsroles.cpus import usable_cpus
from newsroles.errors import NewsrolesError, UsageError
from newsroles.model.labeller import Labeller
from newsroles.records.write import to_line
from newsroles.runs import quiet_ray
from newsroles.runs.job import Job, ProgressListener, Summary, Target
from newsroles.runs.sharded import SHARD_SIZE, Done, Work
from newsroles.runs.sharded import run as run_sharded
from newsroles.runs.shards import Part, Shard

READING, LABELLING = 0.1, 0.9
"""The shares of a CPU by which Ray plans; a process that reads takes far less than one that labels."""

TASKS = 10_000
"""How many tasks of reading there may be; they share more parts than that."""

Batch = Mapping[str, Sequence[bytes]]


def run(
    job: Job,
    target: Target,
    listener: ProgressListener,
    workers: int | None = None,
    shard_size: int | None = None,
) -> Summary:
    """Write the records of `job` to shards in the folder `target.out`; see `sharded.run`.

    `workers` processes of one thread label, by default one for every CPU. With RAY_ADDRESS set they are that
    cluster's, else this machine's. Raises MissingExtra, and UsageError where Ray gives up.
    """
    ray = quiet_ray.load()
    try:
        return run_sharded(job, target, listener, partial(_spread, ray, workers), shard_size or SHARD_SIZE)
    except ray.exceptions.RayError as error:
        raise UsageError(f"Ray gave up: {error}", "give the same command with --resume") from error


@contextmanager
def _cluster(ray: Any, workers: int | None) -> Iterator[int]:
    """Join the cluster, or make one here until the end; gives how many workers there shall be."""
    if ray.is_initialized():
        yield _count(ray, workers)
        return
    address = os.environ.get("RAY_ADDRESS")
    with nullcontext() if address else quiet_ray.home_of_its_own():
        _start(ray, address, workers)
        try:
            yield _count(ray, workers)
        finally:
            ray.shutdown()


def _start(ray: Any, address: str | None, workers: int | None) -> None:
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address:
            ray.init(address, **quiet)
        else:
            ray.init("local", num_cpus=workers or usable_cpus(), include_dashboard=False, **quiet)
    except (OSError, RuntimeError, ValueError) as error:
        step = "see RAY_ADDRESS, or unset it for a Ray on this machine alone"
        raise UsageError(f"no Ray at {address or 'this machine'}: {error}", step) from error


def _count(ray: Any, workers: int | None) -> int:
    return workers or max(1, int(ray.cluster_resources().get("CPU", 1)))  # none yet, where a cluster grows


def _spread(ray: Any, workers: int | None, parts: list[Part], work: Work) -> Generator[Done]:
    """Have Ray Data do the work; raises UsageError with what a process has come upon."""
    if not parts:
        return
    with _cluster(ray, workers) as number:
        for row in _pipeline(ray, number, parts, work).iter_rows():
            yield Done(**_values(row["json"]))


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
        num_cpus=LABELLING,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=workers, initial_size=workers),
    )


def read_parts(batch: Batch, work: Work, here: Path) -> Iterator[Batch]:
    """Give the shards of each part of a batch, or why that cannot be done."""
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
        return self._work.load()

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
    """Read a row back; raises UsageError for one that tells of trouble."""
    values: dict[str, Any] = json.loads(row)
    if "reason" in values:
        raise UsageError(**values)
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
