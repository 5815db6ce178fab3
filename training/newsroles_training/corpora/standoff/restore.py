"""Corpora without their texts, and back: labels may travel where a publisher's words may not.

A stand-off file holds an article's id, group, origin (repository, commit, path, hash of the text), spans and
labels. `restore` makes the texts anew from a user's own clones, by the recipe of each source, and a text that
hasn't the hash is refused: the spans point into that text and no other.
"""

import gzip
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from newsroles.errors import InputError, MissingExtra, NewsrolesError
from newsroles_training.corpora.standoff.clones import Clones
from newsroles_training.data.corpus import Problem, Row, json_rows

Recipe = Callable[[Row, Clones], str]
KEPT, ORIGIN = ("id", "group", "origin", "sentences"), ("source", "path", "lines", "commit", "sha256")
"""The keys of a stand-off row and of its origin; nothing else of an article may leave."""

_BULLET = re.compile(r"^[*+•o-] ")
_UNIT = re.compile(r"(?:H|S\d+)\s+(\S.*)")


def strip(path: Path, problems: list[Problem]) -> Iterator[Row]:
    """Give the stand-off rows of a corpus; add rows that could not be restored again to `problems`."""
    return _each([path], problems, _stripped, "give articles with origins")


def restore(paths: Iterable[Path], clones: Clones, problems: list[Problem]) -> Iterator[Row]:
    """Give the rows of stand-off files with their texts; add those that cannot be had to `problems`."""
    return _each(paths, problems, lambda row: _restored(row, clones), "make the file with corpus strip")


def _each(
    paths: Iterable[Path], problems: list[Problem], change: Callable[[Row], Row], next_step: str
) -> Iterator[Row]:
    for path in paths:
        for place, row in json_rows(path, problems):
            try:
                yield change(row)
            except NewsrolesError as error:
                problems.append(Problem(place, str(error)))
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                problems.append(Problem(place, f"not of the right shape ({error!r}); {next_step}"))


def _stripped(row: Row) -> Row:
    origin = {"sha256": sha256(row["text"]), **row["origin"]}
    _recipe(origin)
    if origin["sha256"] != sha256(row["text"]):
        raise InputError("its text hasn't the SHA-256 of its origin", "take the text that was read there")
    bare = [{key: sentence[key] for key in ("start", "end", "label")} for sentence in row["sentences"]]
    kept = {**row, "origin": {key: origin[key] for key in ORIGIN if key in origin}, "sentences": bare}
    return {key: kept[key] for key in KEPT if key in kept}


def _restored(row: Row, clones: Clones) -> Row:
    origin = row["origin"]
    try:
        text = _recipe(origin)(origin, clones)
    except (OSError, EOFError, UnicodeDecodeError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(
            f"{origin['path']}: {error}", "see that git has the file itself (Git LFS?)"
        ) from None
    if sha256(text) != origin["sha256"]:
        raise InputError(
            f"{origin['path']} makes a text with SHA-256 {sha256(text)}, not {origin['sha256']}",
            "for HTML, install the version that made it: pip install 'newsroles[restore]'",
        )
    head = {key: row[key] for key in KEPT if key in row and key != "sentences"}
    return {**head, "text": text, "sentences": row["sentences"]}


def sha256(text: str) -> str:
    """Give the hash that an origin carries, of the text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _recipe(origin: Row) -> Recipe:
    if origin["source"] not in RECIPES:
        raise InputError(f"no recipe for {origin['source']}", f"there are recipes for {', '.join(RECIPES)}")
    return RECIPES[origin["source"]]


def _fundus(origin: Row, clones: Clones) -> str:
    """Give a slice of the lines of a page."""
    page = gzip.decompress(clones.file(origin["source"], origin["commit"], origin["path"]))
    first, last = origin["lines"]
    return "".join(f"{line}\n" for line in page_lines(page.decode("utf-8"))[first:last])


def page_lines(html: str) -> list[str]:
    """Lay a page out as inscriptis does; white space folded, bullets cut, lines without a word dropped."""
    try:
        from inscriptis import get_text
        from inscriptis.model.config import ParserConfig
    except ImportError:
        raise MissingExtra("inscriptis", "restore") from None
    text = get_text(html, ParserConfig(display_images=False))
    lines = (_BULLET.sub("", " ".join(line.split())) for line in text.splitlines())
    return [line for line in lines if re.search(r"\w", line)]


def _polnear(origin: Row, clones: Clones) -> str:
    """Give the file as it is."""
    return clones.file(origin["source"], origin["commit"], origin["path"]).decode("utf-8")


def _news_discourse(origin: Row, clones: Clones) -> str:
    """Give the headline and the sentences of a file in the archive, a paragraph a line."""
    archive = clones.file(origin["source"], origin["commit"], "data/train.zip")
    with zipfile.ZipFile(io.BytesIO(archive)) as members:
        try:
            content = members.read(origin["path"]).decode("utf-8")
        except KeyError:
            raise InputError(f"data/train.zip has no {origin['path']}", "mend the stand-off file") from None
    return "".join(f"{' '.join(units)}\n" for units in _paragraphs(content) if units)


def _paragraphs(content: str) -> Iterator[list[str]]:
    """Give the units of each paragraph; blank lines part paragraphs, lines of other kinds are left out."""
    for block in re.split(r"\n\s*\n", content.replace("\r\n", "\n")):
        units = (_UNIT.match(line.strip()) for line in block.split("\n"))
        yield [" ".join(unit[1].split()) for unit in units if unit]


RECIPES: Mapping[str, Recipe] = {
    "flairNLP/fundus": _fundus,
    "networkdynamics/PolNeAR": _polnear,
    "prafulla77/Discourse_Profiling": _news_discourse,
}
"""How the texts of a GitHub repository's files were made."""
