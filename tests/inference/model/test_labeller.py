"""The labeller: one label a sentence, whatever the text, the neighbours, the order and the threads."""

import copy
import json
import multiprocessing
import pickle
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from io import BytesIO
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import texts

from newsroles.articles import Article, Failure, Sentence
from newsroles.errors import BundleError, InputError
from newsroles.model import bundle as bundles
from newsroles.model import encoder, reading
from newsroles.model.labeller import Labeller
from newsroles.model.outcome import label_or_fail
from newsroles.model.sentences import split
from newsroles.model.travel import reopen
from newsroles.model.windows import Scores
from newsroles.records import read as records
from newsroles.records.labelled import LabelledArticle
from newsroles.records.write import to_line

if TYPE_CHECKING:
    from newsroles_training.data.corpus import GoldArticle

STARTER = Path(__file__).parents[3] / "data" / "starter" / "test.jsonl"
LONG = "The harbour " + "was built by settlers and " * 60 + "it lost its water."


@pytest.fixture(scope="session")
def pages(articles: "list[GoldArticle]") -> list[str]:
    """Return pages of one to eight windows, some with sentences that fill a window alone."""
    texts = [article.text for article in articles[:6]]
    return [*texts, "Share this story", texts[0] * 4, texts[1] + LONG + "\n" + texts[2], LONG]


def _labels(page: LabelledArticle) -> list[str]:
    return [sentence.label for sentence in page.sentences]


def _probabilities(page: LabelledArticle) -> Scores:
    return np.array([list(sentence.probabilities.values()) for sentence in page.sentences])


def _assert_same(ones: Sequence[LabelledArticle], others: Sequence[LabelledArticle]) -> None:
    for one, other in zip(ones, others, strict=True):
        assert _labels(one) == _labels(other)
        np.testing.assert_allclose(_probabilities(one), _probabilities(other), atol=1e-4, rtol=0)


def test_it_learnt_the_pattern(labeller: Labeller) -> None:
    text = "Ada Lund blamed the mayor for the neglected mill. The mill was built in 19 by settlers."
    assert _labels(labeller.label(f"Share this story\n{text}")) == ["boilerplate", "accusation", "background"]


PAGE = """<!doctype html><title>The mill | News</title><nav><a href=/>Share this story</a></nav>
<h1>The mill</h1>
<p>The mill was built in 19 by settlers. Ada Lund blamed the mayor for the neglected mill.</p>"""


def test_a_page_has_its_title_and_each_sentence_its_kind(labeller: Labeller) -> None:
    for html in (PAGE, PAGE.encode()):
        page = labeller.label_html(html)
        assert page.article.title == "The mill"
        assert [sentence.kind for sentence in page.sentences] == [
            "navigation",
            "title",
            "paragraph",
            "paragraph",
        ]
        _assert_same([page], [labeller.label(replace(page.article, title=""))])


def test_plain_text_is_of_lines_and_its_title_is_the_story_s_first_line(labeller: Labeller) -> None:
    page = labeller.label("Share this story\nThe mill was built in 19 by settlers\nShare this story")
    assert {sentence.kind for sentence in page.sentences} == {"line"}
    assert _labels(page) == ["boilerplate", "background", "boilerplate"]
    assert page.article.title == "The mill was built in 19 by settlers"
    assert labeller.label(replace(page.article, title="Its own")).article.title == "Its own"


def test_a_page_is_in_the_encoding_that_http_names(labeller: Labeller) -> None:
    page = labeller.label_html("<p>Cholera in Łódź".encode("iso-8859-2"), "iso-8859-2")
    assert page.article.text == "Cholera in Łódź"


@pytest.mark.parametrize("page", ["", "<p hidden>Nothing.</p>", b"\0\0\0"])
def test_what_is_no_page_is_refused(labeller: Labeller, page: str | bytes) -> None:
    with pytest.raises(InputError):
        labeller.label_html(page)


def test_context_is_read(labeller: Labeller) -> None:
    alone = labeller.label("Nobody at the mill wanted to comment.")
    below = labeller.label(
        "Share this story\nSubscribe to our newsletter\nNobody at the mill wanted to comment."
    )
    assert not np.allclose(_probabilities(alone)[0], _probabilities(below)[2], atol=1e-3)


@settings(max_examples=60)
@given(text=texts())
def test_a_label_a_sentence_whatever_the_text(labeller: Labeller, text: str) -> None:
    page = labeller.label(text)
    assert [Sentence(one.start, one.end) for one in page.sentences] == split(text)
    for one in page.sentences:
        assert one.text == text[one.start : one.end]
        assert tuple(one.probabilities) == labeller.labels
        assert sum(one.probabilities.values()) == pytest.approx(1, abs=1e-5)
        assert one.label == max(one.probabilities, key=one.probabilities.__getitem__)


