"""Characters: which are part of speech, and how foreign Latin letters fold to plain ones.

Shared by the normaliser and by lexicon look-ups. Nothing about words or sentences.
"""

from __future__ import annotations

import unicodedata

_FOLDS = str.maketrans(
    dict(
        zip(
            "ßæÆœŒøØłŁđĐðÐþÞıħĦŋŊĸŧŦſəƏ",
            [
                "ss",
                "ae",
                "Ae",
                "oe",
                "Oe",
                "o",
                "O",
                "l",
                "L",
                "d",
                "D",
                "th",
                "Th",
                "th",
                "Th",
                "i",
                "h",
                "H",
                "ng",
                "Ng",
                "k",
                "t",
                "T",
                "s",
                "a",
                "A",
            ],
            strict=True,
        )
    )
)
_SPOKEN_SYMBOLS = frozenset("$£€¥₹₩₽¢+=°×÷±<>|~^`")


def is_text(char: str) -> bool:
    """Letters, marks, numbers, punctuation and the symbols read aloud; not emoji nor controls."""
    category = unicodedata.category(char)
    if category[0] in "LNP" or char in _SPOKEN_SYMBOLS:
        return True
    # A combining mark belongs to a letter; variation selectors and keycaps belong to emoji.
    return category in ("Mn", "Mc") and not "\ufe00" <= char <= "\ufe0f"


def fold_accents(text: str) -> str:
    """``Zoë`` → ``Zoe``; letters outside the Latin alphabet vanish, other characters stay."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_FOLDS))
    return "".join(
        char
        for char in decomposed
        if char.isascii() or not (char.isalpha() or unicodedata.category(char)[0] == "M")
    )


def fold_key(word: str) -> str:
    """The form in which lexicon words are compared: no case, no accents, straight apostrophe."""
    cleaned = unicodedata.normalize("NFC", word.strip()).replace("’", "'")
    return (fold_accents(cleaned) or cleaned).casefold()


def plain_digits(text: str) -> str:
    """Decimal digits of any script as 0-9; super- and subscripts too."""
    return "".join(
        str(unicodedata.digit(char)) if char.isdigit() and not char.isascii() else char
        for char in text
    )


def share_readable(text: str) -> float:
    """How much of the letters in ``text`` is Latin: 1.0 for plain English and for no letters."""
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return 1.0
    return sum(bool(fold_accents(char)) for char in letters) / len(letters)
