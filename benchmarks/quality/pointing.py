"""How often the rule for words that point back, and for quotations that run on, finds who is meant.

    python benchmarks/quality/pointing.py

gives the rule the annotators' labels and marks of the development pages (data/real/README.md says how to
restore them) and compares what it makes of them with who is meant, as annotators read the page
(meant.jsonl). A name is right if it is the same by the rule for names, or one holds the other.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from newsroles.articles import Mention, Sentence
from newsroles.labels import DEFAULT_LABELS
from newsroles.records.labelled import LabelledSentence
from newsroles.who.names import bare, grouped
from newsroles.who.resolve import resolve
from newsroles_training.data.corpus import GoldArticle, read

HERE, RESTORED = Path(__file__).parent, Path(__file__).parents[2] / "data" / "restored"
KINDS = ("a word that points back", "a quotation that runs on")


def main() -> None:
    """Count, for each kind of question, what is right, wrong and left open."""
    meant = {row["id"]: row["meant"] for row in map(json.loads, (HERE / "meant.jsonl").open())}
    pages = read([RESTORED / "dev.jsonl", RESTORED / "web-dev.jsonl"], DEFAULT_LABELS)
    found = Counter(answer for page in pages for answer in answers(page, meant.get(page.id, [])))
    for kind in KINDS:
        right, wrong, left = (found[kind, each] for each in ("right", "wrong", "open"))
        print(f"{kind}: {right} right, {wrong} wrong, {left} left as they are")  # noqa: T201 - what it is for


def answers(page: GoldArticle, questions: list[dict]) -> Iterator[tuple[str, str]]:
    """Yield each question's kind and what became of it."""
    sentences = list(marked(page))
    resolved = resolve(page.text, sentences)
    for question in questions:
        number = next(n for n, one in enumerate(sentences) if one.start <= question["start"] < one.end)
        kind = KINDS[sentences[number].speaker is None]
        ours, name = resolved[number].speaker, question["name"]
        if ours is None or not ours.resolved:
            yield kind, "open"
        else:
            is_right = name and is_same(ours.text, page.text[name["start"] : name["end"]])
            yield kind, "right" if is_right else "wrong"


def marked(page: GoldArticle) -> Iterator[LabelledSentence]:
    """Yield the sentences as a model would give them that reads as the annotators do."""
    for place, label, marks in zip(page.sentences, page.labels, page.marks, strict=True):
        spans = [mention(page.text, place, span) for span in marks.speaker or ()]
        text = page.text[place.start : place.end]
        yield LabelledSentence(
            place.start, place.end, text, label, {label: 1.0}, speaker=spans[0] if spans else None
        )


def mention(text: str, sentence: Sentence, span: tuple[int, int]) -> Mention:
    """Return what a span, counted from its sentence's start, marks."""
    start, end = (sentence.start + at for at in span)
    return Mention(text[start:end], start, end)


def is_same(one: str, other: str) -> bool:
    """Tell whether two names are of one, or one's words hold the other's."""
    names = [bare(one), bare(other)]
    together = grouped(Counter(names))
    first, second = (f" {together[name].lower()} " for name in names)
    return first in second or second in first


if __name__ == "__main__":
    main()
