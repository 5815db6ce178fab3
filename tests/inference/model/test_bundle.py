"""Bundles: what is written is what is read, and whatever is not sound is refused with place and next step."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsroles.errors import BundleError
from newsroles.model import bundle as bundles
from newsroles.model.bundle import GRAPH, MANIFEST, TOKENIZER, Bundle, Calibration, SpecialTokens
from newsroles.model.encoder import Encoder
from newsroles.model.labeller import Labeller
from newsroles.model.tokenizer import SentenceTokenizer

LABELS = ("claim", "other")
Manifest = dict[str, Any]


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """Write a bundle whose files are stand-ins: loading reads no more than their checksums."""
    (tmp_path / GRAPH).write_bytes(b"a graph")
    (tmp_path / TOKENIZER).write_text("a tokenizer", encoding="utf-8")
    return bundles.write_manifest(
        Bundle(
            folder=tmp_path,
            name="stand-in",
            revision="",
            labels=LABELS,
            window_tokens=64,
            overlap=0.25,
            special=SpecialTokens("<s>", "</s>"),
            calibration=Calibration(1.5, (0.25, -0.25)),
            provenance={"base": "Zürich"},
        )
    )


def _refusal(folder: Path) -> BundleError:
    with pytest.raises(BundleError) as refused:
        bundles.load(folder)
    return refused.value


def test_what_is_written_is_what_is_read(bundle: Bundle) -> None:
    again = bundles.load(bundle.folder)
    assert again == bundle
    assert (again.graph.read_bytes(), again.tokenizer.read_text()) == (b"a graph", "a tokenizer")
    assert (again.special.new_line, again.special.same_line) == ("[LINE]", "[NEXT]")
    assert json.loads((bundle.folder / MANIFEST).read_text(encoding="utf-8"))["labels"] == list(LABELS)


def test_the_revision_follows_the_files(bundle: Bundle) -> None:
    assert bundle.model_id == f"stand-in@{bundle.revision[:12]}"
    assert bundles.write_manifest(bundle).revision == bundle.revision
    bundle.graph.write_bytes(b"another graph")
    assert bundles.write_manifest(bundle).revision != bundle.revision


def test_a_guide_is_kept_in_the_labels_order_and_decides_nothing(bundle: Bundle) -> None:
    guided = bundles.write_manifest(replace(bundle, guide={"other": "The rest.", "claim": "A word."}))
    assert list(guided.guide.items()) == [("claim", "A word."), ("other", "The rest.")]
    assert guided.revision == bundle.revision
    assert bundle.guide == {}


def test_a_bundle_from_before_there_were_guides_is_read(bundle: Bundle) -> None:
    _rewrite(bundle, lambda manifest: manifest.pop("guide"))
    assert bundles.load(bundle.folder) == bundle


def test_a_folder_without_a_manifest_is_no_bundle(tmp_path: Path) -> None:
    error = _refusal(tmp_path / "nowhere")
    assert error.reason == f"{tmp_path / 'nowhere'}: no bundle.json there, so it is no model bundle"
    assert "newsroles-train export" in error.next_step


def test_a_file_is_no_bundle(bundle: Bundle) -> None:
    assert str(bundle.graph) in _refusal(bundle.graph).reason


@pytest.mark.parametrize(
    "content",
    [b"{", b"\xff\xfe", b"[]", b"null", b'"labels"', b"[" * 100_000, b'{"window": {"tokens": Infinity}}'],
    ids=lambda content: content[:9].decode("latin-1"),
)
def test_a_manifest_that_is_no_json_object_is_refused(bundle: Bundle, content: bytes) -> None:
    (bundle.folder / MANIFEST).write_bytes(content)
    error = _refusal(bundle.folder)
    assert error.reason.startswith(f"{bundle.folder / MANIFEST}: ")
    assert error.next_step == "export the model again"


def test_another_format_asks_for_an_update(bundle: Bundle) -> None:
    _rewrite(bundle, lambda manifest: manifest.update(format=2))
    error = _refusal(bundle.folder)
    assert error.reason == f"{bundle.folder}: bundle format 2, not 1"
    assert error.next_step == "update newsroles"


def _rewrite(bundle: Bundle, change: Callable[[Manifest], object]) -> None:
    manifest = json.loads((bundle.folder / MANIFEST).read_text(encoding="utf-8"))
    change(manifest)
    (bundle.folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize("key", ["format", "name", "labels", "window", "special", "calibration", "files"])
def test_every_part_of_the_manifest_is_needed(bundle: Bundle, key: str) -> None:
    _rewrite(bundle, lambda manifest: manifest.pop(key))
    error = _refusal(bundle.folder)
    assert error.reason.startswith(f"{bundle.folder / MANIFEST}: ")
    assert repr(key) in error.reason


@pytest.mark.parametrize(
    "change",
    [
        {"labels": None},
        {"labels": "ab"},
        {"window": {"tokens": "many", "overlap": 0.3}},
        {"window": {"tokens": 64, "overlap": 1.0}},
        {"window": {"tokens": 2, "overlap": 0.3}},
        {"special": {"begin": "<s>", "end": "</s>", "middle": "<m>"}},
        {"calibration": {"temperature": 0, "bias": [0, 0]}},
        {"calibration": {"temperature": float("nan"), "bias": [0, 0]}},
        {"calibration": {"temperature": 1, "bias": [0]}},
        {"calibration": {"temperature": 1e-300, "bias": [0, 0]}},
        {"calibration": {"temperature": float("inf"), "bias": [0, 0]}},
        {"calibration": {"temperature": "nan", "bias": [0, 0]}},
        {"calibration": {"temperature": 1, "bias": [0, float("nan")]}},
        {"calibration": {"temperature": 1, "bias": ["-inf", 0]}},
        {"calibration": {"temperature": 1, "bias": [0, 1e300]}},
        {"window": {"tokens": "1e999", "overlap": 0.3}},
        {"window": [64, 0.3]},
        {"provenance": {"seed": float("nan")}},
        {"files": 7},
        {"guide": {"claim": "A word."}},
        {"guide": ["claim", "other"]},
    ],
)
def test_wrong_values_are_refused(bundle: Bundle, change: Manifest) -> None:
    _rewrite(bundle, lambda manifest: manifest.update(change))
    error = _refusal(bundle.folder)
    assert error.reason.startswith(f"{bundle.folder / MANIFEST}: ")
    assert error.next_step == "export the model again"


def test_a_window_without_end_is_refused(bundle: Bundle) -> None:
    path = bundle.folder / MANIFEST
    path.write_text(
        path.read_text(encoding="utf-8").replace('"tokens": 64', '"tokens": 1e999'), encoding="utf-8"
    )
    assert "export the model again" in _refusal(bundle.folder).next_step


@pytest.mark.parametrize(
    "change",
    [{"calibration": Calibration(float("nan"), (0.0, 0.0))}, {"provenance": {"int8": {"gap": float("inf")}}}],
)
def test_a_number_that_is_none_is_not_written(bundle: Bundle, change: dict[str, Any]) -> None:
    before = (bundle.folder / MANIFEST).read_bytes()
    with pytest.raises(BundleError, match="a number that is none"):
        bundles.write_manifest(replace(bundle, **change))
    assert (bundle.folder / MANIFEST).read_bytes() == before


def test_weights_beside_the_graph_are_refused(bundle_folder: Path, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    folder = Path(shutil.copytree(bundle_folder, tmp_path / "copy"))
    graph = onnx.load(folder / GRAPH)
    onnx.save(graph, folder / GRAPH, save_as_external_data=True, location="weights.bin", size_threshold=0)
    assert (folder / "weights.bin").exists()
    with pytest.raises(BundleError) as refused:
        bundles.write_manifest(replace(bundles.load(bundle_folder), folder=folder))
    assert "keeps weights in another file" in refused.value.reason
    assert refused.value.next_step == "export the model again, with its weights in the graph"


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER])
def test_a_missing_file_is_named(bundle: Bundle, name: str) -> None:
    (bundle.folder / name).unlink()
    assert _refusal(bundle.folder).reason == f"{bundle.folder / name}: No such file or directory"


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER])
def test_a_changed_file_is_named(bundle: Bundle, name: str) -> None:
    with (bundle.folder / name).open("ab") as file:
        file.write(b" ")
    error = _refusal(bundle.folder)
    assert error.reason == f"{bundle.folder / name}: its checksum differs from bundle.json's"
    assert error.next_step == "copy or export the bundle again"


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER])
def test_a_file_that_the_manifest_does_not_list_is_refused(bundle: Bundle, name: str) -> None:
    _rewrite(bundle, lambda manifest: manifest["files"].pop(name))
    assert "its checksum differs" in _refusal(bundle.folder).reason


def test_labels_in_another_order_than_the_graph_s_are_refused(bundle_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(bundle_folder, tmp_path / "copy"))
    labels = list(bundles.load(folder).labels)
    _rewrite(bundles.load(folder), lambda manifest: manifest["labels"].reverse())
    with pytest.raises(BundleError) as refused:
        Labeller.load(folder)
    written, asked = json.dumps(labels), json.dumps(labels[::-1])
    assert refused.value.reason == f"{folder / GRAPH}: made for labels {written}, not {asked}"


@pytest.mark.parametrize("written", [None, "[claim"])
def test_a_graph_without_labels_is_refused(bundle_folder: Path, tmp_path: Path, written: str | None) -> None:
    onnx = pytest.importorskip("onnx")
    graph = onnx.load(bundle_folder / GRAPH)
    onnx.helper.set_model_props(graph, {"labels": written} if written else {})
    onnx.save(graph, tmp_path / GRAPH)
    with pytest.raises(BundleError, match="made for labels"):
        Encoder(tmp_path / GRAPH, bundles.load(bundle_folder).labels)


def test_what_is_no_graph_is_refused(bundle: Bundle) -> None:
    with pytest.raises(BundleError) as refused:
        Encoder(bundle.graph, LABELS)
    assert refused.value.reason.startswith(f"{bundle.graph}: onnxruntime cannot open it")


def test_what_is_no_tokenizer_is_refused(bundle: Bundle) -> None:
    with pytest.raises(BundleError) as refused:
        SentenceTokenizer.load(bundle.tokenizer, bundle.special, bundle.window_tokens)
    assert refused.value.reason.startswith(f"{bundle.tokenizer}: not a tokenizer")


def test_a_tokenizer_without_the_special_tokens_is_refused(bundle_folder: Path) -> None:
    special = replace(bundles.load(bundle_folder).special, same_line="[NEVER]")
    with pytest.raises(BundleError, match=r"does not know '\[NEVER\]'"):
        SentenceTokenizer.load(bundle_folder / TOKENIZER, special, 64)


@pytest.mark.parametrize("bias", [{"aside": [0.0, 1.0]}, {"aside": [0.0, 0.0, 0.0, "x"]}, ["aside"], 3])
def test_a_bias_of_another_shape_is_refused(bundle_folder: Path, tmp_path: Path, bias: object) -> None:
    folder = shutil.copytree(bundle_folder, tmp_path / "bundle")
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_text(json.dumps(manifest | {"kind_bias": bias}), encoding="utf-8")
    with pytest.raises(BundleError, match=r"bundle\.json"):
        bundles.load(folder)


def test_a_bias_is_kept(bundle_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(bundle_folder, tmp_path / "bundle")
    bias = {"aside": (0.0, 0.5, -0.25, 2.0)}
    written = bundles.write_manifest(replace(bundles.load(folder), kind_bias=bias))
    assert written.kind_bias == bias
    assert written.revision != bundles.load(bundle_folder).revision
