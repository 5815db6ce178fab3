"""Checks for anybody's labelled corpus: what must be fixed before a model learns from it, what to know.

Each file is a split, named by its stem. A finding is an error (something must be fixed) or a remark:

==============  ========  =============================================================================
check           finding   what
==============  ========  =============================================================================
bad-rows        error     a row or a span that `newsroles_training.data.corpus` refuses
edges           error+    a span that begins or ends inside a word, or with white space, as where offsets were
                          counted otherwise
leaked-groups   error     a group (publisher) with pages in more than one split
duplicates      error     pages of two splits with the same text, or with nearly the same content
repeats         remark    the same inside one split: it weighs twice; `fit` learns from no page whose text
                          its held fold has, but may from one of nearly the same content
contradictions  error     the same sentence between the same neighbours, with different labels; a block that
                          a page prints twice may be content first and boilerplate then, as the guide has it
ambiguous       remark    the same sentence among other neighbours, or without any, with different labels:
                          often right
shared-runs     error*    a content sentence that shares eight words in a row with another page
quoted-runs     error*    the same, with a text that the user gave
suspects        remark    a label that other pages speak against, see `corpora.check.suspects`
==============  ========  =============================================================================

error*: where it concerns more than 1 % of the split's content sentences, else a remark. Content is every
sentence that isn't boilerplate: pages of one publisher share their furniture, and that is no fault.
error+: where it concerns more than 1 % of all the split's sentences, else a remark.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from newsroles.articles import Sentence
from newsroles_training.corpora.check.pages import Page
from newsroles_training.corpora.check.wording import (
    Shared,
    near_duplicates,
    quoted_runs,
    repeated_openings,
    runs,
    shared_runs,
    type_token_ratio,
    words,
)
from newsroles_training.data.corpus import without_layout
from newsroles_training.data.problems import Problem

NEAR, SHINGLE, RUN, MOST_SHARED = 0.5, 5, 8, 0.01
"""Jaccard similarity of near-duplicates, words a shingle, words a shared run, share of sentences with one."""
MOST_ASTRAY, QUOTED = 0.01, 40
"""Share of sentences with an edge that is astray; how many characters of it a finding quotes there."""

CHECKS = (
    *("bad-rows", "edges", "leaked-groups", "duplicates", "repeats", "contradictions", "ambiguous"),
    *("shared-runs", "quoted-runs", "suspects"),
)

Severity = Literal["error", "remark"]
Place = tuple[Page, int]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found; `place` and `detail` are words for people."""

    check: str
    severity: Severity
    place: str
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the checks found, and the counts and measures of each split."""

    splits: dict[str, dict[str, Any]]
    findings: tuple[Finding, ...]

    def errors(self, accepted: Iterable[str] = ()) -> list[str]:
        """Name the checks where something must be fixed, those that the user accepts left out."""
        found = dict.fromkeys(finding.check for finding in self.findings if finding.severity == "error")
        return [check for check in found if check not in set(accepted)]


def check(pages: Sequence[Page], problems: Iterable[Problem] = (), against: Sequence[str] = ()) -> Report:
    """Run every check but `suspects`; `against` are texts that no content sentence should quote."""
    contents = [page.content_texts() for page in pages]
    shared = list(shared_runs(contents, RUN))
    quoted = list(quoted_runs(contents, RUN, against)) if against else []
    findings = (
        *(Finding("bad-rows", "error", problem.place, problem.reason) for problem in problems),
        *edges(pages),
        *leaked_groups(pages),
        *duplicates(pages, contents),
        *same_sentences(pages),
        *_concerned("shared-runs", pages, shared, [page.name for page in pages]),
        *_concerned("quoted-runs", pages, quoted, [f"given text {n}" for n in range(1, len(against) + 1)]),
    )
    splits = {name: _measures([page for page in pages if page.split == name]) for name in _content(pages)}
    for split, measures in splits.items():
        measures["shared_runs"] = _shares(pages, shared)[split]
        measures["quoted_runs"] = _shares(pages, quoted)[split] if against else None
    return Report(splits, findings)


def edges(pages: Sequence[Page]) -> Iterator[Finding]:
    """Find the spans that begin or end inside a word, or with white space."""
    found = [
        (page, number, fault)
        for page in pages
        for number, span in enumerate(page.article.sentences)
        if (fault := _fault(page.article.text, span))
    ]
    sentences, astray = Counter[str](), Counter(page.split for page, *_ in found)
    for page in pages:
        sentences[page.split] += len(page.article.sentences)
    for page, number, fault in found:
        is_often = astray[page.split] > MOST_ASTRAY * sentences[page.split]
        yield Finding("edges", "error" if is_often else "remark", f"{page.name} sentence {number}", fault)


def _fault(text: str, span: Sentence) -> str:
    """Say what is wrong with where a span begins or ends, "" if nothing is."""
    said = text[span.start : span.end]
    before, behind = text[max(0, span.start - 1) : span.start], text[span.end : span.end + 1]
    for verb, inside, outside, quoted in (
        ("begins", said[0], before, said[:QUOTED]),
        ("ends", said[-1], behind, said[-QUOTED:]),
    ):
        if inside.isspace():
            return f"{quoted!r} {verb} with white space"
        if inside.isalnum() and outside.isalnum():
            return f"{quoted!r} {verb} inside a word"
    return ""


def leaked_groups(pages: Sequence[Page]) -> Iterator[Finding]:
    """Find the groups that have pages in more than one split."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for page in pages:
        counts[page.article.group][page.split] += 1
    for group, splits in counts.items():
        if len(splits) > 1:
            where = ", ".join(f"{count} in {split}" for split, count in splits.items())
            yield Finding("leaked-groups", "error", f"group {group}", f"has pages in several splits: {where}")


