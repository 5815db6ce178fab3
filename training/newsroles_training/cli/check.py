"""The command `newsroles-train corpus check`: parsing and printing only."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsroles.errors import MissingExtra, NewsrolesError, UsageError
from newsroles.labels import DEFAULT_LABELS
from newsroles_training.cli.console import FINE, TO_MEND, check_own, exit_codes, names, say
from newsroles_training.data.problems import CorpusError, Problem, UnknownLabel
from newsroles_training.data.rows import json_rows, write

if TYPE_CHECKING:
    from newsroles_training.corpora.check.checks import Report
    from newsroles_training.corpora.check.pages import Page

_DEFAULT_LABELS = ",".join(DEFAULT_LABELS)

Corpora = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="Corpora, a split each.", exists=True, dir_okay=False)
]
Against = Annotated[
    list[Path] | None,
    typer.Option(help="JSON lines with texts not to be quoted; repeatable.", exists=True, dir_okay=False),
]
Labels = Annotated[str, typer.Option(help="The labels there may be, with commas between.")]
Accept = Annotated[
    list[str] | None, typer.Option(metavar="CHECK", help="A check whose errors are known; repeatable.")
]
Suspects = Annotated[bool, typer.Option("--suspects", help="List suspected label errors too; takes minutes.")]
Base = Annotated[str | None, typer.Option(help="The encoder for --suspects. Default: the packaged MiniLM.")]
Json = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write every finding here.", dir_okay=False)
]


def check(
    paths: Corpora,
    against: Against = None,
    labels: Labels = _DEFAULT_LABELS,
    accept: Accept = None,
    suspects: Suspects = False,
    base: Base = None,
    json_: Json = None,
) -> None:
    """Say what must be fixed in a corpus.

    For example: newsroles-train corpus check train.jsonl dev.jsonl

    Exit code: 0 fine, 1 something must be fixed, 2 wrong usage.
    """
    with exit_codes():
        if json_:
            check_own(json_, [*paths, *(against or [])], rb'\{\n "splits": \{')
        from rich.console import Console

        from newsroles_training.cli import check_table
        from newsroles_training.corpora.check import checks, pages

        allowed, accepted = names(labels), accept or []
        if unknown := set(accepted).difference(checks.CHECKS):
            raise UsageError(
                f"no check is called {', '.join(unknown)}", f"there are {', '.join(checks.CHECKS)}"
            )
        found, problems = pages.load(paths, allowed)
        report = checks.check(found, problems, _texts(against or []))
        report = _with_suspects(report, found, allowed, base) if suspects else report
        errors = report.errors(accepted)
        if json_:
            write(json_, json.dumps({**asdict(report), "errors": errors}, indent=1).encode("ascii") + b"\n")
        check_table.show(report, allowed, Console(), accepted)
        say(f"to fix: {', '.join(errors)}" if errors else "nothing must be fixed")
        if any(isinstance(one, UnknownLabel) for one in problems):
            say("for labels of your own, name all of them with --labels, commas between")
    raise typer.Exit(TO_MEND if errors else FINE)


def _with_suspects(
    report: "Report", pages: "Sequence[Page]", labels: Sequence[str], base: str | None
) -> "Report":
    """Add suspected labels to a report, or say why there are none."""
    try:
        try:
            from newsroles_training.corpora.check.suspects import MINILM, suspects
            from newsroles_training.train.config import BaseConfig
        except ModuleNotFoundError as error:
            raise MissingExtra(str(error.name), "train,base-minilm") from None
        found = tuple(suspects(pages, labels, BaseConfig(name=base) if base else MINILM))
    except NewsrolesError as error:
        say(f"suspects skipped: {error}")
        return report
    return replace(report, findings=(*report.findings, *found))


def _texts(paths: Sequence[Path]) -> list[str]:
    problems: list[Problem] = []
    rows = [(place, row.get("text")) for path in paths for place, row in json_rows(path, problems)]
    problems += [Problem(place, "has no text") for place, text in rows if not isinstance(text, str)]
    if problems:
        raise CorpusError(problems)
    return [str(text) for _, text in rows]
