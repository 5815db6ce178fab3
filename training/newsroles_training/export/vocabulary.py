"""A smaller vocabulary: tokens that training pages hardly use are left out, with their embeddings.

A word whose token is gone is spelt in pieces, which are still there; every single character stays.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from newsroles.errors import UsageError


def prune(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    windows: Iterable[Iterable[int]],
    least_uses: int,
) -> PreTrainedTokenizerFast:
    """Keep the tokens that `windows`, as token ids, use so often: changes `model`, and returns its tokenizer.

    Raises UsageError for a vocabulary that is not of WordPiece.
    """
    described = json.loads(tokenizer.backend_tokenizer.to_str())
    if described["model"]["type"] != "WordPiece":
        raise UsageError(
            "export.least_token_uses: the vocabulary is not of WordPiece", "leave it out of the config"
        )
    kept = _kept(described, Counter(number for window in windows for number in window), least_uses)
    numbers = {token: new for new, (_, token) in enumerate(kept)}
    words = described["model"]["vocab"]
    described["model"]["vocab"] = {token: new for token, new in numbers.items() if token in words}
    for added in described["added_tokens"]:
        added["id"] = numbers[added["content"]]
    _keep_rows(model, [old for old, _ in kept])
    backend = Tokenizer.from_str(json.dumps({**described, "post_processor": None}))
    begin, end = tokenizer.cls_token or tokenizer.bos_token, tokenizer.sep_token or tokenizer.eos_token
    framing = [(token, numbers[token]) for token in (begin, end)]
    backend.post_processor = TemplateProcessing(single=f"{begin} $A {end}", special_tokens=framing)
    return PreTrainedTokenizerFast(tokenizer_object=backend, **tokenizer.special_tokens_map)


def _kept(described: Mapping[str, Any], uses: Counter[int], least: int) -> list[tuple[int, str]]:
    """Return the ids and tokens that stay, in their order."""
    prefix = described["model"]["continuing_subword_prefix"]
    added = {each["content"]: each["id"] for each in described["added_tokens"]}
    whole = described["model"]["vocab"] | added
    return sorted(
        (number, token)
        for token, number in whole.items()
        if uses[number] >= least or token in added or len(token.removeprefix(prefix)) == 1
    )


def _keep_rows(model: PreTrainedModel, rows: list[int]) -> None:
    kept = model.get_input_embeddings().weight[rows].detach().clone()
    model.resize_token_embeddings(len(rows), mean_resizing=False)
    with torch.no_grad():
        model.get_input_embeddings().weight.copy_(kept)
