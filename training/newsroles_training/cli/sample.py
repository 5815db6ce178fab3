"""The command `newsroles-train sample`: parsing and printing only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer

from newsroles_training.cli.console import check_output, exit_codes, say
from newsroles_training.corpora.annotate.sampling import Strategy


class Annotator(StrEnum):
    """For which tool the tasks are."""

    LABEL_STUDIO = "label-studio"
    DOCCANO = "doccano"
    PRODIGY = "prodigy"


NEXT = {
    Annotator.LABEL_STUDIO: "make a project with {config} as its labelling interface, and import {out}",
    Annotator.DOCCANO: "make a project for sequence labelling, and import {out} as JSONL",
    Annotator.PRODIGY: "with a name for NAME and the pages' language (en, de, ...) for xx, "
    "run prodigy spans.manual NAME blank:xx {out} --label {labels}",
}


def sample(
    path: Annotated[
        Path,
        typer.Argument(metavar="LABELLED", help="What newsroles label wrote.", exists=True, dir_okay=False),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Write the tasks here.", dir_okay=False)],
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="How many sentences.")] = 200,
    to: Annotated[Annotator, typer.Option(help="The tool to write for.")] = Annotator.LABEL_STUDIO,
    strategy: Annotated[Strategy, typer.Option(help="How to choose.")] = Strategy.MARGIN,
    whole_pages: Annotated[
        bool, typer.Option("--whole-pages", help="Choose pages, all their sentences, and not single ones.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Decides between equals, and what is random.")] = 0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it is there.")] = False,
) -> None:
    """Choose the sentences worth a person's time: tasks for an annotation tool, with the model's labels.

    For example: newsroles-train sample labelled.jsonl -n 200 -o tasks.json

    Exit code: 0 fine, 2 wrong usage.
    """
    with exit_codes():
        from newsroles_training.corpora.annotate import sampling, tasks
        from newsroles_training.corpora.annotate.convert import serialise
        from newsroles_training.corpora.annotate.tools import FORMATS
        from newsroles_training.data.rows import write

        config = out.with_name(f"{out.stem}.config.xml")
        is_studio = to is Annotator.LABEL_STUDIO
        for file in (out, config) if is_studio else (out,):
            check_output(file, [path], overwrite=overwrite)
        records = tasks.read(path)
        chosen = sampling.choose(records, number, strategy, seed, whole_pages=whole_pages)
        pages = list(tasks.pages(records, chosen))
        labels = tasks.labels(records)
        write(out, serialise(to, map(FORMATS[to].task, pages)))
        if is_studio:
            write(config, tasks.label_studio_config(labels).encode())
        _say_counts(out, pages)
        quoted = {"out": quote(str(out)), "config": quote(str(config)), "labels": quote(",".join(labels))}
        say(NEXT[to].format(**quoted))


def _say_counts(out: Path, pages: Sequence[Mapping[str, Any]]) -> None:
    counts = Counter(sentence["label"] for page in pages for sentence in page["sentences"])
    spelt = ", ".join(f"{count} {label}" for label, count in counts.most_common())
    say(f"{out}: {counts.total()} sentences of {len(pages)} pages ({spelt})")
