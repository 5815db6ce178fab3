"""The formats that are read, and how one is told: by a file's name, else by how it begins."""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, cast

from newsroles.articles import Article, Failure
from newsroles.errors import InputError
from newsroles.readers.encodings import decode
from newsroles.readers.options import ReadOptions


@dataclass(frozen=True, slots=True)
class Format:
    """A row of the table; called, it reads. Its module is imported by the first call only."""

    module: str
    suffixes: tuple[str, ...]

    def __call__(self, source: str, stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Failure]:
        """Return the articles and failures of `stream`, in their order."""
        results = import_module(self.module).read(source, stream, options)
        return cast("Iterator[Article | Failure]", results)


FORMATS: Mapping[str, Format] = {
    "text": Format("newsroles.readers.text", (".txt", ".text")),
    "html": Format("newsroles.readers.html", (".html", ".htm", ".xhtml")),
    "jsonl": Format("newsroles.readers.jsonl", (".jsonl", ".ndjson")),
    "csv": Format("newsroles.readers.csv", (".csv",)),
    "tsv": Format("newsroles.readers.csv", (".tsv",)),
    "parquet": Format("newsroles.readers.parquet", (".parquet",)),
    "warc": Format("newsroles.readers.warc", (".warc",)),
}
PACKED = (".gz", ".zst")

_MAGIC = {b"PAR1": "parquet", b"WARC/": "warc"}

_BEFORE = r"(?:\s++|<\?xml[^>]*+>|(?><!--.*?-->))*+"
_PAGE = re.compile(_BEFORE + r"<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_PIECE = re.compile(
    r"(?:\s++|(?><!--.*?-->))*+<(?:a|article|aside|b|base|blockquote|body|br|button|center|div|dl|em|figure|font"
    r"|footer|form|h[1-6]|head|header|hr|i|iframe|img|li|link|main|meta|nav|noscript|ol|p|picture|pre|script"
    r"|section|small|span|strong|style|table|title|ul|video)(?=[\s>/])",
    re.IGNORECASE | re.DOTALL,
)
"""What begins a piece of a page: elements that hardly any other markup begins with."""
_RECORD = re.compile(r'\s*+(?:\[\s*+)?\{\s*+(?:"(?:[^"\\\n]|\\.)*"\s*+:|\})')
_XML = re.compile(
    r"\s*+<\?xml\b|" + _BEFORE + r"<(?:!doctype\b|(?:rss|feed|rdf:rdf|urlset|sitemapindex|opml|nitf)\b"
    r"|[a-z_][\w.:-]*+\s[^>]*?\bxmlns\b)",
    re.IGNORECASE | re.DOTALL,
)
_MAIL = re.compile(r"(?:[\w-]++:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)*?content-type:\s*+multipart/", re.IGNORECASE)


def by_name(path: str) -> str | None:
    """Tell the format by the suffix of `path`, a suffix of packing put aside; None if it doesn't tell."""
    name = Path(path.lower())
    suffix = Path(name.stem).suffix if name.suffix in PACKED else name.suffix
    return next((format_ for format_, row in FORMATS.items() if suffix in row.suffixes), None)


def is_page(text: str) -> bool:
    """Tell whether a text begins like a whole HTML page."""
    return bool(_PAGE.match(text))


def sniff(path: str, head: bytes) -> str:
    """Tell the format by the suffix of `path`, else by how the content begins.

    Raises InputError where `head` is binary, or of a format that isn't read. What is CSV only its name tells.
    """
    if format_ := by_name(path):
        return format_
    for magic, format_ in _MAGIC.items():
        if head.startswith(magic):
            return format_
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    opening = head.removeprefix(codecs.BOM_UTF8).decode("utf-16" if is_wide else "latin-1", "replace")
    if is_page(opening):
        return "html"
    if _RECORD.match(opening):
        return "jsonl"
    if _XML.match(opening):
        raise InputError("XML, and no page", "give its texts as .txt, or as .jsonl with a text a line")
    if _MAIL.match(opening):
        raise InputError("MHTML, or a mail in parts", "open it in a browser, and save the page as .html")
    if _PIECE.match(opening):
        return "html"
    decode(head)
    return "text"
