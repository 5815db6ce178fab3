"""Export: the bundle says what the checkpoint says, or is not written."""

import copy
import json
import shutil
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer, PreTrainedModel

from newsroles.errors import UsageError
from newsroles.model import bundle as bundles
from newsroles.model.labeller import Labeller
from newsroles.model.runtime import onnxruntime
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.data.features import Collator, stitched, windows_of
from newsroles_training.evaluation.calibrate import fit_temperature
from newsroles_training.export import graph as graphs
from newsroles_training.export.bundle import (
    ExportRefused,
    Fidelity,
    _equal_marks,
    compare_with_torch,
    export,
    fidelity,
)
from newsroles_training.export.graph import write_graph
from newsroles_training.train.config import RunConfig, load, save
from newsroles_training.train.corpora import split
from newsroles_training.train.model import pool, sentence_tokenizer

LABELS = ("claim", "accusation", "background", "boilerplate")


@pytest.fixture(scope="module")
def model(checkpoint: Path) -> PreTrainedModel:
    return AutoModelForTokenClassification.from_pretrained(checkpoint, attn_implementation="eager").eval()


@pytest.fixture(scope="module")
def reader(checkpoint: Path, config: RunConfig) -> SentenceTokenizer:
    return sentence_tokenizer(AutoTokenizer.from_pretrained(checkpoint), config.window.tokens)


@pytest.fixture(scope="module")
def graph(model: PreTrainedModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graph") / "model.onnx"
    write_graph(model, path, LABELS)
    return path


@pytest.fixture(scope="module")
def plain_folder(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the checkpoint's bundle in fp32."""
    folder = tmp_path_factory.mktemp("plain")
    export(_changed(checkpoint, folder / "checkpoint", {"precision": "fp32"}), folder / "bundle")
    return folder / "bundle"


def _changed(checkpoint: Path, copy: Path, settings: Mapping[str, Any]) -> Path:
    """Copy a checkpoint, and give it other export settings."""
    shutil.copytree(checkpoint, copy, ignore=shutil.ignore_patterns("epochs"))
    config = load(copy / "config.yaml")
    save(
        config.model_copy(update={"export": config.export.model_copy(update=dict(settings))}),
        copy / "config.yaml",
    )
    return copy


def _batch(
    articles: Sequence[GoldArticle], reader: SentenceTokenizer, overlap: float
) -> dict[str, torch.Tensor]:
    return Collator(0)(list(windows_of(articles, reader, LABELS, overlap)))


def _feed(batch: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: batch[name] for name in ("input_ids", "attention_mask")}


def test_the_graph_gives_pytorch_s_logits_also_when_padded(
    model: PreTrainedModel, graph: Path, reader: SentenceTokenizer, articles: list[GoldArticle]
) -> None:
    feed = _feed(_batch(articles, reader, 0.0))
    real = feed["attention_mask"].bool()
    assert not real.all()
    with torch.inference_mode():
        expected = model(**feed).logits
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    (found,) = session.run(["logits"], {name: tensor.numpy() for name, tensor in feed.items()})
    np.testing.assert_allclose(found[real], expected[real], atol=1e-4)


def test_serving_gives_training_s_rows(
    model: PreTrainedModel, plain_folder: Path, reader: SentenceTokenizer, articles: list[GoldArticle]
) -> None:
    labeller = Labeller.load(plain_folder, threads=1)
    windows = windows_of(articles, reader, LABELS, labeller.bundle.overlap)
    batch = Collator(0)(list(windows))
    with torch.inference_mode():
        pooled = pool(model(**_feed(batch)).logits, batch["segments"], batch["labels"].shape[1])
    _, expected = stitched(pooled.numpy(), windows)
    found = np.concatenate([labeller.scores(article.text, article.sentences) for article in articles])
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_attention_is_fused_and_labels_are_in_the_graph(graph: Path, model: PreTrainedModel) -> None:
    written = onnx.load(graph)
    operators = Counter(node.op_type for node in written.graph.node)
    assert operators["Attention"] == model.config.num_hidden_layers
    assert {prop.key: json.loads(prop.value) for prop in written.metadata_props} == {"labels": list(LABELS)}


def test_int8_keeps_the_labels_in_the_graph(bundle_folder: Path, plain_folder: Path) -> None:
    small, plain = (onnx.load(folder / bundles.GRAPH) for folder in (bundle_folder, plain_folder))
    assert {prop.key: prop.value for prop in small.metadata_props}["labels"] == json.dumps(list(LABELS))
    assert any(tensor.data_type == onnx.TensorProto.INT8 for tensor in small.graph.initializer)
    assert not any(tensor.data_type == onnx.TensorProto.INT8 for tensor in plain.graph.initializer)


def test_a_faithful_graph_passes(
    model: PreTrainedModel, graph: Path, reader: SentenceTokenizer, articles: list[GoldArticle]
) -> None:
    compare_with_torch(model, graph, articles, reader, LABELS)


def test_a_graph_with_other_weights_is_refused(
    model: PreTrainedModel,
    graph: Path,
    reader: SentenceTokenizer,
    articles: list[GoldArticle],
    tmp_path: Path,
) -> None:
    _tamper(graph, tmp_path / "model.onnx")
    with pytest.raises(ExportRefused, match=r"differ from PyTorch's by up to 0\.1"):
        compare_with_torch(model, tmp_path / "model.onnx", articles, reader, LABELS)


def test_a_graph_of_no_numbers_is_refused_also_where_the_model_has_none(
    model: PreTrainedModel, reader: SentenceTokenizer, articles: list[GoldArticle], tmp_path: Path
) -> None:
    broken = copy.deepcopy(model)
    with torch.no_grad():
        broken.classifier.bias.fill_(float("nan"))
    write_graph(broken, tmp_path / "model.onnx", LABELS)
    with pytest.raises(ExportRefused, match="differ from PyTorch's by up to nan"):
        compare_with_torch(broken, tmp_path / "model.onnx", articles, reader, LABELS)


def _tamper(graph: Path, out: Path) -> None:
    """Add a tenth to the bias of the head, too little to change many labels."""
    written = onnx.load(graph)
    (bias,) = (tensor for tensor in written.graph.initializer if tensor.name == "classifier.bias")
    bias.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(bias) + np.float32(0.1), bias.name))
    onnx.save(written, out)


