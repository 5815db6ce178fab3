"""How the text of a source's file is made, and which files are web pages."""

import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping

from newsroles.errors import InputError, MissingExtra
from newsroles_training.corpora.standoff.clones import Clones
from newsroles_training.data.rows import Row

Recipe = Callable[[Row, Clones], str]

_BULLET = re.compile(r"^[*+•o-] ")
_UNIT = re.compile(r"(?:H|S\d+)\s+(\S.*)")
_UNREADABLE = (OSError, EOFError, UnicodeDecodeError, csv.Error, zipfile.BadZipFile, zlib.error)


def text(origin: Row, clones: Clones) -> str:
    """Make the text of an origin; raises InputError where the file isn't there or isn't what it should be."""
    try:
        return recipe(origin)(origin, clones)
    except _UNREADABLE as error:
        raise InputError(
            f"{origin['path']}: {error}", "see that git has the file itself (Git LFS?)"
        ) from None


def recipe(origin: Row) -> Recipe:
    """Return the recipe of an origin's source; raises InputError where there is none."""
    if origin["source"] not in RECIPES:
        raise InputError(f"no recipe for {origin['source']}", f"there are recipes for {', '.join(RECIPES)}")
    return RECIPES[origin["source"]]


def is_page(origin: Row) -> bool:
    """Say whether the text is a slice of a web page, so that `html` gives the page."""
    return recipe(origin) is _page


def html(origin: Row, clones: Clones) -> bytes:
    """Return the bytes of a page, unpacked where the repository has it packed."""
    content = clones.file(origin["source"], origin["commit"], origin["path"])
    return gzip.decompress(content) if origin["path"].endswith(".gz") else content


def _page(origin: Row, clones: Clones) -> str:
    """Return a slice of the lines of a page; bytes that are no UTF-8 are replaced: old pages have them."""
    first, last = origin["lines"]
    lines = page_lines(html(origin, clones).decode("utf-8", "replace"))
    return "".join(f"{line}\n" for line in lines[first:last])


def page_lines(page: str) -> list[str]:
    """Lay a page out as inscriptis does; white space folded, bullets cut, lines without a word dropped."""
    try:
        from inscriptis import get_text
        from inscriptis.model.config import ParserConfig
    except ImportError:
        raise MissingExtra("inscriptis", "restore") from None
    laid_out = get_text(page, ParserConfig(display_images=False))
    lines = (_BULLET.sub("", " ".join(line.split())) for line in laid_out.splitlines())
    return [line for line in lines if re.search(r"\w", line)]


def _file(origin: Row, clones: Clones) -> str:
    """Return the file as it is."""
    return clones.file(origin["source"], origin["commit"], origin["path"]).decode("utf-8")


def _table(origin: Row, clones: Clones) -> str:
    """Return the column ``text`` of rows of a table (`rows` counts from 0 below the header), one a line."""
    content = clones.file(origin["source"], origin["commit"], origin["path"]).decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";"))
    return "".join(f"{' '.join(table[number]['text'].split())}\n" for number in origin["rows"])


def _news_discourse(origin: Row, clones: Clones) -> str:
    """Return the headline and the sentences of a file in the archive, a paragraph a line."""
    archive = clones.file(origin["source"], origin["commit"], "data/train.zip")
    with zipfile.ZipFile(io.BytesIO(archive)) as members:
        try:
            content = members.read(origin["path"]).decode("utf-8")
        except KeyError:
            raise InputError(f"data/train.zip has no {origin['path']}", "fix the stand-off file") from None
    return "".join(f"{' '.join(units)}\n" for units in _paragraphs(content) if units)


def _paragraphs(content: str) -> Iterator[list[str]]:
    """Yield the units of each paragraph; blank lines part paragraphs, lines of other kinds are left out."""
    for block in re.split(r"\n\s*\n", content.replace("\r\n", "\n")):
        units = (_UNIT.match(line.strip()) for line in block.split("\n"))
        yield [" ".join(unit[1].split()) for unit in units if unit]


def _parsed(origin: Row, clones: Clones) -> str:
    """Return the headline and the paragraphs of an article that was parsed into JSON, one a line."""
    article = json.loads(clones.file(origin["source"], origin["commit"], origin["path"]))
    paragraphs = re.split(r"\n\s*\n", article["content_original"])
    lines = (" ".join(part.split()) for part in [article["title"], *paragraphs])
    return "".join(f"{line}\n" for line in lines if line)


RECIPES: Mapping[str, Recipe] = {
    "flairNLP/fundus": _page,
    "postlight/parser": _page,
    "mozilla/readability": _page,
    "adbar/trafilatura": _page,
    "goose3/goose3": _page,
    "AndyTheFactory/newspaper4k": _page,
    "scrapinghub/article-extraction-benchmark": _page,
    "codelucas/newspaper": _page,
    "adbar/htmldate": _page,
    "advancedlogic/GoOse": _page,
    "networkdynamics/PolNeAR": _file,
    "prafulla77/Discourse_Profiling": _news_discourse,
    "Media-Bias-Group/Neural-Media-Bias-Detection-Using-Distant-Supervision-With-BABE": _table,
    "ramybaly/Article-Bias-Prediction": _parsed,
}
"""How the texts of a GitHub repository's files were made."""
