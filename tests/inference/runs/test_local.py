"""Runs: written once, in order, and resumed to the same bytes wherever they were cut."""

import os
import random
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any, cast

import pytest
from tests.extras import OUT_PARQUET
from tests.lines import read_lines

from newsroles.articles import Article
from newsroles.errors import InputError, UsageError
from newsroles.model.sentences import split
from newsroles.readers import ReadOptions
from newsroles.readers.sources import Sources
from newsroles.records.labelled import LabelledArticle, LabelledSentence
from newsroles.runs import journal, local
from newsroles.runs import part as parts
from newsroles.runs.fingerprint import write_note
from newsroles.runs.job import Job, Model, Target
from newsroles.runs.local import label_each, run
from newsroles.runs.part import PartFile


@dataclass
class Stub:
    """Labels sentences in turn, and no text twice the same way; counts what it is asked for."""

    labels: tuple[str, ...] = ("claim", "boilerplate")
    model: str = "stub@1"
    asked: int = 0

    name: str = "stub"
    revision: str = "1"
    min_confidence: float = 0.0
    unwrap: bool = True
    who: bool = True

    def load(self) -> "Stub":
        return self

    def label(self, article: Article) -> LabelledArticle:
        self.asked += 1
        if "poison" in article.text:
            raise ZeroDivisionError
        sentences = tuple(
            LabelledSentence(
                span.start,
                span.end,
                article.text[span.start : span.end],
                self.labels[at % 2],
                {self.labels[at % 2]: 0.75, self.labels[1 - at % 2]: 0.25},
            )
            for at, span in enumerate(split(article.text))
        )
        return LabelledArticle(article, self.model, sentences)


def job(*paths: object, stub: Stub | None = None, **changes: Any) -> Job:
    sources = Sources(map(str, paths))
    return replace(Job(sources, cast("Model", stub or Stub()), ReadOptions()), **changes)


def begun(job: Job, target: Target) -> Target:
    """Note that a run was begun, of which a test then makes up what it has written."""
    write_note(target.out, job.fingerprint(target))
    return replace(target, resume=True)


