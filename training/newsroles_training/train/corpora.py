"""The corpora of a run: which files, their checksums, and what is fitted on and what held out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsroles.errors import UsageError
from newsroles.model.bundle import sha256
from newsroles_training.data.corpus import GoldArticle, read, without_layout
from newsroles_training.data.split import folds
from newsroles_training.train.config import RunConfig


@dataclass(frozen=True, slots=True)
class Split:
    """The articles that weights are fitted on, and the fold that epochs are chosen on."""

    train: list[GoldArticle]
    held: list[GoldArticle]
    left_out: int = 0
    """How many articles neither has, for the held fold has their text under another name."""


def corpora(config: RunConfig) -> list[Path]:
    """List the files that a run is fitted on: the required ones, and the optional ones that are here."""
    present = [*config.data.train, *(path for path in config.data.optional if path.exists())]
    if not present:
        raise UsageError(
            "the config names no corpus that is here", "for example --set 'data.train=[my.jsonl]'"
        )
    if absent := [str(path) for path in config.data.train if not path.is_file()]:
        raise UsageError(
            f"{', '.join(absent)}: no such file", "give data.train as paths from the folder you are in"
        )
    return present


def checksums(config: RunConfig) -> dict[str, str]:
    """Return the SHA-256 of each file that `corpora` lists, by its path."""
    return {str(path): sha256(path) for path in corpora(config)}


def split(config: RunConfig) -> Split:
    """Read the config's corpora and hold its fold out, no group on both sides.

    What another publisher prints word for word, as agencies' copy, is held out and not learnt.
    With a limit there are so many labelled articles of both, the first ones, in the proportion of the folds.
    """
    articles = read(corpora(config), config.labels)
    fold_of = folds(articles, config.data.folds, config.seed)
    chosen = [number == config.data.fold for number in fold_of]
    train = [article for article, held in zip(articles, chosen, strict=True) if not held]
    held = [article for article, held in zip(articles, chosen, strict=True) if held]
    printed = set(filter(None, map(_print_of, held)))
    learnt = [article for article in train if _print_of(article) not in printed]
    train, left_out = learnt, len(train) - len(learnt)
    if not all(any(article.labels for article in side) for side in (train, held)):
        raise _too_few(articles, config)
    if config.data.limit:
        train, held = ([article for article in side if article.labels] for side in (train, held))
        held = held[: max(1, config.data.limit // config.data.folds)]
        train = train[: config.data.limit - len(held)]
    return Split(train, held, left_out)


def _print_of(article: GoldArticle) -> str:
    """Return a page's text, white space aside; "" for a sentence alone, as which many say "Share this"."""
    return without_layout(article.text) if len(article.labels) > 1 else ""


def _too_few(articles: Sequence[GoldArticle], config: RunConfig) -> UsageError:
    """Say what is missing: labels, articles, or groups of articles."""
    labelled = [article for article in articles if article.labels]
    groups, folds = {article.group for article in labelled}, config.data.folds
    if not labelled:
        return UsageError(
            f"{', '.join(map(str, corpora(config)))}: no labelled sentence to learn from",
            "give articles with labelled sentences in data.train",
        )
    if len(labelled) == 1:
        return UsageError(
            "there is 1 article with labels: none is left to be held out", "give two or more articles"
        )
    if len(groups) == 1:
        return UsageError(
            f"1 group cannot fill {folds} folds",
            "give articles of more publishers, or leave group and source out: articles are then the groups",
        )
    return UsageError(
        f"{len(groups)} groups cannot fill {folds} folds",
        "lower data.folds, or give articles of more publishers",
    )
