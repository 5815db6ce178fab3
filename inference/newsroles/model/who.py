"""Who says a sentence and who is blamed in it, as the model marks them."""

from collections.abc import Sequence
from dataclasses import replace

from newsroles.articles import Mention, Place, Sentence
from newsroles.labels import SPANS, Role
from newsroles.model.spans import marked
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles.model.windows import Scores
from newsroles.records.labelled import LabelledSentence
from newsroles.who.resolve import SPOKEN, resolve

_SPEAKER, _TARGET = map(SPANS.index, ("speaker", "target"))


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


def _with_who(sentence: LabelledSentence, places: Sequence[Place], scores: Scores) -> LabelledSentence:
    said = marked(sentence.text, places, scores[:, _SPEAKER])
    speaker = max(said, key=lambda span: span[1], default=None)
    blamed = marked(sentence.text, places, scores[:, _TARGET]) if sentence.label == Role.ACCUSATION else []
    return replace(
        sentence,
        speaker=speaker and _mention(sentence, speaker[0]),
        targets=tuple(_mention(sentence, place) for place, _ in blamed),
    )


def _mention(sentence: LabelledSentence, place: Place) -> Mention:
    start, end = place
    return Mention(sentence.text[start:end], sentence.start + start, sentence.start + end)
