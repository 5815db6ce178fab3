"""The output of a run that many processes share: a folder of shards.

A shard is written beside, renamed, and then noted in the folder `_run` with its failures; what is noted is
finished, whoever is killed.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from newsroles.errors import UsageError, unwritable
from newsroles.files import beside, drop
from newsroles.locks import lock
from newsroles.records.write import TABLES, to_line
from newsroles.runs.division import Part, Shard
from newsroles.runs.fingerprint import check_same
from newsroles.runs.job import Summary

NOTES, DONE = "_run", "_SUCCESS"  # what reads folders of shards leaves such names out
BEGUN = "begun"
_SHARD = re.compile(r"part-\d{6,}-\d{6,}\.(jsonl|parquet)|\.part-\d{6,}-\d{6,}\.\w+\.[0-9a-f]{32}(\.new)?")
_NOTE = re.compile(r"\d{6,}(-\d{6,})?\.(json|tries)")


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the shards are, and what is noted of those that are finished."""

    path: Path
    format: str = "jsonl"

    @property
    def is_complete(self) -> bool:
        """Tell whether a run of ours has finished it."""
        return _is_marker(self.path / DONE)

    def check(self, *, resume: bool, overwrite: bool) -> None:
        """Refuse, with UsageError, to write where other files or an earlier run would be lost."""
        if self.path.exists() and not self.path.is_dir():
            raise UsageError(f"{self.path}: no folder", "give a folder for the shards; it need not be there")
        if not self.path.parent.is_dir():
            raise UsageError(f"{self.path.parent}: no such folder", "create it, or give another path")
        is_ours = self.is_complete or bool(self._noted(BEGUN))
        if not is_ours and self.path.is_dir() and any(self.path.iterdir()):
            raise UsageError(f"{self.path}: holds other files", "give an empty folder, or a new one")
        if is_ours and not (resume or overwrite):
            what = "is already there" if self.is_complete else "an unfinished run"
            step = "give --resume to go on with it, or --overwrite to start anew"
            raise UsageError(f"{self.path}: {what}", step)

    def begun_with(self) -> dict[str, Any]:
        """Return what the run was begun with, which the marker of a complete one says too; {} if none was."""
        return self._noted(BEGUN) or (json.loads((self.path / DONE).read_bytes()) if self.is_complete else {})

    @contextmanager
    def begin(self, settings: Mapping[str, Any], *, resume: bool) -> Iterator[None]:
        """Make the folder, or empty it of an earlier run, and keep other runs out of it until the end.

        Raises UsageError to `resume` what was begun with other settings, or while another run is at it.
        """
        try:
            (self.path / NOTES).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self.path, error, "give a path that can be written") from error
        with self._locked():
            if resume and (before := self._noted(BEGUN)):
                check_same(self.path, before, settings)
            else:
                self._empty()
                self._note(BEGUN, settings)
            for old in (self.path / NOTES).glob("*.tries"):
                old.unlink()
            yield

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.path / NOTES / "lock").open("ab") as file:
            if not lock(file):
                raise UsageError(
                    f"{self.path}: another run is writing it", "wait for its end, or give another -o"
                )
            yield

    def _empty(self) -> None:
        """Delete what an earlier run has written, and nothing else; first what says that it is finished."""
        if self.is_complete:
            (self.path / DONE).unlink()
        for place, pattern in ((self.path / NOTES, _NOTE), (self.path, _SHARD)):
            for old in list(place.iterdir()):
                if pattern.fullmatch(old.name):
                    old.unlink()

    def note_read(self, part: Part, shards: int) -> None:
        """Note how many shards a part has; raises UsageError without room."""
        self._note(f"{part.number:06}", {"shards": shards})

    def note_labelled(self, shard: Shard, summary: Summary, failures: list[dict[str, Any]]) -> None:
        """Note what became of a shard whose records are written; raises UsageError without room."""
        noted = {"labelled": summary.labelled, "labels": summary.labels, "failures": failures}
        self._note(shard.name, noted)
        self._tries(shard.name).unlink(missing_ok=True)

    def begun(self, shard: Shard) -> int:
        """Tell how often, this time included, this run has begun a shard without finishing it."""
        with self._tries(shard.name).open("ab") as file:
            file.write(b".")
            return file.tell()

    def _tries(self, name: str) -> Path:
        return self.path / NOTES / f"{name}.tries"

    def _note(self, name: str, values: Mapping[str, Any]) -> None:
        with beside(self.path / NOTES / f"{name}.json") as file:
            file.write(to_line(values))

    def _noted(self, name: str) -> dict[str, Any]:
        """Return what is noted, nothing where nothing is."""
        path = self.path / NOTES / f"{name}.json"
        values: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
        return values

    @contextmanager
    def writing(self, shard: Shard, labels: tuple[str, ...]) -> Iterator[BinaryIO]:
        """Yield a file for the records of a shard, which is then in its place; raises UsageError."""
        table = TABLES.get(self.format)
        convert = partial(table, labels=labels) if table else None
        with beside(self.path / f"part-{shard.name}.{self.format}", convert) as file:
            yield file

    def finished(self) -> list[str]:
        """List the names of the finished shards, in order."""
        return sorted(path.stem for path in (self.path / NOTES).glob("*-*.json"))

    def unfinished(self, parts: Iterable[Part]) -> Iterator[Part]:
        """Yield the parts that must be read, with what is done of each."""
        done: dict[int, list[str]] = {}
        for name in self.finished():
            done.setdefault(int(name.partition("-")[0]), []).append(name)
        for part in parts:
            names = done.get(part.number, [])
            if self._noted(f"{part.number:06}").get("shards") != len(names):
                yield Part(part.number, part.sources, tuple(names))

    def tally(self, failures: BinaryIO | None = None) -> Summary:
        """Sum up the finished shards, and write their failures, in order, to `failures`."""
        summary = Summary()
        for name in self.finished():
            noted = self._noted(name)
            summary.labelled += noted["labelled"]
            summary.labels.update(noted["labels"])
            summary.failed += len(noted["failures"])
            if failures:
                failures.writelines(map(to_line, noted["failures"]))
        return summary

    def finish(self, parts: Iterable[Part], errors: Path) -> Summary:
        """Write the failures of all shards to `errors`, no failures to no file, and mark the folder complete.

        Raises UsageError where a shard is missing.
        """
        if any(self.unfinished(parts)):
            raise UsageError(f"{self.path}: shards are missing", "give the same command with --resume")
        for left in list(self.path.glob(".part-*")):
            if _SHARD.fullmatch(left.name):
                left.unlink()
        summary = self.tally()
        if summary.failed:
            with beside(errors) as file:
                self.tally(file)
        else:
            drop(errors)
        with beside(self.path / DONE) as file:
            file.write(to_line(self._noted(BEGUN)))
        return summary


def _is_marker(path: Path) -> bool:
    """Tell whether a file marks a folder that we have finished; others' markers are empty."""
    try:
        return bool(json.loads(path.read_bytes()).get("newsroles"))
    except (OSError, ValueError, AttributeError):
        return False
