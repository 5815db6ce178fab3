import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from newsroles.articles import Article, LabelledArticle, LabelledSentence
from newsroles.cli.table import STYLES, show
from newsroles.printable import printable

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
    assert f"accusation 75%? {TEXT}" in plain


@pytest.mark.parametrize("width", [20, 40, 59])
def test_a_narrow_terminal_gives_sentences_its_whole_width(width: int) -> None:
    lines = [line.rstrip() for line in shown(width).splitlines()]
    assert all(len(printable(line)) for line in lines[:-1])
    assert "accusation" in lines[1]
    assert TEXT.split(maxsplit=1)[0] in lines[2]


def test_colours_are_the_reports() -> None:
    styles = (ROOT / "inference/newsroles/report/templates/report.css.jinja").read_text(encoding="utf-8")
    hues = re.findall(r"#[0-9a-f]{6}", "".join(STYLES.values()))
    assert hues
    assert all(hue in styles for hue in hues)


def test_no_color_leaves_the_label_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", shown(100))
    assert "accusation" in shown(100)
