"""JSON lines: every line is an object, and an article; a bad line costs that line only."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from newsroles.articles import Article, Failure
from newsroles.errors import InputError
from newsroles.readers.documents import as_failure
from newsroles.readers.options import ReadOptions
from newsroles.readers.records import article, lines, too_long


def read(source: str, stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Failure]:
    """Give an article or a failure for every line that isn't blank, which alone are counted by `index`.

    A failure's offset is its line, from 1; so is the end of an id that a record lacks ("source:line").
    """
    index = 0
    for number, line in lines(stream):
        if line is not None and not line.strip():
            continue
        try:
            yield article(parse(line), source, index, number, options)
        except InputError as error:
            yield as_failure(error, source, index, number)
        index += 1


def parse(line: bytes | None) -> dict[str, Any]:
    """Give the object of a line, None for one over the limit; raises InputError for anything else."""
    if line is None:
        raise too_long()
    try:
        record = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8 at byte {error.start} of the line", "convert the file to UTF-8"
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}", "mend the line; each holds one whole JSON object") from None
    if not isinstance(record, dict):
        raise InputError(
            "a JSON value that isn't an object", 'give each article as {"id": "...", "text": "..."}'
        )
    return record