@pytest.mark.parametrize("text", ["", " \n\t\u2028 "])
def test_a_blank_text_has_no_sentences(labeller: Labeller, text: str) -> None:
    assert labeller.label(text).sentences == ()
    assert labeller.scores(text, []).shape == (0, len(labeller.labels))


def test_lone_surrogates_are_labelled_and_kept(labeller: Labeller) -> None:
    text = "The mill \ud800 will cost 9 million crowns.\n\udfff"
    asked = labeller.label(text.replace("\ud800", "?").replace("\udfff", "?"))
    page = labeller.label(text)
    assert [one.text for one in page.sentences] == ["The mill \ud800 will cost 9 million crowns.", "\udfff"]
    _assert_same([page], [asked])


def test_a_character_in_two_surrogates_is_one_as_json_reads_it(labeller: Labeller) -> None:
    page = labeller.label("Fire \ud83d\ude92. He left.")
    assert page.article.text == "Fire \U0001f692. He left."
    assert [(one.start, one.end) for one in page.sentences] == [(0, 7), (8, 16)]
    (back,) = records.read("-", BytesIO(to_line(page.to_dict())))
    assert isinstance(back, LabelledArticle)
    assert [one.text for one in back.sentences] == ["Fire \U0001f692.", "He left."]


def test_an_article_comes_back_with_its_labels(labeller: Labeller) -> None:
    article = Article("The mill lost 4 percent of its water this year.", id="7", source="a.jsonl", index=3)
    page = labeller.label(article)
    assert page.article is article
    assert page.model == labeller.bundle.model_id
    _assert_same([page], [labeller.label(article.text)])


def test_articles_are_labelled_as_they_are_asked_for(labeller: Labeller) -> None:
    read = []

    def arriving() -> Iterator[str]:
        for text in ("Share this story", "Read more: mill"):
            read.append(text)
            yield text

    labelled = labeller.label_all(arriving())
    assert read == []
    assert next(labelled).article.text == "Share this story"
    assert read == ["Share this story"]
    assert [page.article.text for page in labelled] == ["Read more: mill"]


def test_company_and_order_change_nothing(bundle_folder: Path, labeller: Labeller, pages: list[str]) -> None:
    alone = [Labeller.load(bundle_folder, threads=1).label(text) for text in pages]
    order = random.Random(3).sample(range(len(pages)), len(pages))  # noqa: S311 - a reproducible order
    together = list(labeller.label_all(pages[number] for number in order))
    _assert_same([together[order.index(number)] for number in range(len(pages))], alone)


@pytest.mark.parametrize("threads", [2, 3, None])
def test_threads_change_nothing(
    bundle_folder: Path, labeller: Labeller, pages: list[str], threads: int | None
) -> None:
    more = Labeller.load(bundle_folder, threads=threads)
    _assert_same(list(more.label_all(pages)), list(labeller.label_all(pages)))


def test_neither_threads_nor_company_change_the_shipped_model() -> None:
    text = STARTER.read_text(encoding="utf-8")
    texts = [json.loads(line)["text"] for line in text.splitlines()[:2]]
    one, two = (Labeller.load(threads=threads) for threads in (1, 2))
    alone = [one.label(text) for text in texts]
    _assert_same(list(two.label_all(texts[::-1]))[::-1], alone)


def test_a_long_sentence_is_marked_and_only_its_head_is_read(labeller: Labeller) -> None:
    tail = LONG.replace("settlers and it lost its water", "settlers and Piet Sorrel stole from the tower")
    before, after = "Share this story\nThe bridge will cost 5 million crowns.\n", "\nRead more: tower"
    page, other = (labeller.label(before + long + after) for long in (LONG, tail))
    assert [one.truncated for one in page.sentences] == [False, False, True, False]
    assert page.sentences[2].text == LONG
    np.testing.assert_array_equal(_probabilities(page), _probabilities(other))


@pytest.mark.parametrize("filling", [" " * 9000, "x" * 9000, " \u200b" * 4500])
def test_a_sentence_cut_by_characters_is_marked_too(labeller: Labeller, filling: str) -> None:
    page = labeller.label(
        f"Share this story\nThe mill {filling} was built in 19 by settlers.\nRead more: mill"
    )
    assert [one.truncated for one in page.sentences] == [False, True, False]


