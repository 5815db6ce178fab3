"""The command `newsroles-train learn`: parsing and printing only."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from newsroles_training.cli.console import (
    FINE,
    TO_MEND,
    exit_codes,
    logged,
    need_training_extra,
    say,
    summed_up,
)
from newsroles_training.cli.corpus import Labelled, Tool
from newsroles_training.data.problems import Problem

WORDS = {
    "switch": "Switch to the new model",
    "stay": "Stay with the model that you have",
    "undecided": "Undecided",
}


def learn(
    corrections: Annotated[
        list[Path],
        typer.Argument(
            metavar="CORRECTIONS...", help="Exports of people's work.", exists=True, dir_okay=False
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="A folder for all of it.", file_okay=False)],
    source: Annotated[Tool, typer.Option("--from", help="Whose format they have.")] = Tool.LABEL_STUDIO,
    labelled: Labelled = None,
    config: Annotated[Path, typer.Option(help="The recipe.")] = Path("configs/learn.yaml"),
    replay: Annotated[
        Path, typer.Option(help="A corpus of which pages are repeated, so that it is not forgotten.")
    ] = Path("data/starter/train.jsonl"),
    test: Annotated[Path, typer.Option(help="A corpus that shows what is forgotten.")] = Path(
        "data/starter/test.jsonl"
    ),
    overrides: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a value of the recipe.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in OUT.")] = False,
) -> None:
    """Teach the model what people corrected, and say whether to switch to what it became.

    For example: newsroles-train learn export.json -o runs/monday

    With --resume, the same command goes on where it was interrupted.

    Exit code: 0 all of it, 1 some corrections are reported and left out, 2 wrong usage.
    """
    with exit_codes("the same command goes on with --resume"):
        need_training_extra()
        from newsroles.errors import NewsrolesError, UsageError
        from newsroles_training.learn.prepare import LOG, Task, refuse_used
        from newsroles_training.train import config as configs

        for path in (replay, test):
            if not path.is_file():
                raise UsageError(f"{path}: no such file", "give --replay and --test, or call it in a clone")
        run, problems = configs.load(config, overrides or []), list[Problem]()
        task = Task(corrections, source.value, run, replay, test, labelled)
        refuse_used(out, resume=resume)
        with logged(out / LOG) as tell:
            from newsroles_training.learn.learn import learn as teach

            try:
                report = teach(task, out, problems, tell, resume=resume)
            except NewsrolesError:
                for line in summed_up(problems):
                    tell(line)
                raise
        for problem in problems:
            say(f"{problem.place}: {problem.reason}")
        typer.echo(_table(report, out))
        raise typer.Exit(TO_MEND if problems else FINE)


def _table(report: Mapping[str, Any], out: Path) -> str:
    lines = [f"{'labelled right':<24}{'before':>8}{'after':>8}  gain, 95 % interval"]
    for name, title in (("corrections", "held-out corrections"), ("test", "test set")):
        one = report[name]
        interval = f"{one['gain']:+.3f} ({one['low']:+.3f} to {one['high']:+.3f})"
        where = f"{one['sentences']} sentences of {one['articles']} pages"
        lines.append(f"{title:<24}{one['before']:>8.3f}{one['after']:>8.3f}  {interval}, {where}")
    lines.append(f"{WORDS[report['verdict']]}: {report['why']}.")
    return "\n".join([*lines, f"Use it with: newsroles label PAGES --model {out / 'bundle'}"])
