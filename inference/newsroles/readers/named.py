"""What names a source: a file's path, or "-" for stdin; never an address, for nothing is fetched."""

import os
import re
import sys
from typing import Any, BinaryIO

from newsroles.errors import InputError, UsageError

_ADDRESS = re.compile(r"(https?|ftp):/", re.IGNORECASE)  # pathlib makes one slash of two


def path_of(source: Any) -> str:
    """Return a path as text, as it was given; raises UsageError for what is no path."""
    path = os.fspath(source) if isinstance(source, os.PathLike) else source
    if not isinstance(path, str):
        raise UsageError(f"a path is a str or a Path; this is {kind_of(source)}", "give one")
    return path


def check_saved(path: str) -> None:
    """Raise InputError for an address of a page that somebody has still to save."""
    if _ADDRESS.match(path):
        raise InputError(
            "an address, and nothing is fetched",
            f"save the page first, with Ctrl+S in a browser or: curl -L -o page.html '{path}'",
        )


def stdin() -> BinaryIO:
    """Return standard input; raises InputError where that is closed (`<&-`), or a stream of text."""
    stream: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    if stream is None:
        what = "is closed" if sys.stdin is None else "gives no bytes"
        raise InputError(f"stdin {what}", "give files, or send the page on a pipe")
    return stream


def kind_of(value: Any) -> str:
    """Return what a value is, for a message: the name of its type, "None" for that."""
    return "None" if value is None else f"of type {type(value).__name__}"
