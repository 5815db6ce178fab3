"""Label every sentence of a news page as claim, accusation, background or boilerplate.

>>> from newsroles import Labeller
>>> page = Labeller.load().label("The storm made landfall on Monday.")
>>> page.sentences[0].label
'background'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from newsroles.articles import Article, LabelledArticle, LabelledSentence, Sentence
from newsroles.errors import BundleError, InputError, MissingExtra, NewsrolesError, UsageError
from newsroles.labels import Role

if TYPE_CHECKING:
    from newsroles.labeller import Labeller

__all__ = [
    "Article",
    "BundleError",
    "InputError",
    "LabelledArticle",
    "LabelledSentence",
    "Labeller",
    "MissingExtra",
    "NewsrolesError",
    "Role",
    "Sentence",
    "UsageError",
]


def __getattr__(name: str) -> Any:
    """Import the model's machinery only when it is asked for, so that ``--help`` stays quick."""
    if name == "Labeller":
        return import_module("newsroles.labeller").Labeller
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
