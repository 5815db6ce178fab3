"""What a model makes of an article: plain and frozen values, which know the record that is made of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from newsroles.articles import Article, Mention, beginning
from newsroles.errors import MissingExtra
from newsroles.records.schema import (
    ARTICLE,
    DECIMALS,
    PROBABILITIES,
    SENTENCE,
    SENTENCES,
    SPEAKER,
    TARGETS,
    columns,
    kept_fields,
    other_fields,
)
from newsroles.records.write import rows, to_line

if TYPE_CHECKING:
    import pandas as pd

_IN_PANDAS = {"string": str, "int64": int, "int32": int, "bool": bool}
"""What pandas makes of the columns of a table, by Arrow's names; told where there is no row to tell by."""


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A span, its text, and what the model made of it.

    `probabilities` maps every label of the model to a number in [0, 1]; they sum to 1.
    `truncated` says that the sentence was longer than a window and only its head was read.
    `uncertain` says that the best probability is below the confidence that was asked for.
    `kind` is what the markup says of the line that it begins on, "line" for plain text.
    `speaker` is on whose word a claim or an accusation rests, `targets` are whom an accusation blames: None
    and () where nobody is named, and where the model marks nobody.
    """

    start: int
    end: int
    text: str
    label: str
    probabilities: Mapping[str, float] = field(hash=False)
    truncated: bool = False
    uncertain: bool = False
    kind: str = "line"
    speaker: Mention | None = None
    targets: tuple[Mention, ...] = ()

    @property
    def confidence(self) -> float:
        """The probability of its label, in [0, 1]."""
        return self.probabilities[self.label]

    def __repr__(self) -> str:
        """Return its label, the label's probability, and its first words."""
        return f"<LabelledSentence {self.label} {self.confidence:.2f} {beginning(self.text)!r}>"

    def to_dict(self) -> dict[str, Any]:
        """Return what a record holds of it: probabilities to 4 decimals (docs/use/record.md)."""
        values = {one.name: getattr(self, one.name) for one in SENTENCE}
        probabilities = {label: round(p, DECIMALS) for label, p in self.probabilities.items()}
        who = {
            SPEAKER: asdict(self.speaker) if self.speaker else None,
            TARGETS: [asdict(target) for target in self.targets],
        }
        return values | {PROBABILITIES: probabilities} | who


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """An article with one labelled sentence for every sentence of its text, in order.

    The article's `title` is its own, or else the headline that the model found in its text, if any.
    """

    article: Article
    model: str
    sentences: tuple[LabelledSentence, ...]

    def __repr__(self) -> str:
        """Return its id, its title, and how many sentences have each label."""
        names = (self.article.id, beginning(self.article.title))
        counts = Counter(sentence.label for sentence in self.sentences)
        labels = ", ".join(f"{count} {label}" for label, count in counts.most_common()) or "no sentences"
        return f"<LabelledArticle {''.join(f'{name!r} ' for name in names if name)}{labels}>"

    def to_dict(self) -> dict[str, Any]:
        """Return the record that `newsroles label` writes of it (docs/use/record.md)."""
        values = {
            one.name: getattr(self if one.name == "model" else self.article, one.name) for one in ARTICLE
        }
        values[SENTENCES] = [sentence.to_dict() for sentence in self.sentences]
        return values | kept_fields(self.article.fields)

    def to_json(self) -> str:
        """Return the record as one line of JSON, without its line break, as `newsroles label` writes it."""
        return to_line(self.to_dict()).decode().removesuffix("\n")

    def to_pandas(self) -> "pd.DataFrame":
        """Return a table with a row a sentence and the columns of `newsroles label -o OUT.csv`.

        The text of the article is left out. Without a sentence there is no row, and no column of
        probabilities, since nothing tells the model's labels. Raises MissingExtra without pandas.
        """
        try:
            import pandas as pd
        except ImportError:
            raise MissingExtra("pandas", "pandas") from None
        values = self.to_dict()
        labels = self.sentences[0].probabilities if self.sentences else ()
        types = columns(tuple(labels), other_fields(values))
        table = pd.DataFrame(list(rows(values)), columns=list(types))
        if self.sentences:
            return table
        return table.astype({name: _IN_PANDAS[type_] for name, type_ in types.items()})
