"""What Windows lacks is done without: a run with stand-ins for it, for no Windows is here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

STAND_INS = """
import multiprocessing, os, pathlib, shutil, signal, subprocess, sys, tempfile, types
from multiprocessing import popen_spawn_posix, resource_tracker, util  # Python's, which know Windows

resource_tracker._HAVE_SIGMASK = False
for name in ("fcntl", "resource", "grp", "pwd"):
    sys.modules[name] = None
if "--workers" not in sys.argv:  # Python's own processes are killed by it here
    del signal.SIGKILL
for name in ("SIGPROF", "SIGPIPE", "pthread_sigmask", "setitimer"):
    delattr(signal, name)
for name in ("sched_getaffinity", "killpg", "O_NOFOLLOW", "O_CLOEXEC", "getuid"):
    delattr(os, name)

locked = set()

def locking(number, _mode, _size):
    assert os.lseek(number, 0, os.SEEK_CUR) > 2**30, "what is locked cannot be read"
    place = os.readlink(f"/proc/self/fd/{number}")
    if place in locked or os.environ.get("LOCKED"):
        raise PermissionError(13, "Permission denied")
    locked.add(place)

sys.modules["msvcrt"] = types.SimpleNamespace(locking=locking, LK_NBLCK=2)
open_, rename, unlink = os.open, os.replace, os.unlink

def check_closed(path):
    real = os.path.realpath(path)
    held = [os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
    if real in held:
        raise PermissionError(13, "The process cannot access the file", str(path))

def open_file(path, *rest, **more):
    if os.path.isdir(path) and sys._getframe(1).f_code.co_name == "sync":
        raise PermissionError(13, "Permission denied", str(path))
    return open_(path, *rest, **more)

def replace(source, target, **more):
    check_closed(source)
    check_closed(target)
    rename(source, target, **more)

def remove(path, **more):
    check_closed(path)
    unlink(path, **more)

os.open, os.replace, os.unlink = open_file, replace, remove
from newsroles.cli import main
main()
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the stand-ins need /proc")


def label(folder: Path, bundle: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", STAND_INS, "label", "pages", "--model", str(bundle), *words]
    return subprocess.run(  # noqa: S603 - our own
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.txt").write_text("The mill was built in 18.\n", encoding="utf-8")
    (tmp_path / "pages" / "two.html").write_text("<p>It will cost 3 million.", encoding="utf-8")
    (tmp_path / "pages" / "three.txt").touch()
    return tmp_path


@pytest.mark.parametrize("more", [[], ["--workers", "2"]])
def test_a_run_is_written_and_resumed(folder: Path, bundle_folder: Path, more: list[str]) -> None:
    for again in ([], ["--resume"], ["--overwrite"]):
        words = ["-o", "out.jsonl", "--report", "report.html", *more, *again]
        done = label(folder, bundle_folder, *words[: 2 if again == ["--resume"] else None], *again)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
        (folder / "report.html").unlink(missing_ok=True)
    lines = (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["pages/one.txt", "pages/two.html"]
    assert "three.txt" in (folder / "out.jsonl.errors.jsonl").read_text(encoding="utf-8")
    left = {path.name for path in folder.iterdir()}
    assert left == {"pages", "out.jsonl", "out.jsonl.errors.jsonl", ".out.jsonl.run"}


def test_a_table_is_made_and_no_two_runs_write_to_it(folder: Path, bundle_folder: Path) -> None:
    assert label(folder, bundle_folder, "-o", "out.csv").returncode == 1
    assert len((folder / "out.csv").read_text(encoding="utf-8").splitlines()) == 3
    done = label(folder, bundle_folder, "-o", "new.jsonl", LOCKED="1")
    assert done.returncode == 2
    assert "another run is writing it" in done.stderr
