"""Commands that name what they must not write: refused before anything is read, and nothing is harmed."""

import os
import stat
import subprocess
from pathlib import Path
from typing import Any

from disturbed import files, label
from samples import jsonl, page

REFUSED = (
    ("in.jsonl", "-o", "in.jsonl"),
    ("in.jsonl", "-o", "in.jsonl", "--overwrite"),
    ("in.jsonl", "-o", "again.jsonl", "--overwrite"),
    ("in.jsonl", "-o", "o.jsonl", "--errors", "in.jsonl", "--resume"),
    ("in.jsonl", "-o", "o.jsonl", "--errors", "notes.txt", "--resume"),
    ("in.jsonl", "-o", "o.jsonl", "--errors", "notes.txt", "--overwrite"),
    ("in.jsonl", "-o", "o.jsonl", "--errors", "o.jsonl"),
    ("in.jsonl", "-o", "trap.jsonl"),
    ("in.jsonl", "-o", "trap.jsonl", "--overwrite"),
    ("in.jsonl", "-o", "o.jsonl", "--errors", "trap.jsonl", "--overwrite"),
    ("in.jsonl", "-o", "."),
    ("in.jsonl", "-o", "o.xlsx"),
    ("in.jsonl", "-o", "o.jsonl", "--report", "in.jsonl", "--overwrite"),
    ("in.jsonl", "-o", "o.jsonl", "--report", "notes.txt"),
    ("@list.txt", "-o", "list.txt", "--overwrite"),
)
"""Arguments, in a folder that `_lay` has laid out, whose outputs are inputs, others' files, or folders."""

TO_DEVICE = (
    ("in.jsonl", "nope.txt", "-o", "o.jsonl", "--errors", "null"),
    ("in.jsonl", "-o", "o.jsonl", "--errors", "null", "--overwrite"),
    ("in.jsonl", "-o", "null", "--overwrite"),
)


def run_harm(model: Path, folder: Path) -> dict[str, Any]:
    """Try each; devices are written to and stay, and a folder with outputs in it gives its pages only."""
    _lay(folder)
    before = files(folder)
    for arguments in REFUSED:
        done = _label(model, folder, *arguments)
        assert done.returncode == 2, f"{arguments}: {done.stderr}"  # noqa: PLR2004 - the exit code for it
        assert files(folder) == before, f"{arguments}: something was harmed"
    os.mknod(folder / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    for arguments in TO_DEVICE:
        _label(model, folder, *arguments)
        assert (folder / "null").is_char_device(), f"{arguments}: the device is gone"
    (folder / "null").unlink()
    said = [_label(model, folder, ".", "-o", "all.jsonl", "--overwrite").stderr for _ in range(2)]
    counts = {one.partition(";")[0] for one in said}
    assert len(counts) == 1, f"a run has read outputs: {counts}"
    return {"refused": len(REFUSED), "devices written to": len(TO_DEVICE), "files harmed": 0}


def _lay(folder: Path) -> None:
    (folder / "in.jsonl").write_bytes(jsonl(page(0), page(1)))
    (folder / "notes.txt").write_text("My notes.\n", encoding="utf-8")
    (folder / "list.txt").write_text("in.jsonl\n", encoding="utf-8")
    (folder / "again.jsonl").symlink_to("in.jsonl")
    (folder / "trap.jsonl.part").symlink_to("notes.txt")


def _label(model: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = label(model.absolute(), *arguments)
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
