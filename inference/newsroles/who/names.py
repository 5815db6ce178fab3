"""Which names are the same: the rule of docs/use/who.md.

A name is bare without its article, its titles and roles, and its "'s"; case does not matter. A surname
alone goes with the one full name that ends in it, on its page or else in the collection. Two different full
names are never put together.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from newsroles.who.pointing import points_back
from newsroles.who.words import (
    ABBREVIATIONS,
    BODIES,
    NOUNS,
    PARTICLES,
    POSSESSIVES,
    QUANTIFIERS,
    STATES,
    TITLES,
)

_OFFICE = re.compile(
    r"\b(?:secretary of state|prime minister|chief justice|"
    r"(?:secretary|attorney|director|inspector|solicitor|governor|prosecutor)[ -]general)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|an?)\s+(?=\S)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$")  # noqa: RUF001 - as pages have it
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_SEVERAL = re.compile(r"[,;&]|\b(?:and|or)\b", re.IGNORECASE)
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv"))
MOST_WORDS = 4
"""A person's full name has at most so many words, particles aside."""


def bare(text: str) -> str:
    """Return a name as it stands in a table: in one line, without article, title and role, and "'s"."""
    name = _POSSESSIVE.sub("", " ".join(text.split()))
    name = _ARTICLE.sub("", name)
    name = _INITIALS.sub(lambda found: found[0].replace(".", ""), name)
    if _SEVERAL.search(name):
        return name
    return _without_titles(name)


def _without_titles(name: str) -> str:
    words = _OFFICE.sub("Minister", name).split()
    places = [number for number, word in enumerate(words) if _is_title(word, len(words) - number - 1)]
    rest = words[places[-1] + 1 :] if places else []
    own = rest[:-1] if rest and rest[-1].rstrip(".").lower() in _SUFFIXES else rest
    return " ".join(rest) if _is_person(own) and own[-1].lower().rstrip(".") not in STATES | BODIES else name


def _is_title(word: str, behind: int) -> bool:
    """Tell whether a word is a title of those behind it, as in "General Ada Lund", not "General Electric"."""
    title = word.rstrip(".").lower()
    return title in TITLES or (title == "general" and behind > 1)


def _is_person(words: list[str]) -> bool:
    """Tell whether words can be a person's full name or surname: capitalised, but for particles."""
    own = [word for word in words if word.lower() not in PARTICLES]
    is_sound = all(_stem(word)[0].isupper() for word in own)
    return 0 < len(own) <= MOST_WORDS and is_sound and own[-1].lower().rstrip(".") not in _SUFFIXES


def named(text: str) -> str:
    """Return a mention's bare name, or "" for what names nobody ("they", "the statement", "his lawyer")."""
    if points_back(text):
        return ""
    first, *rest = (name := bare(text)).split() or [""]
    is_nameless = first.lower() in POSSESSIVES and not any(word[0].isupper() for word in rest)
    return "" if is_nameless else name


def grouped(names: Mapping[str, int]) -> dict[str, str]:
    """Return, for each bare name of a page or of a collection, the one that it goes with; often itself.

    `names` says how often each stands there: of one name in several spellings, the most frequent is taken.
    """
    spelt: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (-names[name], name.swapcase())):  # fewer capitals first
        spelt.setdefault(_key(name), name)
    full: dict[str, list[str]] = {}
    for key, name in spelt.items():
        if _is_full(name):
            for surname in _surnames(key):
                full.setdefault(surname, []).append(name)
    found = {}
    for name in names:
        key = _key(name)
        fitting = full.get(key, []) if _is_surname(name) else []
        found[name] = fitting[0] if len(fitting) == 1 else spelt[key]
    return found


def on_page(texts: Iterable[str]) -> dict[str, str]:
    """Return, for each text of a page's mentions, its name on that page; what points back is left out."""
    names = {text: name for text in texts if (name := named(text))}
    together = grouped(Counter(names.values()))
    return {text: together[name] for text, name in names.items()}


def _key(name: str) -> str:
    folded = unicodedata.normalize("NFC", name.replace("\u2019", "'")).casefold()
    return ABBREVIATIONS.get(folded, folded)


def _surnames(key: str) -> set[str]:
    """Return how a full name may be shortened: its last word, with particles before it, or without "al-"."""
    words = key.split()
    first = len(words) - 1
    while first > 1 and words[first - 1] in PARTICLES:
        first -= 1
    return {words[-1], " ".join(words[first:]), _stem(words[-1])}


def _stem(word: str) -> str:
    """Return a word without the particle that a hyphen joins to it: "Hariri" of "al-Hariri"."""
    particle, _, rest = word.partition("-")
    return rest if rest and particle.lower() in PARTICLES else word


def _is_full(name: str) -> bool:
    words = name.split()
    return len(words) > 1 and _is_person(words) and words[0].lower() not in QUANTIFIERS


def _is_surname(name: str) -> bool:
    *particles, last = name.split()
    is_one = all(word.lower() in PARTICLES for word in particles)
    return is_one and _is_person([last]) and last.casefold() not in STATES | BODIES | TITLES | NOUNS
