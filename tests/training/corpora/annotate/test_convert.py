"""Conversion: there and back to equality, offsets brought to characters, and nothing guessed."""

import json
from collections.abc import Iterable, Sequence
from itertools import accumulate, repeat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lines import write_lines
from tests.strategies import news_text
from typer.testing import CliRunner

from newsroles.labels import DEFAULT_LABELS
from newsroles.model.sentences import split
from newsroles_training.cli.app import app
from newsroles_training.cli.corpus import Tool
from newsroles_training.corpora.annotate import tools
from newsroles_training.corpora.annotate.convert import REPORT, convert, read
from newsroles_training.corpora.annotate.graphemes import cluster_starts
from newsroles_training.data.problems import Problem

TOOLS = ("label-studio", "doccano", "prodigy")
ROW = {
    "id": "dam-7",
    "title": "The dam 😀",
    "source": "https://news.example/dam",
    "group": "Valley Echo",
    "origin": {"path": "a/b", "lines": [1, 2]},
    "text": "Top 😀 news\nThe dam held. 👍 Ada Lund blames the board.\n",
    "sentences": [
        {"start": 0, "end": 10, "label": "boilerplate"},
        {"start": 11, "end": 24, "label": "claim"},
        {"start": 25, "end": 53, "label": "accusation"},
    ],
}
MEMO = {key: ROW[key] for key in ("id", "title", "source", "group", "origin")}
UTF16 = [(0, 11, "boilerplate"), (12, 25, "claim"), (26, 55, "accusation")]
"""The spans of ROW, counted as a browser counts."""


def lines(folder: Path, *rows: Any) -> Path:
    return write_lines(folder / "in.jsonl", *rows)


def studio(folder: Path, *tasks: Any) -> Path:
    path = folder / "in.json"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return path


def task(
    *spans: tuple[int, int, str], text: str = ROW["text"], said: list[str] | None = None
) -> dict[str, Any]:
    values: list[dict[str, Any]] = [{"start": a, "end": b, "labels": [label]} for a, b, label in spans]
    for value, words in zip(values, said or [], strict=False):
        value["text"] = words
    result = [{"id": "x", "type": "labels", "value": value} for value in values]
    return {"id": 5, "data": {"text": text, **MEMO}, "annotations": [{"result": result}]}


def imported(path: Path, tool: str, *, partial: bool = False) -> tuple[list[Any], list[Problem]]:
    problems: list[Problem] = []
    return list(read(path, tool, problems, partial=partial)), problems


def sentence_texts(row: Any) -> list[str]:
    return [row["text"][one["start"] : one["end"]] for one in row["sentences"]]


@pytest.mark.parametrize("tool", TOOLS)
def test_there_and_back_gives_the_same_rows(tmp_path: Path, tool: str) -> None:
    plain = {
        "id": "b",
        "text": "One.\nTwo.",
        "sentences": [
            {"start": 0, "end": 4, "label": "claim"},
            {"start": 5, "end": 9, "label": "background"},
        ],
    }
    problems: list[Problem] = []
    content, count = convert(read(lines(tmp_path, ROW, plain), "newsroles", problems), tool)
    (tmp_path / "out").write_bytes(content)
    assert (count, problems) == (2, [])
    assert imported(tmp_path / "out", tool) == ([ROW, plain], [])


def can_be_a_page(text: str) -> bool:
    """Tell whether JSON holds a text: it makes one character of two surrogates that stand side by side."""
    return bool(text.strip()) and json.loads(json.dumps(text)) == text


@pytest.mark.parametrize("tool", TOOLS)
@given(text=news_text().filter(can_be_a_page), data=st.data())
def test_there_and_back_changes_no_span_of_any_page(
    tmp_path_factory: pytest.TempPathFactory, tool: str, text: str, data: st.DataObject
) -> None:
    folder, spans = tmp_path_factory.mktemp("any"), split(text)
    labels = data.draw(st.lists(st.sampled_from(DEFAULT_LABELS), min_size=len(spans), max_size=len(spans)))
    sentences = [
        {"start": s.start, "end": s.end, "label": label} for s, label in zip(spans, labels, strict=True)
    ]
    row = {"id": "a", "text": text, "sentences": sentences}
    problems: list[Problem] = []
    (folder / "out").write_bytes(convert(read(lines(folder, row), "newsroles", problems), tool)[0])
    rows, more = imported(folder / "out", tool)
    if problems or more:  # a page whose offsets could be read both ways is reported, never changed
        assert tool != "label-studio"
        assert "UTF-16" in (problems + more)[0].reason
    else:
        assert rows == [row]


