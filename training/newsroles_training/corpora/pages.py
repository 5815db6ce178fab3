"""The articles of several files as the checks see them: pages of splits, content apart from furniture."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsroles.labels import Role
from newsroles_training.corpus import GoldArticle, Problem, scan


@dataclass(frozen=True, slots=True)
class Page:
    """An article in its split, with the positions of its content sentences."""

    split: str
    article: GoldArticle
    content: tuple[int, ...]

    @property
    def name(self) -> str:
        """Name the page so that it can be found."""
        return f"{self.split}/{self.article.id}"

    def text(self, number: int) -> str:
        """Give a sentence with its white space folded; "" outside of the page."""
        if not 0 <= number < len(self.article.sentences):
            return ""
        span = self.article.sentences[number]
        return " ".join(self.article.text[span.start : span.end].split())

    def content_texts(self) -> list[str]:
        """List the content sentences."""
        return [self.text(number) for number in self.content]


def load(paths: Sequence[Path], labels: Sequence[str]) -> tuple[list[Page], list[Problem]]:
    """Read the sound pages of all files, and list what is wrong with the other rows."""
    problems: list[Problem] = []
    places: dict[str, str] = {}
    stems = Counter(path.stem for path in paths)
    pages = [
        Page(path.stem if stems[path.stem] == 1 else str(path), article, _content(article))
        for path in paths
        for article in scan(path, labels, problems, places)
    ]
    return pages, problems


def _content(article: GoldArticle) -> tuple[int, ...]:
    return tuple(n for n, label in enumerate(article.labels) if label != Role.BOILERPLATE)
