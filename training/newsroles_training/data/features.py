"""Labelled articles to training windows, with the tokenizer and the window plan that serving uses."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import torch
from datasets import Dataset

from newsroles.articles import Sentence, Span
from newsroles.labels import SPANS
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles.model.windows import Scores, Window, plan, pool, stitch
from newsroles_training.data.context import in_context
from newsroles_training.data.corpus import GoldArticle
from newsroles_training.data.marks import UNMARKED

IGNORED = -100
"""The label index that the loss passes over, PyTorch's default."""
POOL = 50
"""Of how many batches windows are sorted together: enough to pad little, few enough to stay mixed."""


def windows_of(
    articles: Iterable[GoldArticle],
    tokenizer: SentenceTokenizer,
    labels: Sequence[str],
    overlap: float,
    spans: Sequence[str] = (),
) -> Dataset:
    """Make one row a window: `input_ids`, `lengths` (tokens a sentence), `labels` (a label index a sentence).

    `soft` has a teacher's probabilities [labels] a sentence, zeros where it said nothing; empty without one.
    `inside` has for each of `spans` 1 a token that it marks, 0 one that it doesn't, `IGNORED` if unmarked.

    `article`, `start`, `stop` say which sentences of which article (by position) the row holds. Sentences
    that nobody has labelled are in it as context, labelled `IGNORED`.
    """
    index: dict[str | None, int] = {label: number for number, label in enumerate(labels)} | {None: IGNORED}
    rows = []
    for number, article in enumerate(articles):
        sentences, given = in_context(article)
        soft = dict(zip(article.sentences, article.soft, strict=False))
        pieces = tokenizer.encode(article.text, sentences, article.kinds)
        lengths = [min(len(piece), tokenizer.budget) for piece in pieces]
        marked = list(_inside(article, sentences, lengths, tokenizer)) if spans else []
        for window in windows_in(article, lengths, tokenizer.budget, overlap):
            inside = slice(window.start, window.stop)
            rows.append(
                {
                    "input_ids": tokenizer.frame(pieces, window),
                    "lengths": lengths[inside],
                    "labels": [index[label] for label in given[inside]],
                    "soft": [list(soft.get(s) or [0.0] * len(labels)) for s in sentences[inside] if soft],
                    "inside": [list(chain(*bits)) for bits in zip(*marked[inside], strict=True)],
                    "article": number,
                    "start": window.start,
                    "stop": window.stop,
                }
            )
    return Dataset.from_list(rows)


def _inside(
    article: GoldArticle, sentences: Sequence[Sentence], lengths: Sequence[int], tokenizer: SentenceTokenizer
) -> Iterator[list[list[int]]]:
    """Yield for each sentence, of `lengths` tokens, what marks them: a list of bits for each of `SPANS`."""
    marks = dict(zip(article.sentences, article.marks, strict=False))
    for sentence, length in zip(sentences, lengths, strict=True):
        mark = marks.get(sentence, UNMARKED)
        places = tokenizer.places(article.text, sentence) if mark != UNMARKED else [(0, 0)] * length
        yield [_bits(mark.of(name), places) for name in SPANS]


def _bits(marked: Sequence[Span] | None, places: Sequence[Span]) -> list[int]:
    if marked is None:
        return [IGNORED] * len(places)
    return [int(any(start < last and first < end for start, end in marked)) for first, last in places]


def windows_in(article: GoldArticle, lengths: Sequence[int], budget: int, overlap: float) -> list[Window]:
    """Plan an article's windows as serving does; sentences that are to be read alone get one each."""
    if article.alone:
        return [Window(number, number + 1) for number in range(len(lengths))]
    return plan(lengths, budget, overlap)


def with_labels(windows: Dataset) -> Dataset:
    """Keep the windows that hold a labelled sentence; no others teach anything."""
    return windows.select([n for n, labels in enumerate(windows["labels"]) if set(labels) != {IGNORED}])


def batches_of(windows: Dataset, size: int, seed: int) -> Dataset:
    """Put windows of about the same length together, `size` in a row, so that little of a batch is padding.

    Windows are drawn at random into pools, and sorted by length within them.
    """
    numbers = random.Random(seed).sample(range(len(windows)), len(windows))  # noqa: S311 - no secret
    lengths = [len(ids) for ids in windows["input_ids"]]
    pools = (sorted(pool, key=lengths.__getitem__) for pool in batched(numbers, size * POOL))
    batches = (batch for pool in pools for batch in batched(pool, size))
    return Dataset.from_list([{"windows": [windows[number] for number in batch]} for batch in batches])


