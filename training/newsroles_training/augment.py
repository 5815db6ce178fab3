"""Training pages furnished anew: what a page's furniture says is the page's doing, so it may be varied.

So far one thing, which corpora seldom show and sites often have: a breadcrumb that ends in the story's own
headline. Read alone it is news; only the headline that follows tells that it is a copy, and so furniture.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

from newsroles.articles import Sentence
from newsroles_training.context import in_context
from newsroles_training.corpus import GoldArticle

FURNITURE = "boilerplate"
HOMES = ("Home", "Front page", "News", "Main", "You are here: Home", "Start", "Index")
SECTIONS = (
    *("Latest", "World", "Politics", "Local", "Business", "Region", "Top stories", "Courts", "National"),
    *("Analysis", "Sport", "Health", "Society", "Security", "Opinion", "2024", "Science & Tech", "Europe"),
)
SEPARATORS = (" / ", " > ", " » ", " › ", " | ", " :: ", " → ", " - ")  # noqa: RUF001 - as sites write it
LONGEST_HEADLINE = 200


def with_breadcrumbs(articles: Sequence[GoldArticle], share: float, seed: int) -> list[GoldArticle]:
    """Put a breadcrumb at the top of about `share` of the articles that have a headline; keep all others.

    The same seed gives the same pages. Corpora whose labels have no boilerplate are left alone.
    """
    chance = random.Random(seed)  # noqa: S311 - a reproducible choice, not a secret
    return [_crumbed(article, chance) if chance.random() < share else article for article in articles]


def _crumbed(article: GoldArticle, chance: random.Random) -> GoldArticle:
    headline = _headline(article)
    if headline is None:
        return article
    separator = chance.choice(SEPARATORS)
    way = [chance.choice(HOMES), *chance.sample(SECTIONS, chance.randint(0, 2)), headline]
    crumb = separator.join(way)
    gap = "\n\n" if "\n\n" in article.text else "\n"
    shift = len(crumb) + len(gap)
    moved = (Sentence(span.start + shift, span.end + shift) for span in article.sentences)
    return replace(
        article,
        text=crumb + gap + article.text,
        sentences=(Sentence(0, len(crumb)), *moved),
        labels=(FURNITURE, *article.labels),
    )


def _headline(article: GoldArticle) -> str | None:
    """Give the first sentence that is no furniture, if it fills its line as a headline does.

    Where nobody has labelled what comes before, it isn't known.
    """
    for span, label in zip(*in_context(article), strict=True):
        if label is None:
            return None
        if label != FURNITURE:
            line = f"\n{article.text}\n"[span.start : span.end + 2]
            fills = line[0] in "\r\n" and line[-1] in "\r\n" and span.end - span.start <= LONGEST_HEADLINE
            return article.text[span.start : span.end] if fills else None
    return None


def with_furniture(articles: Sequence[GoldArticle], share: float, seed: int) -> list[GoldArticle]:
    """Put the furniture of another page above and below about `share` of the articles; keep all others.

    Donors are the pages that begin or end in furniture; what is taken is their first or last run of it.
    """
    chance = random.Random(seed + 1)  # noqa: S311 - a reproducible choice, not a secret
    heads = [part for article in articles if (part := _edge(article, last=False))]
    tails = [part for article in articles if (part := _edge(article, last=True))]
    if not heads or not tails:
        return list(articles)
    return [
        _furnished(article, chance.choice(heads), chance.choice(tails)) if chance.random() < share else article
        for article in articles
    ]


def _edge(article: GoldArticle, *, last: bool) -> GoldArticle | None:
    """Cut the run of furniture at an article's edge out as an article of its own; None if there is none."""
    spans, labels = in_context(article)
    if set(labels) == {FURNITURE} or None in labels:
        return None
    count = 0
    for label in reversed(labels) if last else labels:
        if label != FURNITURE:
            break
        count += 1
    if not count:
        return None
    taken = spans[-count:] if last else spans[:count]
    start, end = taken[0].start, taken[-1].end
    return replace(
        article,
        text=article.text[start:end],
        sentences=tuple(Sentence(span.start - start, span.end - start) for span in taken),
        labels=(FURNITURE,) * count,
    )


def _furnished(article: GoldArticle, head: GoldArticle, tail: GoldArticle) -> GoldArticle:
    text, sentences, labels = "", [], []
    for part in (head, article, tail):
        text += "\n" if text and not text.endswith("\n") else ""
        sentences += [Sentence(span.start + len(text), span.end + len(text)) for span in part.sentences]
        labels += part.labels
        text += part.text
    return replace(article, text=text, sentences=tuple(sentences), labels=tuple(labels))
