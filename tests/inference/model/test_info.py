import shutil
from dataclasses import replace
from pathlib import Path

from newsroles.labels import DEFAULT_LABELS
from newsroles.model import bundle, guide, info


def test_facts_of_the_shipped_model_come_from_its_files() -> None:
    known = info.facts(bundle.load())
    assert known["labels"] == list(DEFAULT_LABELS)
    assert known["licence"] == "Apache-2.0"
    assert known["scores"]["data"] == "real-dev"
    assert set(known["scores"]["F1"]) == set(DEFAULT_LABELS)
    assert f"{bundle.load().window_tokens} tokens" in " ".join(known["limits"])


def test_limits_are_those_of_the_model() -> None:
    shipped = bundle.load()
    for made, said in (({"language": "de"}, "the language (de) and"), ({}, "the language and")):
        own = replace(shipped, provenance=made)
        assert said in (known := " ".join(info.facts(own)["limits"]))
        assert "English" not in known


def test_a_model_without_a_report_is_told_how_to_get_one(bundle_folder: Path) -> None:
    known = info.facts(bundle.load(bundle_folder))
    assert known["scores"] is None
    assert any("newsroles-train evaluate" in line for line in info.lines(known))


def test_a_damaged_report_is_no_report(bundle_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(bundle_folder, tmp_path / "bundle")
    (folder / "report.json").write_text('{"labels": 3}', encoding="utf-8")
    assert info.facts(bundle.load(folder))["scores"] is None


def test_every_default_label_has_its_question_and_examples() -> None:
    assert {rule.label for rule in guide.RULES} == set(DEFAULT_LABELS)
    text = "\n".join(guide.lines(bundle.load()))
    assert all(example in text for rule in guide.RULES for example in rule.examples)


def test_labels_of_ones_own_are_listed_and_not_explained() -> None:
    own = replace(bundle.load(), labels=("fact", "opinion"))
    assert list(guide.lines(own)) == ["fact", "opinion"]


def test_a_guide_that_the_bundle_brings_goes_first() -> None:
    meanings = {label: f"What we call {label}." for label in DEFAULT_LABELS}
    own = replace(bundle.load(), guide=meanings)
    assert list(guide.lines(own)) == [f"{label}: {meaning}" for label, meaning in meanings.items()]
    assert info.facts(own)["guide"] == meanings
