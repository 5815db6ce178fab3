"""Where a bundle goes: to a folder of its own, over an older bundle, and over nothing else."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsroles.errors import BundleError, UsageError
from newsroles.model import bundle as bundles
from newsroles.model.info import REPORT

CARD = "README.md"
CHECKPOINT = {
    "config.json",
    "model.safetensors",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
}
WRITTEN = {bundles.MANIFEST, bundles.GRAPH, bundles.TOKENIZER, REPORT, CARD, *CHECKPOINT}
"""What may lie in a bundle's folder that is replaced: what `export` and `evaluate` write there."""


def refuse_other(out: Path) -> None:
    """Raise UsageError to spare what is no bundle, and what somebody put beside one."""
    if out.is_mount():
        raise UsageError(f"{out}: is mounted there, so it cannot be replaced", "give a folder inside it")
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not _is_bundle(out):
        step = "give another folder, or clear this one"
        raise UsageError(f"{out}: something other than a bundle is there", step)
    if others := sorted({path.name for path in out.iterdir()} - WRITTEN):
        step = "give another folder, or move what is yours away"
        raise UsageError(f"{out}: holds more than a bundle: {', '.join(others[:3])}", step)


def _is_bundle(folder: Path) -> bool:
    try:
        return {"format", "labels", "files"} <= bundles.read_manifest(folder).keys()
    except BundleError:
        return False


@contextmanager
def beside(out: Path) -> Iterator[Path]:
    """Give a folder on the disk of `out` for what is not proven yet; it goes, whatever happens."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f"{out.name}.part-") as scratch:
        yield Path(scratch)


def put(made: Path, out: Path) -> None:
    """Move a folder of `beside` to `out`, and what was there to where it goes."""
    if out.exists():
        out.rename(made.with_name("old"))
    made.rename(out)
