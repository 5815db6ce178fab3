"""Trouble of the machine is not a fault of a page: it ends a run with 2 and one line, or is tried again."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.processes import until, workers_of

from newsroles.articles import Article, Failure
from newsroles.errors import MachineError
from newsroles.model import encoder
from newsroles.model.outcome import label_or_fail
from newsroles.readers import apart, html, read_source
from newsroles.records.labelled import LabelledArticle
from newsroles.runs import pool
from newsroles.runs.job import Job, Model, Target
from newsroles.runs.local import run as run_here

ARTICLES = 3_000
PAGE = "The mill lost 5 percent of its water. Ada Lund blamed the mayor.\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("The mayor “left”.\n", encoding="utf-8")
    Path("long.jsonl").write_text((json.dumps({"text": PAGE * 40}) + "\n") * ARTICLES)


@pytest.fixture
def shell(bundle_folder: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Run lines of bash in which `newsroles` labels with the tiny bundle."""

    def run(line: str) -> subprocess.CompletedProcess[str]:
        command = f'newsroles() {{ {sys.executable} -m newsroles "$@" --model {bundle_folder}; }}; {line}'
        return subprocess.run(  # noqa: S603 - our own
            ["bash", "-c", command],  # noqa: S607 - wherever it is
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run


Shell = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("newsroles label a.txt > /dev/full", "newsroles: stdout: No space left on device; make room"),
        ("newsroles label a.txt --format csv > /dev/full", "newsroles: stdout: No space left on device"),
        ("newsroles label a.txt --format table > /dev/full", "newsroles: stdout: No space left on device"),
        ("newsroles info > /dev/full", "newsroles: stdout: No space left on device"),
        ("newsroles label a.txt -o /dev/full", "newsroles: /dev/full: No space left on device; make room"),
        ("newsroles label a.txt >&-", "newsroles: stdout: is closed; leave it open"),
        ("newsroles info >&-", "newsroles: stdout: is closed; leave it open"),
    ],
)
def test_a_stdout_that_takes_nothing_is_told_in_a_line(shell: Shell, line: str, said: str) -> None:
    done = shell(line)
    assert done.returncode == 2
    assert done.stderr.startswith(said)
    assert len(done.stderr.splitlines()) == 1


def test_a_closed_stdin_is_told_in_a_line(shell: Shell) -> None:
    done = shell("newsroles report - -o page.html <&-")
    assert done.returncode == 2
    assert done.stderr == "newsroles: stdin is closed; give files, or send the page on a pipe\n"


def test_with_an_output_nobody_misses_stdout(shell: Shell) -> None:
    done = shell("newsroles label a.txt -o o.jsonl -q >&- 2>&- <&-")
    assert done.returncode == 0
    assert json.loads(Path("o.jsonl").read_text(encoding="utf-8"))["id"] == "a.txt"


def test_a_terminal_shows_a_question_mark_for_what_it_cannot_show(shell: Shell) -> None:
    done = shell("PYTHONIOENCODING=ascii newsroles label a.txt --format table")
    assert (done.returncode, "The mayor ?left?." in done.stdout) == (0, True)


def test_a_reader_that_has_enough_ends_a_run_like_any_other_command(shell: Shell) -> None:
    done = shell("newsroles label long.jsonl -q | head -c 20; echo ${PIPESTATUS[0]}")
    assert (done.stdout[-4:], done.stderr) == ("141\n", "")


def test_a_bug_of_ours_is_not_taken_for_failed_inputs(
    bundle_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from newsroles.cli.app import app

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("no windows")

    monkeypatch.setattr("newsroles.runs.local.run", broken)
    result = CliRunner().invoke(app, ["label", "a.txt", "-o", "o.jsonl", "--model", str(bundle_folder)])
    assert result.exit_code == 2
    assert result.stderr.startswith("newsroles: unexpected ZeroDivisionError('no windows') (test_machine.py:")


TROUBLE = [
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EMFILE, "Too many open files", "a.txt"),
    FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"),
    MemoryError(),
    ImportError("arrow.so: failed to map segment from shared object"),
    ImportError("Exception caught: std::bad_alloc"),
]


