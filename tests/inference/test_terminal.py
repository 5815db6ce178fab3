import io
import re

import pytest
from rich.console import Console

from newsroles.articles import Article, LabelledArticle, LabelledSentence
from newsroles.terminal import printable, show

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


def test_no_color_leaves_the_label_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in shown(100)
    assert "\x1b[1;31m" not in shown(100)
    assert "accusation" in shown(100)