class Careless(torch.nn.Module):
    """Reads padding as if it were text."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.inner = model
        self.config = model.config.__class__()
        self.config.model_type = "careless"

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.inner(input_ids).logits
        return logits + attention_mask.sum() * 0.0


def test_a_graph_that_reads_padding_is_refused(
    model: PreTrainedModel, reader: SentenceTokenizer, articles: list[GoldArticle], tmp_path: Path
) -> None:
    write_graph(Careless(model), tmp_path / "model.onnx", LABELS)
    with pytest.raises(ExportRefused):
        compare_with_torch(model, tmp_path / "model.onnx", articles, reader, LABELS)


def test_nothing_is_written_where_the_graph_is_refused(
    checkpoint: Path, bundle_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Path(shutil.copytree(bundle_folder, tmp_path / "bundle"))
    label = graphs._label

    def tampering(path: Path, labels: Sequence[str]) -> None:
        label(path, labels)
        _tamper(path, path)

    monkeypatch.setattr(graphs, "_label", tampering)
    with pytest.raises(ExportRefused):
        export(checkpoint, out)
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]
    assert bundles.load(out).revision == bundles.load(bundle_folder).revision


def test_the_bundle_says_what_the_config_says(
    bundle_folder: Path, config: RunConfig, checkpoint: Path
) -> None:
    bundle = bundles.load(bundle_folder)
    assert (bundle.name, bundle.labels) == ("tiny", tuple(config.labels))
    assert (bundle.window_tokens, bundle.overlap) == (config.window.tokens, config.window.overlap)
    assert (bundle.special.begin, bundle.special.end) == ("[CLS]", "[SEP]")
    fitted = json.loads((checkpoint / "fit.json").read_text(encoding="utf-8"))
    assert bundle.provenance["trained_on"] == fitted["corpora"]
    assert bundle.provenance["epoch"] == fitted["epoch"]
    assert {path.name for path in bundle_folder.iterdir()} == {"bundle.json", "model.onnx", "tokenizer.json"}


def test_int8_is_compared_on_every_sentence_once(
    bundle_folder: Path, plain_folder: Path, articles: list[GoldArticle]
) -> None:
    told = bundles.load(bundle_folder).provenance["int8"]
    assert told["sentences"] == sum(len(article.labels) for article in articles)
    found = fidelity(bundles.load(plain_folder), bundles.load(bundle_folder), articles)
    assert (found.sentences, found.equal_labels) == (told["sentences"], told["equal_labels"])
    assert 0 < found.probability_difference < 0.05


def test_a_bundle_is_faithful_to_itself(plain_folder: Path, articles: list[GoldArticle]) -> None:
    plain = bundles.load(plain_folder)
    assert fidelity(plain, plain, articles[:2]) == Fidelity(20, 1.0, 0.0)


def test_marks_are_compared_where_there_are_any() -> None:
    none, one, two = (np.array([row], dtype=bool) for row in ([0, 0], [1, 0], [1, 1]))
    spoken = [True] * 4 + [False]
    found = _equal_marks(spoken, [none, one, two, none, one], [none, one, one, two, two])
    assert found == pytest.approx(1 / 3)
    assert _equal_marks([True], [none], [none]) is None


def test_int8_that_strays_falls_back_to_fp32(checkpoint: Path, plain_folder: Path, tmp_path: Path) -> None:
    strict = _changed(checkpoint, tmp_path / "strict", {"most_probability_difference": 1e-9})
    with pytest.warns(UserWarning, match=r"int8 strays too far from fp32 .*sentences=160.*stays fp32"):
        bundle = export(strict, tmp_path / "bundle")
    assert "int8" not in bundle.provenance
    assert bundle.graph.read_bytes() == (plain_folder / bundles.GRAPH).read_bytes()


def test_fp32_is_not_quantised(plain_folder: Path, graph: Path) -> None:
    bundle = bundles.load(plain_folder)
    assert "int8" not in bundle.provenance
    assert bundle.graph.read_bytes() == graph.read_bytes()


def test_the_temperature_is_the_held_fold_s(labeller: Labeller, config: RunConfig) -> None:
    held = split(config).held
    logits = np.concatenate([labeller.scores(article.text, article.sentences) for article in held])
    gold = [config.labels.index(label) for article in held for label in article.labels]
    temperature = labeller.bundle.calibration.temperature
    assert temperature == round(fit_temperature(logits, gold), 4) != 1.0


@pytest.mark.parametrize("end", [0.1, 10.0])
def test_a_temperature_at_the_end_of_the_search_is_none(
    checkpoint: Path, tmp_path: Path, end: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsroles_training.export.calibration.fit_temperature", lambda *_: end)
    copied = _changed(checkpoint, tmp_path / "checkpoint", {"precision": "fp32"})
    made = export(copied, tmp_path / "bundle")
    assert made.calibration == bundles.Calibration(1.0, (0.0,) * len(LABELS))
    assert made.provenance["calibrated_on"] == {"corpora": {}, "articles": 0, "groups": 0, "sentences": 0}
    assert bundles.load(tmp_path / "bundle") == made


def test_a_bundle_is_replaced(checkpoint: Path, bundle_folder: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(bundle_folder, tmp_path / "bundle"))
    (out / "report.json").touch()
    (out / bundles.GRAPH).write_bytes(b"damaged")
    assert export(checkpoint, out).revision == bundles.load(bundle_folder).revision
    assert not (out / "report.json").exists()


def test_what_somebody_put_beside_a_bundle_is_never_lost(
    checkpoint: Path, bundle_folder: Path, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(bundle_folder, tmp_path / "bundle"))
    (out / "notes").mkdir()
    with pytest.raises(UsageError, match="more than a bundle: notes"):
        export(checkpoint, out)
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / bundles.MANIFEST).write_text('{"name": "app"}', encoding="utf-8")
    with pytest.raises(UsageError, match="other than a bundle"):
        export(checkpoint, tmp_path / "web")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle", "web"]
    assert (out / "notes").is_dir()


def test_what_is_no_bundle_is_never_replaced(checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-mother.txt").write_text("Dear", encoding="utf-8")
    for out in (tmp_path / "letters", tmp_path / "letters" / "to-mother.txt"):
        with pytest.raises(UsageError) as refused:
            export(checkpoint, out)
        assert str(out) in refused.value.reason
    assert (tmp_path / "letters" / "to-mother.txt").read_text(encoding="utf-8") == "Dear"


@pytest.mark.parametrize("what", ["the checkpoint", "a corpus"])
def test_no_bundle_is_replaced_that_holds_what_is_read(
    checkpoint: Path, bundle_folder: Path, corpus_file: Path, tmp_path: Path, what: str
) -> None:
    out = Path(shutil.copytree(bundle_folder, tmp_path / "bundle"))
    corpus = shutil.copy(corpus_file, out / "pages.jsonl")
    inside = _changed(checkpoint, out / "run" if what == "the checkpoint" else tmp_path / "run", {})
    config = load(inside / "config.yaml", [f"data.train=[{corpus}]"] if what == "a corpus" else [])
    save(config, inside / "config.yaml")
    before = set(out.rglob("*"))
    with pytest.raises(UsageError, match="needed itself, as an input"):
        export(inside, out)
    assert set(out.rglob("*")) == before


def test_a_link_to_a_bundle_is_followed_and_stays(
    checkpoint: Path, bundle_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(bundle_folder, tmp_path / "bundle")
    (tmp_path / "link").symlink_to(tmp_path / "bundle")
    export(_changed(checkpoint, tmp_path / "checkpoint", {"precision": "fp32"}), tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert bundles.load(tmp_path / "bundle").revision != bundles.load(bundle_folder).revision


def test_an_empty_folder_may_be_filled(checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    plain = _changed(checkpoint, tmp_path / "checkpoint", {"precision": "fp32"})
    assert export(plain, tmp_path / "bundle").folder == tmp_path / "bundle"


def test_what_is_no_checkpoint_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        export(tmp_path, tmp_path / "bundle")
    assert refused.value.reason.startswith(f"{tmp_path}")
    assert "newsroles-train fit" in refused.value.next_step
    unfinished = _changed(checkpoint, tmp_path / "unfinished", {})
    (unfinished / "fit.json").unlink()
    with pytest.raises(UsageError, match="unfinished"):
        export(unfinished, tmp_path / "bundle")


def test_warnings_of_the_tracer_are_not_the_user_s(model: PreTrainedModel, tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        write_graph(model, tmp_path / "model.onnx", LABELS)
    assert not [warning for warning in caught if issubclass(warning.category, UserWarning)]
