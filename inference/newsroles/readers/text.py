"""Plain text: a file is an article, its text as it is."""

from collections.abc import Iterator
from typing import BinaryIO

from newsroles.articles import Article, Failure
from newsroles.readers.documents import read_one
from newsroles.readers.encodings import decode
from newsroles.readers.options import ReadOptions


def read(source: str, stream: BinaryIO, _options: ReadOptions) -> Iterator[Article | Failure]:
    """Yield one article, every character kept but a byte order mark, or one failure."""
    yield read_one(source, stream, decode)
