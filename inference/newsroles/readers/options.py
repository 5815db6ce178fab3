"""What a reader may be told."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read; `format` overrides sniffing, the fields name where a record keeps its text and its id."""

    format: str | None = None
    text_field: str = "text"
    id_field: str = "id"


DEFAULT = ReadOptions()
