"""Parquet: every row is an article; read a few rows at a time."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from newsroles.articles import Article, Failure
from newsroles.errors import InputError, MissingExtra
from newsroles.readers.documents import as_failure
from newsroles.readers.options import ReadOptions
from newsroles.readers.records import article, missing

#: How many rows are in memory at once.
_ROWS = 64


def read(source: str, stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Failure]:
    """Give an article or a failure for every row; a failure's offset is its row, from 1.

    Raises InputError where the file is no Parquet, has no column for the text, or breaks off.
    """
    try:
        import pyarrow as pa
    except ImportError:
        raise MissingExtra("pyarrow", "parquet") from None
    with _seekable(stream) as file:
        try:
            for index, row in enumerate(_rows(file, options)):
                yield _item(row, source, index, options)
        except (pa.ArrowException, OSError, UnicodeError) as error:
            reason = str(error).partition("\n")[0][:200]
            raise InputError(
                f"not Parquet, or damaged: {reason}", "fetch it again, or write it anew"
            ) from None


def _rows(file: Any, options: ReadOptions) -> Iterator[dict[str, Any]]:
    """Give each row's cells as they are; a cell may still fail to become a Python value."""
    from pyarrow.parquet import ParquetFile

    with ParquetFile(file, pre_buffer=False) as parquet:
        names = parquet.schema_arrow.names
        if options.text_field not in names:
            raise missing(options.text_field, names)
        for batch in parquet.iter_batches(batch_size=_ROWS):
            for row in range(batch.num_rows):
                yield {name: column[row] for name, column in zip(names, batch.columns, strict=True)}


def _item(row: dict[str, Any], source: str, index: int, options: ReadOptions) -> Article | Failure:
    needed = (options.text_field, options.id_field)
    try:
        record = {name: _value(cell, is_needed=name in needed) for name, cell in row.items()}
        return article(record, source, index, index + 1, options)
    except UnicodeDecodeError:
        error = InputError("not UTF-8", "write the column anew")
        return as_failure(error, source, index, index + 1)
    except InputError as error:
        return as_failure(error, source, index, index + 1)


def _value(cell: Any, *, is_needed: bool) -> Any:
    """Return a cell's value; what only goes along is text, or null, where Python has no value for it."""
    import pyarrow as pa

    try:
        return cell.as_py()
    except (pa.ArrowException, ValueError, OverflowError):
        if is_needed:
            raise
    try:
        return cell.cast(pa.string()).as_py()
    except (pa.ArrowException, ValueError):
        return None


@contextmanager
def _seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Give the stream, or for one that only goes forward (packed, or a pipe) a temporary copy of it."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield copy
