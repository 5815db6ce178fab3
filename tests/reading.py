"""What a format's reader makes of a few bytes, as tests of readers ask it."""

import io
from typing import Any

from newsroles.articles import Article, Failure
from newsroles.readers import ReadOptions, read
from newsroles.readers.packing import unpack


def read_all(data: bytes, name: str, **options: Any) -> list[Article | Failure]:
    """Read bytes as a source called "in"."""
    return list(read("in", unpack(io.BytesIO(data)), name, ReadOptions(**options)))


def read_failure(data: bytes, name: str) -> Failure:
    """Read bytes that make one failure, and nothing else."""
    (failure,) = read_all(data, name)
    assert isinstance(failure, Failure)
    assert failure.reason
    assert failure.next_step
    return failure


def read_text(data: bytes, name: str = "text") -> str:
    """Read bytes that make one article, and give its text."""
    (article,) = read_all(data, name)
    assert isinstance(article, Article), article
    return article.text
