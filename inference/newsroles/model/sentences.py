r"""Text to sentences, with exact character offsets.

A line break ends a sentence, except where the text is wrapped at a column, see `newsroles.model.wrapping`; it
is what `str.splitlines` takes for one (also ``\v``, ``\f``, ``\x1c`` to ``\x1e``, ``\x85``, ``\u2028``,
``\u2029``), because readers write one block a line, and a menu item or a headline carries no full stop.
Inside a line every run of end marks is a candidate, and the rules below throw out those that end an
abbreviation, an initial, an item's number, or a quoted question whose speaker comes next. Quotations and
brackets of several sentences are split inside; a dateline belongs to its sentence.

The abbreviations (`newsroles.model.abbreviations`) are English; text in another language gets sound spans all
the same, cut at its own end marks, but too often behind its own abbreviations and ordinals ("am 3. Mai"), see
docs/train/bring-your-own.md.
"""
# ruff: noqa: RUF001 - typographic marks are the matter here

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from newsroles.articles import Sentence
from newsroles.model.abbreviations import ABBREVIATIONS, EXCLAIMED, NUMBERED, OPENERS, RANKED, TITLES
from newsroles.model.wrapping import joined

_END = re.compile(
    r"(?P<marks>[.!?…‼⁇⁈⁉।॥۔؟։።፧။។｡。！？]++(?:\s\.++(?!\w))*+)"
    r"(?P<closers>(?:[\"'”’»›)\]}」』）\u200b-\u200f\u2060\ufeff]|[“«](?!\S))*+(?:\s[”’»](?!\S))*+)"
    r"(?P<notes>(?:\[[a-z\d ,–-]{1,20}+\]|\(\d{1,3}+\)|[²³¹⁰⁴-⁹]++|[*†‡]++)++(?!\S)|\d{1,2}+(?!\S))?+",
)
"""An end: marks (". . ." and "? ..." count as one run), then the quotes, brackets and invisible characters
that close what they end (“ and « do in German, where white space follows), then the marks of footnotes
("[2]", "²", "*", a bare "2"). Possessive throughout: no input makes it backtrack."""

_NEXT = re.compile(r"\s*+(?P<gap>\W{0,40}+)(?P<word>\w++)(?P<dot>\.?)")
"""The next word, past white space and a little punctuation."""

_WIDE = frozenset("｡。！？")
"""Marks of scripts that put no white space between sentences."""

_WORD = re.compile(r"[^\W\d_][\w.]*$")
"""What stands before a mark: a word with its inner dots ("Gov", "e.g"), or single letters ("J", "U.S")."""
_INITIALS = re.compile(r"(?:(?<![\w’'/])|(?<=[^\W\d_]{2}/))(?:[^\W\d_]\.)*[^\W\d_]$")

_ITEM = re.compile(r"\W*(?:\d{1,3}|[A-Za-z]|[IVXivx]{1,5})?$")
"""A unit that so far holds only an item's number or letter ("1", "(b", "IV"), or no word at all."""

_GLUED_LEFT = re.compile(r"(?!www\.)[^/@]*(?:[a-z]{2}|\d)$")
"""White space is forgiven as forgotten between a lower-case word or a number, its mark and its closing
quote, and a capitalised word ("ended.The police"); not in an address or a path, nor before a domain
("Booking.Com said")."""
_GLUED_RIGHT = re.compile(r"[”’)]*+[“‘(]?(?!(?:Com|Gov|Net|Org)\b)(?:[AI]|[A-Z][a-z]+)[ ,’']")

_OPENED = re.compile(r"(?:(?<!\w)[\"']|[“‘«])(?=\w)([^\"“”‘«».!?…]*)$")
"""Inside a title: what stands since the last opening quote, and what comes before the closing one."""
_CLOSED = re.compile(r"[^\"“”‘«»]*?(?=[\"”»]|[’'](?!\w))")
_ELLIPSES = frozenset({"...", "…", "....", ". . ."})
_WORDS = re.compile(r"[^\W\d_]+")
_SHORT = 4

