"""What `extractors.py` compares: programs that keep a page's story of its HTML, each with its defaults."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import justext
import newspaper
import trafilatura
from kept import Page
from readability import Document
from resiliparse.extract.html2text import extract_plain_text

from newsroles import Article, LabelledArticle, Labeller, html_to_text
from newsroles.labels import Role
from newsroles.readers.html import to_article

OURS, TEXT = "newsroles", "newsroles, on the text of its reader alone"
PACKAGES = ("trafilatura", "readability-lxml", "jusText", "resiliparse", "newspaper4k")


class Kept(NamedTuple):
    """The headline, where a program gives one apart from the text, and the text."""

    title: str
    text: str


Program = Callable[[Page], Kept]


def programs(labeller: Labeller) -> Iterator[tuple[str, Program]]:
    """Yield what is compared, by name, in the tables' order."""
    yield OURS, lambda page: _ours(labeller.label_html(page.html))
    yield TEXT, lambda page: _ours(labeller.label(Article(to_article(page.html).text)))
    yield "trafilatura", _trafilatura
    yield "trafilatura, `favor_precision`", lambda page: _trafilatura(page, favor_precision=True)
    yield "trafilatura, `favor_recall`", lambda page: _trafilatura(page, favor_recall=True)
    yield "readability-lxml", _readability
    yield "jusText, English", _justext
    yield "resiliparse, `main_content`", _resiliparse
    yield "newspaper4k", _newspaper
    yield "everything (a check)", lambda page: Kept("", html_to_text(page.html))


def _ours(page: LabelledArticle) -> Kept:
    """Keep the lines of the page, without their boilerplate."""
    kept, end = "", 0
    for sentence in page.sentences:
        kept += "\n" if "\n" in page.article.text[end : sentence.start] else " "
        kept += sentence.text if sentence.label != Role.BOILERPLATE else ""
        end = sentence.end
    return Kept(page.article.title, kept)


def _trafilatura(page: Page, **options: bool) -> Kept:
    found = trafilatura.bare_extraction(page.html, with_metadata=True, **options)
    return Kept(found.title or "", found.text or "") if found else Kept("", "")


def _readability(page: Page) -> Kept:
    document = Document(page.html)
    return Kept(document.short_title(), html_to_text(document.summary()))


def _justext(page: Page) -> Kept:
    paragraphs = justext.justext(page.html, justext.get_stoplist("English"))
    return Kept("", "\n".join(one.text for one in paragraphs if not one.is_boilerplate))


def _resiliparse(page: Page) -> Kept:
    return Kept("", extract_plain_text(page.html, main_content=True))


def _newspaper(page: Page) -> Kept:
    article = newspaper.Article("https://news.example/story", language="en", fetch_images=False)
    article.download(input_html=page.html)
    article.parse()
    return Kept(article.title, article.text)
