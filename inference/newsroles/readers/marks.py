"""What elements say of the lines in them: by name, ARIA role, microdata, and the words of `class` and `id`.

Elements, roles and microdata are believed before words, which tools and layouts make noisy.
"""
# ruff: noqa: SIM905, ISC004 - tables of words read better as text

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple


class Mark(NamedTuple):
    """What an element says of the lines in it."""

    kind: str = ""  # what they are, "" if it doesn't say
    region: str = ""  # where they stand
    is_story: bool = False  # the story's text is in here
    is_word: bool = False  # a class or an id says the kind


_TAGS: Mapping[str, Mark] = {
    **{f"h{n}": Mark("heading") for n in range(1, 7)},
    **dict.fromkeys(("blockquote",), Mark("quotation")),
    **dict.fromkeys(("li", "dt", "dd"), Mark("item")),
    **dict.fromkeys(("td", "th"), Mark("cell")),
    **dict.fromkeys(("figcaption", "caption"), Mark("caption")),
    **dict.fromkeys(("address", "time"), Mark("byline")),
    **dict.fromkeys(("button", "label", "legend", "fieldset", "search"), Mark("control")),
    **dict.fromkeys(("nav", "menu"), Mark(region="navigation")),
    "p": Mark("paragraph"),
    "aside": Mark(region="aside"),
    "footer": Mark(region="footer"),
    "dialog": Mark(region="aside"),
}

_ROLES: Mapping[str, Mark] = {
    **dict.fromkeys("banner menu menubar navigation toolbar".split(), Mark(region="navigation")),
    **dict.fromkeys("alertdialog complementary dialog".split(), Mark(region="aside")),
    **dict.fromkeys(
        "button checkbox combobox form menuitem radio search switch tab".split(), Mark("control")
    ),
    "contentinfo": Mark(region="footer"),
    "comment": Mark(region="comment"),
    "heading": Mark("heading"),
}

_PROPERTIES: Mapping[str, Mark] = {
    **dict.fromkeys(("articlebody", "reviewbody"), Mark(is_story=True)),
    **dict.fromkeys(("author", "creator", "datepublished", "datemodified"), Mark("byline")),
    **dict.fromkeys(("comment", "usercomments", "usercomment"), Mark(region="comment")),
    **dict.fromkeys(("sitenavigationelement", "wpheader", "breadcrumblist"), Mark(region="navigation")),
    "wpsidebar": Mark(region="aside"),
    "wpfooter": Mark(region="footer"),
    "caption": Mark("caption"),
}
"""Microdata and RDFa: properties, and the last part of types."""

_WORDS: tuple[tuple[Mark, frozenset[str]], ...] = tuple(
    (mark._replace(is_word=True), frozenset(word.strip() for word in words.split(",")))
    for mark, words in (
        (
            Mark(region="comment"),
            "comment, comments, commentlist, commentary list, comentarios, kommentare, disqus, disqus "
            "thread, livefyre, viafoura, coral, spotim, hyvor, reader response, respond, replies, "
            "reply",
        ),
        (
            Mark(region="navigation"),
            "nav, navbar, navigation, navi, subnav, topnav, mainnav, menu, menus, submenu, megamenu, "
            "breadcrumb, breadcrumbs, masthead, topbar, toolbar, hamburger, skip link, skip links, "
            "pagination, pager, sitemap, site header, page header, global header, main header, header "
            "top, top header, header",
        ),
        (
            Mark(region="embed"),
            "tweet, twitter tweet, instagram media, tiktok embed, fb post, fb video, embedly card, "
            "bluesky embed, reddit embed, mastodon embed",
        ),
        (
            Mark(region="aside"),
            "aside, sidebar, rightrail, leftrail, right rail, left rail, side rail, rhs, related, "
            "recirc, recirculation, recommended, recommendations, recommendation, trending, popular, "
            "most read, mostread, most popular, mostpopular, more stories, more news, more from, "
            "morefrom, more on, read more, readmore, read next, readnext, see also, also read, up "
            "next, upnext, you may, newsletter, newsletters, subscribe, subscription, subscriptions, "
            "signup, sign up, promo, promos, promotion, promoted, teaser, teasers, sponsored, "
            "sponsor, sponsors, advertisement, advertising, advert, adverts, ads, ad, adunit, "
            "outbrain, taboola, zergnet, revcontent, cookie, cookies, consent, gdpr, modal, popup, "
            "upsell, donate, donation, carousel, share, sharing, sharetools, sharebar, social, "
            "addthis, addtoany, sharedaddy, followus, follow us, tags, taglist, tag list, tag cloud, "
            "latest news, latest stories, top stories, topstories, author bio, about author, poll, "
            "quiz, weather, ticker, banner, jobs, shop, inline related",
        ),
        (
            Mark(region="footer"),
            "footer, colophon, copyright, bottombar, legal, disclaimer",
        ),
        (
            Mark("byline"),
            "byline, bylines, author, authors, dateline, timestamp, pubdate, publish date, published, "
            "datetime, posted on, post date, entry date, article date, date, contributor, reporter, "
            "updated, last updated, meta, read time, reading time",
        ),
        (
            Mark("caption"),
            "caption, captions, credit, cutline, photocredit, wp caption",
        ),
        (
            Mark("quotation"),
            "pullquote, pull quote, blockquote",
        ),
        (
            Mark("heading"),
            "headline",
        ),
        (
            Mark("control"),
            "button, btn, form",
        ),
    )
)
"""Words of `class` and `id`; two with a space between stand side by side. The first row that fits counts."""

