"""Teasers of other stories on training pages: other pages' words, furniture by their place alone."""

import random
from collections.abc import Iterator
from dataclasses import replace

from newsroles.articles import Sentence
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.data.teasers import HEADINGS, IN_STORY, _block, _cut, with_teasers

ALL = 0.999999


def page(name: str, *lines: tuple[str, str], group: str | None = None) -> GoldArticle:
    """Make an article of lines of one sentence each."""
    text, spans = "", []
    for line, _ in lines:
        spans.append(Sentence(len(text), len(text) + len(line)))
        text += line + "\n"
    return GoldArticle(name, text, tuple(spans), tuple(label for _, label in lines), group or name)


MILL = page(
    "mill",
    ("Menu", "boilerplate"),
    ("Mill burns down", "background"),
    ("The mill of Aldmoor burnt down on Monday, and nobody was hurt.", "background"),
    ("Share", "boilerplate"),
)
FERRY = page(
    "ferry", ("Ferry late again", "background"), ("Passengers blame the skipper.", "accusation"), group="B"
)


def teased() -> Iterator[list[tuple[str, str]]]:
    """Yield the sentences of MILL with teasers of FERRY, for many seeds."""
    for seed in range(60):
        changed, _ = with_teasers([MILL, FERRY], ALL, seed)
        if changed != MILL:  # else it drew only itself
            yield sentences(changed)


def sentences(article: GoldArticle) -> list[tuple[str, str]]:
    texts = (article.text[span.start : span.end] for span in article.sentences)
    return list(zip(texts, article.labels, strict=True))


def test_what_is_news_on_its_own_page_is_furniture_on_another() -> None:
    for found in teased():
        added = [pair for pair in found if pair not in sentences(MILL)]
        assert [pair for pair in found if pair in sentences(MILL)] == sentences(MILL)
        assert {label for _, label in added} == {"boilerplate"}
        copies = {text for text, _ in added} - {*HEADINGS}
        links = {f"{link}Ferry late again" for link in IN_STORY}
        assert copies
        assert copies <= links | {"Ferry late again", "Passengers blame the skipper."}


def test_teasers_behind_the_story_come_last_and_a_link_may_stand_inside() -> None:
    places = set()
    for found in teased():
        where = [text for text, _ in found]
        added = [n for n, pair in enumerate(found) if pair not in sentences(MILL)]
        if added[0] < where.index("Share"):
            assert len(added) == 1
            assert where[added[0]].startswith(IN_STORY)
            places.add("inside")
        else:
            places.add("behind")
    assert places == {"inside", "behind"}


def test_a_page_gets_none_of_its_own_group() -> None:
    sister = replace(FERRY, group=MILL.group)
    assert with_teasers([MILL, sister], ALL, seed=1) == [MILL, sister]


def test_sentences_alone_neither_get_nor_give_any() -> None:
    alone = replace(FERRY, alone=True)
    assert with_teasers([MILL, alone], ALL, seed=1) == [MILL, alone]


def test_labels_without_boilerplate_and_pages_without_a_headline_give_none() -> None:
    own = [replace(each, labels=("other",) * len(each.labels)) for each in (MILL, FERRY)]
    assert with_teasers(own, ALL, seed=1) == own
    bare = page("bare", ("Menu", "boilerplate"), ("Only a headline", "claim"))
    assert with_teasers([bare, replace(bare, id="2", group="2")], ALL, seed=1) == [
        bare,
        replace(bare, id="2", group="2"),
    ]


def test_the_share_and_the_seed_decide() -> None:
    pages = [replace(MILL, id=str(n), group=str(n)) for n in range(200)]
    assert with_teasers(pages, 0.0, seed=1) == pages
    some = with_teasers(pages, 0.25, seed=1)
    assert some == with_teasers(pages, 0.25, seed=1)
    assert 30 < sum(one != other for one, other in zip(some, pages, strict=True)) < 70


def test_kinds_marks_and_a_teachers_word_keep_their_places() -> None:
    soft = ((0.1, 0.2, 0.3, 0.4),) * 4
    rich = replace(MILL, kinds=("line",) * 5, soft=soft)
    changed, _ = with_teasers([rich, FERRY], ALL, seed=2)
    assert len(changed.kinds) == changed.text.count("\n") + 1
    assert [word for word in changed.soft if word] == list(soft)
    assert len(changed.soft) == len(changed.sentences)


def test_a_cut_text_is_a_beginning_and_says_so() -> None:
    text = "The mill of Aldmoor burnt down on Monday, and nobody was hurt."
    cut = {_cut(text, random.Random(seed)) for seed in range(40)}  # noqa: S311 - no secret
    assert text in cut
    assert all(one == text or text.startswith(one[: one.rindex(" ")][:12]) for one in cut)
    assert all(one == text or "…" in one or "..." in one for one in cut)
    assert _cut("Five words are too few.", random.Random(1)) == "Five words are too few."  # noqa: S311 - no secret


def test_a_block_keeps_to_one_style() -> None:
    leads = [("First", "One two."), ("Second", "Three four.")]
    blocks = {_block(leads, random.Random(seed)) for seed in range(600)}  # noqa: S311 - no secret
    styles = ("First\nSecond", "First\nOne two.\nSecond\nThree four.", "One two.\nThree four.")
    assert blocks == {
        before + style for before in ("", *(f"{one}\n" for one in HEADINGS)) for style in styles
    }
