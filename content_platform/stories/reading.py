"""See a text: place, time, weather, mood, people, things and doing, read out of English words.

Vocabulary based and shared by the storyteller (for the pictures of its own sentences) and by
``scenes`` (for anybody's text). Other languages get what little their scripts share: nothing
here guesses. Cutting a text is ``sentences``' and ``scenes``' business.
"""

from __future__ import annotations

import re
from functools import cache

from content_platform.stories import english
from content_platform.stories.lexicon import Place, lexicon
from content_platform.stories.models import TimeOfDay, Weather
from content_platform.vocabulary import Mood

_COMPARISON = re.compile(
    r"\b(?:like|as if|as though|as [\w-]+ as|(?:\w+er|more|less) than|"
    r"(?:small|tiny|big|large|tall|wide|long|thin|round|white|black|red|green|blue|grey|pale|dark|bright|clear|soft|"
    r"hard|sharp|smooth|cold|warm|old|light|heavy|deep|high|still|quiet|silent|slow|quick|plain|neat) as)\b"
    r"[^,.;:!?”]*"
)


@cache
def _pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    """Any of ``terms``, longest first, as whole words, singular or plural."""
    forms = {form for term in terms for form in (term, english.plural(term))}
    body = "|".join(re.escape(form) for form in sorted(forms, key=lambda f: (-len(f), f)))
    return re.compile(rf"\b(?:{body})\b")


def terms_in(terms: tuple[str, ...], text: str, *, every: bool = False) -> list[str]:
    """The terms in ``text`` in order of appearance, singular; once each, or ``every`` time."""
    low = text.lower().replace("'", "’")
    known = set(terms)
    hits = []
    for match in _pattern(terms).finditer(low):
        word = match.group()
        hits.append(word if word in known else english.singular(word))
    return hits if every else list(dict.fromkeys(hits))


def without_comparisons(text: str) -> str:
    """``text`` without what it only compares with: ``like a stolen apple``, ``as long as boats``.

    >>> without_comparisons("Sparks lay there, small as seeds, and went out.")
    'Sparks lay there, , and went out.'
    """
    return _COMPARISON.sub("", text)


_DOES = frozenset(
    ("he", "she", "it", "they", "who", "that", "which", "always", "never", "still", "and", "one")
)
_PRONOUNS = frozenset(("he", "she", "it", "they", "who", "always", "never"))
_AFTER_A_VERB = frozenset(
    (
        "a",
        "an",
        "the",
        "out",
        "in",
        "his",
        "her",
        "their",
        "its",
        "one",
        "no",
        "some",
        "me",
        "us",
        "him",
        "them",
    )
)
_LACKS = re.compile(r"\b(?:no|not an?|without(?: an?| the| any)?|nobody’s)(?: [\w-]+)? $")
_STATES = (
    "dead|bare|leafless|broken|empty|sealed|folded|burning|lit|unlit|flowering|open|closed|wet"
)
_STATE = re.compile(rf"\b({_STATES})(?: (?:old|big|great|small|little|tall))? $")
_PART_OF = re.compile(
    r"^s? of (?:light|sound|people|faces|lights|shadows|paper|snow|water|smoke)\b"
)
_NOT_ALONE = {
    "train": re.compile(r"^ (?:station|driver|whistle|tracks)"),
    "lamp": re.compile(r"^s? posts?\b"),
    "car": re.compile(r"^ (?:park|door)"),
    "letter": re.compile(r"^s? as\b"),
    "oven": re.compile(r"^ gloves"),
    "ring": re.compile(r"^s? of \w+"),
    "leaf": re.compile(r"^s (?:a|an|the|out|in|his|her|their|one|no|me|him|them)\b"),
}
_A_WELL = re.compile(
    r"\b(?:an?|the|this|that|his|her|their|its|old|dry|deep|stone|empty|village) $"
)
_BARE_TREE = re.compile(r"\btrees? (?:with no leaves|without leaves|without a leaf|that had died)")
_GONE_OUT = re.compile(
    r"\b(lamp|lantern|candle)\b[^.!?;]{0,40}\b(?:(?:went|goes|gone|going) (?:out|dark)|is silent|"
    r"(?:is|stays) (?:still )?broken|never worked again)\b"
)


