"""CSV and TSV of labelled sentences: the encoding, what parts the columns, and what these are called.

What is certain is read as it is, what isn't says what was found and what to do.
"""

import codecs
import csv
import io
from collections.abc import Container, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import zip_longest
from pathlib import Path

from newsroles.errors import InputError
from newsroles_training.data.problems import Problem

COLUMNS = ("text", "label")
"""What a table of sentences must have."""
OPTIONAL = ("article_id", "position", "group")
"""What else it may have, see `newsroles_training.data.rows`."""
_OTHER_NAMES = {
    "text": ("sentence", "sentences", "content", "body", "statement", "Text"),
    "label": ("labels", "role", "class", "category", "target", "tag", "Label"),
}
_NAMES = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
_LARGEST_FIELD = 2**31 - 1  # what a C long holds everywhere
_STEP = (
    "put a text that begins with a quotation mark, or holds commas or line breaks, in quotation marks, and "
    'double those inside: """Yes,"" he said."'
)
_TELLING = 4
"""So many characters tell that a label is one where it stands behind a comma; "lost 2,1" may be prose."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Fields = list[str]


def rows(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Mapping[str, str | None]]]:
    """Yield (place, row) for each row, the place with the line where it begins; a faulty one is a problem.

    Columns are parted by commas, tabs, semicolons or bars: by what gives a header with text and label.
    Raises InputError for a table that isn't UTF-8, and for a header without the two, or with one twice.
    """
    csv.field_size_limit(_LARGEST_FIELD)  # the module's own is 131,072 characters
    lines = list(io.StringIO(_decoded(path.read_bytes()), newline=""))
    before = 1 if lines and lines[0].strip('"').lower().startswith("sep=") else 0
    mark, header = _header(lines[before:])
    found = [
        (
            first,
            last,
            row,
            {} if isinstance(row, csv.Error) else dict(zip_longest(header, row[: len(header)])),
        )
        for first, last, row in list(_fields(lines[before:], mark))[1:]
    ]
    least = _TELLING if mark == "," else 1
    labels = {label for *_, values in found if len(label := values.get("label") or "") >= least}
    for first, last, row, values in found:
        place, where = f"{path}:{first + before}", _lines(first + before, last + before)
        if isinstance(row, csv.Error):
            reason = f"not CSV in {where}: {row}"
        elif any(field.strip() for field in row[len(header) :]):
            reason = f"has {len(row)} fields, not {len(header)}, parted by {_NAMES[mark]}"
        elif _swallowed(values.get("text") or "", mark, labels):
            reason = f"{where} are one row, for a quotation mark begins a text"
        else:
            yield place, values
            continue
        problems.append(Problem(place, f"{reason}; {_STEP}"))


def _lines(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first} to {last}"


def _fields(lines: Sequence[str], mark: str) -> Iterator[tuple[int, int, Fields | csv.Error]]:
    """Yield the rows that aren't blank, or what is wrong with them, each with its first and last line.

    Excel writes blank ones as separators only.
    """
    reader = csv.reader(lines, delimiter=mark, strict=True)
    while True:
        first = reader.line_num + 1
        try:
            row: Fields | csv.Error = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            row = error
        if isinstance(row, csv.Error) or any(field.strip() for field in row):
            yield first, reader.line_num, row


def _swallowed(text: str, mark: str, labels: Container[str]) -> bool:
    """Tell whether a text has rows in it: a label stands behind a mark, in a line that isn't its last."""
    return any(part in labels for line in text.splitlines()[:-1] for part in line.split(mark)[1:])


def misnamed(row: Mapping[str, object]) -> list[tuple[str, str]]:
    """List the columns that differ from an optional one in capitals, spaces and the like only, beside it."""
    bare = {
        "".join(filter(str.isalnum, str(name))).casefold(): str(name) for name in row if name not in OPTIONAL
    }
    wanted = {name.replace("_", ""): name for name in OPTIONAL if name not in row}
    return [(bare[name], wanted[name]) for name in wanted if name in bare]


def _decoded(content: bytes) -> str:
    """Return UTF-8 as text, without its mark; raises InputError that says what else the bytes may be."""
    if content.startswith(_UTF_16):
        raise InputError(
            "UTF-16, not UTF-8",
            "save it as UTF-8, in Excel as “CSV UTF-8”, or run iconv -f UTF-16 -t UTF-8",
            1,
        )
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


def _header(lines: Sequence[str]) -> tuple[str, Fields]:
    """Return what parts the columns, and their names; raises InputError that says which has another name."""
    headers = {mark: next(csv.reader(lines, delimiter=mark), []) for mark in _NAMES}
    for mark, header in headers.items():
        if twice := [name for name in (*COLUMNS, *OPTIONAL) if header.count(name) > 1]:
            raise InputError(
                f"two of its columns are called {twice[0]!r}", "rename one, in the first line", 1
            )
        if set(COLUMNS) <= set(header):
            return mark, header
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
