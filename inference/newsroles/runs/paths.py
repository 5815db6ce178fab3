"""What a run may write."""

from pathlib import Path

from newsroles.errors import UsageError


def check_writable(path: Path, *, resume: bool, overwrite: bool) -> None:
    """Refuse, with UsageError, to write where an earlier output or an unfinished run would be lost."""
    part = Path(f"{path}.part")
    if path.is_dir():
        raise UsageError(f"{path}: a folder", "give a file to write, such as labelled.jsonl")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: no such folder", "create it, or give another path")
    if resume or overwrite:
        return
    if part.exists():
        raise UsageError(
            f"{part}: an unfinished run", "give --resume to go on with it, or --overwrite to start anew"
        )
    if path.exists():
        raise UsageError(f"{path}: is already there", "give --overwrite to replace it, or another path")
