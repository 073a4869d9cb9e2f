"""Does a story read well? Length, repetition, readability, names, pronouns, template seams.

Finds problems and measures; never changes a text. Findings are hints for people and for the
regeneration of a story, in sentences that quote what is wrong.
"""

from __future__ import annotations

import re

from content_platform.quality import QualityReport
from content_platform.stories import reading
from content_platform.stories.lexicon import lexicon
from content_platform.stories.models import Brief, CastMember, Story
from content_platform.stories.sentences import count_words, sentences
from content_platform.stories.storyteller.theme import content_words, missing_words
from content_platform.stories.telling import WRITTEN_BY_SCRIPT
from content_platform.vocabulary import language_of

HOOK_MAX_WORDS = 30
LENGTH_TOLERANCE = 0.25
"""How far the speaking time may be from the brief's, by word count, before it is worth a hint.
The storyteller itself stays within 8 % of its target; voices differ in pace."""

_DOUBLED = re.compile(r"\b([^\W\d_]+) \1\b", re.IGNORECASE)
_MAY_DOUBLE = frozenset(
    ["had", "that", "no", "so", "very", "knock", "never", "ha", "ho", "tick", "tap", "bye"]
)
_SEAMS = (
    (re.compile(r"[{}\[\]|]|<\w"), "a slot was left unfilled"),
    (re.compile(r" [,.;:!?]"), "there is a space before a punctuation mark"),
    (
        re.compile(r"[,;:]{2}|\.{2}(?!\.)(?<!\.\.\.)|(?<!\.[A-Z])[.!?],"),
        "punctuation marks collide",
    ),
    (re.compile(r"(?<![.!?…”:])\s[a-z]+\. [a-z]"), "a sentence starts in lower case"),
    (re.compile(r"  "), "there are two spaces in a row"),
    (
        re.compile(r"\ba (?:hour|honest|heir)\b|\ban (?:one|uni[^mn]|us[eu])", re.IGNORECASE),
        "a/an is wrong",
    ),
    (re.compile(r"\ba [aeio]\w", re.IGNORECASE), "‘a’ stands before a vowel"),
)
# Things a story may speak of without having introduced them: every place has them.
_COMMON_GROUND = frozenset(
    (
        *("bed", "bell", "bridge", "chair", "cloud", "door", "fence", "fire", "gate", "kettle"),
        *("leaf", "moon", "shadow", "stairs", "star", "stone", "stove", "sun", "table", "tea"),
        *("tree", "wave", "window"),
    )
)
_KNOWN_BY_ITSELF = r"(?:\w+est|last|first|only|next|same|other) "
"""``the nearest clock``, like ``in the green coat``, says itself which is meant."""


