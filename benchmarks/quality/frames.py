"""Small invented pages with sentences whose labels, speakers and targets are known, and slots for names.

A page begins with "# KIND" and ends at an empty line. Each line is a sentence: "- " and context, or a label,
": " and a sentence that is asked for, in which "[S …]" marks the speaker and "[T …]" a target, by
docs/train/labels.md and docs/train/who.md. "<name>" and its kin are slots.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_PIECE = re.compile(r"([^\[]*)(?:\[([ST]) ([^\]]*)\])?")
_SLOT = re.compile(r"<(\w+)>")
_FIRST_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a speaker or a target stands in the page, [start, end), and whether a slot is in it."""

    start: int
    end: int
    is_swapped: bool

    @property
    def place(self) -> tuple[int, int]:
        """Its start and its end."""
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class Asked:
    """A sentence of a filled page, [start, end), and what a reader who follows the guides says of it."""

    start: int
    end: int
    label: str
    speaker: Mark | None
    targets: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """A page with slots: its kind, and its lines, each a label ("-" for context) and a marked sentence."""

    kind: str
    lines: tuple[tuple[str, str], ...]

    def filled(self, slots: Mapping[str, str]) -> tuple[str, list[Asked]]:
        """Return the text with its slots filled, a line a sentence, and what is asked for in it."""
        text, asked = "", []
        for label, template in self.lines:
            start = len(text)
            sentence, marks = _unmarked(template, slots, start)
            text += sentence
            if label != "-":
                speaker = next((mark for role, mark in marks if role == "S"), None)
                targets = tuple(mark for role, mark in marks if role == "T")
                asked.append(Asked(start, len(text), label, speaker, targets))
            text += "\n"
        return text, asked


def read(path: Path) -> list[Frame]:
    """Read the pages of a file."""
    return list(parsed(path.read_text(encoding="utf-8")))


def parsed(text: str) -> Iterator[Frame]:
    """Yield the pages of a text."""
    for block in text.strip().split("\n\n"):
        head, *lines = block.splitlines()
        yield Frame(head.removeprefix("# "), tuple(map(_line, lines)))


def _line(line: str) -> tuple[str, str]:
    if line.startswith("- "):
        return "-", line[2:]
    label, _, sentence = line.partition(": ")
    return label, sentence


def _unmarked(template: str, slots: Mapping[str, str], offset: int) -> tuple[str, list[tuple[str, Mark]]]:
    """Return a sentence without marks, its first letter a capital, and the marks, counted from `offset`."""
    text, marks = "", []
    for before, role, inside in _PIECE.findall(template):
        text += _filled(before, slots)
        if role:
            start = offset + len(text)
            text += _filled(inside, slots)
            marks.append((role, Mark(start, offset + len(text), bool(_SLOT.search(inside)))))
    return _FIRST_LETTER.sub(lambda letter: letter[0].upper(), text, count=1), marks


def _filled(template: str, slots: Mapping[str, str]) -> str:
    return _SLOT.sub(lambda slot: slots[slot[1]], template)