def test_the_formats_are_what_the_tools_import(tmp_path: Path) -> None:
    path, none = lines(tmp_path, ROW), list[Problem]()
    (sent,) = json.loads(convert(read(path, "newsroles", none), "label-studio")[0])
    assert sent["data"] == {**MEMO, "text": ROW["text"]}
    region = sent["annotations"][0]["result"][2]
    assert (region["from_name"], region["to_name"], region["type"]) == ("label", "text", "labels")
    assert region["value"] == {
        "start": 25,
        "end": 53,
        "text": "👍 Ada Lund blames the board.",
        "labels": ["accusation"],
    }
    doccano = json.loads(convert(read(path, "newsroles", none), "doccano")[0])
    assert doccano["label"] == [[0, 10, "boilerplate"], [11, 24, "claim"], [25, 53, "accusation"]]
    prodigy = json.loads(convert(read(path, "newsroles", none), "prodigy")[0])
    assert prodigy["spans"] == ROW["sentences"]
    assert doccano["meta"] == prodigy["meta"] == MEMO


def test_offsets_in_utf16_are_told_by_the_spans_own_texts(tmp_path: Path) -> None:
    rows, problems = imported(studio(tmp_path, task(*UTF16, said=sentence_texts(ROW))), "label-studio")
    assert (rows, problems) == ([ROW], [])


@pytest.mark.parametrize("tool", TOOLS)
def test_offsets_in_utf16_are_told_by_where_words_begin(tmp_path: Path, tool: str) -> None:
    path = {
        "label-studio": lambda: studio(tmp_path, task(*UTF16)),
        "doccano": lambda: lines(tmp_path, {"text": ROW["text"], "label": UTF16, "meta": MEMO}),
        "prodigy": lambda: lines(
            tmp_path,
            {
                "text": ROW["text"],
                "spans": [dict(zip(("start", "end", "label"), one, strict=True)) for one in UTF16],
                "meta": MEMO,
            },
        ),
    }[tool]()
    assert imported(path, tool) == ([ROW], [])


def test_offsets_that_could_be_read_both_ways_are_reported(tmp_path: Path) -> None:
    row = {"text": "😀aaaa", "label": [[2, 4, "claim"]]}
    rows, (problem,) = imported(
        lines(tmp_path, {"text": "Fine.", "label": [[0, 5, "claim"]]}, row), "doccano"
    )
    assert [one["text"] for one in rows] == ["Fine."]
    assert problem.place.endswith("in.jsonl:2")
    assert "characters or UTF-16 units" in problem.reason


def test_spans_that_hold_other_words_than_they_say_are_reported(tmp_path: Path) -> None:
    said = ["Top 😀 news", "The dam burst.", "👍 Ada Lund blames the board."]
    rows, (problem,) = imported(studio(tmp_path, task(*UTF16, said=said)), "label-studio")
    assert rows == []
    assert problem.place.endswith("in.json task 5")
    assert "do not point at the texts" in problem.reason


@pytest.mark.parametrize(
    ("spans", "reason"),
    [
        ([[0, 4, "claim"], [3, 9, "claim"]], "spans 0 to 4 and 3 to 9 overlap"),
        ([[0, 4, "claim"]], "nobody has labelled 'Two.'"),
        ([[5, 9, "claim"]], "nobody has labelled 'One.'"),
        ([], "nobody has labelled 'One. Two.'"),
        ([[0, 99, "claim"]], "outside of the text of 9 characters"),
        ([[4, 0, "claim"]], "a span goes from 4 to 0"),
        ([["0", 9, "claim"]], "a span goes from '0' to 9"),
        ([[0, 9, ["claim", "accusation"]]], "exactly one label"),
        ([[0, 9]], "not as doccano exports it"),
        (["claim"], "not as doccano exports it"),
    ],
)
def test_what_would_have_to_be_guessed_is_reported_and_costs_one_row(
    tmp_path: Path, spans: Any, reason: str
) -> None:
    fine = {"text": "Fine.", "label": [[0, 5, "claim"]]}
    path = lines(tmp_path, {"text": "One. Two.", "label": spans}, fine)
    rows, problems = imported(path, "doccano")
    assert [row["text"] for row in rows] == ["Fine."]
    assert [problem.place for problem in problems] == [f"{path}:1"]
    assert reason in problems[0].reason


def test_partial_pages_stay_in_where_they_are_wanted_and_are_reported_all_the_same(tmp_path: Path) -> None:
    problems: list[Problem] = []
    path = lines(tmp_path, {"text": "One. Two. Three.", "label": [[5, 9, "claim"]]})
    (row,) = read(path, "doccano", problems, partial=True)
    assert sentence_texts(row) == ["Two."]
    assert len(problems) == 2
    assert problems[0].reason == "nobody has labelled 'One.'; label it and export again"
    _, (problem, _) = imported(path, "doccano")
    assert problem.reason.endswith("label it and export again, or keep such pages with --partial")


