"""Words that name nobody by themselves: they point back to a name that stood before them."""

from newsroles.who.words import NOUNS, OF_SPEECH, POINTERS, PRONOUNS


def is_pronoun(text: str) -> bool:
    """Tell whether a speaker or target is no more than a pronoun, of whoever speaks too."""
    word = text.strip().lower().replace("’", "'")  # noqa: RUF001 - as pages have it
    return word in PRONOUNS or is_of_speech(text)


def is_of_speech(text: str) -> bool:
    """Tell whether it is "I" or "we"; "US" is a country, "us" is not."""
    word = text.strip()
    return word.lower() in OF_SPEECH and word != "US"


def points_back(text: str) -> bool:
    """Tell whether it names nobody: a pronoun, or such as "the statement", its noun in lower case."""
    if is_pronoun(text):
        return True
    match text.split():
        case [pointer, noun]:
            return pointer.lower() in POINTERS and noun in NOUNS
    return False
