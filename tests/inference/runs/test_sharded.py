"""What the processes of a run do, done here in one: the plain engine's rows, and nothing twice."""

import json
import random
import shutil
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from newsroles.articles import Article
from newsroles.errors import BundleError, UsageError
from newsroles.model.labeller import Labeller
from newsroles.readers.sources import Sources
from newsroles.records.labelled import LabelledArticle
from newsroles.runs import sharded
from newsroles.runs.division import Part, Shard
from newsroles.runs.job import Job, Model, ProgressListener, Summary, Target
from newsroles.runs.local import run as run_plainly
from newsroles.runs.sharded import Done, Work
from newsroles.runs.shards import Folder

UNIQUE = "0123456789abcdef" * 2


class Killed(BaseException):
    """The plug is pulled."""


@dataclass
class Here:
    """Does all the work in this process, shards in any order; dies before one more than `lives` of them."""

    labeller: Labeller
    lives: int = 999
    parts: list[Part] = field(default_factory=list)
    labelled: list[str] = field(default_factory=list)

    def __call__(self, parts: list[Part], work: Work) -> Generator[Done]:
        self.parts = parts
        shards = [shard for part in parts for shard in work.read(part)]
        random.Random(len(shards)).shuffle(shards)  # noqa: S311 - a reproducible order
        for shard in shards:
            if len(self.labelled) == self.lives:
                raise Killed
            self.labelled.append(shard.name)
            yield work.label(shard, self.labeller)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Eleven articles and four failures of six sources, an empty one among them."""
    folder = tmp_path / "pages"
    folder.mkdir()
    rows = [json.dumps({"id": at, "text": f"The mill lost {at} percent of its water."}) for at in range(8)]
    (folder / "a.txt").touch()
    (folder / "b.jsonl").write_text("\n".join([*rows[:5], "no", *rows[5:], ""]))
    (folder / "c.html").write_text("<p>Share this story<p>The tower will cost 3 million crowns.")
    (folder / "d.jsonl").touch()
    (folder / "e.csv").write_text('text\n"Read more: mill"\n""\n')
    (folder / "f.jsonl").write_text('{"text": "The mill \\ud800 was built in 18."}\n{"text": 5}\n')
    return folder


def job(pages: Path, labeller: Labeller, **changes: Any) -> Job:
    return replace(Job(Sources([str(pages)]), Model.at(labeller.bundle.folder, threads=1)), **changes)


def target(folder: Path, *, resume: bool = False, format_: str = "jsonl") -> Target:
    return Target(folder / "out", folder / "out.errors.jsonl", format_, resume)


def run(job: Job, target: Target, here: Here, shard_size: int = 2) -> Summary:
    return sharded.run(job, target, ProgressListener(), here, shard_size)


def joined(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted((folder / "out").glob("part-*.jsonl")))


@pytest.fixture
def plain(pages: Path, labeller: Labeller, tmp_path: Path) -> dict[str, bytes]:
    """Return what the plain engine writes."""
    out, errors = tmp_path / "plain", tmp_path / "errors"
    run_plainly(job(pages, labeller), Target(out, errors))
    return {"records": out.read_bytes(), "errors": errors.read_bytes()}


@pytest.mark.parametrize("shard_size", [1, 2, 500])
def test_the_shards_together_are_what_the_plain_engine_writes(
    pages: Path, labeller: Labeller, tmp_path: Path, plain: dict[str, bytes], shard_size: int
) -> None:
    summary = run(job(pages, labeller), target(tmp_path), Here(labeller), shard_size)
    assert (summary.labelled, summary.failed, summary.skipped) == (11, 4, 0)
    assert joined(tmp_path) == plain["records"]
    assert (tmp_path / "out.errors.jsonl").read_bytes() == plain["errors"]


def test_killed_after_any_shard_it_resumes_and_labels_none_twice(
    pages: Path, labeller: Labeller, tmp_path: Path, plain: dict[str, bytes]
) -> None:
    every = Here(labeller)
    run(job(pages, labeller), target(tmp_path), every)
    assert len(every.labelled) > 5
    for lives in range(len(every.labelled)):
        shutil.rmtree(tmp_path / "out")
        before, after = Here(labeller, lives), Here(labeller)
        with pytest.raises(Killed):
            run(job(pages, labeller), target(tmp_path), before)
        assert not Folder(tmp_path / "out").is_complete
        summary = run(job(pages, labeller), target(tmp_path, resume=True), after)
        assert (summary.labelled, summary.failed) == (11, 4)
        assert sorted(before.labelled + after.labelled) == sorted(every.labelled)
        assert joined(tmp_path) == plain["records"]
        assert (tmp_path / "out.errors.jsonl").read_bytes() == plain["errors"]


def test_finished_parts_are_not_read_again(
    pages: Path, labeller: Labeller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[str] = []
    monkeypatch.setattr(ProgressListener, "passed", lambda _, source: passed.append(Path(source).name))
    first = Here(labeller)
    with pytest.raises(Killed):
        run(job(pages, labeller), target(tmp_path), replace(first, lives=7))
    after = Here(labeller)
    run(job(pages, labeller), target(tmp_path, resume=True), after)
    read = [Path(source).name for part in after.parts for source in part.sources]
    assert passed
    assert sorted(passed + read) == sorted(path.name for path in pages.iterdir())


def test_a_shard_half_written_when_the_plug_was_pulled_leaves_nothing_behind(
    pages: Path, labeller: Labeller, tmp_path: Path, plain: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def note(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "note_labelled", note)
        with pytest.raises(Killed):
            run(job(pages, labeller), target(tmp_path), Here(labeller))
    (tmp_path / "out" / f".part-000000-000000.jsonl.{UNIQUE}").write_bytes(b'{"id": "cut')
    run(job(pages, labeller), target(tmp_path, resume=True), Here(labeller))
    assert joined(tmp_path) == plain["records"]
    assert not list((tmp_path / "out").glob(".*"))


def test_a_finished_run_is_left_alone_and_one_anew_starts_empty(
    pages: Path, labeller: Labeller, tmp_path: Path
) -> None:
    run(job(pages, labeller), target(tmp_path), Here(labeller), 1)
    again = Here(labeller)
    summary = run(job(pages, labeller), target(tmp_path, resume=True), again, 1)
    assert (summary.was_complete, summary.failed, again.labelled) == (True, 4, [])
    (pages / "b.jsonl").unlink()
    anew = run(job(pages, labeller), target(tmp_path), Here(labeller), 9)
    assert (anew.labelled, anew.failed) == (3, 3)
    assert joined(tmp_path).count(b"\n") == 3


@pytest.mark.parametrize("change", ["inputs", "--only", "--shard-size"])
def test_what_was_begun_with_something_else_is_not_resumed(
    pages: Path, labeller: Labeller, tmp_path: Path, change: str
) -> None:
    with pytest.raises(Killed):
        run(job(pages, labeller), target(tmp_path), Here(labeller, 1))
    if change == "inputs":
        (pages / "bb.txt").write_text("New.")
    again = job(pages, labeller, only=frozenset({"claim"}) if change == "--only" else None)
    size = 3 if change == "--shard-size" else 2
    with pytest.raises(UsageError, match=f"begun with .*{change}.*; .*--overwrite"):
        run(again, target(tmp_path, resume=True), Here(labeller), size)


def test_too_many_failures_stop_it_and_it_can_be_resumed(
    pages: Path, labeller: Labeller, tmp_path: Path, plain: dict[str, bytes]
) -> None:
    here = Here(labeller)
    summary = run(job(pages, labeller, max_errors=0), target(tmp_path), here)
    assert summary.is_stopped
    assert 1 <= summary.failed <= 2
    assert not Folder(tmp_path / "out").is_complete
    assert not run(job(pages, labeller, max_errors=4), target(tmp_path, resume=True), here).is_stopped
    assert joined(tmp_path) == plain["records"]


def test_shards_of_parquet_hold_the_plain_engines_rows(
    pages: Path, labeller: Labeller, tmp_path: Path
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")

    out = tmp_path / "plain.parquet"
    run_plainly(job(pages, labeller), Target(out, tmp_path / "errors", "parquet"))
    run(job(pages, labeller), target(tmp_path, format_="parquet"), Here(labeller))
    assert parquet.read_table(tmp_path / "out") == parquet.read_table(out)


def test_no_failures_make_no_file(labeller: Labeller, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Share this story")
    assert run(job(tmp_path / "one.txt", labeller), target(tmp_path), Here(labeller)).failed == 0
    assert not (tmp_path / "out.errors.jsonl").exists()


def work(folder: Path, labeller: Labeller, **changes: Any) -> Work:
    place, model = Folder(folder / "out"), Model.at(labeller.bundle.folder, threads=1)
    with place.begin({"newsroles": "1"}, resume=False):
        return Work(place, Job((), replace(model, **changes)), 2)


def test_a_shard_that_its_process_dies_of_is_not_begun_forever(
    tmp_path: Path, labeller: Labeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> LabelledArticle:
        raise Killed

    monkeypatch.setattr(labeller, "label", die)
    shard = Shard("000000-000000", (Article("One.", source="x.jsonl", index=4),), 0)
    job = work(tmp_path, labeller)
    for _ in range(sharded.TRIES):
        with pytest.raises(Killed):
            job.label(shard, labeller)
    with pytest.raises(UsageError, match=r"x\.jsonl:4 to x\.jsonl:4 has died 3 times"):
        job.label(shard, labeller)


def test_another_model_on_another_machine_is_refused(tmp_path: Path, labeller: Labeller) -> None:
    assert work(tmp_path, labeller).job.model.load().labels == labeller.labels
    with pytest.raises(BundleError, match="other@1 where the work began"):
        work(tmp_path, labeller, name="other", revision="1").job.model.load()
