"""Which files newsroles has written, told by how they begin: a folder's pages are read, these are not."""

import re
from pathlib import Path

HEAD = 65_536
"""So many bytes are looked at, which hold all of a record that stands before its text."""

PARQUET_NOTE = "newsroles.records"
"""What our Parquet files have among their metadata."""

_STRING = rb'"(?:[^"\\]|\\.)*"'
_RECORD = re.compile(rb'\{"id": %s, "source": %s, "index": \d+, "model": %s, "text": "' % ((_STRING,) * 3))
_FAILURE = re.compile(rb'\{"source": %s, "index": \d+, "offset": (?:\d+|null), "reason": "' % _STRING)
_TABLE = b"id,source,index,model,start,end,text,label,p_"
_REPORT = b'<meta name="generator" content="newsroles">'


def is_ours(path: Path) -> bool:
    """Tell whether a file is records, a table, failures or a report; False where it cannot be read."""
    try:
        if not path.is_file():  # a pipe, say, would be waited for
            return False
        with path.open("rb") as file:
            head = file.read(HEAD)
            if head.startswith(b"PAR1"):
                size = file.seek(0, 2)
                file.seek(max(0, size - HEAD))  # its metadata stand last
                return PARQUET_NOTE.encode() in file.read()
    except OSError:
        return False
    return bool(_RECORD.match(head) or _FAILURE.match(head)) or head.startswith(_TABLE) or _is_report(head)


def is_report(path: Path) -> bool:
    """Tell whether a file is a report; raises OSError where it cannot be read."""
    return _is_report(_head(path))


def are_failures(path: Path) -> bool:
    """Tell whether a file holds failures, or nothing; raises OSError where it cannot be read."""
    head = _head(path)
    return not head or bool(_FAILURE.match(head))


def _is_report(head: bytes) -> bool:
    return _REPORT in head[:4_096]


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)
