"""Stand-off corpora: what strip leaves out, and texts restored from git clones to the byte."""

import gzip
import io
import json
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.lines import read_lines
from typer.testing import CliRunner

from newsroles_training.cli.app import app
from newsroles_training.corpora.standoff.recipes import RECIPES, page_lines
from newsroles_training.corpora.standoff.restore import KEPT, sha256, strip
from newsroles_training.data.problems import Problem

PROJECT = Path(__file__).parents[4]
SHARED = PROJECT.parent / "shared" / "corpora"

POLNEAR, DISCOURSE, FUNDUS = "networkdynamics/PolNeAR", "prafulla77/Discourse_Profiling", "flairNLP/fundus"
READABILITY = "mozilla/readability"
BABE = "Media-Bias-Group/Neural-Media-Bias-Detection-Using-Distant-Supervision-With-BABE"
BIAS = "ramybaly/Article-Bias-Prediction"

HTML = """<html><head><title>T</title></head><body>
<ul><li>Home</li><li>Valley   news</li></ul><img src="x.png" alt="A picture">
<h1>Mill on fire</h1><p>Two looms at the old mill
caught fire.</p><p>* * *</p><p>The owner blamed the wiring.</p></body></html>"""
PAGE = "Mill on fire\nTwo looms at the old mill caught fire.\nThe owner blamed the wiring.\n"

OLD_HTML = "<p>Sign in</p><h1>Caf\xe9 shut</h1><p>The caf\xe9 owes rent.</p>".encode("latin-1")
OLD_PAGE = "Caf\ufffd shut\nThe caf\ufffd owes rent.\n"

TABLE = (
    "text;outlet\r\n"
    '"The mayor ""lied""; twice.";Echo\r\n'
    "Not taken.;Echo\r\n"
    '"A  shameless\u00a0\nscheme. ";Echo\r\n'
)
SENTENCES = 'A shameless scheme.\nThe mayor "lied"; twice.\n'

PARSED = {
    "title": "Ferry fares\u00a0rise",
    "content_original": "Fares rose  on Monday.\nNobody was told.\n\n \n\nThe line\nblamed fuel.",
    "content": "Not taken .",
}
COLUMN = "Ferry fares rise\nFares rose on Monday. Nobody was told.\nThe line blamed fuel.\n"

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"

LETTER = "Ferry aground.\r\n\r\n\tThe skipper\u2019s\xa0log is lost. 😀"

ARTICLE = """URL https://news.example/1
DATE/ 2017

H Dam  holds,
for now

S1 The dam\theld .
S2 Nobody was hurt.
X9 An annotator's line.
\x20
S10 The board was blamed.
"""
STORY = "Dam holds,\nThe dam held . Nobody was hurt.\nThe board was blamed.\n"


def git(folder: Path, *arguments: str) -> str:
    names = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *names, *arguments], cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603, S607
    return done.stdout.strip()


