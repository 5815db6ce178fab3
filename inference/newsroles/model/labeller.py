"""Articles in, labelled articles out: one at a time, in order, in bounded memory."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from newsroles.articles import Article, Sentence
from newsroles.errors import InputError, UsageError
from newsroles.model import bundle as bundles
from newsroles.model import inputs
from newsroles.model.catalogue import place_of
from newsroles.model.encoder import Encoder
from newsroles.model.headline import headline
from newsroles.model.outcome import OnFailure, labelled, stop_at
from newsroles.model.reading import Reading, read
from newsroles.model.sentences import split
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles.model.travel import reopen
from newsroles.model.who import with_who
from newsroles.model.windows import Scores, line_kinds, softmax
from newsroles.readers.named import kind_of, path_of
from newsroles.readers.options import DEFAULT, ReadOptions
from newsroles.records.labelled import LabelledArticle, LabelledSentence


class Labeller:
    r"""A loaded model.

    Threads may share one: what it gives is the same, and nothing in it changes. It can be pickled and copied,
    as the place of its bundle and its settings, with which it is loaded anew, in another process too; that
    raises BundleError where another model is there by then.

    >>> labeller = Labeller.load()
    >>> page = labeller.label("Home > News\nThe owners hid the cracks, the union said.")
    >>> [sentence.label for sentence in page.sentences]
    ['boilerplate', 'accusation']
    """

    def __init__(
        self,
        bundle: bundles.Bundle,
        threads: int | None = None,
        min_confidence: float = 0.0,
        *,
        unwrap: bool = True,
        who: bool = True,
    ) -> None:
        """Open a bundle on `threads` threads, at most one a CPU that the process may use (None: as many).

        Sentences whose best probability is below `min_confidence` are marked `uncertain`. With
        `unwrap`, the lines of a text that is wrapped at a column are joined, see `newsroles.model.wrapping`;
        without it, every line break ends a sentence. With `who`, a bundle that can tell says who
        speaks and who is blamed. Raises UsageError for settings that mean nothing.
        """
        if not isinstance(bundle, bundles.Bundle):
            raise UsageError(f"a Labeller needs a Bundle; this is {kind_of(bundle)}", "see Labeller.load")
        inputs.check_settings(threads, min_confidence)
        self.bundle = bundle
        self._folder = bundle.folder.absolute()
        self.threads = threads
        self.min_confidence = min_confidence
        self.unwrap = unwrap
        self.who = who
        self._tokenizer = SentenceTokenizer.load(bundle.tokenizer, bundle.special, bundle.window_tokens)
        self._encoder = Encoder(bundle.graph, bundle.labels, threads)

    @classmethod
    def load(
        cls,
        path: str | Path | None = None,
        *,
        threads: int | None = None,
        min_confidence: float = 0.0,
        unwrap: bool = True,
        who: bool = True,
    ) -> Self:
        """Load a model by its name, such as "fast" or "accurate", or a bundle folder; None is the default.

        A folder that is there is taken before a name; the settings are those of `Labeller`. Raises
        BundleError where there is no sound bundle, UsageError for settings that mean nothing.
        """
        bundle = bundles.load(None if path is None else path_of(path))
        return cls(bundle, threads, min_confidence, unwrap=unwrap, who=who)

    def __repr__(self) -> str:
        """Return its model and its settings."""
        settings = f"threads={self.threads}, min_confidence={self.min_confidence}"
        return f"<Labeller {self.bundle.model_id} {settings}, unwrap={self.unwrap}, who={self.who}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as what to load, with the bundle's settings as they are here."""
        names = ("threads", "min_confidence", "unwrap", "who")
        return _reload, (self.bundle, place_of(self._folder), {name: getattr(self, name) for name in names})

    @property
    def labels(self) -> tuple[str, ...]:
        """The model's labels, in the order of its outputs."""
        return self.bundle.labels

    def label(self, text: str | Article) -> LabelledArticle:
        """Label every sentence of one article, given as text or as an `Article`.

        Mark-up is taken for text: `label_html` reads a page. Raises InputError where it takes too long, or
        the scores are no numbers, and UsageError for what is no text, for a text that is the path of a file
        which is there, and for an article of which no record can be made.
        """
        inputs.check_no_file(text)
        return self._label(inputs.article_of(text))

    def _label(self, article: Article) -> LabelledArticle:
        sentences = split(article.text, unwrap=self.unwrap)
        pieces = self._tokenizer.encode(article.text, sentences, article.kinds)
        kinds = line_kinds(article.text, article.kinds, sentences)
        reading = self._read(pieces)
        probabilities = self.probabilities(reading.labels + self._bias(kinds))
        truncated = map(self._tokenizer.is_cut, sentences, pieces)
        found = tuple(
            self._sentence(article.text, span, row, cut, kind)
            for span, row, cut, kind in zip(sentences, probabilities, truncated, kinds, strict=True)
        )
        if self.who and self.bundle.spans:
            found = with_who(article.text, found, reading.tokens, self._tokenizer)
        if not article.title and (title := headline(article.text, found)):
            article = replace(article, title=title)
        return LabelledArticle(article, self.bundle.model_id, found)

    def label_html(self, page: bytes | str, charset: str | None = "") -> LabelledArticle:
        """Label every sentence of a web page, which is read as `label` on the command line reads it.

        `charset` is what HTTP says of its encoding. Raises InputError for what is no page or shows no text,
        UsageError for what only names one.

        >>> page = Labeller.load().label_html("<h1>Ferry late again</h1><nav><a href=/>Share</a></nav>")
        >>> page.article.title, [(sentence.text, sentence.kind) for sentence in page.sentences]
        ('Ferry late again', [('Ferry late again', 'title'), ('Share', 'navigation')])
        """
        from newsroles.readers.html import to_article

        inputs.check_no_name(page)
        return self.label(to_article(page, charset))

    def label_all(self, articles: Iterable[str | Article]) -> Iterator[LabelledArticle]:
        """Label articles as they come, one for one and in their order; nothing is read ahead.

        What cannot be labelled raises as in `label`, though no text is a path here; the next one may follow.

        >>> texts = iter(["The council met on Monday.", "Share this story"])
        >>> pages = Labeller.load().label_all(texts)
        >>> next(pages).sentences[0].label
        'background'
        >>> [page.sentences[0].label for page in pages]
        ['boilerplate']
        """
        return map(self._label, map(inputs.article_of, inputs.several(articles)))

    def label_file(self, path: inputs.AnyPath, options: ReadOptions = DEFAULT) -> LabelledArticle:
        """Label the one article of a file, which is read as `newsroles label` reads it.

        Raises InputError where it cannot be read, UsageError where it holds several, for `label_files`.
        """
        return self.label(inputs.article_in(path, options))

    def label_files(
        self,
        paths: inputs.AnyPath | Iterable[inputs.AnyPath],
        options: ReadOptions = DEFAULT,
        *,
        on_failure: OnFailure = stop_at,
    ) -> Generator[LabelledArticle]:
        """Label all that files, folders, globs and archives hold, in order, as it is asked for.

        What cannot be read or labelled raises InputError, and ends it; with `on_failure`, that is called with
        the `Failure`, in its place, and the next article follows. Raises UsageError for what is no path.

        >>> failures = []
        >>> pages = Labeller.load().label_files(["examples", "gone.txt"], on_failure=failures.append)
        >>> len(list(pages)), failures[0].source
        (2, 'gone.txt')
        """
        inputs.check_callable(on_failure)
        return labelled(inputs.items_in(paths, options), self, on_failure)

    def scores(self, text: str, sentences: Iterable[Sentence], kinds: Sequence[str] = ()) -> Scores:
        """Return the raw logits [sentences, labels] for spans of your own, sorted and disjoint.

        `kinds` are those of the text's lines, see `Article`. Raises UsageError for other spans and kinds.

        >>> labeller = Labeller.load()
        >>> logits = labeller.scores("Share this story", [Sentence(0, 16)])
        >>> rows = labeller.probabilities(logits)
        >>> [labeller.labels[row.argmax()] for row in rows]
        ['boilerplate']
        """
        spans = inputs.spans_of(text, sentences)
        kinds = inputs.kinds_of(text, kinds)
        pieces = self._tokenizer.encode(text, spans, kinds)
        return self._read(pieces).labels + self._bias(line_kinds(text, kinds, spans))

    def probabilities(self, logits: Scores) -> Scores:
        """Turn logits [sentences, labels] into the bundle's calibrated probabilities.

        Raises InputError where one is no number, or infinite, as those of a damaged model are.
        """
        calibration = self.bundle.calibration
        with np.errstate(over="ignore"):
            scaled = logits / calibration.temperature + np.asarray(calibration.bias, dtype=np.float32)
        if not np.isfinite(scaled).all():
            raise InputError(
                f"the model {self.bundle.model_id} gives it scores that are no finite numbers",
                "label it with another model, or export this one again",
            )
        return softmax(scaled)

    def _read(self, pieces: Sequence[list[int]]) -> Reading:
        return read(self._encoder, self._tokenizer, pieces, self.bundle.overlap, len(self.labels))

    def _bias(self, kinds: Sequence[str]) -> Scores:
        """Return what the kinds of their lines add to the logits of sentences: [sentences, labels]."""
        none = (0.0,) * len(self.labels)
        rows = [self.bundle.kind_bias.get(kind, none) for kind in kinds]
        return np.array(rows, dtype=np.float32).reshape(len(rows), len(self.labels))

    def _sentence(
        self, text: str, span: Sentence, row: Scores, truncated: bool, kind: str
    ) -> LabelledSentence:
        best = int(row.argmax())
        return LabelledSentence(
            start=span.start,
            end=span.end,
            text=text[span.start : span.end],
            label=self.labels[best],
            probabilities=dict(zip(self.labels, map(float, row), strict=True)),
            truncated=truncated,
            uncertain=bool(row[best] < self.min_confidence),
            kind=kind,
        )


def _reload(bundle: bundles.Bundle, place: str | Path, settings: Mapping[str, Any]) -> Labeller:
    return Labeller(reopen(bundle, place), **settings)
