"""Hypothesis strategies for text: anything at all, and text that is dense with what splitters trip over."""
# ruff: noqa: RUF001, SIM905 - typographic marks are the matter here; word tables read better as text

from hypothesis import strategies as st

LINE_BREAKS = ("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
"""Every line break that `str.splitlines` knows, the two-character one included."""

_WORDS = "Mr Gov U.S J a.m Jan No Inc The he said Smith 5 3.5 Yahoo iPhone été".split()
_MARKS = (".", "!", "?", "…", "...", ". . .", "?!", "。", "؟", "।", ",", ";", ":", " - ", " — ")
_QUOTES = ('"', "'", "''", "“", "”", "‘", "’", "«", "»", "(", ")", "[", "]")
_SPACES = (" ", "  ", "\t", "\xa0", "\u3000", "\u200b", "\ufeff")
_ODD = "\x00 \ud800 \udfff e\u0301 😀 👩\u200d👧 שלום مرحبا 你好 @x #y http://a.example/b?c=D. a@b.ex".split()


def any_text() -> st.SearchStrategy[str]:
    """Return text of all code points, lone surrogates and NUL included."""
    return st.text(st.characters(exclude_categories=()))


def news_text() -> st.SearchStrategy[str]:
    """Return texts of several lines, made of abbreviations, marks, quotes, odd spaces and odd characters."""
    pieces = st.sampled_from([*_WORDS, *_MARKS, *_QUOTES, *_SPACES, *_SPACES, *_ODD, *LINE_BREAKS])
    return st.lists(pieces, max_size=60).map("".join)


def texts() -> st.SearchStrategy[str]:
    """Return texts of either kind."""
    return any_text() | news_text()
