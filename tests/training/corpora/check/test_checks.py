"""Checks: what each finds and where, what it leaves alone, and what the command says and exits with."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lines import write_lines
from typer.testing import CliRunner

from newsroles.labels import DEFAULT_LABELS
from newsroles_training.cli.app import app
from newsroles_training.corpora.check import checks, pages, wording

Lines = Sequence[tuple[str, str]]
ROOT = Path(__file__).parents[4]

FERRY = [
    ("Harbour Post", "boilerplate"),
    ("The ferry to Orsay Island ran aground at dawn with sixty people aboard.", "claim"),
    ("Skipper Nils Aker blamed the harbour board for buoys that nobody had lit.", "accusation"),
    ("The crossing was opened in 1911 to serve the slate quarries.", "background"),
    ("Sign up for the Harbour Post morning letter and never miss a story again", "boilerplate"),
]
MILL = [
    ("Valley Echo", "boilerplate"),
    ("Two looms at the old mill caught fire on Friday, and a third was saved.", "claim"),
    ("Weavers said that the owner, Berit Holm, had sold the extinguishers.", "accusation"),
    ("Wool was spun in the valley before anybody wrote its name down.", "background"),
    ("Sign up for the Harbour Post morning letter and never miss a story again", "boilerplate"),
]


def row(name: str, lines: Lines, group: str | None = None) -> dict[str, Any]:
    text, sentences = "", []
    for line, label in lines:
        sentences.append({"start": len(text), "end": len(text) + len(line), "label": label})
        text += line + "\n"
    return {"id": name, "group": group or name, "text": text, "sentences": sentences}


def file(folder: Path, name: str, *rows: Any) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    return write_lines(path, *rows)


def report(*paths: Path, against: Sequence[str] = ()) -> checks.Report:
    found, problems = pages.load(paths, DEFAULT_LABELS)
    return checks.check(found, problems, against)


def named(found: checks.Report, name: str) -> list[checks.Finding]:
    return [finding for finding in found.findings if finding.check == name]


def changed(lines: Lines, line: int, text: str = "", label: str = "") -> Lines:
    old_text, old_label = lines[line]
    return [*lines[:line], (text or old_text, label or old_label), *lines[line + 1 :]]


def test_a_sound_corpus_has_counts_and_no_findings(tmp_path: Path) -> None:
    found = report(
        file(tmp_path, "train.jsonl", row("a", FERRY)), file(tmp_path, "dev.jsonl", row("b", MILL))
    )
    assert found.findings == ()
    assert found.errors() == []
    assert list(found.splits) == ["train", "dev"]
    assert found.splits["train"]["articles"] == found.splits["train"]["groups"] == 1
    assert found.splits["train"]["labels"] == {"claim": 1, "accusation": 1, "background": 1, "boilerplate": 2}


def test_a_bad_row_is_named_and_costs_only_itself(tmp_path: Path) -> None:
    broken = row("b", MILL)
    broken["sentences"][1]["label"] = "clam"
    found = report(file(tmp_path, "train.jsonl", row("a", FERRY), broken, "no article"))
    (span, shape) = named(found, "bad-rows")
    assert span.place.endswith("train.jsonl:2 sentence 1")
    assert "'clam'" in span.detail
    assert shape.place.endswith("train.jsonl:3")
    assert found.splits["train"]["articles"] == 1
    assert found.errors() == ["bad-rows"]


def test_an_id_counts_once_over_all_files(tmp_path: Path) -> None:
    found = report(
        file(tmp_path, "train.jsonl", row("a", FERRY)), file(tmp_path, "dev.jsonl", row("a", MILL))
    )
    (finding,) = named(found, "bad-rows")
    assert finding.place.endswith("dev.jsonl:1")
    assert "train.jsonl:1" in finding.detail


def test_files_of_one_stem_are_splits_of_their_own(tmp_path: Path) -> None:
    one, two = (
        file(tmp_path, "x/train.jsonl", row("a", FERRY)),
        file(tmp_path, "y/train.jsonl", row("b", MILL)),
    )
    assert list(report(one, two).splits) == [str(one), str(two)]


@pytest.mark.parametrize(
    ("by", "first", "second"),
    [
        (1, "'arbour Post\\n' begins inside a word", "'he ferry"),
        (-1, "'Harbour Pos' ends inside a word", "'\\nThe ferry to Orsay Island"),
    ],
)
def test_spans_that_are_off_by_one_are_told(tmp_path: Path, by: int, first: str, second: str) -> None:
    ferry = row("a", FERRY)
    for one in ferry["sentences"]:
        one |= {"start": max(0, one["start"] + by), "end": one["end"] + by}
    found = report(file(tmp_path, "train.jsonl", ferry))
    astray = named(found, "edges")
    assert [(one.place, one.severity) for one in astray] == [
        (f"train/a sentence {number}", "error") for number in range(5)
    ]
    assert astray[0].detail == first
    assert astray[1].detail.startswith(second)
    assert found.errors() == ["edges"]


def test_one_span_that_is_cut_inside_a_word_is_a_remark(tmp_path: Path) -> None:
    rows = [
        row(f"{n}", [(f"Line {n} {m} of it, said in May.", "claim") for m in range(6)]) for n in range(20)
    ]
    rows[3]["sentences"][2]["end"] -= 2
    rows[3]["sentences"][4]["end"] -= 1  # a full stop is no part of a word
    (finding,) = report(file(tmp_path, "train.jsonl", *rows)).findings
    assert (finding.check, finding.severity, finding.place) == ("edges", "remark", "train/3 sentence 2")
    assert finding.detail == "'Line 3 2 of it, said in Ma' ends inside a word"


@pytest.mark.parametrize("name", ["train", "test", "test-teasers"])
def test_the_starter_corpus_has_no_span_that_is_astray(name: str) -> None:
    found, problems = pages.load([ROOT / "data" / "starter" / f"{name}.jsonl"], DEFAULT_LABELS)
    assert (problems, list(checks.edges(found))) == ([], [])


def test_a_group_in_two_splits_leaks_and_in_one_does_not(tmp_path: Path) -> None:
    ferry, mill = row("a", FERRY, "Post"), row("b", MILL, "Post")
    assert report(file(tmp_path, "train.jsonl", ferry, mill)).errors() == []
    found = report(file(tmp_path, "train.jsonl", ferry), file(tmp_path, "dev.jsonl", mill))
    (leak,) = found.findings
    assert (leak.check, leak.severity, leak.place) == ("leaked-groups", "error", "group Post")
    assert "1 in train, 1 in dev" in leak.detail


@pytest.mark.parametrize(
    ("copy", "how"),
    [
        (FERRY, "the same text"),
        ([*FERRY, ("Most read today", "boilerplate")], "similarity 1.00"),
        (changed(FERRY, 3, "The crossing was opened in 1912 to serve the slate quarries."), "similarity 0."),
    ],
)
def test_a_page_that_comes_again_is_an_error_across_splits_and_a_remark_inside_one(
    tmp_path: Path, copy: Lines, how: str
) -> None:
    ferry, again = row("a", FERRY), row("b", copy)
    across = report(file(tmp_path, "train.jsonl", ferry), file(tmp_path, "dev.jsonl", again))
    (finding,) = named(across, "duplicates")
    assert (finding.severity, finding.place) == ("error", "dev/b")
    assert how in finding.detail
    assert "train/a" in finding.detail
    inside = report(file(tmp_path, "train.jsonl", ferry, again))
    assert [finding.place for finding in named(inside, "repeats")] == ["train/b"]
    assert "duplicates" not in inside.errors()


def test_furniture_in_common_makes_no_duplicates_and_is_not_shared_content(tmp_path: Path) -> None:
    ferry, mill = (
        FERRY * 1,
        [
            *MILL[:-1],
            *[("Copyright by the Harbour Post and its many heirs, all rights kept", "boilerplate")] * 9,
        ],
    )
    ferry += mill[-9:]
    assert report(file(tmp_path, "train.jsonl", row("a", ferry), row("b", mill))).findings == ()


def test_content_that_shares_eight_words_with_another_page_is_named_on_both(tmp_path: Path) -> None:
    quoting = changed(MILL, 3, "Here too, the Harbour Board: for BUOYS, that nobody had lit; it seems.")
    found = report(file(tmp_path, "train.jsonl", row("a", FERRY), row("b", quoting)))
    first, second = named(found, "shared-runs")
    assert (first.place, second.place) == ("train/a sentence 2", "train/b sentence 3")
    assert "'the harbour board for buoys that nobody had'" in second.detail
    assert "train/a" in second.detail
    assert found.splits["train"]["shared_runs"] == pytest.approx(2 / 6)
    assert found.errors() == ["shared-runs"]
    seven = changed(MILL, 3, "Here too the harbour board for buoys that nobody saw.")
    assert report(file(tmp_path, "train.jsonl", row("a", FERRY), row("b", seven))).findings == ()


def test_words_within_a_page_may_come_again(tmp_path: Path) -> None:
    assert named(report(file(tmp_path, "train.jsonl", row("a", [*FERRY, *FERRY]))), "shared-runs") == []


def test_up_to_a_percent_of_shared_content_is_a_remark(tmp_path: Path) -> None:
    filler = [[(" ".join(f"w{n}x{m}y{k}" for k in range(9)), "claim") for m in range(100)] for n in range(2)]
    found = report(
        file(tmp_path, "train.jsonl", row("a", [FERRY[1], *filler[0]]), row("b", [FERRY[1], *filler[1]]))
    )
    assert found.splits["train"]["shared_runs"] == pytest.approx(2 / 202)
    assert {finding.severity for finding in named(found, "shared-runs")} == {"remark"}
    assert found.errors() == []


def test_content_that_quotes_a_given_text_is_named(tmp_path: Path) -> None:
    given_texts = ["Nothing of it.", f"Once more.\n{FERRY[3][0]}\nAnd {FERRY[4][0]}."]
    found = report(file(tmp_path, "train.jsonl", row("a", FERRY)), against=given_texts)
    (quote,) = found.findings
    assert (quote.check, quote.place) == ("quoted-runs", "train/a sentence 3")
    assert "given text 2" in quote.detail
    assert found.splits["train"]["quoted_runs"] == pytest.approx(1 / 3)
    assert report(tmp_path / "train.jsonl").splits["train"]["quoted_runs"] is None


def test_a_sentence_between_the_same_neighbours_must_have_one_label(tmp_path: Path) -> None:
    torn = report(file(tmp_path, "train.jsonl", row("a", FERRY), row("b", changed(FERRY, 2, label="claim"))))
    (finding,) = named(torn, "contradictions")
    assert finding.place == "train/a sentence 2"
    assert "accusation here, claim at train/b sentence 2" in finding.detail
    assert "contradictions" in torn.errors()


def test_a_block_that_is_printed_twice_is_content_first_and_boilerplate_then(tmp_path: Path) -> None:
    first = FERRY[1:4]
    again = [(text, "boilerplate") for text, _ in first]
    sound = report(file(tmp_path, "train.jsonl", row("a", [*first, *again])))
    assert (named(sound, "contradictions"), named(sound, "ambiguous")) == ([], [])
    for torn in ([*again, *first], [*first, *changed(again, 1, label="claim")]):
        (finding,) = named(report(file(tmp_path, "train.jsonl", row("a", torn))), "contradictions")
        assert FERRY[2][0] in finding.detail
    other = row("b", changed(again, 1, label="boilerplate"))
    assert named(report(file(tmp_path, "train.jsonl", row("a", [*first, *again]), other)), "contradictions")


@pytest.mark.parametrize(
    "content", ["", "\n\n", json.dumps({"id": "z", "text": "One.", "sentences": []}) + "\n"]
)
def test_an_empty_corpus_is_not_fine(tmp_path: Path, content: str) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text(content, encoding="utf-8")
    (finding,) = report(file(tmp_path, "train.jsonl", row("a", FERRY)), path).findings
    assert (finding.check, finding.severity, finding.place) == ("bad-rows", "error", str(path))
    assert "holds no labelled sentence" in finding.detail
    assert CliRunner().invoke(app, ["corpus", "check", str(path)]).exit_code == 1


def test_a_sentence_in_other_company_may_have_another_label(tmp_path: Path) -> None:
    teaser = [MILL[0], (FERRY[1][0], "boilerplate"), *MILL[1:]]
    found = report(file(tmp_path, "train.jsonl", row("a", FERRY), row("b", teaser)))
    (finding,) = named(found, "ambiguous")
    assert finding.severity == "remark"
    assert "claim here, boilerplate at train/b sentence 1" in finding.detail
    assert found.errors() == []


def test_the_neighbours_of_a_sentence_need_not_be_labelled(tmp_path: Path) -> None:
    first, second = "Rain fell. Nobody came.", "Snow fell. Nobody came."
    rows = [
        {"id": text, "text": text, "sentences": [{"start": 11, "end": 23, "label": label}]}
        for text, label in ((first, "claim"), (second, "background"))
    ]
    found = report(file(tmp_path, "train", *rows))
    assert named(found, "contradictions") == []
    assert len(named(found, "ambiguous")) == 1


def test_sentences_without_neighbours_may_have_other_labels(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("text,label\nShare this,boilerplate\nShare this,claim\n", encoding="utf-8")
    lines = [("Share this", "boilerplate"), ("Rain fell.", "claim"), ("Share this", "claim")]
    alone = file(tmp_path, "alone.jsonl", row("a", [*lines, lines[1], lines[0]]) | {"alone": True})
    for path in (table, alone):
        found = report(path)
        assert (named(found, "contradictions"), found.errors()) == ([], [])
        (finding,) = named(found, "ambiguous")
        assert "claim at" in finding.detail
    assert command(table).exit_code == 0


def test_measures_of_wording_need_a_sample_and_tell_a_template_from_prose() -> None:
    stencilled = [
        f"Officials in town {n} said that item {n} was late again this year, as ever" for n in range(1200)
    ]
    free = [" ".join(f"w{(n * 31 + k * 7) % 9973}" for k in range(14)) for n in range(1200)]
    assert wording.repeated_openings(free[:499]) is None
    assert wording.type_token_ratio(free[:499]) is None
    openings = [wording.repeated_openings(texts) for texts in (stencilled, free)]
    assert openings == [1.0, 0.0]
    ratios = [wording.type_token_ratio(texts) or 0 for texts in (stencilled, free)]
    assert ratios[0] < 0.2 < ratios[1]


def test_measures_of_wording_do_not_grow_with_the_corpus() -> None:
    sentences = [
        f"{a} {b} {c} word{n % 700} more"
        for n, (a, b, c) in enumerate(combinations("abcdefghijklmnopqrstuvwx", 3))
    ]
    small, large = (
        [wording.repeated_openings(part), wording.type_token_ratio(part * 5)]
        for part in (sentences[:1000], sentences)
    )
    assert small == pytest.approx(large, abs=0.05)


_texts = st.lists(st.lists(st.text("ab ", max_size=24), max_size=3), max_size=4)


@given(_texts)
def test_shared_runs_are_those_that_comparing_every_pair_finds(texts: list[list[str]]) -> None:
    def sets(page: Iterable[str]) -> set[wording.Run]:
        return {run for sentence in page for run in wording.runs(wording.words(sentence), 2)}

    expected = {
        (n, m)
        for n, page in enumerate(texts)
        for m, sentence in enumerate(page)
        if any(sets([sentence]) & sets(other) for k, other in enumerate(texts) if k != n)
    }
    assert {(shared.page, shared.sentence) for shared in wording.shared_runs(texts, 2)} == expected


@given(st.lists(st.sets(st.tuples(st.sampled_from("abcdef"))), max_size=5), st.sampled_from([0.2, 0.5, 1.0]))
def test_near_duplicates_are_those_that_comparing_every_pair_finds(
    sets: list[set[wording.Run]], least: float
) -> None:
    pairs = combinations(range(len(sets)), 2)
    expected = [
        (a, b, len(sets[a] & sets[b]) / len(sets[a] | sets[b]))
        for a, b in pairs
        if sets[a] & sets[b] and len(sets[a] & sets[b]) / len(sets[a] | sets[b]) >= least
    ]
    assert list(wording.near_duplicates(sets, least)) == expected


def command(*arguments: Any) -> Any:
    return CliRunner().invoke(app, ["corpus", "check", *map(str, arguments)])


def test_the_command_prints_a_table_and_ends_with_0_where_nothing_must_be_mended(tmp_path: Path) -> None:
    result = command(file(tmp_path, "train.jsonl", row("a", FERRY), row("b", MILL)))
    assert result.exit_code == 0
    assert "accusation" in result.stdout
    assert "2 (20%)" in result.stdout
    assert "nothing must be fixed" in result.stderr


def test_the_command_ends_with_1_names_what_to_mend_and_writes_json(tmp_path: Path) -> None:
    train = file(tmp_path, "train.jsonl", row("a", FERRY, "Post"))
    dev = file(tmp_path, "dev.jsonl", row("b", MILL, "Post"))
    result = command(train, dev, "--json", tmp_path / "found.json")
    assert result.exit_code == 1
    assert "leaked-groups" in result.stdout
    assert "to fix: leaked-groups" in result.stderr
    written = json.loads((tmp_path / "found.json").read_text())
    assert written["errors"] == ["leaked-groups"]
    assert written["findings"][0]["place"] == "group Post"
    assert written["splits"]["dev"]["sentences"] == 5


def test_the_command_takes_errors_that_are_accepted_as_known(tmp_path: Path) -> None:
    train = file(tmp_path, "train.jsonl", row("a", FERRY, "Post"))
    dev = file(tmp_path, "dev.jsonl", row("b", MILL, "Post"))
    result = command(train, dev, "--accept", "leaked-groups")
    assert result.exit_code == 0
    assert "accepted" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.jsonl"], "does not exist"),
        (["train.jsonl", "--accept", "leeks"], "no check is called leeks"),
        (["train.jsonl", "--against", "bad.jsonl"], "bad.jsonl:1: has no text"),
        (["train.jsonl", "--against", "bad.docx"], "bad.docx: not UTF-8; give JSON lines in UTF-8"),
    ],
)
def test_the_command_ends_with_2_on_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file(tmp_path, "train.jsonl", row("a", FERRY))
    file(tmp_path, "bad.jsonl", {"body": "x"})
    (tmp_path / "bad.docx").write_bytes(b"PK\x84")
    result = command(*arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_other_labels_may_be_named(tmp_path: Path) -> None:
    path = file(
        tmp_path, "train.jsonl", row("a", [("A line of verse", "verse"), ("A line of prose", "prose")])
    )
    assert command(path).exit_code == 1
    assert "for labels of your own, name all of them with --labels" in command(path).stderr
    named_ = command(path, "--labels", "verse,prose")
    assert (named_.exit_code, named_.stderr) == (0, "newsroles-train: nothing must be fixed\n")


def test_a_label_that_nobody_named_is_told_once(tmp_path: Path) -> None:
    rows = [row(f"{n}", [("A line of verse", "verse"), (f"Line {n}", "prose")]) for n in range(30)]
    path, out = file(tmp_path, "train.jsonl", *rows), tmp_path / "found.json"
    result = command(path, "--json", out)
    assert result.stdout.count(" is not one of ") == 2
    assert f"{path}:1 sentence 0 and 29 more: label 'verse' is not one of claim" in result.stdout
    assert len(json.loads(out.read_text())["findings"]) == 60


def test_a_file_that_is_no_corpus_gives_no_table(tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    path.write_bytes(b"PK\x03\x04\x84\x00")
    result = command(path)
    assert (result.exit_code, "articles  " in result.stdout) == (1, False)
    header, line = result.stdout.strip().splitlines()
    assert header == "bad-rows: 1 (error)"
    assert line.startswith(f"  {path}: not a corpus (not UTF-8); give articles as JSON lines")


def test_the_command_runs_without_the_extra_and_says_that_suspects_are_skipped(tmp_path: Path) -> None:
    path = file(tmp_path, "train.jsonl", row("a", FERRY))
    absent = ("torch", "transformers", "sklearn", "cleanlab", "yaml", "datasets")
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({absent!r}))\n"
        f"from newsroles_training.cli.app import app; app(['corpus', 'check', {str(path)!r}, '--suspects'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert done.returncode == 0, done.stderr
    assert "suspects skipped" in done.stderr
    assert "[train,base-minilm]'" in done.stderr


def test_a_wrong_label_is_suspected_by_a_model_of_the_other_publishers(tmp_path: Path, base: Path) -> None:
    pytest.importorskip("cleanlab")
    lines = [
        ("Subscribe to our newsletter", "boilerplate"),
        ("About 70 people crossed the bridge on Sunday.", "claim"),
        ("Ada Lund blamed the mayor for the neglected mill.", "accusation"),
        ("The harbour was built in 44 by settlers.", "background"),
    ]
    rows = [row(f"page-{n}", [*lines[n % 4 :], *lines[: n % 4]], f"publisher-{n % 9}") for n in range(27)]
    wrong = next(n for n, sentence in enumerate(rows[13]["sentences"]) if sentence["label"] == "boilerplate")
    rows[13]["sentences"][wrong]["label"] = "accusation"
    train, out = file(tmp_path, "train.jsonl", *rows), tmp_path / "found.json"
    result = command(train, "--suspects", "--base", base, "--json", out)
    suspected = [one for one in json.loads(out.read_text())["findings"] if one["check"] == "suspects"]
    assert suspected[0]["place"] == f"train/page-13 sentence {wrong}"
    assert "perhaps boilerplate" in suspected[0]["detail"]
    assert suspected[0]["detail"] in result.stdout


def test_suspects_are_skipped_where_there_is_too_little_to_learn_from(tmp_path: Path, base: Path) -> None:
    pytest.importorskip("cleanlab")
    result = command(
        file(tmp_path, "train.jsonl", row("a", FERRY), row("b", MILL)), "--suspects", "--base", base
    )
    assert result.exit_code == 0
    assert "suspects skipped: too little to learn from" in result.stderr
