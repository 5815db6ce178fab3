"""Words that name nobody by themselves: they point back to a name that stood before them."""

from newsroles.who.words import ABBREVIATED, NOUNS, OF_SPEECH, POINTERS, PRONOUNS


def is_pronoun(text: str) -> bool:
    """Tell whether a speaker or target is no more than a pronoun, of whoever speaks too."""
    return _is_one_of(PRONOUNS, text) or is_of_speech(text)


def is_of_speech(text: str) -> bool:
    """Tell whether it is "I" or "we"."""
    return _is_one_of(OF_SPEECH, text)


def _is_one_of(pronouns: frozenset[str], text: str) -> bool:
    word = text.strip()
    return word not in ABBREVIATED and word.lower() in pronouns


def points_back(text: str) -> bool:
    """Tell whether it names nobody: a pronoun, or such as "the statement", its noun in lower case."""
    if is_pronoun(text):
        return True
    match text.split():
        case [pointer, noun]:
            return pointer.lower() in POINTERS and noun in NOUNS
    return False
