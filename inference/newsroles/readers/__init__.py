"""Readers turn a source into articles, lazily: a module a format, each with one `read()`.

A new format is a module and a row of `FORMATS`. What cannot be read becomes a `Failure` in its place, and
reading goes on behind it where the format allows.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from newsroles.articles import Article, Failure
from newsroles.errors import (
    InputError,
    MissingExtra,
    NewsrolesError,
    UsageError,
    is_of_machine,
    machine_error,
)
from newsroles.readers.documents import as_failure
from newsroles.readers.formats import FORMATS, HEAD, Format, by_name, is_enough, sniff
from newsroles.readers.named import check_saved, path_of, stdin
from newsroles.readers.options import DEFAULT, ReadOptions, check_options
from newsroles.readers.packing import check_plain, unpack
from newsroles.readers.streams import opening

__all__ = ["FORMATS", "Failure", "Format", "ReadOptions", "by_name", "read", "read_source", "sniff"]

MOST_IN_A_ROW = 1_000
"""So many failures without an article between them stand for themselves; those after them are one."""


def read(source: str, stream: BinaryIO, format: str, options: ReadOptions) -> Iterator[Article | Failure]:  # noqa: A002 - it is one
    """Return the articles and failures of `stream` in their order; `source` is what they say they come from.

    Where it cannot be read on, the last is a Failure. Raises UsageError for a format that there isn't,
    MissingExtra, OSError where the stream breaks off, and MachineError where there is no memory left.
    """
    if format not in FORMATS:
        raise UsageError(f"no such input format: {format}", f"give one of {', '.join(FORMATS)}")
    return _bounded(_read(source, stream, format, options))


def _read(source: str, stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[Article | Failure]:
    index = 0
    try:
        for item in FORMATS[name](source, stream, options):
            yield item
            index += 1
    except InputError as error:
        yield as_failure(error, source, index)
    except (NewsrolesError, OSError):
        raise
    except Exception as error:
        if is_of_machine(error):
            raise machine_error(error) from error
        # a file that trips a bug must not end a run of a million
        yield Failure(source, index, None, f"cannot be read: {error!r}"[:500], "report this file as a bug")


def _bounded(items: Iterable[Article | Failure]) -> Iterator[Article | Failure]:
    """Make one failure of those that a file makes without end; 8 kB can unpack to fifty million bad lines."""
    in_a_row = index = 0
    last: Failure | None = None
    for item in items:
        in_a_row = in_a_row + 1 if isinstance(item, Failure) else 0
        if isinstance(item, Failure) and in_a_row > MOST_IN_A_ROW:
            last = item
            count = in_a_row - MOST_IN_A_ROW
            continue
        if last:
            yield _together(last, count, index)
            last, index = None, index + 1
        yield item if item.index == index else replace(item, index=index)
        index += 1
    if last:
        yield _together(last, count, index)


def _together(last: Failure, count: int, index: int) -> Failure:
    if count == 1:
        return replace(last, index=index)
    return replace(
        last, index=index, reason=f"{count:,} more in a row cannot be read, this the last: {last.reason}"
    )


def read_source(
    source: str | PathLike[str],
    options: ReadOptions = DEFAULT,
    count: Callable[[int], None] = lambda _: None,
) -> Iterator[Article | Failure]:
    """Open a file, or stdin for "-", and give its articles and failures; `count` gets the bytes of each read.

    Where it cannot be opened, or breaks off, the last is a Failure; so is what needs an extra that isn't
    installed. Raises UsageError for what is no path and for a format that there isn't, MissingExtra where the
    options name the format, and MachineError where it is the machine that cannot go on.
    """
    check_options(options)
    return _read_source(path_of(source), options, count)


def _read_source(
    source: str, options: ReadOptions, count: Callable[[int], None]
) -> Iterator[Article | Failure]:
    index = 0
    try:
        with _open(source, count) as stream:
            check_plain(stream)
            for item in read(source, stream, options.format or _told(source, stream), options):
                yield item
                index += 1
    except MissingExtra as error:
        if options.format:
            raise
        yield Failure(source, index, None, error.reason, error.next_step)
    except InputError as error:
        yield as_failure(error, source, index)
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        if is_of_machine(error):
            raise machine_error(error) from error
        yield as_failure(_unreadable(error), source, index)


def _told(source: str, stream: BinaryIO) -> str:
    """Tell the format, by a name that tells before anything is read."""
    return by_name(source) or sniff(source, opening(stream, HEAD, is_enough) or b"")


def _unreadable(error: OSError | ValueError) -> InputError:
    if isinstance(error, IsADirectoryError):
        return InputError(
            "cannot be read: a folder without pages, or one that may not be read",
            "give --input-format to read any name; in Python, label_files reads folders",
        )
    return InputError(f"cannot be read: {error}", "see that it is there, whole and readable")


@contextmanager
def _open(source: str, count: Callable[[int], None]) -> Iterator[io.BufferedReader]:
    if source == "-":
        yield unpack(stdin(), count)
    else:
        check_saved(source)
        _check_link(Path(source))
        with Path(source).open("rb", buffering=0) as file:
            yield unpack(file, count)


def _check_link(path: Path) -> None:
    """Refuse a link to a pipe or a device, which might never end; the system's own name what is open."""
    is_odd = path.is_symlink() and path.exists() and not (path.is_file() or path.is_dir())
    if is_odd and path.absolute().parts[1] not in ("dev", "proc"):
        raise InputError("a link to a pipe or a device", "give what it links to, if that is to be read")
