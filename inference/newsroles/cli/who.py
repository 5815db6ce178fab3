"""The command `newsroles who`: who accuses whom, of records that are read once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsroles.cli.console import ALL_LABELLED, INPUTS_FAILED, exit_codes, say
from newsroles.cli.report import open_records
from newsroles.errors import UsageError
from newsroles.printable import counted

if TYPE_CHECKING:  # these bring readers, which --help must not wait for
    from newsroles.articles import Failure
    from newsroles.records.labelled import LabelledArticle
    from newsroles.who.table import WhoTable


class Format(StrEnum):
    """What comes out."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class By(StrEnum):
    """What a row is about."""

    PAIR = "pair"
    SPEAKER = "speaker"
    TARGET = "target"


Records = Annotated[
    list[str],
    typer.Argument(
        metavar="LABELLED.jsonl...", help="What newsroles label wrote, also .gz or .zst; - for stdin."
    ),
]
By_ = Annotated[
    By, typer.Option("--by", help="A row for each speaker and target, or for each of one of them.")
]
Least = Annotated[int, typer.Option(min=1, help="Leave out rows of fewer accusations.")]
OutFormat = Annotated[
    Format | None, typer.Option("--format", help="Default: as OUT is named; without OUT, table.")
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Write to this file: .csv or .json. Default: stdout.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it is there.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No closing line.")]


def who(
    records: Records,
    by: By_ = By.PAIR,
    least: Least = 1,
    format_: OutFormat = None,
    out: Out = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Print who accuses whom: how often, on how many pages, and an example.

    For example: newsroles who labelled.jsonl, or newsroles who monday.jsonl tuesday.jsonl -o who.csv

    Exit code: 0 all lines were read, 1 some could not be, 2 wrong usage, 130 interrupted.
    """
    with exit_codes():
        from newsroles.cli.accusations import NAMES, write
        from newsroles.runs.paths import RunPaths

        out = None if out == Path("-") else out
        format_ = format_ or _format(out)
        paths = RunPaths(report=out)
        for name in records:
            paths.check(name)
        paths.check_writable(overwrite=overwrite)
        table, unread = _counted(records)
        rows = {By.PAIR: table.pairs, By.SPEAKER: table.speakers, By.TARGET: table.targets}[by](least)
        write(rows, NAMES if by == By.PAIR else (by,), format_, out)
        if not quiet:
            say(f"newsroles: {counted(table.accusations, 'accusation')}, {counted(len(rows), 'row')}")
    raise typer.Exit(INPUTS_FAILED if unread else ALL_LABELLED)


def _format(out: Path | None) -> Format:
    """Tell by its name what a file shall hold."""
    if out is None:
        return Format.TABLE
    suffix = out.suffix.lower().removeprefix(".")
    if suffix not in (Format.CSV, Format.JSON):
        raise UsageError(f"{out}: {out.suffix or 'a file without suffix'} is not written", _NAMES)
    return Format(suffix)


TOLD = 3
"""So many lines that could not be read are told one by one."""
_NAMES = "give a name that ends in .csv or .json, or say which with --format"


def _counted(names: Sequence[str]) -> tuple["WhoTable", int]:
    """Count the accusations of files of records, and the lines that could not be read."""
    from newsroles.records.labelled import LabelledArticle
    from newsroles.records.read import UnreadLine
    from newsroles.who.table import WhoTable

    table, unread = WhoTable(), 0
    accusations, mentions = Counter[str](), Counter[str]()  # of each model
    for item in _items(names):
        if isinstance(item, LabelledArticle):
            before = table.accusations, table.mentions
            table.add(item)
            accusations[item.model] += table.accusations - before[0]
            mentions[item.model] += table.mentions - before[1]
        elif isinstance(item, UnreadLine):
            unread += 1
            if unread <= TOLD:
                say(f"newsroles: {item}")
    if unread > TOLD:
        say(f"newsroles: {counted(unread - TOLD, 'line')} more could not be read")
    if unread and not accusations:
        raise UsageError(
            "no labelled article in it", "give the JSON lines that newsroles label -o OUT.jsonl writes"
        )
    _check_marked(accusations, mentions)
    return table, unread


def _check_marked(accusations: Mapping[str, int], mentions: Mapping[str, int]) -> None:
    """Say which models mark nobody; raises UsageError where none marks anybody."""
    for model in (model for model, number in accusations.items() if number and not mentions[model]):
        unmarked = UsageError(
            f"none of the {counted(accusations[model], 'accusation')} by {model} has a speaker or a target",
            "label anew without --no-who, by a model of which newsroles info says that it marks both; "
            "docs/use/who.md says how one is made",
        )
        if not any(mentions.values()):
            raise unmarked
        say(f"newsroles: {unmarked}")


def _items(names: Iterable[str]) -> "Iterator[LabelledArticle | Failure]":
    from newsroles.records.read import read

    for name in names:
        with open_records(name) as stream:
            yield from read(name, stream)
