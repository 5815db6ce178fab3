"""Other labels, another language, another family of base, the whole way: docs/train/bring-your-own.md."""

import csv
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from tests.conftest import TINY
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaModel,
)
from typer.testing import CliRunner

from newsroles import Labeller
from newsroles.cli.app import app as newsroles_cli
from newsroles.model.sentences import split
from newsroles.model.windows import pool, starts_line
from newsroles_training.cli.app import app as training_cli
from newsroles_training.export.card import render
from newsroles_training.train.config import check

LABELS = ["lob", "tadel", "übriges"]
GUIDE = {
    "lob": "Jemand wird gelobt: Was getan wurde, war gut.",
    "tadel": "Jemand wird getadelt; auch im Scherz, auch in einer Überschrift.",
    "übriges": "Alles andere.",
}
SENTENCES = {
    "lob": ["„Schöner war der {ding} nie.“", "Endlich hält der {ding} dicht!", "{wer} lobte den {ding}."],
    "tadel": [
        "„Der {ding} ist eine Schande.“",
        "{wer} rügte den teuren {ding}.",
        "Wieder bröckelt der {ding}.",
    ],
    "übriges": ["Mehr zum Thema: {ding}", "Der {ding} misst {zahl} Meter.", "Newsletter bestellen"],
}
DINGE, LEUTE = ("Deich", "Kran", "Steg", "Brunnen"), ("Änne Öhm", "Jörg Süß")
PAGE = "Newsletter bestellen\n„Schöner war der Deich nie.“ Wieder bröckelt der Kran.\n"


def _pages() -> Iterator[dict[str, Any]]:
    chance = random.Random(11)  # noqa: S311 - reproducible pages
    for number in range(48):
        text, spans = "", []
        for _ in range(8):
            label = chance.choice(LABELS)
            words = {"ding": chance.choice(DINGE), "wer": chance.choice(LEUTE), "zahl": chance.randint(2, 99)}
            sentence = chance.choice(SENTENCES[label]).format(**words)
            spans.append({"start": len(text), "end": len(text) + len(sentence), "label": label})
            text += sentence + chance.choice(" \n" if sentence[-1] in ".!“" else "\n")
        yield {"id": f"seite-{number}", "group": f"blatt-{number % 6}", "text": text, "sentences": spans}


def _save_base(folder: Path) -> None:
    """Write a tiny XLM-R with a Unigram tokenizer, the kin of most multilingual encoders."""
    texts = [*DINGE, *LEUTE, *(pattern for patterns in SENTENCES.values() for pattern in patterns)]
    words = dict.fromkeys("▁" + word.strip("„“.!:,{}") for word in " ".join(texts).split())
    characters = dict.fromkeys("▁" + "".join(texts) + "0123456789")
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    vocabulary = [(token, 0.0) for token in special]
    vocabulary += [(word, -4.0) for word in words] + [(character, -9.0) for character in characters]
    backend = Tokenizer(models.Unigram(vocabulary, unk_id=3))
    backend.normalizer = normalizers.NFKC()
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    names = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), special, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=backend, **names).save_pretrained(folder)
    torch.manual_seed(3)
    settings = XLMRobertaConfig(
        vocab_size=len(vocabulary),
        **TINY,
        max_position_embeddings=66,  # two of which it keeps for itself
    )
    XLMRobertaModel(settings).save_pretrained(folder)


