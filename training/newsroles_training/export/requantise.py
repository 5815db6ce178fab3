"""A bundle's graph made anew from its own weights: what this version exports better, without training."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from transformers import AutoModelForTokenClassification

from newsroles.errors import UsageError
from newsroles.model import bundle as bundles
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles.runs.paths import folder_apart
from newsroles_training.export.bundle import ExportRefused, fidelity, write_int8
from newsroles_training.export.calibration import read_labelled
from newsroles_training.export.graph import write_graph
from newsroles_training.export.place import beside, put, refuse_other
from newsroles_training.train.config import ExportConfig
from newsroles_training.train.weights import unpack

LIMITS = ExportConfig(least_equal_labels=0.99)
"""Of labels twice as many may differ as `export` allows, for these weights were rounded once before."""


def requantise(bundle: bundles.Bundle, pages: Sequence[Path], out: Path) -> bundles.Bundle:
    """Write `bundle` to the folder `out` with the int8 graph that this version makes of its weights.

    `pages` are labelled articles, which may be those that it was trained on: their first ones show which
    numbers the graph is made for, and on all of them its labels are compared with those of the weights.
    Everything else stays as it is in `bundle`. Raises UsageError where `bundle` isn't int8, and
    ExportRefused where it strays beyond `LIMITS`.
    """
    out = folder_apart(out, [bundle.folder, *pages])
    refuse_other(out)
    if "int8" not in bundle.provenance:
        raise UsageError(f"{bundle.model_id}: its graph is not int8", "export its checkpoint")
    articles = read_labelled(pages, bundle)
    tokenizer = SentenceTokenizer.load(bundle.tokenizer, bundle.special, bundle.window_tokens)
    with beside(out) as scratch:
        unpack(bundle, scratch / "checkpoint")
        model = AutoModelForTokenClassification.from_pretrained(
            scratch / "checkpoint", attn_implementation="eager"
        ).eval()
        plain, small = (_without_graph(bundle, scratch / precision) for precision in ("fp32", "int8"))
        write_graph(model, plain.graph, bundle.labels)
        write_int8(plain.graph, small.graph, articles, tokenizer, bundle.labels)
        found = fidelity(bundles.write_manifest(plain), bundles.write_manifest(small), articles)
        if not found.keeps(LIMITS):
            raise ExportRefused(
                f"int8 strays too far from the weights: {found.equal_labels:.2%} of labels are equal, "
                f"probabilities differ by {found.probability_difference:.4f}",
                "keep the bundle as it is, or export its checkpoint",
            )
        provenance = {**bundle.provenance, "int8": asdict(found)}
        put(bundles.write_manifest(replace(small, provenance=provenance)).folder, out)
    return bundles.load(out)


def _without_graph(bundle: bundles.Bundle, folder: Path) -> bundles.Bundle:
    """Copy all of a bundle but its graph to a new folder."""
    folder.mkdir()
    copy = replace(bundle, folder=folder)
    copy.tokenizer.write_bytes(bundle.tokenizer.read_bytes())
    return copy
