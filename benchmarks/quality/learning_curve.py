"""Whether sentences chosen by `newsroles-train sample` teach more than sentences chosen at random.

    python benchmarks/quality/learning_curve.py --encoder runs/corpora/starter-13

simulates it. Somebody has labelled a few whole pages; a model of these labels the other pages; `sample`
chooses among these, once; the chosen sentences get their labels, and the model is fitted again, see
learner.py. Two encoders: MiniLM as it comes, and a checkpoint that was fitted on the starter corpus and has
seen no real page. Two splits: publishers of real-train against its other publishers, where `sample` was
designed, and all of it against real-dev, which nothing about `sample` was chosen on.
docs/train/corrections.md says how to make the checkpoint, data/real/README.md how to rebuild the pages.

Writes docs/results/learning-curve.json and docs/pictures/learning-curve.svg.
"""

import argparse
import json
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import curve_picture
import numpy as np
from learner import START, Page, Trial, read
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from newsroles.labels import DEFAULT_LABELS as LABELS
from newsroles.model.bundle import sha256
from newsroles_training.corpora.annotate.sampling import Strategy
from newsroles_training.corpora.check.suspects import MINILM
from newsroles_training.data.split import folds
from newsroles_training.evaluation.metrics import interval, label_f1, macro_f1, resampled
from newsroles_training.train.config import BaseConfig

ROOT = Path(__file__).parents[2]
OUT = ROOT / "docs" / "results" / "learning-curve.json"
PICTURE = ROOT / "docs" / "pictures" / "learning-curve.svg"
SIZES, WATCHED, FOLDS, DRAWS = (50, 100, 200, 400), 200, 5, 2000
"""Sentences added, which of these is looked at closely, grouped folds of real-train, bootstrap draws."""

Counts = NDArray[np.int64]
"""Confusion counts by page: [pages, labels, labels]."""

STRATEGIES = {
    "margin": (Strategy.MARGIN, False),
    "entropy": (Strategy.ENTROPY, False),
    "random": (Strategy.RANDOM, False),
    "margin, whole pages": (Strategy.MARGIN, True),
    "random, whole pages": (Strategy.RANDOM, True),
}


def grouped(train: Sequence[Page], seeds: int) -> Iterator[Trial]:
    """Yield trials on publishers of real-train, held out in turn."""
    fold_of = folds([page.article for page in train], FOLDS, seed=0)
    for fold in range(FOLDS):
        held = [page for page, number in zip(train, fold_of, strict=True) if number == fold]
        pool = [page for page, number in zip(train, fold_of, strict=True) if number != fold]
        for seed in range(seeds):
            yield Trial(pool, held, 100 * fold + seed)


def study(trials: Iterator[Trial], *, same_pages: bool) -> dict[str, Any]:
    """Run every strategy at every size; gives scores a trial, and what stands out at `WATCHED` sentences."""
    counts: dict[tuple[str, int], list[Counts]] = defaultdict(list)
    wrong: dict[str, list[float]] = defaultdict(list)
    for trial in trials:
        counts["start", 0].append(trial.start())
        for name, size in product(STRATEGIES, SIZES):
            strategy, whole_pages = STRATEGIES[name]
            found, share = trial.run(size, strategy, whole_pages=whole_pages)
            counts[name, size].append(found)
            if size == WATCHED:
                wrong[name].append(share)
    f1 = {key: [round(float(macro_f1(one.sum(0))), 4) for one in each] for key, each in counts.items()}
    watched = {name: counts[name, WATCHED] for name in STRATEGIES}
    return {
        "trials": len(f1["start", 0]),
        "start": f1["start", 0],
        "macro_f1": {name: {str(size): f1[name, size] for size in SIZES} for name in STRATEGIES},
        "label_f1": {name: _label_f1(each) for name, each in watched.items()},
        "wrong": {name: round(float(np.mean(shares)), 3) for name, shares in wrong.items()},
        "over_random": {
            name: _difference(each, watched["random"], same_pages=same_pages)
            for name, each in watched.items()
            if name != "random"
        },
    }


def _label_f1(counts: Sequence[Counts]) -> dict[str, float]:
    means = np.mean([label_f1(one.sum(0)) for one in counts], axis=0)
    return {label: round(float(mean), 4) for label, mean in zip(LABELS, means, strict=True)}


def _difference(ours: Sequence[Counts], theirs: Sequence[Counts], *, same_pages: bool) -> dict[str, Any]:
    """Return the mean difference of macro-F1, its 95 % interval, and in how many trials it is above 0.

    The interval is a bootstrap over trials, and over pages too where all trials score the `same_pages`.
    """
    pairs = list(zip(ours, theirs, strict=True))
    gains = [float(macro_f1(one.sum(0)) - macro_f1(other.sum(0))) for one, other in pairs]
    by_trial = np.tile(np.array(gains)[:, None], DRAWS)
    if same_pages:
        draws = [macro_f1(resampled(one, DRAWS)) - macro_f1(resampled(other, DRAWS)) for one, other in pairs]
        by_trial = np.stack(draws)
    trials = np.random.default_rng(0).integers(len(gains), size=by_trial.shape)
    low, high = interval(np.take_along_axis(by_trial, trials, axis=0).mean(0))
    mean = round(float(np.mean(gains)), 4)
    return {
        "mean": mean,
        "low": round(low, 4),
        "high": round(high, 4),
        "trials_won": sum(gain > 0 for gain in gains),
    }


def main() -> None:
    """Parse, simulate, write, draw."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--corpora", type=Path, default=Path("data/restored"))
    arguments.add_argument("--encoder", type=Path, required=True)
    arguments.add_argument("--seeds", type=int, default=20)
    given = arguments.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    train, dev = given.corpora / "train.jsonl", given.corpora / "dev.jsonl"
    if not (train.exists() and dev.exists()):
        raise SystemExit(f"{train} or {dev} is not here; data/real/README.md says how to rebuild the pages")
    result = _simulated(train, dev, given.encoder, given.seeds)
    OUT.write_text(json.dumps(result) + "\n", encoding="utf-8")
    PICTURE.write_text(curve_picture.draw(result), encoding="utf-8")


def _simulated(train: Path, dev: Path, encoder: Path, seeds: int) -> dict[str, Any]:
    encoders = {"minilm": MINILM, "starter": BaseConfig(name=str(encoder))}
    result: dict[str, Any] = {
        "corpora": {"real-train": sha256(train), "real-dev": sha256(dev)},
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
            sys.stdout.write(f"{name} {split} {json.dumps(found['over_random'])}\n")
    return result


if __name__ == "__main__":
    main()
