"""Spans: a model learns, beside labels, who is marked inside sentences, and its bundle finds them."""

import json
from pathlib import Path

import pytest
import torch
from tests.conftest import NAMES

from newsroles.model import bundle as bundles
from newsroles.model.encoder import Encoder
from newsroles.model.reading import read
from newsroles.model.spans import marked
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles_training.data.corpus import read as read_corpus
from newsroles_training.data.features import IGNORED, Collator, batches_of, windows_of
from newsroles_training.export.bundle import export
from newsroles_training.train.config import RunConfig, load
from newsroles_training.train.fit import fit
from newsroles_training.train.model import load_base, sentence_tokenizer
from newsroles_training.train.trainer import span_loss


@pytest.fixture(scope="module")
def marked_file(corpus_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the pages with the names in claims and accusations marked as speakers; no targets."""
    rows = [json.loads(line) for line in corpus_file.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        for sentence in row["sentences"]:
            text = row["text"][sentence["start"] : sentence["end"]]
            named = next((name for name in NAMES if name in text), None)
            if sentence["label"] not in ("claim", "accusation"):
                continue
            start = sentence["start"] + text.index(named) if named else 0
            sentence["speaker"] = {"start": start, "end": start + len(named)} if named else None
    path = tmp_path_factory.mktemp("marked") / "marked.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def spans_config(config_file: Path, marked_file: Path) -> RunConfig:
    return load(
        config_file,
        [
            f"data.train=[{marked_file}]",
            "spans=[speaker, target]",
            "optim.span_weight=3",
        ],
    )


@pytest.fixture(scope="module")
def bundle(spans_config: RunConfig, tmp_path_factory: pytest.TempPathFactory) -> bundles.Bundle:
    folder = tmp_path_factory.mktemp("spans")
    fit(spans_config, folder / "run")
    return export(folder / "run", folder / "bundle")


def test_a_bundle_with_spans_finds_them(bundle: bundles.Bundle, marked_file: Path) -> None:
    assert bundle.spans == ("speaker", "target")
    assert bundle.provenance["int8"]["equal_marks"] > 0.5
    tokenizer = SentenceTokenizer.load(bundle.tokenizer, bundle.special, bundle.window_tokens)
    encoder = Encoder(bundle.graph, bundle.labels, 1)
    right = total = 0
    for article in read_corpus([marked_file], bundle.labels):
        pieces = tokenizer.encode(article.text, article.sentences)
        reading = read(encoder, tokenizer, pieces, bundle.overlap, len(bundle.labels))
        for sentence, marks, tokens in zip(article.sentences, article.marks, reading.tokens, strict=True):
            if marks.speaker:
                text = article.text[sentence.start : sentence.end]
                found = marked(text, tokenizer.places(article.text, sentence), tokens[:, 0])
                total += 1
                right += [place for place, _ in found] == list(marks.speaker)
    assert total > 10
    assert right / total > 0.9


def test_tokens_are_inside_where_a_mark_is(spans_config: RunConfig, marked_file: Path) -> None:
    _, tokenizer = load_base(spans_config)
    reader = sentence_tokenizer(tokenizer, 64)
    article = read_corpus([marked_file], spans_config.labels)[0]
    rows = windows_of([article], reader, spans_config.labels, 0.0, spans_config.spans)
    speakers, targets = rows[0]["inside"]
    assert len(speakers) == len(rows[0]["input_ids"]) - 2
    assert set(targets) == {IGNORED}
    inside = [token for token, bit in zip(rows[0]["input_ids"][1:-1], speakers, strict=True) if bit == 1]
    words = tokenizer.convert_ids_to_tokens(inside)
    assert words
    assert set(words) <= set(" ".join(NAMES).lower().split())
    batch = Collator(0)([rows[0]])
    assert batch["inside"].shape == (1, len(rows[0]["input_ids"]), 2)
    assert batch["inside"][0, 1:-1, 0].tolist() == speakers


def test_a_head_grows_and_keeps_what_it_knew(
    bundle_folder: Path, bundle: bundles.Bundle, spans_config: RunConfig, config: RunConfig
) -> None:
    def head(name: Path, run: RunConfig) -> torch.nn.Linear:
        base = run.base.model_copy(update={"name": str(name)})
        return load_base(run.model_copy(update={"base": base}))[0].classifier

    before, grown = head(bundle_folder, config), head(bundle_folder, spans_config)
    assert grown.out_features == before.out_features + 2
    assert torch.equal(grown.weight[:4], before.weight)
    assert head(bundle.folder, config).out_features == before.out_features
    again = head(bundle.folder, spans_config)  # a head that has them already stays as it is
    assert again.out_features == grown.out_features
    assert float(again.weight[4:].detach().abs().max()) > float(grown.weight[4:].detach().abs().max())


def test_only_tokens_that_somebody_has_looked_at_teach() -> None:
    logits = torch.tensor([[[4.0, -9.0], [-4.0, 9.0]]])
    inside = torch.tensor([[[1, IGNORED], [0, IGNORED]]])
    assert float(span_loss(logits, inside)) == pytest.approx(0.0181, abs=1e-4)
    assert float(span_loss(logits, torch.full_like(inside, IGNORED))) == 0


def test_a_target_counts_as_much_as_a_speaker_however_few_tokens_have_one() -> None:
    wrong, right = torch.tensor([-4.0]), torch.tensor([4.0])
    logits = torch.stack([right.repeat(10), wrong.repeat(10)], -1)[None]
    inside = torch.ones(1, 10, 2, dtype=torch.long)
    inside[0, 1:, 1] = IGNORED  # one token alone may be a target
    assert float(span_loss(logits, inside)) == pytest.approx(0.0181 + 4.0181, abs=1e-3)


def test_a_batch_has_windows_of_about_the_same_length(config: RunConfig, corpus_file: Path) -> None:
    _, tokenizer = load_base(config)
    reader = sentence_tokenizer(tokenizer, 64)
    windows = windows_of(read_corpus([corpus_file], config.labels), reader, config.labels, 0.0)
    batches = batches_of(windows, 4, 1)["windows"]
    lengths = [[len(row["input_ids"]) for row in batch] for batch in batches]
    assert sorted(length for batch in lengths for length in batch) == sorted(map(len, windows["input_ids"]))
    assert lengths == sorted(lengths)
    assert [len(batch) for batch in batches[:-1]] == [4] * (len(batches) - 1)
    drawn = [[row["article"] for row in batch] for batch in batches_of(windows, 4, 2)["windows"]]
    assert drawn != [[row["article"] for row in batch] for batch in batches]
