"""The numbers of a bundle that are fitted after its weights: a bias a kind of line, and the temperature."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from newsroles.model import bundle as bundles
from newsroles.model.labeller import Labeller
from newsroles.model.windows import Scores, line_kinds
from newsroles_training.data.context import in_context
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.evaluation.calibrate import fit_bias, fit_temperature


def with_kind_bias(bundle: bundles.Bundle, train: Sequence[GoldArticle]) -> bundles.Bundle:
    """Fit what each kind of line adds to the logits, on the training pages whose lines have kinds.

    Not for lines of no known kind: plain text has no others.
    """
    labeller = Labeller(replace(bundle, kind_bias={}))
    pages = [article for article in train if article.kinds]
    if not pages:
        return bundle
    logits = np.concatenate([_labelled_scores(labeller, page) for page in pages])
    gold = np.array([bundle.labels.index(label) for page in pages for label in page.labels])
    kinds = np.array([kind for page in pages for kind in line_kinds(page.text, page.kinds, page.sentences)])
    fitted = {
        str(kind): fit_bias(logits[kinds == kind], gold[kinds == kind])
        for kind in sorted({*kinds} - {"line"})
    }
    rounded = {kind: tuple(round(float(number), 3) for number in bias) for kind, bias in fitted.items()}
    return bundles.write_manifest(replace(bundle, kind_bias=rounded))


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
