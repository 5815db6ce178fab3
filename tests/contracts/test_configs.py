"""Every config in the tree is one that `fit` takes, and starts with as a user starts it."""

import subprocess
import sys
from pathlib import Path

import pytest

from newsroles_training.train.config import RunConfig, load

ROOT = Path(__file__).parents[2]


def test_all_load_and_have_names_of_their_own() -> None:
    names = [load(path).name for path in (ROOT / "configs").glob("*.yaml")]
    assert len(set(names)) == len(names) > 1
    assert all(name.startswith("newsroles-") for name in names)


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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "absent"), [("default", ()), ("default", ("tensorboard",)), ("smoke", ())], ids=str
)
def test_it_starts_as_it_stands(name: str, absent: tuple[str, ...], tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="what the config asks for is here or made absent")
    without = f"import sys; sys.modules.update(dict.fromkeys({absent!r}))"
    code = f"{without}; from newsroles_training.cli import main; main()"
    few = ("--set", "data.limit=2", "--set", "optim.epochs=0.2")  # a step
    asked = ["fit", "--config", f"configs/{name}.yaml", *few, "-o", str(tmp_path / "run")]
    command = [sys.executable, "-c", code, *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603 - our own
    assert done.returncode == 0, done.stderr[-2000:]
    is_logged = any((tmp_path / "run").rglob("events.out.tfevents.*"))
    assert is_logged == (name == "default" and not absent)