def duplicates(pages: Sequence[Page], contents: Sequence[Sequence[str]]) -> Iterator[Finding]:
    """Find pages with the same text, white space aside, or with nearly the same content."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, page in enumerate(pages):
        holders[without_layout(page.article.text)].append(number)
    pairs = {pair: "the same text" for numbers in holders.values() for pair in combinations(numbers, 2)}
    shingles = [set(runs([word for text in texts for word in words(text)], SHINGLE)) for texts in contents]
    for first, second, similarity in near_duplicates(shingles, NEAR):
        pairs.setdefault((first, second), f"nearly the same content (similarity {similarity:.2f})")
    for (first, second), how in sorted(pairs.items()):
        detail = f"{how} as {pages[first].name}"
        if pages[first].split == pages[second].split:
            yield Finding("repeats", "remark", pages[second].name, detail)
        else:
            yield Finding("duplicates", "error", pages[second].name, detail)


def same_sentences(pages: Sequence[Page]) -> Iterator[Finding]:
    """Find sentences that stand more than once, with different labels."""
    holders: dict[str, list[Place]] = defaultdict(list)
    for page in pages:
        for number in range(len(page.article.sentences)):
            holders[page.text(number)].append((page, number))
    for text, everywhere in holders.items():
        places = list(_without_second_prints(everywhere))
        if len(_labels(places)) == 1:
            continue
        by_neighbours: dict[tuple[str, str], list[Place]] = defaultdict(list)
        for page, number in places:
            by_neighbours[page.neighbours(number)].append((page, number))
        torn = [alike for sides, alike in by_neighbours.items() if any(sides) and len(_labels(alike)) > 1]
        for alike in torn or [places]:
            yield _differing(text, alike, same_neighbours=bool(torn))


def _without_second_prints(places: Iterable[Place]) -> Iterator[Place]:
    """Leave out the boilerplate that repeats content of its own page; places of a page come in its order."""
    printed: set[str] = set()
    for page, number in places:
        if number in page.content:
            printed.add(page.name)
        if number in page.content or page.name not in printed:
            yield page, number


def _labels(places: Iterable[Place]) -> dict[str, str]:
    """Map each label to the first place that has it."""
    found: dict[str, str] = {}
    for page, number in places:
        found.setdefault(page.article.labels[number], f"{page.name} sentence {number}")
    return found


def _differing(text: str, places: Iterable[Place], *, same_neighbours: bool) -> Finding:
    (label, place), *others = _labels(places).items()
    where = ", ".join([f"{label} here", *(f"{other} at {there}" for other, there in others)])
    if same_neighbours:
        return Finding("contradictions", "error", place, f"{text!r} is {where}, between the same neighbours")
    return Finding("ambiguous", "remark", place, f"{text!r} is {where}")


def _concerned(
    name: str, pages: Sequence[Page], found: Sequence[Shared], others: Sequence[str]
) -> Iterator[Finding]:
    shares = _shares(pages, found)
    for shared in found:
        page = pages[shared.page]
        place = f"{page.name} sentence {page.content[shared.sentence]}"
        severity: Severity = "error" if shares[page.split] > MOST_SHARED else "remark"
        yield Finding(name, severity, place, f"has {shared.run!r} from {others[shared.other]}")


def _shares(pages: Sequence[Page], found: Iterable[Shared]) -> dict[str, float]:
    """Return, for each split, the share of its content sentences that were found."""
    concerned = Counter(pages[shared.page].split for shared in found)
    return {split: concerned[split] / max(1, content) for split, content in _content(pages).items()}


def _content(pages: Iterable[Page]) -> Counter[str]:
    """Count the content sentences of each split, in the splits' order."""
    counts: Counter[str] = Counter()
    for page in pages:
        counts[page.split] += len(page.content)
    return counts


def _measures(pages: Sequence[Page]) -> dict[str, Any]:
    content = [text for page in pages for text in page.content_texts()]
    return {
        "articles": len(pages),
        "groups": len({page.article.group for page in pages}),
        "sentences": sum(len(page.article.labels) for page in pages),
        "labels": dict(Counter(label for page in pages for label in page.article.labels)),
        "repeated_openings": repeated_openings(content),
        "type_token_ratio": type_token_ratio(content),
    }
