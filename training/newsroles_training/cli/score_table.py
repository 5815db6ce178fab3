"""An evaluation's report for people: a table of the labels, and what to keep in mind when reading it."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.cells import cell_len, set_cell_size

from newsroles.printable import counted

Report = Mapping[str, Any]


def table(report: Report) -> str:
    """Lay the report's scores out for a terminal."""
    wide = max(14, *map(cell_len, report["labels"]))
    lead = wide + 29
    lines = [f"{'':{wide}}{'sentences':>10}{'precision':>11}{'recall':>8}{'F1':>7}  95 % interval of F1"]
    for label, one in report["labels"].items():
        precision, recall, f1 = (one[measure]["value"] for measure in ("precision", "recall", "f1"))
        lines.append(
            f"{set_cell_size(label, wide)}{one['support']:>10}{precision:>11.3f}{recall:>8.3f}{f1:>7.3f}"
            f"  {_interval(one['f1'])}"
        )
    for name, found in report.get("who", {}).items():
        exact, overlap = (found["model"][measure]["value"] for measure in ("exact", "overlap"))
        lines.append(f"{name:{wide}}{'exact':>10}{exact:>7.3f}{'overlap':>9}{overlap:>7.3f}")
    macro, error = report["macro_f1"], report["calibration"]["after"]["error"]
    lines.append(f"{'macro-F1':{lead}}{macro['value']:>7.3f}  {_interval(macro)}")
    lines.append(f"{'calibration error, expected':{lead}}{error:>7.3f}")
    lines += _gains(report["against"], lead) if "against" in report else []
    data = report["data"]
    scored = f"{counted(data['sentences'], 'sentence')} of {counted(data['articles'], 'article')}"
    return "\n".join([*lines, f"{scored} in {data['name']}, {report['model']}"])


def _gains(against: Report, lead: int) -> Iterator[str]:
    yield f"gain in F1 over {against['model']}, paired:"
    for name, gain in {**against["labels"], "macro-F1": against["macro_f1"]}.items():
        yield f"{set_cell_size(name, lead)}{gain['value']:>+7.3f}  {_interval(gain, '+')}"


def _interval(score: Mapping[str, float | None], sign: str = "") -> str:
    low, high = score["low"], score["high"]
    if low is None or high is None:
        return "none: too few articles"
    return f"{low:{sign}.3f} to {high:{sign}.3f}"


def warnings(report: Report) -> Iterator[str]:
    """Yield what the scores must not be read without."""
    if report["data"]["trained_on"]:
        yield f"{report['data']['name']}: the model was trained on these very pages; on others, expect less"
    for label, one in report["labels"].items():
        if not one["support"]:
            yield f"no sentence of the test pages is {label}, so its F1 is 0 in macro-F1"
