"""model_card.md, rendered from what the bundle and its report say, so that no number in it is typed."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from newsroles import bundle as bundles
from newsroles_training.evaluate import read_report

PEERS = "peers.md"
"""The table that `compare --table` wrote, shown where it lies beside the bundle."""


def render(folder: Path | None = None) -> str:
    """Render the card of a bundle folder that holds a ``report.json``; None is the shipped bundle."""
    bundle = bundles.load(folder)
    report = read_report(bundle.folder)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it renders Markdown
    )
    environment.filters["pm"] = _with_interval
    peers = bundle.folder / PEERS
    megabytes = sum(file.stat().st_size for file in bundle.folder.iterdir()) / 1e6
    return environment.get_template("card.md.jinja").render(
        bundle=bundle,
        report=report,
        megabytes=megabytes,
        peers=peers.read_text(encoding="utf-8") if peers.exists() else "",
    )


def _with_interval(score: dict[str, Any]) -> str:
    return f"{score['value']:.3f} ({score['low']:.3f} to {score['high']:.3f})"
