"""What is changed in a base before it is trained: its outputs, its opening tokens, its layers."""

from collections.abc import Sequence

import torch
from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerFast

from newsroles.errors import UsageError
from newsroles.model.bundle import SpecialTokens
from newsroles.readers.kinds import KINDS

KIND_TOKENS = {kind: f"[{kind.upper()}]" for kind in KINDS if kind != "line"}
"""What a sentence on a line of this kind opens with; plain lines open with `SpecialTokens.new_line`."""


def fit_head(model: PreTrainedModel, outputs: Sequence[str]) -> None:
    """Give a model a head for these outputs: those that its own head has as they are, others near zero."""
    head, held = model.classifier, list(model.config.id2label.values())
    if held == list(outputs):
        return
    fitted = torch.nn.Linear(head.in_features, len(outputs))
    torch.nn.init.normal_(fitted.weight, std=model.config.initializer_range)
    torch.nn.init.zeros_(fitted.bias)
    with torch.no_grad():
        for number, name in enumerate(outputs):
            if name in held:
                fitted.weight[number] = head.weight[held.index(name)]
                fitted.bias[number] = head.bias[held.index(name)]
    model.classifier, model.num_labels = fitted, len(outputs)
    name_outputs(model.config, outputs)


def name_outputs(settings: PreTrainedConfig, names: Sequence[str]) -> None:
    """Write down what each of a head's outputs scores."""
    settings.id2label = dict(enumerate(names))
    settings.label2id = {name: number for number, name in enumerate(names)}


def add_openings(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast) -> None:
    """Add the opening tokens that a tokenizer lacks.

    A kind of line begins as the mean of the pieces of its name, so that the base already knows something of a
    "comment" or a "caption" (Hewitt 2021, https://nlp.stanford.edu/~johnhew/vocab-expansion.html).
    """
    special = special_tokens(tokenizer)
    new = {kind: token for kind, token in KIND_TOKENS.items() if kind not in special.kinds}
    tokenizer.add_special_tokens(
        {"additional_special_tokens": [special.new_line, special.same_line, *KIND_TOKENS.values()]}
    )
    table = model.resize_token_embeddings(len(tokenizer), mean_resizing=False).weight
    with torch.no_grad():
        for kind, token in new.items():
            pieces = tokenizer(kind, add_special_tokens=False)["input_ids"]
            table[tokenizer.convert_tokens_to_ids(token)] = table[pieces].mean(0)


def special_tokens(tokenizer: PreTrainedTokenizerFast) -> SpecialTokens:
    """Name a tokenizer's framing tokens, whichever way its family calls them, and the kinds that it knows."""
    known = tokenizer.backend_tokenizer.token_to_id
    return SpecialTokens(
        tokenizer.cls_token or tokenizer.bos_token,
        tokenizer.sep_token or tokenizer.eos_token,
        kinds={kind: token for kind, token in KIND_TOKENS.items() if known(token) is not None},
    )


def keep_layers(model: PreTrainedModel, kept: Sequence[int]) -> None:
    """Drop the other layers of an encoder (Sajjad et al. 2023, https://arxiv.org/abs/2004.03844)."""
    depth = model.config.num_hidden_layers
    if max(kept) >= depth:
        raise UsageError(f"base.layers: {list(kept)}, of {depth} layers", f"they count from 0 to {depth - 1}")
    for part in list(model.modules()):
        for name, child in list(part.named_children()):
            if isinstance(child, torch.nn.ModuleList) and len(child) == depth:
                setattr(part, name, torch.nn.ModuleList(child[number] for number in kept))
    model.config.num_hidden_layers = len(kept)
