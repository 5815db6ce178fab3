"""A labelled article as a readable page in a terminal."""

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from newsroles.articles import LabelledArticle, LabelledSentence
from newsroles.printable import printable

STYLES = {
    "claim": "bold #0072b2",
    "accusation": "bold #d55e00",
    "background": "bold #009e73",
    "boilerplate": "dim",
}
"""A style a label, in the report's colours; other models' labels are plain. Colour only repeats the name."""

NARROW = 60
"""Terminals of fewer columns show a sentence below its label, not beside it."""


def show(page: LabelledArticle, console: Console) -> None:
    """Print an article: its sentences, each with its label and the label's probability in front."""
    console.print(Text(printable(page.article.source or page.article.id or "-"), style="bold underline"))
    if console.width < NARROW:
        for label, probability, text in map(_row, page.sentences):
            console.print(label, probability)
            console.print(Padding(text, (0, 0, 0, 2)))
    else:
        console.print(_grid(page))
    console.print()


def _grid(page: LabelledArticle) -> Table:
    rows = Table.grid(padding=(0, 1))
    rows.add_column(no_wrap=True)
    rows.add_column(no_wrap=True, justify="right")
    rows.add_column(overflow="fold")
    for sentence in page.sentences:
        rows.add_row(*_row(sentence))
    return rows


def _row(sentence: LabelledSentence) -> tuple[Text, Text, Text]:
    style = STYLES.get(sentence.label, "none")
    probability = f"{sentence.probabilities[sentence.label]:.0%}{'?' if sentence.uncertain else ' '}"
    text = Text(printable(sentence.text.replace("\t", " ")), style="dim" if style == "dim" else "none")
    return Text(sentence.label, style=style), Text(probability, style=style), text
