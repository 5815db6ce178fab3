"""MPNet's attention, exported as the one operator that onnxruntime has for it.

onnxruntime's optimiser joins the attention of BERT but not MPNet's, whose scores carry a bias by relative
position (Song et al. 2020, https://arxiv.org/abs/2004.09297). While a graph is traced, each attention layer
therefore calls a function that torch's exporter writes as ``MultiHeadAttention``, which takes such a bias;
query, key and value become one product.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from math import sqrt
from typing import Any

import torch
from transformers import PreTrainedModel


class _MultiHeadAttention(torch.autograd.Function):
    """Attention over [batch, tokens, width] of several heads, with a bias on its scores."""

    @staticmethod
    def forward(
        _ctx: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bias: torch.Tensor, heads: int
    ) -> torch.Tensor:
        q, k, v = (part.view(*part.shape[:2], heads, -1).transpose(1, 2) for part in (query, key, value))
        scores = q @ k.transpose(-1, -2) / sqrt(q.shape[-1]) + bias
        return (scores.softmax(-1) @ v).transpose(1, 2).reshape(query.shape)

    @staticmethod
    def symbolic(graph: Any, *inputs: Any) -> Any:
        query, key, value, bias, heads = inputs
        absent = graph.op("prim::Constant")
        absent.setType(torch._C.OptionalType.ofTensor())  # noqa: SLF001 - how the exporter writes an input that is left out
        given = (query, key, value, absent, absent, bias)
        return graph.op("com.microsoft::MultiHeadAttention", *given, num_heads_i=heads).setType(query.type())


@contextmanager
def joined(model: PreTrainedModel) -> Iterator[None]:
    """Have MPNet's attention layers call one function each; other families are left alone."""
    layers = [module for module in model.modules() if type(module).__name__ == "MPNetSelfAttention"]
    for layer in layers:
        layer.forward = partial(_attend, layer)
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


def _attend(
    layer: Any, states: torch.Tensor, mask: torch.Tensor | None, bias: torch.Tensor, **_: Any
) -> tuple[torch.Tensor]:
    bias = bias if mask is None else bias + mask
    linear = (layer.q, layer.k, layer.v)
    weight, offset = (torch.cat([getattr(part, name) for part in linear]) for name in ("weight", "bias"))
    parts = torch.split(torch.nn.functional.linear(states, weight, offset), layer.all_head_size, dim=-1)
    attend: Any = _MultiHeadAttention.apply
    return (layer.o(attend(*parts, bias, layer.num_attention_heads)),)
