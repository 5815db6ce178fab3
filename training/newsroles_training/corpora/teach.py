"""Corpora with a teacher's word on each sentence, from which `fit` distils a smaller model.

A teacher is a model, or a file that says what one said: a JSON line an article,
``{"id", "probabilities"}``, with a row a sentence in the corpus's order, a column a label. Such a file holds
no text, so it can be given to others; it doesn't name the labels either.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from newsroles.errors import InputError, UsageError
from newsroles.labels import DEFAULT_LABELS
from newsroles.model.bundle import load
from newsroles.model.labeller import Labeller
from newsroles.model.windows import Scores
from newsroles.readers.packing import unpack
from newsroles.records.schema import DECIMALS
from newsroles_training.data.corpus import GoldArticle, scan
from newsroles_training.data.problems import Problem
from newsroles_training.data.rows import article_rows
from newsroles_training.evaluation.alignment import score

Row = dict[str, Any]
Teacher = Callable[[GoldArticle], Scores]
"""Returns the probabilities [sentences, labels] of an article."""


def labels_of(teachers: Sequence[Path]) -> Sequence[str]:
    """Return the labels of the first teacher that is a model, the default ones if all are files.

    Raises BundleError for what is neither.
    """
    return next((load(path).labels for path in teachers if not _is_file(path)), DEFAULT_LABELS)


def teacher(path: Path, labels: Sequence[str]) -> Teacher:
    """Open a teacher: a model, by name or folder, or a file of probabilities, packed or not.

    Raises BundleError where there is neither, UsageError for a file of another shape, and for a teacher of
    other labels.
    """
    if _is_file(path):
        said = _said(path, labels)
        return lambda article: said.get(article.id, np.zeros((0, len(labels)), dtype=np.float32))
    labeller = Labeller.load(path)
    if list(labeller.labels) != list(labels):
        reason = f"{path}: its labels are {', '.join(labeller.labels)}, not {', '.join(labels)}"
        raise UsageError(reason, "give teachers with the same labels, in one order")
    return lambda article: score(labeller, article).probabilities


def _is_file(path: Path) -> bool:
    return path.exists() and not path.is_dir()  # a pipe too


def _said(path: Path, labels: Sequence[str]) -> dict[str, Scores]:
    try:
        with path.open("rb") as file:
            rows = [json.loads(line) for line in unpack(file)]
        said = {row["id"]: np.array(row["probabilities"], dtype=np.float32) for row in rows}
    except (InputError, OSError, ValueError, LookupError, TypeError) as error:
        step = 'give a model, or JSON lines of {"id", "probabilities"}'
        raise UsageError(f"{path}: no teacher's probabilities: {error}", step) from error
    if strays := {each.shape[-1] for each in said.values() if each.ndim and each.size} - {len(labels)}:
        reason = f"{path}: probabilities of {strays.pop()} labels, where there are {', '.join(labels)}"
        raise UsageError(reason, "name the labels of its columns, in their order, with --labels")
    return said


def teach(
    corpus: Path, teachers: Sequence[Teacher], labels: Sequence[str], problems: list[Problem]
) -> Iterator[Row]:
    """Yield the articles of a corpus, each sentence with the mean of the teachers' ``probabilities``.

    An article that a teacher has nothing to say of, sentence for sentence, becomes a problem; of those with
    one id the first is taken.
    """
    rows: dict[str, dict[str, Any]] = {}
    for _, row in article_rows(corpus, []):
        rows.setdefault(str(row.get("id")), dict(row))
    for article in scan(corpus, labels, problems, {}):
        if article.id not in rows:
            continue
        said = [one(article) for one in teachers]
        if any(each.shape != (len(article.labels), len(labels)) for each in said):
            problems.append(Problem(f"{corpus} {article.id}", "the teacher says nothing of these sentences"))
            continue
        row = rows.pop(article.id)
        row["sentences"] = [
            dict(sentence, probabilities=_named(labels, each))
            for sentence, each in zip(row["sentences"], np.mean(said, axis=0), strict=True)
        ]
        yield row


def _named(labels: Sequence[str], probabilities: Scores) -> dict[str, float]:
    return {label: round(float(each), DECIMALS) for label, each in zip(labels, probabilities, strict=True)}
