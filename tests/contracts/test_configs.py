"""Every config in the tree is one that `fit` would take."""

from pathlib import Path

import pytest

from newsroles_training.train.config import RunConfig, load

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_it_loads(path: Path) -> None:
    assert load(path).name.startswith("newsroles-")


@pytest.mark.parametrize("path", sorted((ROOT / "configs" / "compare").iterdir()), ids=lambda path: path.stem)
def test_every_run_of_a_study_loads(path: Path) -> None:
    from newsroles_training.studies.compare import load_study

    study = load_study(path)
    for run in study.runs:
        assert load(ROOT / study.recipe, [*study.set, *run.set]).name.startswith("newsroles-")


def test_the_default_writes_every_value_out() -> None:
    import yaml

    def keys(values: object, place: str = "") -> set[str]:
        if not isinstance(values, dict):
            return {place}
        return {found for key, value in values.items() for found in keys(value, f"{place}.{key}")}

    written = yaml.safe_load((ROOT / "configs" / "default.yaml").read_text(encoding="utf-8"))
    filled = RunConfig.model_validate(written).model_dump(mode="json")
    assert keys(written) == keys(filled)