@pytest.mark.parametrize(
    ("annotations", "reason"),
    [
        ([], "has 0 annotations"),
        ([{"result": []}, {"result": []}], "has 2 annotations"),
        ([{"result": [], "was_cancelled": True}], "has 0 annotations"),
    ],
)
def test_a_task_must_have_one_annotation(tmp_path: Path, annotations: Any, reason: str) -> None:
    rows, (problem,) = imported(studio(tmp_path, {**task(), "annotations": annotations}), "label-studio")
    assert rows == []
    assert reason in problem.reason


@pytest.mark.parametrize("nothing", [None, []])
def test_a_region_without_a_label_is_told(tmp_path: Path, nothing: Any) -> None:
    unlabelled = task(*UTF16, said=sentence_texts(ROW))
    value = unlabelled["annotations"][0]["result"][1]["value"]
    value.pop("labels")
    if nothing is not None:
        value["labels"] = nothing
    rows, (problem,) = imported(studio(tmp_path, unlabelled), "label-studio")
    assert (rows, problem.reason) == (
        [],
        "span 12 to 25 has no label; label it, or take it away, and export again",
    )


def test_a_doccano_or_prodigy_span_without_a_label_is_told(tmp_path: Path) -> None:
    span = {"start_offset": 0, "end_offset": 4}
    _, (problem,) = imported(lines(tmp_path, {"text": "One.", "entities": [span]}), "doccano")
    assert problem.reason.startswith("span 0 to 4 has no label;")
    span = {"start": 0, "end": 4}
    _, (problem,) = imported(lines(tmp_path, {"text": "One.", "spans": [span]}), "prodigy")
    assert problem.reason.startswith("span 0 to 4 has no label;")


def test_cancelled_annotations_and_other_kinds_of_result_are_passed_over(tmp_path: Path) -> None:
    whole = task(*UTF16)
    whole["annotations"][0]["result"].append({"type": "choices", "value": {"choices": ["good"]}})
    whole["annotations"].append({"result": [], "was_cancelled": True})
    assert imported(studio(tmp_path, whole), "label-studio") == ([ROW], [])


def test_a_min_export_and_a_broken_file_say_what_to_do(tmp_path: Path) -> None:
    rows, (problem,) = imported(studio(tmp_path, {"text": "x", "label": []}), "label-studio")
    assert rows == []
    assert "not as JSON-MIN" in problem.reason
    (tmp_path / "broken.json").write_text("[{")
    formats = ("--from", "label-studio", "--to", "newsroles")
    result = command("convert", tmp_path / "broken.json", "-o", tmp_path / "o", *formats)
    assert result.exit_code == 2
    assert "not JSON" in result.stderr


def test_doccano_s_newer_export_is_read_in_any_order_of_spans(tmp_path: Path) -> None:
    entities = [
        {"id": 2, "label": "claim", "start_offset": 5, "end_offset": 9},
        {"id": 1, "label": "background", "start_offset": 0, "end_offset": 4},
    ]
    row = {
        "id": 31,
        "text": "One. Two.",
        "entities": entities,
        "relations": [],
        "Comments": [],
        "group": "Echo",
    }
    (read_row,), problems = imported(lines(tmp_path, row), "doccano")
    assert problems == []
    assert (read_row["id"], read_row["group"]) == (31, "Echo")
    assert [one["label"] for one in read_row["sentences"]] == ["background", "claim"]
    assert set(read_row) == {"id", "group", "text", "sentences"}


def test_doccano_may_call_the_text_data(tmp_path: Path) -> None:
    (row,), problems = imported(
        lines(tmp_path, {"id": 1, "data": "One.", "label": [[0, 4, "claim"]]}), "doccano"
    )
    assert (row["text"], problems) == ("One.", [])


def test_only_accepted_prodigy_rows_count_and_their_tokens_may_be_there(tmp_path: Path) -> None:
    row = {
        "text": "One.",
        "tokens": [{"text": "One.", "start": 0, "end": 4, "id": 0}],
        "spans": [{"start": 0, "end": 4, "token_start": 0, "token_end": 0, "label": "claim"}],
        "_task_hash": 1,
        "answer": "accept",
    }
    path = lines(tmp_path, row, {**row, "answer": "reject"})
    (accepted,), (problem,) = imported(path, "prodigy")
    assert accepted == {"id": "in-1", "text": "One.", "sentences": [{"start": 0, "end": 4, "label": "claim"}]}
    assert problem.place == f"{path}:2"
    assert "'reject'" in problem.reason


