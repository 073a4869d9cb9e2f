"""Which words of a title a thumbnail shows, and which one it stresses."""

from __future__ import annotations

from collections.abc import Sequence

from content_platform.typography.fonts import Typeface
from content_platform.typography.scripts import title_words
from content_platform.typography.text import drawable
from content_platform.vocabulary import language_of

_MOST_WORDS = 8
"""What is longer than this is cut, where it has a phrase that stands on its own."""
_PHRASE = 5
"""The longest beginning that a title is cut to."""


def hook_words(title: str, locale: str) -> tuple[list[str], int]:
    """The words of a title that a thumbnail shows, and which of them to stress.

    The whole title, or a whole phrase of one longer than eight words: what stands after or before a
    colon or a dash, else its beginning up to a small word. Never a fragment from its middle. The
    last content word is stressed: there titles keep their point.
    """
    words = title_words(drawable(title, Typeface.TITLE, locale))
    if len(words) > _MOST_WORDS:
        words = next((part for part in phrases(words, locale) if part != words), words)
    stressed = max(range(len(words)), key=lambda i: (_weight(words[i], locale) >= 1, i), default=0)
    return words, stressed


def phrases(words: Sequence[str], locale: str) -> list[list[str]]:
    """What of a title's words says something by itself: its phrases of two words or more, the best
    first, and last the whole.
    """
    found: list[list[str]] = []
    for i, word in enumerate(words[:-1], start=1):
        if word.endswith((":", "—", "–", "：")):
            before = [*words[: i - 1], word.rstrip(":—–：")]
            found += [list(words[i:]), [part for part in before if part]]
    whole = list(words)
    if not found and len(words) > _MOST_WORDS:
        # Before a small word, at the latest possible, a title may end: "The Last Letter (from …)".
        ends = [
            i
            for i in range(2, min(len(words), _PHRASE + 1))
            if _weight(words[i], locale) < 1 <= _weight(words[i - 1], locale)
            and _bare(words[i]) in _LINKS.get(language_of(locale), frozenset())
        ]
        found += [[*words[: end - 1], words[end - 1].rstrip(",;")] for end in reversed(ends)]
    fitting = [part for part in found if 2 <= len(part) <= _MOST_WORDS]
    return [*fitting, whole] if whole else []


def opening(words: Sequence[str], locale: str) -> list[str]:
    """Whom or what a title is about, where it goes on to say more: ``The Black Cat`` of *The Black
    Cat That Stole Everything*; else all of it.
    """
    language = language_of(locale)
    ends = _LINKS.get(language, frozenset()) | _RELATIVES.get(language, frozenset())
    if not words or _bare(words[0]) in _ASKING:
        return list(words)
    for i in range(2, len(words)):
        if _bare(words[i]) in ends and _weight(words[i - 1], locale) >= 1:
            return [*words[: i - 1], words[i - 1].rstrip(",;:—–")]
    return list(words)


_RELATIVES = {"en": frozenset({"that", "who", "whose", "which"}), "fr": frozenset({"qui", "que"})}
_ASKING = frozenset({"what", "when", "where", "why", "how", "who", "if"})
"""A title that begins with one of these says nothing before its end."""

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


# Small words that add to what is whole without them: before these a title may end.
_LINKING = {
    "en": "of in on at for from with into onto and or but where when while by",
    "de": "und oder aber von vom im in am an für auf aus bei mit",
    "fr": "de du des et ou mais dans sur en par pour avec",
    "es": "de del en con por para y o pero",
    "it": "di del della dei in nel nella con per da e o ma",
    "pt": "de do da dos das em no na com por para e ou mas",
    "ru": "и или но в на с со к от из за у о об до",
}
_LINKS = {language: frozenset(words.split()) for language, words in _LINKING.items()}


def _bare(word: str) -> str:
    return word.strip(".,;:!?…—–-\"'“”‘’«»()").lower()


def _weight(word: str, locale: str) -> float:
    bare = _bare(word)
    if not bare or bare in _SMALL_WORDS.get(language_of(locale), frozenset()):
        return 0.2
    return 1.0 + min(len(bare), 12) / 8