_RANKS = {word: rank for rank, (_, words) in reversed(list(enumerate(_WORDS))) for word in words}

_NOT = frozenset("and dek deck grid has layout lede no show template theme with without".split())
"""A name with one of these speaks of how a page is laid out, or of the story's own parts."""
_OWN = frozenset(
    "article canvas content embed entry headline hero immersive interactive node post section single slide "
    "splash story subbuzz".split(),
)
"""What belongs to the story when it is called its header."""

_SAYING = _OWN | _RANKS.keys()
_FIRSTS = frozenset(words.partition(" ")[0] for words in _RANKS if " " in words)
_TELLING = _FIRSTS | {words for words in _RANKS if " " not in words}
_NOTHING: frozenset[str] = frozenset()
_PART = re.compile(r"(?:[A-Z]?[a-z]+|[A-Z]+(?![a-z]))")
_NAME = re.compile(r"(?<![A-Za-z\d])[A-Za-z]+(?=\d{0,2}(?![A-Za-z\d]))")
_HASH = re.compile(r"(?:__(?=\w*[A-Z\d])[\w-]{5,}|-(?=[a-z]*[A-Z])[A-Za-z]{6})$")
"""What tools put behind names: "Byline_root__oTAAd", "Wrapper-bgeFLR"."""
_LONGEST, _MOST_WORDS = 200, 5


def words_mark(names: str) -> Mark | None:
    """Tell what the words of a `class` or an `id` say; None if nothing."""
    if _TELLING.isdisjoint(_parts(names) if names.islower() else _lowered(names)):  # quick, and most are
        return None
    found = _NOTHING.union(*map(_words, names.split()))
    if "header" in found and not _OWN.isdisjoint(found):
        found -= {"header"}
    ranks = [_RANKS[word] for word in found if word in _RANKS]
    return _WORDS[min(ranks)][0] if ranks else None


def _parts(name: str) -> list[str]:
    return name.replace("_", " ").replace("-", " ").split()


def _lowered(name: str) -> list[str]:
    return [part.lower() for part in _PART.findall(name)]


@lru_cache(maxsize=16384)
def _words(name: str) -> frozenset[str]:
    """Cut "articleHeader-v2" into those words, and pairs of neighbours, that say something."""
    if name.islower():
        parts = _parts(name)
    else:
        parts = [part for name in _NAME.findall(_HASH.sub("", name)) for part in _lowered(name)]
    if len(parts) > _MOST_WORDS or not _NOT.isdisjoint(parts):  # many words are a headline's
        return _NOTHING
    pairs = () if _FIRSTS.isdisjoint(parts) else map(" ".join, pairwise(parts))
    return _SAYING.intersection((*parts, *pairs))


@lru_cache(maxsize=1024)
def is_own_header(names: str) -> bool:
    """Tell whether the classes of a <header> say that it is the story's."""
    return any(not _OWN.isdisjoint(_words(name)) for name in names.split() if len(name) <= _LONGEST)


HEADINGS = frozenset(f"h{n}" for n in range(1, 7))
LEAVES = HEADINGS | {"p"}
"""Elements whose classes speak of themselves only."""
_NO_REGIONS = LEAVES | {"main"}  # whose classes speak of the whole story


def mark_of(  # noqa: PLR0913 - each is an attribute
    tag: str,
    class_: str | None,
    role: str | None,
    name: str | None,
    type_: str | None,
    *,
    by_author: bool,
) -> Mark | None:
    """Tell what an element says of the lines in it; `name` is its `itemprop` or `property`."""
    named = _named(tag, class_) if class_ else None
    if named and named.kind == "quotation":  # a pull quote is one, in an <aside> as well
        return named
    if not (role or name or type_ or by_author):  # which is most
        return joined(_TAGS.get(tag), named)
    declared = (
        _ROLES.get(role.lower()) if role else None,
        _PROPERTIES.get(name.lower().rpartition(":")[2]) if name else None,
        _PROPERTIES.get(type_.lower().rpartition("/")[2]) if type_ else None,
        _PROPERTIES["author"] if by_author else None,
    )
    return joined(_TAGS.get(tag), *declared, named)


def id_mark(tag: str, id_: str, mark: Mark | None) -> Mark | None:
    """Add what an element's `id` says to what the rest does, where that tells no region."""
    return mark if mark and mark.region else joined(mark, _named(tag, id_))


def _named(tag: str, names: str) -> Mark | None:
    mark = None if tag in ("html", "body") else words_mark(names[:_LONGEST])
    if mark and mark.region and tag in _NO_REGIONS:
        return None
    return mark


def joined(*given: Mark | None) -> Mark | None:
    """Make one mark of several, the first that says something before the others."""
    marks = list(filter(None, given))
    if len(marks) < 2:  # noqa: PLR2004 - one is itself
        return marks[0] if marks else None
    kind, is_word = next(((mark.kind, mark.is_word) for mark in marks if mark.kind), ("", False))
    region = next((mark.region for mark in marks if mark.region), "")
    return Mark(kind, region, any(mark.is_story for mark in marks), is_word)