LINES = ["The mayor resigned on Monday.", "He lied, the opposition said.", "Share this story 👍🏽"]
ROLES = ("claim", "accusation", "boilerplate")


def counted(units: Sequence[str], roles: Iterable[str] = ROLES) -> list[tuple[int, int, str]]:
    """Return the spans of `LINES` where a line break is one unit, and a line has as many units as given."""
    starts = accumulate((len(one) + 1 for one in units), initial=0)
    return [(start, start + len(one), role) for start, one, role in zip(starts, units, roles, strict=False)]


@pytest.mark.parametrize("tool", ["doccano", "prodigy"])
@pytest.mark.parametrize("how", ["crlf is one", "crlf is one, utf-16", "graphemes", "characters"])
def test_line_breaks_and_graphemes_that_count_as_one(tmp_path: Path, tool: str, how: str) -> None:
    text = "\r\n".join(LINES)
    spans = {
        "crlf is one": counted(LINES),
        "crlf is one, utf-16": counted([*LINES[:2], LINES[2] + "xx"]),
        "graphemes": counted([*LINES[:2], LINES[2][:-1]]),
        "characters": [(0, 29, "claim"), (31, 60, "accusation"), (62, 81, "boilerplate")],
    }[how]
    dicts = [dict(zip(("start", "end", "label"), one, strict=True)) for one in spans]
    row = {"text": text, "label": spans} if tool == "doccano" else {"text": text, "spans": dicts}
    (page,), problems = imported(lines(tmp_path, row), tool)
    assert (sentence_texts(page), problems) == (LINES, [])
    assert [one["label"] for one in page["sentences"]] == list(ROLES)


def test_long_pages_with_crlf_do_not_drift(tmp_path: Path) -> None:
    said = [f"Sentence number {n} is here." for n in range(10)]
    spans = counted(said, repeat("claim"))[7:]
    row = {"text": "\r\n".join(said), "label": spans}
    (page,), _ = imported(lines(tmp_path, row), "doccano", partial=True)
    assert sentence_texts(page) == said[7:]


@pytest.mark.parametrize(
    "spans", [[[5, 20, "claim"]], [[0, 28, "claim"]], [[0, 29, "claim"], [32, 58, "claim"]]]
)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_edges_inside_sentences_are_refused_also_where_pages_may_be_partial(
    tmp_path: Path, spans: Any, line_break: str
) -> None:
    path = lines(tmp_path, {"text": line_break.join(LINES[:2]), "label": spans})
    rows, (problem,) = imported(path, "doccano", partial=True)
    assert rows == []
    assert "mark whole sentences" in problem.reason or "count a CRLF" in problem.reason  # both are likely


def test_white_space_at_an_edge_is_taken_off(tmp_path: Path) -> None:
    row = {"text": "One. Two.\n", "label": [[0, 5, "claim"], [5, 10, "claim"]]}
    (page,), problems = imported(lines(tmp_path, row), "doccano")
    assert (sentence_texts(page), problems) == (["One.", "Two."], [])


@pytest.mark.parametrize(
    ("command", "content", "said"),
    [
        (
            ("convert", "--from", "doccano", "--to", "newsroles"),
            json.dumps([task()], indent=1),
            "in.json:1: not a JSON object but a list, as Label Studio exports",
        ),
        (("convert", "--from", "newsroles", "--to", "doccano"), "", "nothing of it is written; see whether"),
        (("strip",), json.dumps([ROW]), "not a JSON object but a list, as Label Studio exports"),
        (("mark-up", "--html", "."), json.dumps(ROW), "give the folder that has its pages, not ."),
        (("merge",), "", "nothing of it is written; give what corpus convert made of exports"),
    ],
)
def test_where_nothing_is_read_nothing_is_written(
    tmp_path: Path, command: tuple[str, ...], content: str, said: str
) -> None:
    path, out = tmp_path / "in.json", tmp_path / "out.jsonl"
    path.write_text(content, encoding="utf-8")
    name, *options = command
    call = ["corpus", name, str(path), *options, "-o", str(out)]
    first = CliRunner().invoke(app, call)
    assert (first.exit_code, out.exists()) == (2, False)
    assert said in first.stderr
    assert len(first.stderr.splitlines()) <= 2
    out.write_text("good", encoding="utf-8")
    assert CliRunner().invoke(app, [*call, "--overwrite"]).exit_code == 2
    assert out.read_text(encoding="utf-8") == "good"