def props_in(text: str) -> list[str]:
    """Things a picture can show, in order of appearance, with the state they are in.

    Not those a comparison only mentions, nor those that are said to be missing.

    >>> props_in("Under a great dead tree she leaves the letter, and has no lantern.")
    ['dead tree', 'letter']
    """
    low = without_comparisons(text).lower().replace("'", "’")
    known = set(lexicon().props)
    gone_out = {match[1] for match in _GONE_OUT.finditer(low)}
    found: dict[str, str] = {}
    for match in _pattern(lexicon().props).finditer(low):
        word = match.group()
        term = word if word in known else english.singular(word)
        before, after = low[: match.start()], low[match.end() :]
        last = re.search(r"([\w’]+) $", before)
        following = re.match(r" (\w+)", after)
        if (
            word != term
            and last
            and last[1] in _DOES
            and following
            and (following[1] in _AFTER_A_VERB or (term == "leaf" and last[1] in _PRONOUNS))
        ):
            continue  # "she leaves the …", "that rings in …"
        if _LACKS.search(before) or _PART_OF.match(after):
            continue
        rest = low[match.start() + len(term.replace("leaf", "leave")) :]
        if term in _NOT_ALONE and _NOT_ALONE[term].match(rest):
            continue
        if term == "letter" and before.endswith((" in ", "capital ", "last ")) and word != term:
            continue
        if word == "well" and not _A_WELL.search(before):
            continue  # "it all went well"
        if term == "moon" and re.search(r"\bfrom the $", before):
            continue
        state = _STATE.search(before)
        shown = f"{state[1]} {term}" if state else term
        if term == "tree" and (_BARE_TREE.search(low) or shown in ("bare tree", "leafless tree")):
            shown = "dead tree"
        if term in gone_out:
            shown = f"unlit {term}"
        found.setdefault(term, shown)
    return list(found.values())


def place_in(text: str) -> tuple[Place, str] | None:
    """The first place named after a preposition, else the first one named: its facts and its words."""
    low = text.lower().replace("'", "’")
    places = lexicon().places
    pattern = _pattern(tuple(places))
    matches = [m for m in pattern.finditer(low) if not low[m.end() :].startswith(("’s", "-"))]
    if not matches:
        return None
    led = re.compile(
        r"\b(?:in|on|at|into|inside|through|to|from|across|aboard|near|under|behind|of|toward|towards|reached|entered)\s+(?:\w+[\s-]){0,3}$"
    )
    best = next((m for m in matches if led.search(low[: m.start()])), matches[0])
    noun = best.group() if best.group() in places else english.singular(best.group())
    before = re.search(r"([\w’-]+)\s+$", low[: best.start()])
    words = lexicon()
    extra = ""
    if before and (
        before[1] in words.visible
        or before[1] in ("pine", "night", "dark", "abandoned", "busy", "empty", "oak", "stone")
    ):
        extra = before[1] + " "
    return places[noun], extra + noun


def time_in(text: str) -> TimeOfDay | None:
    words = lexicon()
    hits = terms_in(tuple(words.time_nouns), text)
    if hits:
        return words.time_nouns[hits[0]]
    clock = re.search(r"\b([01]?\d|2[0-3])[:.]([0-5]\d)\s*([ap])?\.?m?\b", text.lower())
    if clock:
        hour = int(clock[1]) % 12 + 12 if clock[3] == "p" else int(clock[1])
        return _time_of_hour(hour)
    return None


def _time_of_hour(hour: int) -> TimeOfDay:
    if 5 <= hour < 8:
        return TimeOfDay.DAWN
    if 8 <= hour < 18:
        return TimeOfDay.DAY
    return TimeOfDay.DUSK if 18 <= hour < 21 else TimeOfDay.NIGHT


def weather_in(text: str) -> Weather | None:
    words = lexicon()
    table = {**words.weather_adjectives, **words.weather_nouns, "rained": Weather.RAIN, "raining": Weather.RAIN,
             "snowed": Weather.SNOW, "snowing": Weather.SNOW, "stormed": Weather.STORM}  # fmt: skip
    del table["wet"], table["clear"], table["frosty"], table["grey"]
    hits = terms_in(tuple(table), text)
    return table[hits[0]] if hits else None


def mood_in(text: str) -> Mood | None:
    """The feeling most of the text's words carry, or None when none does."""
    moods = lexicon().moods
    counts: dict[Mood, int] = {}
    for word in re.findall(r"[a-z]+", text.lower()):
        for mood in moods.get(word, ()):
            counts[mood] = counts.get(mood, 0) + 1
    if not counts:
        return None
    return max(counts, key=lambda mood: (counts[mood], -list(Mood).index(mood)))


_COLOURS = (
    "red|crimson|scarlet|orange|amber|yellow|golden|gold|green|emerald|olive|teal|turquoise|blue|navy|"
    "indigo|violet|purple|pink|brown|silver|grey|gray|white|cream|black"
)
_GARMENTS = (
    "scarf|shawl|coat|overcoat|raincoat|jacket|dress|gown|cloak|cape|robe|hat|cap|jumper|sweater|"
    "apron|mittens|gloves|boots"
)
_WORN = re.compile(
    r"\b(?:in|with|wore|wears|wearing|put on|puts on|pulled on|his|her|their|the)\b(?: (?:a|an|his|her|their|the))?"
    rf"(?: (?:old|long|thick|warm|little|big|thin|woollen|bright|dark))* (?P<worn>(?:{_COLOURS}) (?:{_GARMENTS}))\b",
    re.I,
)


def garments_worn(text: str) -> list[tuple[int, str]]:
    """Coloured clothes that somebody wears, and where the text says so.

    >>> garments_worn("a girl in a red scarf")
    [(12, 'red scarf')]
    """
    return [(match.start("worn"), match["worn"].lower()) for match in _WORN.finditer(text)]
