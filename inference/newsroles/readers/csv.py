"""CSV and TSV with a header: every row is an article; a bad row costs that row only.

Lines may end in CR alone, as of old spreadsheets; a first line "sep=;" tells what parts the columns. A quoted
field may hold line breaks. Where a quotation mark is missing or astray, the lines up to the next
one are taken for one row, and its failure names them.
"""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import chain
from typing import BinaryIO

from newsroles.articles import Article, Failure
from newsroles.errors import InputError
from newsroles.readers.documents import LIMIT, as_failure
from newsroles.readers.formats import by_name
from newsroles.readers.options import ReadOptions
from newsroles.readers.records import article, check_columns, lines, too_long

_SEPARATOR = re.compile(r"\"?sep=([^\w\"\r\n])\"?\r?\n", re.IGNORECASE)
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars", ",": "commas"}


def read(source: str, stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Failure]:
    """Yield an article or a failure for every row that isn't blank, which alone are counted by `index`.

    A failure's offset is the line where its row begins, from 1; so is the end of an id that a row lacks.
    Raises InputError for a header without a column that was asked for, and for a row over the limit, whose
    end nobody can tell.
    """
    rows = _Rows(stream, "\t" if _is_tabbed(source, options) else ",")
    header = rows.header(options)
    for index, (number, row) in enumerate(rows):
        try:
            yield article(_record(header, row), source, index, number, options)
        except InputError as error:
            yield as_failure(error, source, index, number)


def _is_tabbed(source: str, options: ReadOptions) -> bool:
    return (options.format or by_name(source)) == "tsv"


class _Rows:
    """The rows that aren't blank, each with its first line, or what is wrong with it."""

    def __init__(self, stream: BinaryIO, delimiter: str) -> None:
        csv.field_size_limit(LIMIT)  # the module's own is 131,072 characters
        self._stream = stream
        self._size = 0  # of the row that is being read
        self._delimiter = delimiter
        read = self._lines()
        first = next(read, "")
        self._before = 0  # lines that are not the table's
        if found := _SEPARATOR.fullmatch(first):
            self._delimiter, self._before, first = found[1], 1, next(read, "").removeprefix("\ufeff")
        self._reader = csv.reader(chain([first], read), delimiter=self._delimiter, strict=True)

    def _lines(self) -> Iterator[str]:
        ends_in_cr = False
        for number, line in lines(self._stream):
            self._size += LIMIT if line is None else len(line)
            if line is None or self._size > LIMIT:
                error = too_long()
                raise InputError(f"a row {error.reason}", "fix it; the file was not read on", number)
            ends_in_cr = ends_in_cr or (number == 1 and b"\r" in line.rstrip(b"\r\n"))
            text = line.decode(errors="surrogateescape")
            if not ends_in_cr:
                yield text
                continue
            for piece in StringIO(text, newline=None):
                self._size = len(piece)
                yield piece

    def header(self, options: ReadOptions) -> list[str]:
        for _, row in self:
            if isinstance(row, InputError):
                raise row
            if options.text_field not in row and (error := self._parted(row)):
                raise error
            check_columns(row, options)
            return row
        raise InputError("empty: there is no header in it", "leave it out, or give the columns' names")

    def _parted(self, row: list[str]) -> InputError | None:
        """Return the error for a header that another mark parts, if one does."""
        other = next((mark for mark in _DELIMITERS if len(row) == 1 and mark in row[0]), None)
        if other is None:
            return None
        wanted = _DELIMITERS.get(self._delimiter, self._delimiter)
        reason = f"its columns are parted by {_DELIMITERS[other]}, not by {wanted}"
        step = "give --input-format tsv" if other == "\t" else f"put a line sep={other} before the first"
        return InputError(reason, step)

    def __iter__(self) -> Iterator[tuple[int, list[str] | InputError]]:
        while True:
            self._size = 0
            first = self._before + self._reader.line_num + 1
            try:
                row: list[str] | InputError = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                last = self._before + self._reader.line_num
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
