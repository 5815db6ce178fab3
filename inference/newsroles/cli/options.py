"""The options of `newsroles label`, and what they may be."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from newsroles.cli.arguments import complete_labels


class Format(StrEnum):
    """What comes out."""

    TABLE = "table"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class InputFormat(StrEnum):
    """What goes in."""

    TEXT = "text"
    HTML = "html"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    WARC = "warc"


class Engine(StrEnum):
    """What does the work."""

    LOCAL = "local"
    RAY = "ray"


Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Pages to label: .txt, .html, .jsonl, .csv, .tsv, .parquet, .warc, each also .gz or .zst; "
        "folders, globs, @LIST for a file with a path a line, - for stdin.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Write to this file: .jsonl, or .csv or .parquet, a row a sentence."),
]
OutFormat = Annotated[
    Format | None,
    typer.Option("--format", help="Default: as OUT is named; without OUT, table on a terminal, else jsonl."),
]
InFormat = Annotated[
    InputFormat | None,
    typer.Option(help="What PATH holds, where names don't tell; folders are read whole."),
]
Model = Annotated[Path | None, typer.Option(help="fast (the default), accurate, or a bundle folder.")]
Only = Annotated[
    str | None,
    typer.Option(
        metavar="LABEL,...",
        help="Write only the sentences with these labels.",
        autocompletion=complete_labels,
    ),
]
WithoutKinds = Annotated[
    str,
    typer.Option(
        metavar="KIND,...",
        help="Write no sentences of these kinds of lines, such as comment,aside,navigation.",
    ),
]
Errors = Annotated[Path | None, typer.Option(help="Write failures here. Default: OUT.errors.jsonl.")]
MaxErrors = Annotated[
    int | None, typer.Option(min=0, help="Stop when more than this many inputs have failed.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run; else just start.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it is there.")]
MinConfidence = Annotated[float, typer.Option(min=0, max=1, help="Mark less probable labels as uncertain.")]
KeepLineBreaks = Annotated[
    bool,
    typer.Option(
        "--keep-line-breaks", help="End a sentence at every line break, in text wrapped at a column too."
    ),
]
NoWho = Annotated[bool, typer.Option("--no-who", help="Don't tell who says it and who is blamed.")]
Threads = Annotated[
    int | None,
    typer.Option(
        min=1, help="Threads of a process, at most one a CPU. Default: its share of the CPUs; with Ray, 1."
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, help="Processes that label, for many articles. Default: 1; with Ray, one a CPU."),
]
TextField = Annotated[str, typer.Option(help="The field or column that holds a record's text.")]
IdField = Annotated[str, typer.Option(help="The field or column that holds a record's id.")]
Counted = Annotated[
    bool, typer.Option("--summary", help="Print how many sentences each label has, on stderr.")
]
Report = Annotated[Path | None, typer.Option(help="Write a page of HTML too: newsroles report --help.")]
UsedEngine = Annotated[
    Engine,
    typer.Option("--engine", help="ray: on many machines if RAY_ADDRESS is set; OUT is a folder."),
]
ShardSize = Annotated[
    int | None, typer.Option(min=1, help="With --engine ray: articles a file of OUT. Default: 500.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no closing line.")]
