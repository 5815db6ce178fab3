"""Averaging: the mean of like runs, and no mean of unlike ones."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForTokenClassification

from newsroles.errors import UsageError
from newsroles_training.train.average import average
from newsroles_training.train.config import load, save


@pytest.fixture
def second(checkpoint: Path, tmp_path: Path) -> Path:
    """Copy a run, with every weight one larger, and another order."""
    folder = Path(shutil.copytree(checkpoint, tmp_path / "second"))
    weights = load_file(folder / "model.safetensors")
    larger = {name: weight + 1 for name, weight in weights.items()}
    save_file(larger, folder / "model.safetensors", metadata={"format": "pt"})
    config = load(folder / "config.yaml", ["optim.order_seed=99"])
    save(config, folder / "config.yaml")
    return folder


def test_every_weight_is_the_mean(checkpoint: Path, second: Path, tmp_path: Path) -> None:
    third = Path(shutil.copytree(second, tmp_path / "third"))
    average([checkpoint, second, third], tmp_path / "mean")
    before, after = (load_file(folder / "model.safetensors") for folder in (checkpoint, tmp_path / "mean"))
    assert set(before) == set(after)
    for name, weight in before.items():
        torch.testing.assert_close(after[name], weight + 2 / 3)


def test_it_is_a_checkpoint_that_says_what_went_into_it(
    checkpoint: Path, second: Path, tmp_path: Path
) -> None:
    average([checkpoint, second], tmp_path / "mean")
    kept, one = (
        json.loads((folder / "fit.json").read_text(encoding="utf-8"))
        for folder in (tmp_path / "mean", checkpoint)
    )
    assert kept["averaged"] == [str(checkpoint), str(second)]
    assert kept["runs"] == one["runs"]  # the second is a copy, which nobody has fitted
    assert kept["minutes"] == one["minutes"]
    assert kept["corpora"] == one["corpora"]
    assert (tmp_path / "mean" / "tokenizer.json").exists()


def test_epochs_of_a_run_may_be_averaged(checkpoint: Path, tmp_path: Path) -> None:
    epochs = sorted((checkpoint / "epochs").glob("checkpoint-*"))
    weights = [load_file(epoch / "model.safetensors")["classifier.bias"] for epoch in epochs]
    average(epochs, tmp_path / "mean")
    mean = load_file(tmp_path / "mean" / "model.safetensors")["classifier.bias"]
    torch.testing.assert_close(mean, torch.stack(weights).mean(0))


def test_unlike_runs_are_refused(checkpoint: Path, second: Path, tmp_path: Path) -> None:
    save(load(second / "config.yaml", ["data.fold=1"]), second / "config.yaml")
    with pytest.raises(UsageError, match="cannot be averaged"):
        average([checkpoint, second], tmp_path / "mean")
    assert not (tmp_path / "mean").exists()


def test_runs_of_other_bases_are_refused(checkpoint: Path, second: Path, tmp_path: Path) -> None:
    summary = json.loads((second / "fit.json").read_text(encoding="utf-8"))
    (second / "fit.json").write_text(json.dumps({**summary, "base": "another/base"}), encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be averaged: they differ in base"):
        average([checkpoint, second], tmp_path / "mean")


def test_models_of_other_shapes_are_refused(checkpoint: Path, second: Path, tmp_path: Path) -> None:
    model = AutoModelForTokenClassification.from_pretrained(second)
    model.resize_token_embeddings(model.config.vocab_size + 8)
    model.save_pretrained(second)
    with pytest.raises(UsageError, match="differ in shape"):
        average([checkpoint, second], tmp_path / "mean")


def test_runs_may_differ_in_how_their_pages_are_augmented(
    checkpoint: Path, second: Path, tmp_path: Path
) -> None:
    other = ["data.crop=0.5", "data.drop_kinds=0.5", "data.teasers=0.5"]
    save(load(second / "config.yaml", other), second / "config.yaml")
    assert average([checkpoint, second], tmp_path / "mean")["averaged"]


@pytest.mark.parametrize("missing", ["fit.json", "config.yaml"])
def test_an_unfinished_run_is_named(checkpoint: Path, second: Path, tmp_path: Path, missing: str) -> None:
    (second / missing).unlink()
    with pytest.raises(UsageError, match=f"no finished run, it has no {missing}") as refused:
        average([checkpoint, second], tmp_path / "mean")
    assert "fit --resume" in refused.value.next_step
    assert not (tmp_path / "mean").exists()


def test_a_folder_that_is_not_there_is_named(checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"runs/mistyped: no such folder; give folders that fit wrote"):
        average([checkpoint, Path("runs/mistyped")], tmp_path / "mean")
    with pytest.raises(UsageError, match=rf"{tmp_path}: no finished run, it has no config\.yaml"):
        average([checkpoint, tmp_path], tmp_path / "mean")


def test_a_run_is_given_once(checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(checkpoint)
    with pytest.raises(UsageError, match="link: given twice, which would weigh it more; give each run once"):
        average([checkpoint, tmp_path / "link"], tmp_path / "mean")


def test_the_command_says_one_line(checkpoint: Path, second: Path, tmp_path: Path) -> None:
    call = [sys.executable, "-c", "from newsroles_training import cli; cli.main()", "average"]
    arguments = [str(checkpoint), str(second), "-o", str(tmp_path / "mean")]
    done = subprocess.run([*call, *arguments], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert (done.stdout, done.stderr) == (f"{tmp_path / 'mean'}: the mean of 2 runs\n", "")


def test_nothing_is_overwritten(checkpoint: Path, second: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    with pytest.raises(UsageError, match="already"):
        average([checkpoint, second], tmp_path / "mine")


def test_no_run_is_averaged_into_a_folder_that_holds_it(checkpoint: Path, second: Path) -> None:
    with pytest.raises(UsageError, match="second: is needed itself"):
        average([checkpoint, second], second.parent)


def test_a_link_to_a_folder_is_followed_and_stays(checkpoint: Path, second: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    average([checkpoint, second], tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "elsewhere" / "fit.json").is_file()


@pytest.mark.parametrize("name", ["/dev/null", "file"])
def test_what_is_no_folder_is_refused(checkpoint: Path, second: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="no folder"):
        average([checkpoint, second], tmp_path / name)
