"""The story of a web page, kept: newsroles beside programs that extract a page's main text from its HTML.

    pip install --upgrade pip && pip install -c constraints.txt '.[peers,restore]'
    newsroles-train corpus restore --stand-off data/real/web-dev.jsonl --clones clones -o web-dev.jsonl \
      --html pages
    python benchmarks/quality/extractors.py --corpus web-dev.jsonl --pages pages

`--pages` is a folder with the HTML of the labelled pages, ID.html.gz. Each program gets the HTML. Of what it
keeps, the body is compared with the labelled story, its headline apart, by shingles (shingles.py) and by
sentences (kept.py); what stands outside the labelled slice of a page isn't scored. Pages of publishers that a
training page has are left out. It takes a minute or two.

Writes docs/results/extractors.json, which holds counts and no text, and its tables, into
docs/trust/extractors.md. With `--model` another bundle is measured; then it only prints.
"""

import argparse
import gzip
import importlib.metadata
import json
import re
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from comparison import tables
from kept import Page, counts, is_headline, without_headline
from programs import PACKAGES, Program, programs
from shingles import matches

from newsroles import Labeller
from newsroles_training.corpora.standoff.recipes import page_lines

ROOT = Path(__file__).parents[2]
OUT, HEADLINES = ROOT / "docs" / "results" / "extractors.json", Path(__file__).with_name("headlines.json")
RELATED = ("web-goose3-issue28", "web-parser-www-westernjournalism-com")
"""Pages whose publishers training pages have under other names; data/real/README.md says which."""


def read(corpus: Path, pages: Path) -> list[Page]:
    """Read the labelled pages, but for those that have relatives."""
    positions = json.loads(HEADLINES.read_text(encoding="utf-8"))
    rows = map(json.loads, corpus.read_text(encoding="utf-8").splitlines())
    return [_page(row, pages, positions.get(row["id"])) for row in rows if row["id"] not in RELATED]


def _page(row: dict[str, Any], pages: Path, headline: int | None) -> Page:
    path = pages / f"{row['id']}.html.gz"
    if not path.is_file():
        raise SystemExit(f"{path} is not there; data/real/README.md says how to get the pages")
    html, (first, last) = (
        gzip.decompress(path.read_bytes()).decode("utf-8", "replace"),
        row["origin"]["lines"],
    )
    lines = page_lines(html)
    if "".join(f"{line}\n" for line in lines[first:last]) != row["text"]:
        raise SystemExit(f"{path} is another page than was labelled")
    unlabelled = "\n".join([*lines[:first], *lines[last:]])
    return Page(row["id"], html, row["text"], row["sentences"], headline, unlabelled)


def measure(pages: Sequence[Page], labeller: Labeller) -> dict[str, Any]:
    """Run every program on every page."""
    return {
        "model": labeller.bundle.model_id,
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "pages": [page.name for page in pages],
        "rows": [{"name": name, **_measured(program, pages)} for name, program in programs(labeller)],
    }


def _measured(program: Program, pages: Sequence[Page]) -> dict[str, Any]:
    """Return what a program scores by page; of headlines whether it has them, None where there is none."""
    started = time.process_time()
    kept = [program(page) for page in pages]
    seconds = time.process_time() - started
    bodies = [without_headline(page, one.text) for page, one in zip(pages, kept, strict=True)]
    return {
        "milliseconds": round(1000 * seconds / len(pages)),
        "headlines": [is_headline(page, one.title) for page, one in zip(pages, kept, strict=True)],
        "kept_headlines": [
            None if page.headline is None else is_headline(page, one.title) or body != one.text
            for page, one, body in zip(pages, kept, bodies, strict=True)
        ],
        "shingles": [
            matches(page.body, body, page.unlabelled) for page, body in zip(pages, bodies, strict=True)
        ],
        "sentences": [counts(page, body).ravel().tolist() for page, body in zip(pages, bodies, strict=True)],
    }


def main() -> None:
    """Parse, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--pages", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    result = measure(read(asked.corpus, asked.pages), Labeller.load(asked.model, threads=1))
    if asked.model is None:
        write(result)
    print(tables(result))  # noqa: T201 - the tables are what it is for


def write(result: dict[str, Any]) -> None:
    """Write the result and the page that quotes it."""
    OUT.write_text(json.dumps(result) + "\n", encoding="utf-8")
    shown = tables(result) + "\n"
    guide = ROOT / "docs" / "trust" / "extractors.md"
    around = re.sub(
        r"(?ms)^\|(?:.*^\|)?[^\n]*\n", lambda _: shown, guide.read_text(encoding="utf-8"), count=1
    )
    guide.write_text(around, encoding="utf-8")


if __name__ == "__main__":
    main()
