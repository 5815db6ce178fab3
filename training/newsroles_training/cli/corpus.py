"""The command `newsroles-train corpus`: corpora checked, converted, merged, stripped of texts, restored."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from newsroles.errors import UsageError
from newsroles.labels import DEFAULT_LABELS
from newsroles.printable import counted
from newsroles_training.cli.check import check
from newsroles_training.cli.console import check_output, exit_codes, finish, names, refuse_nothing, say
from newsroles_training.data.problems import Problem
from newsroles_training.data.rows import write, write_rows

app = typer.Typer(no_args_is_help=True, help="Check, convert, merge, strip and restore labelled corpora.")
app.command(no_args_is_help=True)(check)


class Tool(StrEnum):
    """Whose format a corpus is in; `newsroles` is our own, tables included, `report` what its page gives."""

    NEWSROLES = "newsroles"
    LABEL_STUDIO = "label-studio"
    DOCCANO = "doccano"
    PRODIGY = "prodigy"
    REPORT = "report"


Corpus = Annotated[Path, typer.Argument(metavar="IN", help="A corpus.", exists=True, dir_okay=False)]
Out = Annotated[Path, typer.Option("--out", "-o", help="Write here.", dir_okay=False)]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it is there.")]
Source = Annotated[Tool, typer.Option("--from", help="Whose format IN has.")]
Target = Annotated[Tool, typer.Option("--to", help="Whose format OUT gets.")]
Partial = Annotated[
    bool, typer.Option("--partial", help="Keep pages with stretches that nobody has labelled.")
]
IdPrefix = Annotated[
    str, typer.Option("--id-prefix", help="Put this before ids, where two projects number pages alike.")
]
Labelled = Annotated[
    Path | None,
    typer.Option(help="With --from report: what the report was made of.", exists=True, dir_okay=False),
]
Corrected = Annotated[
    list[Path],
    typer.Argument(metavar="CORRECTED...", help="What convert made of exports.", exists=True, dir_okay=False),
]
BaseCorpus = Annotated[
    Path | None,
    typer.Option("--base", help="A labelled corpus to correct with them.", exists=True, dir_okay=False),
]
StandOff = Annotated[
    list[Path], typer.Option(help="A file that strip wrote; repeatable.", exists=True, dir_okay=False)
]
Folders = Annotated[
    list[Path],
    typer.Option(
        "--clones", help="A git clone, or a folder of clones; repeatable.", exists=True, file_okay=False
    ),
]

Pages = Annotated[
    Path | None,
    typer.Option(
        "--html", help="Write the HTML of web pages to this folder, as ID.html.gz.", file_okay=False
    ),
]


Html = Annotated[
    Path, typer.Option("--html", help="Pages as ID.html.gz, as restore --html wrote them.", file_okay=False)
]


@app.command(no_args_is_help=True)
def convert(
    path: Corpus,
    out: Out,
    source: Source,
    target: Target,
    labelled: Labelled = None,
    partial: Partial = False,
    id_prefix: IdPrefix = "",
    overwrite: Overwrite = False,
) -> None:
    """Bring a corpus to or from an annotation tool.

    For example: newsroles-train corpus convert IN -o OUT --from doccano --to newsroles

    Exit code: 0 all of it, 1 some pages are reported, 2 wrong usage.
    """
    with exit_codes():
        from newsroles_training.corpora.annotate import convert as conversion

        check_output(out, [path], overwrite=overwrite)
        problems: list[Problem] = []
        rows = conversion.read(path, source, problems, partial=partial, labelled=labelled)
        if id_prefix:
            rows = ({**row, "id": f"{id_prefix}{row['id']}"} for row in rows)
        content, pages = conversion.convert(rows, target)
        refuse_nothing(pages, problems, path, "see whether the file and --from are right")
        write(out, content)
        finish(problems, f"{out}: {pages} pages")


@app.command(no_args_is_help=True)
def merge(
    corrected: Corrected,
    out: Out,
    base: BaseCorpus = None,
    overwrite: Overwrite = False,
) -> None:
    """Join corrections, and say in the corpus where each is from.

    For example: newsroles-train corpus merge monday.jsonl -o mine.jsonl

    Exit code: 0 all of them, 1 some conflict and are reported, 2 wrong usage.
    """
    with exit_codes():
        from newsroles_training.corpora.annotate import merge as merging

        check_output(out, [*corrected, base] if base else corrected, overwrite=overwrite)
        problems: list[Problem] = []
        merged = merging.merge(base, corrected, problems)
        files = ", ".join(map(str, corrected))
        refuse_nothing(len(merged.rows), problems, files, "give what corpus convert made of exports")
        write_rows(out, merged.rows)
        counts = f"{merged.reviewed} sentences reviewed, {merged.changed} of them changed"
        finish(problems, f"{out}: {len(merged.rows)} pages, {counts}")


@app.command(no_args_is_help=True)
def strip(path: Corpus, out: Out, overwrite: Overwrite = False) -> None:
    """Take the texts out of a corpus whose articles have origins.

    For example: newsroles-train corpus strip mine.jsonl -o stand-off.jsonl

    Exit code: 0 all of it, 1 some articles are reported, 2 wrong usage.
    """
    with exit_codes():
        from newsroles_training.corpora.standoff import restore as stand_off

        check_output(out, [path], overwrite=overwrite)
        problems: list[Problem] = []
        rows = list(stand_off.strip(path, problems))
        refuse_nothing(len(rows), problems, path, "give a corpus as JSON lines whose articles have origins")
        _write_rows(out, rows, problems)


@app.command(no_args_is_help=True)
def restore(
    stand_off: StandOff,
    folders: Folders,
    out: Out,
    html: Pages = None,
    overwrite: Overwrite = False,
) -> None:
    """Put texts back, from clones of the repositories that they come from.

    For example: newsroles-train corpus restore --stand-off data/real/dev.jsonl --clones ~/clones -o dev.jsonl

    Exit code: 0 all of them, 1 some texts are reported, 2 wrong usage.
    """
    with exit_codes():
        from newsroles_training.corpora.standoff import restore as restoring
        from newsroles_training.corpora.standoff.clones import Clones

        check_output(out, stand_off, overwrite=overwrite)
        if html and html.exists() and not overwrite:
            raise UsageError(f"{html} is already there", "give another folder, or --overwrite")
        problems: list[Problem] = []
        clones = Clones(folders)
        rows = list(restoring.restore(stand_off, clones, problems))
        files = ", ".join(map(str, stand_off))
        refuse_nothing(len(rows), problems, files, "give what strip wrote, and clones of its repositories")
        if html:
            say(f"{html}: {restoring.write_pages(rows, clones, html, problems)} web pages")
        _write_rows(out, rows, problems)


@app.command(name="mark-up", no_args_is_help=True)
def mark_up(path: Corpus, html: Html, out: Out, overwrite: Overwrite = False) -> None:
    """Read pages anew from their HTML, with the kinds of their lines, and carry their labels over.

    For example: newsroles-train corpus mark-up web.jsonl --html pages -o web-html.jsonl

    Articles without a page in the folder are left out.

    Exit code: 0 all of them, 1 some pages are reported, 2 wrong usage.
    """
    with exit_codes():
        from newsroles_training.data.html_alignment import marked_up

        check_output(out, [path], overwrite=overwrite)
        problems: list[Problem] = []
        rows = list(marked_up(path, html, problems))
        refuse_nothing(len(rows), problems, path, f"give the folder that has its pages, not {html}")
        _write_rows(out, rows, problems)


@app.command(no_args_is_help=True)
def agree(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="IN",
            help="Two annotators' labels, an article a line, or a corpus that one has labelled.",
            exists=True,
            dir_okay=False,
        ),
    ],
    other: Annotated[
        Path | None,
        typer.Argument(
            metavar="OTHER", help="The same corpus as the other labelled it.", exists=True, dir_okay=False
        ),
    ] = None,
    labels: Annotated[
        list[str] | None, typer.Option("--label", help="The labels, commas between; repeatable.")
    ] = None,
) -> None:
    """Say how far two annotators agree, as JSON.

    For example: newsroles-train corpus agree data/starter/annotation.jsonl

    Or: newsroles-train corpus agree ann.jsonl ben.jsonl
    """
    with exit_codes():
        from newsroles_training.corpora.agreement import agreement, read, read_two

        allowed = list(dict.fromkeys(names(",".join(labels)))) if labels else DEFAULT_LABELS
        if other:
            pairs, left = read_two((path, other), allowed)
            for file, number in zip((path, other), left, strict=True):
                if number:
                    say(f"{file}: left out {counted(number, 'sentence')} that the other has not labelled")
        else:
            pairs = read(path)
        typer.echo(json.dumps(agreement(pairs, allowed), indent=2))


def _write_rows(out: Path, rows: Sequence[Mapping[str, Any]], problems: Sequence[Problem]) -> None:
    write_rows(out, rows)
    finish(problems, f"{out}: {len(rows)} articles")