def check_text(story: Story, brief: Brief) -> QualityReport:
    """Everything worth knowing about a story's text. Scripts are held only to what can be heard."""
    text = story.text
    own = story.written_by == WRITTEN_BY_SCRIPT
    english_text = language_of(story.locale) == "en"
    problems: list[str] = []
    measures: dict[str, float | int | str] = {
        "words": story.words,
        "scenes": len(story.scenes),
        "hook_words": count_words(sentences(story.scenes[0].text)[0]),
    }
    for pattern, problem in _SEAMS if english_text and not own else _SEAMS[:1]:
        seam = pattern.search(text)
        if seam:
            problems.append(f"{problem}: “{_around(text, seam.start())}”")
    doubled = [m.group() for m in _DOUBLED.finditer(text) if m[1].lower() not in _MAY_DOUBLE]
    if doubled:
        problems.append(f"a word is doubled: “{doubled[0]}”")
    repetition = _repetition(text)
    measures["repeated_4gram_share"] = round(repetition, 3)
    if repetition > 0.12:
        problems.append(f"{repetition:.0%} of its four-word phrases come more than once")
    if english_text:
        ease = flesch_reading_ease(text)
        measures["flesch_reading_ease"] = round(ease, 1)
        if ease < 45 and not own:
            problems.append(
                f"it is hard to follow by ear (Flesch reading ease {ease:.0f}, wanted ≥45)"
            )
    if not own:
        problems.extend(_about_the_request(story, brief, measures))
        if english_text:
            problems.extend(_about_names(story, measures))
            dangling = dangling_references(text, story)
            measures["dangling_references"] = len(dangling)
            if len(dangling) > max(2, story.words // _WORDS_A_DANGLING):
                problems.append(
                    f"things are spoken of before they are introduced: {', '.join(dangling)}"
                )
    return QualityReport(tuple(problems), measures)


def flesch_reading_ease(text: str) -> float:
    """Flesch (1948): 206.835 - 1.015 words per sentence - 84.6 syllables per word."""
    words = re.findall(r"[a-z’']+", text.lower())
    if not words:
        return 100.0
    count = max(1, len(sentences(text)))
    syllables = sum(_syllables(word) for word in words)
    return 206.835 - 1.015 * len(words) / count - 84.6 * syllables / len(words)


def _syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    return max(
        1,
        groups
        - silent
        - (word.endswith("ed") and not word.endswith(("ted", "ded")) and groups > 1),
    )


_WORDS_A_DANGLING = 60
"""A listener takes a thing now and then for granted (the pen of somebody who signs); not one a line."""
_NAMES = re.compile(r"(?<=[a-z,] )(?:[A-Z][\w’-]+ ?){2,}")
"""Names of several words inside a sentence, ``the Weekly Anchor``: no thing is meant."""


def dangling_references(text: str, story: Story) -> list[str]:
    """Things first met as ``the X`` although nothing before them, nor the theme, made them known.

    Only things the vocabulary knows are looked at, so that ``the first`` or ``the better`` are not
    taken for one; what a place always has (a door, a window) counts as known.
    """
    words = lexicon()
    things = tuple({*words.props, *words.devices, *words.creatures} - _COMMON_GROUND)
    given = " ".join(
        [story.theme, story.title, *(s.place for s in story.scenes), *(m.noun for m in story.cast)]
    ).lower()
    met: set[str] = set(reading.terms_in(things, given))
    dangling: list[str] = []
    for sentence in (_NAMES.sub(" ", one).lower() for one in sentences(text)):
        for thing in reading.terms_in(things, sentence):
            said = rf"(?<!in )\bthe (?!{_KNOWN_BY_ITSELF})(?:\w+ )?{re.escape(thing)}s?\b"
            if thing not in met and re.search(said, sentence):
                dangling.append(thing)
            met.add(thing)
    return dangling


def _about_the_request(
    story: Story, brief: Brief, measures: dict[str, float | int | str]
) -> list[str]:
    problems = []
    seconds = story.words / 2.6
    measures["estimated_s"] = round(seconds, 1)
    error = seconds / brief.target_seconds - 1
    if abs(error) > LENGTH_TOLERANCE:
        problems.append(
            f"about {seconds:.0f} s of speech instead of {brief.target_seconds:.0f} s "
            f"({story.words} words)"
        )
    if len(story.scenes) < 3:
        problems.append(f"only {len(story.scenes)} scenes: too few pictures to watch")
    hook = int(measures["hook_words"])
    if hook > HOOK_MAX_WORDS:
        problems.append(f"the first sentence has {hook} words; a hook has at most {HOOK_MAX_WORDS}")
    if language_of(story.locale) == "en":
        missing = missing_words(story.text, brief.theme)
        measures["theme_words_missing"] = len(missing)
        if len(missing) > len(content_words(brief.theme)) / 2:
            problems.append(f"the theme is hardly in it: no word of {', '.join(missing)}")
    return problems


def _about_names(story: Story, measures: dict[str, float | int | str]) -> list[str]:
    problems = []
    heroes = [member for member in story.cast if member.name[0].isupper()]
    for member in heroes:
        if member.name not in story.text:
            problems.append(f"{member.name} is in the cast but never named")
        near = re.findall(rf"\b{re.escape(member.name)}\w{{1,2}}\b", story.text)
        if near:
            problems.append(f"{member.name} is also spelled {near[0]}")
    pronoun_problem = _pronouns(story, heroes)
    if pronoun_problem:
        problems.append(pronoun_problem)
    measures["named_cast"] = len(heroes)
    return problems


def _pronouns(story: Story, heroes: list[CastMember]) -> str:
    """A lone hero's pronoun must be the one their kind has, when nobody else could be meant."""
    if len(heroes) != 1 or len(story.cast) != 1:
        return ""
    wrong = {"woman": "he", "girl": "he", "man": "she", "boy": "she"}.get(heroes[0].kind)
    spoken = re.sub(r"“[^”]*”", "", story.text)
    if wrong and (found := re.search(rf"\b{wrong}\b", spoken, re.IGNORECASE)):
        return f"{heroes[0].name} is a {heroes[0].kind}, yet: “{_around(spoken, found.start())}”"
    return ""


def _repetition(text: str) -> float:
    words = re.findall(r"[\w’]+", text.lower())
    grams = list(zip(words, words[1:], words[2:], words[3:], strict=False))
    return 0.0 if not grams else 1 - len(set(grams)) / len(grams)


def _around(text: str, position: int) -> str:
    return text[max(0, position - 25) : position + 25].strip()
