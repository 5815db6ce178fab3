"""Sentences to tokens, ready for a window: the only module that imports tokenizers."""

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from newsroles.articles import Sentence
from newsroles.errors import BundleError
from newsroles.model.bundle import SpecialTokens
from newsroles.model.windows import Window, line_kinds, starts_line

CHARACTERS_PER_TOKEN = 100
"""How many characters a sentence may have for each token of the budget; what is beyond isn't looked at."""

_AT_ONCE = 1_000
"""How many sentences are encoded together: an encoding takes far more memory than its ids."""


class SentenceTokenizer:
    """Turns sentences into token ids, each with its opening token, ready to be put in windows."""

    def __init__(self, tokenizer: Tokenizer, special: SpecialTokens, window_tokens: int) -> None:
        """Take a tokenizer, and the size of a window with its two framing tokens.

        `budget` is what a window has left for sentences. Raises BundleError for an unknown special token.
        """
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True  # a page that spells "[SEP]" gets letters, not the token
        self._tokenizer = tokenizer
        self._begin, self._end = self._id(special.begin), self._id(special.end)
        self._new_line, self._same_line = self._id(special.new_line), self._id(special.same_line)
        self._kinds = {kind: self._id(token) for kind, token in special.kinds.items()}
        self.budget = window_tokens - 2
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
        """Return the tokenizer as `load` reads it."""
        return str(self._tokenizer.to_str())

    def encode(self, text: str, sentences: Sequence[Sentence], kinds: Sequence[str] = ()) -> list[list[int]]:
        """Return each sentence's ids, opening token first; more than `budget` of them are cut to budget + 1.

        `kinds` are those of the text's lines, see `Article`.
        """
        openings = self._openings(text, sentences, kinds)
        found: list[list[int]] = []
        for begin in range(0, len(sentences), _AT_ONCE):
            pieces = [self._piece(text, sentence) for sentence in sentences[begin : begin + _AT_ONCE]]
            for encoding in self._tokenizer.encode_batch_fast(pieces, add_special_tokens=False):
                found.append([openings[len(found)], *encoding.ids][: self.budget + 1])
        return found

    def places(self, text: str, sentence: Sentence) -> list[tuple[int, int]]:
        """Return where a sentence's tokens stand in it, in characters; its opening token is at (0, 0)."""
        encoding = self._tokenizer.encode(self._piece(text, sentence), add_special_tokens=False)
        return [(0, 0), *encoding.offsets][: self.budget]

    def _piece(self, text: str, sentence: Sentence) -> str:
        return _encodable(text[sentence.start : min(sentence.end, sentence.start + self._longest)])

    def _openings(self, text: str, sentences: Sequence[Sentence], kinds: Sequence[str]) -> list[int]:
        firsts = starts_line(text, sentences)
        names = line_kinds(text, kinds, sentences)
        return [
            self._kinds.get(kind, self._new_line) if first else self._same_line
            for first, kind in zip(firsts, names, strict=True)
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
