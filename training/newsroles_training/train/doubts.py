"""What is wrong with a model that has just been fitted, and what to do about it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from newsroles_training.train.config import RunConfig
from newsroles_training.train.corpora import Split

FEW = 200
"""Sentences of a label in training; below, more of them help before anything else does."""


def doubts(config: RunConfig, data: Split, best: Mapping[str, Any]) -> list[str]:
    """List what people must know of the best epoch's scores on the held fold; empty if nothing is wrong."""
    held = Counter(label for article in data.held for label in article.labels)
    taught = Counter(label for article in data.train for label in article.labels)
    return [*_constant(held, config, best), *_labels(held, taught, config, best)]


def _constant(held: Counter[str], config: RunConfig, best: Mapping[str, Any]) -> Iterator[str]:
    """Compare with a model that gives every sentence the commonest label, whose other labels score 0."""
    if not held:
        return
    label, count = held.most_common(1)[0]
    constant = 2 * count / (held.total() + count) / len(config.labels)
    if best.get("eval_macro_f1", 0.0) <= constant:
        yield (
            f"this model is no better than calling every sentence {label} (macro-F1 {constant:.3f}): it has "
            "learnt nothing yet; train longer (optim.epochs), on more pages, or see that texts and labels "
            "belong together (newsroles-train corpus check)"
        )


def _labels(
    held: Counter[str], taught: Counter[str], config: RunConfig, best: Mapping[str, Any]
) -> Iterator[str]:
    for label in config.labels:
        if not held[label] and not taught[label]:
            yield f"{label}: no sentence has it; label some, or leave it out of labels in the config"
        elif not held[label]:
            yield (
                f"{label}: the held fold has no such sentence, so nothing is known of how it is read; label "
                "more of them, of several publishers, or choose another data.fold"
            )
        elif best.get(f"eval_f1_{label}") == 0:
            step = (
                "label more of them (newsroles-train sample chooses)"
                if taught[label] < FEW
                else "weigh it more (optim.class_weights), or train longer (optim.epochs)"
            )
            yield (
                f"{label}: F1 is 0, none of {held[label]} in the held fold was found, after {taught[label]} "
                f"in training; {step}, and see what newsroles-train corpus check says of it"
            )
