"""What a smaller model costs: macro-F1 against speed, for fewer layers, fewer words and less overlap.

    python benchmarks/speed/smaller.py data/restored/dev.jsonl runs/released runs/four runs/three \
        -o docs/results/smaller.json --picture docs/pictures/smaller.svg --write docs/trust/performance.md

Every run becomes the int8 graph that its bundle would have. The first one is the reference, and is measured
with less overlap of windows too, and without the words that its training pages never use. One thread reads
the pages with each in turn, on the annotators' sentences, three times over; speeds are medians, differences
of macro-F1 paired over pages. docs/train/training.md says how to fit a run with fewer layers.
"""

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import smaller_picture
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from transformers import AutoModelForTokenClassification, AutoTokenizer
from written import keep, parser, processor, rows, show

from newsroles.model.encoder import Encoder
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles.model.windows import Scores
from newsroles_training.data.corpus import GoldArticle, read
from newsroles_training.data.features import sentence_rows
from newsroles_training.evaluation.metrics import confusion, interval, macro_f1, resampled
from newsroles_training.export.bundle import write_int8
from newsroles_training.export.graph import write_graph
from newsroles_training.train.config import load
from newsroles_training.train.corpora import split
from newsroles_training.train.model import sentence_tokenizer

OVERLAPS, ROUNDS = (0.2, 0.1), 3

Counts = NDArray[np.int64]


class Candidate(NamedTuple):
    """A model as it would be served, and how many megabytes its graph takes."""

    name: str
    tokenizer: SentenceTokenizer
    encoder: Encoder
    overlap: float
    megabytes: float


def candidates(runs: Sequence[Path], scratch: Path) -> Iterator[Candidate]:
    """Make the graphs of all runs, and the variants of the first."""
    config = load(runs[0] / "config.yaml")
    whole = candidate("the shipped one", runs[0], scratch, config.window.overlap)
    yield whole
    for overlap in OVERLAPS:
        yield whole._replace(name=f"windows overlap by {overlap}", overlap=overlap)
    pruned = prune(runs[0], scratch / "pruned", [article.text for article in split(config).train])
    yield candidate("only words of the training pages", pruned, scratch, config.window.overlap)
    for run in runs[1:]:
        layers = json.loads((run / "config.json").read_text(encoding="utf-8"))["num_hidden_layers"]
        yield candidate(f"{layers} layers", run, scratch, config.window.overlap)


def candidate(name: str, run: Path, scratch: Path, overlap: float) -> Candidate:
    """Make the int8 graph of a checkpoint, with a file name of the run's, in the folder `scratch`."""
    config = load(run / "config.yaml")
    model = AutoModelForTokenClassification.from_pretrained(run, attn_implementation="eager").eval()
    plain, graph = scratch / f"{run.name}.fp32.onnx", scratch / f"{run.name}.onnx"
    write_graph(model, plain, config.labels)
    tokenizer = sentence_tokenizer(AutoTokenizer.from_pretrained(run), config.window.tokens)
    write_int8(plain, graph, split(config).train, tokenizer, config.labels)
    return Candidate(name, tokenizer, Encoder(graph, config.labels, 1), overlap, graph.stat().st_size / 1e6)