@pytest.mark.parametrize(
    "trouble", TROUBLE, ids=["room", "files", "temporary", "memory", "library", "library without memory"]
)
def test_what_the_machine_lacks_while_a_page_is_read_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def broken(*_: object) -> Iterator[Article]:
        raise trouble
        yield

    monkeypatch.setattr("newsroles.readers.text.read", broken)
    with pytest.raises(MachineError, match=r"this machine: .*--resume"):
        list(read_source("a.txt"))


@pytest.mark.parametrize("megabytes", [60, 150, 160, 170])
def test_too_little_memory_from_the_start_is_told_in_a_line(shell: Shell, megabytes: int) -> None:
    done = shell(f"ulimit -v {megabytes * 1024}; newsroles label a.txt -o o.jsonl --threads 1")
    if re.search(r"must be installed for|cannot allocate memory for thread-local data", done.stderr):
        pytest.skip("the C library ended the process, as it does where memory ends while a library is loaded")
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("newsroles: this machine: ")  # libraries may speak before


def test_a_disk_that_cannot_be_read_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("newsroles.readers._open", broken)
    (result,) = read_source("a.txt")
    assert isinstance(result, Failure)


def test_what_the_machine_lacks_while_a_page_is_labelled_is_no_failure(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    labeller = model.load()
    monkeypatch.setattr(labeller._encoder, "_session", Short())
    with pytest.raises(MachineError, match="no memory left; free some, or give fewer --workers"):
        label_or_fail(Article("One."), labeller)
    with pytest.raises(MachineError):
        run_here(Job(["a.txt"], Loaded(model, labeller)), Target(Path("o.jsonl"), Path("e")))  # type: ignore[arg-type]
    assert Path("e.part").read_bytes() == b""


class Short:
    """An onnxruntime that has no memory."""

    def run(self, *_: object) -> None:
        raise RuntimeError("Failed to allocate memory for requested buffer of size 1024")


class Loaded:
    """A model that is loaded already."""

    def __init__(self, model: Model, labeller: object) -> None:
        self._model, self.load = model, lambda: labeller

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)


