"""Sentences as vectors: the base's mean token state, as it is or tuned to bring a label's sentences together.

Each sentence is read alone and embedded as Sentence-BERT does it (Reimers & Gurevych 2019,
https://arxiv.org/abs/1908.10084): the mean of its token states, brought to length 1.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from newsroles.model.windows import Scores
from newsroles_training.train.config import RunConfig
from newsroles_training.train.model import load_base

Embed = Callable[[Sequence[str]], Scores]
BATCH, TOKENS = 32, 64
"""Sentences at a time; where a long sentence is cut."""
PAIRS, RATE = 4000, 2e-5
"""Pairs of sentences to tune on, half of them of one label, and AdamW's rate."""


def embedder(config: RunConfig) -> Embed:
    """Return the function from texts to embeddings [texts, width], with the config's base as it is."""
    model, tokenizer = load_base(config)
    return _embedding(model.base_model.eval(), tokenizer)


def tuned_embedder(texts: Sequence[str], gold: NDArray[np.int64], config: RunConfig) -> Embed:
    """Tune the config's base on pairs of `texts`: cosine 1 for two of a label, 0 for two of different ones.

    What SetFit does first (Tunstall et al. 2022, https://arxiv.org/abs/2209.11055). Takes minutes.
    """
    model, tokenizer = load_base(config)
    encoder = model.base_model.train()
    optimiser = torch.optim.AdamW(encoder.parameters(), lr=RATE)
    for left, right, target in _pairs(gold, config.seed):
        with torch.autocast("cpu", torch.bfloat16, enabled=config.optim.bf16):
            vectors = [_states(encoder, tokenizer, [texts[n] for n in side]) for side in (left, right)]
        cosine = (vectors[0] * vectors[1]).sum(-1).float()
        loss = torch.nn.functional.mse_loss(cosine, torch.tensor(target))
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own
        optimiser.step()
        optimiser.zero_grad()
    return _embedding(encoder.eval(), tokenizer)


def _pairs(
    gold: NDArray[np.int64], seed: int
) -> "Sequence[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]]":
    """Draw batches of (left, right, 1 or 0 for the same or another label)."""
    random = np.random.default_rng(seed)
    batches = []
    for _ in range(PAIRS // BATCH):
        left = random.integers(len(gold), size=BATCH)
        target = np.arange(BATCH) % 2
        right = np.array(
            [
                random.choice(np.flatnonzero((gold == gold[n]) == same))
                for n, same in zip(left, target, strict=True)
            ]
        )
        batches.append((left, right, target.astype(np.float32)))
    return batches


def _embedding(encoder: PreTrainedModel, tokenizer: PreTrainedTokenizerFast) -> Embed:
    def embed(texts: Sequence[str]) -> Scores:
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        rows = []
        with torch.inference_mode():
            for start in range(0, len(order), BATCH):
                batch = [texts[number] for number in order[start : start + BATCH]]
                rows.append(_states(encoder, tokenizer, batch).numpy())
        return np.asarray(np.concatenate(rows)[np.argsort(order)], dtype=np.float32)

    return embed


def _states(
    encoder: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str]
) -> torch.Tensor:
    inputs = tokenizer(list(texts), padding=True, truncation=True, max_length=TOKENS, return_tensors="pt")
    mask = inputs["attention_mask"].unsqueeze(-1)
    states = encoder(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).last_hidden_state
    mean = (states * mask).sum(1) / mask.sum(1)
    return torch.nn.functional.normalize(mean, dim=-1)