def clone(folder: Path, files: Mapping[str, bytes]) -> str:
    """Make a repository whose files are gone from its working tree, and give the commit that has them."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    git(folder, "add", "-A")
    git(folder, "-c", "core.autocrlf=false", "commit", "-q", "-m", "Files")
    commit = git(folder, "rev-parse", "HEAD")
    git(folder, "rm", "-q", "-r", ".")
    git(folder, "commit", "-q", "-m", "No files")
    return commit


def row(name: str, text: str, **origin: Any) -> dict[str, Any]:
    sentences = [
        {"start": 0, "end": 5, "label": "claim"},
        {"start": 6, "end": len(text), "label": "background"},
    ]
    return {
        "id": name,
        "group": "Echo",
        "origin": {**origin, "sha256": sha256(text)},
        "text": text,
        "sentences": sentences,
    }


def archive(**members: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, text in members.items():
            file.writestr(name, text)
    return content.getvalue()


@pytest.fixture
def corpus(tmp_path: Path) -> list[dict[str, Any]]:
    """Six articles, one of each kind of source, and their repositories under ``tmp_path/clones``."""
    clones = tmp_path / "clones"
    pages = {"test data/Page.html.gz": gzip.compress(HTML.encode()), "large/Page.html.gz": POINTER}
    page = clone(clones / "fundus", pages)
    old = clone(clones / "readability", {"test/test-pages/cafe/source.html": OLD_HTML})
    table = clone(clones / "babe", {"data/final.csv": TABLE.encode("utf-8-sig")})
    letter = clone(clones / "PolNeAR", {"data/train/text/letter.txt": LETTER.encode()})
    story = clone(
        clones / "Discourse_Profiling", {"data/train.zip": archive(**{"train 2/kbp/1.txt": ARTICLE})}
    )
    column = clone(clones / "bias", {"data/jsons/x.json": json.dumps(PARSED).encode()})
    return [
        row("a", PAGE, source=FUNDUS, path="test data/Page.html.gz", lines=[2, 5], commit=page),
        row("b", LETTER, source=POLNEAR, path="data/train/text/letter.txt", commit=letter),
        row("c", STORY, source=DISCOURSE, path="train 2/kbp/1.txt", commit=story),
        row(
            "d",
            OLD_PAGE,
            source=READABILITY,
            path="test/test-pages/cafe/source.html",
            lines=[1, 3],
            commit=old,
        ),
        row("e", SENTENCES, source=BABE, path="data/final.csv", rows=[2, 0], commit=table),
        row("f", COLUMN, source=BIAS, path="data/jsons/x.json", commit=column),
    ]


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def command(*arguments: Any) -> Any:
    return CliRunner().invoke(app, ["corpus", *map(str, arguments)])


def restored(folder: Path, *rows: Any, options: tuple[Any, ...] = ()) -> tuple[int, list[Any], str]:
    """Restore stand-off rows from the clones of `folder`: exit code, rows, stderr."""
    stand_off, out = lines(folder / "stand-off.jsonl", *rows), folder / "out.jsonl"
    arguments = ("--stand-off", stand_off, "--clones", folder / "clones", "-o", out, "--overwrite", *options)
    result = command("restore", *arguments)
    return result.exit_code, read_lines(out) if out.exists() else [], result.stderr


def bare(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in KEPT if key in row}


def changed(row: dict[str, Any], **origin: Any) -> dict[str, Any]:
    """Return a stand-off row with another origin."""
    return {**bare(row), "origin": {**row["origin"], **origin}}


def test_strip_and_restore_give_the_same_corpus(tmp_path: Path, corpus: list[dict[str, Any]]) -> None:
    pytest.importorskip("inscriptis", reason="needs the extra restore")
    full, stand_off, out = (
        lines(tmp_path / "full.jsonl", *corpus),
        tmp_path / "bare.jsonl",
        tmp_path / "out.jsonl",
    )
    assert command("strip", full, "-o", stand_off).exit_code == 0
    result = command("restore", "--stand-off", stand_off, "--clones", tmp_path / "clones", "-o", out)
    assert result.exit_code == 0, result.stderr
    assert out.read_bytes() == full.read_bytes()


def test_clones_may_be_named_one_by_one_and_be_bare(tmp_path: Path, corpus: list[dict[str, Any]]) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(tmp_path / "clones" / "PolNeAR"), "mirror")
    clones = ["--clones", tmp_path / "mirror", "--clones", tmp_path / "clones" / "Discourse_Profiling"]
    stand_off = lines(tmp_path / "bare.jsonl", *map(bare, corpus[1:3]))
    result = command("restore", "--stand-off", stand_off, *clones, "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 0, result.stderr


def test_another_repository_in_the_environment_is_not_asked(
    tmp_path: Path, corpus: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    clone(tmp_path / "other", {"x": b"y"})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    assert restored(tmp_path, bare(corpus[1]))[0] == 0


def test_strip_lets_no_text_through(tmp_path: Path, corpus: list[dict[str, Any]]) -> None:
    loud = {**corpus[1], "title": "Ferry aground", "note": "Ferry"}
    loud["origin"] = {**loud["origin"], "headline": "Ferry"}
    loud["sentences"] = [{**one, "text": "Ferry aground."} for one in loud["sentences"]]
    problems: list[Problem] = []
    (stripped,) = strip(lines(tmp_path / "full.jsonl", loud), problems)
    assert (stripped, problems) == (bare(corpus[1]), [])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": "Another text."}, "hasn't the SHA-256 of its origin"),
        ({"origin": {"source": "nobody/nothing"}}, "no recipe for nobody/nothing"),
        ({"origin": None}, "not of the right shape"),
        ({"sentences": [{"start": 0}]}, "not of the right shape"),
    ],
)
def test_strip_reports_what_could_not_be_restored(
    tmp_path: Path, corpus: list[dict[str, Any]], changes: dict[str, Any], reason: str
) -> None:
    full = lines(tmp_path / "full.jsonl", {**corpus[1], **changes}, corpus[2])
    result = command("strip", full, "-o", tmp_path / "bare.jsonl")
    assert result.exit_code == 1
    assert f"{full}:1: " in result.stderr
    assert reason in result.stderr
    assert json.loads((tmp_path / "bare.jsonl").read_text())["id"] == "c"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"commit": "0" * 40}, "git clone https://github.com/networkdynamics/PolNeAR"),
        ({"commit": "--help"}, "is not 40 hexadecimal digits"),
        ({"path": "data/train/text/none.txt"}, "has no data/train/text/none.txt"),
        ({"sha256": "0" * 64}, "makes a text with SHA-256"),
        ({"source": "nobody/nothing"}, "no recipe for nobody/nothing"),
        ({"source": FUNDUS}, "not of the right shape (KeyError('lines'))"),
        ({"source": FUNDUS, "lines": None}, "not of the right shape"),
        ({"source": BABE, "rows": [0]}, "not of the right shape"),
        ({"source": BIAS}, "not of the right shape"),
    ],
)
def test_a_text_that_cannot_be_had_is_reported_and_the_rest_go_on(
    tmp_path: Path, corpus: list[dict[str, Any]], changes: dict[str, Any], reason: str
) -> None:
    code, rows, said = restored(tmp_path, changed(corpus[1], **changes), "no row", bare(corpus[2]))
    assert code == 1
    assert [row["id"] for row in rows] == ["c"]
    assert "stand-off.jsonl:1: " in said
    assert reason in said
    assert "stand-off.jsonl:2: not a JSON object" in said


def test_an_archive_without_the_member_says_so(tmp_path: Path, corpus: list[dict[str, Any]]) -> None:
    code, rows, said = restored(tmp_path, changed(corpus[2], path="train 2/none.txt"))
    assert (code, rows, (tmp_path / "out.jsonl").exists()) == (2, [], False)
    assert "data/train.zip has no train 2/none.txt" in said


def test_a_pointer_to_a_large_file_is_no_page(tmp_path: Path, corpus: list[dict[str, Any]]) -> None:
    code, rows, said = restored(tmp_path, changed(corpus[0], path="large/Page.html.gz"))
    assert (code, rows) == (2, [])
    assert "Git LFS" in said
    assert said.endswith("nothing of it is written; give what strip wrote, and clones of its repositories\n")


def test_a_row_that_the_table_has_not_is_reported(tmp_path: Path, corpus: list[dict[str, Any]]) -> None:
    code, rows, said = restored(tmp_path, changed(corpus[4], rows=[3]), bare(corpus[1]))
    assert (code, [row["id"] for row in rows]) == (1, ["b"])
    assert "stand-off.jsonl:1: not of the right shape" in said


def test_pages_are_written_beside_the_texts_as_the_repositories_have_them(
    tmp_path: Path, corpus: list[dict[str, Any]]
) -> None:
    pytest.importorskip("inscriptis", reason="needs the extra restore")
    folder = tmp_path / "html"
    code, rows, said = restored(tmp_path, *map(bare, corpus), options=("--html", folder))
    assert (code, len(rows)) == (0, 6), said
    assert f"{folder}: 2 web pages" in said
    pages = {path.name: gzip.decompress(path.read_bytes()) for path in folder.iterdir()}
    assert pages == {"a.html.gz": HTML.encode(), "d.html.gz": OLD_HTML}


def test_an_id_never_leads_out_of_the_folder(tmp_path: Path, corpus: list[dict[str, Any]]) -> None:
    pytest.importorskip("inscriptis", reason="needs the extra restore")
    outside = {**bare(corpus[0]), "id": "../a"}
    code, rows, said = restored(tmp_path, outside, bare(corpus[3]), options=("--html", tmp_path / "html"))
    assert (code, len(rows)) == (1, 2)
    assert "id '../a': its HTML is not written" in said
    assert [path.name for path in tmp_path.rglob("*.html.gz")] == ["d.html.gz"]


def test_a_folder_of_pages_is_not_added_to_unasked(tmp_path: Path, corpus: list[dict[str, Any]]) -> None:
    (tmp_path / "html").mkdir()
    stand_off, out = lines(tmp_path / "bare.jsonl", bare(corpus[1])), tmp_path / "out.jsonl"
    arguments = ("--stand-off", stand_off, "--clones", tmp_path / "clones", "-o", out)
    result = command("restore", *arguments, "--html", tmp_path / "html")
    assert result.exit_code == 2
    assert "html is already there" in result.stderr
    assert not out.exists()


def test_a_folder_without_clones_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    stand_off = lines(tmp_path / "s.jsonl")
    result = command(
        "restore", "--stand-off", stand_off, "--clones", tmp_path / "empty", "-o", tmp_path / "out"
    )
    assert result.exit_code == 2
    assert "no git clone in" in result.stderr


def test_the_missing_extra_costs_only_the_pages_that_need_it(
    tmp_path: Path, corpus: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "inscriptis", None)
    code, rows, said = restored(tmp_path, *map(bare, corpus))
    assert code == 1
    assert [row["id"] for row in rows] == ["b", "c", "e", "f"]
    assert "[restore]'" in said


def test_lines_of_a_page_have_no_bullets_pictures_or_blanks() -> None:
    pytest.importorskip("inscriptis", reason="needs the extra restore")
    assert page_lines(HTML) == ["Home", "Valley news", *PAGE.splitlines()]


@pytest.mark.parametrize(
    ("stand_off", "texts", "folder", "count"),
    [("dev", "real-dev", "pages", 15), ("web-dev", "web-dev", "web-pages", 28)],
)
def test_the_pages_that_we_have_restore_the_shipped_labels_texts(
    tmp_path: Path, stand_off: str, texts: str, folder: str, count: int
) -> None:
    """The development pages, byte for byte: their hashes are in data/real."""
    pytest.importorskip("inscriptis", reason="needs the extra restore")
    if not SHARED.is_dir():
        pytest.skip("the raw pages are not here (../shared/corpora)")
    rows = [row for row in shipped(stand_off) if "lines" in row["origin"]]
    files = {row["origin"]["path"]: raw_page(SHARED / folder, row) for row in rows}
    commit = clone(tmp_path / "clones" / "all", files)
    code, done, said = restored(tmp_path, *(changed(row, commit=commit) for row in rows))
    assert (code, len(done)) == (0, count), said
    originals = {row["id"]: row["text"] for row in read_lines(SHARED / f"{texts}.jsonl")}
    assert all(row["text"] == originals[row["id"]] for row in done)


def shipped(name: str) -> list[dict[str, Any]]:
    return read_lines(PROJECT / "data" / "real" / f"{name}.jsonl")


def raw_page(folder: Path, row: dict[str, Any]) -> bytes:
    """Return a page as its repository has it: fundus packs its pages, the others don't."""
    packed = Path(row["origin"]["path"])
    if packed.suffix == ".gz":
        return (folder / packed.name).read_bytes()
    return gzip.decompress((folder / f"{row['id']}.html.gz").read_bytes())