@settings(max_examples=40)
@given(lengths=st.lists(st.integers(1, 100), max_size=30), seed=st.integers(0, 99))
def test_every_row_comes_from_its_own_tokens(labeller: Labeller, lengths: list[int], seed: int) -> None:
    """Score each token by its id alone, so that a sentence's row can be foretold without windows."""
    chance = random.Random(seed)  # noqa: S311 - reproducible texts
    lines = [" ".join(chance.choices(["mill", "tower", "the", "greed"], k=length)) for length in lengths]
    text = "\n".join(lines)
    pieces = labeller._tokenizer.encode(text, split(text))
    budget = labeller._tokenizer.budget
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(labeller._encoder, "logits", lambda ids: np.array(ids[1:-1], np.float32)[:, None])
        rows = labeller.scores(text, split(text))
    assert rows[:, 0].tolist() == pytest.approx([np.mean(piece[:budget]) for piece in pieces], abs=1e-3)


def test_a_page_that_spells_a_special_token_forges_none(labeller: Labeller) -> None:
    text = "The [SEP] mill [NEXT] lost [LINE] water [CLS] [PAD]"
    ((opening, *inside),) = labeller._tokenizer.encode(text, split(text))
    special = labeller.bundle.special
    backend = labeller._tokenizer._tokenizer
    assert opening == backend.token_to_id(special.new_line)
    assert not set(inside) & {
        backend.token_to_id(token) for token in ("[SEP]", "[NEXT]", "[LINE]", "[CLS]", "[PAD]")
    }


def test_a_page_that_takes_too_long_is_given_up_between_two_windows(
    labeller: Labeller, pages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count(step=100)
    monkeypatch.setattr(reading, "time", SimpleNamespace(thread_time=lambda: next(clock)))
    monkeypatch.setattr(reading, "SECONDS", 250)
    asked = []
    logits = labeller._encoder.logits
    monkeypatch.setattr(labeller._encoder, "logits", lambda ids: (asked.append(ids), logits(ids))[1])
    with pytest.raises(InputError, match="takes more than 250 seconds to label; split it"):
        labeller.label("\n".join(pages))
    assert len(asked) == 2


def test_what_is_below_the_confidence_is_uncertain(
    bundle_folder: Path, labeller: Labeller, pages: list[str]
) -> None:
    best = np.concatenate([_probabilities(page).max(-1) for page in labeller.label_all(pages)])
    least = float(np.median(best))
    asking = Labeller.load(bundle_folder, threads=1, min_confidence=least)
    uncertain = [one.uncertain for page in asking.label_all(pages) for one in page.sentences]
    assert uncertain == (best < least).tolist()
    assert set(uncertain) == {True, False}


def test_nothing_is_uncertain_unless_asked(labeller: Labeller, pages: list[str]) -> None:
    assert not any(one.uncertain for page in labeller.label_all(pages) for one in page.sentences)


def test_the_calibration_is_applied(labeller: Labeller) -> None:
    logits = np.array([[2.0, 1.0, 0.0, -1.0]], np.float32)
    calibration = bundles.Calibration(2.0, (0.0, 0.0, 0.0, 3.0))
    tempered = Labeller(replace(labeller.bundle, calibration=calibration), threads=1)
    raised = np.exp([1.0, 0.5, 0.0, 2.5])
    assert tempered.probabilities(logits)[0].tolist() == pytest.approx((raised / raised.sum()).tolist())


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
def test_scores_that_are_no_numbers_are_refused(labeller: Labeller, bad: float) -> None:
    sharp = replace(labeller.bundle, calibration=bundles.Calibration(0.01, (0.0,) * 4))
    with pytest.raises(InputError, match="no finite numbers"):
        Labeller(sharp, threads=1).probabilities(np.array([[0, bad, 0, 0]], np.float32))


def test_a_model_of_no_numbers_costs_records_and_writes_none(bundle_folder: Path, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    folder = Path(shutil.copytree(bundle_folder, tmp_path / "copy"))
    graph = onnx.load(folder / bundles.GRAPH)
    bias = next(one for one in graph.graph.initializer if list(one.dims) == [4])
    bias.CopyFrom(onnx.numpy_helper.from_array(np.full(4, np.nan, np.float32), bias.name))
    onnx.save(graph, folder / bundles.GRAPH)
    bundles.write_manifest(replace(bundles.load(bundle_folder), folder=folder))
    failure = label_or_fail(Article("The dam held.", "page"), Labeller.load(folder, threads=1))
    assert isinstance(failure, Failure)
    assert "no finite numbers" in failure.reason
    assert "another model" in failure.next_step


def test_enormous_logits_are_still_probabilities(labeller: Labeller) -> None:
    assert labeller.probabilities(np.array([[3e4, -3e4, 0, 0]], np.float32)).tolist() == [[1, 0, 0, 0]]


def test_the_kind_of_a_line_adds_its_bias_to_the_logits(bundle_folder: Path) -> None:
    plain = bundles.load(bundle_folder)
    biased = Labeller(replace(plain, kind_bias={"aside": (0.0, 1.0, 0.0, 50.0)}), threads=1)
    article = Article("The mill burnt. It was old.\nSee the tower", kinds=("paragraph", "aside"))
    spans = split(article.text)
    difference = biased.scores(article.text, spans, article.kinds) - Labeller(plain, threads=1).scores(
        article.text, spans, article.kinds
    )
    assert difference.tolist() == pytest.approx(np.array([[0] * 4, [0] * 4, [0, 1, 0, 50]]), abs=1e-4)
    assert biased.label(article).sentences[-1].label == "boilerplate"
    assert biased.scores(article.text, spans).tolist() == biased.scores(article.text, spans, ()).tolist()


def test_threads_may_share_one(bundle_folder: Path, labeller: Labeller, pages: list[str]) -> None:
    shared = Labeller.load(bundle_folder, threads=2)
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(shared.label, pages * 8))
    _assert_same(together, [labeller.label(text) for text in pages] * 8)


def test_it_is_shown_with_its_settings(bundle_folder: Path) -> None:
    labeller = Labeller.load(bundle_folder, threads=1, min_confidence=0.5)
    shown = f"<Labeller {labeller.bundle.model_id} threads=1, min_confidence=0.5, unwrap=True, who=True>"
    assert repr(labeller) == shown


def _packed(labeller: Labeller) -> Labeller:
    return cast("Labeller", pickle.loads(pickle.dumps(labeller)))  # noqa: S301 - packed here


@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, _packed])
def test_it_travels_as_its_bundle_s_place_and_its_settings(
    bundle_folder: Path, pages: list[str], travel: Callable[[Labeller], Labeller]
) -> None:
    bundle = replace(bundles.load(bundle_folder), calibration=bundles.Calibration(2.0, (0.0, 0.0, 0.0, 3.0)))
    labeller = Labeller(bundle, threads=1, min_confidence=0.6, unwrap=False, who=False)
    there = travel(labeller)
    assert there.bundle == bundle
    assert repr(there) == repr(labeller)
    assert list(there.label_all(pages)) == list(labeller.label_all(pages))
    assert len(pickle.dumps(labeller)) < 10_000


