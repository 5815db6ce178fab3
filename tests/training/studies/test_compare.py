from pathlib import Path

import numpy as np
import pytest
import yaml
from tests.lines import read_lines, write_lines

from newsroles.errors import UsageError
from newsroles.labels import DEFAULT_LABELS
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.evaluation.metrics import macro_f1
from newsroles_training.studies.compare import alone, compare, load_study, table, table_of


@pytest.fixture
def study(tmp_path: Path, config_file: Path) -> Path:
    values = {
        "recipe": str(config_file),
        "reference": "whole",
        "set": ["optim.epochs=1"],
        "runs": [
            {"name": "majority", "method": "majority", "seeds": [1, 2]},
            {"name": "cut up", "method": "fine-tuned alone"},
            {"name": "whole"},
        ],
    }
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


def test_a_study_appends_a_line_a_run_and_goes_on_where_it_was_stopped(
    study: Path, corpus_file: Path, tmp_path: Path, articles: list[GoldArticle]
) -> None:
    results = tmp_path / "results.jsonl"
    begun = compare(study, corpus_file, results, tmp_path / "runs")
    assert [next(begun), next(begun)] == ["majority, seed 1", "majority, seed 2"]
    begun.close()
    assert len(read_lines(results)) == 1
    rest = list(compare(study, corpus_file, results, tmp_path / "runs"))
    assert rest == ["majority, seed 2", "cut up, seed 13", "whole, seed 13"]
    assert list(compare(study, corpus_file, results, tmp_path / "runs")) == []
    for row in read_lines(results):
        counts = np.array(row["counts"])
        assert counts.shape == (len(articles), 16)
        assert counts.sum(1).tolist() == [len(article.labels) for article in articles]
    lines = table(study, corpus_file, results).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| majority", "| cut up", "| whole"]
    assert lines[2].split(" | ")[1] == "2"
    whole = np.array(read_lines(results)[-1]["counts"]).sum(0).reshape(4, 4)
    assert f"| {macro_f1(whole):.3f}, " in lines[4]


def test_differences_are_to_the_reference(study: Path, corpus_file: Path, tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    list(compare(study, corpus_file, results, tmp_path / "runs"))
    perfect = [{**row, "counts": read_lines(results)[-1]["counts"]} for row in read_lines(results)]
    write_lines(results, *perfect)
    lines = table(study, corpus_file, results).splitlines()
    assert all("+0.000, +0.000 to +0.000" in line for line in lines[2:4])
    assert lines[4].endswith("|  |")


def test_results_for_other_data_are_not_taken(study: Path, corpus_file: Path, tmp_path: Path) -> None:
    results, other = tmp_path / "results.jsonl", tmp_path / "other.jsonl"
    next(done := compare(study, corpus_file, results, tmp_path / "runs"))
    next(done)
    other.write_text(corpus_file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert next(compare(study, other, results, tmp_path / "runs")) == "majority, seed 1"


def test_a_file_of_something_else_is_not_appended_to(study: Path, corpus_file: Path, tmp_path: Path) -> None:
    results = write_lines(tmp_path / "results.jsonl", {"id": "1", "text": "It rained."})
    with pytest.raises(UsageError, match="no results of a study"):
        next(compare(study, corpus_file, results, tmp_path / "runs"))


@pytest.mark.parametrize("edited", ["recipe", "corpus"])
def test_rows_of_another_recipe_or_corpus_are_not_kept(
    study: Path, config_file: Path, corpus_file: Path, tmp_path: Path, edited: str
) -> None:
    results, corpus, recipe = (tmp_path / name for name in ("results.jsonl", "mine.jsonl", "mine.yaml"))
    corpus.write_bytes(corpus_file.read_bytes())
    values = yaml.safe_load(config_file.read_text(encoding="utf-8"))
    values["data"]["train"] = [str(corpus)]
    recipe.write_text(yaml.safe_dump(values), encoding="utf-8")
    asked = yaml.safe_load(study.read_text(encoding="utf-8")) | {"recipe": str(recipe)}
    study.write_text(yaml.safe_dump(asked), encoding="utf-8")
    next(done := compare(study, corpus_file, results, tmp_path / "runs"))
    next(done)
    if edited == "recipe":
        values["optim"]["learning_rate"] = 1e-3
        recipe.write_text(yaml.safe_dump(values), encoding="utf-8")
    else:
        corpus.write_text(corpus.read_text(encoding="utf-8").replace("harbour", "quay"), encoding="utf-8")
    word = "config" if edited == "recipe" else "trained_on"
    with pytest.raises(UsageError, match=f"majority, seed 1, was made with another {word}"):
        next(compare(study, corpus_file, results, tmp_path / "runs"))
    assert len(read_lines(results)) == 1


def test_sentences_alone_keep_their_text_label_and_group(articles: list[GoldArticle]) -> None:
    cut = alone(articles[:1])
    assert [one.labels for one in cut] == [(label,) for label in articles[0].labels]
    assert {one.group for one in cut} == {articles[0].group}
    assert cut[1].text == articles[0].text[articles[0].sentences[1].start : articles[0].sentences[1].end]
    assert len({one.id for one in cut}) == len(cut)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"reference": "nobody"}, "nobody"),
        ({"runs": [{"name": "whole", "method": "guessing"}]}, "guessing"),
        ({"runs": [{"nam": "whole"}]}, "nam"),
        ({"recipe": None}, "recipe"),
    ],
)
def test_a_wrong_study_is_refused(study: Path, change: dict, word: str) -> None:
    values = yaml.safe_load(study.read_text(encoding="utf-8")) | change
    study.write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(UsageError, match=word):
        load_study(study)


def test_draws_without_a_rare_label_say_nothing_of_it(study: Path) -> None:
    common, rare = np.diag([5, 0, 4, 3]), np.diag([5, 2, 4, 3])
    counts = [matrix.ravel().tolist() for matrix in [common] * 29 + [rare]]
    row = {"name": "whole", "seed": 13, "labels": list(DEFAULT_LABELS), "counts": counts}
    assert "| 1.000, 1.000 to 1.000 |" in table_of(study, [row])
