"""How far a model's labels can be trusted, as its own report measured it, in words."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from newsroles.model.catalogue import installed
from newsroles.model.info import REPORT

_OF = 10


@dataclass(frozen=True, slots=True)
class Trust:
    """A sentence about each label, and on how many pages of which data that was measured."""

    words: tuple[str, ...]
    pages: int
    data: str


def trust(models: Collection[str], labels: Collection[str], bundle: Path | None = None) -> Trust | None:
    """Say how far to trust `labels`, where all are by one model: that of `bundle`, or an installed one."""
    for folder in filter(None, chain([bundle], (place for _, place in installed()))):
        try:
            report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
            if list(models) == [report["model"]]:
                words = tuple(_words(report["labels"], labels))
                return Trust(words, report["data"]["articles"], report["data"]["name"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def _words(scores: dict[str, Any], labels: Collection[str]) -> Iterator[str]:
    for label in filter(scores.__contains__, labels):
        wrong, missed = (_tenths(1 - scores[label][score]["value"]) for score in ("precision", "recall"))
        words = (
            f"{wrong} of 10 sentences marked {label} are something else, "
            f"and {missed} of 10 {label}s are missed."
        )
        yield words[0].upper() + words[1:]


def _tenths(share: float) -> str:
    count = round(share * _OF)
    return f"about {count}" if count else "fewer than 1"
