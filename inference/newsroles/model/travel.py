"""A bundle that is opened again in another process, or on another machine, and only if it is the same."""

from dataclasses import replace
from pathlib import Path

from newsroles.errors import BundleError
from newsroles.model.bundle import Bundle, load
from newsroles.model.catalogue import installed


def reopen(bundle: Bundle, place: str | Path) -> Bundle:
    """Find a bundle by its place here, and keep its settings; raises BundleError where another is there.

    The name of an installed model is one here too, whatever folder is called so.
    """
    found = load(dict(installed()).get(str(place), place))
    check_model(found, bundle.name, bundle.revision)
    return replace(bundle, folder=found.folder)


def check_model(bundle: Bundle, name: str, revision: str) -> None:
    """Raise BundleError where a process has loaded another model than the one that the work began with."""
    if (bundle.name, bundle.revision) != (name, revision):
        raise BundleError(
            f"{bundle.folder}: {name}@{revision[:12]} where the work began, {bundle.model_id} here",
            "have the same newsroles, or the same bundle, on every machine",
        )
