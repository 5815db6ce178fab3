"""Parquet: every row is an article; read a few rows at a time.

A process of its own reads, with bounded memory: a file of 2 kB can unpack to gigabytes, and a damaged one can
take the process that reads it down.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import Any, BinaryIO

from newsroles.articles import Article, Failure
from newsroles.errors import InputError, MachineError, MissingExtra
from newsroles.readers.apart import command, limit_memory, may_take
from newsroles.readers.options import ReadOptions
from newsroles.readers.packing import is_bomb, too_much
from newsroles.readers.records import LEAST, article, check_columns
from newsroles.readers.streams import Tally, opening

_ROWS, BYTES = 64, 2 * 2**30
"""How many rows are in memory at once, and how many bytes the process that reads may take."""
_BUFFER = 1_000_000
_MAGIC = b"PAR1"
_KILLED = 9
"""The number of SIGKILL, which Windows has no name for."""


def read(source: str, stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Failure]:
    """Yield an article or a failure for every row; a failure's offset is its row, from 1.

    Raises InputError where the file is no Parquet, has no column for the text, or breaks off; MissingExtra;
    and MachineError where the machine has no memory left.
    """
    if find_spec("pyarrow") is None:
        raise MissingExtra("pyarrow", "parquet")
    head = opening(stream, len(_MAGIC))
    if head is not None and not head.startswith(_MAGIC):
        raise InputError(
            "not Parquet, or damaged: it doesn't begin like it", "fetch it again, or write it anew"
        )
    settings = [str(BYTES), source, options.text_field, options.id_field]
    with _file(stream) as file, _child(command(__name__, *settings), file) as child:
        index = 0
        for line in child.stdout or ():
            values = json.loads(line)
            if "read" in values:
                _count(stream, values["read"])
                continue
            if "stop" in values:
                raise InputError(*values["stop"])
            if "article" in values:
                text, name, kinds, *rest = values["article"]
                yield Article(text, name, source, index, tuple(kinds), *rest)
            else:
                yield Failure(source, index, *values["failure"])
            index += 1
        _check_end(child.wait())


def _count(stream: BinaryIO, size: int) -> None:
    tally = getattr(stream, "raw", None)
    if isinstance(tally, Tally):
        tally.count(size)


def _check_end(status: int) -> None:
    if status == -_KILLED or (status and not may_take(BYTES)):
        raise MachineError("the process that reads Parquet was ended", "free some memory; --resume goes on")
    if status:
        raise InputError(
            f"damaged, or takes more than {BYTES // 2**30} GB to read", "write it anew, in smaller row groups"
        )


@contextmanager
def _child(command: list[str], file: BinaryIO) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(  # noqa: S603 - this very module
        command, _BUFFER, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as child:
        try:
            yield child
        finally:
            child.kill()


@contextmanager
def _file(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Yield the stream, or for one that isn't a file (packed, or a pipe) a temporary copy of it."""
    with suppress(io.UnsupportedOperation):
        if stream.seekable() and stream.fileno() >= 0:
            yield stream
            return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield copy


def _items(file: BinaryIO, source: str, options: ReadOptions) -> Iterator[dict[str, Any]]:
    """Yield what the process that reads says: how much it has read, and each row, or why it stops."""
    import pyarrow as pa

    size = os.fstat(file.fileno()).st_size
    index = given = 0
    try:
        for read, rows in _batches(file, options):
            yield {"read": read}
            for row in rows:
                record = {name: _value(cell) for name, cell in row.items()}
                given += max(LEAST, _size(record))
                if is_bomb(given, size):
                    raise too_much(given)
                yield _item(record, source, index, options)
                index += 1
    except InputError as error:
        yield {"stop": (error.reason, error.next_step)}
    except MemoryError:  # pyarrow's too is one
        raise
    except (pa.ArrowException, OSError, UnicodeError) as error:
        reason = str(error).partition("\n")[0][:200]
        yield {"stop": (f"not Parquet, or damaged: {reason}", "fetch it again, or write it anew")}


def _batches(file: BinaryIO, options: ReadOptions) -> Iterator[tuple[int, Iterable[dict[str, Any]]]]:
    """Yield how much was read for a batch of rows, and each row's cells, which may fail to become values."""
    from pyarrow.parquet import ParquetFile

    with ParquetFile(file, pre_buffer=False, buffer_size=_BUFFER) as parquet:
        columns = _columns(parquet.schema_arrow.names, options)
        for number in range(parquet.num_row_groups):
            group = parquet.metadata.row_group(number)
            read = sum(group.column(column).total_compressed_size for column in range(group.num_columns))
            for batch in parquet.iter_batches(_ROWS, [number], columns, use_threads=False):
                yield read, ({name: batch.column(name)[row] for name in columns} for row in range(len(batch)))
                read = 0


def _columns(names: list[str], options: ReadOptions) -> list[str]:
    """Return the columns that a name tells from the others; raises InputError where the text's is not one."""
    check_columns(names, options)
    count, text = Counter(names), options.text_field
    if count[text] > 1:
        raise InputError(f"two columns are called {text!r}", "rename one, or name another with --text-field")
    return [name for name in names if count[name] == 1]


def _value(cell: Any) -> Any:
    """Return a cell's value; bytes for a text that isn't UTF-8, else text or null where Python has none."""
    import pyarrow as pa

    with suppress(pa.ArrowException, ValueError, OverflowError):
        return cell.as_py()
    for other in ("binary", "string"):
        with suppress(pa.ArrowException, ValueError, OverflowError):
            return cell.cast(other).as_py()
    return None


def _size(value: Any) -> int:
    """Count the characters and the members that a value holds."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, dict):
        value = list(value.values())
    return len(value) + sum(map(_size, value)) if isinstance(value, list) else 0


def _item(record: dict[str, Any], source: str, index: int, options: ReadOptions) -> dict[str, Any]:
    try:
        found = article(record, source, index, index + 1, options)
    except InputError as error:
        return {"failure": (index + 1, error.reason, error.next_step)}
    return {"article": (found.text, found.id, found.kinds, found.title, found.url, found.date, found.fields)}


def _serve(most: str, source: str, text_field: str, id_field: str) -> None:
    """Read what stdin is, in `most` bytes of memory, and write a line for every item to stdout."""
    limit_memory(int(most))
    with os.fdopen(0, "rb", closefd=False) as file:
        for item in _items(file, source, ReadOptions(None, text_field, id_field)):
            sys.stdout.buffer.write(json.dumps(item).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
