from pathlib import Path

import pytest

from newsroles.errors import UsageError
from newsroles_training.corpora.agreement import agreement, read


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
    "line", ['{"first": 1, "second": 1}', '{"first": ["yes"]}', '{"first": ["a"], "second": []}', "no json"]
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
    found = agreement([(["yes"], ["yes"])], ["yes", "no"])
    assert found["kappa"] == {"value": 0.0, "interval": [0.0, 0.0]}


def test_what_cannot_be_compared_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="labels that are not yes, no: maybe"):
        agreement([(["yes"], ["maybe"])], ["yes", "no"])
    path = tmp_path / "annotation.jsonl"
    path.write_text('{"first": [], "second": []}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="no labels in it"):
        read(path)