def prune(run: Path, out: Path, texts: Sequence[str]) -> Path:
    """Write a copy of a WordPiece checkpoint that knows single characters and the words of `texts`."""
    shutil.copytree(run, out, ignore=shutil.ignore_patterns("epochs"))
    tokenizer = json.loads((run / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    special = {one["id"] for one in tokenizer["added_tokens"]}
    used = {number for ids in AutoTokenizer.from_pretrained(run)(list(texts))["input_ids"] for number in ids}
    letters = {number for token, number in vocabulary.items() if len(token.removeprefix("##")) == 1}
    kept = sorted(special | used | letters)
    place = {number: new for new, number in enumerate(kept)}
    tokenizer["model"]["vocab"] = {
        token: place[number] for token, number in vocabulary.items() if number in place
    }
    for one in tokenizer["added_tokens"]:
        one["id"] = place[one["id"]]
    for one in tokenizer["post_processor"]["special_tokens"].values():
        one["ids"] = [place[number] for number in one["ids"]]
    (out / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    weights = load_file(run / "model.safetensors")
    (table,) = (name for name in weights if name.endswith("word_embeddings.weight"))
    weights[table] = weights[table][torch.tensor(kept)].clone()
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    settings = json.loads((run / "config.json").read_text(encoding="utf-8"))
    settings |= {"vocab_size": len(kept), "pad_token_id": place[settings.get("pad_token_id") or 0]}
    (out / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    return out


def labelled(one: Candidate, articles: Sequence[GoldArticle]) -> tuple[float, list[Scores]]:
    """Read the articles; gives seconds, and each article's scores [sentences, labels]."""

    def logits(ids: list[int]) -> Scores:
        framing = (1, 1), (0, 0)  # a row before and one behind, at which nobody looks
        return np.pad(one.encoder.logits(ids), framing)

    began = time.perf_counter()
    rows = [sentence_rows(article, one.tokenizer, one.overlap, logits) for article in articles]
    return time.perf_counter() - began, rows


def measure(
    made: Sequence[Candidate], articles: Sequence[GoldArticle], labels: Sequence[str]
) -> list[dict[str, Any]]:
    """Time and score all candidates; gives a row each."""
    seconds: dict[str, list[float]] = {one.name: [] for one in made}
    counts: dict[str, Counts] = {}
    for _ in range(ROUNDS):
        for one in made:
            took, rows = labelled(one, articles)
            seconds[one.name].append(took)
            counts[one.name] = _counts(articles, rows, labels)
    reference = made[0].name
    sentences = sum(len(article.labels) for article in articles)
    return [
        {
            "name": one.name,
            "macro_f1": round(float(macro_f1(counts[one.name].sum(0))), 4),
            "against": _against(counts[one.name], counts[reference]) if one.name != reference else None,
            "sentences_per_second": round(sentences / statistics.median(seconds[one.name])),
            "times": round(statistics.median(np.array(seconds[reference]) / np.array(seconds[one.name])), 2),
            "megabytes": round(one.megabytes, 1),
        }
        for one in made
    ]


def _counts(articles: Sequence[GoldArticle], rows: Sequence[Scores], labels: Sequence[str]) -> Counts:
    return np.stack(
        [
            confusion(
                [labels.index(label) for label in article.labels if label],
                part.argmax(-1).tolist(),
                len(labels),
            )
            for article, part in zip(articles, rows, strict=True)
        ]
    )


def _against(ours: Counts, theirs: Counts) -> list[float]:
    low, high = interval(macro_f1(resampled(ours)) - macro_f1(resampled(theirs)))
    return [round(float(value), 3) for value in (macro_f1(ours.sum(0)) - macro_f1(theirs.sum(0)), low, high)]


def table(found: Sequence[dict[str, Any]]) -> tuple[list[str], list[list[str]]]:
    """Lay out heads and rows."""
    heads = ["model", "macro-F1", "against the first", "sentences/s", "times", "MB"]
    body = []
    for row in found:
        against = "{:+.3f} ({:+.3f} to {:+.3f})".format(*row["against"]) if row["against"] else ""
        speed = [f"{row['sentences_per_second']:,}", f"{row['times']:.2f}"]
        body.append([row["name"], f"{row['macro_f1']:.3f}", against, *speed, f"{row['megabytes']}"])
    return heads, body


def main() -> None:
    """Parse, measure, write, draw."""
    arguments = parser("Measure smaller models")
    arguments.add_argument("pages", type=Path)
    arguments.add_argument("runs", type=Path, nargs="+")
    arguments.add_argument("--picture", type=Path, required=True)
    asked = arguments.parse_args()
    labels = load(asked.runs[0] / "config.yaml").labels
    articles = read([asked.pages], labels)
    with tempfile.TemporaryDirectory() as scratch:
        found = measure(list(candidates(asked.runs, Path(scratch))), articles, labels)
    heads, body = table(found)
    show(heads, body)
    asked.picture.write_text(smaller_picture.draw(found), encoding="utf-8")
    keep(asked, {"machine": processor(), "rows": found}, "smaller", rows(heads, body))


if __name__ == "__main__":
    main()
