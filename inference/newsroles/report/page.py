"""Labelled articles as one HTML page: styles and script are in it, and it fetches nothing.

Its inputs are read twice, for the counts that stand first and for the articles, so that the memory that is
taken doesn't grow with the page.
"""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from newsroles.articles import LabelledArticle, LabelledSentence
from newsroles.files import beside
from newsroles.printable import printable
from newsroles.report.summary import Inputs, Summary, items

PALETTE = 8
"""How many colours and underlines report.css.jinja has. More labels have them again, but their own codes."""

_TEMPLATES = Path(__file__).parent / "templates"
_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_LONGEST_CODE = 3


def render(inputs: Inputs, found: Summary) -> Iterator[str]:
    """Give the page, piece by piece; `found` is the summary of the same inputs."""
    environment = _environment()
    labels = _labels(list(found.labels))
    style = environment.get_template("report.css.jinja").render(labels=labels, palette=PALETTE)
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    articles = (item for item in items(inputs) if isinstance(item, LabelledArticle))
    return environment.get_template("report.html.jinja").generate(
        found=found,
        labels=labels,
        sources=[(name, tally, _bar(tally.labels, labels)) for name, tally in found.ranked()],
        articles=(_view(page, list(found.labels)) for page in islice(articles, found.limit)),
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


def _shown(value: Any) -> Any:
    """Let no string into the page that hides, reorders or cannot be written; all line breaks become one."""
    return printable(_BREAKS.sub("\n", value)) if type(value) is str else value


def _labels(names: list[str]) -> list[dict[str, Any]]:
    codes = _codes(names)
    return [
        {"number": at, "name": name, "code": code, "css_code": _css(code), "css_name": _css(name)}
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


def _view(page: LabelledArticle, labels: list[str]) -> dict[str, Any]:
    """Give an article as the template takes it; what is between its sentences is kept to the letter."""
    article, end, parts = page.article, 0, []
    for sentence in page.sentences:
        parts.append((article.text[end : sentence.start], *_marks(sentence, labels), sentence.text))
        end = sentence.end
    return {"name": article.id or article.source, "parts": parts, "rest": article.text[end:]}


def _marks(sentence: LabelledSentence, labels: list[str]) -> tuple[int, str, str]:
    """Give a sentence's label as a number, its probabilities in ten-thousandths, and its flags as letters."""
    ten_thousandths = [round(sentence.probabilities.get(label, 0) * 10_000) for label in labels]
    flags = "u" * sentence.uncertain + "t" * sentence.truncated
    return labels.index(sentence.label), " ".join(map(str, ten_thousandths)), flags


def _csp_hash(text: str) -> Markup:
    return Markup(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'")  # noqa: S704 - base64
