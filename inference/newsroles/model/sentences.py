r"""Text to sentences, with exact character offsets.

A line break always ends a sentence; a line break is what `str.splitlines` takes for one (also ``\v``,
``\f``, ``\x1c`` to ``\x1e``, ``\x85``, ``\u2028``, ``\u2029``), because readers write one block a line, and a
menu item or a headline carries no full stop. Inside a line every run of end marks is a candidate, and the
rules below throw out those that end an abbreviation, an initial, an item's number, or a quoted question whose
speaker comes next. Quotations and brackets of several sentences are split inside; a dateline belongs to its
sentence.

The tables hold the abbreviations of AP and Reuters style, and what the training pages added. They are
English; text in another language gets sound spans all the same, cut at its own end marks, but too often
behind its own abbreviations and ordinals ("am 3. Mai"), see docs/bring-your-own.md.
"""
# ruff: noqa: RUF001, SIM905 - typographic marks are the matter here; word tables read better as text

import re
from collections.abc import Iterator
from typing import NamedTuple

from newsroles.articles import Sentence

#: A name or a number follows, so they never end a sentence.
_TITLES = frozenset(
    "Adm Ald Amb Asst Atty Brig Capt Cdr Cmdr Col Cpl Det Dr Drs Fr Gen Gov Govs Hon Insp Lt Maj "
    "Messrs Mlle Mme Mr Mrs Ms Mt Mx Pfc Pres Prof Profs Pvt Rep Reps Rev Sen Sens Sgt Spc Supt Ven "
    "Vs approx cf e.g i.e v vs".split(),
)

#: Companies, places, months, days and states: they end a sentence only where one of `_OPENERS` comes next.
_ABBREVIATIONS = frozenset(
    "Assn Ave Blvd Bros Co Corp Cos Dept Ft Inc Jr LLC Ltd Plc Rd Sr St Ste Univ al Jan Feb Mar Apr "
    "Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Ala Ariz Ark Calif Colo "
    "Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Tenn Tex Va "
    "Vt Wash Wis Wyo".split(),
)

#: Abbreviations before a number, words of their own elsewhere.
_NUMBERED = frozenset("Art Ch Fig No Nos Op Sec Vol no nos p pp vol".split())

#: Names that are written with an exclamation mark.
_EXCLAIMED = frozenset("E Jeopardy Joomla Yahoo".split())

#: Words that open sentences, and hardly ever follow an abbreviation inside one, headlines in title case
#: included.
_OPENERS = frozenset(
    "A According After All Also Although An And Another As At Because Before Both But By Despite "
    "During Each Even Every Everybody Everyone For From He Her Here His How However I If In It Its "
    "Just Last Meanwhile Most My No Nobody Now On Once One Only Other Others Our She Since So Some "
    "Such That The Their Then There These They This Those Though Today Together Two Under Until We "
    "What When Where Which While Who Why Yes Yet You Your".split(),
)

#: An end: marks (". . ." and "? ..." count as one run), then the quotes, brackets and invisible characters
#: that close what they end (“ and « do in German, where white space follows). Possessive throughout: no input
#: makes it backtrack.
_END = re.compile(
    r"(?P<marks>[.!?…‼⁇⁈⁉।॥۔؟։።፧။។｡。！？]++(?:\s\.++(?!\w))*+)"
    r"(?P<closers>(?:[\"'”’»›)\]}」』）\u200b-\u200f\u2060\ufeff]|[“«](?!\S))*+(?:\s[”’»](?!\S))*+)",
)

#: The next word, past white space and a little punctuation.
_NEXT = re.compile(r"\s*+(?P<gap>\W{0,40}+)(?P<word>\w++)(?P<dot>\.?)")

#: Marks of scripts that put no white space between sentences.
_WIDE = frozenset("｡。！？")

#: What stands before a mark: a word with its inner dots ("Gov", "e.g"), or single letters ("J", "U.S").
_WORD = re.compile(r"[^\W\d_][\w.]*$")
_INITIALS = re.compile(r"(?<![\w’'/])(?:[^\W\d_]\.)*[^\W\d_]$")

#: A unit that so far holds only an item's number or letter ("1", "(b", "IV"), or no word at all.
_ITEM = re.compile(r"\W*(?:\d{1,3}|[A-Za-z]|[IVXivx]{1,5})?$")

