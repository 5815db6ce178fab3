"""The model: which base is taken, what is put on top of it, and at what rates it learns."""

import hashlib
import shutil
from collections import Counter
from pathlib import Path

import pytest
import torch
from tests.conftest import TINY, save_tokenizer
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    DistilBertConfig,
    DistilBertModel,
    ModernBertConfig,
    ModernBertModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaModel,
)

from newsroles.articles import Sentence
from newsroles.errors import UsageError
from newsroles.readers.kinds import KINDS
from newsroles_training.train.config import BaseConfig, RunConfig, load
from newsroles_training.train.model import (
    check_window,
    load_base,
    parameter_groups,
    pool,
    resolve_base,
    sentence_tokenizer,
)
from newsroles_training.train.surgery import special_tokens

WEIGHTS = b"weights"
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a package that carries weights; gives its folder of weights."""
    folder = tmp_path / "site" / "packaged_base" / "model"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "model.safetensors").write_bytes(WEIGHTS)
    monkeypatch.syspath_prepend(tmp_path / "site")
    return folder


def test_a_local_folder_comes_first(packaged: Path) -> None:
    base = BaseConfig(name=str(packaged), package="packaged_base/model", sha256="another", revision="abc")
    assert resolve_base(base) == (str(packaged), None)


def test_then_an_installed_package(packaged: Path) -> None:
    base = BaseConfig(name="some/model", package="packaged_base/model", sha256=SHA256, revision="abc")
    assert resolve_base(base) == (str(packaged), None)


@pytest.mark.parametrize("package", [None, "not_installed/model", "hashlib/model"])
def test_then_the_hub_at_its_revision(package: str | None) -> None:
    assert resolve_base(BaseConfig(name="some/model", package=package, revision="abc")) == (
        "some/model",
        "abc",
    )


@pytest.mark.parametrize("sha256", ["0" * 64, None])
def test_a_package_with_other_weights_is_refused(packaged: Path, sha256: str | None) -> None:
    with pytest.raises(UsageError) as refused:
        resolve_base(BaseConfig(name="some/model", package="packaged_base/model", sha256=sha256))
    weights = packaged / "model.safetensors"
    assert refused.value.reason == f"{weights}: its SHA-256 is {SHA256}, the config says {sha256}"
    step = "base-minilm" if sha256 else f"write base.sha256: {SHA256} into the config"
    assert step in refused.value.next_step


def test_a_package_without_weights_is_refused(packaged: Path) -> None:
    (packaged / "model.safetensors").unlink()
    for sha256 in (SHA256, None):
        with pytest.raises(UsageError, match=r"model\.safetensors: its SHA-256 is missing.*base-minilm"):
            resolve_base(BaseConfig(name="some/model", package="packaged_base/model", sha256=sha256))


@pytest.mark.parametrize("content", [None, "{}", '{"model_type": "xyzzy"}'])
def test_a_base_that_cannot_be_loaded_is_named(
    config: RunConfig, tmp_path: Path, content: str | None
) -> None:
    if content:
        (tmp_path / "config.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        load_base(config.model_copy(update={"base": BaseConfig(name=str(tmp_path))}))
    assert str(tmp_path) in refused.value.reason
    assert "[train,base-minilm]'" in refused.value.next_step


def test_the_model_has_the_config_s_labels_and_the_opening_tokens(config: RunConfig) -> None:
    model, tokenizer = load_base(config)
    special = special_tokens(tokenizer)
    assert list(model.config.id2label.values()) == config.labels
    assert model.classifier.out_features == len(config.labels)
    assert model.get_input_embeddings().num_embeddings == len(tokenizer)
    openings = [special.new_line, special.same_line, *special.kinds.values()]
    assert list(special.kinds) == list(KINDS[1:])
    assert tokenizer.convert_tokens_to_ids(openings) == list(
        range(len(tokenizer) - len(openings), len(tokenizer))
    )


def test_every_kind_of_line_begins_as_the_pieces_of_its_name(config: RunConfig) -> None:
    model, tokenizer = load_base(config)
    special, table = special_tokens(tokenizer), model.get_input_embeddings().weight
    for kind, token in special.kinds.items():
        pieces = tokenizer(kind, add_special_tokens=False)["input_ids"]
        assert torch.equal(table[tokenizer.convert_tokens_to_ids(token)], table[pieces].mean(0))


def test_windows_longer_than_the_base_can_read_are_refused(config_file: Path) -> None:
    long, short = (load(config_file, [f"window.tokens={tokens}"]) for tokens in (129, 128))
    model, _ = load_base(long)
    with pytest.raises(UsageError) as refused:
        check_window(model, long)
    assert "cannot read windows of 129 tokens" in refused.value.reason
    assert "window.tokens" in refused.value.next_step
    check_window(model, short)


def test_a_base_whose_tokenizer_frames_nothing_is_refused(config: RunConfig, tmp_path: Path) -> None:
    shutil.copytree(config.base.name, tmp_path, dirs_exist_ok=True)
    backend = AutoTokenizer.from_pretrained(tmp_path).backend_tokenizer
    PreTrainedTokenizerFast(tokenizer_object=backend, pad_token="[PAD]").save_pretrained(tmp_path)  # noqa: S106 - of text
    with pytest.raises(UsageError, match="no tokens that begin and end a text"):
        load_base(config.model_copy(update={"base": BaseConfig(name=str(tmp_path))}))


def test_dropout_is_the_config_s(config_file: Path) -> None:
    model, _ = load_base(load(config_file, ["base.hidden_dropout=0.25", "base.attention_dropout=0.05"]))
    assert {module.p for module in model.modules() if isinstance(module, torch.nn.Dropout)} == {0.25, 0.05}


def test_only_the_layers_asked_for_are_kept(config_file: Path, tmp_path: Path) -> None:
    whole, kept = load_base(load(config_file))[0], load_base(load(config_file, ["base.layers=[1]"]))[0]
    assert kept.config.num_hidden_layers == 1
    for name, weight in kept.bert.encoder.layer[0].state_dict().items():
        assert torch.equal(weight, whole.bert.encoder.layer[1].state_dict()[name])
    kept.save_pretrained(tmp_path)
    again = AutoModelForTokenClassification.from_pretrained(tmp_path)
    ids = torch.tensor([[1, 5, 6, 2]])
    assert torch.allclose(again.eval()(ids).logits, kept.eval()(ids).logits, atol=1e-6)


def test_layers_that_are_not_there_are_refused(config_file: Path) -> None:
    with pytest.raises(UsageError, match="of 2 layers") as refused:
        load_base(load(config_file, ["base.layers=[0, 2]"]))
    assert "from 0 to 1" in refused.value.next_step


def test_the_head_is_the_seed_s(config_file: Path) -> None:
    heads = [load_base(load(config_file, [f"seed={seed}"]))[0].classifier.weight for seed in (1, 1, 2)]
    assert torch.equal(heads[0], heads[1])
    assert not torch.equal(heads[0], heads[2])


def _family(family: type[PreTrainedModel], vocabulary: int) -> PreTrainedModel:
    if family is DistilBertModel:
        sizes = {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64}
        return DistilBertModel(DistilBertConfig(vocab_size=vocabulary, **sizes))
    if family is ModernBertModel:
        ids = dict.fromkeys(
            ("bos_token_id", "cls_token_id", "eos_token_id", "sep_token_id", "pad_token_id"), 0
        )
        return ModernBertModel(ModernBertConfig(vocab_size=vocabulary, **TINY, **ids))
    return RobertaModel(RobertaConfig(vocab_size=vocabulary, **TINY))


@pytest.mark.parametrize("family", [DistilBertModel, RobertaModel, ModernBertModel])
def test_other_families_are_bases_too(
    config: RunConfig, tmp_path: Path, family: type[PreTrainedModel]
) -> None:
    save_tokenizer(tmp_path)
    _family(family, len(AutoTokenizer.from_pretrained(tmp_path))).save_pretrained(tmp_path)
    own = config.model_copy(update={"base": BaseConfig(name=str(tmp_path), hidden_dropout=0.25)})
    model, tokenizer = load_base(own)
    dropouts = {module.p for module in model.modules() if isinstance(module, torch.nn.Dropout)}
    assert 0.25 in dropouts
    ids = torch.tensor([[tokenizer.cls_token_id, 7, 8, tokenizer.sep_token_id]])
    assert model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits.shape == (1, 4, len(own.labels))
    rates = {group["lr"] for group in parameter_groups(model, own)}
    assert rates == {own.optim.learning_rate, own.optim.head_learning_rate}


def test_the_tokenizer_for_serving_neither_truncates_nor_pads(config: RunConfig) -> None:
    _, tokenizer = load_base(config)
    reader = sentence_tokenizer(tokenizer, 64)
    text = "The mill and the tower " * 8
    short, long = reader.encode(f"Read\n{text}", [Sentence(0, 4), Sentence(5, 5 + len(text.rstrip()))])
    assert (len(short), len(long)) == (2, 41)


def test_pooling_is_a_plain_mean() -> None:
    logits = torch.randn(2, 6, 3, generator=torch.Generator().manual_seed(2))
    segments = torch.tensor([[-1, 0, 0, 1, 2, -1], [-1, 0, 0, 0, -1, -1]])
    expected = torch.zeros(2, 3, 3)
    for row in range(2):
        for sentence in range(int(segments[row].max()) + 1):
            expected[row, sentence] = logits[row][segments[row] == sentence].mean(0)
    torch.testing.assert_close(pool(logits, segments, 3), expected)


def test_pooling_passes_gradients_to_sentences_only() -> None:
    logits = torch.randn(1, 4, 2, requires_grad=True)
    pool(logits, torch.tensor([[-1, 0, 0, -1]]), 1).sum().backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert logits.grad[0, :, 0].tolist() == [0, 0.5, 0.5, 0]


def test_every_parameter_is_in_one_group(config_file: Path) -> None:
    config = load(config_file, ["optim.layer_decay=0.5", "optim.weight_decay=0.1"])
    model, _ = load_base(config)
    groups = parameter_groups(model, config)
    found = Counter(id(parameter) for group in groups for parameter in group["params"])
    assert found == dict.fromkeys(map(id, model.parameters()), 1)


def test_rates_fall_with_depth_and_the_head_has_its_own(config_file: Path) -> None:
    config = load(
        config_file, ["optim.layer_decay=0.5", "optim.learning_rate=0.8", "optim.head_learning_rate=3"]
    )
    model, _ = load_base(config)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    rate_of = {
        names[id(p)]: group["lr"] for group in parameter_groups(model, config) for p in group["params"]
    }
    for name, rate in rate_of.items():
        expected = {
            "bert.embeddings": 0.2,
            "bert.encoder.layer.0": 0.4,
            "bert.encoder.layer.1": 0.8,
            "classifier": 3.0,
        }
        assert rate == pytest.approx(next(rate for start, rate in expected.items() if name.startswith(start)))


def test_norms_and_biases_do_not_decay(config_file: Path) -> None:
    config = load(config_file, ["optim.weight_decay=0.1"])
    model, _ = load_base(config)
    for group in parameter_groups(model, config):
        assert {parameter.ndim > 1 for parameter in group["params"]} == {group["weight_decay"] == 0.1}
