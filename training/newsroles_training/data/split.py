"""Articles split by group: folds that no group is in twice, with labels in proportion."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

from newsroles_training.data.corpus import GoldArticle


def folds(articles: Sequence[GoldArticle], count: int, seed: int) -> list[int]:
    """Give each article a fold in ``[0, count)``; a group is never split, labels stay in proportion.

    Greedy stratification: groups from large to small (ties in seeded random order), each to the fold
    whose label counts then stray least from an even share.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for number, article in enumerate(articles):
        members[article.group].append(number)
    counts = {
        group: Counter(label for n in numbers for label in articles[n].labels)
        for group, numbers in members.items()
    }
    order = sorted(members)
    random.Random(seed).shuffle(order)  # noqa: S311 - a reproducible shuffle, not a secret
    order.sort(key=lambda group: -counts[group].total())
    whole = sum(counts.values(), Counter[str]())
    filled = [Counter[str]() for _ in range(count)]
    fold_of: dict[str, int] = {}
    for group in order:
        best = min(range(count), key=lambda fold: _fullness(filled[fold] + counts[group], whole))
        filled[best] += counts[group]
        fold_of[group] = best
    return [fold_of[article.group] for article in articles]


def _fullness(fold: Counter[str], whole: Counter[str]) -> float:
    return sum((fold[label] / whole[label]) ** 2 for label in whole)
