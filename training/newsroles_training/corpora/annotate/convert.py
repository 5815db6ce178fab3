"""Corpora to and from annotation tools: Label Studio (JSON), doccano (JSON lines), Prodigy (JSON lines).

What readers put right in a report is read as well, with `labelled`, the records that the report was made of.

Nothing is guessed: a page with overlapping or unreadable spans is reported and left out; so is one with
stretches that nobody has labelled, unless the caller takes partial pages. Of a page that `newsroles-train
sample` gave out, only what it asked for need be labelled.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from newsroles.errors import InputError, UsageError
from newsroles.records.write import to_line
from newsroles_training.corpora.annotate import corrected
from newsroles_training.corpora.annotate.offsets import Span, to_characters
from newsroles_training.corpora.annotate.tools import FORMATS, Format
from newsroles_training.data.problems import Problem
from newsroles_training.data.rows import Row

REPORT = "report"
SHOWN = 60
"""How many characters of an unlabelled stretch a problem quotes."""


def convert(pages: Iterable[Row], target: str) -> tuple[bytes, int]:
    """Return a file of the format `target` with these pages, which `read` yields, and how many they are."""
    if target not in FORMATS:
        raise UsageError(f"nothing is converted to a {target}", "newsroles report writes reports")
    rows = [FORMATS[target].row(row) for row in pages]
    return serialise(target, rows), len(rows)


def serialise(target: str, rows: Iterable[Row]) -> bytes:
    """Return the content of a file of the format `target`, whose rows these are."""
    if FORMATS[target].is_list:
        return json.dumps(list(rows), indent=1).encode("ascii") + b"\n"
    return b"".join(map(to_line, rows))


def _format(source: str, labelled: Path | None) -> Format:
    """Return how a source is read; raises UsageError for a report without its records."""
    if source != REPORT:
        return FORMATS[source]
    if labelled is None:
        raise UsageError("a report's corrections say no text", "give --labelled, what the report was made of")
    return replace(FORMATS["newsroles"], rows=lambda path, problems: corrected.rows(path, labelled, problems))


def read(
    path: Path,
    source: str,
    problems: list[Problem],
    *,
    partial: bool = False,
    labelled: Path | None = None,
) -> Iterator[Row]:
    """Yield the pages of a tool's file as rows of our corpora; add what is left out to `problems`.

    With `partial`, a page with unlabelled stretches stays in. `labelled` is for the source `report`.
    Raises UsageError for a file of another format, and for labels that only a model gave.
    """
    tool, step = _format(source, labelled), "" if partial else ", or keep such pages with --partial"
    for number, (place, raw) in enumerate(tool.rows(path, problems), 1):
        try:
            page = tool.page(raw)
            _refuse_overlaps(sorted(page.spans, key=lambda one: (one.start, one.end)))
            sampled = page.metadata.get("sampled") or []
            edges = [edge for one in sampled for edge in (one["start"], one["end"])]
            spans = to_characters(page.text, page.spans, edges)
            asked = sampled or [{"start": 0, "end": len(page.text)}]
            gaps = [gap for one in asked for gap in _gaps(page.text, spans, one["start"], one["end"])]
        except InputError as error:
            problems.append(Problem(place, str(error)))
            continue
        except (AttributeError, KeyError, TypeError) as error:
            problems.append(
                Problem(place, f"not as {source} exports it ({error!r}); look at the row, or at --from")
            )
            continue
        problems.extend(
            Problem(place, f"nobody has labelled {gap!r}; label it and export again{step}") for gap in gaps
        )
        if partial or not gaps:
            sentences = [{"start": one.start, "end": one.end, "label": one.label} for one in spans]
            yield {"id": f"{path.stem}-{number}", **page.metadata, "text": page.text, "sentences": sentences}


def _refuse_overlaps(spans: Sequence[Span]) -> None:
    for before, after in pairwise(spans):
        if after.start < before.end:
            overlap = f"spans {before.start} to {before.end} and {after.start} to {after.end} overlap"
            raise InputError(overlap, "keep one of them and export again")


def _gaps(text: str, spans: Sequence[Span], first: int, last: int) -> Iterator[str]:
    """Yield the unlabelled, non-blank stretches of ``text[first:last]``, `SHOWN` characters of each."""
    inside = [one for one in spans if one.end > first and one.start < last]
    starts = [*(one.start for one in inside), last]
    for start, stop in zip([first, *(one.end for one in inside)], starts, strict=True):
        if stretch := text[start:stop].strip():
            yield stretch[:SHOWN]
