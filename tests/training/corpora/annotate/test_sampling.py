"""Sampling: the doubtful, over all labels, from many pages, none twice, and the same for a seed."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroles_training.corpora.annotate.sampling import MOST_A_PAGE, Strategy, choose

LABELS = ("claim", "accusation", "background", "boilerplate")


def record(*sentences: tuple[str, dict[str, float]]) -> dict[str, Any]:
    text, spans = "", []
    for said, probabilities in sentences:
        label = max(probabilities, key=lambda name: probabilities[name])
        spans.append(
            {"start": len(text), "end": len(text) + len(said), "label": label, "probabilities": probabilities}
        )
        text += f"{said}\n"
    return {"text": text, "sentences": spans}


def sure(label: str, p: float) -> dict[str, float]:
    return {name: p if name == label else (1 - p) / 3 for name in LABELS}


def pages(count: int, length: int = 8) -> list[dict[str, Any]]:
    """Return pages whose labels take turns and whose doubt falls from the first sentence to the last."""
    return [
        record(
            *(
                (f"word{page} other{page}{n}", sure(LABELS[(page + n) % 4], 0.4 + n / 20))
                for n in range(length)
            )
        )
        for page in range(count)
    ]


def size(chosen: dict[int, list[int]]) -> int:
    return sum(map(len, chosen.values()))


@pytest.mark.parametrize("strategy", [Strategy.MARGIN, Strategy.ENTROPY])
def test_the_least_certain_come_first(strategy: Strategy) -> None:
    assert choose(pages(8), 16, strategy) == {page: [0, 1] for page in range(8)}


def test_the_margin_is_that_of_the_two_best_and_entropy_asks_all() -> None:
    torn = {"claim": 0.5, "accusation": 0.5, "background": 0.0, "boilerplate": 0.0}
    vague = {"claim": 0.4, "accusation": 0.2, "background": 0.2, "boilerplate": 0.2}
    two = [record(("One thing", torn), ("Another matter", vague))]
    assert choose(two, 1, Strategy.MARGIN) == {0: [0]}
    assert choose(two, 1, Strategy.ENTROPY) == {0: [1]}


def test_labels_take_turns_while_they_last() -> None:
    common = [record((f"common{n}", sure("claim", 0.3))) for n in range(40)]
    rare = [record((f"rare{n}", sure("accusation", 0.9))) for n in range(3)]
    chosen = choose(common + rare, 10, Strategy.MARGIN)
    assert Counter(page >= 40 for page in chosen) == {False: 7, True: 3}


def test_a_page_gives_few_while_others_have_some() -> None:
    rich = record(*((f"doubt{n}", sure("claim", 0.3)) for n in range(30)))
    poor = [record((f"certain{n}", sure("claim", 0.9))) for n in range(7)]
    assert {page: len(places) for page, places in choose([rich, *poor], 12, Strategy.MARGIN).items()} == {
        0: MOST_A_PAGE,
        **dict.fromkeys(range(1, 8), 1),
    }
    assert size(choose([rich, *poor], 20, Strategy.MARGIN)) == 20


def test_near_identical_sentences_are_asked_once() -> None:
    said = "Sign up for the letter that our editors send on Monday morning, No. {}"
    alike = [record((said.format(n), sure("boilerplate", 0.3))) for n in range(9)]
    other = record(("The dam held.", sure("boilerplate", 0.9)))
    chosen = choose([*alike, other], 5, Strategy.MARGIN)
    assert size(chosen) == 2
    assert 9 in chosen


def test_one_word_more_of_five_is_near_identical() -> None:
    four = record(("alpha bravo charlie delta", sure("boilerplate", 0.3)))
    five = record(("alpha bravo charlie delta echo", sure("boilerplate", 0.4)))
    assert choose([four, five], 2, Strategy.MARGIN) == {0: [0]}


@pytest.mark.parametrize("strategy", Strategy)
@pytest.mark.parametrize("whole_pages", [False, True])
def test_a_seed_gives_the_same_sentences(strategy: Strategy, *, whole_pages: bool) -> None:
    equal = [record((f"word{n}", sure("claim", 0.5)), (f"more{n}", sure("claim", 0.5))) for n in range(40)]
    first, again, other = (choose(equal, 10, strategy, seed, whole_pages=whole_pages) for seed in (1, 1, 2))
    assert first == again != other
    assert size(first) == 10


def test_whole_pages_are_the_most_doubtful_that_fit() -> None:
    certain = record(*((f"certain{n}", sure("claim", 0.9)) for n in range(3)))
    doubtful = record(*((f"doubt{n}", sure("claim", 0.4)) for n in range(5)))
    between = record(*((f"between{n}", sure("claim", 0.6)) for n in range(4)))
    three = [certain, doubtful, between]
    assert choose(three, 8, Strategy.MARGIN, whole_pages=True) == {0: [0, 1, 2], 1: [0, 1, 2, 3, 4]}
    assert choose(three, 9, Strategy.MARGIN, whole_pages=True) == {1: [0, 1, 2, 3, 4], 2: [0, 1, 2, 3]}
    assert choose(three, 2, Strategy.MARGIN, whole_pages=True) == {1: [0, 1, 2, 3, 4]}


@given(
    count=st.integers(1, 40),
    strategy=st.sampled_from(Strategy),
    lengths=st.lists(st.integers(0, 9), max_size=6),
)
def test_what_is_chosen_is_there_once_and_in_order(
    count: int, strategy: Strategy, lengths: list[int]
) -> None:
    records = [page for number, length in enumerate(lengths) for page in pages(number + 1, length)[-1:]]
    chosen = choose(records, count, strategy)
    assert list(chosen) == sorted(chosen)
    for page, places in chosen.items():
        assert places == sorted(set(places))
        assert places[-1] < len(records[page]["sentences"])
    assert size(chosen) == min(count, sum(lengths))
