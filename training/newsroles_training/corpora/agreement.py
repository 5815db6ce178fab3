"""How far two annotators of the same sentences agree, beyond chance and label by label."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from newsroles.articles import Sentence
from newsroles.errors import UsageError
from newsroles_training.data import corpus
from newsroles_training.data.problems import CorpusError, Problem
from newsroles_training.data.rows import Row, json_rows
from newsroles_training.evaluation.metrics import (
    Counts,
    confusion,
    drawn_macro_f1,
    interval_of,
    label_f1,
    macro_f1,
    resampled,
)

Pair = tuple[list[str], list[str]]


def read(path: Path) -> list[Pair]:
    """Read JSON lines ``{"id", "first": [label, …], "second": [label, …]}``, one an article.

    Raises UsageError for a file that isn't UTF-8 or is a corpus, and with every line where the lists are
    missing or differ in length.
    """
    problems: list[Problem] = []
    pairs = []
    for place, row in json_rows(path, problems):
        if "sentences" in row and "first" not in row:
            raise UsageError(f"{path}: a corpus, of one annotator", "give two, each with one's labels")
        if wrong := _what_is_wrong(row):
            problems.append(Problem(place, wrong))
        else:
            pairs.append((row["first"], row["second"]))
    if problems:
        raise CorpusError(problems)
    if not any(first for first, _ in pairs):
        raise UsageError(f"{path}: no labels in it", "give two annotators' labels, an article a line")
    return pairs


def _what_is_wrong(row: Row) -> str | None:
    first, second = row.get("first"), row.get("second")
    if not isinstance(first, list) or not isinstance(second, list):
        return "'first' and 'second' must be lists of labels"
    if not all(isinstance(label, str) for label in chain(first, second)):
        return "its labels are not all strings"
    return None if len(first) == len(second) else f"{len(first)} and {len(second)} labels, for one each"


def read_two(paths: tuple[Path, Path], labels: Sequence[str]) -> tuple[list[Pair], list[int]]:
    """Pair the labels that two corpora give a sentence: one of the same id, text and span in both.

    Also returns how many labelled sentences each has that the other lacks. Raises UsageError where it is all.
    """
    first, second = (_by_page(path, labels) for path in paths)
    pairs: list[Pair] = []
    for page, ours in first.items():
        theirs = second.get(page, {})
        both = [sentence for sentence in ours if sentence in theirs]
        pairs += [([ours[one] for one in both], [theirs[one] for one in both])] if both else []
    if not pairs:
        step = "give corpora whose articles have the same ids, texts and spans"
        raise UsageError(f"{paths[0]} and {paths[1]}: no sentence that both label", step)
    shared = sum(len(labels) for labels, _ in pairs)
    return pairs, [sum(map(len, pages.values())) - shared for pages in (first, second)]


def _by_page(path: Path, labels: Sequence[str]) -> dict[tuple[str, str], dict[Sentence, str]]:
    pages = corpus.read([path], labels)
    return {(page.id, page.text): dict(zip(page.sentences, page.labels, strict=True)) for page in pages}


def agreement(pairs: Sequence[Pair], labels: Sequence[str]) -> dict[str, Any]:
    """Compare two annotators' labels: Cohen's kappa, F1 a label, macro-F1, and who called what how.

    Intervals are 95 % bootstraps over articles, None of few. Kappa as in Cohen 1960,
    https://doi.org/10.1177/001316446002000104; 0 where both use a single label, so that chance alone would
    agree. Raises UsageError for other labels.
    """
    index = {label: number for number, label in enumerate(labels)}
    if others := sorted({str(label) for pair in pairs for label in chain(*pair)} - index.keys()):
        raise UsageError(
            f"labels that are not {', '.join(labels)}: {', '.join(others)}", "name every label with --label"
        )
    by_article = np.stack(
        [
            confusion([index[a] for a in first], [index[b] for b in second], len(labels))
            for first, second in pairs
        ]
    )
    whole = by_article.sum(0)
    kappa, f1 = _kappa(whole), label_f1(whole)
    draws = [_kappa(draw, undefined=np.nan if kappa else 0.0) for draw in resampled(by_article)]
    return {
        "articles": len(pairs),
        "sentences": int(whole.sum()),
        "equal": round(float(whole.trace() / whole.sum()), 4),
        "kappa": {"value": round(kappa, 4), "interval": interval_of(np.asarray(draws), len(pairs))},
        "macro_f1": {
            "value": round(float(macro_f1(whole)), 4),
            "interval": interval_of(drawn_macro_f1(by_article), len(pairs)),
        },
        "f1": {label: round(float(f1[number]), 4) for label, number in index.items()},
        "confusion": {"rows": "first", "columns": "second", "labels": list(labels), "counts": whole.tolist()},
    }


def _kappa(counts: Counts, undefined: float = 0.0) -> float:
    total = counts.sum()
    expected = float(counts.sum(0) @ counts.sum(1)) / max(1, total) ** 2
    if not total or expected == 1:
        return undefined
    return float((counts.trace() / total - expected) / (1 - expected))
