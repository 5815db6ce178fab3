"""Training pages augmented: what a page's furniture says is the page's doing, so it may be varied.

Corpora seldom show what sites often have. A breadcrumb that ends in the story's own headline: read alone it
is news; only the headline that follows tells that it is a copy, and so furniture. An appeal for donations in
whole sentences, an author's life, a timed teaser (`furniture.txt`, all invented), a pull quote.
And a page may begin or end anywhere.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from typing import TypeVar

from newsroles.articles import Sentence
from newsroles.model.sentences import split
from newsroles_training.data.context import in_context
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.data.marks import UNMARKED

Value = TypeVar("Value")

FURNITURE = "boilerplate"
HOMES = ("Home", "Front page", "News", "Main", "You are here: Home", "Start", "Index")
SECTIONS = (
    *("Latest", "World", "Politics", "Local", "Business", "Region", "Top stories", "Courts", "National"),
    *("Analysis", "Sport", "Health", "Society", "Security", "Opinion", "2024", "Science & Tech", "Europe"),
)
SEPARATORS = (" / ", " > ", " » ", " › ", " | ", " :: ", " → ", " - ")  # noqa: RUF001 - as sites write it
LONGEST_HEADLINE, SHORTEST_QUOTATION = 200, 40
BLOCKS = (files(__package__) / "furniture.txt").read_text(encoding="utf-8").strip().split("\n\n")


def with_breadcrumbs(articles: Sequence[GoldArticle], share: float, seed: int) -> list[GoldArticle]:
    """Put a breadcrumb at the top of about `share` of the articles that have a headline; keep all others.

    The same seed gives the same pages. Corpora whose labels have no boilerplate are kept as they are, and so
    are sentences that are alone.
    """
    if not any(FURNITURE in article.labels for article in articles):
        return list(articles)
    chance = random.Random(seed)  # noqa: S311 - a reproducible choice, not a secret
    return [
        _crumbed(article, chance) if chance.random() < share and not article.alone else article
        for article in articles
    ]


def _crumbed(article: GoldArticle, chance: random.Random) -> GoldArticle:
    headline = headline_of(article)
    if headline is None:
        return article
    separator = chance.choice(SEPARATORS)
    way = [
        chance.choice(HOMES),
        *chance.sample(SECTIONS, chance.randint(0, 2)),
        article.text[headline.start : headline.end],
    ]
    crumb = separator.join(way)
    gap = "\n\n" if "\n\n" in article.text else "\n"
    shift = len(crumb) + len(gap)
    moved = (Sentence(span.start + shift, span.end + shift) for span in article.sentences)
    return replace(
        article,
        text=crumb + gap + article.text,
        sentences=(Sentence(0, len(crumb)), *moved),
        labels=(FURNITURE, *article.labels),
        kinds=("navigation", *["line"] * (len(gap) - 1), *article.kinds) if article.kinds else (),
        soft=_with(article.soft, 0, [()]),
        marks=_with(article.marks, 0, [UNMARKED]),
    )


def headline_of(article: GoldArticle) -> Sentence | None:
    """Return the first sentence that is no furniture, if it fills its line as a headline does.

    Where nobody has labelled what comes before, it isn't known.
    """
    for span, label in zip(*in_context(article), strict=True):
        if label is None:
            return None
        if label != FURNITURE:
            line = f"\n{article.text}\n"[span.start : span.end + 2]
            fills = line[0] in "\r\n" and line[-1] in "\r\n" and span.end - span.start <= LONGEST_HEADLINE
            return span if fills else None
    return None


def without_kinds(articles: Sequence[GoldArticle], share: float, seed: int) -> list[GoldArticle]:
    """Take the kinds of lines from about `share` of the articles, so that plain text is learnt as well."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible choice, not a secret
    return [replace(article, kinds=()) if chance.random() < share else article for article in articles]


def cropped(articles: Sequence[GoldArticle], share: float, seed: int) -> list[GoldArticle]:
    """Cut about `share` of the articles to half of their lines or more, in one piece; keep all others.

    Pages come with their menus cut off, their first paragraph missing or their end lost. The same seed gives
    the same pages.
    """
    chance = random.Random(seed)  # noqa: S311 - a reproducible choice, not a secret
    return [_cropped(article, chance) if chance.random() < share else article for article in articles]


