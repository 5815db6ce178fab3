"""What a reader may be told."""

from dataclasses import dataclass
from typing import Any

from newsroles.errors import UsageError
from newsroles.readers.named import kind_of


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read; `format` overrides sniffing, the fields name where a record keeps its text and its id."""

    format: str | None = None
    text_field: str = "text"
    id_field: str = "id"


DEFAULT = ReadOptions()


def check_options(options: Any) -> None:
    """Raise UsageError for what are no options."""
    if not isinstance(options, ReadOptions):
        raise UsageError(f"options are {kind_of(options)}", 'give them as ReadOptions(format="html")')