def unlabelled(row: dict[str, Any]) -> dict[str, Any]:
    spans = [(one["start"], one["end"]) for one in row["sentences"]]
    return {"id": row["id"], "origin": row["origin"], "sentences": spans}


UNLABELLED = PROJECT / "data" / "real" / "unlabelled.jsonl"


def test_the_unlabelled_pages_are_only_named() -> None:
    rows = read_lines(UNLABELLED)
    assert {tuple(row) for row in rows} == {tuple(key for key in KEPT if key != "alone")}
    assert [row["id"] for row in rows if row["sentences"]] == []
    assert {row["origin"]["source"] for row in rows} <= set(RECIPES)


@pytest.mark.parametrize(
    "path", sorted({*(PROJECT / "data" / "real").glob("*.jsonl")} - {UNLABELLED}), ids=lambda path: path.stem
)
def test_the_shipped_labels_hold_no_text_and_all_of_the_labels(path: Path) -> None:
    rows = read_lines(path)
    alone = {"alone"} if path.stem == "partisan" else set()  # its rows are sentences of different articles
    assert {tuple(row) for row in rows} == {tuple(key for key in KEPT if key in alone or key != "alone")}
    keys = {key for row in rows for sentence in row["sentences"] for key in sentence}
    assert keys - {"speaker", "targets", "runs_on"} == {"start", "end", "label"}
    spans = [
        one
        for row in rows
        for each in row["sentences"]
        for one in [each.get("speaker"), *each.get("targets", [])]
    ]
    assert {key for span in filter(None, spans) for key in span} == {"start", "end"}  # and no words
    assert {row["origin"]["source"] for row in rows} <= set(RECIPES)
    originals = SHARED / f"{'real-' if path.stem in ('train', 'dev') else ''}{path.name}"
    if not originals.is_file():
        pytest.skip("the texts are not here (../shared/corpora)")
    first = [bare(row) for row in read_lines(originals)]
    assert [unlabelled(row) for row in rows] == [unlabelled(row) for row in first]
    names = {(before["group"], row["group"]) for row, before in zip(rows, first, strict=True)}
    assert len(names) == len({source for source, _ in names})  # what had one name has one still
    labels, before = ([one["label"] for row in each for one in row["sentences"]] for each in (rows, first))
    assert sum(map(str.__eq__, labels, before)) > 0.95 * len(before)  # some were read again
