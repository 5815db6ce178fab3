"""The Dockerfile, as far as it can be tried without Docker: what it installs, and what it is given."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
STEPS = [tuple(line.split(maxsplit=1)) for line in LINES if line and not line.startswith("#")]
SENT = [line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split() if line[0] == "!"]


def steps(word: str) -> list[str]:
    return [rest for first, rest in STEPS if first == word]


def test_it_installs_as_readme_does_and_runs_as_nobody_of_note() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (install,) = (step for step in steps("RUN") if "pip" in step)
    words = re.findall(r"python3 -m venv|pip install --quiet", install)
    assert words == ["python3 -m venv", "pip install --quiet"]
    assert all(part in readme for part in words)
    assert steps("ENTRYPOINT") == ['["newsroles"]']
    assert [first for first, _ in STEPS].index("USER") < [first for first, _ in STEPS].index("ENTRYPOINT")
    assert len({image.split()[0] for image in steps("FROM")}) == 1


def test_its_python_is_one_that_is_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = re.match(r"python:([\d.]+)-slim", steps("FROM")[0])
    assert version
    assert f"Programming Language :: Python :: {version[1]}" in project["classifiers"]


def test_what_it_is_given_is_all_that_the_build_reads() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {"pyproject.toml", "README.md", *settings["project"]["license-files"]}
    needed |= {
        name.split("/")[0] for name in settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    }
    assert set(SENT) == needed
