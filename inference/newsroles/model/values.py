"""Values of ``bundle.json``, checked: each raises ValueError or TypeError for what means nothing."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from newsroles.labels import SPANS

LEAST_WINDOW = 3
"""A window's two framing tokens, and one to read."""


def labels(values: Any) -> tuple[str, ...]:
    """Check the names of labels."""
    if not isinstance(values, list) or len({str(label) for label in values}) != len(values):
        raise ValueError("labels")
    return tuple(map(str, values))


def kind_bias(values: Mapping[str, Any], labels: int) -> dict[str, tuple[float, ...]]:
    """Check a bias for each of so many labels, by the kinds of lines."""
    bias = {str(kind): tuple(float(number) for number in numbers) for kind, numbers in values.items()}
    if any(len(numbers) != labels or not all(map(isfinite, numbers)) for numbers in bias.values()):
        raise ValueError("kind_bias")
    return bias


def spans(values: Any) -> tuple[str, ...]:
    """Check what a model marks inside sentences: nothing, or all of `SPANS`."""
    if not isinstance(values, list) or (values and values != list(SPANS)):
        raise ValueError("spans")
    return tuple(values)


def guide(values: Any, labels: Sequence[str]) -> dict[str, str]:
    """Check a definition for each label, or none."""
    if values and set(values) != set(labels):
        raise ValueError("guide")
    return {label: str(values[label]) for label in labels if values}


def window_tokens(value: Any) -> int:
    """Check the size of a window."""
    if int(value) < LEAST_WINDOW:
        raise ValueError("window.tokens")
    return int(value)


def overlap(value: Any) -> float:
    """Check a share of a window."""
    if not 0 <= float(value) < 1:
        raise ValueError("window.overlap")
    return float(value)
