"""Cut text of any language into paragraphs and sentences, and count its words.

Nothing is lost: the sentences of a text joined by its own white space are the text. What the
sentences say is not looked at here.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "mx",
        "dr",
        "prof",
        "st",
        "sr",
        "jr",
        "rev",
        "hon",
        "gen",
        "col",
        "capt",
        "lt",
        "sgt",
        "maj",
        "cmdr",
        "mt",
        "ft",
        "vol",
        "pp",
        "ed",
        "eds",
        "approx",
        "dept",
        "est",
        "etc",
        "vs",
        "al",
        "inc",
        "ltd",
        "co",
        "corp",
        "bros",
        "e.g",
        "i.e",
        "cf",
        "ca",
        "viz",
        "a.m",
        "p.m",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "u.s",
        "u.k",
        "u.n",
        "ph.d",
        "m.d",
        "b.c",
        "a.d",
        "sra",
        "srta",
        "dña",
        "ud",
        "uds",
        "av",
        "z.b",
        "d.h",
        "bzw",
        "nr",
        "str",
        "mme",
        "mlle",
        "m",
    ]
)
# Ordinary words where no number follows (“No. 7”, “She said no.”).
_NUMBERED = frozenset(["no", "nos", "fig", "figs"])
# Ordinary words where they are written small (“Sun. 4 May”, “the sun.”).
_WORDS_TOO = frozenset(["sun", "sat", "wed", "mon", "mar", "ed", "co", "al"])
# Abbreviations that do end a sentence when a capital follows.
_MAY_END = frozenset(
    [
        "etc",
        "a.m",
        "p.m",
        "u.s",
        "u.k",
        "u.n",
        "ph.d",
        "m.d",
        "b.c",
        "a.d",
        "inc",
        "ltd",
        "co",
        "corp",
        "jr",
        "sr",
        "al",
        "m",
        "no",
    ]
)

_CLOSERS = "”’»\"')\\]）】」』〉》"
_WIDE_STOP = re.compile(rf"[。！？｡؟۔।॥։።]+[{_CLOSERS}]*")
_LATIN_STOP = re.compile(rf"(?:\.{{2,}}|…|[.!?])+[{_CLOSERS}]*(?=\s|$)")
_CONTINUES = re.compile(r"\s*[a-zà-öø-ÿа-яё,;—–]")
_QUOTE_GOES_ON = re.compile(r"(?<=[」』”）])(?:と|って|などと)")
_BARE_NUMBER = re.compile(r"(?:^|\n)\s*\(?\d{1,3}[.)]$")

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WIDE_EDGE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…]")
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
_WORD = re.compile(r"\w")

SECONDS_PER_CJK_CHARACTER = 0.17
"""A calm reader says about six characters of Chinese or Japanese in a second."""


def paragraphs(text: str) -> list[str]:
    """The parts between blank lines, stripped, none empty; single line ends become spaces."""
    parts = re.split(r"\n\s*\n", text.strip())
    return [joined for part in parts if (joined := " ".join(part.split()))]


def sentences(text: str) -> list[str]:
    """The sentences of one paragraph, stripped, in order, none empty.

    Knows abbreviations (``Dr. Zoë``), initials, times and decimals, ellipses, closing quotation
    marks, spoken lines followed by who says them, and the full stops of CJK, Arabic,
    Devanagari, Armenian and Ethiopic. Thai and Lao, which have none, are cut at spaces.
    """
    text = " ".join(text.split())
    ends: list[int] = []
    for match in sorted(
        [*_WIDE_STOP.finditer(text), *_LATIN_STOP.finditer(text)], key=lambda m: m.end()
    ):
        if match.re is not _WIDE_STOP:
            ending = _ends_sentence(text, match)
        else:
            ending = not (_QUOTE_GOES_ON.match(text, match.end()) or _in_quotes(text, match.end()))
        if ending:
            ends.append(match.end())
    starts = [0, *ends]
    found = [
        part.strip()
        for start, end in zip(starts, [*ends, len(text)], strict=True)
        if (part := text[start:end]).strip()
    ]
    return [piece for part in found for piece in _cut_unspaced(part)]


_LONGEST_SPEECH = 90


def _in_quotes(text: str, position: int) -> bool:
    """Whether somebody is speaking there who will have finished soon: ``「…。…。」``."""
    for opener, closer in (("「", "」"), ("『", "』")):
        start = text.rfind(opener, 0, position)
        end = text.find(closer, start) if start >= 0 else -1
        if position <= end <= start + _LONGEST_SPEECH:
            return True
    return False


def _ends_sentence(text: str, stop: re.Match[str]) -> bool:
    rest = text[stop.end() :]
    mark = stop.group()
    if not rest.strip():
        return True
    if _CONTINUES.match(rest):
        # “Who is it?” she said. / Wait… what? / 3 a.m. sharp.
        return False
    if mark.rstrip("”’»\"')]") == ".":
        before = text[: stop.start()]
        word = re.split(r"[\s(“\"‘—–-]", before)[-1].lower()
        if _BARE_NUMBER.search(before + mark) or (word.isdigit() and len(before.strip()) <= 3):
            return False
        if re.fullmatch(r"[a-z]", word) and word != "i" and mark == ".":
            return False  # an initial
        if word in _NUMBERED:
            return not re.match(r"\s*\d", rest)
        if word in _WORDS_TOO and not before[-len(word) :][0].isupper():
            return True
        if word in _ABBREVIATIONS:
            return word in _MAY_END and bool(re.match(r"\s+[“\"‘(]?[A-ZÀ-Þ]", rest))
    return True


def _cut_unspaced(sentence: str) -> list[str]:
    """Cut a long Thai, Lao, Burmese or Khmer line at its spaces, which part clauses there."""
    unspaced = sum(len(run) for run in _NO_SPACES.findall(sentence))
    if unspaced < len(sentence) / 2 or len(sentence) < 60:
        return [sentence]
    pieces: list[str] = []
    for part in sentence.split(" "):
        if pieces and len(pieces[-1]) + len(part) < 60:
            pieces[-1] += " " + part
        else:
            pieces.append(part)
    return pieces


def join(parts: list[str]) -> str:
    """Sentences in a row: with a space between them, except in Chinese and Japanese."""
    text = ""
    for part in parts:
        wide = text and _WIDE_EDGE.match(text[-1]) and _WIDE_EDGE.match(part[0])
        apart = bool(text) and not (wide and _CJK.search(text[-6:] + part[:6]))
        text += (" " if apart else "") + part
    return text


@lru_cache(maxsize=8192)
def count_words(text: str) -> int:
    """Words between white space; a CJK character is half a word, Thai and its kin a fifth.

    So a count stands for about the same speaking time in every script (a Chinese word has
    1.5 to 2 characters, a Thai one about five).
    """
    wide = len(_CJK.findall(text))
    runs = sum(len(run) for run in _NO_SPACES.findall(text))
    rest = _NO_SPACES.sub(" ", _CJK.sub(" ", text))
    spaced = sum(1 for word in rest.split() if _WORD.search(word))
    return spaced + (wide + 1) // 2 + (runs + 4) // 5


def split_long(sentence: str, most_words: int) -> list[str]:
    """Cut a sentence of more than ``most_words`` at commas, semicolons, dashes or colons.

    Where there are none: before a conjunction, else between words, else between the letters of a
    script without spaces. Pieces keep their order and their text; none has more than ``most_words``.
    """
    if count_words(sentence) <= most_words:
        return [sentence]
    pieces: list[str] = []
    for clause in _CLAUSE_ENDS.split(sentence):
        for part in _split_clause(clause, most_words) if clause else ():
            joined = join([pieces[-1], part]) if pieces else part
            if pieces and count_words(joined) <= most_words:
                pieces[-1] = joined
            else:
                pieces.append(part)
    return pieces


_CLAUSE_ENDS = re.compile(r"(?<=[,;:—–،؛])\s+|(?<=[、，；：。！？」』])(?![」』])\s*")
_CONJUNCTION = re.compile(
    r"\s+(?=(?:and|but|so|when|while|because|until|then|where|if|or|und|aber|et|mais|y|pero|e|ma)\s)",
    re.IGNORECASE,
)


def _split_clause(clause: str, most_words: int) -> list[str]:
    """A clause without commas in pieces of about the same length, none above ``most_words``."""
    size = count_words(clause)
    if size <= most_words:
        return [clause]
    wanted = size / -(-size // most_words)
    units = [unit for part in _CONJUNCTION.split(clause) for unit in _words_of(part, most_words)]
    pieces: list[str] = []
    for unit in units:
        joined = join([pieces[-1], unit]) if pieces else unit
        unspaced = bool(pieces) and f"{pieces[-1]}{unit}" in clause
        if unspaced:
            joined = f"{pieces[-1]}{unit}"
        if pieces and count_words(joined) <= min(most_words, wanted + 2):
            pieces[-1] = joined
        else:
            pieces.append(unit)
    return pieces


def _words_of(part: str, most_words: int) -> list[str]:
    """A part whole where it is short, else its words; letters where a word has no end."""
    if count_words(part) <= most_words / 2:
        return [part]
    units: list[str] = []
    for word in part.split():
        if count_words(word) <= most_words / 2:
            units.append(word)
        else:
            units.extend(_LETTERS.findall(word))
    return units


_LETTERS = re.compile(
    # a Thai or Lao letter with the vowel before it and the marks after it, else any letter with marks
    r"[\u0e40-\u0e44\u0ec0-\u0ec4]?.[\u0e30-\u0e3a\u0e45-\u0e4e\u0eb0-\u0ebc\u0ec8-\u0ecd"
    r"\u102b-\u103e\u17b6-\u17d3\u3041\u3043\u3045\u3047\u3049\u3063\u3083\u3085\u3087\u30fc\u3099\u309a"
    r"\u0300-\u036f、，。！？」』）]*"
)