def test_graphemes_are_those_of_the_standard() -> None:
    regex = pytest.importorskip("regex")
    text = "e\u0301a\r\n\n\r👍🏽👩\u200d👧🇦🇫🇩🇪🇫x각\u1100\u1161\u11a8가\u11a8❤\ufe0fकि\u200b"
    assert list(cluster_starts(text)) == [found.start() for found in regex.finditer(r"\X", text)]
    assert list(cluster_starts("")) == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"annotations": [{"label": 7, "start_offset": 0, "end_offset": 4}]}, "export as JSONL (text label)"),
        ({"label": [[0, 4, 7]]}, "export as JSONL (text label)"),
        ({"label": ["claim"]}, "make a project for sequence labelling"),
        ({"label": "claim"}, "make a project for sequence labelling"),
    ],
)
def test_another_export_of_doccano_names_the_one_that_is_needed(
    tmp_path: Path, row: dict[str, Any], reason: str
) -> None:
    rows, (problem,) = imported(lines(tmp_path, {"id": 1, "text": "One.", **row}), "doccano")
    assert rows == []
    assert reason in problem.reason
    assert "nobody has labelled" not in problem.reason


@pytest.mark.parametrize("kind", ["hypertextlabels", "paragraphlabels", "choices"])
def test_other_regions_of_label_studio_are_named(tmp_path: Path, kind: str) -> None:
    result = [
        {"type": kind, "value": {"start": "/p[1]/text()[1]", "end": "/p[1]/text()[1]", kind: ["claim"]}}
    ]
    rows, (problem,) = imported(
        studio(tmp_path, {**task(), "annotations": [{"result": result}]}), "label-studio"
    )
    assert rows == []
    assert f"regions of type {kind} are not read" in problem.reason


def test_a_prodigy_page_of_labels_for_the_whole_is_named(tmp_path: Path) -> None:
    rows, (problem,) = imported(lines(tmp_path, {"text": "One.", "accept": ["claim"]}), "prodigy")
    assert rows == []
    assert "spans.manual" in problem.reason


def test_a_page_of_two_prodigy_sessions_is_reported_and_not_taken_twice(tmp_path: Path) -> None:
    page = {"text": "One.", "spans": [{"start": 0, "end": 4, "label": "claim"}], "answer": "accept"}
    other = {**page, "text": "Two.", "_session_id": "u0"}
    path = lines(
        tmp_path,
        {**page, "_session_id": "u0"},
        other,
        {**page, "_session_id": "u1"},
        {**page, "_session_id": "u2", "answer": "ignore"},
    )
    rows, problems = imported(path, "prodigy")
    assert [row["text"] for row in rows] == ["Two."]
    assert [problem.place for problem in problems] == [f"{path}:1", f"{path}:3", f"{path}:4"]
    assert problems[0].reason == "has 2 annotations, of the sessions u0, u1; settle on one and export again"


def test_every_format_can_be_chosen() -> None:
    assert set(Tool) == {*tools.FORMATS, REPORT}


def command(*arguments: Any) -> Any:
    return CliRunner().invoke(app, ["corpus", *map(str, arguments)])


def test_the_command_converts_a_flat_table_and_does_not_overwrite(tmp_path: Path) -> None:
    table = tmp_path / "flat.csv"
    table.write_text("article_id,position,text,label\nx,1,Two.,claim\nx,0,One.,background\n")
    call = ("convert", table, "-o", tmp_path / "out.jsonl", "--from", "newsroles", "--to", "doccano")
    result = command(*call)
    assert result.exit_code == 0, result.stderr
    row = json.loads((tmp_path / "out.jsonl").read_text())
    assert (row["text"], row["label"]) == ("One.\nTwo.\n", [[0, 4, "background"], [5, 9, "claim"]])
    assert command(*call).exit_code == 2
    assert "already there" in command(*call).stderr
    assert command(*call, "--overwrite").exit_code == 0


def test_the_command_ends_with_1_where_pages_are_left_out(tmp_path: Path) -> None:
    path = lines(
        tmp_path,
        {"text": "One. Two.", "label": [[0, 4, "claim"]]},
        {"text": "One.", "label": [[0, 4, "claim"]]},
    )
    call = ("convert", path, "-o", tmp_path / "out", "--from", "doccano", "--to", "newsroles")
    result = command(*call)
    assert result.exit_code == 1
    assert f"{path}:1: nobody has labelled 'Two.'" in result.stderr
    assert len((tmp_path / "out").read_text().splitlines()) == 1
    partial = command(*call, "--overwrite", "--partial")
    assert partial.exit_code == 1
    assert len((tmp_path / "out").read_text().splitlines()) == 2
