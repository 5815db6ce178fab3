import numpy as np
import pytest

from newsroles.articles import Sentence
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.evaluation.alignment import Scored
from newsroles_training.evaluation.slices import confident_errors, slices, worst_pages

LABELS = ("claim", "background")
TEXT = "\u201cIt leaks,\u201d he said.\nThe mill opened in 1804 on the east bank.\n"


def scored(identity: str, probabilities: list[list[float]], group: str = "Beacon") -> Scored:
    article = GoldArticle(
        identity, TEXT, (Sentence(0, 21), Sentence(22, 62)), ("claim", "background"), group, "local"
    )
    rows = np.array(probabilities, np.float32)
    return Scored(article, np.array([0, 1]), np.log(rows), rows)


def test_a_slice_counts_its_own_sentences_only() -> None:
    parts = slices(
        [scored("a", [[0.9, 0.1], [0.8, 0.2]]), scored("b", [[0.6, 0.4], [0.3, 0.7]], "Argus")], LABELS
    )
    assert parts["publisher"]["Beacon"] == {
        "sentences": 2,
        "accuracy": 0.5,
        "f1": {"claim": pytest.approx(0.6667), "background": 0.0},
    }
    assert parts["publisher"]["Argus"]["accuracy"] == 1
    assert parts["quoted"]["with quotation marks"]["sentences"] == 2
    assert parts["quoted"]["with quotation marks"]["accuracy"] == 1
    assert parts["desk"] == {
        "local": {"sentences": 4, "accuracy": 0.75, "f1": {"claim": 0.8, "background": 0.6667}}
    }
    assert parts["length"]["up to 5 words"]["sentences"] == 2
    assert set(parts["position"]) == {"first quarter of its page", "third quarter of its page"}


def test_the_worst_pages_come_first() -> None:
    pages = worst_pages([scored("good", [[0.9, 0.1], [0.1, 0.9]]), scored("bad", [[0.1, 0.9], [0.9, 0.1]])])
    assert [(page["id"], page["accuracy"]) for page in pages] == [("bad", 0), ("good", 1)]


def test_the_surest_errors_come_first_with_their_surroundings() -> None:
    errors = confident_errors(
        [scored("a", [[0.4, 0.6], [0.1, 0.9]]), scored("b", [[0.9, 0.1], [0.8, 0.2]])], LABELS
    )
    assert [(error["id"], error["sentence"], error["predicted"]) for error in errors] == [
        ("b", 1, "claim"),
        ("a", 0, "background"),
    ]
    assert errors[0]["before"] + errors[0]["text"] + errors[0]["after"] == TEXT
