"""Articles that are labelled in part, as they come back when people have checked some sentences of a page.

What nobody has labelled is read all the same, for a sentence is labelled in its article; it is never scored.
"""

from newsroles.articles import Sentence
from newsroles.model.sentences import split
from newsroles_training.data.corpus import GoldArticle


def in_context(article: GoldArticle) -> tuple[list[Sentence], list[str | None]]:
    """Return every sentence of an article's text, and its label: None where nobody has labelled it.

    The stretches between labelled sentences are cut into sentences as serving cuts a page.
    """
    labels: dict[Sentence, str | None] = dict(zip(article.sentences, article.labels, strict=True))
    stops = [*(span.start for span in article.sentences), len(article.text)]
    for start, stop in zip([0, *(span.end for span in article.sentences)], stops, strict=True):
        found = split(article.text[start:stop])
        labels |= {Sentence(start + one.start, start + one.end): None for one in found}
    spans = sorted(labels, key=lambda span: span.start)
    return spans, [labels[span] for span in spans]
