"""Augmented pages keep their sentences and labels, and gain one line of furniture."""

from dataclasses import replace

from newsroles.articles import Sentence
from newsroles.model.sentences import split
from newsroles.model.windows import line_kinds
from newsroles_training.data.augment import BLOCKS, cropped, with_breadcrumbs, with_furniture, without_kinds
from newsroles_training.data.corpus import GoldArticle

TEXT = "Menu\nMill burns down\nIt stood since 1802. Nobody was hurt.\n"
SPANS = ((0, 4, "boilerplate"), (5, 20, "background"), (21, 41, "background"), (42, 58, "claim"))


def page(text: str = TEXT, spans: tuple[tuple[int, int, str], ...] = SPANS) -> GoldArticle:
    sentences = tuple(Sentence(start, end) for start, end, _ in spans)
    return GoldArticle("a", text, sentences, tuple(label for *_, label in spans), "g")


def sentences(article: GoldArticle) -> list[tuple[str, str]]:
    texts = (article.text[span.start : span.end] for span in article.sentences)
    return list(zip(texts, article.labels, strict=True))


def test_the_first_line_becomes_a_breadcrumb_that_ends_in_the_headline() -> None:
    (changed,) = with_breadcrumbs([page()], 0.999999, seed=3)
    crumb, *rest = sentences(changed)
    assert rest == sentences(page())
    assert crumb[0].endswith("Mill burns down")
    assert crumb[0] != "Mill burns down"
    assert crumb[1] == "boilerplate"
    assert changed.text == crumb[0] + "\n" + TEXT


def test_a_page_of_paragraphs_gets_a_paragraph() -> None:
    (changed,) = with_breadcrumbs(
        [page(TEXT.replace("\n", "\n\n", 1), ((0, 4, "boilerplate"), (6, 21, "claim")))], 0.999999, seed=3
    )
    assert changed.text.index("\n\nMenu") == changed.sentences[0].end


def test_what_has_no_headline_is_left_alone() -> None:
    inside = page(TEXT, ((21, 41, "background"), (42, 58, "claim")))  # its first content shares a line
    furniture = page(TEXT, ((0, 4, "boilerplate"),))
    assert with_breadcrumbs([inside, furniture], 0.999999, seed=3) == [inside, furniture]


def test_sentences_that_are_alone_stay_alone() -> None:
    alone = replace(page(), alone=True)
    assert with_breadcrumbs([alone], 0.999999, seed=3) == [alone]
    assert with_furniture([page(), alone] * 5, 0.999999, seed=3)[1::2] == [alone] * 5


def test_labels_without_boilerplate_get_none() -> None:
    own = page(spans=((0, 4, "other"), (5, 20, "decision"), (21, 41, "other"), (42, 58, "decision")))
    assert with_breadcrumbs([own] * 9, 0.999999, seed=3) == [own] * 9
    assert with_furniture([own] * 9, 0.999999, seed=3) == [own] * 9
    headline_first = page("Mill burns down\nIt stood.\n", ((0, 15, "decision"), (16, 25, "other")))
    assert with_breadcrumbs([headline_first] * 9, 0.999999, seed=3) == [headline_first] * 9


def test_the_share_and_the_seed_decide() -> None:
    pages = [page() for _ in range(400)]
    assert with_breadcrumbs(pages, 0.0, seed=1) == pages
    some = with_breadcrumbs(pages, 0.25, seed=1)
    assert some == with_breadcrumbs(pages, 0.25, seed=1)
    assert 60 < sum(one.text != TEXT for one in some) < 140


STORY = page(
    "Home\nLogin\nMill burns down\nNobody was hurt when it fell, the mayor of the town said.\nShare\n",
    (
        (0, 4, "boilerplate"),
        (5, 10, "boilerplate"),
        (11, 26, "background"),
        (27, 84, "claim"),
        (85, 90, "boilerplate"),
    ),
)


def augmented() -> list[GoldArticle]:
    return [with_furniture([STORY], 0.999999, seed)[0] for seed in range(60)]


