"""Counts are of what is shown, source by source, and what is left out is told."""

import io

import pytest

from newsroles.articles import Article, Failure
from newsroles.errors import UsageError
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.records.write import to_line
from newsroles.report.summary import FAILURES_LISTED, SOURCES_CHARTED, Summary, summarise

LABELS = ("claim", "background")


def page(name: str, *labels: str, source: str = "") -> LabelledArticle:
    sentences = tuple(
        LabelledSentence(at, at + 1, "x", label, dict.fromkeys(LABELS, 0.5))
        for at, label in enumerate(labels)
    )
    return LabelledArticle(Article("x" * len(labels), name, source or name, 0), "model@1", sentences)


def summarised(*pages: LabelledArticle | Failure, limit: int = 10) -> Summary:
    found = Summary(limit)
    for each in pages:
        found.add(each)
    return found


def test_sources_are_ranked_by_their_sentences_and_sites_are_sources() -> None:
    found = summarised(
        page("a.txt", "claim"),
        page("https://user@News.example:8080/1?x", "claim", "background", source="crawl.warc"),
        page("http://news.example/2", "claim", source="crawl.warc"),
    )
    assert [(name, tally.articles, tally.labels.total()) for name, tally in found.ranked()] == [
        ("news.example", 2, 3),
        ("a.txt", 1, 1),
    ]
    assert found.total.labels == {"claim": 3, "background": 1}
    assert list(found.labels) == list(LABELS)


def test_many_sources_become_folders_and_others() -> None:
    found = summarised(*(page(f"pages/{at}.txt", "claim") for at in range(SOURCES_CHARTED + 1)), limit=99)
    assert [(name, tally.articles) for name, tally in found.ranked()] == [("pages", SOURCES_CHARTED + 1)]
    found = summarised(*(page(f"{at}/page.txt", "claim") for at in range(SOURCES_CHARTED + 3)), limit=99)
    assert len(found.ranked()) == SOURCES_CHARTED + 1
    assert found.ranked()[-1][0] == "3 others"
    assert found.ranked()[-1][1].labels == {"claim": 3}
    found = summarised(*(page(f"{at}/page.txt", "claim") for at in range(SOURCES_CHARTED + 1)), limit=99)
    assert found.ranked()[-1][0] == "1 other"


def test_beyond_the_limit_nothing_is_counted_but_how_many() -> None:
    failures = [Failure("b", at, None, "r", "n") for at in range(FAILURES_LISTED + 1)]
    found = summarised(page("a", "claim"), *failures, page("c", "background"), limit=1)
    assert (found.total.articles, found.left_out, found.total.labels) == (1, 1, {"claim": 1})
    assert found.before == 1 + len(failures)
    assert (found.failed, len(found.failures), found.unread) == (FAILURES_LISTED + 1, FAILURES_LISTED, 0)


def test_a_file_without_any_record_is_refused_but_an_empty_one_is_not() -> None:
    with pytest.raises(UsageError, match=r"page\.html.*line 1"):
        summarise([("page.html", io.BytesIO(b"<p>text\n"))], 10)
    assert summarise([("out.jsonl", io.BytesIO(b""))], 10).total.articles == 0
    found = summarise([("out.jsonl", io.BytesIO(b"{}\n" + to_line(page("a", "claim").to_dict())))], 10)
    assert (found.total.articles, found.unread) == (1, 1)
