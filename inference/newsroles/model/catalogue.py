"""Models by name.

`fast` comes with this package and is the default: it is small, and several times as fast as
`accurate`. Any other is a distribution of its own, which says under the entry point group
``newsroles.models`` what its name is and which package holds its bundle.
"""

import os
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from newsroles.errors import BundleError

FAST = "fast"
SHIPPED = Path(__file__).parents[1] / "models" / "default"
GROUP = "newsroles.models"
WHERE = {"accurate": "install it from a clone of newsroles: pip install ./models/accurate"}
"""How to get the models that we know of, by name."""


def locate(model: str | Path | None) -> Path:
    """Return the folder of a model that is given by its name or folder; None is the default.

    A folder that is there is taken before a name. Raises BundleError for a model that we
    know of and that is not installed.
    """
    if model is None:
        return SHIPPED
    folder, name = Path(model), str(model)
    if os.path.isdir(folder):  # noqa: PTH112 - Path's raises where it may not look
        return folder
    by_name = dict(installed())
    if name in WHERE and name not in by_name:
        raise BundleError(f"the model {name!r} is not installed", WHERE[name])
    return by_name.get(name, folder)


def place_of(folder: Path) -> str | Path:
    """Return by what a bundle is found again elsewhere: the name of an installed model, else its folder."""
    return next((name for name, place in installed() if place == folder), folder)


def installed() -> Iterator[tuple[str, Path]]:
    """Yield the name and the folder of every model that is installed, the default first."""
    yield FAST, SHIPPED
    for entry in entry_points(group=GROUP):
        spec = find_spec(entry.value)
        if spec and spec.submodule_search_locations:
            yield entry.name, Path(spec.submodule_search_locations[0])
