"""How far two annotators of the same sentences agree, beyond chance and label by label."""

import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from newsroles.errors import UsageError
from newsroles_training.evaluation.metrics import Counts, confusion, interval, label_f1, macro_f1, resampled

Pair = tuple[list[str], list[str]]


def read(path: Path) -> list[Pair]:
    """Read JSON lines ``{"id", "first": [label, …], "second": [label, …]}``, one an article.

    Raises UsageError for a file that isn't UTF-8, and with the line where the lists are missing or differ in
    length.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8", "give JSON lines in UTF-8") from None
    pairs = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            first, second = list(row["first"]), list(row["second"])
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{path}:{number}: {error!r}", "give 'first' and 'second', lists of labels"
            ) from error
        if len(first) != len(second):
            raise UsageError(
                f"{path}:{number}: {len(first)} and {len(second)} labels", "give one each a sentence"
            )
        pairs.append((first, second))
    if not any(first for first, _ in pairs):
        raise UsageError(f"{path}: no labels in it", "give two annotators' labels, an article a line")
    return pairs


def agreement(pairs: Sequence[Pair], labels: Sequence[str]) -> dict[str, Any]:
    """Compare two annotators' labels: Cohen's kappa, F1 a label, macro-F1, and who called what how.

    Intervals are 95 % bootstraps over articles. Kappa as in Cohen 1960, https://doi.org/10.1177/001316446002000104;
    0 where both use a single label, so that chance alone would agree. Raises UsageError for other labels.
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
    whole, draws = by_article.sum(0), resampled(by_article)
    return {
        "articles": len(pairs),
        "sentences": int(whole.sum()),
        "equal": round(float(whole.trace() / whole.sum()), 4),
        "kappa": {"value": round(_kappa(whole), 4), "interval": _rounded([_kappa(draw) for draw in draws])},
        "macro_f1": {"value": round(float(macro_f1(whole)), 4), "interval": _rounded(macro_f1(draws))},
        "f1": {label: round(float(label_f1(whole)[number]), 4) for label, number in index.items()},
        "confusion": {"rows": "first", "columns": "second", "labels": list(labels), "counts": whole.tolist()},
    }


def _kappa(counts: Counts) -> float:
    total = counts.sum()
    expected = float(counts.sum(0) @ counts.sum(1)) / total**2
    return float((counts.trace() / total - expected) / (1 - expected)) if expected < 1 else 0.0


def _rounded(values: Any) -> list[float]:
    return [round(value, 4) for value in interval(np.asarray(values))]