def test_other_errors_of_onnxruntime_are_no_lack_of_memory() -> None:
    assert not encoder._is_short_of_memory(ValueError("Invalid dimension"))


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have pages read by a Python that notes that it was begun, and is killed while it is fed, twice."""
    fake = tmp_path / "python"
    fake.write_text(
        f'#!/bin/sh\necho >>begun\n[ $(wc -l <begun) -gt 2 ] && exec {sys.executable} "$@"\nkill -9 $$\n'
    )
    fake.chmod(0o755)
    monkeypatch.setattr(html, "_reader", apart.Apart("newsroles.readers.html", html.BYTES))
    monkeypatch.setattr(sys, "executable", str(fake))
    Path("page.html").write_text("<html><p>" + "One. " * 100_000)
    return fake


def test_a_process_of_html_that_is_killed_is_tried_again_and_never_a_failure(python: Path) -> None:
    (page,) = read_source("page.html")
    assert isinstance(page, Article)
    python.write_text("#!/bin/sh\nexec <&-\nkill -9 $$\n")
    html._reader._end()
    with pytest.raises(MachineError, match=r"was ended 3 times \(exit code -9\); .*--resume"):
        list(read_source("page.html"))


@pytest.mark.usefixtures("python")
def test_a_process_that_dies_while_it_is_fed_kills_no_program_that_does_not_ignore_it() -> None:
    before = signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        (page,) = read_source("page.html")
    finally:
        signal.signal(signal.SIGPIPE, before)
    assert isinstance(page, Article)


def test_a_process_that_is_always_killed_ends_a_run_with_a_line(tmp_path: Path) -> None:
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\nexec <&-\nkill -9 $$\n")
    fake.chmod(0o755)
    Path("odd.html").write_text("<html><p>" + "One. " * 1_000_000)
    program = f"import sys; from newsroles.cli import main; sys.executable = {str(fake)!r}; main()"
    command = [sys.executable, "-c", program, "label", "odd.html"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert done.returncode == 2
    assert "the process that reads pages was ended 3 times (exit code -9)" in done.stderr


def once(item: Article | Failure, labeller: Any) -> LabelledArticle | Failure:
    """Label, but die the first time of the second page."""
    mark = Path(item.source)
    if item.index == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return label_or_fail(item, labeller)


def test_a_worker_that_is_killed_is_replaced_and_nothing_is_lost(model: Model, tmp_path: Path) -> None:
    pages = [Article(PAGE, str(at), str(tmp_path / "mark"), at) for at in range(9)]
    with pool.pool(model, 2, once) as label:
        results = list(label(pages))
    assert [item.article.index for item in results if isinstance(item, LabelledArticle)] == list(range(9))


def test_a_worker_that_is_stopped_loses_its_page_no_time(model: Model) -> None:
    pages = [Article(PAGE, str(at), "x", at) for at in range(4)]
    with pool.pool(model, 1) as label:
        results = label(pages)
        next(results)
        (worker,) = workers_of(os.getpid())
        os.kill(worker, signal.SIGSTOP)
        time.sleep(1)
        os.kill(worker, signal.SIGCONT)
        rest = list(results)
    assert all(isinstance(item, LabelledArticle) for item in rest)


def short_of_memory(_item: object, _labeller: object) -> Failure:
    raise MachineError("this machine: no memory left", "free some")


def test_a_worker_without_memory_ends_the_run_and_says_so(model: Model) -> None:
    with pool.pool(model, 1, short_of_memory) as label, pytest.raises(MachineError, match="no memory left"):
        list(label([Article("One.")]))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_a_run_at_once(bundle_folder: Path, workers: int, times: int) -> None:
    command = ["label", "long.jsonl", "--model", str(bundle_folder)]
    options = ["-o", "o.jsonl", "--workers", str(workers), "--threads", "1"]
    part = Path("o.jsonl.part")
    number, said = _interrupted(
        [*command, *options], lambda: part.exists() and part.stat().st_size > 0, times
    )
    if times == 1:
        assert said == "newsroles: interrupted; with the same command and --resume it goes on from here\n"
    until(lambda: not session(number))
    assert part.read_bytes().count(b"\n") < ARTICLES / 2  # at once, however busy the machine is


def _interrupted(arguments: Sequence[str], is_at_work: Callable[[], bool], times: int) -> tuple[int, str]:
    """Press Ctrl-C once a run is at work: it must not go on to its end. Gives its number and what it says."""
    with subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, "-m", "newsroles", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        until(is_at_work)
        for _ in range(times):
            os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode in {130, -signal.SIGINT}
    assert "Traceback" not in said
    return process.pid, said


@pytest.mark.slow
def test_ctrl_c_ends_a_run_on_ray_at_once_and_it_goes_on_from_there(
    shell: Shell, bundle_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray", reason="needs the extra ray")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    shell("head -n 60 long.jsonl > some.jsonl; newsroles label some.jsonl -o plain.jsonl --threads 1")
    arguments = ["label", "some.jsonl", "--model", str(bundle_folder), "-o", "out", "--engine", "ray"]
    options = ["--shard-size", "2", "--workers", "1", "--resume"]
    for times in (1, 2):
        before = len(list(Path("out/_run").glob("*-*.json")))
        _interrupted(
            [*arguments, *options],
            lambda before=before: len(list(Path("out/_run").glob("*-*.json"))) > before,
            times,
        )
    assert not Path("out/_SUCCESS").exists()
    assert shell(f"newsroles {' '.join([*arguments, *options])}").returncode == 0
    records = b"".join(path.read_bytes() for path in sorted(Path("out").glob("part-*")))
    assert records == Path("plain.jsonl").read_bytes()


def session(leader: int) -> list[str]:
    """List the processes that are left of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(stat.parent.name)
    return found
