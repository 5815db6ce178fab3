"""How far a run is, on stderr, where that is a terminal."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from newsroles.articles import Failure
from newsroles.cli.bar import Bar
from newsroles.model.outcome import Result
from newsroles.printable import counted
from newsroles.readers.sources import Sources
from newsroles.runs.job import ProgressListener


@dataclass
class Counts(ProgressListener):
    """What has come since the run began, or went on."""

    articles: int = 0
    sentences: int = 0
    failed: int = 0
    bytes: int = 0
    began: float = field(default_factory=time.monotonic)

    def read(self, size: int) -> None:
        """Count bytes."""
        self.bytes += size

    def passed(self, source: str) -> None:
        """Count the bytes of a file that an earlier run has read."""
        with suppress(OSError, ValueError):  # a path may be none
            self.bytes += Path(source).stat().st_size

    def seen(self, result: Result) -> None:
        """Count a result."""
        if isinstance(result, Failure):
            self.failed += 1
        else:
            self.articles += 1
            self.sentences += len(result.sentences)

    def finished(self, articles: int, sentences: int, failed: int) -> None:
        """Count results."""
        self.articles += articles
        self.sentences += sentences
        self.failed += failed

    def __str__(self) -> str:
        """Return articles, speed and failures in a line."""
        speed = self.sentences / max(time.monotonic() - self.began, 1e-3)
        return f"{counted(self.articles, 'article')}, {speed:,.0f} sentences/s, {self.failed:,} failed"


@contextmanager
def progress(sources: Sources, *, is_shown: bool) -> Iterator[Counts]:
    """Show the counts that it gives, and the time left where the size of the input is known."""
    counts, console = Counts(), Console(stderr=True)
    if not is_shown or not console.is_terminal:
        yield counts
        return
    with Bar(counts, sources.size(), console):
        yield counts
