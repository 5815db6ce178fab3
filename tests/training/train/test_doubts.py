"""Doubts: what people must know of a model that has just been fitted."""

from newsroles_training.data.corpus import GoldArticle
from newsroles_training.train.config import RunConfig
from newsroles_training.train.corpora import Split
from newsroles_training.train.doubts import doubts


def _articles(*labels: str) -> list[GoldArticle]:
    return [GoldArticle("a", "", (), labels, "Beacon")]


def test_a_label_without_any_sentence_is_told_apart_from_one_that_the_held_fold_lacks() -> None:
    config = RunConfig(name="own", labels=["vote", "motion", "procedure"])
    data = Split(_articles("vote", "motion", "vote"), _articles("vote"))
    best = {"eval_macro_f1": 0.9, "eval_f1_vote": 1.0}
    held, nowhere = doubts(config, data, best)
    assert held.startswith("motion: the held fold has no such sentence")
    assert held.endswith("or choose another data.fold")
    assert nowhere == "procedure: no sentence has it; label some, or leave it out of labels in the config"