#: White space is forgiven as forgotten between a lower-case word or a number, its mark and its closing
#: quote, and a capitalised word ("ended.The police"); not in an address or a path, nor before a domain
#: ("Booking.Com said").
_GLUED_LEFT = re.compile(r"(?!www\.)[^/@]*(?:[a-z]{2}|\d)$")
_GLUED_RIGHT = re.compile(r"[”’)]*+[“‘(]?(?!(?:Com|Gov|Net|Org)\b)(?:[AI]|[A-Z][a-z]+)[ ,’']")

#: Who said it, after a quoted question or exclamation ("Mr. Smith of Ohio asked"); but a clause after the
#: verb makes it a sentence of its own ("Smith said he would").
_SPEAKER = re.compile(
    r"\s*(?:(?:[A-Z][\w.'’-]*,?|a|an|and|in|of|the|who)\s+){1,6}"
    r"(?:added|asked|asks|chanted|cried|demanded|exclaimed|joked|posted|recalled|replied|responded|said|says"
    r"|screamed|shouted|told|tweeted|wondered|writes|wrote|yelled)\b(?!\s+(?:he|it|she|that|there|they|we)\b)",
)

#: How many characters on either side of a candidate the rules may see; it keeps the whole linear.
_REACH = 100


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


def split(text: str) -> list[Sentence]:
    """Cut any text, however ill-formed, into sentences, in time that grows with its length only.

    Spans are sorted, disjoint, never empty, within one line, without white space at either end, and together
    cover every character that isn't white space (`str.isspace`). A blank text has none.
    """
    return [Sentence(at + start, at + end) for at, line in _lines(text) for start, end in _units(line)]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Give the offset and the stripped text of every line that isn't blank."""
    offset = 0
    for line in text.splitlines(keepends=True):
        tail = line.lstrip()
        if tail:
            yield offset + len(line) - len(tail), tail.rstrip()
        offset += len(line)


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
    if word[0].islower() and word.islower():  # "iPhones" may open a sentence
        return False
    if following.start("gap") == end.end() and marks[-1] not in _WIDE and not _is_glued(candidate):
        return False
    if marks[-1] in "!?":
        return not (_is_spoken(candidate) or _is_exclaimed_name(candidate))
    return not (_is_item(candidate) or (marks == "." and _is_abbreviation(candidate)))


def _is_glued(candidate: _Candidate) -> bool:
    """Tell whether the white space after an end was merely forgotten."""
    is_single = len(candidate.end["marks"]) == 1
    return bool(is_single and _GLUED_RIGHT.match(candidate.after) and _GLUED_LEFT.match(candidate.token))


def _is_spoken(candidate: _Candidate) -> bool:
    """Tell whether a quoted question or exclamation is followed by who said it."""
    _, _, end, following = candidate
    ahead = candidate.after[len(end["closers"]) :]
    return bool(end["closers"] and following["word"] not in _OPENERS and _SPEAKER.match(ahead))


def _is_exclaimed_name(candidate: _Candidate) -> bool:
    """Tell whether the mark belongs to a name and the sentence goes on ("Yahoo! Finance")."""
    _, _, end, following = candidate
    return end["marks"] == "!" and candidate.last_word in _EXCLAIMED and following["word"] not in _OPENERS


def _is_item(candidate: _Candidate) -> bool:
    """Tell whether the unit so far is but an item's number, which belongs to what follows."""
    line, start, end, _ = candidate
    return end.start() - start < _REACH and bool(_ITEM.match(line[start : end.start()]))


def _is_abbreviation(candidate: _Candidate) -> bool:
    """Tell whether a full stop belongs to the word before it, with regard to the word after it."""
    word, following = candidate.last_word, candidate.following
    if word in _NUMBERED:
        return following["word"][0].isdigit()
    if word in _ABBREVIATIONS or _INITIALS.search(candidate.token):
        is_initial = len(following["word"]) == 1 and following["dot"] == "."  # "J. A. Smith"
        is_dateline = not {"-", "–", "—"}.isdisjoint(following["gap"])  # "TAMPA, Fla. - Two men"
        return following["word"] not in _OPENERS or is_initial or is_dateline
    return word in _TITLES
