"""Text to tokens, and tokens to logits: the only module that imports tokenizers and onnxruntime.

One window is one run of the session. Nothing is padded and nothing shares a batch, so a window's
logits cannot depend on its neighbours (law 4 of the design: same article, same labels, always).
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from newsroles.articles import Sentence
from newsroles.bundle import SpecialTokens
from newsroles.errors import BundleError
from newsroles.windows import Scores, Window, starts_line

CHARACTERS_PER_TOKEN = 100
"""How many characters a sentence may have for each token of the budget; what is beyond isn't looked at."""


PLACES = [(above, below) for above in range(4) for below in range(4)]


def place(number: int, count: int) -> tuple[int, int]:
    """Say roughly how many sentences stand above and below: 0 to 1, 2 to 5, 6 to 13, more."""
    return _steps(number), _steps(count - 1 - number)


def _steps(sentences: int) -> int:
    return min((sentences + 2).bit_length() - 2, 3)


def place_token(opening: str, above: int, below: int) -> str:
    """Name the opening token of a place on the page."""
    return f"{opening}{above}{below}"


class SentenceTokenizer:
    """Turns sentences into token ids, each with its opening token, ready to be put in windows."""

    def __init__(
        self, tokenizer: Tokenizer, special: SpecialTokens, window_tokens: int, places: bool = False
    ) -> None:
        """Take a tokenizer, and the size of a window with its two framing tokens.

        `budget` is what a window has left for sentences. Raises BundleError for an unknown special token.
        """
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True  # a page that spells "[SEP]" gets letters, not the token
        self._tokenizer = tokenizer
        self._begin, self._end = self._id(special.begin), self._id(special.end)
        self._new_line, self._same_line = self._id(special.new_line), self._id(special.same_line)
        self.budget = window_tokens - 2
        self._special, self._places = special, places
        self._longest = self.budget * CHARACTERS_PER_TOKEN

    def _id(self, token: str) -> int:
        number = self._tokenizer.token_to_id(token)
        if number is None:
            raise BundleError(f"the tokenizer does not know {token!r}", "export the model again")
        return int(number)

    @classmethod
    def load(cls, path: Path, special: SpecialTokens, window_tokens: int) -> "SentenceTokenizer":
        """Read a ``tokenizer.json``; raises BundleError where it is none."""
        try:
            return cls(Tokenizer.from_file(str(path)), special, window_tokens)
        except Exception as error:  # tokenizers raises bare Exception
            if isinstance(error, BundleError):
                raise
            raise BundleError(f"{path}: not a tokenizer: {error}", "export the model again") from error

    def to_json(self) -> str:
        """Give the tokenizer as `load` reads it."""
        return str(self._tokenizer.to_str())

    def encode(self, text: str, sentences: Sequence[Sentence]) -> list[list[int]]:
        """Give each sentence's ids, opening token first; more than `budget` of them are cut to budget + 1."""
        pieces = [_encodable(text[s.start : min(s.end, s.start + self._longest)]) for s in sentences]
        encodings = self._tokenizer.encode_batch_fast(pieces, add_special_tokens=False)
        firsts = starts_line(text, sentences)
        openings = [self._new_line if first else self._same_line for first in firsts]
        if self._places:
            openings = [
                self._id(
                    place_token(
                        self._special.new_line if first else self._special.same_line, *place(n, len(firsts))
                    )
                )
                for n, first in enumerate(firsts)
            ]
        return [
            [opening, *encoding.ids][: self.budget + 1]
            for opening, encoding in zip(openings, encodings, strict=True)
        ]

    def is_cut(self, sentence: Sentence, piece: Sequence[int]) -> bool:
        """Tell whether `encode` or `frame` left out the end of a sentence, whose ids are `piece`."""
        return len(piece) > self.budget or sentence.end - sentence.start > self._longest

    def frame(self, pieces: Sequence[list[int]], window: Window) -> list[int]:
        """Join the sentences of a window into the ids that the encoder reads."""
        inside = [token for piece in pieces[window.start : window.stop] for token in piece[: self.budget]]
        return [self._begin, *inside, self._end]


def _encodable(text: str) -> str:
    """Replace lone surrogates, which no tokenizer takes, by question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def usable_cpus() -> int:
    """Count the CPUs that this process may use, or all where the system does not tell (macOS, Windows)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Encoder:
    """An ONNX graph ``input_ids, attention_mask [1, tokens] -> logits [1, tokens, labels]``."""

    def __init__(self, path: Path, labels: Sequence[str], threads: int | None = None) -> None:
        """Open the graph on `threads` threads (None: every CPU that this process may use).

        Raises BundleError where the graph was exported for other labels or cannot be opened.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or usable_cpus()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises many kinds, all of them meaning the same here
            raise BundleError(
                f"{path}: onnxruntime cannot open it: {error}", "export the model again"
            ) from error
        written = self._session.get_modelmeta().custom_metadata_map.get("labels")
        expected = json.dumps(list(labels))
        if written != expected:
            raise BundleError(f"{path}: made for labels {written}, not {expected}", "export the model again")

    def logits(self, ids: Sequence[int]) -> Scores:
        """Score one framed window; gives a row a token, the framing tokens left out."""
        row = np.asarray(ids, dtype=np.int64)[None]
        (scores,) = self._session.run(["logits"], {"input_ids": row, "attention_mask": np.ones_like(row)})
        return np.asarray(scores[0, 1:-1], dtype=np.float32)