_SPEAKER = re.compile(
    r"\s*(?:(?:[A-Z][\w.'’-]*,?|a|an|and|in|of|the|who)\s+){1,6}(?:"
    r"(?:added|asked|asks|chanted|cried|demanded|exclaimed|joked|posted|recalled|replied|responded|said|says"
    r"|screamed|shouted|told|tweeted|wondered|writes|wrote|yelled)\b(?!\s+(?:he|it|she|that|there|they|we)\b)"
    r"|(?:bellowed|boasted|complained|concluded|continued|declared|explained|inquired|interrupted|intoned|mused"
    r"|observed|persisted|pressed|questioned|quipped|ranted|recounted|remarked|retorted|snapped|thundered"
    r"|vowed|warned|whispered)(?:[.,]|\s+(?:about|after|as|at|before|during|in|of|on|to|when|while|with|\w+ly)\b))",
)
"""Who said it, after a quoted question or exclamation ("Mr. Smith of Ohio asked"); but a clause after the
verb makes it a sentence of its own ("Smith said he would"), and after some verbs anything but a stop, a
place or a time does ("Smith continued the work")."""

_QUOTED = re.compile(r" [\"“][A-Z][\w’']*,? (?:[a-z]+|I)\b")
"""A quotation that opens as a sentence does, no nickname or name in quotes."""

_REACH = 100
"""How many characters on either side of a candidate the rules may see; it keeps the whole linear."""


class _Candidate(NamedTuple):
    """A possible end, with what the rules look at; `start` is where its unit began in the line."""

    line: str
    start: int
    end: re.Match[str]
    following: re.Match[str]

    @property
    def token(self) -> str:
        """What the marks are attached to, back to the white space before it; "" where they stand alone."""
        before = self.line[max(0, self.end.start() - _REACH) : self.end.start()]
        return "" if not before or before[-1].isspace() else before.rsplit(maxsplit=1)[-1]

    @property
    def after(self) -> str:
        """What follows the marks, closing quotes first."""
        return self.line[self.end.end("marks") : self.end.end("marks") + _REACH]

    @property
    def last_word(self) -> str:
        """The word before the marks, as the tables write it also where a headline shouts it ("ST")."""
        found = _WORD.search(self.token)
        word = found[0] if found else ""
        return word.capitalize() if len(word) > 1 and word.isalpha() and word.isupper() else word


def split(text: str, *, unwrap: bool = True) -> list[Sentence]:
    """Cut any text, however ill-formed, into sentences, in time that grows with its length only.

    Spans are sorted, disjoint, never empty, without white space at either end, and together cover every
    character that isn't white space (`str.isspace`). A blank text has none. Each is within one line, unless
    the text is wrapped at a column and `unwrap` lets its lines be joined.
    """
    lines = text.splitlines(keepends=True)
    blocks = joined(lines) if unwrap else lines
    return [Sentence(at + start, at + end) for at, block in _stripped(blocks) for start, end in _units(block)]


