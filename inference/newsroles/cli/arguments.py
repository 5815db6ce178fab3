"""What is given to `newsroles label`, understood or refused."""

from collections.abc import Iterable, Sequence
from unicodedata import normalize

from newsroles.errors import InputError, UsageError
from newsroles.labels import DEFAULT_LABELS


def check_saved(paths: Iterable[str]) -> None:
    """Raise UsageError for an address of a page that somebody has still to save."""
    from newsroles.readers import named

    for path in paths:
        try:
            named.check_saved(path)
        except InputError as error:
            raise UsageError(f"{path}: {error.reason}", error.next_step) from None


def chosen_labels(asked: str | None, labels: Sequence[str]) -> frozenset[str] | None:
    """Return the labels of a list with commas, in any case; raises UsageError for others than `labels`."""
    if asked is None:
        return None
    wanted = [name.strip() for name in asked.split(",")]
    if "" in wanted:
        raise UsageError(
            f"--only {asked}: one of its labels has no name", "write them without spaces between"
        )
    known = {_folded(label): label for label in labels} | {label: label for label in labels}
    found = {name: known.get(name, known.get(_folded(name))) for name in wanted}
    if unknown := sorted(name for name, label in found.items() if label is None):
        raise UsageError(
            f"the model has no label {', '.join(unknown)}", f"give --only some of {','.join(labels)}"
        )
    return frozenset(label for label in found.values() if label is not None)


def _folded(name: str) -> str:
    """Return a name in lower case; keyboards and files write ä as one character or as two."""
    return normalize("NFC", name.casefold())


def complete_labels(incomplete: str) -> list[str]:
    """Complete the last label of a list with commas, for the shell; those of other models it doesn't know."""
    before, comma, begun = incomplete.rpartition(",")
    given = before.casefold().split(",")
    fitting = (label for label in DEFAULT_LABELS if label.startswith(begun.casefold()) and label not in given)
    return [f"{before}{comma}{label}" for label in fitting]
