"""The numbers of a bundle that are fitted after its weights: a bias a kind of line, and the temperature."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from newsroles.labels import Role
from newsroles.model import bundle as bundles
from newsroles.model.labeller import Labeller
from newsroles.model.windows import Scores, line_kinds
from newsroles_training.data.context import in_context
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.evaluation.calibrate import fit_bias, fit_temperature

FOLDS = 5


def with_kind_bias(bundle: bundles.Bundle, train: Sequence[GoldArticle]) -> bundles.Bundle:
    """Fit what each kind of line says for furniture or against, on the training pages whose lines have kinds.

    One number a kind: what a line says is the model's to tell. It is fitted at the bundle's temperature, for
    on pages that it was trained on a model is surer than elsewhere, and leaves too little to the kinds.
    Not for lines of no known kind: plain text has no others.
    """
    pages = [article for article in train if article.kinds]
    if not pages or Role.BOILERPLATE not in bundle.labels:
        return bundle
    labeller = Labeller(replace(bundle, kind_bias={}))
    odds = np.concatenate([_furniture_odds(labeller, page) for page in pages])
    gold = np.array([label == Role.BOILERPLATE for page in pages for label in page.labels])
    kinds = np.array([kind for page in pages for kind in line_kinds(page.text, page.kinds, page.sentences)])
    publishers = np.unique([page.group for page in pages], return_inverse=True)[1]
    folds = np.repeat(publishers % FOLDS, [len(page.labels) for page in pages])
    fitted = {
        str(kind): _centred(bundle, fit_bias(odds[kinds == kind], gold[kinds == kind], folds[kinds == kind]))
        for kind in sorted({*kinds} - {"line"})
    }
    return bundles.write_manifest(replace(bundle, kind_bias=fitted))


def _furniture_odds(labeller: Labeller, page: GoldArticle) -> NDArray[np.float64]:
    """Return the log-odds of boilerplate of a page's labelled sentences."""
    logits = _labelled_scores(labeller, page).astype(np.float64) / labeller.bundle.calibration.temperature
    place = labeller.labels.index(Role.BOILERPLATE)
    return np.asarray(logits[:, place] - np.logaddexp.reduce(np.delete(logits, place, axis=1), axis=1))


def _centred(bundle: bundles.Bundle, bias: float) -> tuple[float, ...]:
    """Return what moves the log-odds of boilerplate by `bias`: a number a label, their sum zero."""
    share = bias * bundle.calibration.temperature / len(bundle.labels)
    return tuple(
        round(share * (len(bundle.labels) - 1) if label == Role.BOILERPLATE else -share, 3)
        for label in bundle.labels
    )


def calibrated(bundle: bundles.Bundle, held: Sequence[GoldArticle]) -> bundles.Bundle:
    """Fit the temperature on pages that training held out."""
    labeller = Labeller(bundle)
    logits = np.concatenate([_labelled_scores(labeller, article) for article in held])
    gold = [bundle.labels.index(label) for article in held for label in article.labels]
    calibration = replace(bundle.calibration, temperature=round(fit_temperature(logits, gold), 4))
    return bundles.write_manifest(replace(bundle, calibration=calibration))


def _labelled_scores(labeller: Labeller, article: GoldArticle) -> Scores:
    sentences, labels = in_context(article)
    return labeller.scores(article.text, sentences, article.kinds)[[label is not None for label in labels]]
