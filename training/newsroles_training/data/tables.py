"""CSV and TSV of labelled sentences: the encoding, what parts the columns, and what these are called.

What is certain is read as it is, what isn't says what was found and what to do.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from newsroles.errors import InputError

COLUMNS = ("text", "label")
"""What a table of sentences must have; `newsroles_training.data.corpus` says what else it may have."""
_MARKS = (",", "\t", ";", "|")
_OTHER_NAMES = {
    "text": ("sentence", "sentences", "content", "body", "statement", "Text"),
    "label": ("labels", "role", "class", "category", "target", "tag", "Label"),
}
_LARGEST_FIELD = 2**31 - 1  # what a C long holds everywhere


def rows(path: Path) -> Iterator[tuple[str, Mapping[str, str | None]]]:
    """Yield (place, row) for each row, the place with the line where it ends.

    Columns are parted by commas, tabs, semicolons or bars: by what gives a header with text and label.
    Raises InputError for a table that isn't UTF-8, and for a header without the two.
    """
    csv.field_size_limit(_LARGEST_FIELD)  # the module's own is 131,072 characters
    lines = list(io.StringIO(_decoded(path.read_bytes()), newline=""))
    before = 1 if lines and lines[0].strip('"').lower().startswith("sep=") else 0
    lines = lines[before:]
    reader = csv.DictReader(lines, delimiter=_mark(lines))
    for row in reader:
        yield f"{path}:{reader.line_num + before}", row


def _decoded(content: bytes) -> str:
    """Return UTF-8 as text, without its mark; raises InputError that quotes what else the bytes may be."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        word = content[: error.start].split()[-1:] + content[error.start :].split()[:1]
        likely = b"".join(word)[-40:].decode("cp1252", "replace")
        raise InputError(
            f"not UTF-8; as Windows-1252 it reads {likely!r} there",
            "save it as UTF-8, in Excel as “CSV UTF-8”, or run iconv -f WINDOWS-1252 -t UTF-8",
            number,
        ) from None


def _mark(lines: Sequence[str]) -> str:
    """Return what parts the columns, or raise InputError that says which column has which other name."""
    headers = {mark: next(csv.reader(lines, delimiter=mark), []) for mark in _MARKS}
    for mark, header in headers.items():
        if set(COLUMNS) <= set(header):
            return mark
    columns = max(headers.values(), key=len)
    missing = [name for name in COLUMNS if name not in columns]
    reason = f"its columns are {', '.join(columns) or 'none'}: there is no {' and no '.join(missing)}"
    steps = [_renamed(name, columns) for name in missing]
    raise InputError(reason, f"{', and '.join(steps)}, in the first line", 1)


def _renamed(name: str, columns: Sequence[str]) -> str:
    known = {column.strip().lower(): column for column in columns}
    near = [one for one in (name, *_OTHER_NAMES[name]) if one.lower() in known]
    near = near or get_close_matches(name, known, n=1)
    return f"rename {known[near[0].lower()]!r} to {name!r}" if near else f"name a column {name!r}"
