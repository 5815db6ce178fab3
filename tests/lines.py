"""JSON lines as tests write and read them."""

import json
from pathlib import Path
from typing import Any


def write_lines(path: Path, *rows: Any) -> Path:
    """Write a line a row; gives the path."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_lines(path: Path) -> list[Any]:
    """Read a row a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
