"""The model card, rendered from what a bundle and its report say, so that no number in it is typed.

Any bundle gets ``card.md.jinja``; what is known of the shipped one only, its uses and limits, is in
``shipped.md.jinja``. The front matter is what a model hub reads.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from newsroles.model import bundle as bundles
from newsroles.printable import counted
from newsroles_training.evaluation.evaluate import read_report

Report = Mapping[str, Any]

BEGINS = rb"---\n(?:.*\n)?library_name: newsroles\n"
HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w.-]+")
TAGS = ("sentence-classification", "newsroles", "onnx")
NEWS_TAGS = ("news", "claim-detection", "boilerplate-detection")


def render(folder: Path | None = None) -> str:
    """Render the card of a bundle folder that holds a ``report.json``; None is the shipped bundle."""
    bundle = bundles.load(folder)
    return render_with(bundle, read_report(bundle.folder))


def render_with(bundle: bundles.Bundle, report: Report | None) -> str:
    """Render the card of a bundle; without a report, it says how to measure the model."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it renders Markdown
    )
    environment.filters |= {"pm": _with_interval, "of": counted}
    is_shipped = bundle.revision == bundles.load().revision
    return environment.get_template("shipped.md.jinja" if is_shipped else "card.md.jinja").render(
        bundle=bundle,
        report=report,
        front=yaml.safe_dump(
            _front(bundle, report, is_shipped=is_shipped), sort_keys=False, allow_unicode=True
        ),
        megabytes=sum(file.stat().st_size for file in (bundle.graph, bundle.tokenizer)) / 1e6,
        calibrated_on=_calibrated_on(bundle),
        these_very_pages=report is not None and _is_calibrated_on(bundle, report["data"]["sha256"]),
        has_checkpoint=(bundle.folder / "config.json").is_file(),
    )


def _front(bundle: bundles.Bundle, report: Report | None, *, is_shipped: bool) -> dict[str, Any]:
    """Return what a model hub reads; what nobody has stated is left out."""
    made = bundle.provenance
    values = {
        "license": made["licence"].lower() if made["licence"] != "not stated" else None,
        "language": made.get("language"),
        "library_name": "newsroles",
        "pipeline_tag": "token-classification",
        "base_model": made["base"] if HUB_NAME.fullmatch(made["base"]) else None,
        "tags": [*NEWS_TAGS, *TAGS] if is_shipped else [*TAGS],
        "metrics": ["f1"],
        "model-index": [{"name": bundle.name, "results": [_result(report, is_shipped=is_shipped)]}]
        if report
        else None,
    }
    return {name: value for name, value in values.items() if value}


def _result(report: Report, *, is_shipped: bool) -> dict[str, Any]:
    name = report["data"]["name"]
    shown = f"{name} (development, chosen on)" if is_shipped else name
    return {
        "task": {"type": "token-classification", "name": "sentence roles in pages"},
        "dataset": {"type": name, "name": shown},
        "metrics": [{"type": "f1", "name": "macro-F1", "value": report["macro_f1"]["value"]}],
    }


def _calibrated_on(bundle: bundles.Bundle) -> str:
    """Say what the temperature was fitted on: the held fold, or what `recalibrate` was given."""
    if not (pages := bundle.provenance.get("calibrated_on")):
        return "the fold that training held out"
    if not pages["sentences"]:
        return "nothing, for the fold that training held out did not tell"
    nouns = {"sentences": "sentence", "articles": "page", "groups": "group"}
    counts = ", ".join(counted(pages[key], noun) for key, noun in nouns.items())
    if not pages["corpora"]:
        return f"the fold that training held out ({counts})"
    names = ", ".join(Path(path).name for path in pages["corpora"])
    return f"pages that were given for it ({names}: {counts})"


def _is_calibrated_on(bundle: bundles.Bundle, digest: str) -> bool:
    """Whether the temperature was fitted on the file with this SHA-256."""
    return digest in bundle.provenance.get("calibrated_on", {"corpora": {}})["corpora"].values()


def _with_interval(score: Mapping[str, float | None]) -> str:
    """Write a score with its interval, if it has one."""
    if score["low"] is None:
        return f"{score['value']:.3f}"
    return f"{score['value']:.3f} ({score['low']:.3f} to {score['high']:.3f})"
