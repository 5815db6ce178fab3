"""A smaller vocabulary: what is left reads the same, what is gone is spelt in pieces."""

import pytest
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from newsroles_training.export.vocabulary import prune
from newsroles_training.train.config import RunConfig
from newsroles_training.train.model import load_base
from newsroles_training.train.surgery import special_tokens


@pytest.fixture
def whole(config: RunConfig) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    model, tokenizer = load_base(config)
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    return model.eval(), tokenizer


def test_what_is_used_keeps_its_scores(whole: tuple[PreTrainedModel, PreTrainedTokenizerFast]) -> None:
    model, tokenizer = whole
    text = "[LINE] the mill hid the tower"
    before = tokenizer(text, add_special_tokens=False, return_tensors="pt")
    with torch.inference_mode():
        expected = model(**before).logits
    small = prune(model, tokenizer, before["input_ids"].tolist(), 1)
    after = small(text, add_special_tokens=False, return_tensors="pt")
    assert (
        len(small) == model.config.vocab_size == model.get_input_embeddings().num_embeddings < len(tokenizer)
    )
    assert small.convert_ids_to_tokens(after["input_ids"][0]) == tokenizer.convert_ids_to_tokens(
        before["input_ids"][0]
    )
    with torch.inference_mode():
        assert torch.allclose(model(**after).logits, expected, atol=1e-6)
    assert special_tokens(small) == special_tokens(tokenizer)


def test_what_is_rare_is_spelt_in_pieces(whole: tuple[PreTrainedModel, PreTrainedTokenizerFast]) -> None:
    model, tokenizer = whole
    seen = tokenizer(["the mill", "the tower"], add_special_tokens=False)["input_ids"]
    small = prune(model, tokenizer, seen, 2)
    assert "the" in small.get_vocab()
    assert "mill" not in small.get_vocab()
