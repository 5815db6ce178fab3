"""What stands over an article in a report: its headline, its source and date, and the ways to its page."""

import os
import re
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from newsroles.articles import Article

_SITE = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#:]+)", re.IGNORECASE)
_DAY = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?=[/-])")
_ISO = re.compile(r"\s*((?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?!\d)")
_DATES = (
    "published",
    "published_at",
    "publication_date",
    "date_published",
    "datePublished",
    "pubDate",
    "pubdate",
)
"""Fields of records that say when, beside `date`."""

_PAGES = frozenset((".html", ".htm", ".xhtml", ".txt"))
_KEY = 8


@dataclass(frozen=True, slots=True)
class Head:
    """An article as an index lists it.

    `key` stands in addresses that lead to it, and is the same in every report that has an article of this id.
    `date` is a day, 2026-11-28, or empty. `links` are names and addresses of its page, online and as saved.
    """

    number: int
    key: str
    name: str
    id: str
    source: str
    date: str
    links: tuple[tuple[str, str], ...]
    labels: Counter[str]


def head(article: Article, labels: Counter[str], number: int, key: str, folder: Path | None) -> Head:
    """Collect what is known of an article; `folder` is where the report will lie, None if unknown."""
    url = next((url for url in (article.url, article.id, article.source) if _SITE.match(url)), "")
    name = article.title.strip() or article.id or article.source
    saved = _saved(article.source, folder)
    links = (("open page", url), ("saved copy" if url else "open page", saved))
    shown = source(article)
    return Head(
        number,
        key,
        name,
        article.id or article.source,
        shown if shown != name else "",
        _day(article, url),
        tuple((words, address) for words, address in links if address),
        labels,
    )


def key_of(article: Article) -> str:
    """Return an article a name that is short and stays: the beginning of its id's hash."""
    known = article.id or f"{article.source}\0{article.index}"
    return sha256(known.encode("utf-8", "surrogatepass")).hexdigest()[:_KEY]


def next_key(article: Article, seen: Counter[str]) -> str:
    """Return the key of the next article of a report, numbered from the second with one id on.

    `seen` counts those before it, and gets it.
    """
    key = key_of(article)
    seen[key] += 1
    return f"{key}-{seen[key]}" if seen[key] > 1 else key


def source(article: Article) -> str:
    """Return the site of an article whose address is known, else what `source` says."""
    found = filter(None, map(_SITE.match, (article.url, article.id, article.source)))
    site = next(found, None)
    return site[1].lower() if site else article.source


def _day(article: Article, url: str) -> str:
    """Return the day that the page or its record says, else that of its address, as many sites have one."""
    for value in (article.date, *(article.fields.get(name) for name in _DATES)):
        if isinstance(value, str) and (day := _ISO.match(value)):
            return day[1]
    found = _DAY.search(url)
    return "-".join(found.groups()) if found else ""


def _saved(path: str, folder: Path | None) -> str:
    """Return the way from the report to a page that lies in a file of its own, as an address, or ""."""
    try:
        if folder is None or Path(path).suffix.lower() not in _PAGES or not Path(path).is_file():
            return ""
        return quote(Path(os.path.relpath(path, folder)).as_posix(), errors="surrogateescape")
    except (OSError, ValueError):  # a name that cannot be, or another drive
        return ""
