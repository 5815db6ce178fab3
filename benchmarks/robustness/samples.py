"""What bad inputs are made of: good pages, files of the formats that are read, and damage."""

import gzip
import io
import json
import random
import re
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyarrow import parquet

MARKER = re.compile(r"Pier (\d+) stays open")


@dataclass(frozen=True)
class Case:
    """A file: how its name ends, its bytes, the pages that must be labelled, the failures that must be told.

    `bad` is None where the damage decides, and then at least what is left must be accounted for.
    """

    suffix: str
    data: bytes
    good: int = 0
    bad: int | None = 1


def page(number: int) -> str:
    """Write a good page, which `MARKER` finds again whatever a reader made of it."""
    return f"The harbour lost {number} percent of its water. Pier {number} stays open, they said."


def jsonl(*texts: object) -> bytes:
    """Write records."""
    return "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()


def warc(*bodies: bytes, head: str = "200 OK\r\nContent-Type: text/html") -> bytes:
    """Write an archive of responses."""
    archive = b""
    for at, body in enumerate(bodies):
        block = f"HTTP/1.1 {head}\r\n\r\n".encode() + body
        fields = f"WARC-Type: response\r\nWARC-Target-URI: https://news.example/{at}\r\n"
        fields += "Content-Type: application/http; msgtype=response\r\n"
        archive += f"WARC/1.0\r\n{fields}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"
    return archive


def table(rows: list[dict[str, Any]]) -> bytes:
    """Write Parquet."""
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), file, row_group_size=8)
    return file.getvalue()


def gz(data: bytes) -> bytes:
    """Pack, without the time."""
    return gzip.compress(data, mtime=0)


def flip(data: bytes, chance: random.Random, times: int = 3) -> bytes:
    """Change a few bytes."""
    changed = bytearray(data)
    for _ in range(times):
        changed[chance.randrange(len(data))] ^= chance.randrange(1, 256)
    return bytes(changed)


def noise(chance: random.Random) -> bytes:
    """Return bytes that no decoder takes for text."""
    return b"\0" + chance.randbytes(chance.randrange(400, 1_600))
