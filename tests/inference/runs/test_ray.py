"""The engine on a Ray of two workers: the plain engine's bytes; and what it does without a Ray."""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from newsroles.articles import Article, Failure
from newsroles.cli.app import app
from newsroles.errors import UsageError
from newsroles.readers.sources import Sources
from newsroles.runs import quiet_ray
from newsroles.runs import ray as on_ray
from newsroles.runs.division import Part, Shard
from newsroles.runs.job import Job, Model, ProgressListener, Target
from newsroles.runs.ray import LabelShards, read_parts
from newsroles.runs.sharded import Work
from newsroles.runs.shards import Folder

DOCS = Path(__file__).parents[3] / "docs" / "use" / "scale.md"
ROWS = [f'{{"id": {at}, "text": "The mill \\ud800 lost {at} percent of its water."}}' for at in range(7)]

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    pytest.importorskip("ray", reason="needs the extra ray")
    ray = quiet_ray.load()
    with quiet_ray.home_of_its_own():
        ray.init(
            "local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR
        )
        yield ray
        ray.shutdown()


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder by its relative path: nine results, two of them failures, of three sources."""
    monkeypatch.chdir(tmp_path)
    Path("pages").mkdir()
    Path("pages/a.jsonl").write_text("\n".join([*ROWS, "no", ""]))
    Path("pages/b.txt").touch()
    Path("pages/c.html").write_text("<p>Share this story<p>The tower will cost 3 million crowns.")
    return Path("pages")


@pytest.fixture
def run(bundle_folder: Path) -> Run:
    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(app, ["label", *map(str, arguments), "--model", str(bundle_folder)])

    return invoke


def times(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("part-*")}


@pytest.mark.usefixtures("ray")
def test_it_writes_the_plain_engines_rows_and_resumes_by_shard(run: Run, pages: Path) -> None:
    assert run(pages, "-o", "plain.jsonl", "--threads", 1).exit_code == 1
    spread = ("--engine", "ray", "-o", "out", "--shard-size", 2, "--workers", 2)
    result = run(pages, *spread)
    assert result.exit_code == 1, result.stderr
    assert "8 articles labelled, 2 failed (see out.errors.jsonl)" in result.stderr
    before = times(Path("out"))
    assert len(before) == 6
    plain = [Path(name).read_bytes() for name in ("plain.jsonl", "plain.jsonl.errors.jsonl")]

    for name in ("_SUCCESS", "_run/000000-000003.json", "part-000000-000003.jsonl"):
        Path("out", name).unlink()  # as if it had been killed there
    result = run(pages, *spread, "--resume")
    assert result.exit_code == 1, result.stderr
    assert (
        "8 articles labelled, 2 failed (see out.errors.jsonl), 8 of them by the run before" in result.stderr
    )
    after = times(Path("out"))
    assert {name for name in after if after[name] != before[name]} == {"part-000000-000003.jsonl"}
    records = b"".join(path.read_bytes() for path in sorted(Path("out").glob("part-*")))
    assert [records, Path("out.errors.jsonl").read_bytes()] == plain


# What lists files in Ray 2.60 may be told to stop while it says that it has, and a thread ends in an error.
@pytest.mark.filterwarnings(
    "ignore:Exception in thread pool-.*/completion-signaler:pytest.PytestUnhandledThreadExceptionWarning"
)
@pytest.mark.usefixtures("ray")
def test_the_example_for_pipelines_of_ones_own_runs(tmp_path: Path) -> None:
    pages = '{"id": "a", "text": "One. Two."}\n{"id": "b", "text": ""}\n'
    (tmp_path / "pages.jsonl").write_text(pages)
    (code,) = re.findall(r"```python\n(import ray\n.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    exec(code.replace("/shared", str(tmp_path)), {})  # noqa: S102 - our own page
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    rows = parquet.read_table(tmp_path / "labelled").to_pylist()
    assert [(row["id"], len(row["sentences"]), bool(row["error"])) for row in rows] == [
        ("a", 2, False),
        ("b", 0, True),
    ]


def test_without_ray_it_says_what_to_install(run: Run, pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    result = run(pages, "--engine", "ray", "-o", "out")
    assert result.exit_code == 2
    assert "[ray]'" in result.stderr
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--engine", "ray"], "-o"),
        (["--engine", "ray", "-o", "-"], "-o"),
        (["--engine", "ray", "-o", "out", "--format", "csv"], "jsonl or parquet"),
        (["--engine", "ray", "-o", "out.csv"], "jsonl or parquet"),
        (["--engine", "ray", "-o", "out", "-"], "stdin"),
        (["--engine", "ray", "-o", "pages"], "needed itself"),
        (["--engine", "ray", "-o", "out", "--resume", "--overwrite"], "one of them"),
        (["--engine", "spark", "-o", "out"], "spark"),
        (["-o", "out", "--shard-size", "5"], "--engine ray"),
    ],
)
def test_what_makes_no_sense_together_is_refused(
    run: Run, pages: Path, arguments: list[str], word: str
) -> None:
    result = run(pages, *arguments)
    assert result.exit_code == 2
    assert word in result.stderr
    assert [path.name for path in Path().iterdir()] == ["pages"]


class FakeRay:
    """Notes how it was begun and that it was ended."""

    def __init__(self, *, is_initialized: bool = False) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.exceptions = SimpleNamespace()
        self.is_initialized = lambda: is_initialized

    def init(self, *places: str, **options: Any) -> None:
        self.calls.append((*places, options.get("num_cpus")))

    def shutdown(self) -> None:
        self.calls.append(("shutdown",))

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 12.0}


def test_a_ray_is_joined_where_there_is_one_else_made_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    ray = FakeRay()
    with on_ray._cluster(ray, 3, 1) as cpus:
        assert (cpus, ray.calls) == (3, [("local", 3)])
    assert ray.calls == [("local", 3), ("shutdown",)]

    theirs = FakeRay(is_initialized=True)
    with on_ray._cluster(theirs, 3, 1):
        assert theirs.calls == []
    assert theirs.calls == []

    monkeypatch.setenv("RAY_ADDRESS", "auto")
    cluster = FakeRay()
    with on_ray._cluster(cluster, None, 2) as cpus:
        assert (cpus, cluster.calls) == (6, [("auto", None)])
    assert cluster.calls == [("auto", None), ("shutdown",)]


def test_a_cluster_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object, **__: object) -> None:
        raise ConnectionError("no running Ray")

    monkeypatch.setenv("RAY_ADDRESS", "192.0.2.1:6379")
    ray = FakeRay()
    monkeypatch.setattr(ray, "init", absent)
    with (
        pytest.raises(UsageError, match=r"no Ray at 192\.0\.2\.1:6379: no running Ray; .*unset"),
        on_ray._cluster(ray, 1, 1),
    ):
        pass


@pytest.fixture
def work(tmp_path: Path, model: Model) -> Iterator[Work]:
    folder = Folder(tmp_path / "out")
    with folder.begin({"newsroles": "1"}, resume=False):
        yield Work(folder, Job((), model), 2)


def test_parts_and_shards_travel_whole(work: Work, pages: Path) -> None:
    here = Path.cwd()
    part = Part(0, tuple(sorted(map(str, pages.iterdir()))), ("000000-000001",))
    (*batches,) = read_parts({"json": [on_ray._row(part)]}, work, here)
    shards = [on_ray._shard(row) for batch in batches for row in batch["json"]]
    assert shards == list(work.read(part))
    texts = [item.text for shard in shards for item in shard.items if isinstance(item, Article)]
    assert "\ud800" in texts[0]
    assert sum(isinstance(item, Failure) for shard in shards for item in shard.items) == 2
    (done,) = LabelShards(work, here)({"json": [on_ray._row(shards[0])]})["json"]
    assert on_ray._values(done) == {"articles": 2, "sentences": 2, "failed": 0, "size": shards[0].size}


def test_what_a_process_comes_upon_is_told_where_the_run_was_begun(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise UsageError("out: no room", "make room")

    monkeypatch.chdir(tmp_path)  # a process of Ray's goes where the run was begun, here this one
    monkeypatch.setattr(Folder, "begun", full)
    shard = on_ray._row(Shard("000000-000000", (Article("One."),), 0))
    (told,) = LabelShards(work, tmp_path)({"json": [shard]})["json"]
    with pytest.raises(UsageError, match="no room; make room"):
        on_ray._values(told)
    (passed_on,) = LabelShards(work, tmp_path)({"json": [told]})["json"]
    assert passed_on == told
    (batch,) = read_parts({"json": [on_ray._row(Part(0, ("x",)))]}, work, tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="every machine"):
        on_ray._values(batch["json"][0])


def test_when_ray_gives_up_the_run_can_be_resumed_and_what_it_says_is_no_data(
    pages: Path, model: Model, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class RayError(Exception):
        """Stands for Ray's."""

    def broken(*_: object, **__: object) -> None:
        print("a node is dead")  # noqa: T201 - as Ray does
        raise RayError("a node is gone")

    ray = FakeRay(is_initialized=True)
    ray.exceptions = SimpleNamespace(RayError=RayError)
    monkeypatch.setattr(on_ray.quiet_ray, "load", lambda: ray)
    monkeypatch.setattr(on_ray, "run_sharded", broken)
    job = Job(Sources([str(pages)]), model)
    with pytest.raises(UsageError, match=r"a node is gone; .*--resume"):
        on_ray.run(job, Target(Path("out"), Path("errors")), ProgressListener())
    assert capsys.readouterr() == ("", "a node is dead\n")
