"""Labels carried over from another layout of a page to ours, by letters in order."""

import gzip
from pathlib import Path

from tests.lines import write_lines

from newsroles_training.data.html_alignment import Span, carry, marked_up, pairs
from newsroles_training.data.problems import Problem

PAGE = (
    "<nav><a>Home</a><a>News</a></nav><h1>Bridge to close</h1>"
    "<p><em>By</em><b>Jane Roe</b></p><p>The bridge will close. It is <i>un</i>safe.</p>"
    "<footer>Contact us</footer>"
)
THEIRS = (
    "* Home * News\nBridge to close\nBy Jane Roe\nThe bridge will close. It is unsafe.\nDownload the app\n"
)


def spans(*labelled: tuple[str, str]) -> list[Span]:
    found = []
    for text, label in labelled:
        start = THEIRS.index(text)
        found.append(Span(start, start + len(text), label))
    return found


def test_labels_go_with_the_letters() -> None:
    gold = spans(
        ("Home * News", "boilerplate"),
        ("Bridge to close", "claim"),
        ("By Jane Roe", "boilerplate"),
        ("The bridge will close.", "background"),
        ("It is unsafe.", "accusation"),
    )
    carried = carry(PAGE, THEIRS, gold)
    text = carried.page.text
    assert [(text[s.start : s.end], s.label, s.kind) for s in carried.sentences] == [
        ("Home", "boilerplate", "navigation"),
        ("News", "boilerplate", "navigation"),
        ("Bridge to close", "claim", "title"),
        ("By Jane Roe", "boilerplate", "paragraph"),
        ("The bridge will close.", "background", "paragraph"),
        ("It is unsafe.", "accusation", "paragraph"),
        ("Contact us", None, "footer"),
    ]


def test_what_the_other_layout_leaves_unlabelled_has_no_label() -> None:
    carried = carry(PAGE, THEIRS, spans(("Bridge to close", "claim")))
    assert [s.label for s in carried.sentences] == [None, None, "claim", None, None, None, None]


def test_letters_meet_in_order_however_words_are_cut() -> None:
    found = list(pairs("reader1 said: no-one", "reader 1said noone."))
    ours, theirs = (
        "".join("reader1 said: no-one"[a] for a, _ in found),
        "".join("reader 1said noone."[b] for _, b in found),
    )
    assert ours == theirs
    assert ours.startswith("reader1said")
    assert found == sorted(found)


def test_a_corpus_is_read_anew_from_its_pages(tmp_path: Path) -> None:
    sentences = [
        one._asdict() for one in spans(("Bridge to close", "claim"), ("It is unsafe.", "accusation"))
    ]
    row = {
        "id": "bridge",
        "group": "Beacon",
        "origin": {"lines": [0, 4]},
        "text": THEIRS,
        "sentences": sentences,
    }
    rows = row, row | {"id": "no page"}, row | {"id": "damaged"}
    corpus = write_lines(tmp_path / "corpus.jsonl", *rows)
    (tmp_path / "bridge.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    (tmp_path / "damaged.html.gz").write_bytes(b"no gzip")
    problems: list[Problem] = []
    (read,) = marked_up(corpus, tmp_path, problems)
    assert (read["id"], read["group"]) == ("bridge", "Beacon")
    assert "origin" not in read  # its lines are another layout's
    found = [(read["text"][one["start"] : one["end"]], one["label"]) for one in read["sentences"]]
    assert found == [("Bridge to close", "claim"), ("It is unsafe.", "accusation")]
    assert read["kinds"][read["text"].split("\n").index("Bridge to close")] == "title"
    assert [problem.place.rpartition("/")[2] for problem in problems] == ["damaged.html.gz"]
