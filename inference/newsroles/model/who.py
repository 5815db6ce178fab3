"""Who says a sentence and who is blamed in it, as the model marks them."""

from collections.abc import Sequence
from dataclasses import replace

from newsroles.articles import Mention, Sentence, Span
from newsroles.labels import SPANS, Role
from newsroles.model.spans import marked
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles.model.windows import Scores
from newsroles.records.labelled import LabelledSentence
from newsroles.who.resolve import SPOKEN, resolve


def with_who(
    text: str,
    sentences: Sequence[LabelledSentence],
    tokens: Sequence[Scores],
    tokenizer: SentenceTokenizer,
) -> tuple[LabelledSentence, ...]:
    """Return the sentences of `text` with their speakers and targets, those that point back as names.

    `tokens` has each sentence's scores [tokens, SPANS]. Only claims and accusations are looked at again.
    """
    found = [
        _with_who(sentence, tokenizer.places(text, Sentence(sentence.start, sentence.end)), scores)
        if sentence.label in SPOKEN
        else sentence
        for sentence, scores in zip(sentences, tokens, strict=True)
    ]
    return resolve(text, found)


def places_of(name: str, sentence: str, places: Sequence[Span], scores: Scores) -> list[Span]:
    """Return where one of `SPANS` is marked in a sentence: one speaker, the surest, or all targets.

    `scores` are those of its tokens [tokens, SPANS], which stand at `places`.
    """
    spans = marked(sentence, places, scores[:, SPANS.index(name)])
    if name == "speaker" and spans:
        spans = [max(spans, key=lambda span: span[1])]
    return [place for place, _ in spans]


def _with_who(sentence: LabelledSentence, places: Sequence[Span], scores: Scores) -> LabelledSentence:
    speakers = places_of("speaker", sentence.text, places, scores)
    accuses = sentence.label == Role.ACCUSATION
    targets = places_of("target", sentence.text, places, scores) if accuses else []
    return replace(
        sentence,
        speaker=_mention(sentence, speakers[0]) if speakers else None,
        targets=tuple(_mention(sentence, place) for place in targets),
    )


def _mention(sentence: LabelledSentence, place: Span) -> Mention:
    start, end = place
    return Mention(sentence.text[start:end], sentence.start + start, sentence.start + end)