def _run(app: Any, *arguments: object) -> str:
    result = CliRunner().invoke(app, [str(part) for part in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("korpus") / "seiten.jsonl"
    lines = (json.dumps(page, ensure_ascii=False) + "\n" for page in _pages())
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Path:
    """Fit and export, with the commands; gives the hub folder."""
    place = tmp_path_factory.mktemp("eigen")
    _save_base(place / "base")
    values = {
        "name": "eigen",
        "language": "de",
        "labels": LABELS,
        "guide": GUIDE,
        "base": {"name": str(place / "base")},
        "data": {"train": [str(corpus)], "folds": 6},
        "window": {"tokens": 64},
        "optim": {
            "epochs": 8,
            "patience": 8,
            "learning_rate": 5e-3,
            "head_learning_rate": 1e-2,
            "bf16": False,
        },
        "export": {"precision": "fp32"},
        "report_to": [],
    }
    (place / "eigen.yaml").write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    _run(training_cli, "fit", "--config", place / "eigen.yaml", "-o", place / "run")
    _run(training_cli, "export", place / "run", "-o", place / "hub", "--hub")
    return place / "hub"


def test_the_config_that_the_page_shows_is_sound() -> None:
    page = (Path(__file__).parents[2] / "docs" / "train" / "bring-your-own.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert check(yaml.safe_load(shown), "docs/train/bring-your-own.md").labels == [
        "decision",
        "argument",
        "procedure",
    ]


def test_it_labels_with_the_labels_of_the_config(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "seite.txt").write_text(PAGE, encoding="utf-8")
    out = tmp_path / "saetze.csv"
    _run(newsroles_cli, "label", tmp_path / "seite.txt", "--model", folder, "-o", out, "-q")
    with out.open(encoding="utf-8", newline="") as rows:
        table = list(csv.DictReader(rows))
    assert [row["label"] for row in table] == ["übriges", "lob", "tadel"]
    assert {f"p_{label}" for label in LABELS} < set(table[0])
    only = _run(newsroles_cli, "label", tmp_path / "seite.txt", "--model", folder, "--only", "übriges,lob")
    assert [row["label"] for row in json.loads(only)["sentences"]] == ["übriges", "lob"]


def test_the_guide_travels_with_the_model(folder: Path) -> None:
    bundle = Labeller.load(folder).bundle
    assert list(bundle.guide.items()) == list(GUIDE.items())
    assert bundle.provenance["language"] == "de"


def test_a_hub_folder_holds_data_only(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "config.json",
        "model.safetensors",
        "model.onnx",
        "tokenizer.json",
        "bundle.json",
        "README.md",
    }
    assert {Path(name).suffix for name in names} == {".json", ".onnx", ".safetensors", ".md"}


def test_transformers_and_the_labeller_agree(folder: Path, corpus: Path) -> None:
    labeller = Labeller.load(folder)
    model = AutoModelForTokenClassification.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert [model.config.id2label[number] for number in range(len(LABELS))] == LABELS
    special = labeller.bundle.special
    for line in corpus.read_text(encoding="utf-8").splitlines()[:6]:
        text = json.loads(line)["text"][:120]  # no more than a window, so that it is read once
        spans = split(text)
        pieces = [
            tokenizer.convert_tokens_to_ids([special.new_line if opens else special.same_line])
            + tokenizer(text[span.start : span.end], add_special_tokens=False)["input_ids"]
            for span, opens in zip(spans, starts_line(text, spans), strict=True)
        ]
        framed = [
            tokenizer.bos_token_id,
            *(token for piece in pieces for token in piece),
            tokenizer.eos_token_id,
        ]
        with torch.inference_mode():
            logits = model(torch.tensor([framed])).logits[0, 1:-1].numpy()
        rows = pool(logits, [len(piece) for piece in pieces])
        np.testing.assert_allclose(rows, labeller.scores(text, spans), atol=1e-3)
        assert [LABELS[row.argmax()] for row in rows] == [one.label for one in labeller.label(text).sentences]


def test_the_card_says_what_is_known_and_asks_for_the_rest(folder: Path, corpus: Path) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    front = yaml.safe_load(readme.split("---\n")[1])
    assert (front["language"], front["library_name"], front["pipeline_tag"]) == (
        "de",
        "newsroles",
        "token-classification",
    )
    assert not {"license", "base_model", "model-index"} & set(front)  # nobody has stated or measured these
    assert "| übriges | Alles andere. |" in readme
    assert "Not measured yet" in readme

    evaluated = _run(training_cli, "evaluate", corpus, "--model", folder, "-o", folder / "report.json")
    assert "übriges" in evaluated
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report["macro_f1"]["value"] > 0.9
    card = render(folder)
    assert yaml.safe_load(card.split("---\n")[1])["model-index"][0]["name"] == "eigen"
    assert f"| lob | {report['labels']['lob']['precision']['value']:.3f} (" in card
    assert not [word for word in ("accusation", "English", "publishers'") if word in card]
