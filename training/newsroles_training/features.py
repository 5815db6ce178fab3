"""Labelled articles to training windows, with the tokenizer and the window plan that serving uses."""

from collections.abc import Callable, Iterable, Sequence

import torch
from datasets import Dataset

from newsroles.encoder import SentenceTokenizer
from newsroles.windows import Scores, Window, plan, pool, stitch
from newsroles_training.corpus import GoldArticle

IGNORED = -100
"""The label index that the loss passes over, PyTorch's default."""


def windows_of(
    articles: Iterable[GoldArticle], tokenizer: SentenceTokenizer, labels: Sequence[str], overlap: float
) -> Dataset:
    """Make one row a window: `input_ids`, `lengths` (tokens a sentence), `labels` (a label index a sentence).

    `article`, `start`, `stop` say which sentences of which article (by position) the row holds.
    """
    index = {label: number for number, label in enumerate(labels)}
    rows = []
    for number, article in enumerate(articles):
        pieces = tokenizer.encode(article.text, article.sentences)
        for window in plan([len(piece) for piece in pieces], tokenizer.budget, overlap):
            inside = slice(window.start, window.stop)
            rows.append(
                {
                    "input_ids": tokenizer.frame(pieces, window),
                    "lengths": [min(len(piece), tokenizer.budget) for piece in pieces[inside]],
                    "labels": [index[label] for label in article.labels[inside]],
                    "article": number,
                    "start": window.start,
                    "stop": window.stop,
                }
            )
    return Dataset.from_list(rows)


def sentence_rows(
    article: GoldArticle, tokenizer: SentenceTokenizer, overlap: float, read: Callable[[list[int]], Scores]
) -> Scores:
    """Read an article window by window and give one row a sentence, as serving does.

    `read` turns a window's token ids, framed, into a row for each of them.
    """
    pieces = tokenizer.encode(article.text, article.sentences)
    lengths = [min(len(piece), tokenizer.budget) for piece in pieces]
    windows = plan(lengths, tokenizer.budget, overlap)
    rows = [
        pool(read(tokenizer.frame(pieces, window))[1:-1], lengths[window.start : window.stop])
        for window in windows
    ]
    return stitch(lengths, windows, rows)


def row_window(row: dict[str, int]) -> Window:
    """Give a row's place in its article."""
    return Window(row["start"], row["stop"])


class Collator:
    """Pads windows to the longest of their batch and says which sentence each token belongs to."""

    def __init__(self, pad_id: int) -> None:
        """Take the id to pad with; padding is masked, so any id will do."""
        self._pad_id = pad_id

    def __call__(self, rows: Sequence[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        """Batch rows: input_ids, attention_mask, segments [B, T]; labels [B, S].

        `segments` holds the sentence's place in its window, and -1 at framing and padding tokens.
        """
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
        return batch
