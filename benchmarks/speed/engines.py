"""The engines that speed.py compares. Each reads articles from JSON lines and writes labelled ones.

All but the usual way read our windows, through our `Labeller`; what differs is who computes the logits.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import engine_files
import numpy as np
from loaded import loaded

from newsroles.articles import Article
from newsroles.model import bundle
from newsroles.model.encoder import Encoder
from newsroles.model.labeller import Labeller
from newsroles.model.sentences import split
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles.model.windows import Scores
from newsroles.readers import ReadOptions, read_source
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.records.write import to_line
from newsroles.runs import local
from newsroles.runs.job import Job, Target

Logits = Callable[[Sequence[int]], Scores]
TORCH = ("torch", "transformers")
BATCH = 32
"""Sentences that the usual way reads at once."""


@dataclass(frozen=True)
class Setting:
    """Threads, the folder that `engine_files.make` has filled, and the bundle whose windows are read."""

    threads: int
    made: Path
    model: Path | None = None


class InWindows:
    """What `newsroles label` does, with any encoder; `runs` are the tokens of each sequence it has read."""

    def __init__(self, labeller: Labeller) -> None:
        """Take a labeller, whose encoder is watched."""
        self.runs: list[int] = []
        self._logits = labeller._encoder.logits  # noqa: SLF001 - our own
        labeller._encoder.logits = self._counted  # type: ignore[method-assign]  # noqa: SLF001 - our own
        self._labeller = labeller

    def _counted(self, ids: Sequence[int]) -> Scores:
        self.runs.append(len(ids))
        return self._logits(ids)

    def label(self, pages: Path, out: Path) -> None:
        """Label the articles of a file of JSON lines."""
        target = Target(out, Path(f"{out}.errors"))
        out.unlink(missing_ok=True)
        done = local.run(Job([str(pages)], loaded(self._labeller)), target)
        assert not done.failed


class Borrowed(Labeller):
    """A labeller with the bundle's windows and another's logits."""

    def __init__(self, setting: Setting, logits: Logits) -> None:
        """Read the bundle, but for its graph."""
        self.bundle = bundle.load(setting.model)
        self.min_confidence, self.unwrap, self.who = 0.0, True, True
        tokens = self.bundle.window_tokens
        self._tokenizer = SentenceTokenizer.load(self.bundle.tokenizer, self.bundle.special, tokens)
        self._encoder = Logit(logits)  # type: ignore[assignment]


class Logit:
    """An encoder made of a function."""

    def __init__(self, logits: Logits) -> None:
        """Take what gives a row a token, the framing tokens left out."""
        self.logits = logits


class Alone:
    """The usual way: transformers' pipeline on isolated sentences, 32 at once."""

    def __init__(self, setting: Setting, *, width: int | None) -> None:
        """Pad every sentence to `width` tokens, or with None each batch to its longest sentence."""
        import torch
        from transformers import pipeline

        torch.set_num_threads(setting.threads)
        folder = str(setting.made / engine_files.ALONE)
        self._classify = pipeline(
            "text-classification", folder, device="cpu", batch_size=BATCH, top_k=None, truncation=True
        )
        self._padding = {"padding": "max_length", "max_length": width} if width else {}
        self.runs: list[int] = []
        self._classify.model.register_forward_pre_hook(self._count, with_kwargs=True)

    def _count(self, _: Any, __: Any, values: dict[str, Any]) -> None:
        rows, tokens = values["input_ids"].shape
        self.runs += [tokens] * rows

    def label(self, pages: Path, out: Path) -> None:
        """Label the sentences of a file of JSON lines, all in one go so that batches are full."""
        articles = [item for item in read_source(str(pages), ReadOptions()) if isinstance(item, Article)]
        spans = [split(article.text) for article in articles]
        texts = [one.text[s.start : s.end] for one, page in zip(articles, spans, strict=True) for s in page]
        found = iter(self._classify(texts, **self._padding))
        with out.open("wb") as file:
            for article, page in zip(articles, spans, strict=True):
                labelled = tuple(_sentence(article.text, span, next(found)) for span in page)
                file.write(to_line(LabelledArticle(article, "alone", labelled).to_dict()))


def _sentence(text: str, span: Any, scores: list[dict[str, Any]]) -> LabelledSentence:
    probabilities = {row["label"]: row["score"] for row in scores}
    best = max(probabilities, key=probabilities.__getitem__)
    return LabelledSentence(span.start, span.end, text[span.start : span.end], best, probabilities)


def ours(setting: Setting, name: str | None = None) -> InWindows:
    """Label as `newsroles label` does, with the setting's bundle or the model of a name."""
    return InWindows(Labeller.load(name or setting.model, threads=setting.threads))


