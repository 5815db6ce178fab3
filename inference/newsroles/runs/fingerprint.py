"""What a run was begun with, noted beside its output: a run that resumes must have the same.

The note of the plain engine is a hidden file beside the output, that of Ray is in its folder. It says which
files are read, in their order, with their sizes and times of change; which model labels; every option that
decides what is written; and the version of newsroles.
"""

import json
import os
import stat
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from newsroles.errors import UsageError
from newsroles.files import beside, real
from newsroles.records.write import to_line

ERRORS = "--errors"
_NAMES, _STATES = "the inputs or their order", "inputs that were changed since, by their sizes and times"


def part_of(path: Path) -> Path:
    """Return the file that grows until it becomes `path`."""
    path = real(path)
    return path.with_name(f"{path.name}.part")


def note_of(path: Path) -> Path:
    """Return the hidden file that says what the run to `path` was begun with, and stays beside it."""
    path = real(path)
    return path.with_name(f".{path.name}.run")


def seen_from(out: Path, path: Path) -> str:
    """Name a path as seen from an output, so that both can be moved together."""
    return os.path.relpath(real(path), real(out).parent)


def read_note(path: Path) -> dict[str, Any]:
    """Read what the run to `path` was begun with, {} where nothing says so; raises UsageError."""
    note = note_of(path)
    if not os.path.lexists(note):
        return {}
    try:
        values = json.loads(note.read_bytes()) if stat.S_ISREG(note.lstat().st_mode) else None
    except (OSError, ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise UsageError(f"{note}: is in the way, and not of this run", "move it away, or give another path")
    return values


def write_note(path: Path, values: Mapping[str, Any]) -> None:
    """Write what a run to `path` is begun with; raises UsageError."""
    with beside(note_of(path), through=False) as file:
        file.write(to_line(values))


def fingerprint(sources: Iterable[str], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run is begun with, as JSON has it: `settings`, by the names users know, and the rest."""
    count, names, states = 0, sha256(), sha256()
    for source in sources:
        count += 1
        names.update(source.encode("utf-8", "surrogatepass") + b"\0")
        states.update(f"{_state(source)}\0".encode())
    inputs = {"files": count, _NAMES: names.hexdigest(), _STATES: states.hexdigest()}
    values = json.loads(json.dumps({"newsroles": version("newsroles"), **settings, **inputs}))
    return dict(values)


def check_same(place: Path, begun: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raise UsageError, with what differs, where what is at `place` was begun with something else."""
    differing = [name for name in {**begun, **now} if begun.get(name) != now.get(name)]
    if not differing:
        return
    if not begun:
        what = "nothing says what it was begun with"
    elif _NAMES in differing:
        what = (
            f"begun with other inputs, or in another order ({begun.get('files')} files, {now['files']} now)"
        )
    else:
        what = f"begun with {', '.join(_spelt(name, begun.get(name), now.get(name)) for name in differing)}"
    raise UsageError(
        f"{place}: {what}", "give what it was begun with, or start anew with --overwrite, or give another -o"
    )


def _spelt(name: str, before: Any, now: Any) -> str:
    return name if name == _STATES else f"{name} {_short(before)}, not {_short(now)}"


def _short(value: Any) -> str:
    return "without" if value is None else ",".join(value) if isinstance(value, list) else str(value)


def _state(source: str) -> tuple[int, int] | None:
    """Return a file's size and time of change; None for a pipe, a folder, and what isn't there."""
    try:
        found = os.stat(0 if source == "-" else source)  # noqa: PTH116 - of stdin, too
    except (OSError, ValueError):
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None
