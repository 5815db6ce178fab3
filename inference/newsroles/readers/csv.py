"""CSV and TSV with a header: every row is an article; a bad row costs that row only.

A quoted field may hold line breaks. Where a quotation mark is missing or astray, the lines up to the next one
are taken for one row, and its failure names them.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from newsroles.articles import Article, Failure
from newsroles.errors import InputError
from newsroles.readers.documents import LIMIT, as_failure
from newsroles.readers.options import ReadOptions
from newsroles.readers.records import article, lines, missing, too_long


def read(source: str, stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Failure]:
    """Give an article or a failure for every row that isn't blank, which alone are counted by `index`.

    A failure's offset is the line where its row begins, from 1; so is the end of an id that a row lacks.
    Raises InputError for a header without the text's column, and for a row over the limit, whose end nobody
    can tell.
    """
    rows = _Rows(stream, "\t" if _is_tabbed(source, options) else ",")
    header = rows.header(options.text_field)
    for index, (number, row) in enumerate(rows):
        try:
            yield article(_record(header, row), source, index, number, options)
        except InputError as error:
            yield as_failure(error, source, index, number)


def _is_tabbed(source: str, options: ReadOptions) -> bool:
    return options.format == "tsv" or (options.format is None and ".tsv" in Path(source.lower()).suffixes)


class _Rows:
    """The rows that aren't blank, each with its first line, or what is wrong with it."""

    def __init__(self, stream: BinaryIO, delimiter: str) -> None:
        csv.field_size_limit(LIMIT)  # the module's own is 131,072 characters
        self._stream = stream
        self._size = 0  # of the row that is being read
        self._reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)

    def _lines(self) -> Iterator[str]:
        for number, line in lines(self._stream):
            self._size += LIMIT if line is None else len(line)
            if line is None or self._size > LIMIT:
                error = too_long()
                raise InputError(f"a row {error.reason}", "mend it; the file was not read on", number)
            yield line.decode(errors="surrogateescape")

    def header(self, field: str) -> list[str]:
        for _, row in self:
            if isinstance(row, InputError):
                raise row
            if field not in row:
                raise missing(field, row)
            return row
        raise InputError("empty: there is no header in it", "leave it out, or give the columns' names")

    def __iter__(self) -> Iterator[tuple[int, list[str] | InputError]]:
        while True:
            self._size = 0
            first = self._reader.line_num + 1
            try:
                row: list[str] | InputError = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                last = self._reader.line_num
                row = InputError(
                    f"not CSV in the lines {first} to {last}: {error}", "see to its quotation marks"
                )
            if row:
                yield first, row


def _record(header: list[str], row: list[str] | InputError) -> dict[str, str]:
    if isinstance(row, InputError):
        raise row
    if len(row) != len(header):
        raise InputError(f"has {len(row)} fields, not {len(header)}", "see to its quotation marks")
    try:
        "".join(row).encode()
    except UnicodeEncodeError:
        raise InputError("not UTF-8", "convert the file to UTF-8") from None
    return dict(zip(header, row, strict=True))
