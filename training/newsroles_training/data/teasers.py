"""Teasers of other stories put on training pages: word for word what is news on a page of its own.

Whether a headline and a sentence below it are the story or furniture, only their place on the page tells.
Corpora have few pages of plain text that end in them; any two articles make one.
"""

import random
from collections.abc import Sequence

from newsroles_training.data.augment import FURNITURE, headline_of, line_ends, with_block
from newsroles_training.data.corpus import GoldArticle

HEADINGS = (
    *("Check Also", "Related Articles", "Related Posts", "You may also like", "Read Next", "More stories"),
    *("Latest News", "Trending", "Don't miss", "Most read", "Recommended for you", "More from this section"),
)
IN_STORY = ("ALSO READ: ", "Read also: ", "Related: ", "READ MORE: ", "See also: ", "More: ")
CUTS = ("…", " …", "...", " [...]", " […]", "… Read more", "... Continue reading")
KINDS = ("aside", "link", "paragraph")
MOST, SENTENCES, SHORTEST_CUT = 6, 2, 5
"""Teasers of a block, sentences of a teaser, and words that are left when it is cut off."""

Lead = tuple[str, str]
"""A headline, and the first sentences below it."""


def with_teasers(articles: Sequence[GoldArticle], share: float, seed: int) -> list[GoldArticle]:
    """Put teasers of other groups' articles on about `share` of the articles; keep all others.

    Three blocks of four stand behind everything else, half of them under a heading; the others are one link
    in the story. The same seed gives the same pages. Corpora whose labels have no boilerplate are left alone.
    """
    leads = [(article.group, lead) for article in articles if (lead := _lead(article))]
    if not leads or not any(FURNITURE in article.labels for article in articles):
        return list(articles)
    chance = random.Random(seed)  # noqa: S311 - a reproducible choice, not a secret

    def teased(article: GoldArticle) -> GoldArticle:
        drawn = [chance.choice(leads) for _ in range(chance.randint(1, MOST))]
        others = [lead for group, lead in drawn if group != article.group]
        if not others:
            return article
        kind = chance.choice(KINDS)
        if chance.random() < 1 / 4:
            link = chance.choice(IN_STORY) + others[0][0]
            return with_block(article, chance.choice(line_ends(article)), link, kind)
        return with_block(article, len(article.text), _block(others, chance), kind)

    return [
        teased(article) if not article.alone and chance.random() < share else article for article in articles
    ]


def _lead(article: GoldArticle) -> Lead | None:
    """Return the headline and the sentences of the first line of the story below; None without both."""
    headline = None if article.alone else headline_of(article)
    if headline is None:
        return None
    pairs = zip(article.sentences, article.labels, strict=True)
    story = [span for span, label in pairs if label != FURNITURE and span.start >= headline.end]
    line = [span for span in story[:SENTENCES] if "\n" not in article.text[story[0].start : span.end]]
    if not line:
        return None
    return article.text[headline.start : headline.end], article.text[line[0].start : line[-1].end]


def _block(leads: Sequence[Lead], chance: random.Random) -> str:
    """Write teasers one below the other, all in one style: headlines, headlines and texts, or texts alone."""
    style = chance.choice(("headlines", "both", "both", "texts"))
    lines = [chance.choice(HEADINGS)] if chance.random() < 1 / 2 else []
    for headline, text in leads:
        lines += [headline] * (style != "texts") + [_cut(text, chance)] * (style != "headlines")
    return "\n".join(lines)


def _cut(text: str, chance: random.Random) -> str:
    """Cut a text off after some of its words, as sites do, but leave every third whole."""
    words = text.split()
    if len(words) <= SHORTEST_CUT or chance.random() < 1 / 3:
        return text
    return " ".join(words[: chance.randint(SHORTEST_CUT, len(words) - 1)]) + chance.choice(CUTS)