def test_it_is_found_again_from_another_folder(
    bundle_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(bundle_folder, tmp_path / "mine")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    labeller = Labeller.load("mine", threads=1)
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert _packed(labeller).bundle.revision == labeller.bundle.revision


def test_another_model_in_its_place_is_refused(bundle_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(bundle_folder, tmp_path / "mine"))
    packed = pickle.dumps(Labeller.load(folder, threads=1))
    bundles.write_manifest(replace(bundles.load(folder), overlap=0.1))
    with pytest.raises(BundleError, match=r"where the work began.*have the same newsroles"):
        pickle.loads(packed)  # noqa: S301 - packed here


def test_the_shipped_model_is_looked_up_where_it_is_installed() -> None:
    labeller = Labeller.load(threads=1)
    _, (_, place, *_) = labeller.__reduce__()
    assert place == "fast"
    moved = replace(labeller.bundle, folder=Path("/where/it/was"))
    assert reopen(moved, "fast") == labeller.bundle


def test_a_folder_that_is_called_like_it_is_not_taken_for_an_installed_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fast").mkdir()
    monkeypatch.chdir(tmp_path)
    labeller = Labeller.load()
    assert _packed(labeller).bundle == labeller.bundle


@pytest.mark.parametrize("threads", [1, 2, 1000, None])
def test_there_are_no_more_threads_than_cpus(
    bundle_folder: Path, monkeypatch: pytest.MonkeyPatch, threads: int | None
) -> None:
    monkeypatch.setattr(encoder, "usable_cpus", lambda: 2)
    labeller = Labeller.load(bundle_folder, threads=threads)
    settings = labeller._encoder._session.get_session_options()
    assert settings.intra_op_num_threads == min(threads or 2, 2)
    assert labeller.threads == threads


def test_processes_that_are_spawned_give_the_same(labeller: Labeller, pages: list[str]) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        there = pool.map(labeller.label, pages, chunksize=len(pages) // 2)
    assert there == [labeller.label(text) for text in pages]


def test_where_a_process_cannot_load_it_an_executor_ends(bundle_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(bundle_folder, tmp_path / "mine"))
    labeller = Labeller.load(folder, threads=1)
    shutil.rmtree(folder)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        asked = pool.submit(labeller.label, "One.")
        assert isinstance(asked.exception(60), BrokenProcessPool)
