"""Write the table of docs/trust/models.md from the two models' reports. Run: python docs/build/models.py."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "trust" / "models.md"
BEGIN, END = "<!-- models -->\n", "<!-- /models -->"
RESULTS = ROOT / "docs" / "results"
REPORTS = {
    ("fast", "real-dev, text"): ROOT / "inference" / "newsroles" / "models" / "default" / "report.json",
    ("accurate", "real-dev, text"): ROOT / "models" / "accurate" / "newsroles_accurate" / "report.json",
    ("fast", "web-dev, text"): RESULTS / "web-dev.json",
    ("accurate", "web-dev, text"): RESULTS / "accurate-web-dev.json",
    ("fast", "web-dev, HTML"): RESULTS / "web-dev-html.json",
    ("accurate", "web-dev, HTML"): RESULTS / "accurate-web-dev-html.json",
}


def table() -> str:
    """Return a row a model and set of pages: macro-F1 with its interval, and each label's F1."""
    rows = [_row(*key, json.loads(path.read_text(encoding="utf-8"))) for key, path in REPORTS.items()]
    labels = "| pages | model | macro-F1 | claim | accusation | background | boilerplate |"
    return "\n".join([labels, "|" + "---|" * 7, *rows]) + "\n"


def _row(model: str, pages: str, report: dict[str, Any]) -> str:
    macro = "{value:.3f} ({low:.3f} to {high:.3f})".format(**report["macro_f1"])
    scores = " | ".join(f"{label['f1']['value']:.3f}" for label in report["labels"].values())
    return f"| {pages} | {model} | {macro} | {scores} |"


if __name__ == "__main__":
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(head + BEGIN + table() + END + rest.partition(END)[2], encoding="utf-8")
