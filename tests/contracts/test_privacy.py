"""What is read stays on the machine, and nothing is written elsewhere: the commands, watched by strace."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEWSROLES = ("newsroles.cli.app",)
TRAIN = ("newsroles_training.cli.app",)
TO_SEND = re.compile(r"(?:connect|sendto|sendmsg|sendmmsg)\(.*?sa_family=AF_INET6?.*")
HERE = re.compile(r'inet_addr\("127\.|inet_pton\(AF_INET6, "(?:::1|::ffff:127\.[\d.]+)"')
"""Addresses of this machine alone; a resolver of names may have one, but its port gives it away."""
ASKING_NAMES = re.compile(r"sin6?_port=htons\(53\)")

Watched = Callable[..., str]


def strangers(trace: str) -> list[str]:
    """List the calls that speak to another machine, or ask for its name."""
    calls = [found[0] for found in TO_SEND.finditer(trace)]
    return [call for call in calls if not HERE.search(call) or ASKING_NAMES.search(call)]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """Return what runs a command of ours in a fresh home, and tells whom it called."""
    if not shutil.which("strace") or subprocess.run(["strace", "-qq", "true"], check=False).returncode:  # noqa: S607
        pytest.skip("no strace here, or none that may watch")
    home, log = tmp_path / "home", tmp_path / "trace"
    home.mkdir()
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("ORT_", "HF_", "RAY_", "MPL"))
    }
    watcher = ["strace", "-f", "-qq", "-s", "64", "-e", "trace=network", "-o", str(log)]

    def run(module: str, *arguments: object) -> str:
        code = f"from {module} import main; main()"
        command = [*watcher, sys.executable, "-c", code, *map(str, arguments)]
        done = subprocess.run(  # noqa: S603 - our own
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env={**environment, "HOME": str(home)},
        )
        assert done.returncode == 0, done.stderr[-2000:]
        trace = log.read_text(encoding="utf-8", errors="replace")
        assert strangers(trace) == []
        assert sorted(path for path in home.rglob("*") if path.is_file()) == []
        return trace

    return run


def test_the_watcher_would_see_it() -> None:
    home = (
        '1 connect(3, {sa_family=AF_INET, sin_port=htons(4000), sin_addr=inet_addr("127.0.0.1")}, 16) = 0\n'
    )
    away = '1 connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.7")}, 16) = 0\n'
    name = home.replace("4000", "53").replace("127.0.0.1", "127.0.0.53")
    sixth = (
        '1 connect(3, {sa_family=AF_INET6, sin6_port=htons(443), inet_pton(AF_INET6, "2001:db8::1")}) = 0\n'
    )
    assert [len(strangers(trace)) for trace in (home, away, name, sixth)] == [0, 1, 1, 1]


def test_labelling(watched: Watched, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    watched(*NEWSROLES, "label", "examples", "-o", out, "--report", tmp_path / "r.html", "--workers", 2)
    assert out.read_text(encoding="utf-8").count("\n") == 2


@pytest.mark.slow
def test_labelling_on_ray(watched: Watched, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="needs the extra ray")
    trace = watched(
        *NEWSROLES, "label", "examples", "-o", tmp_path / "out", "--engine", "ray", "--threads", 1
    )
    assert "127.0.0.1" in trace  # so it was watched


@pytest.mark.slow
def test_training(watched: Watched, config_file: Path, corpus_file: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs the extra train")
    run, bundle = tmp_path / "run", tmp_path / "bundle"
    short = ("--set", "optim.epochs=1", "--set", "report_to=null")
    watched(*TRAIN, "fit", "--config", config_file, "-o", run, *short)
    watched(*TRAIN, "export", run, "-o", bundle)
    watched(*TRAIN, "evaluate", corpus_file, "--model", bundle, "--details", tmp_path / "details")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


QUIET = {"onnxruntime": "runtime.py", "ray": "quiet_ray.py", "matplotlib": "quiet_matplotlib.py"}
"""By what calls home or writes there, the module that has it do neither and is the one that imports it."""
AFTER_IT = {"onnx_tools.py", "engine_files.py"}
"""These import parts of onnxruntime, and that module first."""


@pytest.mark.parametrize("package", QUIET)
def test_what_would_call_home_is_imported_in_one_place(package: str) -> None:
    modules = [
        path for name in ("inference", "training", "benchmarks") for path in (ROOT / name).rglob("*.py")
    ]
    found = {path.name for path in modules if package in imports(path)}
    assert found - (AFTER_IT if package == "onnxruntime" else set()) == {QUIET[package]}


def test_what_the_user_has_set_stands() -> None:
    code = "import os, newsroles.model.encoder; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    for given, expected in (({}, "1"), ({"ORT_DISABLE_TELEMETRY": "0"}, "0")):
        environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"} | given
        script = [sys.executable, "-c", code]
        done = subprocess.run(script, capture_output=True, text=True, check=True, env=environment)  # noqa: S603 - our own
        assert done.stdout.strip() == expected