def _stripped(blocks: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the offset and the stripped text of every block that isn't blank; together they are the text."""
    offset = 0
    for block in blocks:
        tail = block.lstrip()
        if tail:
            yield offset + len(block) - len(tail), tail.rstrip()
        offset += len(block)


def _units(line: str) -> Iterator[tuple[int, int]]:
    """Cut a stripped line after each true end, and leave out the white space between."""
    start = 0
    for end in _END.finditer(line):
        following = _NEXT.match(line, end.end())
        if following and _is_true(_Candidate(line, start, end, following)):
            yield start, end.end()
            start = following.start("gap")
    yield start, len(line)


def _is_true(candidate: _Candidate) -> bool:
    """Judge whether a sentence ends here, cheapest rule first."""
    _, _, end, following = candidate
    marks, word = end["marks"], following["word"]
    if (end["notes"] or "").isdecimal() and not _is_noted(candidate):
        return False
    if word[0].islower() and word.islower():  # "iPhones" may open a sentence
        return False
    if following.start("gap") == end.end() and marks[-1] not in _WIDE and not _is_glued(candidate):
        return False
    if marks[-1] in "!?":
        return not (_is_spoken(candidate) or _is_exclaimed_name(candidate))
    if marks in _ELLIPSES and _is_in_title(candidate):
        return False
    return not (_is_item(candidate) or (marks == "." and _is_abbreviation(candidate)))


def _is_glued(candidate: _Candidate) -> bool:
    """Tell whether the white space after an end was merely forgotten."""
    is_single = len(candidate.end["marks"]) == 1
    return bool(is_single and _GLUED_RIGHT.match(candidate.after) and _GLUED_LEFT.match(candidate.token))


def _is_noted(candidate: _Candidate) -> bool:
    """Tell whether bare digits behind a full stop are a footnote's ("rose.2"), not of a number or name."""
    is_word = _GLUED_LEFT.match(candidate.token) and not candidate.token[-1].isdigit()
    return bool(is_word or candidate.end["closers"]) and candidate.last_word not in NUMBERED | TITLES


def _is_in_title(candidate: _Candidate) -> bool:
    """Tell whether an ellipsis stands inside a title: quoted, or in a line of capitalised words only."""
    line, start, end, following = candidate
    before = line[max(start, end.start() - _REACH) : end.start()]
    ahead = line[following.start("gap") : end.end() + _REACH]
    if end["closers"]:
        return False
    if opened := _OPENED.search(before):
        closed = _CLOSED.match(ahead)
        return closed is not None and _is_capitalised(opened[1]) and _is_capitalised(closed[0])
    is_whole = end.start() - start <= _REACH and len(line) - end.end() <= _REACH
    has_two = sum(word[0].isupper() for word in _WORDS.findall(before)) > 1
    return is_whole and has_two and _is_capitalised(before) and _is_capitalised(ahead)


def _is_capitalised(words: str) -> bool:
    """Tell whether all words are, as a title has them: short ones need not be."""
    return all(word[0].isupper() or len(word) < _SHORT for word in _WORDS.findall(words))


def _is_spoken(candidate: _Candidate) -> bool:
    """Tell whether a quoted question or exclamation is followed by who said it."""
    _, _, end, following = candidate
    ahead = candidate.line[end.end() : end.end() + _REACH]
    is_named = following["word"] not in OPENERS and _SPEAKER.match(ahead)
    return bool(end["closers"] and (is_named or ahead.startswith((" I asked.", " I asked "))))


def _is_exclaimed_name(candidate: _Candidate) -> bool:
    """Tell whether the mark belongs to a name and the sentence goes on ("Yahoo! Finance")."""
    _, _, end, following = candidate
    return end["marks"] == "!" and candidate.last_word in EXCLAIMED and following["word"] not in OPENERS


def _is_item(candidate: _Candidate) -> bool:
    """Tell whether the unit so far is but an item's number, which belongs to what follows."""
    line, start, end, _ = candidate
    return end.start() - start < _REACH and bool(_ITEM.match(line[start : end.start()]))


def _is_abbreviation(candidate: _Candidate) -> bool:
    """Tell whether a full stop belongs to the word before it, with regard to the word after it."""
    word, following = candidate.last_word, candidate.following
    if word in NUMBERED:
        return following["word"][0].isdigit()
    if word in RANKED:
        return following["word"] in TITLES
    if word in ABBREVIATIONS or _INITIALS.search(candidate.token):
        is_initial = len(following["word"]) == 1 and following["dot"] == "."  # "J. A. Smith"
        is_dateline = not {"-", "–", "—"}.isdisjoint(following["gap"])  # "TAMPA, Fla. - Two men"
        is_quoted = len(candidate.token) > 1 and _QUOTED.match(candidate.after)
        return not (following["word"] in OPENERS or is_quoted) or is_initial or is_dateline
    return word in TITLES
