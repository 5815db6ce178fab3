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

JSON = (".json", *(f".json{suffix}" for suffix in PACKED))
"""Names that say nothing: of records, or of settings and the like, which a folder may hold as well."""

HEAD = 8_192
"""How much of what has no name that tells is looked at, in bytes."""

_MAGIC = {b"PAR1": "parquet", b"WARC/": "warc"}

_BEFORE = r"(?:\s++|<\?xml[^>]*+>|(?><!--.*?-->))*+"
_PAGE = re.compile(_BEFORE + r"<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_PIECE = re.compile(
    r"(?:\s++|(?><!--.*?-->))*+<(a|article|aside|b|base|blockquote|body|br|button|center|div|dl|em|figure|font"
    r"|footer|form|h[1-6]|head|header|hr|i|iframe|img|li|link|main|meta|nav|noscript|ol|p|picture|pre|script"
    r"|section|small|span|strong|style|table|title|ul|video)(?=[\s>/])",
    re.IGNORECASE | re.DOTALL,
)
"""What begins a piece of a page: elements that hardly any other markup begins with."""
_TAG = re.compile(r"<\w++(?:\s++[\w:.@-]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"']++))?+)*+\s*+/?+>")
_WITHIN = ("a", "b", "br", "button", "em", "font", "i", "iframe", "img", "small", "span", "strong", "video")
_UNENDED = ("base", "br", "hr", "img", "li", "link", "meta", "p")  # elements that need no end
_RECORD = re.compile(r'\s*+(?:\[\s*+)?\{\s*+(?:"(?:[^"\\\n]|\\.)*"\s*+:|\})')
_NO_RECORDS = re.compile(r"\s*+\[\s*+\]\s*+")
_XML = re.compile(
    r"\s*+<\?xml\b|" + _BEFORE + r"<(?:!doctype\b|(?:rss|feed|rdf:rdf|urlset|sitemapindex|opml|nitf)\b"
    r"|[a-z_][\w.:-]*+\s[^>]*?\bxmlns\b)",
    re.IGNORECASE | re.DOTALL,
)
_MAIL = re.compile(
    r"(?:[\w-]++:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)*?"
    r"(?:content-type:\s*+multipart/|content-transfer-encoding:\s*+(?:quoted-printable|base64)\b)",
    re.IGNORECASE,
)


def by_name(path: str) -> str | None:
    """Tell the format by the suffix of `path`, a suffix of packing put aside; None if it doesn't tell."""
    name = Path(path.lower())
    suffix = Path(name.stem).suffix if name.suffix in PACKED else name.suffix
    return next((format_ for format_, row in FORMATS.items() if suffix in row.suffixes), None)


def is_page(text: str) -> bool:
    """Tell whether a text begins like a whole HTML page."""
    return bool(_PAGE.match(text))


def is_markup(text: str) -> bool:
    """Tell whether a text is an HTML page, or a piece of one: begins with an element that has an end.

    Plain text may have an element or two, and its line breaks are its own: one that begins with an element
    that stands within a line is a piece of a page only if it is of one line.
    """
    if is_page(text):
        return True
    piece = _PIECE.match(text)
    tag = piece and _TAG.match(text, piece.start(1) - 1)
    if not piece or not tag:
        return False
    name = piece[1].lower()
    if name in _WITHIN and "\n" in text.strip():
        return False
    return name in _UNENDED or f"</{name}>" in text[tag.end() :].lower()


def is_enough(head: bytes) -> bool:
    """Tell whether a head is of records or an archive whatever follows, which may come a line at a time."""
    return head.startswith(tuple(_MAGIC)) or bool(
        _RECORD.match(head.removeprefix(codecs.BOM_UTF8).decode("latin-1"))
    )


def _is_json(path: str, opening: str) -> bool:
    """Tell whether a file is called so and begins like it, with records or without."""
    return path.lower().endswith(JSON) and opening.lstrip()[:1] in ("[", "{")


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
    if _RECORD.match(opening) or _NO_RECORDS.fullmatch(opening) or _is_json(path, opening):
        return "jsonl"
    if _XML.match(opening):
        raise InputError("XML, and no page", "give its texts as .txt, or as .jsonl with a text a line")
    if _MAIL.match(opening):
        raise InputError(
            "MHTML, or a mail", "open it in a browser or a mail program, and save it as .html or .txt"
        )
    if _PIECE.match(opening):
        return "html"
    decode(head)
    return "text"
