"""The articles of several files as the checks see them: pages of splits, content apart from furniture."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsroles.articles import Sentence
from newsroles.labels import Role
from newsroles_training.data.context import in_context
from newsroles_training.data.corpus import GoldArticle, scan
from newsroles_training.data.problems import Problem


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
        """Return a sentence with its white space folded."""
        return self._folded(self.article.sentences[number : number + 1])

    def neighbours(self, number: int) -> tuple[str, str]:
        """Return the sentences before and after one, labelled or not, folded; "" where there is none."""
        if self.article.alone:
            return "", ""
        spans = in_context(self.article)[0]
        place = spans.index(self.article.sentences[number])
        return self._folded(spans[:place][-1:]), self._folded(spans[place + 1 : place + 2])

    def content_texts(self) -> list[str]:
        """List the content sentences."""
        return [self.text(number) for number in self.content]

    def _folded(self, spans: Iterable[Sentence]) -> str:
        return " ".join(word for span in spans for word in self.article.text[span.start : span.end].split())


def load(paths: Sequence[Path], labels: Sequence[str]) -> tuple[list[Page], list[Problem]]:
    """Read the sound pages of all files, and list what is wrong with the other rows."""
    problems: list[Problem] = []
    places: dict[str, str] = {}
    stems = Counter(path.stem for path in paths)
    pages: list[Page] = []
    for path in paths:
        split, before = path.stem if stems[path.stem] == 1 else str(path), len(problems)
        articles = list(scan(path, labels, problems, places))
        if not any(article.labels for article in articles) and len(problems) == before:
            problems.append(
                Problem(str(path), "holds no labelled sentence; see whether it is the right file")
            )
        pages += [Page(split, article, _content(article)) for article in articles]
    return pages, problems


def _content(article: GoldArticle) -> tuple[int, ...]:
    return tuple(n for n, label in enumerate(article.labels) if label != Role.BOILERPLATE)
