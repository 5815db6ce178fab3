"""What speed.py has measured, as rows, as a table on the terminal, and in Markdown."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import matrix
from engines import Kind
from rich.console import Console
from rich.table import Column, Table
from written import rows as markdown_rows

Found = dict[str, Any]
MB = 1_000_000


def rows(known: Found, engines: Mapping[str, Kind]) -> list[Found]:
    """Sum up each engine: a row with what it does at each number of threads, or why it does nothing."""
    every = [*known["runs"].values()]
    names = [name for name in engines if name in known["absent"] or any(name in runs for runs in every)]
    return [_row(name, engines[name], known) for name in names]


def _row(name: str, kind: Kind, known: Found) -> Found:
    row: Found = {"engine": name, "number": kind.number, "equal": known["equal"].get(name), "threads": {}}
    if name in known["absent"]:
        return row | {"note": f"not there: pip install {known['absent'][name]}"}
    for threads, runs in known["runs"].items():
        if "note" in runs[name]:
            return row | {"note": runs[name]["note"]}
        row["threads"][threads] = _summary(runs[name], kind, threads, known)
    return row


def _summary(found: Found, kind: Kind, threads: int, known: Found) -> Found:
    """Return medians, least and most over the rounds, and the share of the peak of its kind of number."""
    seconds, sample = [one["seconds"] for one in found["rounds"]], known["sample"]
    summary = {
        "seconds": seconds,
        "sentences": spread([many / one for many, one in zip(sample["sentences"], seconds, strict=True)]),
        "tokens": spread([many / one for many, one in zip(sample["tokens"], seconds, strict=True)]),
        "cpu": median(one["cpu"] for one in found["rounds"]),
        "first": found["first"]["seconds"],
        "memory": found["rounds"][-1]["memory"] / MB,
        "read": sum(sum(one["runs"]) for one in found["rounds"]),
    }
    if threads in known["peaks"]:
        shape = kind.shape or known["config"]
        done = [matrix.flops(one["runs"], shape) / one["seconds"] / 1e9 for one in found["rounds"]]
        summary |= {"gflops": median(done), "share": median(done) / known["peaks"][threads][kind.number]}
    return summary


def spread(values: Sequence[float]) -> list[float]:
    """Return median, least and most."""
    return [median(values), min(values), max(values)]


def ratios(runs: Found, ours: str, others: Sequence[str]) -> list[Found]:
    """Compare the speed of `ours` with `others`, round by round, at each number of threads."""
    return [
        {
            "of": ours,
            "to": other,
            "threads": threads,
            "ratio": spread(
                [
                    slow["seconds"] / fast["seconds"]
                    for slow, fast in zip(found[other]["rounds"], found[ours]["rounds"], strict=True)
                ]
            ),
        }
        for threads, found in runs.items()
        for other in others
        if all("rounds" in found.get(name, {}) for name in (ours, other))
    ]


def heads(known: Found) -> list[str]:
    """Name the columns."""
    each = [_on(threads) for threads in known["threads"]]
    return [
        "engine",
        *(f"sentences/s, {on}" for on in each),
        *(f"tokens/s, {on}" for on in each),
        "of the peak",
        "first result",
        "memory",
        "labels as fp32",
    ]


def cells(row: Found, known: Found) -> list[str]:
    """Lay out a row; one without figures says why."""
    found = list(row["threads"].values())
    if "note" in row or not found:
        return [row["engine"], row.get("note", ""), *[""] * (len(heads(known)) - 2)]
    return [
        row["engine"],
        *("{:,.0f} ({:,.0f} to {:,.0f})".format(*one["sentences"]) for one in found),
        *(f"{one['tokens'][0]:,.0f}" for one in found),
        ", ".join(f"{one['share']:.0%}" for one in found if "share" in one),
        f"{found[-1]['first']:.1f} s",
        f"{max(one['memory'] for one in found):,.0f} MB",
        "" if row["equal"] is None else f"{row['equal']:.2%}",
    ]


def said(known: Found) -> list[str]:
    """Say in sentences what was measured, and the ratios and peaks."""
    machine, sample = known["machine"], known["sample"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    what = f"{sample['pages']} pages of {sample['corpus']}: {sum(sample['sentences']):,} sentences"
    on = f"{machine['processor']}, {machine['cores']} cores, load {machine['load'][0]:.1f} before"
    lines = [
        f"{what}, {sum(sample['tokens']):,} tokens, in {known['rounds']} rounds; medians (least to most).",
        f"{on}, {machine['at']}; Python {machine['python']}, {versions}.",
    ]
    for threads, found in known["peaks"].items():
        peak = ", ".join(f"{number} {rate:,.0f}" for number, rate in found.items())
        lines.append(f"Peak of matrix products on {_on(threads)}, billions of operations a second: {peak}.")
    for one in known["ratios"]:
        times = "{:.1f} times ({:.1f} to {:.1f}, paired by round)".format(*one["ratio"])
        lines.append(f"`{one['of']}` against `{one['to']}` on {_on(one['threads'])}: {times}.")
    return lines


def show(known: Found) -> None:
    """Print the table."""
    engine, *others = heads(known)
    table = Table(Column(engine, no_wrap=True), *others)
    for row in known["table"]:
        table.add_row(*cells(row, known))
    console = Console()
    console.print(table)
    for line in said(known):
        console.print(line, highlight=False)


def markdown(known: Found) -> str:
    """Return the table and the sentences as Markdown."""
    table = markdown_rows(heads(known), [cells(row, known) for row in known["table"]])
    first, *rest = said(known)
    return "\n\n".join([first, table, *rest])


def _on(threads: int) -> str:
    return "1 core" if threads == 1 else f"{threads} cores"
