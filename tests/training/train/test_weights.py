"""A bundle's weights, taken back out: training goes on from a model that people use."""

from pathlib import Path

import pytest
import torch
from tests.weights import assert_equal_but_for_rounding
from transformers import AutoModelForTokenClassification, AutoTokenizer

from newsroles.errors import UsageError
from newsroles.model import bundle as bundles
from newsroles_training.train.config import RunConfig, load
from newsroles_training.train.model import load_base
from newsroles_training.train.surgery import special_tokens
from newsroles_training.train.weights import unpack


def test_the_weights_are_the_checkpoint_s_but_for_rounding(
    bundle_folder: Path, checkpoint: Path, tmp_path: Path
) -> None:
    unpack(bundles.load(bundle_folder), tmp_path)
    assert_equal_but_for_rounding(tmp_path, checkpoint)


def test_the_shipped_model_reads_as_its_graph_does(tmp_path: Path) -> None:
    shipped = bundles.load()
    unpack(shipped, tmp_path)
    model = AutoModelForTokenClassification.from_pretrained(tmp_path).eval()
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    assert special_tokens(tokenizer).begin == shipped.special.begin
    ids = torch.tensor([tokenizer("The ferry owners hid the cracks, the union said.")["input_ids"]])
    with torch.inference_mode():
        scores = model(input_ids=ids).logits[0, 1:-1].mean(0)
    assert shipped.labels[int(scores.argmax())] == "accusation"


def test_training_starts_from_a_bundle_and_its_head(bundle_folder: Path, config_file: Path) -> None:
    config = load(config_file, [f"base.name={bundle_folder}", "base.package=null"])
    model, tokenizer = load_base(config)
    again, _ = load_base(config)
    assert torch.equal(model.classifier.weight, again.classifier.weight)
    assert model.get_input_embeddings().num_embeddings == len(tokenizer)


def test_other_labels_are_refused(bundle_folder: Path, config: RunConfig) -> None:
    base = config.base.model_copy(update={"name": str(bundle_folder), "package": None})
    other = config.model_copy(update={"base": base, "labels": ["yes", "no"]})
    with pytest.raises(UsageError, match="its labels are claim, accusation, background, boilerplate"):
        load_base(other)
