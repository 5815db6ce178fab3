"""Evaluation: gold spans get the label of what covers them, and the report adds up."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from typer.testing import CliRunner

from newsroles.articles import Sentence
from newsroles.errors import UsageError
from newsroles.model.bundle import sha256
from newsroles.model.labeller import Labeller
from newsroles_training.cli.app import app
from newsroles_training.cli.score_table import table, warnings
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.data.problems import CorpusError
from newsroles_training.data.rows import write_json
from newsroles_training.evaluation.alignment import readings, score
from newsroles_training.evaluation.evaluate import evaluate, write_details
from newsroles_training.evaluation.figures import draw
from newsroles_training.export.card import render_with

TEXT = (
    "Share this story\nRepairs at the mill took 9 weeks. Ada Lund blamed the mayor for the neglected mill.\n"
)


@pytest.fixture(scope="module")
def report(labeller: Labeller, corpus_file: Path) -> dict[str, Any]:
    return evaluate(labeller, corpus_file).report


def _article(*spans: tuple[int, int]) -> GoldArticle:
    return GoldArticle("a", TEXT, tuple(Sentence(*span) for span in spans), ("claim",) * len(spans), "Beacon")


def test_equal_spans_get_their_own_rows(labeller: Labeller) -> None:
    page = labeller.label(TEXT)
    scored = score(labeller, _article(*((one.start, one.end) for one in page.sentences)))
    expected = [list(one.probabilities.values()) for one in page.sentences]
    np.testing.assert_allclose(scored.probabilities, expected, atol=1e-6)
    assert scored.gold.tolist() == [labeller.labels.index("claim")] * 3


def test_sentences_that_are_alone_are_read_as_in_articles_of_their_own(labeller: Labeller) -> None:
    texts = ["Share this story", "Repairs at the mill took 9 weeks.", "Ada Lund blamed the mayor for it."]
    starts = [0, 17, 51]
    spans = [Sentence(start, start + len(text)) for start, text in zip(starts, texts, strict=True)]
    page = GoldArticle("a", "\n".join(texts), tuple(spans), ("claim",) * 3, "Beacon")
    own = [GoldArticle(text, text, (Sentence(0, len(text)),), ("claim",), "Beacon") for text in texts]
    alone = replace(page, alone=True)
    expected = np.concatenate([score(labeller, one).probabilities for one in own])
    np.testing.assert_allclose(score(labeller, alone).probabilities, expected, atol=1e-6)
    together = score(labeller, page).probabilities
    assert np.abs(together - expected).max() > 1e-3  # neighbours count where they are some
    (read,) = readings(labeller.bundle, [alone], threads=1)
    expected = np.concatenate([one.labels for one in readings(labeller.bundle, own, threads=1)])
    np.testing.assert_allclose(read.labels, expected, atol=1e-5)


def test_an_article_that_is_alone_may_have_no_sentence(labeller: Labeller) -> None:
    page = GoldArticle("a", "Share this story", (), (), "Beacon", alone=True)
    assert score(labeller, page).probabilities.shape == (0, len(labeller.labels))


@pytest.mark.parametrize(
    ("span", "sentence"),
    [
        ((17, 100), 2),  # both sentences of the line: the second is longer
        ((0, 40), 1),  # the whole first line, and more of the second
        ((5, 20), 0),  # a part of a sentence, and a little of the next
        ((60, 64), 2),  # inside a sentence
        ((15, 18), 0),  # one character of each: the first
    ],
)
def test_a_span_gets_the_row_that_covers_most_of_it(
    labeller: Labeller, span: tuple[int, int], sentence: int
) -> None:
    expected = list(labeller.label(TEXT).sentences[sentence].probabilities.values())
    assert score(labeller, _article(span)).probabilities[0].tolist() == pytest.approx(expected, abs=1e-6)


def test_an_article_without_gold_counts_nothing(labeller: Labeller) -> None:
    scored = score(labeller, _article())
    assert (scored.gold.shape, scored.probabilities.shape) == ((0,), (0, 4))


def test_the_report_says_what_was_scored(
    report: dict[str, Any], labeller: Labeller, corpus_file: Path
) -> None:
    assert report["model"] == labeller.bundle.model_id
    assert report["data"] == {
        "name": "pages",
        "sha256": sha256(corpus_file),
        "trained_on": True,
        "articles": 16,
        "groups": 8,
        "sentences": 160,
    }
    assert report["sentences_per_second"] > 0
    assert report["calibration"]["temperature"] == labeller.bundle.calibration.temperature


def test_the_report_adds_up(report: dict[str, Any], labeller: Labeller, articles: list[GoldArticle]) -> None:
    counts = np.array(report["confusion"]["counts"])
    found = [[one.label for one in labeller.label(article.text).sentences] for article in articles]
    right = sum(
        a == b
        for f, article in zip(found, articles, strict=True)
        for a, b in zip(f, article.labels, strict=True)
    )
    assert report["accuracy"] == pytest.approx(right / 160) == pytest.approx(np.trace(counts) / 160)
    assert list(report["labels"]) == list(labeller.labels)
    assert [label["support"] for label in report["labels"].values()] == counts.sum(1).tolist()
    f1 = [label["f1"]["value"] for label in report["labels"].values()]
    assert report["macro_f1"]["value"] == pytest.approx(np.mean(f1), abs=1e-4)
    assert report["macro_f1"]["value"] > 0.85


def test_every_score_is_in_its_interval(report: dict[str, Any]) -> None:
    measured = [label[name] for label in report["labels"].values() for name in ("precision", "recall", "f1")]
    assert all(0 <= s["low"] <= s["value"] <= s["high"] <= 1 for s in [*measured, report["macro_f1"]])
    assert report["macro_f1"]["low"] < report["macro_f1"]["high"]


def test_a_report_is_json_without_text(
    report: dict[str, Any], articles: list[GoldArticle], tmp_path: Path
) -> None:
    write_json(tmp_path / "report.json", report)
    written = (tmp_path / "report.json").read_text(encoding="utf-8")
    assert json.loads(written) == report
    texts = {article.text[s.start : s.end] for article in articles for s in article.sentences}
    assert not [text for text in texts if text in written]


def test_a_report_that_cannot_be_written_is_told(report: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere.report\.json"):
        write_json(tmp_path / "nowhere" / "report.json", report)


@pytest.mark.parametrize("content", ["", '{"id": "a", "text": "One.", "sentences": []}\n'])
def test_a_corpus_without_sentences_is_refused(labeller: Labeller, tmp_path: Path, content: str) -> None:
    (tmp_path / "empty.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"empty\.jsonl: no labelled sentences"):
        evaluate(labeller, tmp_path / "empty.jsonl")


def test_labels_that_the_bundle_does_not_know_are_refused(labeller: Labeller, tmp_path: Path) -> None:
    row = {"id": "a", "text": "One.", "sentences": [{"start": 0, "end": 4, "label": "opinion"}]}
    (tmp_path / "other.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(CorpusError, match="'opinion' is not one of claim, accusation"):
        evaluate(labeller, tmp_path / "other.jsonl")


def test_the_table_shows_the_scores() -> None:
    measured = {"value": 0.9, "low": 0.85, "high": 0.95}
    label = {
        "support": 3,
        "precision": {**measured, "value": 0.8},
        "recall": {**measured, "value": 1.0},
        "f1": measured,
    }
    report = {
        "model": "tiny@abc",
        "data": {"name": "pages", "articles": 9, "sentences": 7},
        "macro_f1": {"value": 0.5, "low": 0.25, "high": 0.75},
        "labels": {"claim": label, "boilerplate": label},
        "calibration": {"after": {"error": 0.125}},
    }
    assert table(report).splitlines() == [
        "               sentences  precision  recall     F1  95 % interval of F1",
        "claim                  3      0.800   1.000  0.900  0.850 to 0.950",
        "boilerplate            3      0.800   1.000  0.900  0.850 to 0.950",
        "macro-F1                                     0.500  0.250 to 0.750",
        "calibration error, expected                  0.125",
        "7 sentences of 9 articles in pages, tiny@abc",
    ]
    few = {"value": 0.9, "low": None, "high": None}
    report |= {"data": {"name": "pages", "articles": 1, "sentences": 1}, "macro_f1": few}
    report["labels"] = {"Öffentliche Äußerung": label | {"f1": few}, "社论": label}
    assert table(report).splitlines() == [
        "                     sentences  precision  recall     F1  95 % interval of F1",
        "Öffentliche Äußerung         3      0.800   1.000  0.900  none: too few articles",
        "社论                         3      0.800   1.000  0.900  0.850 to 0.950",
        "macro-F1                                           0.900  none: too few articles",
        "calibration error, expected                        0.125",
        "1 sentence of 1 article in pages, tiny@abc",
    ]


def test_few_articles_have_no_intervals(labeller: Labeller, corpus_file: Path, tmp_path: Path) -> None:
    first = corpus_file.read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "one.jsonl").write_text(first, encoding="utf-8")
    report = evaluate(labeller, tmp_path / "one.jsonl", labeller).report
    measured = [label["f1"] for label in report["labels"].values()]
    for score_ in (*measured, report["macro_f1"], report["against"]["macro_f1"]):
        assert (score_["low"], score_["high"]) == (None, None)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert "In brackets" not in (card := render_with(labeller.bundle, report))
    assert "10 sentences of 1 page in 1 group (" in card
    assert "So few pages give no intervals." in card


def test_pages_that_it_was_trained_on_are_told(
    report: dict[str, Any], labeller: Labeller, corpus_file: Path, tmp_path: Path
) -> None:
    told = "pages: the model was trained on these very pages; on others, expect less"
    assert list(warnings(report)) == [told]
    card = render_with(labeller.bundle, report)
    assert "\n\n**These figures are on pages it was trained on**; on others, expect less.\n\n|" in card
    others = tmp_path / "others.jsonl"
    others.write_text(corpus_file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    unseen = evaluate(labeller, others).report
    assert list(warnings(unseen)) == []
    assert "trained on**" not in render_with(labeller.bundle, unseen)


def test_labels_that_no_page_has_are_told(labeller: Labeller, corpus_file: Path, tmp_path: Path) -> None:
    pages = [json.loads(line) for line in corpus_file.read_text(encoding="utf-8").splitlines()]
    for page in pages:
        page["sentences"] = [one for one in page["sentences"] if one["label"] != "accusation"]
    data = tmp_path / "peaceful.jsonl"
    data.write_text("\n".join(map(json.dumps, pages)), encoding="utf-8")
    result = CliRunner().invoke(app, ["evaluate", str(data), "--model", str(labeller.bundle.folder)])
    told = "newsroles-train: no sentence of the test pages is accusation, so its F1 is 0 in macro-F1\n"
    assert result.stderr == told
    macro = evaluate(labeller, data).report["macro_f1"]
    assert macro["low"] <= macro["value"] <= macro["high"] <= 0.75


def test_pictures_of_labels_in_any_script_are_drawn_without_a_warning(
    report: dict[str, Any], tmp_path: Path
) -> None:
    labels = dict(zip(("社论", "指控", "背景", "杂项"), report["labels"].values(), strict=True))
    draw(report | {"labels": labels}, tmp_path)
    assert "社论" in (tmp_path / "confusion.svg").read_text(encoding="utf-8")


def test_calibration_is_judged_before_after_and_cross_fitted(report: dict[str, Any]) -> None:
    calibration = report["calibration"]
    for way in ("before", "after", "cross_fitted"):
        bins = calibration[way]["bins"]
        assert sum(one["sentences"] for one in bins) == report["data"]["sentences"]
        right = sum(one["sentences"] * one["accuracy"] for one in bins)
        assert right / report["data"]["sentences"] == pytest.approx(report["accuracy"], abs=1e-3)
    assert calibration["coverage"][0]["coverage"] == 1
    assert calibration["coverage"][0]["accuracy"] == pytest.approx(report["accuracy"], abs=1e-4)


def test_the_parts_of_each_slice_are_the_whole(report: dict[str, Any]) -> None:
    assert set(report["slices"]) == {"publisher", "desk", "length", "position", "quoted"}
    for parts in report["slices"].values():
        assert sum(part["sentences"] for part in parts.values()) == report["data"]["sentences"]
        right = sum(part["sentences"] * part["accuracy"] for part in parts.values())
        assert right / report["data"]["sentences"] == pytest.approx(report["accuracy"], abs=1e-3)
    assert len(report["slices"]["publisher"]) == report["data"]["groups"]


def test_details_are_pictures_and_the_surest_errors_in_their_context(
    labeller: Labeller, corpus_file: Path, tmp_path: Path
) -> None:
    found = evaluate(labeller, corpus_file)
    write_details(found, labeller.labels, tmp_path / "details")
    for name in ("confusion", "reliability", "coverage"):
        assert "</svg>" in (tmp_path / "details" / f"{name}.svg").read_text(encoding="utf-8")
    lines = (tmp_path / "details" / "errors.jsonl").read_text(encoding="utf-8").splitlines()
    errors = [json.loads(line) for line in lines]
    wrong = sum(int((one.predicted != one.gold).sum()) for one in found.scored)
    assert len(errors) == min(wrong, 100)
    assert [one["probability"] for one in errors] == sorted(
        (one["probability"] for one in errors), reverse=True
    )
    texts = {one.article.id: one.article.text for one in found.scored}
    for error in errors:
        assert error["before"] + error["text"] + error["after"] in texts[error["id"]]
        assert error["gold"] != error["predicted"]


def test_what_is_gained_over_another_model_is_paired(
    report: dict[str, Any], labeller: Labeller, corpus_file: Path
) -> None:
    shipped = Labeller.load("fast")
    against = evaluate(labeller, corpus_file, shipped).report["against"]
    before = evaluate(shipped, corpus_file).report
    assert against["model"] == shipped.bundle.model_id
    for label, gain in against["labels"].items():
        f1, was = (one["labels"][label]["f1"] for one in (report, before))
        assert gain["value"] == pytest.approx(f1["value"] - was["value"], abs=2e-4)
        assert (
            f1["low"] - was["high"] <= gain["low"] <= gain["value"] <= gain["high"] <= f1["high"] - was["low"]
        )
    gained = report["macro_f1"]["value"] - before["macro_f1"]["value"]
    assert against["macro_f1"]["value"] == pytest.approx(gained, abs=2e-4)
    itself = evaluate(labeller, corpus_file, labeller).report["against"]
    assert itself["macro_f1"] == {"value": 0, "low": 0, "high": 0}


def test_models_of_other_labels_are_not_compared(labeller: Labeller, tmp_path: Path) -> None:
    other = cast(
        "Labeller", SimpleNamespace(labels=("fact", "claim"), bundle=SimpleNamespace(model_id="old@1"))
    )
    with pytest.raises(UsageError, match=r"old@1: its labels are fact, claim; .* of the same"):
        evaluate(labeller, tmp_path / "not opened.jsonl", other)


def test_the_command_says_what_is_gained(bundle_folder: Path, corpus_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    asked = ["evaluate", str(corpus_file), "--model", str(bundle_folder), "--against", "fast", "-o", str(out)]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    assert "gain in F1 over newsroles-minilm@" in result.output
    assert set(json.loads(out.read_text(encoding="utf-8"))["against"]) == {"model", "macro_f1", "labels"}


def test_the_table_has_gains(report: dict[str, Any]) -> None:
    gain = {"value": 0.0123, "low": -0.004, "high": 0.03}
    against = {"model": "old@1", "macro_f1": gain, "labels": dict.fromkeys(report["labels"], gain)}
    shown = table(report | {"against": against})
    assert "gain in F1 over old@1, paired:" in shown
    assert shown.count(" +0.012  -0.004 to +0.030") == 5
