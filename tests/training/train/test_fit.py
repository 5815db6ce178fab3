"""Fitting: a plain checkpoint of the best epoch, the same for a seed, and the same after an interruption."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForTokenClassification, AutoTokenizer

from newsroles.errors import UsageError
from newsroles.model import bundle as bundles
from newsroles.model import windows
from newsroles.model.bundle import sha256
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.data.features import Collator, stitched, windows_of
from newsroles_training.train import fit as fitting
from newsroles_training.train.config import RunConfig, load, save
from newsroles_training.train.corpora import Split, split
from newsroles_training.train.fit import SentenceTrainer, fit, lineage
from newsroles_training.train.model import load_base, pool, sentence_tokenizer

SHORT = ("optim.epochs=2", "base.hidden_dropout=0.2")


class Interruption(BaseException):
    """Stands for a kill: nothing in a run may catch it."""


def _weights(folder: Path) -> dict[str, torch.Tensor]:
    weights: dict[str, torch.Tensor] = load_file(folder / "model.safetensors")
    return weights


def _largest_difference(one: Path, other: Path) -> float:
    ours, theirs = _weights(one), _weights(other)
    assert ours.keys() == theirs.keys()
    return max(float((ours[name] - theirs[name]).abs().max()) for name in ours)


def _assert_same_run(one: Path, other: Path) -> None:
    """Compare what was kept, and each epoch."""
    epochs = [sorted(path.name for path in (run / "epochs").glob("checkpoint-*")) for run in (one, other)]
    assert epochs[0] == epochs[1]
    assert len(epochs[0]) == 2
    assert _largest_difference(one, other) < 1e-5
    assert (
        max(_largest_difference(one / "epochs" / name, other / "epochs" / name) for name in epochs[0]) < 1e-5
    )


def _fit_interrupted_at(step: int, config: RunConfig, out: Path) -> None:
    """Let `step` optimiser steps of a run pass, and kill it in the next."""
    train = SentenceTrainer.training_step
    done: list[int] = []

    def interrupted(self: SentenceTrainer, *args: Any, **kwargs: Any) -> torch.Tensor:
        if len(done) == step:
            raise Interruption
        done.append(step)
        result: torch.Tensor = train(self, *args, **kwargs)
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SentenceTrainer, "training_step", interrupted)
        with pytest.raises(Interruption):
            fit(config, out, resume=True)


def _score_epochs(patch: pytest.MonkeyPatch, values: Sequence[float]) -> None:
    """Have the epochs of a run score `values`, whatever the model says."""
    left = iter(values)
    patch.setattr(fitting, "_held_scores", lambda *_: {"macro_f1": next(left)})


@pytest.fixture(scope="module")
def short(config_file: Path) -> RunConfig:
    """Two epochs with dropout."""
    return load(config_file, SHORT)


@pytest.fixture(scope="module")
def uninterrupted(short: RunConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("uninterrupted")
    fit(short, folder)
    return folder


@pytest.fixture(scope="module")
def steps(uninterrupted: Path) -> int:
    """Count the steps of an epoch."""
    return int(json.loads((uninterrupted / "fit.json").read_text())["epochs"][0]["step"])


def test_a_checkpoint_is_a_plain_folder_without_pickles(checkpoint: Path, config: RunConfig) -> None:
    files = [path for path in checkpoint.iterdir() if path.is_file()]
    assert {path.suffix for path in files} == {".json", ".yaml", ".safetensors"}
    model, loading = AutoModelForTokenClassification.from_pretrained(checkpoint, output_loading_info=True)
    assert not any(loading.values())
    assert model.config.id2label == dict(enumerate(config.labels))
    assert len(AutoTokenizer.from_pretrained(checkpoint)) == model.get_input_embeddings().num_embeddings
    assert load(checkpoint / "config.yaml") == config


def test_the_summary_says_what_was_done(checkpoint: Path, config: RunConfig, corpus_file: Path) -> None:
    summary = json.loads((checkpoint / "fit.json").read_text(encoding="utf-8"))
    assert summary["corpora"] == {str(corpus_file): sha256(corpus_file)}
    assert summary["articles"] == {"train": 12, "held": 4}
    assert summary["sentences"] == {"train": 120, "held": 40}
    assert len(summary["held_groups"]) == 2
    f1 = [epoch["eval_macro_f1"] for epoch in summary["epochs"]]
    assert len(f1) == config.optim.epochs
    assert summary["best_macro_f1"] == max(f1) > 0.9
    assert summary["epoch"] == 1 + f1.index(max(f1))


def test_a_run_that_goes_on_from_another_names_both_and_the_first_one_s_base(
    config: RunConfig, checkpoint: Path, tmp_path: Path
) -> None:
    earlier = json.loads((checkpoint / "fit.json").read_text(encoding="utf-8"))
    assert earlier["base"] == config.base.name
    assert earlier["runs"] == {str(checkpoint): earlier["minutes"]}
    further = config.model_copy(update={"base": config.base.model_copy(update={"name": str(checkpoint)})})
    assert lineage(further, tmp_path, 1.5) == {
        "base": config.base.name,
        "runs": {str(checkpoint): earlier["minutes"], str(tmp_path): 1.5},
    }


def test_a_run_that_goes_on_from_a_bundle_names_it_and_what_it_came_from(
    config: RunConfig, bundle_folder: Path, tmp_path: Path
) -> None:
    bundle = bundles.load(bundle_folder)
    further = config.model_copy(update={"base": config.base.model_copy(update={"name": str(bundle_folder)})})
    assert lineage(further, tmp_path, 1.5) == {
        "base": f"{bundle.model_id}, from {bundle.provenance['base']}",
        "runs": {bundle.model_id: bundle.provenance["minutes"], str(tmp_path): 1.5},
    }


def test_the_best_epoch_is_kept(
    short: RunConfig, tmp_path: Path, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _score_epochs(monkeypatch, [0.5, 0.4])
    summary = fit(short, tmp_path)
    assert (summary["epoch"], summary["best_macro_f1"]) == (1.0, 0.5)
    assert _largest_difference(tmp_path, tmp_path / f"epochs/checkpoint-{steps}") == 0
    assert _largest_difference(tmp_path, tmp_path / f"epochs/checkpoint-{2 * steps}") > 0


def test_patience_ends_a_run(config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _score_epochs(monkeypatch, [0.3, 0.5, 0.5, 0.4, 0.9, 0.9])
    summary = fit(load(config_file, ["optim.epochs=6", "optim.patience=2"]), tmp_path)
    assert [epoch["eval_macro_f1"] for epoch in summary["epochs"]] == [0.3, 0.5, 0.5, 0.4]
    assert summary["epoch"] == 2


def test_a_seed_decides_the_weights(short: RunConfig, tmp_path: Path, uninterrupted: Path) -> None:
    torch.rand(7)  # whatever went before does not count
    fit(short, tmp_path / "again")
    fit(short.model_copy(update={"seed": short.seed + 1}), tmp_path / "other")
    assert _largest_difference(tmp_path / "again", uninterrupted) == 0
    assert _largest_difference(tmp_path / "other", uninterrupted) > 1e-3


@pytest.mark.parametrize("past", [0, 2])
def test_a_resumed_run_ends_as_if_never_interrupted(
    short: RunConfig, tmp_path: Path, uninterrupted: Path, steps: int, past: int
) -> None:
    _fit_interrupted_at(steps + past, short, tmp_path)
    assert not (tmp_path / "fit.json").exists()
    (minutes,) = (tmp_path / "epochs").glob("*/minutes.json")
    assert 0 < json.loads(minutes.read_text()) < 60
    minutes.write_text("60.0")
    summary = fit(short, tmp_path, resume=True)
    _assert_same_run(tmp_path, uninterrupted)
    assert summary["minutes"] >= 60  # what it took before it was interrupted counts
    expected = json.loads((uninterrupted / "fit.json").read_text())
    assert [epoch["eval_macro_f1"] for epoch in summary["epochs"]] == [
        pytest.approx(epoch["eval_macro_f1"]) for epoch in expected["epochs"]
    ]


def test_a_run_resumes_past_an_epoch_that_was_not_saved_whole(
    short: RunConfig, tmp_path: Path, uninterrupted: Path, steps: int
) -> None:
    _fit_interrupted_at(steps + 1, short, tmp_path)
    half = tmp_path / f"epochs/checkpoint-{2 * steps}"
    half.mkdir()
    shutil.copy(uninterrupted / "config.json", half)
    fit(short, tmp_path, resume=True)
    _assert_same_run(tmp_path, uninterrupted)


def test_resuming_a_first_run_just_starts(short: RunConfig, tmp_path: Path, uninterrupted: Path) -> None:
    _fit_interrupted_at(1, short, tmp_path)  # before any epoch was saved
    fit(short, tmp_path, resume=True)
    _assert_same_run(tmp_path, uninterrupted)


def test_patience_survives_an_interruption(
    config_file: Path, tmp_path: Path, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = load(config_file, ["optim.epochs=6", "optim.patience=2"])
    _score_epochs(monkeypatch, [0.5, 0.4, 0.4, 0.9, 0.9])
    _fit_interrupted_at(2 * steps + 1, patient, tmp_path)
    summary = fit(patient, tmp_path, resume=True)
    assert [epoch["eval_macro_f1"] for epoch in summary["epochs"]] == [0.5, 0.4, 0.4]


@pytest.fixture
def finished(checkpoint: Path, tmp_path: Path) -> Path:
    """Return a copy of the session's checkpoint."""
    return Path(shutil.copytree(checkpoint, tmp_path / "finished"))


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_resuming_a_finished_run_changes_nothing(finished: Path, checkpoint: Path, config: RunConfig) -> None:
    assert fit(config, finished, resume=True) == json.loads((checkpoint / "fit.json").read_text())
    assert _files(finished) == _files(checkpoint)


