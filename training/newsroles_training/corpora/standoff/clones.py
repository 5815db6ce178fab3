"""Files out of a user's own git clones, at the commit they were read at, without a checkout."""

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from newsroles.errors import InputError, UsageError

_COMMIT = re.compile(r"[0-9a-f]{40}")


class Clones:
    """Clones to look files up in; whichever has the commit will do, so forks and mirrors serve too."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Take clones, bare ones too, and folders that hold clones; raises UsageError where there is none."""
        folders = list(folders)
        inside = [found for folder in folders if folder.is_dir() for found in sorted(folder.iterdir())]
        self._clones = [folder for folder in [*folders, *inside] if _is_clone(folder)]
        if not self._clones:
            named = ", ".join(map(str, folders)) or "no folder"
            raise UsageError(f"no git clone in {named}", "clone the sources first, see data/real/README.md")

    def file(self, source: str, commit: str, path: str) -> bytes:
        """Return the bytes of a file at a commit; raises InputError where no clone has it."""
        if not _COMMIT.fullmatch(commit):
            raise InputError(f"commit {commit!r} is not 40 hexadecimal digits", "fix the stand-off file")
        for clone in self._clones:
            if _git(clone, "cat-file", "-e", f"{commit}^{{commit}}") is None:
                continue
            content = _git(clone, "cat-file", "blob", f"{commit}:{path}")
            if content is None:
                raise InputError(f"{clone} has no {path} at {commit}", "fix the stand-off file")
            return content
        raise InputError(
            f"no clone has commit {commit} of {source}",
            f"run: git clone https://github.com/{source}, or in a shallow clone: git fetch origin {commit}",
        )


def _is_clone(folder: Path) -> bool:
    return (folder / ".git").exists() or ((folder / "objects").is_dir() and (folder / "HEAD").is_file())


def _git(clone: Path, *arguments: str) -> bytes | None:
    """Return what git prints in a clone, None where it fails; what GIT_DIR names is not asked."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(clone), *arguments]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603 - no shell
    except FileNotFoundError:
        raise UsageError("git is not installed", "install git, see https://git-scm.com") from None
    return done.stdout if done.returncode == 0 else None
