import json
from pathlib import Path
from typing import Any

import pytest
from tests.lines import write_lines
from typer.testing import CliRunner

from newsroles.errors import UsageError
from newsroles_training.cli.app import app
from newsroles_training.corpora.agreement import agreement, read, read_two


def test_kappa_of_a_textbook_table() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed .7, expected .5
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    found = agreement([(first, second)], ["yes", "no"])
    assert found["kappa"]["value"] == pytest.approx(0.4)
    assert found["equal"] == pytest.approx(0.7)
    assert found["f1"] == {"yes": pytest.approx(40 / 55, abs=1e-4), "no": pytest.approx(30 / 45, abs=1e-4)}
    assert found["confusion"]["counts"] == [[20, 5], [10, 15]]


def test_intervals_are_over_articles() -> None:
    agreed, opposed = (["yes", "no"], ["yes", "no"]), (["yes", "no"], ["no", "yes"])
    low, high = agreement([agreed, opposed] * 5, ["yes", "no"])["kappa"]["interval"]
    assert -1 <= low < 0 < high <= 1


@pytest.mark.parametrize(
    "line",
    [
        '{"first": 1, "second": 1}',
        '{"first": "ab", "second": "ab"}',
        '{"first": [1], "second": [1]}',
        '{"first": ["yes"]}',
        '{"first": ["a"], "second": []}',
        "no json",
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "annotation.jsonl"
    path.write_text('{"first": ["a"], "second": ["a"]}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=":2"):
        read(path)


def test_bytes_that_are_not_utf_8_are_told(tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").write_bytes(b"\xff\xfe{")
    with pytest.raises(UsageError, match=r"pairs\.jsonl: not UTF-8; give JSON lines in UTF-8"):
        read(tmp_path / "pairs.jsonl")


def test_one_label_alone_is_no_agreement_beyond_chance() -> None:
    found = agreement([(["yes"], ["yes"])] * 5, ["yes", "no"])
    assert found["kappa"] == {"value": 0.0, "interval": [0.0, 0.0]}


def test_draws_that_lack_a_label_say_nothing() -> None:
    pairs = [(["yes"], ["yes"])] * 39 + [(["no"], ["no"])]
    found = agreement(pairs, ["yes", "no"])
    for measure in ("kappa", "macro_f1"):
        assert found[measure] == {"value": 1.0, "interval": [1.0, 1.0]}


def test_few_articles_have_no_interval() -> None:
    found = agreement([(["yes", "no"], ["yes", "yes"])] * 4, ["yes", "no"])
    assert found["kappa"]["interval"] is found["macro_f1"]["interval"] is None


def test_a_byte_order_mark_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text('\ufeff{"first": ["a"], "second": ["b"]}\n\n', encoding="utf-8")
    assert read(path) == [(["a"], ["b"])]


def _page(name: str, *labels: str, text: str = "One. Two. Six.") -> dict[str, Any]:
    spans = [{"start": 5 * n, "end": 5 * n + 4, "label": one} for n, one in enumerate(labels) if one]
    return {"id": name, "text": text, "sentences": spans}


def test_two_corpora_are_compared_where_both_are_labelled(tmp_path: Path) -> None:
    ann = [_page("1", "yes", "no", "no"), _page("2", "yes"), _page("3", "no"), _page("5", "no", "no")]
    ben = [_page("5", "yes", "no"), _page("1", "yes", "yes"), _page("2", "", "no"), _page("4", "no")]
    ben.append(_page("3", "no", text="Two. One. Six."))
    paths = write_lines(tmp_path / "ann.jsonl", *ann), write_lines(tmp_path / "ben.jsonl", *ben)
    pairs, left = read_two(paths, ["yes", "no"])
    assert pairs == [(["yes", "no"], ["yes", "yes"]), (["no", "no"], ["yes", "no"])]
    assert left == [3, 3]
    asked = ["corpus", "agree", *map(str, paths), "--label", "yes, no", "--label", "no"]
    result = CliRunner().invoke(app, asked)
    assert json.loads(result.stdout) == agreement(pairs, ["yes", "no"])
    assert (
        f"newsroles-train: {paths[0]}: left out 3 sentences that the other has not labelled" in result.stderr
    )
    with pytest.raises(UsageError, match="no sentence that both label; give corpora whose articles"):
        read_two((paths[0], write_lines(tmp_path / "other.jsonl", ben[3])), ["yes", "no"])


def test_a_corpus_alone_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ann\.jsonl: a corpus, of one annotator; give two"):
        read(write_lines(tmp_path / "ann.jsonl", _page("1", "yes")))


def test_what_cannot_be_compared_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="labels that are not yes, no: maybe"):
        agreement([(["yes"], ["maybe"])], ["yes", "no"])
    path = tmp_path / "annotation.jsonl"
    path.write_text('{"first": [], "second": []}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="no labels in it"):
        read(path)
