"""Somebody who labels pages, simulated: a frozen encoder, and a logistic regression on its sentence states.

That is quick enough to be done many times. Features are the encoder's mean state of each sentence, read in
its page as training reads it, and the sentence's relative place. States are kept in runs/curve.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from newsroles.labels import DEFAULT_LABELS as LABELS
from newsroles.model.bundle import sha256
from newsroles.records.schema import DECIMALS
from newsroles_training.corpora.annotate.sampling import Chosen, Strategy, choose
from newsroles_training.corpora.check import pages as pages_
from newsroles_training.corpora.check.suspects import states
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.evaluation.metrics import confusion
from newsroles_training.train.config import BaseConfig

CACHE = Path("runs/curve")
START, PENALTY = 10, 0.01
"""Pages to begin with, and scikit-learn's `C`."""

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Page:
    """A page as the simulation sees it: its gold, and the encoder's states and place of each sentence."""

    article: GoldArticle
    gold: NDArray[np.int64]
    features: Matrix


def read(path: Path, base: BaseConfig, name: str) -> list[Page]:
    """Read a corpus and what an encoder says of its sentences, computed once."""
    loaded, problems = pages_.load([path], LABELS)
    assert not problems, problems[0]
    cached = CACHE / f"{name}-{path.stem}-{sha256(path)[:12]}.npy"
    if not cached.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with torch.autocast("cpu", torch.bfloat16):
            np.save(cached, states(loaded, LABELS, base).astype(np.float16))
    rows = np.load(cached).astype(np.float32)
    ends = np.cumsum([len(page.article.labels) for page in loaded])[:-1]
    return [_page(page.article, part) for page, part in zip(loaded, np.split(rows, ends), strict=True)]


def _page(article: GoldArticle, rows: Matrix) -> Page:
    place = np.linspace(0, 1, len(rows), dtype=np.float32)[:, None]
    gold = np.array([LABELS.index(label) for label in article.labels], dtype=np.int64)
    return Page(article, gold, np.concatenate([rows, place], axis=1))


class Trial:
    """One seed: pages to begin with, pages to choose from, pages to score on."""

    def __init__(self, pool: Sequence[Page], held: Sequence[Page], seed: int) -> None:
        """Draw the pages to begin with."""
        order = np.random.default_rng(seed).permutation(len(pool))
        self._begun = [pool[number] for number in order[:START]]
        self._rest = [pool[number] for number in order[START:]]
        every = np.concatenate([page.features for page in pool])
        self._centre, self._scale = every.mean(0), every.std(0).mean()
        self._held, self._seed = held, seed
        doubter = self._fitted({}, weights=None)
        self._records = [self._record(page, doubter) for page in self._rest]

    def start(self) -> NDArray[np.int64]:
        """Score the pages to begin with alone: confusion counts by page [pages, labels, labels]."""
        return self._confusion(self._fitted({}))

    def run(self, count: int, strategy: Strategy, *, whole_pages: bool) -> tuple[NDArray[np.int64], float]:
        """Add `count` sentences; gives the same counts, and the share of these that the model had wrong."""
        chosen = choose(self._records, count, strategy, self._seed, whole_pages=whole_pages)
        said = [
            self._records[n]["sentences"][place]["label"] for n, places in chosen.items() for place in places
        ]
        right = [self._rest[n].article.labels[place] for n, places in chosen.items() for place in places]
        wrong = float(np.mean([one != other for one, other in zip(said, right, strict=True)]))
        return self._confusion(self._fitted(chosen)), wrong

    def _fitted(self, chosen: Chosen, weights: str | None = "balanced") -> LogisticRegression:
        """Fit a model; weights of labels make up for how sentences were chosen, and spoil probabilities."""
        rows = [page.features for page in self._begun]
        gold = [page.gold for page in self._begun]
        for number, places in chosen.items():
            rows.append(self._rest[number].features[places])
            gold.append(self._rest[number].gold[places])
        model = LogisticRegression(C=PENALTY, class_weight=weights, max_iter=200, tol=1e-3)
        return model.fit(self._scaled(np.concatenate(rows)), np.concatenate(gold))

    def _scaled(self, rows: Matrix) -> Matrix:
        return (rows - self._centre) / self._scale

    def _probabilities(self, page: Page, model: LogisticRegression) -> NDArray[np.float64]:
        found = np.zeros((len(page.gold), len(LABELS)))
        found[:, model.classes_] = model.predict_proba(self._scaled(page.features))
        return found

    def _record(self, page: Page, model: LogisticRegression) -> dict[str, Any]:
        """Write what `newsroles label` would write of a page."""
        sentences = [
            {
                "start": span.start,
                "end": span.end,
                "label": LABELS[row.argmax()],
                "probabilities": {label: round(p, DECIMALS) for label, p in zip(LABELS, row, strict=True)},
            }
            for span, row in zip(page.article.sentences, self._probabilities(page, model), strict=True)
        ]
        return {"text": page.article.text, "sentences": sentences}

    def _confusion(self, model: LogisticRegression) -> NDArray[np.int64]:
        predicted = [self._probabilities(page, model).argmax(-1) for page in self._held]
        pairs = zip(self._held, predicted, strict=True)
        return np.stack([confusion(page.gold, labels, len(LABELS)) for page, labels in pairs])