def target(folder: Path, name: str = "out.jsonl", *, resume: bool = False) -> Target:
    suffix = name.rpartition(".")[2]
    return Target(folder / name, folder / f"{name}.errors.jsonl", suffix, resume)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Eight results of five sources: good and bad in turn, failures at the beginning and at the end."""
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.txt").touch()
    (folder / "b.jsonl").write_text('{"text": "One. Two."}\nno\n{"text": "poison"}\n{"text": "Three."}\n')
    (folder / "c.html").write_text("<p>Four.<p>Café.", encoding="utf-8")
    (folder / "d.jsonl").touch()  # an empty source gives nothing at all
    (folder / "e.csv").write_text("text,id\nFive.,x\nSix.\n")
    return folder


def whole(pages: Path, folder: Path, name: str = "out.jsonl", **changes: Any) -> dict[str, bytes]:
    """Return the files of a run that nothing disturbs."""
    folder.mkdir()
    run(job(pages, **changes), target(folder, name))
    return files(folder)


def test_a_record_has_the_labels_and_the_kinds_that_are_asked_for(tmp_path: Path) -> None:
    page = Stub().label(Article("One. Two. Three. Four."))
    kinds = ("paragraph", "comment", "line", "comment")
    marked = tuple(replace(one, kind=kind) for one, kind in zip(page.sentences, kinds, strict=True))

    def texts(**changes: Any) -> list[str]:
        values = job(tmp_path, **changes).record(replace(page, sentences=marked))
        return [sentence["text"] for sentence in values["sentences"]]

    assert texts() == ["One.", "Two.", "Three.", "Four."]
    assert texts(only=frozenset({"claim"})) == ["One.", "Three."]
    assert texts(without_kinds=frozenset({"comment"})) == ["One.", "Three."]
    assert texts(only=frozenset({"claim"}), without_kinds=frozenset({"comment", "line"})) == ["One."]
    assert texts(only=frozenset()) == []


def test_each_result_is_written_once_and_in_order(pages: Path, tmp_path: Path) -> None:
    summary = run(job(pages), target(tmp_path))
    assert (summary.labelled, summary.failed, summary.skipped) == (4, 4, 0)
    places = [(Path(row["source"]).name, row["index"]) for row in read_lines(tmp_path / "out.jsonl")]
    assert places == [("b.jsonl", 0), ("b.jsonl", 3), ("c.html", 0), ("e.csv", 0)]
    failures = read_lines(tmp_path / "out.jsonl.errors.jsonl")
    assert [(Path(row["source"]).name, row["index"]) for row in failures] == [
        ("a.txt", 0),
        ("b.jsonl", 1),
        ("b.jsonl", 2),
        ("e.csv", 1),
    ]
    assert summary.labels == {"claim": 4, "boilerplate": 2}


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", OUT_PARQUET])
def test_wherever_it_is_cut_a_run_resumes_to_the_same_bytes(pages: Path, tmp_path: Path, name: str) -> None:
    expected = whole(pages, tmp_path / "whole", name)
    lines = whole(pages, tmp_path / "lines")["out.jsonl"]
    errors = expected[f"{name}.errors.jsonl"]
    for size in range(0, len(lines), 41):
        folder = tmp_path / f"cut-{size}"
        folder.mkdir()
        (folder / f"{name}.part").write_bytes(lines[:size])
        # what had failed before the last whole record was on the disk before it
        (folder / f"{name}.errors.jsonl.part").write_bytes(errors)
        run(job(pages), begun(job(pages), target(folder, name)))
        assert files(folder) == expected
        shutil.rmtree(folder)


class Plug(BaseException):
    """The plug is pulled."""


@contextmanager
def pulled_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stop everything at the given step of those that change files."""
    left = [steps]

    def counted(call: Any) -> Any:
        def step(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Plug
            return call(*arguments, **named)

        return step

    with monkeypatch.context() as patch:
        for owner, name in ((Path, "replace"), (Path, "unlink"), (os, "fsync"), (PartFile, "write")):
            patch.setattr(owner, name, counted(getattr(owner, name)))
        yield


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv"])
@pytest.mark.parametrize("with_failures", [True, False])
def test_killed_at_any_step_a_run_resumes_to_the_same_bytes(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, with_failures: bool
) -> None:
    if not with_failures:
        pages = pages / "c.html"
    expected = whole(pages, tmp_path / "whole", name)
    folder = tmp_path / "killed"
    for steps in range(100):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / f"{name}.errors.jsonl").write_text("of an earlier run\n")
        try:
            with pulled_after(steps, monkeypatch):
                run(job(pages), target(folder, name))
        except Plug:
            run(job(pages), target(folder, name, resume=True))
            assert files(folder) == expected
        else:
            break
    assert 3 < steps < 99


