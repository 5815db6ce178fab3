"""rich's progress bar, which asks the counts of a run for what it shows whenever it is drawn.

Being told of every article would slow a busy run. `get_renderables` is where rich's manual lets one in.
"""

from collections.abc import Iterator
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn


class Shown(Protocol):
    """What has come so far: as a line, and in bytes."""

    bytes: int

    def __str__(self) -> str:
        """Return the line."""
        ...


class Bar(Progress):
    """A bar, or a line with a spinner where nobody knows the `total` of bytes."""

    def __init__(self, counts: Shown, total: int | None, console: Console) -> None:
        """Take what to ask, and where to draw."""
        text = TextColumn("{task.description}")
        columns = (SpinnerColumn(), text) if total is None else (text, BarColumn(), TimeRemainingColumn())
        self._counts = counts
        super().__init__(*columns, console=console, transient=True)
        self.add_task("", total=total)

    def get_renderables(self) -> "Iterator[object]":  # type: ignore[override]
        """Yield what is drawn, brought up to date."""
        for task in self.task_ids:  # none while it is being made
            self.update(task, description=str(self._counts), completed=self._counts.bytes)
        yield from super().get_renderables()