def test_furniture_is_added_and_nothing_else_changes() -> None:
    for changed in augmented():
        was, now = sentences(STORY), sentences(changed)
        added = [one for one in now if one not in was or now.count(one) > was.count(one)]
        assert added
        assert {label for _, label in added} == {"boilerplate"}
        assert [one for one in now if one[1] != "boilerplate"] == [
            one for one in was if one[1] != "boilerplate"
        ]
        assert list(changed.sentences) == split(changed.text)


def test_edges_of_pages_blocks_and_pull_quotes_are_all_given() -> None:
    texts = [changed.text for changed in augmented()]
    assert any(
        text.startswith("Home\nLogin\nHome\nLogin\n") and text.endswith("Share\n\nShare\n") for text in texts
    )
    assert any(text.count("the mayor of the town said") == 2 for text in texts)
    assert any(block in text for block in BLOCKS for text in texts)


def test_labels_without_furniture_get_none() -> None:
    plain = page("It burnt.\n", ((0, 9, "background"),))
    assert with_furniture([plain], 0.999999, seed=1) == [plain]


KINDS = ("navigation", "navigation", "title", "paragraph", "control")


def test_added_furniture_has_kinds_and_moves_no_other_line_s() -> None:
    marked = replace(STORY, kinds=KINDS)
    before = dict(zip(sentences(STORY), line_kinds(STORY.text, KINDS, STORY.sentences), strict=True))
    pages = [with_furniture([marked], 0.999999, seed)[0] for seed in range(60)]
    pages += [with_breadcrumbs([marked], 0.999999, seed)[0] for seed in range(20)]
    for changed in pages:
        now = list(
            zip(sentences(changed), line_kinds(changed.text, changed.kinds, changed.sentences), strict=True)
        )
        assert {one: kind for one, kind in now if one in before and one[1] != "boilerplate"} == {
            one: kind for one, kind in before.items() if one[1] != "boilerplate"
        }
        added = {kind for one, kind in now if one not in before}
        assert added <= {"navigation", "footer", "aside", "quotation"}
    assert with_furniture([STORY], 0.999999, 1)[0].kinds == ()


def test_a_teacher_s_word_stays_with_its_sentence() -> None:
    soft = tuple((number / 10, 1 - number / 10) for number in range(5))
    taught = replace(STORY, soft=soft)
    said = dict(zip(sentences(STORY), soft, strict=True))
    for seed in range(60):
        (changed,) = with_breadcrumbs(with_furniture([taught], 0.999999, seed), 0.999999, seed)
        now = dict(zip(sentences(changed), changed.soft, strict=True))
        assert {one: now[one] for one in said if one[1] != "boilerplate"} == {
            one: word for one, word in said.items() if one[1] != "boilerplate"
        }
        assert changed.soft.count(()) == len(changed.soft) - len(soft)


def test_kinds_are_taken_from_a_share_of_the_pages() -> None:
    pages = [replace(STORY, kinds=KINDS)] * 400
    assert without_kinds(pages, 0.0, seed=1) == pages
    assert without_kinds(pages, 1.0, seed=1) == [STORY] * 400
    assert 60 < sum(one.kinds == () for one in without_kinds(pages, 0.25, seed=1)) < 140


def test_a_cropped_page_is_one_piece_of_the_page_with_its_labels_and_kinds() -> None:
    whole = replace(
        page(), kinds=("navigation", "title", "paragraph", "line"), soft=((0.1,), (0.2,), (0.3,), (0.4,))
    )
    cut = [cropped([whole], 0.999999, seed)[0] for seed in range(20)]
    for piece in cut:
        assert piece.text in whole.text
        place = sentences(whole).index(sentences(piece)[0])
        stop = place + len(piece.labels)
        assert sentences(piece) == sentences(whole)[place:stop]
        assert piece.soft == whole.soft[place:stop]
        line = whole.text.count("\n", 0, whole.text.index(piece.text))
        assert piece.kinds == whole.kinds[line : line + piece.text.count("\n") + 1]
    assert {len(piece.labels) for piece in cut} >= {2, 4}
    assert cropped([whole], 0.0, 3) == [whole]
