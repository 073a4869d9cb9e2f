"""Which words of a title a thumbnail shows, and which one it stresses."""

from __future__ import annotations

from content_platform.typography.fonts import Typeface
from content_platform.typography.scripts import title_words
from content_platform.typography.text import drawable
from content_platform.vocabulary import language_of

_MOST_WORDS = 5


def hook_words(title: str, locale: str) -> tuple[list[str], int]:
    """The two to five words of a title that a thumbnail shows, and which of them to stress.

    Small words at either end are dropped; of what is still longer, the stretch with most content is
    taken. The last content word is stressed: there titles keep their point.
    """
    words = title_words(drawable(title, Typeface.TITLE, locale))
    while len(words) > 2 and _weight(words[0], locale) < 1:
        words = words[1:]
    while len(words) > 2 and _weight(words[-1], locale) < 1:
        words = words[:-1]
    if len(words) > _MOST_WORDS:
        options = []
        for size in range(2, _MOST_WORDS + 1):
            for start in range(len(words) - size + 1):
                span = words[start : start + size]
                value = sum(_weight(word, locale) for word in span)
                value -= 2.0 * sum(_weight(word, locale) < 1 for word in (span[0], span[-1]))
                value += 0.3 * (start + size == len(words)) + 0.2 * (start == 0)
                options.append((value, -start, span))
        words = max(options)[2]
        words = [*words[:-1], words[-1].rstrip(",;:—–-、，")]
    stressed = max(range(len(words)), key=lambda i: (_weight(words[i], locale) >= 1, i), default=0)
    return words, stressed


# Words that carry little; a hook neither ends on them nor stresses them.
_SMALL = {
    "en": "a an the of in on at to for and or but nor as by from with into onto is was were are be "
    "who whom whose that which this these those his her its their our my your it he she they we you "
    "i not no when where while than then had has have did do does kept there",
    "de": "der die das den dem des ein eine einen einem einer eines und oder aber von vom im in am an "
    "zu zum zur mit für auf aus bei ist war sind sein ihr ihre der sich nicht wer wo als wie",
    "fr": "le la les l un une des du de d à au aux et ou mais dans sur en par pour avec qui que est "
    "était son sa ses ne pas",
    "es": "el la los las un una unos unas de del a al en con por para y o pero que su sus se no es era",
    "it": "il lo la i gli le un uno una di del della dei a al alla in nel nella con per da e o ma che "
    "suo sua non",
    "pt": "o a os as um uma de do da dos das em no na com por para e ou mas que seu sua não",
    "ru": "и или но а в во на с со к от из за у о об до не что кто как его её их",
}
_SMALL_WORDS = {language: frozenset(words.split()) for language, words in _SMALL.items()}


def _weight(word: str, locale: str) -> float:
    bare = word.strip(".,;:!?…—–-\"'“”‘’«»()").lower()
    if not bare or bare in _SMALL_WORDS.get(language_of(locale), frozenset()):
        return 0.2
    return 1.0 + min(len(bare), 12) / 8
