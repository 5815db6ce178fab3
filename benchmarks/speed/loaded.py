"""A model that is loaded once for many runs, so that what is measured is the labelling."""

from dataclasses import dataclass

from newsroles.model.labeller import Labeller
from newsroles.runs.job import Model


@dataclass(frozen=True, slots=True)
class Loaded(Model):
    """The description of a model that is open already."""

    labeller: Labeller | None = None

    def load(self) -> Labeller:
        """Return it."""
        assert self.labeller
        return self.labeller


def loaded(labeller: Labeller) -> Loaded:
    """Describe a labeller."""
    bundle = labeller.bundle
    return Loaded(bundle.folder, bundle.name, bundle.revision, bundle.labels, labeller=labeller)
