"""For furniture alone: newsroles beside programs that extract a page's main text from its HTML.

    pip install --upgrade pip && pip install -c constraints.txt '.[peers,restore]'
    python benchmarks/quality/extractors.py --pages clones/fundus/tests/resources/parser/test_data

reads the HTML of the 15 web pages of real-dev from anywhere below the folder, at the commit that
data/real/dev.jsonl names, and their labels from there. Each extractor gets the HTML; what it keeps is
compared with the labelled slice of the page, see kept.py, and what stands outside the slice isn't scored.
Where paragraphs.json lies there, the headline and paragraphs that fundus' parser for the very publisher
gives, they are scored too. It takes half a minute.

Writes docs/results/extractors.json, which holds counts and no text, and its table, into
docs/trust/extractors.md and beside the shipped bundle, for the model card.
"""

import argparse
import gzip
import importlib.metadata
import json
import re
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import justext
import trafilatura
from kept import HTML, TEXT, Page, counts, table, with_title
from readability import Document
from resiliparse.extract.html2text import extract_plain_text

from newsroles import Labeller, html_to_text
from newsroles.labels import Role
from newsroles.model.bundle import SHIPPED
from newsroles_training.corpora.standoff.restore import page_lines, sha256
from newsroles_training.export.card import EXTRACTORS

ROOT = Path(__file__).parents[2]
GOLD, OUT = ROOT / "data" / "real" / "dev.jsonl", ROOT / "docs" / "results" / "extractors.json"
PUBLISHERS = "paragraphs.json"
PACKAGES = ("trafilatura", "readability-lxml", "jusText", "resiliparse")

Extractor = Callable[[Page], str]
"""Gives the text that is kept of a page."""


def read(folder: Path) -> list[Page]:
    """Read the labelled pages; their texts are made anew and must have the hashes that are recorded."""
    rows = map(json.loads, GOLD.read_text(encoding="utf-8").splitlines())
    return [_page(row, folder) for row in rows if row["origin"]["source"] == "flairNLP/fundus"]


def _page(row: dict[str, Any], folder: Path) -> Page:
    origin = row["origin"]
    name = Path(origin["path"]).name
    path = next(folder.rglob(name), None)
    if path is None:
        raise SystemExit(f"{name} is not below {folder}; data/real/README.md says where the pages are")
    html, (first, last) = gzip.decompress(path.read_bytes()).decode("utf-8"), origin["lines"]
    text = "".join(f"{line}\n" for line in page_lines(html)[first:last])
    if sha256(text) != origin["sha256"]:
        raise SystemExit(f"{path} is another page than was labelled; take it from commit {origin['commit']}")
    return Page(name, html, text, row["sentences"])


def extractors(folder: Path) -> Iterator[tuple[str, Extractor]]:
    """Give what is compared, by name, in the table's order."""
    labeller = Labeller.load(threads=1)
    yield HTML, lambda page: _ours(labeller, html_to_text(page.html.encode()))
    yield TEXT, lambda page: _ours(labeller, page.text)
    yield "trafilatura", _trafilatura
    yield "trafilatura, `favor_precision`", lambda page: _trafilatura(page, favor_precision=True)
    yield "trafilatura, `favor_recall`", lambda page: _trafilatura(page, favor_recall=True)
    yield "readability-lxml", _readability
    yield "jusText, English", _justext
    yield "resiliparse, `main_content`", lambda page: extract_plain_text(page.html, main_content=True)
    yield "everything (a check)", lambda page: html_to_text(page.html.encode())
    if (path := next(folder.rglob(PUBLISHERS), None)) is not None:
        given = {one["page"]: one for one in json.loads(path.read_text(encoding="utf-8"))}
        yield "fundus, a parser a publisher", lambda page: _fundus(given[page.name])


def _ours(labeller: Labeller, text: str) -> str:
    return "\n".join(one.text for one in labeller.label(text).sentences if one.label != Role.BOILERPLATE)


def _trafilatura(page: Page, **options: bool) -> str:
    found = trafilatura.bare_extraction(page.html, with_metadata=True, **options)
    return with_title(found.title, found.text or "") if found else ""


def _readability(page: Page) -> str:
    document = Document(page.html)
    return with_title(document.short_title(), html_to_text(document.summary().encode()))


def _justext(page: Page) -> str:
    paragraphs = justext.justext(page.html, justext.get_stoplist("English"))
    return "\n".join(one.text for one in paragraphs if not one.is_boilerplate)


def _fundus(found: dict[str, Any]) -> str:
    return with_title(found["title"], "\n".join(found["paragraphs"]))


def measure(pages: Sequence[Page], folder: Path) -> dict[str, Any]:
    """Run every extractor on every page."""
    rows = []
    for name, extract in extractors(folder):
        started = time.process_time()
        kept = [extract(page) for page in pages]
        seconds = round(time.process_time() - started, 1)
        found = [counts(page, text).ravel().tolist() for page, text in zip(pages, kept, strict=True)]
        rows.append({"name": name, "seconds": seconds, "counts": found})
    return {
        "model": Labeller.load().bundle.model_id,
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "pages": [page.name for page in pages],
        "labels": ["content", Role.BOILERPLATE],
        "rows": rows,
    }


def main() -> None:
    """Parse, measure, write."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--pages", type=Path, required=True)
    folder = arguments.parse_args().pages
    warnings.simplefilter("ignore")
    result = measure(read(folder), folder)
    OUT.write_text(json.dumps(result) + "\n", encoding="utf-8")
    rows = table(result)
    (SHIPPED / EXTRACTORS).write_text(rows + "\n", encoding="utf-8")
    guide = ROOT / "docs" / "trust" / "extractors.md"
    around = re.sub(r"(?m)(^\|.*\n)+", lambda _: rows + "\n", guide.read_text(encoding="utf-8"), count=1)
    guide.write_text(around, encoding="utf-8")
    print(rows)  # noqa: T201 - the table is what it is for


if __name__ == "__main__":
    main()
