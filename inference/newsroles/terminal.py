"""A labelled article as a readable page in a terminal."""

import re

from rich.console import Console
from rich.text import Text

from newsroles.articles import LabelledArticle, LabelledSentence

STYLES = {"claim": "bold blue", "accusation": "bold red", "background": "none", "boilerplate": "dim"}
"""A style a label; labels of other models are shown plain. Colour is never the only sign: each line names its label."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def show(page: LabelledArticle, console: Console) -> None:
    """Print an article, a line a sentence, its label and confidence in front."""
    console.print(Text(printable(page.article.source or page.article.id or "-"), style="bold underline"))
    width = max((len(sentence.label) for sentence in page.sentences), default=0)
    for sentence in page.sentences:
        console.print(_line(sentence, width), soft_wrap=False)
    console.print()


def printable(text: str) -> str:
    """Replace what a terminal would obey rather than show: control codes, bidirectional overrides, surrogates."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _line(sentence: LabelledSentence, width: int) -> Text:
    style = STYLES.get(sentence.label, "none")
    doubt = "?" if sentence.uncertain else " "
    line = Text(f"{sentence.label:<{width}} {sentence.probabilities[sentence.label]:>4.0%}{doubt} ", style=style)
    line.append(printable(sentence.text.replace("\t", " ")), style=style.removeprefix("bold "))
    return line
