"""What the encoder makes of an article: scores of its sentences, and of their tokens for spans in them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from newsroles.errors import InputError
from newsroles.model.encoder import Encoder
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles.model.windows import Scores, clearest, plan, pool, stitch

SECONDS = 300.0
"""How much of a thread's own time one article may be scored for. A million characters of prose, the longest
that readers give, take a quarter of that; as many of one-letter lines or of Chinese may take longer."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Logits [sentences, labels], and for each sentence those of its tokens [tokens, spans], if any."""

    labels: Scores
    tokens: list[Scores]


def read(
    encoder: Encoder, tokenizer: SentenceTokenizer, pieces: Sequence[list[int]], overlap: float, labels: int
) -> Reading:
    """Read sentences, given as token ids, window by window: once, or where windows overlap more often.

    The graph's first `labels` columns are of labels, the others of spans. Raises InputError where it takes
    longer than `SECONDS`.
    """
    lengths = [min(len(piece), tokenizer.budget) for piece in pieces]
    windows = plan(lengths, tokenizer.budget, overlap)
    end, rows, tokens = time.thread_time() + SECONDS, [], []  # of this thread: one that is stopped loses none
    for window in windows:
        if time.thread_time() > end:
            raise InputError(
                f"takes more than {SECONDS:.0f} seconds to label", "split it, or see whether it is a page"
            )
        logits = encoder.logits(tokenizer.frame(pieces, window))
        rows.append(pool(logits[:, :labels], lengths[window.start : window.stop]))
        tokens.append(logits[:, labels:])
    if not rows:
        return Reading(np.zeros((0, labels), dtype=np.float32), [])
    marked = clearest(lengths, windows, tokens) if tokens[0].shape[1] else []
    return Reading(stitch(lengths, windows, rows), marked)
