"""The corpora of a run: what is fitted on and what is held out."""

import json
from pathlib import Path

import pytest
from tests.lines import write_lines

from newsroles.errors import UsageError
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.train.config import RunConfig, load
from newsroles_training.train.corpora import corpora, split


def test_no_publisher_is_on_both_sides(config: RunConfig, articles: list[GoldArticle]) -> None:
    data = split(config)
    assert not {article.group for article in data.train} & {article.group for article in data.held}
    assert sorted([*data.train, *data.held], key=articles.index) == articles


def test_every_article_is_held_once(config_file: Path, articles: list[GoldArticle]) -> None:
    held = [article for fold in range(4) for article in split(load(config_file, [f"data.fold={fold}"])).held]
    assert sorted(held, key=articles.index) == articles


def test_the_limit_keeps_the_first_articles_of_both_sides(config_file: Path) -> None:
    whole = split(load(config_file, ["data.folds=4", "data.fold=3"]))
    some = split(load(config_file, ["data.folds=4", "data.fold=3", "data.limit=9"]))
    assert (some.train, some.held) == (whole.train[:7], whole.held[:2])
    least = split(load(config_file, ["data.folds=4", "data.fold=3", "data.limit=2"]))
    assert (least.train, least.held) == (whole.train[:1], whole.held[:1])


def test_the_limit_counts_labelled_articles_only(
    config_file: Path, corpus_file: Path, tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in corpus_file.read_text(encoding="utf-8").splitlines()]
    bare = [row | {"id": f"bare {row['id']}", "text": f"{row['text']}.", "sentences": []} for row in rows]
    path = write_lines(tmp_path / "some.jsonl", *bare, *rows)
    some = split(load(config_file, [f"data.train=[{path}]", "data.limit=4"]))
    assert (len(some.train), len(some.held)) == (3, 1)
    assert all(article.labels for article in (*some.train, *some.held))


def test_a_page_that_another_publisher_prints_is_not_on_both_sides(
    config_file: Path, corpus_file: Path, tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in corpus_file.read_text(encoding="utf-8").splitlines()]
    printed = rows[0] | {"id": "printed", "group": rows[1]["group"], "text": f"{rows[0]['text']}\n \n"}
    share = {"text": "Share this.", "sentences": [{"start": 0, "end": 11, "label": "boilerplate"}]}
    alone = [share | {"id": f"alone {n}", "group": rows[n]["group"]} for n in range(2)]
    path = write_lines(tmp_path / "more.jsonl", *rows, printed, *alone)
    lost = []
    for fold in range(4):
        data = split(load(config_file, [f"data.train=[{path}]", f"data.fold={fold}"]))
        used = {one.id for one in (*data.train, *data.held)}
        assert len(used) + data.left_out == len(rows) + 3
        lost += [row["id"] for row in (*rows, printed, *alone) if row["id"] not in used]
    assert sorted(lost) == sorted([rows[0]["id"], "printed"])  # each where the other is held out


def test_too_few_publishers_are_told(config_file: Path) -> None:
    with pytest.raises(UsageError, match="8 groups cannot fill 9 folds"):
        split(load(config_file, ["data.folds=9", "data.fold=8"]))


@pytest.mark.parametrize("folds", [2, 10])
def test_articles_of_one_group_are_told_how_to_be_groups(
    config_file: Path, corpus_file: Path, tmp_path: Path, folds: int
) -> None:
    rows = [json.loads(line) for line in corpus_file.read_text(encoding="utf-8").splitlines()]
    path = write_lines(tmp_path / "one.jsonl", *(row | {"group": "Echo"} for row in rows))
    with pytest.raises(UsageError) as refused:
        split(load(config_file, [f"data.train=[{path}]", f"data.folds={folds}", "data.fold=0"]))
    assert refused.value.reason == f"1 group cannot fill {folds} folds"
    assert "leave group and source out: articles are then the groups" in refused.value.next_step
    write_lines(path, *({key: row[key] for key in row if key != "group"} for row in rows))
    assert split(load(config_file, [f"data.train=[{path}]", f"data.folds={folds}", "data.fold=0"])).held


def test_one_article_and_none_with_labels_are_told_as_they_are(
    config_file: Path, corpus_file: Path, tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in corpus_file.read_text(encoding="utf-8").splitlines()]
    bare = [row | {"sentences": []} for row in rows]
    path = tmp_path / "few.jsonl"
    none = f"{path}: no labelled sentence to learn from"
    one = "there is 1 article with labels: none is left to be held out"
    for given, reason in (([], none), (bare, none), (rows[:1], one), ([rows[0], *bare[1:]], one)):
        write_lines(path, *given)
        with pytest.raises(UsageError) as refused:
            split(load(config_file, [f"data.train=[{path}]", "data.folds=5", "data.fold=0"]))
        assert refused.value.reason == reason
        assert "group" not in refused.value.next_step


def test_optional_corpora_are_used_where_present(config_file: Path, corpus_file: Path) -> None:
    config = load(config_file, ["data.train=[]", f"data.optional=[nowhere.jsonl,{corpus_file}]"])
    assert corpora(config) == [corpus_file]
    with pytest.raises(UsageError, match="names no corpus that is here"):
        corpora(load(config_file, ["data.train=[]", "data.optional=[nowhere.jsonl]"]))
