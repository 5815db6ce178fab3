"""The inputs of a run that many processes share: in parts that are read apart, each in shards.

A shard is named by its part and its place therein, so the order of the names is the order of the inputs.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from newsroles.articles import Article, Failure

T = TypeVar("T")

PART_BYTES = 32_000_000
"""Files are read in one go up to this size together; a larger one is a part of its own."""

SHARD_CHARACTERS = 20_000_000
"""A shard of long texts is closed early, which bounds the memory that it takes to pass on."""


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive sources that one process reads; `done` are the names of its shards that are finished."""

    number: int
    sources: tuple[str, ...]
    done: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shard:
    """Consecutive articles and failures of a part; `size` bytes were read for them, 0 until that is known."""

    name: str
    items: tuple[Article | Failure, ...]
    size: int


def divide(sources: Iterable[str], most: int) -> Iterator[Part]:
    """Put the sources in parts of at most `most` files, by their sizes; the same make the same parts."""
    for number, group in enumerate(_groups(sources, _size, PART_BYTES, most)):
        yield Part(number, group)


def cut(part: int, items: Iterable[Article | Failure], most: int) -> Iterator[Shard]:
    """Put what a part holds in shards of at most `most` items; their `size` is 0."""
    for number, group in enumerate(_groups(items, _characters, SHARD_CHARACTERS, most)):
        yield Shard(f"{part:06}-{number:06}", group, 0)


def _groups(
    values: Iterable[T], size_of: Callable[[T], int], room: int, most: int
) -> Iterator[tuple[T, ...]]:
    """Put values in groups of at most `most` and of the size `room`, but for one that is larger alone."""
    group, size = list[T](), 0
    for value in values:
        more = size_of(value)
        if group and (size + more > room or len(group) == most):
            yield tuple(group)
            group, size = [], 0
        group.append(value)
        size += more
    if group:
        yield tuple(group)


def _size(source: str) -> int:
    """Return a file's bytes, 0 for what is no file, or may not or cannot be looked at."""
    try:
        found = os.stat(source)  # noqa: PTH116 - of names that no Path can hold
    except (OSError, ValueError):
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def _characters(item: Article | Failure) -> int:
    return len(item.text) if isinstance(item, Article) else 0