def test_a_run_is_not_resumed_with_another_config(finished: Path, config: RunConfig) -> None:
    with pytest.raises(UsageError) as refused:
        fit(config.model_copy(update={"seed": 99}), finished, resume=True)
    assert str(finished / "config.yaml") in refused.value.reason


@pytest.mark.parametrize("is_finished", [True, False])
def test_a_run_is_not_resumed_with_a_corpus_that_was_edited(
    finished: Path, config: RunConfig, tmp_path: Path, *, is_finished: bool
) -> None:
    corpus = tmp_path / "edited.jsonl"
    shutil.copy(config.data.train[0], corpus)
    changed = config.model_copy(update={"data": config.data.model_copy(update={"train": [corpus]})})
    save(changed, finished / "config.yaml")
    for name in ("begun.json", "fit.json"):
        text = (finished / name).read_text(encoding="utf-8")
        (finished / name).write_text(text.replace(str(config.data.train[0]), str(corpus)), encoding="utf-8")
    if not is_finished:
        (finished / "fit.json").unlink()
    corpus.write_text(corpus.read_text(encoding="utf-8").replace("harbour", "quay"), encoding="utf-8")
    before = _files(finished)
    with pytest.raises(UsageError, match=r"began with other .*edited\.jsonl"):
        fit(changed, finished, resume=True)
    assert _files(finished) == before


