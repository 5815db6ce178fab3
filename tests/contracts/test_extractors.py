"""What an extractor kept is scored fairly, and what is said of the extractors is what was measured."""

import gzip
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from tests.benchmarks import quality_module
from tests.lines import read_lines, write_lines

from newsroles import Labeller
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
HEADLINE = 1
CONTENT = "Ferry stops\n" + STORY + " Nobody drowned."
GOLD = read_lines(ROOT / "data" / "real" / "web-dev.jsonl")


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return quality_module("kept", monkeypatch)


@pytest.fixture
def shingles(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return quality_module("shingles", monkeypatch)


@pytest.fixture
def comparison(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return quality_module("comparison", monkeypatch)


def page(kept: ModuleType, html: str = "", headline: int | None = HEADLINE) -> Any:
    text, spans = "", []
    for words, label in SENTENCES:
        spans.append({"start": len(text), "end": len(text) + len(words), "label": label})
        text += words + "\n"
    return kept.Page("ferry", html, text, spans, headline)


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
    assert kept.counts(page(kept, headline=None), text).tolist() == counts


def test_the_headline_is_counted_apart(kept: ModuleType) -> None:
    one = page(kept)
    assert one.title == "Ferry stops"
    assert one.body == STORY + "\nNobody drowned."
    assert [kept.is_headline(one, title) for title in ("FERRY  stops.", "Ferry stops | News", "")] == [
        True,
        False,
        False,
    ]
    assert (
        kept.without_headline(one, "By A. B.\nferry stops\nFerry stops\nMore.")
        == "By A. B.\nFerry stops\nMore."
    )
    assert kept.without_headline(one, STORY) == STORY
    assert kept.counts(one, kept.without_headline(one, CONTENT)).tolist() == [[2, 0], [0, 3]]
    without = page(kept, headline=None)
    assert (kept.is_headline(without, "Ferry stops"), without.title) == (None, "")
    assert kept.without_headline(without, CONTENT) == CONTENT


@pytest.mark.parametrize(
    ("body", "found", "unlabelled", "counts"),
    [
        ("a b c d e", "a b c d e", "", [2, 0, 0]),
        ("a b c d e", "x a b, c d", "", [1, 1, 1]),
        ("a b c d e", "", "", [0, 0, 2]),
        ("", "a b", "", [0, 1, 0]),  # a shorter text is one shingle
        ("a b c d", "a b c d a b c d", "", [1, 4, 0]),  # as often as it is there
        ("a b c d", "a b c d w x y z", "w x y z", [1, 3, 0]),  # what has no label doesn't count
        ("a b c d", "a b c d w x y z w x y z", "w x y z", [1, 7, 0]),  # but once for each time
    ],
)
def test_shingles_are_counted_as_the_public_benchmark_counts(
    shingles: ModuleType, body: str, found: str, unlabelled: str, counts: list[int]
) -> None:
    assert shingles.matches(body, found, unlabelled) == counts


def test_every_page_counts_the_same_and_an_empty_one_has_no_precision(shingles: ModuleType) -> None:
    counts = np.array([[1, 1, 0], [30, 10, 10], [0, 0, 4]])
    precision, recall = (1 / 2 + 3 / 4) / 2, (1 + 3 / 4 + 0) / 3
    f1 = 2 * precision * recall / (precision + recall)
    np.testing.assert_allclose(shingles.by_page(counts), [precision, recall, f1])
    assert shingles.pooled(counts) == pytest.approx(2 * 31 / (2 * 31 + 11 + 14))
    twice = shingles.by_page(counts, np.array([[2, 0, 0], [1, 1, 1]]))
    np.testing.assert_allclose(twice, [[1 / 2, 1, 2 / 3], [precision, recall, f1]])
    draws = shingles.draws(3)
    assert (draws.sum(1) == 3).all()
    assert len({tuple(draw) for draw in draws.tolist()}) == 10  # all there are of 3 from 3


def test_the_tables_pair_with_trafilatura(comparison: ModuleType) -> None:
    pages = 4
    good = {"shingles": [[3, 0, 0]] * pages, "sentences": [[3, 0, 0, 3]] * pages}
    bad = {"shingles": [[3, 9, 0]] * pages, "sentences": [[3, 0, 3, 0]] * pages}
    rest = {
        "headlines": [True, None, False],
        "kept_headlines": [True, None, True],
        "milliseconds": 5,
    }
    rows = [{"name": name, **rest, **found} for name, found in (("trafilatura", good), ("all", bad))]
    body, sentences = (table.splitlines() for table in comparison.tables({"rows": rows}).split("\n\n"))
    assert body[0].split(" | ")[4] == sentences[0].split(" | ")[4] == "against trafilatura"
    assert body[2] == (
        "| trafilatura | 1.000 | 1.000 | 1.000, 1.000 to 1.000 |  | 1.000 | 1 of 2 | 2 of 2 | 5 |"
    )
    difference = "-0.600, -0.600 to -0.600"
    assert body[3] == (
        f"| all | 0.250 | 1.000 | 0.400, 0.400 to 0.400 | {difference} | 0.400 | 1 of 2 | 2 of 2 | 5 |"
    )
    assert sentences[3].endswith(
        "| 0.000, 0.000 to 0.000 | -1.000, -1.000 to -1.000 | 0.667, 0.667 to 0.667 |"
    )


HTML = (
    "<html><head><title>Ferry stops</title></head><body><nav><a href=/>Share</a></nav><article>"
    "<h1>Ferry stops</h1>{0}{0}</article></body></html>"
)


def test_programs_keep_a_story(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("trafilatura", "readability", "justext", "resiliparse", "newspaper"):
        pytest.importorskip(name, reason="needs the extra peers")
    programs = quality_module("programs", monkeypatch)
    story = " ".join([STORY, "It was the third time that this had happened in the year, he said."] * 4)
    html = HTML.format(f"<p>{story}</p>")
    found = {name: run(page(programs, html)) for name, run in programs.programs(Labeller.load(threads=1))}
    assert all("harbour master" in one.text for one in found.values())
    titled = {name for name, one in found.items() if one.title == "Ferry stops"}
    assert titled >= {"newsroles", "trafilatura", "readability-lxml", "newspaper4k"}


def test_the_result_is_of_the_labelled_slice_of_each_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("trafilatura", "readability", "justext", "resiliparse", "newspaper", "inscriptis"):
        pytest.importorskip(name, reason="needs the extras peers and restore")
    extractors = quality_module("extractors", monkeypatch)
    html = "<p>Home<p>Ferry stops<p>It sank.<p>The end."
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(html.encode()))
    span = {"start": 0, "end": 11, "label": "claim"}
    row = {"id": "a", "origin": {"lines": [1, 3]}, "text": "Ferry stops\nIt sank.\n", "sentences": [span]}
    corpus = write_lines(tmp_path / "corpus.jsonl", row, {"id": extractors.RELATED[0]})
    (one,) = extractors.read(corpus, tmp_path)
    assert (one.text, one.unlabelled, one.headline) == (row["text"], "Home\nThe end.", None)
    write_lines(corpus, row | {"text": "Ferry sails\nIt sank.\n"})
    with pytest.raises(SystemExit, match="another page"):
        extractors.read(corpus, tmp_path)


def test_the_page_quotes_the_result(comparison: ModuleType) -> None:
    assert comparison.tables(RESULT) + "\n" in (ROOT / "docs/trust/extractors.md").read_text(encoding="utf-8")


def test_a_headline_is_a_sentence_of_the_story() -> None:
    headlines = json.loads((ROOT / "benchmarks/quality/headlines.json").read_text(encoding="utf-8"))
    labels = {row["id"]: [one["label"] for one in row["sentences"]] for row in GOLD}
    assert headlines
    for name, at in headlines.items():
        assert "boilerplate" not in labels[name][at], name
        assert set(labels[name][:at]) <= {"boilerplate"}, name


def test_the_result_is_the_shipped_model_s_and_whole(kept: ModuleType) -> None:
    assert RESULT["model"] == bundles.load().model_id, "run benchmarks/quality/extractors.py again"
    headlines = json.loads((ROOT / "benchmarks/quality/headlines.json").read_text(encoding="utf-8"))
    rows = {row["id"]: row for row in GOLD}
    assert len(RESULT["pages"]) == len(rows) - 2
    pages = [
        kept.Page(name, "", " " * 99_999, rows[name]["sentences"], headlines.get(name))
        for name in RESULT["pages"]
    ]
    by_page = [[labels.count(kept.CONTENT), labels.count(kept.FURNITURE)] for labels in map(_labels, pages)]
    for row in RESULT["rows"]:
        assert np.array(row["sentences"]).reshape(-1, 2, 2).sum(2).tolist() == by_page
        assert [one is None for one in row["headlines"]] == [
            name not in headlines for name in RESULT["pages"]
        ]


def _labels(page: Any) -> list[int]:
    return [label for _, label in page.scored]
