"""Labelled articles as one HTML page: styles and script are in it, and it fetches nothing.

Its inputs are read twice, for the index and the counts that stand first and for the articles, so that no
more than the index is in memory at once.
"""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import chain, groupby
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from newsroles.files import beside
from newsroles.labels import Role
from newsroles.printable import printable
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.report.heads import Head
from newsroles.report.places import STORY, place, places
from newsroles.report.speech import Speech, speech
from newsroles.report.summary import Inputs, Summary, items
from newsroles.report.trust import trust

PALETTE = 8
"""How many colours and underlines report.css.jinja has. More labels have them again, but their own codes."""

_TEMPLATES = Path(__file__).parent / "templates"
_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_LONGEST_CODE = 3
_PLAIN = frozenset(("line", "paragraph"))
_SCRIPTS = ("filters.js", "who.js", "statements.js", "take.js", "correct.js", "reading.js")


class Part(NamedTuple):
    """A sentence as it stands in its text: what is before it, its label's number, and its marks.

    `kind` is that of its line, "" for what most lines are; `is_first` on a line that follows upon another.
    """

    gap: str
    label: int
    probabilities: str
    flags: str
    kind: str
    text: str
    is_first: bool
    speech: Speech | None


class Block(NamedTuple):
    """Some lines of a text; `lines` of them are furniture that is folded away, or 0. `tail` ends the last.

    `place` is where around the story they stand, "" for the story itself.
    """

    lines: int
    parts: list[Part]
    place: str
    tail: str = ""


def render(inputs: Inputs, found: Summary, bundle: Path | None = None) -> Iterator[str]:
    """Return the page, piece by piece, of inputs and their summary; `bundle` is the model's folder."""
    environment = _environment()
    labels = _labels(list(found.labels))
    listed = [label["name"] for label in labels if label["is_listed"]]
    style = environment.get_template("report.css.jinja").render(labels=labels, palette=PALETTE)
    script = _script()
    articles = (item for item in items(inputs) if isinstance(item, LabelledArticle))
    return environment.get_template("report.html.jinja").generate(
        found=found,
        labels=labels,
        listed=listed,
        places=places(found.kinds),
        trust=trust(found.models, listed, bundle),
        sources=[(name, tally, _bar(tally.labels, labels)) for name, tally in found.ranked()],
        articles=(_view(*each, found) for each in zip(found.heads, articles, strict=False)),
        style=Markup(style),  # noqa: S704 - ours; label names in it are escaped to the last character
        script=Markup(script),  # noqa: S704 - ours, and always the same
        style_hash=_csp_hash(style),
        script_hash=_csp_hash(script),
    )


def write(page: Iterable[str], out: Path) -> None:
    """Write a page to `out`, whole or not at all; raises UsageError where it cannot be written."""
    with beside(out, step="make room, or give another path") as file:
        file.writelines(piece.encode() for piece in page)


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _script() -> str:
    parts = "\n".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def _shown(value: Any) -> Any:
    """Let no string into the page that hides, reorders or cannot be written; all line breaks become one."""
    return printable(_BREAKS.sub("\n", value)) if type(value) is str else value


def _labels(names: list[str]) -> list[dict[str, Any]]:
    """Describe labels; `is_listed` are those whose sentences somebody has to answer for."""
    codes = _codes(names)
    answered = {Role.CLAIM, Role.ACCUSATION}.intersection(names)
    listed = answered or set(names) - {Role.BOILERPLATE}
    return [
        {"number": at, "name": name, "code": code, "css_code": _css(code), "css_name": _css(name)}
        | {
            "is_listed": name in listed,
            "is_furniture": name == Role.BOILERPLATE,
            "address": quote(_shown(name)),
        }
        for at, (name, code) in enumerate(zip(names, codes, strict=True))
    ]


def _codes(names: Sequence[str]) -> list[str]:
    """Give each label the beginning that tells it from the others, a number where that would be long."""
    for length in range(1, _LONGEST_CODE + 1):
        codes = [name[:length].capitalize() for name in names]
        if len(set(codes)) == len(codes) and all(code.isalnum() for code in codes):
            return codes
    return [str(number) for number in range(1, len(names) + 1)]


def _css(text: str) -> Markup:
    """Write a CSS string in which every character is escaped, so that it can hold anything."""
    escaped = "".join(f"\\{ord(character):06x}" for character in _shown(text))
    return Markup(f'"{escaped}"')  # noqa: S704 - backslashes and digits


def _bar(counts: Counter[str], labels: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lay the labels of some sentences side by side: where each begins and how wide it is, in percent."""
    total = counts.total() or 1
    bar, left = [], 0.0
    for label in labels:
        count = counts[label["name"]]
        width = 100 * count / total
        bar.append(label | {"count": count, "left": round(left, 2), "width": round(width, 2)})
        left += width
    return bar


def _view(head: Head, page: LabelledArticle, found: Summary) -> dict[str, Any]:
    """Return an article as the template takes it; what is between its sentences is kept to the letter."""
    text, end, parts, labels = page.article.text, 0, [], list(found.labels)
    names = found.who.names(page)
    for sentence in page.sentences:
        gap = str(_shown(text[end : sentence.start]))
        kind = "" if sentence.kind in _PLAIN else sentence.kind
        is_first = bool(end) and gap.count("\n") == 1
        said = speech(sentence, names)
        parts.append(Part(gap, *_marks(sentence, labels), kind, sentence.text, is_first, said))
        end = sentence.end
    furniture = labels.index(Role.BOILERPLATE) if Role.BOILERPLATE in labels else -1
    return {"head": head, "blocks": _blocks(parts, furniture), "rest": text[end:]}


def _blocks(parts: Iterable[Part], furniture: int) -> list[Block]:
    """Part a text into what is read and runs of lines that are all furniture."""
    lines: list[list[Part]] = []
    for part in parts:
        if not lines or "\n" in part.gap:
            lines.append([])
        lines[-1].append(part)
    blocks: list[Block] = []
    for (is_furniture, where), run in groupby(lines, lambda line: _standing(line, furniture)):
        folded = list(run)
        own = list(chain.from_iterable(folded))
        if blocks and (
            blocks[-1].lines or blocks[-1].place
        ):  # the line that ends a box ends in it, or an empty one would follow
            tail, line_break, gap = own[0].gap.partition("\n")
            own[0] = own[0]._replace(gap=gap)
            blocks[-1] = blocks[-1]._replace(tail=tail + line_break)
        blocks.append(Block(len(folded) if is_furniture and len(folded) > 1 else 0, own, where))
    return blocks


def _standing(line: Sequence[Part], furniture: int) -> tuple[bool, str]:
    """Tell whether a line is all furniture, and else where around the story it stands, "" if in it."""
    if all(part.label == furniture and not part.gap.strip() for part in line):
        return True, ""
    where = place(line[0].kind)
    return False, "" if where == STORY else where


def _marks(sentence: LabelledSentence, labels: list[str]) -> tuple[int, str, str]:
    """Return a sentence's label as a number, its probabilities in ten-thousandths, its flags as letters."""
    ten_thousandths = [round(sentence.probabilities.get(label, 0) * 10_000) for label in labels]
    flags = "u" * sentence.uncertain + "t" * sentence.truncated
    return labels.index(sentence.label), " ".join(map(str, ten_thousandths)), flags


def _csp_hash(text: str) -> Markup:
    return Markup(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'")  # noqa: S704 - base64
