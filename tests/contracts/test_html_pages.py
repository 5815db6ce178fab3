"""Raw pages read as well as their plain texts do, and what surrounds the story is furniture."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.lines import read_lines

from newsroles import Article, LabelledArticle, Labeller
from newsroles.readers import read_source
from newsroles_training.evaluation.metrics import confusion, macro_f1

ROOT = Path(__file__).parents[2]
CORPORA = Path(os.environ.get("NEWSROLES_SHARED", ROOT.parent / "shared")) / "corpora"
FAR = 3000
"""A short line found so many characters on is another line of the same words."""

pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason="the raw pages are their publishers'")


def rows() -> list[dict]:
    return [
        row for row in read_lines(CORPORA / "real-dev.jsonl") if row["origin"]["source"] == "flairNLP/fundus"
    ]


def label_at(page: LabelledArticle, start: int, end: int) -> str:
    return max(page.sentences, key=lambda s: min(end, s.end) - max(start, s.start)).label


def places(row: dict, text: str) -> Iterator[tuple[int, int, str]]:
    """Find the gold sentences in another text of the page, by their letters and digits, in order."""
    where = [number for number, character in enumerate(text) if character.isalnum()]
    letters = "".join(text[number].lower()[:1] for number in where)
    position = 0
    for gold in row["sentences"]:
        wanted = "".join(c.lower()[:1] for c in row["text"][gold["start"] : gold["end"]] if c.isalnum())
        found = letters.find(wanted, position)
        if found >= 0 and (len(wanted) >= 12 or found - position <= FAR):
            position = found + len(wanted)
            yield where[found], where[position - 1] + 1, gold["label"]


def test_html_reads_like_its_text() -> None:
    labeller = Labeller.load()
    index = {label: number for number, label in enumerate(labeller.labels)}
    plain, html = (np.zeros((4, 4), dtype=np.int64) for _ in range(2))
    outside: list[str] = []
    wanted = matched = 0
    for row in rows():
        (article,) = read_source(str(CORPORA / "pages" / Path(row["origin"]["path"]).name))
        assert isinstance(article, Article)
        page, text = labeller.label(article), labeller.label(row["text"])
        found = list(places(row, article.text))
        wanted, matched = wanted + len(row["sentences"]), matched + len(found)
        html += confusion(
            [index[label] for *_, label in found],
            [index[label_at(page, start, end)] for start, end, _ in found],
            4,
        )
        plain += confusion(
            [index[gold["label"]] for gold in row["sentences"]],
            [index[label_at(text, gold["start"], gold["end"])] for gold in row["sentences"]],
            4,
        )
        first, last = found[0][0], found[-1][1]
        outside += [s.label for s in page.sentences if s.end <= first or s.start >= last]
    assert matched / wanted > 0.96  # what a page's own style sheet hides is not read, and was labelled
    assert macro_f1(html) > macro_f1(plain) - 0.02
    assert outside.count("boilerplate") / len(outside) > 0.97
