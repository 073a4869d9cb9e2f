"""What a writing system needs: direction, spaces between words, widths, places to break.

Facts about scripts and locales only; fonts and drawing live beside this module.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from content_platform.vocabulary import language_of

_SCRIPTS = {
    "Arab": ("ar", "fa", "ur", "ps", "ckb", "ug", "sd"),
    "Armn": ("hy",),
    "Beng": ("bn", "as"),
    "Cyrl": ("ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "mn", "tg", "tt"),
    "Deva": ("hi", "mr", "ne", "sa", "kok"),
    "Ethi": ("am", "ti"),
    "Geor": ("ka",),
    "Grek": ("el",),
    "Gujr": ("gu",),
    "Guru": ("pa",),
    "Hebr": ("he", "iw", "yi"),
    "Jpan": ("ja",),
    "Khmr": ("km",),
    "Knda": ("kn",),
    "Kore": ("ko",),
    "Laoo": ("lo",),
    "Mlym": ("ml",),
    "Mymr": ("my",),
    "Orya": ("or",),
    "Sinh": ("si",),
    "Taml": ("ta",),
    "Telu": ("te",),
    "Thai": ("th",),
}
_SCRIPT_OF_LANGUAGE = {lang: script for script, langs in _SCRIPTS.items() for lang in langs}

RIGHT_TO_LEFT = frozenset({"Arab", "Hebr"})
EAST_ASIAN = frozenset({"Jpan", "Hans", "Hant", "Kore"})

_UNSPACED_RANGES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x312F),  # CJK radicals and punctuation, kana, bopomofo
    (0x31A0, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF01, 0xFFEF),  # full- and half-width forms
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)

# Kinsoku: what must not begin, and what must not end, a line (after JIS X 4051, common subset).
_NOT_FIRST = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】〙〗〟…‥—～ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ"
    ",.:;?!%)]}’”»›·"
)
_NOT_LAST = frozenset("‘“（〔［｛〈《「『【〘〖〝([{«‹")
# Thai and Lao vowels that are written before the consonant they follow in speech.
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
_TRAILING_VOWELS = frozenset("ะาำๅๆฯะາຳໆຯ")

_SENTENCE_ENDS = frozenset(".!?…。！？｡؟۔।॥։።")
_CLAUSE_ENDS = frozenset(",;:—–、，；：､،؛፣၊·")
_CLOSERS = frozenset("\"'’”»›)]}）］｝」』】〉》*_")


def script_of(locale: str) -> str:
    """The ISO 15924 code a locale is written in: ``Latn`` for ``en``, ``Hant`` for ``zh-TW``."""
    language = language_of(locale)
    if language in ("zh", "yue"):
        traditional = locale.endswith(("-TW", "-HK", "-MO")) or language == "yue"
        return "Hant" if traditional else "Hans"
    return _SCRIPT_OF_LANGUAGE.get(language, "Latn")


def is_right_to_left(locale: str) -> bool:
    """True when lines of this locale start on the right."""
    return script_of(locale) in RIGHT_TO_LEFT


@lru_cache(maxsize=4096)
def is_unspaced(char: str) -> bool:
    """True for a character of a script that writes words without spaces between them."""
    code = ord(char)
    return any(low <= code <= high for low, high in _UNSPACED_RANGES)


def joiner(left: str, right: str) -> str:
    """What stands between two neighbouring words: a space, or nothing in unspaced scripts.

    A word of an unspaced script keeps a space that it brings along (Thai puts one between phrases).
    """
    if not left.strip() or not right.strip():
        return ""
    if left[-1].isspace() or right[0].isspace():
        return " "
    return "" if is_unspaced(left[-1]) or is_unspaced(right[0]) else " "


def join_words(words: Iterable[str]) -> str:
    """One line of text from its words, with spaces only where the script has them."""
    line, previous = "", ""
    for word in words:
        line += joiner(previous, word) + word.strip()
        previous = word
    return line


@lru_cache(maxsize=8192)
def columns(text: str) -> int:
    """How wide a text is, in columns: 2 for a full-width character, 0 for a combining mark, else 1.

    Caption guides count characters: 42 Latin or 16 full-width ones a line. Columns put both on
    one scale (Unicode Standard Annex 11 says which characters are wide).
    """
    total = 0
    for char in text:
        if unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc"):
            continue
        total += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return total


def ends_sentence(word: str) -> bool:
    """True when a word closes a sentence, quotation marks after the stop included."""
    core = word.rstrip().rstrip("".join(_CLOSERS))
    return bool(core) and core[-1] in _SENTENCE_ENDS and not is_abbreviation(core)


def ends_clause(word: str) -> bool:
    """True when a word closes a part of a sentence: a comma, a colon, a dash."""
    core = word.rstrip().rstrip("".join(_CLOSERS))
    return bool(core) and core[-1] in _CLAUSE_ENDS


_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "prof",
        "jr",
        "sr",
        "vs",
        "etc",
        "no",
        "e.g",
        "i.e",
        "a.m",
        "p.m",
        "sra",
        "srta",
        "dra",
        "ud",
        "m",
        "mme",
        "mlle",
        "hr",
        "fr",
        "nr",
    ]
)


def is_abbreviation(word: str) -> bool:
    """True for ``Dr.``, ``e.g.`` and single initials such as ``J.``, whose stop ends no sentence."""
    bare = word.rstrip(".").lstrip("\"'“‘«(").lower()
    if not word.endswith(".") or word.endswith(".."):
        return False
    return bare in _ABBREVIATIONS or (len(bare) == 1 and bare.isalpha() and bare != "i")


def may_break(left: str, right: str) -> bool:
    """Whether a line may end after ``left`` and go on with ``right`` inside an unspaced text."""
    if not left or not right:
        return False
    before, after = left[-1], right[0]
    if unicodedata.category(after) in ("Mn", "Mc", "Me", "Cf") or after in _TRAILING_VOWELS:
        return False
    if after in _NOT_FIRST or before in _NOT_LAST or before in _LEADING_VOWELS:
        return False
    return unicodedata.category(before) != "Cf"


def title_words(title: str) -> list[str]:
    """The units a title may be broken between: words, or phrases where words have no spaces.

    Japanese phrases end where kana gives way to kanji or katakana, Chinese ones after 的 and 之, all
    of them after punctuation. What is still wider than 16 columns is cut where its script allows.
    """
    units: list[str] = []
    for word in title.split():
        units.append(word[0])
        for before, after in pairwise(word):
            kana_ends = _is_hiragana(before) and not _is_hiragana(after)
            phrase_ends = kana_ends or before in "的之" or not before.isalnum()
            if is_unspaced(before) and phrase_ends and may_break(before, after):
                units.append(after)
            else:
                units[-1] += after
    return [
        piece
        for unit in units
        for piece in (split_to_fit(unit, 16) if is_unspaced(unit[0]) else (unit,))
    ]


def _is_hiragana(char: str) -> bool:
    return "\u3040" <= char <= "\u309f"


def split_to_fit(word: str, limit: int) -> tuple[str, ...]:
    """Cut a word wider than ``limit`` columns into balanced pieces that fit; joined they are the word.

    Cuts prefer the places a reader expects: after a hyphen or slash, at a space, where the rules of
    the script allow one; grapheme clusters stay whole unless one alone is too wide.
    """
    if columns(word) <= limit:
        return (word,)
    count = -(-columns(word) // limit)
    while True:
        pieces = _cut(word, count, limit)
        if all(columns(piece) <= limit for piece in pieces) or count >= len(word):
            return pieces
        count += 1


def _cut(word: str, count: int, limit: int) -> tuple[str, ...]:
    pieces: list[str] = []
    rest = word
    for left in range(count, 1, -1):
        target = columns(rest) / left
        best, best_cost = 1, float("inf")
        width = 0
        for i in range(1, len(rest)):
            width += columns(rest[i - 1])
            if width > limit and best_cost < float("inf"):
                break
            cost = abs(width - target)
            if rest[i - 1] in "-‐–—/_ ":
                cost -= limit / 4
            if not may_break(rest[i - 1], rest[i]):
                cost += limit * 4
            if cost < best_cost:
                best, best_cost = i, cost
        pieces.append(rest[:best])
        rest = rest[best:]
        if len(rest) <= 1:
            break
    pieces.append(rest)
    return tuple(piece for piece in pieces if piece)
