"""The numbers of a bundle that are fitted after its weights: a bias a kind of line, and the temperature."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsroles.errors import UsageError
from newsroles.labels import Role
from newsroles.model import bundle as bundles
from newsroles.model.labeller import Labeller
from newsroles.model.windows import line_kinds
from newsroles.runs.paths import folder_apart
from newsroles_training.data.corpus import GoldArticle, read
from newsroles_training.evaluation.alignment import labelled_scores
from newsroles_training.evaluation.calibrate import COLDEST, HOTTEST, fit_bias, fit_temperature
from newsroles_training.export.place import beside, put, refuse_other

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
    provenance = {**bundle.provenance, "kinds_fitted_on": _counts(pages)}
    return bundles.write_manifest(replace(bundle, kind_bias=fitted, provenance=provenance))


def _furniture_odds(labeller: Labeller, page: GoldArticle) -> NDArray[np.float64]:
    """Return the log-odds of boilerplate of a page's labelled sentences."""
    logits = labelled_scores(labeller, page).astype(np.float64) / labeller.bundle.calibration.temperature
    place = labeller.labels.index(Role.BOILERPLATE)
    return np.asarray(logits[:, place] - np.logaddexp.reduce(np.delete(logits, place, axis=1), axis=1))


def _centred(bundle: bundles.Bundle, bias: float) -> tuple[float, ...]:
    """Return what moves the log-odds of boilerplate by `bias`: a number a label, their sum zero."""
    share = bias * bundle.calibration.temperature / len(bundle.labels)
    return tuple(
        round(share * (len(bundle.labels) - 1) if label == Role.BOILERPLATE else -share, 3)
        for label in bundle.labels
    )


def calibrated(
    bundle: bundles.Bundle, held: Sequence[GoldArticle], corpora: Mapping[str, str] | None = None
) -> bundles.Bundle:
    """Fit the temperature on pages that training held out; a bias keeps its weight, and every label stays.

    `corpora` are the files that `held` is of and their digests; none for a fold of the training pages.
    """
    labeller, before = Labeller(bundle), bundle.calibration
    bias = before.temperature * np.asarray(before.bias, dtype=np.float32)
    logits = bias + np.concatenate([labelled_scores(labeller, article) for article in held])
    gold = [bundle.labels.index(label) for article in held for label in article.labels]
    temperature = round(fit_temperature(logits, gold), 4)
    calibration = bundles.Calibration(temperature, tuple((bias / temperature).tolist()))
    provenance = {**bundle.provenance, "calibrated_on": {"corpora": dict(corpora or {}), **_counts(held)}}
    return bundles.write_manifest(replace(bundle, calibration=calibration, provenance=provenance))


def calibrated_if_told(bundle: bundles.Bundle, held: Sequence[GoldArticle]) -> bundles.Bundle:
    """Fit the temperature on the fold that training held out; where that can't tell, it is 1, of no pages.

    The bundle has no bias yet.
    """
    made = calibrated(bundle, held)
    if _tells(made):
        return made
    nothing = {**made.provenance, "calibrated_on": {"corpora": {}, **_counts([])}}
    plain = bundles.Calibration(1.0, bundle.calibration.bias)
    return bundles.write_manifest(replace(bundle, calibration=plain, provenance=nothing))


def _tells(bundle: bundles.Bundle) -> bool:
    """Tell whether a temperature was found: for few sentences, all right, it is at an end of the search."""
    return COLDEST < bundle.calibration.temperature < HOTTEST


def _counts(pages: Sequence[GoldArticle]) -> dict[str, Any]:
    return {
        "articles": len(pages),
        "groups": len({page.group for page in pages}),
        "sentences": sum(len(page.labels) for page in pages),
    }


def recalibrate(
    bundle: bundles.Bundle, pages: Sequence[Path], out: Path, kinds: Sequence[Path] = ()
) -> bundles.Bundle:
    """Write `bundle` to the folder `out` with its temperature fitted on labelled pages: no label changes.

    With `kinds`, pages with mark-up, what each kind of line says is fitted anew on them at that temperature;
    a temperature that was too low had left it too little. Then labels of web pages may change.

    The fold that training held out may be a few pages of one site; pages of many publishers tell better how
    far a model can be trusted. They must be new to it, for it is surer of those that it was trained on.
    Raises UsageError for a file that it was trained on, which is known by its digest, so not once it was
    changed, and where the pages are too few to tell.
    """
    out = folder_apart(out, [bundle.folder, *pages, *kinds])
    refuse_other(out)
    marked_up = [article for article in read(kinds, bundle.labels) if article.kinds]
    if kinds and not marked_up:
        raise UsageError(f"{_names(kinds)}: no page with mark-up", "give what corpus mark-up wrote")
    articles = read_labelled(pages, bundle)
    if pipes := [path for path in pages if not path.is_file()]:
        raise UsageError(f"{_names(pipes)}: no file", "give files, which are written down by their digests")
    known = set(bundle.provenance.get("trained_on", {}).values())
    digests = {str(path): bundles.sha256(path) for path in pages}
    if seen := [path for path, digest in digests.items() if digest in known]:
        raise UsageError(f"{', '.join(seen)}: the model was trained on it", "give pages that it has not seen")
    with beside(out) as scratch:
        copy = scratch / "new"
        copy.mkdir()
        for name in (bundles.GRAPH, bundles.TOKENIZER):
            shutil.copyfile(bundle.folder / name, copy / name)
        made = calibrated(replace(bundle, folder=copy), articles, digests)
        made = with_kind_bias(made, marked_up)
        if not _tells(made):
            step = "give more pages, of several publishers"
            many = made.provenance["calibrated_on"]["sentences"]
            raise UsageError(f"{_names(pages)}: {many} sentences that do not tell", step)
        put(copy, out)
    return bundles.load(out)


def read_labelled(pages: Sequence[Path], bundle: bundles.Bundle) -> list[GoldArticle]:
    """Read the articles with sentences that are labelled; raises UsageError if there are none."""
    if articles := [article for article in read(pages, bundle.labels) if article.labels]:
        return articles
    raise UsageError(f"{_names(pages)}: no labelled sentences", "give a corpus with labelled articles")


def _names(paths: Iterable[Path]) -> str:
    return ", ".join(map(str, paths))
