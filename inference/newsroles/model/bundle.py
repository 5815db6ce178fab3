"""A model on disk: a folder with an ONNX graph, a tokenizer and `bundle.json` that explains both.

All three are data; nothing is unpickled or executed. `bundle.json` lists the other files with their
SHA-256, and a bundle whose files differ is refused.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import inf
from pathlib import Path
from typing import Any

from newsroles.errors import BundleError

FORMAT = 1
LEAST_WINDOW = 3  # its two framing tokens, and one to read
MANIFEST, GRAPH, TOKENIZER = "bundle.json", "model.onnx", "tokenizer.json"
SHIPPED = Path(__file__).parents[1] / "models" / "default"


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


def load(folder: Path | None = None) -> Bundle:
    """Read a bundle and check its files; None is the bundle that ships with the package.

    Raises BundleError where something is missing, damaged or of another format.
    """
    folder = folder or SHIPPED
    manifest = _manifest(folder)
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
            labels=_labels(manifest["labels"]),
            window_tokens=_window_tokens(manifest["window"]["tokens"]),
            overlap=_overlap(manifest["window"]["overlap"]),
            special=SpecialTokens(**manifest["special"]),
            calibration=_calibration(manifest["calibration"], len(manifest["labels"])),
            guide=_guide(manifest.get("guide", {}), manifest["labels"]),
            provenance=manifest.get("provenance", {}),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(
            f"{folder / MANIFEST}: {error!r} is missing or wrong", "export the model again"
        ) from error
    _verify(folder, checksums)
    return bundle


def write_manifest(bundle: Bundle) -> Bundle:
    """Write `bundle.json` for the files in the bundle's folder; gives the bundle with its revision."""
    checksums = {name: sha256(bundle.folder / name) for name in (GRAPH, TOKENIZER)}
    manifest = {
        "format": FORMAT,
        "name": bundle.name,
        "labels": bundle.labels,
        "window": {"tokens": bundle.window_tokens, "overlap": bundle.overlap},
        "special": asdict(bundle.special),
        "calibration": asdict(bundle.calibration),
        "files": checksums,
        "guide": bundle.guide,
        "provenance": bundle.provenance,
    }
    (bundle.folder / MANIFEST).write_text(
        json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return load(bundle.folder)


def sha256(path: Path) -> str:
    """Digest a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BundleError(
            f"{folder}: no {MANIFEST} there, so it is no model bundle",
            "give a folder that `newsroles-train export` wrote, or leave --model out for the shipped model",
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise BundleError(f"{folder / MANIFEST}: {error}", "export the model again") from error
    if not isinstance(manifest, dict):
        raise BundleError(f"{folder / MANIFEST}: not a JSON object", "export the model again")
    return manifest


def _labels(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or len({str(label) for label in values}) != len(values):
        raise ValueError("labels")
    return tuple(map(str, values))


def _guide(values: Any, labels: Sequence[str]) -> dict[str, str]:
    if values and set(values) != set(labels):
        raise ValueError("guide")
    return {label: str(values[label]) for label in labels if values}


def _window_tokens(value: Any) -> int:
    if int(value) < LEAST_WINDOW:
        raise ValueError("window.tokens")
    return int(value)


def _overlap(value: Any) -> float:
    if not 0 <= float(value) < 1:
        raise ValueError("window.overlap")
    return float(value)


def _calibration(values: Mapping[str, Any], labels: int) -> Calibration:
    calibration = Calibration(float(values["temperature"]), tuple(float(value) for value in values["bias"]))
    if not 0 < calibration.temperature < inf or len(calibration.bias) != labels:
        raise ValueError("calibration")
    return calibration


def _revision(manifest: Mapping[str, Any]) -> str:
    """Digest all that decides what the bundle says: its files by their checksums, and its settings."""
    deciding = {key: value for key, value in manifest.items() if key not in ("name", "guide", "provenance")}
    return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()


def _verify(folder: Path, checksums: Mapping[str, str]) -> None:
    for name in (GRAPH, TOKENIZER):
        try:
            found = sha256(folder / name)
        except OSError as error:
            raise BundleError(f"{folder / name}: {error.strerror}", "export the model again") from error
        if found != checksums.get(name):
            raise BundleError(
                f"{folder / name}: its checksum differs from {MANIFEST}'s", "copy or export the bundle again"
            )