def test_a_run_is_not_resumed_by_another_version(
    finished: Path, config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsroles_training.train.begun.version", lambda _: "9.9")
    with pytest.raises(UsageError, match="began with other newsroles"):
        fit(config, finished, resume=True)


def test_a_run_that_could_not_begin_leaves_nothing(config_file: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        fit(load(config_file, ["data.train=[nowhere.jsonl]"]), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_windows_that_the_base_cannot_read_leave_nothing(config_file: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read windows of 129 tokens"):
        fit(load(config_file, ["window.tokens=129"]), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_used_folder_is_refused(config: RunConfig, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        fit(config, tmp_path)
    assert (
        str(refused.value)
        == f"{tmp_path}: already holds a run; give another folder, or --resume to go on with it"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_is_no_folder_for_a_run(config: RunConfig, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="file"):
        fit(config, tmp_path / "file")


@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 3.0, 0.5]])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_loss_is_a_weighted_cross_entropy_of_sentences(
    config_file: Path, tmp_path: Path, weights: list[float] | None, smoothing: float
) -> None:
    config = load(
        config_file, [f"optim.class_weights={weights or 'null'}", f"optim.label_smoothing={smoothing}"]
    )
    model, tokenizer = load_base(config)
    model.eval()
    data = fitting._windows(config, split(config), tokenizer)
    trainer = fitting._trainer(config, tmp_path, model, data)
    batch = Collator(0)([data["train"][number] for number in range(4)])
    with torch.inference_mode():
        loss, outputs = trainer.compute_loss(model, batch, return_outputs=True)
        tokens = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    logits = pool(tokens, batch["segments"], batch["labels"].shape[1])
    torch.testing.assert_close(outputs["logits"], logits)
    assert float(loss) == pytest.approx(_cross_entropy(logits, batch["labels"], weights, smoothing), abs=1e-5)


def _cross_entropy(
    logits: torch.Tensor, gold: torch.Tensor, weights: list[float] | None, smoothing: float
) -> float:
    """Sum plainly what PyTorch's documentation says, over the sentences that are none of the padding."""
    weight = np.array(weights or [1.0] * 4)
    logs = torch.log_softmax(logits, -1).numpy()
    total = share = 0.0
    for row, label in zip(logs.reshape(-1, 4), gold.flatten().tolist(), strict=True):
        if label >= 0:
            total -= (1 - smoothing) * weight[label] * row[label] + smoothing / 4 * float(weight @ row)
            share += weight[label]
    return total / share


@pytest.mark.parametrize(("capability", "expected"), [("AVX2", False), ("AVX512", True), ("DEFAULT", True)])
def test_bfloat16_is_passed_over_where_it_would_be_emulated(
    config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capability: str, expected: bool
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
    arguments = fitting._arguments(load(config_file, ["optim.bf16=true"]), tmp_path)
    assert arguments.bf16 is expected
    assert not fitting._arguments(load(config_file), tmp_path).bf16


def test_a_teacher_counts_as_the_config_says(
    config_file: Path, tmp_path: Path, articles: list[GoldArticle]
) -> None:
    config = load(config_file, ["distil.weight=0.25", "distil.temperature=2"])
    model, tokenizer = load_base(config)
    model.eval()
    taught = [replace(one, soft=((0.7, 0.1, 0.1, 0.1),) * (len(one.labels) - 1) + ((),)) for one in articles]
    data = fitting._windows(config, Split(taught[:6], articles[6:8]), tokenizer)
    trainer = fitting._trainer(config, tmp_path, model, data)
    batch = Collator(0)([data["train"][number] for number in range(len(data["train"]))])
    with torch.inference_mode():
        loss, outputs = trainer.compute_loss(model, batch, return_outputs=True)
        hard, _ = trainer.compute_loss(
            model, {k: v for k, v in batch.items() if k != "soft"}, return_outputs=True
        )
    heard = batch["soft"].sum(-1) > 0
    assert 0 < int(heard.sum()) < int((batch["labels"] >= 0).sum())
    softened = np.sqrt([0.7, 0.1, 0.1, 0.1]) / np.sqrt([0.7, 0.1, 0.1, 0.1]).sum()
    logs = torch.log_softmax(outputs["logits"][heard] / 2, -1).numpy()
    taught_loss = -4 * float((logs @ softened).mean())
    assert float(loss) == pytest.approx(0.75 * float(hard) + 0.25 * taught_loss, abs=1e-4)


def test_a_run_saved_every_few_steps_goes_on_from_there(
    config_file: Path, uninterrupted: Path, steps: int, tmp_path: Path
) -> None:
    config = load(config_file, [*SHORT, "optim.save_steps=2"])
    _fit_interrupted_at(steps + 3, config, tmp_path)
    saved = max(int(path.name.partition("-")[2]) for path in (tmp_path / "epochs").glob("checkpoint-*"))
    assert saved == steps + 3 - (steps + 3) % 2
    fit(config, tmp_path, resume=True)
    assert _largest_difference(tmp_path, uninterrupted) < 1e-5


def test_class_weights_reach_the_run(config_file: Path, tmp_path: Path) -> None:
    overrides = ["optim.epochs=1", "optim.class_weights=[1e-6, 1e-6, 1, 1e-6]"]
    (epoch,) = fit(load(config_file, overrides), tmp_path)["epochs"]
    assert epoch["eval_f1_background"] > 0
    assert [epoch[f"eval_f1_{label}"] for label in ("claim", "accusation", "boilerplate")] == [0, 0, 0]


def test_window_logits_are_stitched_as_serving_does(config: RunConfig, articles: list[GoldArticle]) -> None:
    _, tokenizer = load_base(config)
    reader = sentence_tokenizer(tokenizer, config.window.tokens)
    held = windows_of(articles, reader, config.labels, config.window.overlap)
    padded = np.random.default_rng(5).normal(size=(len(held), 40, 4)).astype(np.float32)
    gold, rows = stitched(padded, held)
    left, expected = iter(padded), []
    for article in articles:
        lengths = [len(piece) for piece in reader.encode(article.text, article.sentences)]
        places = windows.plan(lengths, reader.budget, config.window.overlap)
        scored = [next(left)[: place.stop - place.start] for place in places]
        expected.append(windows.stitch(lengths, places, scored))
    np.testing.assert_array_equal(rows, np.concatenate(expected))
    assert [config.labels[label] for label in gold] == [
        label for article in articles for label in article.labels
    ]
