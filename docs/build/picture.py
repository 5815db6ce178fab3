"""Draw docs/pictures/page.svg, README's picture, from the shipped model: python docs/build/picture.py."""

import re
from pathlib import Path

from rich.console import Console

from newsroles import Article, Labeller
from newsroles.cli.table import show

ROOT = Path(__file__).parents[2]
PAGE = "examples/ferry-inquiry.txt"

text = (ROOT / PAGE).read_text(encoding="utf-8")
with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
    console = Console(record=True, width=100, file=nowhere, force_terminal=True)
    show(Labeller.load().label(Article(text, source=PAGE)), console)
svg = console.export_svg(title=f"newsroles label {PAGE}")
no_fonts_from_the_network = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
(ROOT / "docs" / "pictures" / "page.svg").write_text(no_fonts_from_the_network, encoding="utf-8")
