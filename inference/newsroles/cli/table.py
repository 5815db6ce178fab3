"""A labelled article as a readable page in a terminal."""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.text import Text

from newsroles.articles import Article
from newsroles.printable import printable
from newsroles.records.labelled import LabelledArticle, LabelledSentence

STYLES = {
    "claim": "bold #0072b2",
    "accusation": "bold #d55e00",
    "background": "bold #009e73",
    "boilerplate": "dim",
}
"""A style a label, in the report's colours; other models' labels are plain. Colour only repeats the name."""

FEW_COLOURS = STYLES | {"claim": "bold cyan", "accusation": "bold red", "background": "bold green"}
"""The same where there are 8 or 16 colours, and the nearest to the report's are one."""

NARROW = 60
"""Terminals of fewer columns show a sentence below its label, not beside it."""


def show(page: LabelledArticle, console: Console) -> None:
    """Print an article: its sentences, each with its label and the label's probability in front."""
    styles = FEW_COLOURS if console.color_system in ("standard", "windows") else STYLES
    widest = max((len(each.label) for each in page.sentences), default=0)
    for heading in _headings(page.article):
        _print(heading, console)
    for sentence in page.sentences:
        for line in _lines(sentence, widest, styles, console):
            _print(line, console)
    console.print()


def _headings(article: Article) -> Iterator[Text]:
    """Yield the title, and what the record is called; if it has no name of its own, its address or source."""
    title = " ".join(article.title.split())
    name = article.id or article.url or article.source or "-"
    yield Text(printable(title or name), style="bold underline")
    if title and name not in ("-", title):
        yield Text(printable(name), style="dim")


def _lines(
    sentence: LabelledSentence, widest: int, styles: Mapping[str, str], console: Console
) -> Iterator[Text]:
    style = styles.get(sentence.label, "none")
    percent = round(sentence.confidence * 10_000) // 100  # 89.9 is no 90; .29 is 28.999… in binary
    probability = f"{percent:>3}%{'?' if sentence.uncertain else ' '}"
    text = Text(printable(sentence.text.replace("\t", " ")), style="dim" if style == "dim" else "none")
    if console.width < NARROW:
        yield Text(f"{sentence.label} {probability.strip()}", style=style)
        indent, before = "  ", Text("  ")
    else:
        before = Text(f"{sentence.label:<{widest}} {probability} ", style=style)
        indent = " " * len(before)
    for number, line in enumerate(text.wrap(console, max(console.width - len(indent), 1), overflow="fold")):
        yield Text.assemble(indent if number else before, line)


def _print(line: Text, console: Console) -> None:
    line.rstrip()
    console.print(line, soft_wrap=True)
