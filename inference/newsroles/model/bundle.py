"""A model on disk: a folder with an ONNX graph, a tokenizer and `bundle.json` that explains both.

All three are data; nothing is unpickled or executed. `bundle.json` lists the other files with their
SHA-256, and a bundle whose files differ is refused; so is a graph that keeps weights in files beside it,
which nothing checks.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from newsroles.errors import BundleError
from newsroles.model import values
from newsroles.model.catalogue import locate

FORMAT = 1
MOST_SKEW = 1000.0
"""The largest bias and temperature, one over the smallest temperature; logits are of the order of 1 to 10."""
MANIFEST, GRAPH, TOKENIZER = "bundle.json", "model.onnx", "tokenizer.json"


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """The tokens that frame a window (`begin`, `end`) and open a sentence.

    A sentence that stands first on its line opens with the token that `kinds` has for its line, or with
    `new_line` where it has none; any other opens with `same_line`.
    """

    begin: str
    end: str
    new_line: str = "[LINE]"
    same_line: str = "[NEXT]"
    kinds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How logits become probabilities: softmax(logits / temperature + bias), `bias` one number a label."""

    temperature: float
    bias: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What `bundle.json` says, and where it lies.

    `labels` is the authority on labels and their order; `guide` defines each in a sentence, or is empty.
    `spans` names what else the graph scores, token by token, behind the labels: who is marked in a sentence.
    `kind_bias` has one number a label for kinds of lines, added to the logits of the sentences on them.
    `window_tokens` counts the framing tokens too; `overlap` is the share of a window that the next one
    repeats. `revision` identifies all that decides what the model says.
    """

    folder: Path
    name: str
    revision: str
    labels: tuple[str, ...]
    window_tokens: int
    overlap: float
    special: SpecialTokens
    calibration: Calibration
    kind_bias: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    spans: tuple[str, ...] = ()
    guide: Mapping[str, str] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def graph(self) -> Path:
        """Where the ONNX graph is."""
        return self.folder / GRAPH

    @property
    def tokenizer(self) -> Path:
        """Where the tokenizer is."""
        return self.folder / TOKENIZER

    @property
    def model_id(self) -> str:
        """Name the model in records: its name and the first 12 digits of its revision."""
        return f"{self.name}@{self.revision[:12]}"


def load(model: str | Path | None = None) -> Bundle:
    """Read a bundle, given by its folder or its name, and check its files; None is the default model.

    Raises BundleError where something is missing, damaged or of another format.
    """
    folder = locate(model)
    manifest = read_manifest(folder)
    try:
        if manifest["format"] != FORMAT:
            raise BundleError(
                f"{folder}: bundle format {manifest['format']}, not {FORMAT}", "update newsroles"
            )
        checksums = dict(manifest["files"])
        bundle = Bundle(
            folder=folder,
            name=manifest["name"],
            revision=_revision(manifest),
            labels=values.labels(manifest["labels"]),
            window_tokens=values.window_tokens(manifest["window"]["tokens"]),
            overlap=values.overlap(manifest["window"]["overlap"]),
            special=SpecialTokens(**manifest["special"]),
            calibration=_calibration(manifest["calibration"], len(manifest["labels"])),
            kind_bias=values.kind_bias(manifest.get("kind_bias", {}), len(manifest["labels"])),
            spans=values.spans(manifest.get("spans", [])),
            guide=values.guide(manifest.get("guide", {}), manifest["labels"]),
            provenance=manifest.get("provenance", {}),
        )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise BundleError(
            f"{folder / MANIFEST}: {error!r} is missing or wrong", "export the model again"
        ) from error
    _verify(folder, checksums)
    return bundle


def write_manifest(bundle: Bundle) -> Bundle:
    """Write `bundle.json` for the files in the bundle's folder; gives the bundle with its revision.

    Raises BundleError, and writes nothing, where a number is none (NaN) or infinite.
    """
    checksums = {name: sha256(bundle.folder / name) for name in (GRAPH, TOKENIZER)}
    manifest = {
        "format": FORMAT,
        "name": bundle.name,
        "labels": bundle.labels,
        "window": {"tokens": bundle.window_tokens, "overlap": bundle.overlap},
        "special": asdict(bundle.special),
        "calibration": asdict(bundle.calibration),
        "kind_bias": bundle.kind_bias,
        "spans": bundle.spans,
        "files": checksums,
        "guide": bundle.guide,
        "provenance": bundle.provenance,
    }
    try:
        content = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        reason = f"{bundle.folder}: its settings or its provenance hold a number that is none: {error}"
        raise BundleError(reason, "see whether training or calibration went astray") from error
    (bundle.folder / MANIFEST).write_text(content + "\n", encoding="utf-8")
    return load(bundle.folder)


def sha256(path: Path) -> str:
    """Digest a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a folder's `bundle.json` as it is; raises BundleError where there is none, or no JSON object."""
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
        manifest = json.loads(text, parse_constant=_refuse_constant)
    except FileNotFoundError:
        raise BundleError(
            f"{folder}: no {MANIFEST} there, so it is no model bundle",
            "give a model by its name (fast, accurate), or a folder that `newsroles-train export` wrote",
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise BundleError(f"{folder / MANIFEST}: {error}", "export the model again") from error
    if not isinstance(manifest, dict):
        raise BundleError(f"{folder / MANIFEST}: not a JSON object", "export the model again")
    return manifest


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _calibration(values: Mapping[str, Any], labels: int) -> Calibration:
    calibration = Calibration(float(values["temperature"]), tuple(float(value) for value in values["bias"]))
    is_sound = 1 / MOST_SKEW <= calibration.temperature <= MOST_SKEW and len(calibration.bias) == labels
    if not is_sound or not all(isfinite(value) and abs(value) <= MOST_SKEW for value in calibration.bias):
        raise ValueError("calibration")
    return calibration


def _revision(manifest: Mapping[str, Any]) -> str:
    """Digest all that decides what the bundle says: its files by their checksums, and its settings."""
    deciding = {key: value for key, value in manifest.items() if key not in ("name", "guide", "provenance")}
    return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()


def _verify(folder: Path, checksums: Mapping[str, str]) -> None:
    """Raise BundleError unless all that a model is loaded from is what the manifest lists."""
    for name in (GRAPH, TOKENIZER):
        try:
            found = sha256(folder / name)
        except OSError as error:
            raise BundleError(f"{folder / name}: {error.strerror}", "export the model again") from error
        if found != checksums.get(name):
            raise BundleError(
                f"{folder / name}: its checksum differs from {MANIFEST}'s", "copy or export the bundle again"
            )
    if _has_outside_weights(folder / GRAPH):
        raise BundleError(
            f"{folder / GRAPH}: keeps weights in another file, which {MANIFEST} doesn't vouch for",
            "export the model again, with its weights in the graph",
        )


def _has_outside_weights(graph: Path) -> bool:
    """Tell whether a tensor of an ONNX graph says where its weights are: ``external_data`` has that key."""
    if graph.stat().st_size == 0:  # which cannot be mapped
        return False
    with graph.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return content.find(b"\x0a\x08location\x12") >= 0