def onnx(setting: Setting) -> InWindows:
    """Run the fused fp32 graph, from which the int8 one is made, by onnxruntime."""
    labels = bundle.load(setting.model).labels
    encoder = Encoder(setting.made / engine_files.FUSED, labels, setting.threads)
    return InWindows(Borrowed(setting, encoder.logits))


def in_torch(setting: Setting, *, number: str) -> InWindows:
    """Run the checkpoint by torch, with its own attention, in fp32 or bf16."""
    import torch
    from transformers import AutoModelForTokenClassification

    torch.set_num_threads(setting.threads)
    kind = {"fp32": torch.float32, "bf16": torch.bfloat16}[number]
    model = AutoModelForTokenClassification.from_pretrained(setting.made / engine_files.TORCH, dtype=kind)
    model.eval()

    @torch.inference_mode()
    def logits(ids: Sequence[int]) -> Scores:
        return np.asarray(model(torch.tensor([ids])).logits[0, 1:-1].float().numpy())

    return InWindows(Borrowed(setting, logits))


def in_openvino(setting: Setting, *, graph: str, number: str) -> InWindows:
    """Run a graph by OpenVINO, which else computes in bf16 where the processor can."""
    import openvino

    asked = {
        "INFERENCE_NUM_THREADS": setting.threads,
        "INFERENCE_PRECISION_HINT": number,
        "PERFORMANCE_HINT": "LATENCY",
    }
    compiled = openvino.Core().compile_model(setting.made / graph, "CPU", asked)

    def logits(ids: Sequence[int]) -> Scores:
        row = np.asarray(ids, dtype=np.int64)[None]
        found = compiled({"input_ids": row, "attention_mask": np.ones_like(row)})["logits"]
        return np.array(found[0, 1:-1], dtype=np.float32)

    return InWindows(Borrowed(setting, logits))


def in_ctranslate2(setting: Setting, *, number: str) -> InWindows:
    """Run the encoder by CTranslate2, which knows no token labels, and the head by numpy."""
    import ctranslate2
    from safetensors.numpy import load_file

    weights = load_file(setting.made / engine_files.TORCH / "model.safetensors")
    head, bias = weights["classifier.weight"].T.copy(), weights["classifier.bias"]
    encoder = ctranslate2.Encoder(
        str(setting.made / engine_files.CT2[number]), intra_threads=setting.threads, inter_threads=1
    )

    def logits(ids: Sequence[int]) -> Scores:
        states = np.array(encoder.forward_batch([list(ids)]).last_hidden_state)[0, 1:-1]
        return np.asarray(states @ head + bias, dtype=np.float32)

    return InWindows(Borrowed(setting, logits))


@dataclass(frozen=True)
class Kind:
    """An engine: how it is opened, the kind of number of its matrices, the modules that it needs.

    `shape` is that of an encoder which isn't the one that all others run.
    """

    open: Callable[[Setting], "InWindows | Alone"]
    number: str
    modules: tuple[str, ...] = TORCH
    shape: Mapping[str, int] | None = None


USUAL, EXACT = "pipeline, as it pads", "torch fp32"
OURS, ACCURATE = "newsroles label", "newsroles label --model accurate"
MPNET = {"hidden_size": 768, "intermediate_size": 3_072, "num_hidden_layers": 12}
INSTALLED_BY = {"newsroles_accurate": "./models/accurate"}
"""What pip installs to bring a module, where the two have other names."""
ENGINES = {
    "pipeline, padded to 128": Kind(partial(Alone, width=128), "fp32"),
    USUAL: Kind(partial(Alone, width=None), "fp32"),
    EXACT: Kind(partial(in_torch, number="fp32"), "fp32"),
    "torch bf16": Kind(partial(in_torch, number="bf16"), "bf16"),
    "onnxruntime fp32": Kind(onnx, "fp32"),
    "OpenVINO fp32": Kind(
        partial(in_openvino, graph=engine_files.FUSED, number="f32"), "fp32", (*TORCH, "openvino")
    ),
    "OpenVINO bf16": Kind(
        partial(in_openvino, graph=engine_files.FUSED, number="bf16"), "bf16", (*TORCH, "openvino")
    ),
    "OpenVINO int8": Kind(
        partial(in_openvino, graph=engine_files.STATIC, number="f32"), "int8", (*TORCH, "openvino")
    ),
    "CTranslate2 fp32": Kind(partial(in_ctranslate2, number="fp32"), "fp32", (*TORCH, "ctranslate2")),
    "CTranslate2 int8": Kind(partial(in_ctranslate2, number="int8"), "int8", (*TORCH, "ctranslate2")),
    OURS: Kind(ours, "int8", ()),
    ACCURATE: Kind(partial(ours, name="accurate"), "int8", ("newsroles_accurate",), MPNET),
}
"""By the names of the table's rows, in its order; the last two are what the project ships, in int8."""
