"""What a model is: its labels, its limits, where it comes from, and how well it did."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from newsroles.model.bundle import Bundle

REPORT = "report.json"
LIMITS = (
    "It says what a sentence does on its page, not whether it is true or just.",
    "It reads {tokens} tokens at a time; what stands further away does not count; a longer sentence is cut.",
    "It knows the language{language} and the kind of page that it was trained on.",
)


def facts(bundle: Bundle) -> dict[str, Any]:
    """Collect what is known of a bundle; scores are None where no report lies beside it."""
    provenance = bundle.provenance
    language = f" ({provenance['language']})" if provenance.get("language") else ""
    return {
        "model": bundle.model_id,
        "folder": str(bundle.folder),
        "megabytes": round(sum(path.stat().st_size for path in (bundle.graph, bundle.tokenizer)) / 1e6, 1),
        "labels": list(bundle.labels),
        "marks": list(bundle.spans),
        "guide": dict(bundle.guide),
        "limits": [limit.format(tokens=bundle.window_tokens, language=language) for limit in LIMITS],
        "licence": provenance.get("licence", "not stated"),
        "base": provenance.get("base", "not stated"),
        "trained_on": sorted(provenance.get("trained_on", {})),
        "scores": _scores(bundle),
    }


def _scores(bundle: Bundle) -> dict[str, Any] | None:
    try:
        report = json.loads((bundle.folder / REPORT).read_text(encoding="utf-8"))
        f1 = {label: score["f1"]["value"] for label, score in report["labels"].items()}
        return {"data": report["data"]["name"], "macro-F1": report["macro_f1"]["value"], "F1": f1}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def lines(known: Mapping[str, Any]) -> Iterator[str]:
    """Lay `facts` out for reading, a line each."""
    yield f"model       {known['model']}, {known['megabytes']} MB"
    yield f"folder      {known['folder']}"
    yield f"labels      {', '.join(known['labels'])}"
    yield f"marks       {', '.join(known['marks']) or 'nobody'}"
    yield f"licence     {known['licence']}"
    yield f"base        {known['base']}"
    yield f"trained on  {', '.join(known['trained_on']) or 'not stated'}"
    yield f"scores      {_scores_line(known['scores'])}"
    yield "limits"
    yield from (f"  {limit}" for limit in known["limits"])


def _scores_line(scores: Mapping[str, Any] | None) -> str:
    if scores is None:
        return "none measured; newsroles-train evaluate DATA --model FOLDER -o FOLDER/report.json"
    by_label = ", ".join(f"{label} {value:.2f}" for label, value in scores["F1"].items())
    return f"macro-F1 {scores['macro-F1']:.2f} on {scores['data']}; F1: {by_label}"
