"""Corpora without their texts, and back: labels may travel where a publisher's words may not.

A stand-off file holds an article's id, group, origin (repository, commit, path, hash of the text), spans and
labels. `restore` makes the texts anew from a user's own clones, by the recipe of each source, and a text that
hasn't the hash is refused: the spans point into that text and no other.
"""

import gzip
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from newsroles.errors import InputError, NewsrolesError, UsageError
from newsroles.installation import pip_line
from newsroles_training.corpora.standoff import recipes
from newsroles_training.corpora.standoff.clones import Clones
from newsroles_training.data.marks import KEYS
from newsroles_training.data.problems import Problem
from newsroles_training.data.rows import Row, json_rows, write

KEPT = ("id", "group", "alone", "origin", "sentences")
"""The keys of a stand-off row; with those of its origin, nothing else of an article may leave."""
SENTENCE = ("start", "end", "label")
ORIGIN = ("source", "path", "lines", "rows", "commit", "sha256")

_FILE_NAME = re.compile(r"[\w.-]+")


def strip(path: Path, problems: list[Problem]) -> Iterator[Row]:
    """Return the stand-off rows of a corpus; add rows that could not be restored again to `problems`."""
    return _each([path], problems, _stripped, "give articles with origins")


def restore(paths: Iterable[Path], clones: Clones, problems: list[Problem]) -> Iterator[Row]:
    """Return the rows of stand-off files with their texts; add those that cannot be had to `problems`."""
    return _each(paths, problems, lambda row: _restored(row, clones), "make the file with corpus strip")


def write_pages(rows: Iterable[Row], clones: Clones, folder: Path, problems: list[Problem]) -> int:
    """Write the HTML of the restored rows that are web pages as ``ID.html.gz``, and give their number.

    The same bytes on every run. An id that may not be a file's name is added to `problems`; raises UsageError
    where the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}", "give a folder that can be written") from error
    written = 0
    for row in (row for row in rows if recipes.is_page(row["origin"])):
        name = str(row.get("id", ""))
        if not _FILE_NAME.fullmatch(name):
            problems.append(
                Problem(f"id {name!r}", "its HTML is not written; use letters, digits and ._- only")
            )
            continue
        page = gzip.compress(recipes.html(row["origin"], clones), mtime=0)
        write(folder / f"{name}.html.gz", page)
        written += 1
    return written


def _each(
    paths: Iterable[Path], problems: list[Problem], change: Callable[[Row], Row], next_step: str
) -> Iterator[Row]:
    for path in paths:
        for place, row in json_rows(path, problems):
            try:
                yield change(row)
            except NewsrolesError as error:
                problems.append(Problem(place, str(error)))
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                problems.append(Problem(place, f"not of the right shape ({error!r}); {next_step}"))


def _stripped(row: Row) -> Row:
    origin = {"sha256": sha256(row["text"]), **row["origin"]}
    recipes.recipe(origin)
    if origin["sha256"] != sha256(row["text"]):
        raise InputError("its text hasn't the SHA-256 of its origin", "take the text that was read there")
    bare = [
        {key: one[key] for key in SENTENCE} | {key: one[key] for key in KEYS if key in one}
        for one in row["sentences"]
    ]
    kept = {**row, "origin": {key: origin[key] for key in ORIGIN if key in origin}, "sentences": bare}
    return {key: kept[key] for key in KEPT if key in kept}


def _restored(row: Row, clones: Clones) -> Row:
    origin = row["origin"]
    text = recipes.text(origin, clones)
    if sha256(text) != origin["sha256"]:
        raise InputError(
            f"{origin['path']} makes a text with SHA-256 {sha256(text)}, not {origin['sha256']}",
            f"for HTML, install the version that made it: {pip_line('restore')}",
        )
    head = {key: row[key] for key in KEPT if key in row and key != "sentences"}
    return {**head, "text": text, "sentences": row["sentences"]}


def sha256(text: str) -> str:
    """Return the hash that an origin carries, of the text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
