import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from newsroles.articles import Article
from newsroles.cli.table import STYLES, show
from newsroles.printable import printable
from newsroles.records.labelled import LabelledArticle, LabelledSentence

ROOT = Path(__file__).parents[3]
TEXT = "The mill closed its gates on Friday and the weir was opened."


def shown(width: int) -> str:
    sentence = LabelledSentence(
        start=0,
        end=len(TEXT),
        text=TEXT,
        label="accusation",
        probabilities={"claim": 0.25, "accusation": 0.75},
        truncated=False,
        uncertain=True,
    )
    page = LabelledArticle(Article(TEXT, source="mill.txt"), "model@1", (sentence,))
    out = io.StringIO()
    show(page, Console(file=out, width=width, force_terminal=True, color_system="standard"))
    return out.getvalue()


def test_a_wide_terminal_shows_label_probability_and_sentence_in_a_row() -> None:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown(100))
    assert f"accusation  75%? {TEXT}" in plain


@pytest.mark.parametrize(("confidence", "percent"), [(0.8996, " 89%"), (0.29, " 29%"), (1, "100%")])
def test_no_confidence_reads_as_more_than_it_is(confidence: float, percent: str) -> None:
    sentence = LabelledSentence(0, len(TEXT), TEXT, "claim", {"claim": confidence})
    assert f"m {percent}  " in printed(LabelledArticle(Article(TEXT), "model@1", (sentence,)))


@pytest.mark.parametrize("width", [40, 70])
def test_only_the_label_has_its_colour(width: int) -> None:
    lines = shown(width).splitlines()
    first = next(at for at, line in enumerate(lines) if "The mill" in line)
    assert all("\x1b[" not in line.partition("The mill")[2] for line in lines[first:])
    assert "\x1b[0mThe mill" in lines[first] if width > 60 else "\x1b[" not in lines[first]


@pytest.mark.parametrize("width", [20, 40, 59])
def test_a_narrow_terminal_gives_sentences_its_whole_width(width: int) -> None:
    lines = [line.rstrip() for line in shown(width).splitlines()]
    assert all(len(printable(line)) for line in lines[:-1])
    assert "accusation" in lines[1]
    assert TEXT.split(maxsplit=1)[0] in lines[2]


def page(article: Article, *labels: str) -> LabelledArticle:
    sentences = tuple(
        LabelledSentence(0, len(TEXT), TEXT, label, {label: 0.75 + at / 10})
        for at, label in enumerate(labels)
    )
    return LabelledArticle(article, "model@1", sentences)


def printed(what: LabelledArticle, width: int = 80, colours: str = "standard") -> str:
    out = io.StringIO()
    show(what, Console(file=out, width=width, force_terminal=True, color_system=colours))
    return out.getvalue()


@pytest.mark.parametrize("width", [20, 40, 59, 60, 80, 100])
def test_no_line_is_wider_than_the_terminal_or_ends_in_spaces(width: int) -> None:
    lines = re.sub(r"\x1b\[[0-9;]*m", "", printed(page(Article(TEXT), *STYLES), width)).split("\n")
    assert [line for line in lines if line != line.rstrip() or len(line) > width] == []
    assert " ".join("".join(lines).split()).count("Friday") == len(STYLES)


@pytest.mark.parametrize("colours", ["standard", "256", "truecolor"])
def test_labels_differ_in_every_number_of_colours(colours: str) -> None:
    text = printed(page(Article(TEXT), *STYLES), colours=colours)
    codes = [re.findall(rf"\x1b\[([0-9;]*)m{label}", text) for label in STYLES]
    assert all(codes)
    assert len({code[0] for code in codes}) == len(STYLES)


@pytest.mark.parametrize(
    ("article", "headings"),
    [
        (Article(TEXT, id="7", source="all.jsonl"), ["7"]),
        (Article(TEXT, id="7", source="all.jsonl", title="The \n mill"), ["The mill", "7"]),
        (Article(TEXT, source="-", url="https://news.example/1"), ["https://news.example/1"]),
        (Article(TEXT, source="-"), ["-"]),
        (Article(TEXT), ["-"]),
    ],
)
def test_the_heading_is_what_the_record_is_called(article: Article, headings: list[str]) -> None:
    text = re.sub(r"\x1b\[[0-9;]*m", "", printed(page(article, "claim"), 100))
    assert text.split("\n")[: len(headings) + 1] == [*headings, f"claim  75%  {TEXT}"]


def test_colours_are_the_reports() -> None:
    styles = (ROOT / "inference/newsroles/report/templates/report.css.jinja").read_text(encoding="utf-8")
    hues = re.findall(r"#[0-9a-f]{6}", "".join(STYLES.values()))
    assert hues
    assert all(hue in styles for hue in hues)


def test_no_color_leaves_the_label_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", shown(100))
    assert "accusation" in shown(100)
