"""A checkpoint folder to an ONNX bundle, written only if it says what the checkpoint says.

int8 takes the scales of activations at run time, which is safe because serving runs one window at a time, see
`newsroles.model.encoder`. The temperature is fitted on the fold that training held out.
"""

import json
import math
import random
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from newsroles.errors import NewsrolesError, UsageError
from newsroles.model import bundle as bundles
from newsroles.model.runtime import onnxruntime
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles.model.windows import softmax
from newsroles.runs.paths import folder_apart
from newsroles.who.resolve import SPOKEN
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.data.features import Collator, windows_of
from newsroles_training.evaluation.alignment import readings
from newsroles_training.export.calibration import calibrated_if_told, with_kind_bias
from newsroles_training.export.card import render_with
from newsroles_training.export.graph import write_graph
from newsroles_training.export.int8 import quantise
from newsroles_training.export.place import CARD, beside, put, refuse_other
from newsroles_training.export.vocabulary import prune
from newsroles_training.train.begun import SETTINGS, SUMMARY, refuse_unfinished
from newsroles_training.train.config import ExportConfig, RunConfig, load
from newsroles_training.train.corpora import checksums, corpora, split
from newsroles_training.train.model import sentence_tokenizer
from newsroles_training.train.surgery import special_tokens

Marks = NDArray[np.bool_]
"""Which tokens of a sentence are inside a speaker or a target: [tokens, spans]."""
SHOWN, MOST_WINDOWS = 60, 300
"""Articles whose activations the int8 graph is made for, and how many of their windows at most."""
TOLERANCE = 1e-3
"""How far a logit of the fp32 graph may stray from PyTorch's; logits are of the order of 1 to 10."""


class ExportRefused(NewsrolesError):  # noqa: N818 - reads as what it is at the raise site
    """The exported graph does not say what the checkpoint says."""


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How near int8 comes to fp32: the share of equal labels, the mean difference of probabilities.

    `equal_marks` is the share of claims and accusations with a speaker or target in either that have the
    same tokens marked in both; None without any.
    """

    sentences: int
    equal_labels: float
    probability_difference: float
    equal_marks: float | None = None

    def keeps(self, limits: ExportConfig) -> bool:
        """Tell whether it is within a config's limits, which a difference that is no number is not."""
        return (
            self.equal_labels >= limits.least_equal_labels
            and self.probability_difference <= limits.most_probability_difference
            and (self.equal_marks is None or self.equal_marks >= limits.least_equal_marks)
        )


def export(checkpoint: Path, out: Path, *, hub: bool = False) -> bundles.Bundle:
    """Write the bundle of `checkpoint` to the folder `out`, replacing what is there only once it is proven.

    With `hub`, the checkpoint itself and a model card as ``README.md`` lie beside it, as model hubs want it.
    Raises UsageError where the checkpoint or one of its corpora lies in `out`, and ExportRefused where the
    graph's logits or labels differ from PyTorch's. Falls back to fp32, with a warning, where int8 misses the
    config's limits.
    """
    refuse_unfinished(checkpoint)
    config = load(checkpoint / SETTINGS)
    out = folder_apart(out, [checkpoint, *corpora(config)])
    refuse_other(out)
    model = AutoModelForTokenClassification.from_pretrained(checkpoint, attn_implementation="eager").eval()
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    data = split(config)
    if least := config.export.least_token_uses:
        whole = sentence_tokenizer(tokenizer, config.window.tokens)
        seen = windows_of(data.train, whole, config.labels, overlap=0.0)["input_ids"]
        tokenizer = prune(model, tokenizer, seen, least)
    reader = sentence_tokenizer(tokenizer, config.window.tokens)
    with beside(out) as scratch:
        plain, small = scratch / "fp32", scratch / "int8"
        for folder in (plain, small):
            folder.mkdir()
            (folder / bundles.TOKENIZER).write_text(reader.to_json(), encoding="utf-8")
        write_graph(model, plain / bundles.GRAPH, config.labels)
        compare_with_torch(model, plain / bundles.GRAPH, data.held, reader, config.labels)
        chosen = bundles.write_manifest(_uncalibrated(plain, config, special_tokens(tokenizer), checkpoint))
        if config.export.precision == "int8":
            write_int8(chosen.graph, small / bundles.GRAPH, data.train, reader, config.labels)
            chosen = _faithful(chosen, small, [*data.held, *_some(data.train, config)], config)
        marked_up = _some([page for page in data.train if page.kinds], config)
        chosen = with_kind_bias(calibrated_if_told(chosen, data.held), marked_up)
        chosen = calibrated_if_told(chosen, data.held)
        if hub:
            _lay_beside(chosen, model, tokenizer)
        put(chosen.folder, out)
    return bundles.load(out)


def _some(articles: Sequence[GoldArticle], config: RunConfig) -> Sequence[GoldArticle]:
    """Draw as many as the config says, the same for every export."""
    most = config.export.pages or len(articles)
    return articles if most >= len(articles) else random.Random(config.seed).sample(articles, most)  # noqa: S311 - no secret


def write_int8(
    plain: Path, out: Path, train: Sequence[GoldArticle], tokenizer: SentenceTokenizer, labels: Sequence[str]
) -> None:
    """Write the int8 graph of the fp32 graph `plain`, made for what the first articles of `train` show."""
    windows = list(windows_of(train[:SHOWN], tokenizer, labels, overlap=0.0)["input_ids"])
    quantise(plain, out, windows[:: max(1, math.ceil(len(windows) / MOST_WINDOWS))])


