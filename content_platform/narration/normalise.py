"""Text as it is written → text as it is said, word by word.

A voice reads letters; a script has prices, clock times, years, abbreviations and emoji. Every
*written* word (what stands between spaces) becomes one ``SpokenWord`` that holds what is to be
said for it, so that timings of what was said map back to what was written, punctuation included.

Here: the cleaning common to all languages, punctuation, and the lexicon. English reading rules
are in ``english.py``; other languages keep their digits, which their engines read themselves.
Not here: phonemes, which belong to each engine's adapter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from content_platform.narration import english
from content_platform.narration.letters import fold_key, is_text, plain_digits
from content_platform.vocabulary import language_of

_OPENING = "\"'“”‘’„«‹([{<*_~`¿¡|"
_CLOSING = "\"'“”‘’«»‹›)]}>*_~`.,;:!?…—–-|"
_PAUSES = ".,;:!?…—"
_QUOTES_OPEN = "“„«"
_DASHES = re.compile(r"[–―]|--+")


@dataclass(frozen=True)
class SpokenWord:
    """One written word and what is said for it."""

    written: str
    """As in the text, untouched."""
    opening: str
    """``“`` or ``(`` before it, or nothing."""
    spoken: str
    """Words to be said, separated by spaces; empty for a dash, an emoji, a bullet."""
    closing: str
    """Marks after it that shape the melody: some of ``. , ; : ! ? … — ” )``."""

    @property
    def text(self) -> str:
        """What a voice is given for this word."""
        return f"{self.opening}{self.spoken}{self.closing}"

    @property
    def ends_sentence(self) -> bool:
        """True when a sentence ends after this word."""
        return any(mark in ".!?…" for mark in self.closing)

    @property
    def ends_phrase(self) -> bool:
        """True when a listener expects at least a short pause after this word."""
        return any(mark in _PAUSES for mark in self.closing)


def normalise(
    text: str, locale: str = "en", lexicon: Mapping[str, str] | None = None
) -> tuple[SpokenWord, ...]:
    """Return one ``SpokenWord`` per written word of ``text``, in order (``text.split()``).

    ``lexicon`` maps a word as written (any case, without punctuation) to a spelling the voice
    says rightly; it goes before every rule and also covers the word's possessive.
    Letters that are not Latin are silent in English: see ``letters.share_readable``.
    """
    written = text.split()
    parts = [_take_apart(word) for word in written]
    cores = [core for _, core, _ in parts]
    own = {fold_key(_take_apart(word)[1] or word): said for word, said in (lexicon or {}).items()}
    closings = [closing for _, _, closing in parts]
    known = [_from_lexicon(core, own) for core in cores]
    if language_of(locale) == "en":
        spoken, closings = english.read(cores, closings, known, british=locale == "en-GB")
    else:
        spoken = [
            _plain(core) if said is None else said for core, said in zip(cores, known, strict=True)
        ]
    marks = [_closing(after, bool(said)) for said, after in zip(spoken, closings, strict=True)]
    for at in _stressed(cores, marks):
        marks[at - 1] += ","
    return tuple(
        SpokenWord(word, _opening(before), said, mark)
        for word, (before, _, _), said, mark in zip(written, parts, spoken, marks, strict=True)
    )


_INITIALS = frozenset(
    (
        "AIDS",
        "ASCII",
        "COVID",
        "FIFA",
        "HTML",
        "HTTP",
        "HTTPS",
        "IKEA",
        "JPEG",
        "MPEG",
        "NASA",
        "NATO",
    )
) | {"OPEC", "RSVP", "UEFA", "UNESCO", "UNICEF", "VIII", "XIII", "XVII", "XVIII"}


def _stressed(cores: list[str], marks: list[str]) -> list[int]:
    """Where a word is written in capitals for emphasis: ``It was NEVER locked.``

    A voice is given a short breath before it, as a comma makes: the next thing heard is what the
    sentence is about. Words of fewer than four letters are taken for initials, and a text mostly in
    capitals stresses nothing.
    """
    loud = [core.isalpha() and core.isupper() and len(core) >= 4 for core in cores]
    if sum(core.isupper() for core in cores) * 2 > sum(core.isalpha() for core in cores):
        return []
    return [
        at
        for at in range(1, len(cores))
        if loud[at]
        and not loud[at - 1]
        and cores[at] not in _INITIALS
        and cores[at - 1].isalpha()
        and not marks[at - 1]
    ]


def spoken_text(words: tuple[SpokenWord, ...]) -> str:
    """All that is said, with its punctuation, as one line."""
    return " ".join(word.text for word in words if word.text)


def spoken_words(text: str, locale: str = "en") -> list[str]:
    """Only the words said, lower-case and without marks: what transcripts are compared by."""
    joined = " ".join(word.spoken for word in normalise(text, locale)).casefold()
    joined = "".join(char if char.isalnum() or _is_mark(char) else _gap(char) for char in joined)
    return joined.split()


def _take_apart(word: str) -> tuple[str, str, str]:
    """Split a written word into marks before, core, marks after; drop what nobody says."""
    text = unicodedata.normalize("NFC", word).replace("\N{NON-BREAKING HYPHEN}", "-")
    text = "".join(char for char in text if is_text(char))
    text = _DASHES.sub("—", plain_digits(text)).replace("...", "…").replace("−", "-")
    start, end = 0, len(text)
    while start < end and text[start] in _OPENING:
        start += 1
    while end > start and text[end - 1] in _CLOSING:
        end -= 1
    core = text[start:end].replace("’", "'").replace("‘", "'")
    if not any(char.isalnum() or char in "&+=@%°×÷±§$£€#" for char in core):
        return "", "", text
    if start and text[start - 1] in "'’‘" and english.starts_with_apostrophe(core):
        core, start = f"'{core}", start - 1
    return text[:start], core, text[end:]


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def _gap(char: str) -> str:
    """Apostrophes and the dots of ``F.B.I.`` join; everything else separates."""
    return "" if char in "'." else " "


def _from_lexicon(core: str, lexicon: Mapping[str, str]) -> str | None:
    if not core or not lexicon:
        return None
    key = fold_key(core)
    if key in lexicon:
        return lexicon[key]
    if key.endswith("'s") and key[:-2] in lexicon:
        return f"{lexicon[key[:-2]]}'s"
    return None


def _plain(core: str) -> str:
    """A core of a language whose engine reads numbers and symbols itself."""
    return re.sub(r"[*_~`^|<>{}\[\]]+", " ", core).strip()


def _opening(marks: str) -> str:
    if "(" in marks or "[" in marks:
        return "("
    return "“" if any(mark in f'"{_QUOTES_OPEN}' for mark in marks) else ""


def _closing(marks: str, said: bool) -> str:
    """Keep the marks a voice can act on, each once, in their order."""
    if not said and marks and not any(mark in ".,;:!?…" for mark in marks):
        return "—" if any(mark in "—-–" for mark in marks) else ""
    kept = []
    for mark in marks.replace("]", ")").replace('"', "”").replace("»", "”"):
        if mark in f"{_PAUSES}”)" and mark not in kept:
            kept.append(mark)
    if "…" in kept and "." in kept:
        kept.remove(".")
    return "".join(kept)
