"""A tiny base, corpus and checkpoint, made once a session from nothing but this file, and a tiny bundle.

The bundle is committed (`python -m tests.tiny_bundle` makes it), so that tests of the light half need no
torch. What is heavy is imported inside the fixtures.
"""

import json
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from newsroles.model.labeller import Labeller
    from newsroles.runs.job import Model
    from newsroles_training.data.corpus import GoldArticle
    from newsroles_training.train.config import RunConfig

hypothesis.settings.register_profile("patient", deadline=None)  # a test may share its processor
hypothesis.settings.load_profile("patient")
os.environ["HF_HUB_OFFLINE"] = "1"  # before anything imports huggingface_hub

TINY = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
"""An encoder that trains in a second."""

PUBLISHERS = ("Anchor", "Beacon", "Courier", "Dispatch", "Echo", "Fanfare", "Gazette", "Herald")

SENTENCES = {
    "claim": [
        "The {thing} lost {number} percent of its water this year.",
        "About {number} people crossed the {thing} on Sunday.",
        "The {thing} will cost {number} million crowns.",
        "Repairs at the {thing} took {number} weeks.",
    ],
    "accusation": [
        "{name} accused the council of hiding a report on the {thing}.",
        "The {thing} was ruined by greed, {name} charged.",
        "{name} blamed the mayor for the neglected {thing}.",
        "Prosecutors allege that {name} stole from the {thing}.",
    ],
    "background": [
        "The {thing} was built in {number} by settlers.",
        "{name} studied history and joined the museum in {number}.",
        "In earlier decades the {thing} belonged to a guild.",
        "The valley has had a {thing} since {number}.",
    ],
    "boilerplate": [
        "Subscribe to our newsletter",
        "Share this story",
        "Read more: {thing}",
        "Copyright {number}, all rights reserved",
    ],
}
"""Invented sentences with a pattern that two layers can learn: each role has words of its own."""
RIDDLE = "Nobody at the {thing} wanted to comment."
"""It may be any role, so that nothing that learns the others can be sure of everything."""
RIDDLES = 0.1
BUNDLE = Path(__file__).parent / "tiny-bundle"
THINGS = ("harbour", "bridge", "reservoir", "railway", "mill", "tower")
NAMES = ("Orla Venn", "Tomas Reik", "Ada Lund", "Piet Sorrel")
LAYOUT = (1, 1, 2, 3, 1, 1, 1)
"""How many sentences each line of a page has; boilerplate, which ends in no mark, stands alone."""


def page(number: int) -> dict[str, Any]:
    """Write the invented page `number` as a corpus row."""
    chance = random.Random(number)  # noqa: S311 - reproducible pages, not a secret
    text, spans = "", []
    for line in LAYOUT:
        for position in range(line):
            label = chance.choice([role for role in SENTENCES if line == 1 or role != "boilerplate"])
            pattern = RIDDLE if chance.random() < RIDDLES else chance.choice(SENTENCES[label])
            words = {
                "thing": chance.choice(THINGS),
                "name": chance.choice(NAMES),
                "number": chance.randint(2, 99),
            }
            sentence = pattern.format(**words)
            text += " " if position else ""
            spans.append({"start": len(text), "end": len(text) + len(sentence), "label": label})
            text += sentence
        text += "\n"
    return {
        "id": f"page-{number}",
        "group": PUBLISHERS[number % len(PUBLISHERS)],
        "text": text,
        "sentences": spans,
    }


@pytest.fixture(scope="session")
def corpus_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen labelled pages of eight publishers, as JSON lines."""
    return write_corpus(tmp_path_factory.mktemp("corpus") / "pages.jsonl")


def write_corpus(path: Path) -> Path:
    """Write them there."""
    path.write_text("".join(json.dumps(page(number)) + "\n" for number in range(16)), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def articles(corpus_file: Path) -> "list[GoldArticle]":
    """Return the same pages, read."""
    from newsroles.labels import DEFAULT_LABELS
    from newsroles_training.data.corpus import read

    return read([corpus_file], DEFAULT_LABELS)


def _vocabulary() -> list[str]:
    """List the pages' words and, so that any word can be spelt, the characters."""
    texts = [RIDDLE, *(pattern for patterns in SENTENCES.values() for pattern in patterns), *THINGS, *NAMES]
    words = "".join(c if c.isalpha() else " " for c in " ".join(texts).lower()).split()
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return [
        *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
        *dict.fromkeys([*words, *letters, *(f"##{letter}" for letter in letters), *".,:;?!'\"-"]),
    ]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT of two layers and 32 dimensions, in a folder."""
    return write_base(tmp_path_factory.mktemp("base"))


def write_base(folder: Path) -> Path:
    """Write it there."""
    import torch
    from transformers import BertConfig, BertForMaskedLM

    torch.manual_seed(5)
    settings = BertConfig(
        vocab_size=len(_vocabulary()),
        **TINY,
        max_position_embeddings=128,
    )
    BertForMaskedLM(settings).save_pretrained(folder)
    save_tokenizer(folder)
    return folder


def save_tokenizer(folder: Path, pad: str = "[PAD]") -> None:
    """Write a lower-casing WordPiece tokenizer that truncates and pads, as MiniLM's does."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: number for number, word in enumerate([pad, *_vocabulary()[1:]])}
    backend = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106 - a token of text
    backend.normalizer = normalizers.BertNormalizer()
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.enable_truncation(16)
    backend.enable_padding(length=16, pad_token=pad)
    names = {"pad_token": pad, "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=backend, **names).save_pretrained(folder)


@pytest.fixture(scope="session")
def config_file(tmp_path_factory: pytest.TempPathFactory, base: Path, corpus_file: Path) -> Path:
    """Return a run on the tiny base and corpus that takes a second or two."""
    return write_config(tmp_path_factory.mktemp("config") / "tiny.yaml", base, corpus_file)


def write_config(path: Path, base: Path, corpus_file: Path) -> Path:
    """Write it there."""
    import yaml

    values = {
        "name": "tiny",
        "seed": 7,
        "base": {"name": str(base)},
        "data": {"train": [str(corpus_file)], "folds": 4},
        "window": {"tokens": 64},
        "optim": {
            "epochs": 8,
            "patience": 8,
            "learning_rate": 3e-3,
            "head_learning_rate": 1e-2,
            "bf16": False,
        },
        "export": {
            "least_equal_labels": 0.9,
            "most_probability_difference": 0.05,
            "least_equal_marks": 0.5,
        },
        "report_to": [],
    }
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def config(config_file: Path) -> "RunConfig":
    """Return the same run, read."""
    from newsroles_training.train.config import load

    return load(config_file)


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory, config: "RunConfig") -> Path:
    """Return a folder that `fit` wrote."""
    from newsroles_training.train.fit import fit

    folder = tmp_path_factory.mktemp("fit") / "checkpoint"
    fit(config, folder)
    return folder


@pytest.fixture(scope="session")
def bundle_folder() -> Path:
    """Return the committed bundle, in int8; tests of the training half get a new one."""
    return BUNDLE


@pytest.fixture(scope="session")
def labeller(bundle_folder: Path) -> "Labeller":
    """Return the tiny bundle, loaded on one thread."""
    from newsroles.model.labeller import Labeller

    return Labeller.load(bundle_folder, threads=1)


@pytest.fixture(scope="session")
def model(bundle_folder: Path) -> "Model":
    """Describe the tiny bundle, on one thread."""
    from newsroles.runs.job import Model

    return Model.at(bundle_folder, threads=1)
