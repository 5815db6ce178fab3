"""What the package says of itself agrees in every place, and the lock holds all that the tests install."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.testing import CliRunner

import newsroles
from newsroles.cli.app import app
from newsroles_training.cli.app import app as training_app

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
HOME = PROJECT["project"]["urls"]["Repository"]


def test_the_version_is_one() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {newsroles.__version__}\n" in citation
    for one in (app, training_app):
        result = CliRunner().invoke(one, ["--version"])
        assert (result.exit_code, result.stdout) == (0, f"newsroles {newsroles.__version__}\n")


def test_the_address_is_one() -> None:
    assert f"repository-code: {HOME}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert all(address.startswith(HOME) for address in PROJECT["project"]["urls"].values())


def test_a_package_index_shows_every_picture_and_opens_every_link() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for rule in PROJECT["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]:
        text = re.sub(rule["pattern"], rule["replacement"], text)
    targets = re.findall(r"\]\(([^)]+)\)", text)
    assert f"{HOME}/raw/main/docs/pictures/page.svg" in targets
    assert not [target for target in targets if not target.startswith(("https://", "#"))]


def locked() -> dict[str, Requirement]:
    lines = (Requirement(line) for line in LOCK if line and not line.startswith("#"))
    return {canonicalize_name(one.name): one for one in lines if not one.marker or one.marker.evaluate()}


def needed(name: str, extras: frozenset[str], seen: set[tuple[str, frozenset[str]]]) -> set[str]:
    """Name all that a package brings, as far as it is installed here."""
    if (name, extras) in seen:
        return set()
    seen.add((name, extras))
    try:
        given = map(Requirement, requires(name) or [])
    except PackageNotFoundError:
        return {name}
    wanted = [
        one
        for one in given
        if not one.marker or any(one.marker.evaluate({"extra": e}) for e in extras | {""})
    ]
    below = (needed(canonicalize_name(one.name), frozenset(one.extras), seen) for one in wanted)
    return {name}.union(*below)


def test_the_lock_holds_every_package_of_the_test_command() -> None:
    seen: set[tuple[str, frozenset[str]]] = set()
    direct = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
    queue, known = ["dev"], {"dev"}
    while queue:
        for text in PROJECT["project"]["optional-dependencies"][queue.pop()]:
            one = Requirement(text)
            if canonicalize_name(one.name) == "newsroles":
                queue += one.extras - known
                known |= one.extras
            else:
                direct.append(one)
    here = [one for one in direct if not one.marker or one.marker.evaluate()]
    names = set().union(*(needed(canonicalize_name(one.name), frozenset(one.extras), seen) for one in here))
    assert len(names) > 100
    assert names - set(locked()) == set()
    assert [one.name for one in here if not locked()[canonicalize_name(one.name)].specifier] == []


@pytest.mark.parametrize("requirement", PROJECT["tool"]["uv"]["constraint-dependencies"])
def test_the_lock_holds_fast_what_it_is_told_to(requirement: str) -> None:
    one = Requirement(requirement)
    assert locked()[canonicalize_name(one.name)].specifier == one.specifier
