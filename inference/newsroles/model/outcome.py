"""What becomes of an article: it is labelled, or it is a failure."""

from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, NoReturn

from newsroles.articles import Article, Failure
from newsroles.errors import InputError, is_of_machine, machine_error
from newsroles.readers.documents import as_failure
from newsroles.records.labelled import LabelledArticle

if TYPE_CHECKING:  # it brings onnxruntime, which wrong usage need not wait for
    from newsroles.model.labeller import Labeller

Item = Article | Failure
Result = LabelledArticle | Failure
OnFailure = Callable[[Failure], object]


def label_or_fail(item: Item, labeller: "Labeller") -> Result:
    """Label an article; what cannot be labelled, or was a failure already, is one.

    Raises MachineError where it is the machine that cannot, which says nothing of the page.
    """
    if isinstance(item, Failure):
        return item
    try:
        return labeller.label(item)
    except InputError as error:
        return as_failure(error, item.source, item.index)
    except Exception as error:
        if is_of_machine(error):
            raise machine_error(error) from error
        # a page that trips a bug must not end a run of a million
        place = (item.source, item.index)
        return Failure(*place, None, f"cannot be labelled: {error!r}", "report this page as a bug")


def labelled(
    items: Iterable[Item], labeller: "Labeller", on_failure: OnFailure
) -> Generator[LabelledArticle]:
    """Yield the labelled articles, and hand the failures on, in their order."""
    for item in items:
        result = label_or_fail(item, labeller)
        if isinstance(result, Failure):
            on_failure(result)
        else:
            yield result


def raise_failure(failure: Failure, or_else: str = "") -> NoReturn:
    """Raise the InputError that a failure stands for, with its place; `or_else` ends its next step."""
    raise InputError(f"{failure.place}: {failure.reason}", failure.next_step + or_else, failure.offset)


def stop_at(failure: Failure) -> NoReturn:
    """Raise InputError, which says how to go on."""
    raise_failure(failure, ", or give on_failure, such as failures.append, to go on")