def test_a_run_that_is_killed_again_and_again_comes_to_an_end(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = whole(pages, tmp_path / "whole")
    folder = tmp_path / "killed"
    folder.mkdir()
    for _ in range(99):
        try:
            with pulled_after(2, monkeypatch):
                run(job(pages), target(folder, resume=True))
        except Plug:
            continue
        break
    run(job(pages), target(folder, resume=True))
    assert files(folder) == expected


def test_recorded_sources_are_not_opened_again(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole(pages, tmp_path / "whole")
    lines = (tmp_path / "whole" / "out.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "out.jsonl.part").write_bytes(b"".join(lines[:3]))  # up to c.html
    failures = (tmp_path / "whole" / "out.jsonl.errors.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "out.jsonl.errors.jsonl.part").write_bytes(b"".join(failures[:3]))
    opened: list[str] = []
    read = local.read_source
    monkeypatch.setattr(
        local, "read_source", lambda source, *more: (opened.append(Path(source).name), read(source, *more))[1]
    )
    stub = Stub()
    summary = run(job(pages, stub=stub), begun(job(pages), target(tmp_path)))
    assert opened == ["c.html", "d.jsonl", "e.csv"]
    assert (tmp_path / "out.jsonl").read_bytes() == b"".join(lines)
    assert stub.asked == 1
    assert summary.skipped == 6
    assert summary.labels == {"claim": 4, "boilerplate": 2}


def test_what_is_given_twice_is_written_twice_also_by_a_run_that_resumes(tmp_path: Path) -> None:
    page, twins = tmp_path / "page.txt", tmp_path / "twins.jsonl"
    page.write_text("One.")
    twins.write_text('{"id": "x", "text": "One."}\n' * 2)
    paths = (page, page, twins, page, twins)
    run(job(*paths), target(tmp_path))
    lines = (tmp_path / "out.jsonl").read_bytes().splitlines(keepends=True)
    assert len(lines) == 7
    for recorded in range(7):
        folder = tmp_path / str(recorded)
        folder.mkdir()
        (folder / "out.jsonl.part").write_bytes(b"".join(lines[:recorded]))
        stub = Stub()
        run(job(*paths, stub=stub), begun(job(*paths), target(folder)))
        assert (folder / "out.jsonl").read_bytes() == b"".join(lines)
        assert stub.asked == 7 - recorded


def test_a_part_that_the_disk_lost_the_middle_of_is_cut_there(pages: Path, tmp_path: Path) -> None:
    expected = whole(pages, tmp_path / "whole")
    lines = expected["out.jsonl"].splitlines(keepends=True)
    (tmp_path / "out.jsonl.part").write_bytes(lines[0] + b"\0" * 512 + b"\n" + lines[2])
    (tmp_path / "out.jsonl.errors.jsonl.part").write_bytes(expected["out.jsonl.errors.jsonl"])
    run(job(pages), begun(job(pages), target(tmp_path)))
    assert (tmp_path / "out.jsonl").read_bytes() == expected["out.jsonl"]


def test_two_runs_never_write_to_one_file(pages: Path, tmp_path: Path) -> None:
    part = PartFile(tmp_path / "out.jsonl")
    part.write({"source": "x"})
    for resume in (True, False):
        with pytest.raises(UsageError, match="another run is writing it"):
            run(job(pages), target(tmp_path, resume=resume))
    part.close()
    assert read_lines(tmp_path / "out.jsonl.part") == [{"source": "x"}]


def test_a_finished_run_is_left_alone(pages: Path, tmp_path: Path) -> None:
    expected = whole(pages, tmp_path / "whole")
    stub = Stub()
    summary = run(job(pages, stub=stub), target(tmp_path / "whole", resume=True))
    assert summary.was_complete
    assert (summary.failed, stub.asked) == (4, 0)
    assert files(tmp_path / "whole") == expected


def test_too_many_failures_stop_a_run_that_can_be_resumed(pages: Path, tmp_path: Path) -> None:
    expected = whole(pages, tmp_path / "whole")
    summary = run(job(pages, max_errors=1), target(tmp_path))
    assert summary.is_stopped
    assert (summary.failed, (tmp_path / "out.jsonl").exists()) == (2, False)
    assert not run(job(pages, max_errors=4), target(tmp_path, resume=True)).is_stopped
    assert (tmp_path / "out.jsonl").read_bytes() == expected["out.jsonl"]


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` bytes, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_is_told_with_the_next_step(pages: Path, tmp_path: Path) -> None:
    with little_room(100), pytest.raises(UsageError, match=r"make room, then .* --resume"):
        run(job(pages), target(tmp_path))


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", OUT_PARQUET])
def test_with_room_again_a_run_goes_on(pages: Path, tmp_path: Path, name: str) -> None:
    expected = whole(pages, tmp_path / "whole", name)
    folder = tmp_path / "full"
    for size in range(10, max(map(len, expected.values())) + 1_000, 150):
        folder.mkdir()
        with suppress(UsageError), little_room(size):
            run(job(pages), target(folder, name))
        run(job(pages), target(folder, name, resume=True))
        assert files(folder) == expected
        shutil.rmtree(folder)


@pytest.mark.parametrize("seconds", [0, inf])
def test_a_failure_is_on_the_disk_before_any_record_that_follows_it(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(journal, "GROUP_SECONDS", seconds)
    order = ["a.txt0", "b.jsonl0", "b.jsonl1", "b.jsonl2", "b.jsonl3", "c.html0", "e.csv0", "e.csv1"]
    on_disk, noted, write, sync = set[int](), set[int](), PartFile.write, PartFile.sync

    def written(part: PartFile, values: dict[str, Any]) -> None:
        at = order.index(f"{Path(values['source']).name}{values['index']}")
        if "sentences" in values:
            assert on_disk >= {number for number in (0, 2, 3, 7) if number < at}
        else:
            noted.add(at)
        write(part, values)

    def synced(part: PartFile) -> None:
        sync(part)
        on_disk.update(noted if "errors" in part.path.name else ())

    monkeypatch.setattr(PartFile, "write", written)
    monkeypatch.setattr(PartFile, "sync", synced)
    run(job(pages), target(tmp_path))
    assert noted == {0, 2, 3, 7}


def test_failures_are_put_on_the_disk_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": ""}\n{"text": "One."}\n' * 500)
    monkeypatch.setattr(journal, "GROUP_SECONDS", inf)
    calls, sync = [], os.fsync
    monkeypatch.setattr(parts.os, "fsync", lambda number: (calls.append(number), sync(number)))
    assert run(job(tmp_path / "a.jsonl"), target(tmp_path)).failed == 500
    assert len(calls) < 10


@pytest.mark.parametrize("seconds", [0, inf])
def test_after_a_power_cut_at_any_step_a_run_resumes_to_the_same_bytes(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """A file may then have lost anything that was written to it since it was last put on the disk."""
    monkeypatch.setattr(journal, "GROUP_SECONDS", seconds)
    expected, folder = whole(pages, tmp_path / "whole"), tmp_path / "cut"
    chance = random.Random(0)  # noqa: S311 - chance that can be repeated, not a secret
    safe: dict[int, int] = {}
    sync = os.fsync

    def synced(number: int) -> None:
        sync(number)
        safe[os.fstat(number).st_ino] = os.fstat(number).st_size

    for steps in range(100):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        safe.clear()
        try:
            with monkeypatch.context() as patch:
                patch.setattr(os, "fsync", synced)
                with pulled_after(steps, monkeypatch):
                    run(job(pages), target(folder))
        except Plug:
            for part in folder.glob("*.part"):
                found = part.stat()
                os.truncate(part, chance.randint(safe.get(found.st_ino, 0), found.st_size))
            run(job(pages), target(folder, resume=True))
            assert files(folder) == expected
        else:
            break
    assert 3 < steps < 99


def test_what_fails_only_in_the_second_run_is_recorded_once_too(pages: Path, tmp_path: Path) -> None:
    errors = whole(pages, tmp_path / "whole")["out.jsonl.errors.jsonl"]
    (tmp_path / "out.jsonl.errors.jsonl.part").write_bytes(errors)  # the records before them were lost

    class Failing(Stub):
        def label(self, _: Article) -> LabelledArticle:
            raise InputError("takes too long", "split it")

    asked = job(pages, stub=Failing())
    assert run(asked, begun(asked, target(tmp_path))).failed == 8
    assert len(read_lines(tmp_path / "out.jsonl.errors.jsonl")) == 8


def test_results_come_as_they_are_read(pages: Path) -> None:
    stub = Stub()
    results = label_each(job(pages, stub=stub))
    next(results)
    next(results)
    assert stub.asked == 1