def _lay_beside(bundle: bundles.Bundle, model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast) -> None:
    """Add what `AutoModelForTokenClassification` and `AutoTokenizer` open, and the card.

    ``tokenizer.json`` stays the bundle's, which differs in that it neither truncates nor pads by itself.
    """
    own = bundle.tokenizer.read_bytes()
    model.save_pretrained(bundle.folder)
    tokenizer.save_pretrained(bundle.folder)
    bundle.tokenizer.write_bytes(own)
    (bundle.folder / CARD).write_text(render_with(bundle, None), encoding="utf-8")


def _uncalibrated(
    folder: Path, config: RunConfig, special: bundles.SpecialTokens, checkpoint: Path
) -> bundles.Bundle:
    return bundles.Bundle(
        folder=folder,
        name=config.name,
        revision="",
        labels=tuple(config.labels),
        window_tokens=config.window.tokens,
        overlap=config.window.overlap,
        special=special,
        calibration=bundles.Calibration(1.0, (0.0,) * len(config.labels)),
        spans=tuple(config.spans),
        guide=config.guide,
        provenance=_provenance(config, checkpoint),
    )


def compare_with_torch(
    model: PreTrainedModel,
    graph: Path,
    articles: Sequence[GoldArticle],
    tokenizer: SentenceTokenizer,
    labels: Sequence[str],
) -> None:
    """Raise ExportRefused unless the graph's logits are PyTorch's, padded batches included."""
    rows = windows_of(articles, tokenizer, labels, overlap=0.0)
    batch = Collator(0)([rows[number] for number in range(min(8, len(rows)))])
    inputs = {name: batch[name] for name in ("input_ids", "attention_mask")}
    with torch.inference_mode():
        expected = model(**inputs).logits.numpy()
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    (found,) = session.run(["logits"], {name: tensor.numpy() for name, tensor in inputs.items()})
    real = batch["attention_mask"].numpy().astype(bool)
    stray = float(np.abs(found[real] - expected[real]).max())
    if not stray <= TOLERANCE or (found[real].argmax(-1) != expected[real].argmax(-1)).any():
        raise ExportRefused(
            f"the graph's logits differ from PyTorch's by up to {stray:.2g}", "report this as a bug"
        )


def _faithful(
    plain: bundles.Bundle, folder: Path, articles: Sequence[GoldArticle], config: RunConfig
) -> bundles.Bundle:
    """Return the bundle of the int8 graph in `folder` if it keeps the config's limits, else the fp32 one."""
    small = bundles.write_manifest(replace(plain, folder=folder))
    found = fidelity(plain, small, articles)
    if not found.keeps(config.export):
        warnings.warn(f"int8 strays too far from fp32 ({found}); the bundle stays fp32", stacklevel=2)
        return plain
    return bundles.write_manifest(replace(small, provenance={**small.provenance, "int8": asdict(found)}))


def fidelity(plain: bundles.Bundle, small: bundles.Bundle, articles: Sequence[GoldArticle]) -> Fidelity:
    """Read the same sentences with both bundles, uncalibrated, and compare."""
    read = [list(readings(bundle, articles)) for bundle in (plain, small)]
    first, second = (softmax(np.concatenate([each.labels for each in one])) for one in read)
    spoken = [plain.labels[label] in SPOKEN for label in first.argmax(-1)]
    marks = ([tokens > 0 for each in one for tokens in each.tokens] for one in read)
    return Fidelity(
        sentences=len(first),
        equal_labels=float((first.argmax(-1) == second.argmax(-1)).mean()),
        probability_difference=float(np.abs(first - second).mean()),
        equal_marks=_equal_marks(spoken, *marks) if plain.spans else None,
    )


def _equal_marks(spoken: Sequence[bool], first: Sequence[Marks], second: Sequence[Marks]) -> float | None:
    """Compare which tokens of each sentence that is `spoken` are marked."""
    pairs = zip(compress(first, spoken), compress(second, spoken), strict=True)
    equal = [(one == other).all() for one, other in pairs if (one | other).any()]
    return float(np.mean(equal)) if equal else None


def _provenance(config: RunConfig, checkpoint: Path) -> dict[str, Any]:
    fitted = json.loads((checkpoint / SUMMARY).read_text(encoding="utf-8"))
    if fitted["corpora"] != (here := checksums(config)):
        changed = sorted(path for path, _ in fitted["corpora"].items() ^ here.items())
        raise UsageError(
            f"not the corpora that it was trained on: {', '.join(dict.fromkeys(changed))}",
            "put them back, so that the temperature is fitted on pages that training held out",
        )
    return {
        "base": fitted["base"],
        "licence": config.licence,
        "language": config.language,
        "trained_on": fitted["corpora"],
        "articles": fitted["articles"],
        "sentences": fitted["sentences"],
        "epoch": fitted["epoch"],
        "averaged": fitted.get("averaged", []),
        "runs": len(fitted["runs"]),
        "minutes": round(sum(fitted["runs"].values()), 2),
        "seed": config.seed,
        "versions": {name: version(name) for name in ("torch", "transformers", "onnxruntime", "newsroles")},
    }