def _cropped(article: GoldArticle, chance: random.Random) -> GoldArticle:
    lines = article.text.split("\n")
    count = chance.randint((len(lines) + 1) // 2, len(lines))
    first = chance.randint(0, len(lines) - count)
    text = "\n".join(lines[first : first + count])
    start = sum(len(line) + 1 for line in lines[:first])
    stop = start + len(text)
    kept = [n for n, span in enumerate(article.sentences) if start <= span.start and span.end <= stop]
    if not kept:
        return article
    inside = slice(kept[0], kept[-1] + 1)
    return replace(
        article,
        text=text,
        sentences=tuple(Sentence(s.start - start, s.end - start) for s in article.sentences[inside]),
        labels=article.labels[inside],
        soft=article.soft[inside],
        marks=article.marks[inside],
        kinds=article.kinds[first : first + count],
    )


def with_furniture(articles: Sequence[GoldArticle], share: float, seed: int) -> list[GoldArticle]:
    """Give about `share` of the articles furniture that they did not have; keep all others.

    In equal parts: the furniture at both edges of another page, a block of `BLOCKS`, or a pull quote, which
    repeats a sentence. The same seed gives the same pages. Corpora whose labels have no boilerplate are kept
    as they are, and so are sentences that are alone.
    """
    heads = [edge for article in articles if (edge := _edge(article, last=False))]
    tails = [edge for article in articles if (edge := _edge(article, last=True))]
    if not heads or not tails:
        return list(articles)
    chance = random.Random(seed)  # noqa: S311 - a reproducible choice, not a secret

    def augmented(article: GoldArticle) -> GoldArticle:
        kind = chance.randrange(3)
        if kind == 0:
            above = with_block(article, 0, chance.choice(heads), "navigation")
            return with_block(above, len(above.text), chance.choice(tails), "footer")
        block, as_ = (
            (chance.choice(BLOCKS), "aside") if kind == 1 else (_quotation(article, chance), "quotation")
        )
        return with_block(article, chance.choice(line_ends(article)), block, as_) if block else article

    return [
        augmented(article) if chance.random() < share and not article.alone else article
        for article in articles
    ]


def _edge(article: GoldArticle, *, last: bool) -> str | None:
    """Return the text of the furniture that an article begins or ends in, None where there is none."""
    labels = article.labels[::-1] if last else article.labels
    count = next((n for n, label in enumerate(labels) if label != FURNITURE), 0)
    spans = article.sentences[-count:] if last else article.sentences[:count]
    return article.text[spans[0].start : spans[-1].end] if count else None


def _quotation(article: GoldArticle, chance: random.Random) -> str | None:
    """Choose a sentence of the story that is long enough to be quoted."""
    pairs = zip(article.sentences, article.labels, strict=True)
    content = [article.text[s.start : s.end] for s, label in pairs if label != FURNITURE]
    fitting = [text for text in content if len(text) >= SHORTEST_QUOTATION and "\n" not in text]
    return chance.choice(fitting) if fitting else None


def line_ends(article: GoldArticle) -> list[int]:
    """List where a block can stand without parting a paragraph: after each sentence that ends its line."""
    return [s.end for s in article.sentences if article.text[s.end : s.end + 1] in ("", "\n")] or [0]


def with_block(article: GoldArticle, at: int, block: str, kind: str) -> GoldArticle:
    """Put a block of furniture on lines of its own, of one kind, at the page's start or after a sentence."""
    before = article.text[:at] + "\n" * bool(at)
    new = [Sentence(s.start + len(before), s.end + len(before)) for s in split(block)]
    text = before + block + "\n" + article.text[at:]
    shift, place = len(text) - len(article.text), sum(s.end <= at for s in article.sentences)
    moved = [Sentence(s.start + shift, s.end + shift) for s in article.sentences[place:]]
    return replace(
        article,
        text=text,
        sentences=(*article.sentences[:place], *new, *moved),
        labels=(*article.labels[:place], *[FURNITURE] * len(new), *article.labels[place:]),
        soft=_with(article.soft, place, [()] * len(new)),
        marks=_with(article.marks, place, [UNMARKED] * len(new)),
        kinds=_kinds_with(article, at, [kind] * (block.count("\n") + 1)) if article.kinds else (),
    )


def _with(values: tuple[Value, ...], place: int, new: Sequence[Value]) -> tuple[Value, ...]:
    """Put the values of new sentences among those of all; nothing, where no sentence has any."""
    return (*values[:place], *new, *values[place:]) if values else ()


def _kinds_with(article: GoldArticle, at: int, inside: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds of all lines once `with_block` has put some in; a line that is parted counts twice."""
    kinds = [*article.kinds, *["line"] * (article.text.count("\n") + 1 - len(article.kinds))]
    if at == 0:
        return (*inside, *kinds)
    line = article.text.count("\n", 0, at) + 1
    return (*kinds[:line], *inside, "line", *kinds[line:])
