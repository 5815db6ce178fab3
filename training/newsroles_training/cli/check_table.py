"""A check's report for people: a table of the splits, then what was found, errors first."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from newsroles_training.corpora.check.checks import Report
from newsroles_training.data.problems import spelt_out

SHOWN = 10
"""How many findings of a check are spelt out; --json has all of them."""

_SHARES = {
    "shared_runs": "content sharing 8 words with a page",
    "quoted_runs": "content sharing 8 words with --against",
    "repeated_openings": "openings used twice in 500 sentences",
    "type_token_ratio": "distinct words in 8,000",
}


def show(report: Report, labels: Sequence[str], console: Console, accepted: Sequence[str] = ()) -> None:
    """Print the report; findings of `accepted` checks are marked as known."""
    if report.splits:
        console.print(_table(report, labels))
    order = sorted(report.findings, key=lambda finding: finding.severity)
    for check, count in Counter(finding.check for finding in order).items():
        severity = next(finding.severity for finding in order if finding.check == check)
        known = ", accepted" if severity == "error" and check in accepted else ""
        console.print(f"\n[bold]{check}[/bold]: {count} ({severity}{known})")
        lines, left = spelt_out([(one.place, one.detail) for one in order if one.check == check], SHOWN)
        for line in lines:
            console.print(escape(f"  {line}"), soft_wrap=True, highlight=False)
        if left:
            console.print(f"  and {left} more, see --json")


def _table(report: Report, labels: Sequence[str]) -> Table:
    table = Table("", *(escape(split) for split in report.splits), box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    splits = report.splits.values()
    for name in ("articles", "groups", "sentences"):
        table.add_row(name, *(str(split[name]) for split in splits))
    for label in labels:
        counts = [split["labels"].get(label, 0) for split in splits]
        shares = [count / max(1, split["sentences"]) for count, split in zip(counts, splits, strict=True)]
        table.add_row(
            f"  {escape(label)}",
            *(f"{count} ({share:.0%})" for count, share in zip(counts, shares, strict=True)),
        )
    for name, title in _SHARES.items():
        table.add_row(title, *("-" if split[name] is None else f"{split[name]:.1%}" for split in splits))
    return table
