"""What an extractor kept is scored fairly, and what is said of the extractors is what was measured."""

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from newsroles.model import bundle as bundles

ROOT = Path(__file__).parents[2]
FOUND = ROOT / "docs" / "results" / "extractors.json"
RESULT: dict[str, Any] = json.loads(FOUND.read_text(encoding="utf-8"))
STORY = "The ferry lost its left propeller on Monday, the harbour master said."
SENTENCES = [
    ("Ferry stops", "boilerplate"),
    ("Ferry stops", "claim"),
    (STORY, "claim"),
    ("Nobody drowned.", "background"),
    ("Share", "boilerplate"),
    ("* * *", "boilerplate"),
]
CONTENT = "Ferry stops\n" + STORY + " Nobody drowned."


def module(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "benchmarks" / "quality")
    for one in ("kept", "extractors"):
        monkeypatch.delitem(sys.modules, one, raising=False)
    return importlib.import_module(name)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return module("kept", monkeypatch)


def page(kept: ModuleType, html: str = "") -> Any:
    text, spans = "", []
    for words, label in SENTENCES:
        spans.append({"start": len(text), "end": len(text) + len(words), "label": label})
        text += words + "\n"
    return kept.Page("ferry.html.gz", html, text, spans)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (CONTENT, [[3, 0], [0, 3]]),  # the one headline that is kept is the story's
        ("\n".join(words for words, _ in SENTENCES), [[3, 0], [3, 0]]),
        ("", [[0, 3], [0, 3]]),
        ("\u2022 Share\n- Nobody\xa0drowned .", [[1, 2], [1, 2]]),  # bullets and spaces are no difference
        ("Shareholders of the ferry stops", [[0, 3], [0, 3]]),  # short ones must be whole
        (STORY.replace(", ", ",\n"), [[1, 2], [0, 3]]),  # long ones may be broken
        (STORY.lower(), [[0, 3], [0, 3]]),
    ],
)
def test_a_sentence_is_kept_or_not(kept: ModuleType, text: str, counts: list[list[int]]) -> None:
    assert kept.counts(page(kept), text).tolist() == counts


def test_a_headline_apart_counts_once(kept: ModuleType) -> None:
    assert kept.with_title("Ferry stops", STORY) == f"Ferry stops\n{STORY}"
    assert kept.with_title("Ferry\xa0stops", CONTENT) == CONTENT
    assert kept.with_title(None, STORY) == STORY


def test_the_table_pairs_with_newsroles(kept: ModuleType) -> None:
    right, wrong = [[3, 0, 0, 3]] * 4, [[3, 0, 3, 0]] * 4
    rows = [(kept.HTML, right), (kept.TEXT, right), ("keeps all", wrong)]
    lines = kept.table({"rows": [{"name": name, "counts": counts} for name, counts in rows]}).splitlines()
    assert lines[2].startswith(f"| {kept.HTML} | 1.000 | 1.000 | 1.000, 1.000 to 1.000 |")
    assert lines[4].split(" | ")[1:4] == ["0.000", "0.000", "0.000, 0.000 to 0.000"]
    assert lines[4].endswith("-1.000, -1.000 to -1.000 | -1.000, -1.000 to -1.000 |")


def test_extractors_keep_a_story(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("trafilatura", "readability", "justext", "resiliparse"):
        pytest.importorskip(name, reason="needs the extra peers")
    extractors = module("extractors", monkeypatch)
    story = " ".join([STORY, "It was the third time that this had happened in the year, he said."] * 4)
    html = f"<html><head><title>Ferry stops</title></head><body><nav><a href=/>Share</a></nav><article><h1>Ferry stops</h1><p>{story}</p><p>{story}</p></article></body></html>"  # noqa: E501
    for name, extract in extractors.extractors(ROOT / "examples"):
        if "text" not in name:
            assert "harbour master" in extract(page(extractors, html)), name


@pytest.mark.parametrize(
    "path", ["docs/trust/extractors.md", "inference/newsroles/models/default/extractors.md"]
)
def test_a_page_quotes_the_result(kept: ModuleType, path: str) -> None:
    assert kept.table(RESULT) + "\n" in (ROOT / path).read_text(encoding="utf-8")


def test_the_result_is_the_shipped_model_s_and_whole(kept: ModuleType) -> None:
    assert RESULT["model"] == bundles.load().model_id, "run benchmarks/quality/extractors.py again"
    lines = (ROOT / "data" / "real" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["origin"]["source"] == "flairNLP/fundus"]
    assert RESULT["pages"] == [Path(row["origin"]["path"]).name for row in rows]
    gold = [kept.Page("", "", "", row["sentences"]).furniture for row in rows]
    by_page = [[labels.count(kept.CONTENT), labels.count(kept.FURNITURE)] for labels in gold]
    for row in RESULT["rows"]:
        assert np.array(row["counts"]).reshape(-1, 2, 2).sum(2).tolist() == by_page
