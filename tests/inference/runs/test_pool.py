"""Several processes: the same bytes as one writes, whoever is killed, and nobody left over."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.processes import until, workers_of

from newsroles.articles import Article
from newsroles.cpus import usable_cpus
from newsroles.errors import MachineError
from newsroles.records.labelled import LabelledArticle
from newsroles.runs import pool
from newsroles.runs.fingerprint import write_note
from newsroles.runs.job import Job, Model, Target
from newsroles.runs.local import label_each, run

LINES = "The mill lost {0} percent of its water.\nAda Lund blamed the mayor.\nShare this story\n"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    rows = [json.dumps({"text": LINES.format(number)}) for number in range(12)]
    path = tmp_path / "pages.jsonl"
    path.write_text("\n".join([*rows[:5], "no JSON", *rows[5:]]), encoding="utf-8")
    return path


def written(pages: Path, out: Path, model: Model, workers: int, *, resume: bool = False) -> list[bytes]:
    target = Target(out, Path(f"{out}.errors"), resume=resume)
    run(Job([str(pages)], model, workers=workers), target)
    return [out.read_bytes(), target.errors.read_bytes()]


def test_any_number_of_processes_writes_the_same_bytes(pages: Path, tmp_path: Path, model: Model) -> None:
    one = written(pages, tmp_path / "one.jsonl", model, 1)
    out = tmp_path / "more.jsonl"
    Path(f"{out}.part").write_bytes(b"".join(one[0].splitlines(keepends=True)[:2]))
    target = Target(out, Path(f"{out}.errors"))
    write_note(out, Job([str(pages)], model).fingerprint(target))
    assert written(pages, out, model, 2, resume=True) == one


def test_no_more_is_read_ahead_than_is_being_labelled(model: Model) -> None:
    read = []

    def arriving() -> Iterator[Article]:
        for number in range(30):
            read.append(number)
            yield Article(LINES.format(number), index=number)

    with pool.pool(model, 1) as label:
        results = label(arriving())
        found = [next(results) for _ in range(3)]
        assert [one.article.index for one in found if isinstance(one, LabelledArticle)] == [0, 1, 2]
        assert len(read) == 3 + pool.AHEAD - 1


def test_a_process_that_dies_ends_the_run_with_its_next_step(model: Model) -> None:
    page = Article("One.", source="a.jsonl", index=4)
    with (
        pool.pool(model, 1, _die) as label,
        pytest.raises(MachineError, match=r"died at a.jsonl:4, 3 times \(exit code 1\); .*--resume"),
    ):
        list(label([page]))


def _die(_: object, __: object) -> None:
    os._exit(1)


def test_processes_end_with_their_parent(bundle_folder: Path, tmp_path: Path) -> None:
    rows = json.dumps({"text": LINES * 40}) + "\n"
    (tmp_path / "pages.jsonl").write_text(rows * 2_000, encoding="utf-8")
    files = [str(tmp_path / "pages.jsonl"), "-o", str(tmp_path / "out.jsonl")]
    command = [sys.executable, "-m", "newsroles", "label", *files, "--model", str(bundle_folder)]
    parent = subprocess.Popen([*command, "--workers", "2", "-q"])  # noqa: S603 - our own
    try:
        until(lambda: (tmp_path / "out.jsonl.part").exists() and len(workers_of(parent.pid)) == 2)
        children = workers_of(parent.pid)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    until(lambda: not any(map(_is_alive, children)))


def _is_alive(process: int) -> bool:
    with suppress(OSError):
        return "(zombie)" not in Path(f"/proc/{process}/status").read_text()
    return False


def test_results_on_standard_output_come_in_order_too(pages: Path, model: Model) -> None:
    asked = Job([str(pages)], model, workers=2)
    assert list(label_each(asked)) == list(label_each(Job([str(pages)], model)))


@pytest.mark.parametrize(
    ("files", "granted"),
    [
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "50000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 1),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ({}, None),
    ],
)
def test_cpus_are_those_that_the_container_is_granted(
    tmp_path: Path, files: dict[str, str], granted: int | None
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert usable_cpus(tmp_path) == granted or usable_cpus(tmp_path) == len(os.sched_getaffinity(0))
