"""What is fitted after the weights: a bias for each kind of line, and how sure a model may be."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from newsroles.articles import Sentence
from newsroles.errors import UsageError
from newsroles.labels import DEFAULT_LABELS as LABELS
from newsroles.model import bundle as bundles
from newsroles.model.labeller import Labeller
from newsroles_training.data.corpus import GoldArticle, read
from newsroles_training.evaluation.calibrate import COLDEST, fit_temperature
from newsroles_training.evaluation.evaluate import evaluate
from newsroles_training.export.calibration import (
    calibrated,
    calibrated_if_told,
    recalibrate,
    with_kind_bias,
)
from newsroles_training.export.card import render_with


def test_a_kind_leans_to_the_label_that_its_lines_have(
    bundle_folder: Path, articles: list[GoldArticle], tmp_path: Path
) -> None:
    bundle = bundles.load(shutil.copytree(bundle_folder, tmp_path / "bundle"))
    kinds = ("aside", "line") * 4
    pages = [replace(page, kinds=kinds, labels=("boilerplate",) * len(page.labels)) for page in articles[:4]]
    fitted = with_kind_bias(bundle, [*pages, *articles[4:]])
    assert set(fitted.kind_bias) == {"aside"}  # plain text has lines of no known kind only
    assert np.argmax(fitted.kind_bias["aside"]) == bundle.labels.index("boilerplate")
    others = {one for one in fitted.kind_bias["aside"] if one < 0}
    assert len(others) == 1  # which label a sentence has, if it isn't furniture, its kind doesn't say
    assert bundles.load(fitted.folder) == fitted
    assert fitted.provenance["kinds_fitted_on"] == {"articles": 4, "groups": 4, "sentences": 40}
    assert "fitted on 4 pages with mark-up, of 4 groups" in render_with(fitted, None)


def test_plain_pages_fit_none(bundle_folder: Path, articles: list[GoldArticle]) -> None:
    bundle = bundles.load(bundle_folder)
    assert with_kind_bias(bundle, articles) is bundle


def test_other_pages_say_how_sure_it_may_be(
    labeller: Labeller, bundle_folder: Path, articles: list[GoldArticle], others: Path, tmp_path: Path
) -> None:
    before = labeller.bundle
    again = recalibrate(before, [others], tmp_path / "new" / "bundle")
    pages = read([others], LABELS)
    logits = np.concatenate([labeller.scores(page.text, page.sentences) for page in pages])
    gold = [LABELS.index(label) for page in pages for label in page.labels]
    assert again.calibration.temperature == round(fit_temperature(logits, gold), 4)
    assert (
        again.calibration.temperature > before.calibration.temperature
    )  # half of its labels are wrong there
    assert again.revision != before.revision
    for article in articles[:4]:
        labels = [sentence.label for sentence in Labeller(again).label(article.text).sentences]
        assert labels == [sentence.label for sentence in labeller.label(article.text).sentences]
    said = again.provenance["calibrated_on"]
    assert said == {
        "corpora": {str(others): bundles.sha256(others)},
        "articles": 16,
        "groups": 8,
        "sentences": 160,
    }
    card = render_with(again, evaluate(labeller, others).report)
    assert "pages that were given for it (others.jsonl: 160 sentences, 16 pages, 8 groups)" in card
    assert "with it (these very pages)" in card
    assert bundles.load(bundle_folder) == before


def test_kinds_are_fitted_at_the_new_temperature(
    labeller: Labeller, corpus_file: Path, others: Path, tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in corpus_file.read_text(encoding="utf-8").splitlines()]
    marked_up = tmp_path / "marked-up.jsonl"
    lines = (json.dumps(row | {"kinds": ["aside"] * (row["text"].count("\n") + 1)}) for row in rows)
    marked_up.write_text("\n".join(lines), encoding="utf-8")
    sure = recalibrate(labeller.bundle, [others], tmp_path / "sure")
    again = recalibrate(labeller.bundle, [others], tmp_path / "kinds", [marked_up])
    assert again.calibration == sure.calibration
    assert again.kind_bias == with_kind_bias(sure, read([marked_up], LABELS)).kind_bias != {}
    with pytest.raises(UsageError, match="no page with mark-up"):
        recalibrate(labeller.bundle, [others], tmp_path / "none", [corpus_file])


@pytest.fixture
def others(corpus_file: Path, tmp_path: Path) -> Path:
    """Return pages that the model was not trained on, on which it is wrong in every other sentence."""
    rows = [json.loads(line) for line in corpus_file.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        for sentence in row["sentences"][::2]:
            sentence["label"] = LABELS[LABELS.index(sentence["label"]) - 1]
    path = tmp_path / "others.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_how_sure_it_may_be_is_not_asked_of_pages_that_it_learnt(
    bundle_folder: Path, corpus_file: Path, others: Path, tmp_path: Path
) -> None:
    out, nothing = tmp_path / "out", tmp_path / "nothing.jsonl"
    nothing.touch()
    bundle = bundles.load(bundle_folder)
    with pytest.raises(UsageError, match="trained on it"):
        recalibrate(bundle, [corpus_file], out)
    with pytest.raises(UsageError, match="no labelled sentences"):
        recalibrate(bundle, [nothing], out)
    with pytest.raises(UsageError, match="other than a bundle"):
        recalibrate(bundle, [others], _with_a_letter(out))
    with pytest.raises(UsageError):
        recalibrate(bundle, [others], bundle_folder)
    assert sorted(path.name for path in out.iterdir()) == ["to-mother.txt"]
    assert bundles.load(bundle_folder) == bundle


def _with_a_letter(folder: Path) -> Path:
    folder.mkdir()
    (folder / "to-mother.txt").write_text("Dear", encoding="utf-8")
    return folder


def test_two_files_of_one_name_are_two(
    bundle_folder: Path, corpus_file: Path, others: Path, tmp_path: Path
) -> None:
    learnt = Path(shutil.copy(corpus_file, tmp_path / "pages.jsonl"))
    (tmp_path / "new").mkdir()
    rows = [{**json.loads(line), "id": f"new-{n}"} for n, line in enumerate(others.read_text().splitlines())]
    unseen = tmp_path / "new" / learnt.name
    unseen.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for pages in ([learnt, unseen], [unseen, learnt]):
        with pytest.raises(UsageError, match=f"^{re.escape(str(learnt))}: the model was trained on it"):
            recalibrate(bundles.load(bundle_folder), pages, tmp_path / "out")


def test_pages_that_do_not_tell_are_refused(
    bundle_folder: Path, tmp_path: Path, articles: list[GoldArticle]
) -> None:
    bundle, out = bundles.load(bundle_folder), tmp_path / "out"
    text = articles[0].text.splitlines()[0]
    label = Labeller(bundle).label(text).sentences[0].label
    row = {"id": "a", "text": text, "sentences": [{"start": 0, "end": len(text), "label": label}]}
    (tmp_path / "one.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(UsageError, match="1 sentences that do not tell"):
        recalibrate(bundle, [tmp_path / "one.jsonl"], out)
    assert [path.name for path in tmp_path.iterdir()] == ["one.jsonl"]


def test_a_held_fold_that_does_not_tell_leaves_the_temperature_at_1_and_the_card_says_so(
    bundle_folder: Path, tmp_path: Path, articles: list[GoldArticle], others: Path, labeller: Labeller
) -> None:
    bundle = bundles.load(shutil.copytree(bundle_folder, tmp_path / "bundle"))
    said = labeller.label(articles[0].text)
    sure = replace(
        articles[0],
        sentences=tuple(Sentence(one.start, one.end) for one in said.sentences[:1]),
        labels=(said.sentences[0].label,),
    )
    assert calibrated(bundle, [sure]).calibration.temperature < COLDEST
    made = calibrated_if_told(bundle, [sure])
    assert made.calibration.temperature == 1.0
    assert bundles.load(bundle.folder) == made
    report = evaluate(Labeller(made), others).report
    assert "fitted on nothing, for the fold that training held out did not tell" in " ".join(
        render_with(made, report).split()
    )
    pages = read([others], LABELS)
    assert calibrated_if_told(bundle, pages) == calibrated(bundle, pages)


def test_a_bias_keeps_its_weight(labeller: Labeller, others: Path, tmp_path: Path) -> None:
    before = bundles.load(shutil.copytree(labeller.bundle.folder, tmp_path / "bundle"))
    leaning = replace(before, calibration=replace(before.calibration, bias=(0.0, 0.5, 0.0, -0.5)))
    again = recalibrate(bundles.write_manifest(leaning), [others], tmp_path / "new")
    ratio = before.calibration.temperature / again.calibration.temperature
    assert again.calibration.bias == pytest.approx([0, 0.5 * ratio, 0, -0.5 * ratio])
    for page in read([others], before.labels):
        logits = labeller.scores(page.text, page.sentences)
        rows = [Labeller(bundle).probabilities(logits).argmax(-1).tolist() for bundle in (leaning, again)]
        assert rows[0] == rows[1]
