"""Label every sentence of a news page as claim, accusation, background or boilerplate.

>>> from newsroles import Labeller
>>> page = Labeller.load().label("The storm made landfall on Monday.")
>>> page.sentences[0].label
'background'

What is public is what can be imported from here, and `newsroles.scale`; the modules behind it may change.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from newsroles.articles import Article, Failure, Mention, Sentence
from newsroles.errors import BundleError, InputError, MachineError, MissingExtra, NewsrolesError, UsageError
from newsroles.labels import Role
from newsroles.records.labelled import LabelledArticle, LabelledSentence

if TYPE_CHECKING:
    from newsroles.cpus import usable_cpus
    from newsroles.model.bundle import Bundle
    from newsroles.model.labeller import Labeller
    from newsroles.readers import ReadOptions, read_source
    from newsroles.readers.html import to_text as html_to_text

__version__ = "0.1.0"

__all__ = [
    "Article",
    "Bundle",
    "BundleError",
    "Failure",
    "InputError",
    "LabelledArticle",
    "LabelledSentence",
    "Labeller",
    "MachineError",
    "Mention",
    "MissingExtra",
    "NewsrolesError",
    "ReadOptions",
    "Role",
    "Sentence",
    "UsageError",
    "html_to_text",
    "read_source",
    "usable_cpus",
]

if not TYPE_CHECKING:  # type checkers see the names above, and that there are no others
    _LATER = {
        "Bundle": ("newsroles.model.bundle", "Bundle"),
        "Labeller": ("newsroles.model.labeller", "Labeller"),
        "ReadOptions": ("newsroles.readers", "ReadOptions"),
        "html_to_text": ("newsroles.readers.html", "to_text"),
        "read_source": ("newsroles.readers", "read_source"),
        "usable_cpus": ("newsroles.cpus", "usable_cpus"),
    }

    def __getattr__(name: str) -> object:
        """Import the machinery only when it is asked for, so that ``--help`` stays quick."""
        if name == "scale":
            return import_module("newsroles.scale")
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module, attribute = _LATER[name]
        return getattr(import_module(module), attribute)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__, "scale"})
