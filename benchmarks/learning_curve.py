"""Whether sentences chosen by `newsroles-train sample` teach more than sentences chosen at random.

    python benchmarks/learning_curve.py --corpora FOLDER --encoder CHECKPOINT

simulates it. Somebody has labelled a few whole pages; a model of these labels the other pages; `sample`
chooses among these, once; the chosen sentences get their labels, and the model is fitted again, see
learner.py. Two encoders: MiniLM as it comes, and a CHECKPOINT that was fitted on the starter corpus and has
seen no real page. Two splits: publishers of FOLDER/real-train.jsonl against its other publishers, where
`sample` was designed, and all of it against FOLDER/real-dev.jsonl, which nothing about `sample` was chosen
on.

Writes docs/learning-curve.json and docs/learning-curve.svg. With --fine-tune, it adds one point with every
weight trained instead, see fine_tuned.py.
"""

import argparse
import json
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import curve_picture
import fine_tuned
import numpy as np
from learner import START, Page, Trial, read
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from newsroles.bundle import sha256
from newsroles.labels import DEFAULT_LABELS as LABELS
from newsroles_training.config import BaseConfig
from newsroles_training.corpora.sampling import Strategy
from newsroles_training.corpora.suspects import MINILM
from newsroles_training.corpus import folds
from newsroles_training.metrics import interval, macro_f1, resampled, scores

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "learning-curve.json"
SIZES, FOLDS = (50, 100, 200, 400), 5
"""Sentences added, and the grouped folds of real-train."""

STRATEGIES = {
    "margin": (Strategy.MARGIN, False),
    "entropy": (Strategy.ENTROPY, False),
    "random": (Strategy.RANDOM, False),
    "margin, whole pages": (Strategy.MARGIN, True),
    "random, whole pages": (Strategy.RANDOM, True),
}


def grouped(train: Sequence[Page], seeds: int) -> Iterator[Trial]:
    """Give trials on publishers of real-train, held out in turn."""
    fold_of = folds([page.article for page in train], FOLDS, seed=0)
    for fold in range(FOLDS):
        held = [page for page, number in zip(train, fold_of, strict=True) if number == fold]
        pool = [page for page, number in zip(train, fold_of, strict=True) if number != fold]
        for seed in range(seeds):
            yield Trial(pool, held, 100 * fold + seed)


def study(trials: Iterator[Trial], *, same_pages: bool) -> dict[str, Any]:
    """Run every strategy at every size; gives scores a trial, and how `margin` and `random` differ at 200.

    The interval of the difference is a bootstrap: over pages, of the mean over trials, where all trials score
    the `same_pages`, and else over trials.
    """
    counts: dict[tuple[str, int], list[NDArray[np.int64]]] = {}
    wrong: dict[str, list[float]] = {}
    for trial in trials:
        counts.setdefault(("start", 0), []).append(trial.start())
        for name, (strategy, whole_pages) in STRATEGIES.items():
            for size in SIZES:
                found, share = trial.run(size, strategy, whole_pages=whole_pages)
                counts.setdefault((name, size), []).append(found)
                if size == SIZES[2]:
                    wrong.setdefault(name, []).append(share)
    f1 = {key: [float(macro_f1(found.sum(0))) for found in each] for key, each in counts.items()}
    pairs = list(zip(counts["margin", 200], counts["random", 200], strict=True))
    gains = [float(macro_f1(one.sum(0)) - macro_f1(other.sum(0))) for one, other in pairs]
    if same_pages:
        draws = np.mean(
            [macro_f1(resampled(one)) - macro_f1(resampled(other)) for one, other in pairs], axis=0
        )
    else:
        rng = np.random.default_rng(0)
        draws = rng.choice(gains, size=(2000, len(gains))).mean(-1)
    return {
        "trials": len(gains),
        "start": [round(value, 4) for value in f1["start", 0]],
        "macro_f1": {
            name: {str(size): [round(value, 4) for value in f1[name, size]] for size in SIZES}
            for name in STRATEGIES
        },
        "f1_at_200": {
            name: dict(
                zip(
                    LABELS, np.mean([scores(c.sum(0))[2] for c in counts[name, 200]], 0).round(4), strict=True
                )
            )
            for name in STRATEGIES
        },
        "wrong_at_200": {name: round(float(np.mean(shares)), 3) for name, shares in wrong.items()},
        "margin_over_random_at_200": {
            "mean": round(float(np.mean(gains)), 4),
            "interval": [round(bound, 4) for bound in interval(draws)],
            "trials_won": sum(gain > 0 for gain in gains),
        },
    }


def main() -> None:
    """Parse, simulate, write, draw."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--corpora", type=Path, required=True)
    arguments.add_argument("--encoder", type=Path, required=True)
    arguments.add_argument("--seeds", type=int, default=10)
    arguments.add_argument("--fine-tune", action="store_true")
    given = arguments.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    train, dev = (given.corpora / f"real-{split}.jsonl" for split in ("train", "dev"))
    if not (train.exists() and dev.exists()):
        raise SystemExit(f"{train} or {dev} is not here; data/real/README.md says how to rebuild the pages")
    result = json.loads(OUT.read_text(encoding="utf-8")) if OUT.exists() else {}
    if given.fine_tune:
        result["fine_tuned"] = fine_tuned.study(train, dev, given.encoder)
    else:
        result |= _simulated(train, dev, given.encoder, given.seeds)
    OUT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    OUT.with_suffix(".svg").write_text(curve_picture.draw(result), encoding="utf-8")


def _simulated(train: Path, dev: Path, encoder: Path, seeds: int) -> dict[str, Any]:
    encoders = {"minilm": MINILM, "starter": BaseConfig(name=str(encoder))}
    result: dict[str, Any] = {
        "corpora": {path.stem: sha256(path) for path in (train, dev)},
        "encoder": sha256(encoder / "model.safetensors"),
        "pages_to_begin_with": START,
        "seeds": seeds,
    }
    for name, base in encoders.items():
        known, unseen = read(train, base, name), read(dev, base, name)
        result[name] = {
            "grouped": study(grouped(known, max(1, seeds // 2)), same_pages=False),
            "real-dev": study((Trial(known, unseen, seed) for seed in range(seeds)), same_pages=True),
        }
        for split, found in result[name].items():
            sys.stdout.write(f"{name} {split} {json.dumps(found['margin_over_random_at_200'])}\n")
    return result


if __name__ == "__main__":
    main()
