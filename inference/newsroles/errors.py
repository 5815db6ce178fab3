"""Every error that newsroles raises on purpose.

::

    NewsrolesError
    ├── UsageError       the call itself cannot be carried out (exit code 2)
    │   └── MissingExtra an optional dependency is not installed
    ├── BundleError      a model on disk is absent, damaged or not ours
    └── InputError       one document cannot be read; the run goes on (exit code 1)

Each carries what is wrong (with its place) and `next_step`, what to do about it.
"""


class NewsrolesError(Exception):
    """Base of the tree; ``str(error)`` is one line that ends with the next step."""

    def __init__(self, reason: str, next_step: str) -> None:
        """Keep the two halves apart, so that records and terminals can lay them out."""
        super().__init__(reason, next_step)
        self.reason = reason
        self.next_step = next_step

    def __str__(self) -> str:
        """Give both halves in one line."""
        return f"{self.reason}; {self.next_step}"


class UsageError(NewsrolesError):
    """The call cannot be carried out as given."""


class MissingExtra(UsageError):  # noqa: N818 - reads as what it is at the raise site
    """An optional dependency is needed and absent."""

    def __init__(self, package: str, extra: str) -> None:
        """Name the package that is missing and the extra that brings it."""
        from newsroles.installation import pip_line

        super().__init__(
            f"this needs the package {package!r}, which is not installed", f"run: {pip_line(extra)}"
        )


class BundleError(NewsrolesError):
    """A model bundle is absent, damaged, or made for something else."""


class InputError(NewsrolesError):
    """One document cannot be read. `offset` is a byte or line position where there is one."""

    def __init__(self, reason: str, next_step: str, offset: int | None = None) -> None:
        """Add the place inside the document to reason and next step."""
        super().__init__(reason, next_step)
        self.offset = offset
