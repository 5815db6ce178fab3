"""The corpus that ships with the project is what its datasheet says, and its test pages stay unseen."""

import gzip
from collections import Counter
from pathlib import Path

from tests.lines import read_lines

from newsroles.labels import DEFAULT_LABELS
from newsroles.readers.html import to_page
from newsroles_training.data.corpus import read

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "data" / "starter"
TRAIN, TEST, TEASERS = (
    read([STARTER / f"{name}.jsonl"], DEFAULT_LABELS) for name in ("train", "test", "test-teasers")
)


def test_it_is_large_enough_in_every_label() -> None:
    counts = Counter(label for article in TRAIN + TEST for label in article.labels)
    least = {"claim": 2000, "accusation": 900, "background": 2000, "boilerplate": 2000}
    assert len(TRAIN + TEST) >= 200
    assert counts.total() >= 7000
    assert all(counts[label] >= number for label, number in least.items())


def test_no_publisher_is_on_both_sides() -> None:
    assert not {article.group for article in TRAIN} & {article.group for article in TEST + TEASERS}


def test_no_config_trains_on_the_test_pages() -> None:
    for path in (ROOT / "configs").rglob("*.yaml"):
        assert "starter/test" not in path.read_text(encoding="utf-8"), path


def test_every_label_is_the_one_that_both_annotators_gave_or_a_later_reading() -> None:
    labels = {article.id: list(article.labels) for article in TRAIN + TEST + TEASERS}
    rows = read_lines(STARTER / "annotation.jsonl")
    assert {row["id"] for row in rows} == set(labels)
    for row in rows:
        for number, (first, second) in enumerate(zip(row["first"], row["second"], strict=True)):
            decided = row["adjudicated"].get(str(number), {"label": first})
            assert (first == second) == (str(number) not in row["adjudicated"])
            reread = row.get("reread", {}).get(str(number))
            assert reread != decided["label"]
            assert labels[row["id"]][number] == (reread or decided["label"])


def test_the_text_and_kinds_of_pages_with_markup_are_what_the_reader_makes_of_it() -> None:
    marked = {article.id: article for article in TRAIN if article.kinds}
    files = {path.name.removesuffix(".html.gz"): path for path in (STARTER / "html").iterdir()}
    assert set(files) == set(marked)
    for name, path in files.items():
        page = to_page(gzip.decompress(path.read_bytes()))
        assert (page.text, tuple(page.kinds)) == (marked[name].text, marked[name].kinds)