def batched(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Yield stretches of `size` of them; the last may be shorter."""
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def sentence_rows(
    article: GoldArticle, tokenizer: SentenceTokenizer, overlap: float, read: Callable[[list[int]], Scores]
) -> Scores:
    """Read an article window by window, as serving does, and give one row a labelled sentence.

    `read` turns a window's token ids, framed, into a row for each of them.
    """
    sentences, labels = in_context(article)
    pieces = tokenizer.encode(article.text, sentences, article.kinds)
    lengths = [min(len(piece), tokenizer.budget) for piece in pieces]
    windows = windows_in(article, lengths, tokenizer.budget, overlap)
    rows = [
        pool(read(tokenizer.frame(pieces, window))[1:-1], lengths[window.start : window.stop])
        for window in windows
    ]
    return stitch(lengths, windows, rows)[[label is not None for label in labels]]


def row_window(row: dict[str, int]) -> Window:
    """Return a row's place in its article."""
    return Window(row["start"], row["stop"])


def stitched(window_logits: Scores, windows: Dataset) -> tuple[list[int], Scores]:
    """Bring padded window logits [windows, S, L] to (gold label indices, logits [sentences, L]).

    Sentences that nobody has labelled are left out of both.
    """
    by_article: dict[int, list[int]] = {}
    for number, article in enumerate(windows["article"]):
        by_article.setdefault(article, []).append(number)
    gold: list[int] = []
    rows: list[Scores] = []
    for numbers in by_article.values():
        parts = [windows[number] for number in numbers]
        places = [row_window(part) for part in parts]
        labels, lengths = [0] * places[-1].stop, [0] * places[-1].stop
        for part, place in zip(parts, places, strict=True):
            labels[place.start : place.stop] = part["labels"]
            lengths[place.start : place.stop] = part["lengths"]
        labelled = [number for number, label in enumerate(labels) if label != IGNORED]
        gold += [labels[number] for number in labelled]
        scored = [window_logits[n, : p.stop - p.start] for n, p in zip(numbers, places, strict=True)]
        rows.append(stitch(lengths, places, scored)[labelled])
    return gold, np.concatenate(rows)


class Collator:
    """Pads windows to the longest of their batch and says which sentence each token belongs to."""

    def __init__(self, pad_id: int) -> None:
        """Take the id to pad with; padding is masked, so any id will do."""
        self._pad_id = pad_id

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Batch ids, attention_mask, segments [B, T]; labels [B, S]; soft [B, S, L]; inside [B, T, spans].

        Rows are windows, or batches of them as `batches_of` makes. `segments` holds the sentence's place in
        its window, and -1 at framing and padding tokens.
        """
        rows = [window for row in rows for window in row.get("windows", [row])]
        tokens = max(len(row["input_ids"]) for row in rows)
        sentences = max(len(row["labels"]) for row in rows)
        batch = {
            "input_ids": torch.full((len(rows), tokens), self._pad_id),
            "attention_mask": torch.zeros(len(rows), tokens, dtype=torch.long),
            "segments": torch.full((len(rows), tokens), -1),
            "labels": torch.full((len(rows), sentences), IGNORED),
        }
        for number, row in enumerate(rows):
            length = len(row["input_ids"])
            batch["input_ids"][number, :length] = torch.tensor(row["input_ids"])
            batch["attention_mask"][number, :length] = 1
            segments = torch.repeat_interleave(torch.tensor(row["lengths"]))
            batch["segments"][number, 1 : length - 1] = segments
            batch["labels"][number, : len(row["labels"])] = torch.tensor(row["labels"])
        soft = [torch.tensor(row.get("soft") or [[]]) for row in rows]
        if many := max(each.shape[1] for each in soft):
            batch["soft"] = torch.zeros(len(rows), sentences, many)
            for number, each in enumerate(soft):
                batch["soft"][number, : len(each), : each.shape[1]] = each
        if spans := max(len(row.get("inside") or []) for row in rows):
            batch["inside"] = torch.full((len(rows), tokens, spans), IGNORED)
            for number, row in enumerate(rows):
                marked = torch.tensor(row["inside"]).T
                batch["inside"][number, 1 : len(marked) + 1] = marked
        return batch
