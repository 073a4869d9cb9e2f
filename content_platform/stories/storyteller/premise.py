"""Understand a theme: who it is about, where, what with, when, and what is special.

``read_premise("two robots on a night train", seed…)`` turns a person's few words into a
``Premise``, with everything a plot needs filled in from vocabulary where the theme is silent.
What happens then is the kernels' business.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace
from typing import Literal

from content_platform.stories import english
from content_platform.stories.lexicon import Lexicon, Place, Role, lexicon
from content_platform.stories.models import CastMember, TimeOfDay, Weather
from content_platform.vocabulary import Genre

CastKind = Literal["woman", "man", "girl", "boy", "animal", "creature", "object"]

_NUMBERS = {
    "two": 2, "both": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "hundred": 100,
}  # fmt: skip
_DETERMINERS = frozenset(
    [
        "a",
        "an",
        "the",
        "some",
        "this",
        "that",
        "my",
        "our",
        "his",
        "her",
        "their",
        "its",
        "one",
        "every",
        "each",
    ]
)
_PREPOSITIONS = frozenset(
    [
        "in",
        "on",
        "at",
        "under",
        "near",
        "inside",
        "by",
        "beside",
        "aboard",
        "through",
        "behind",
        "between",
        "among",
        "from",
        "of",
        "for",
        "with",
        "without",
        "during",
        "after",
        "before",
        "across",
        "above",
        "below",
        "to",
        "into",
        "about",
        "against",
        "around",
        "outside",
        "beyond",
        "until",
        "along",
        "over",
    ]
)
_RELATIVES = frozenset(("who", "that", "which", "whose", "where"))
_PLACE_PREPOSITIONS = frozenset(
    [
        "in",
        "on",
        "at",
        "under",
        "near",
        "inside",
        "by",
        "beside",
        "aboard",
        "through",
        "behind",
        "across",
        "above",
        "below",
        "outside",
        "beyond",
        "along",
        "of",
        "from",
        "to",
        "into",
    ]
)
_LEAD_IN = re.compile(
    r"^(?:please\s+)?(?:(?:write|tell)(?:\s+me)?\s+)?(?:(?:a|the)\s+)?(?:short\s+)?"
    r"(?:(?:story|tale|video|film)\s+)?(?:about|of)\s+|^(?:a|the)\s+(?:story|tale)\s+(?:about|of)\s+",
    re.IGNORECASE,
)
_STATES = frozenset(
    [
        "afraid",
        "alone",
        "lost",
        "asleep",
        "full",
        "made",
        "named",
        "called",
        "known",
        "born",
        "trapped",
    ]
)
_FILLER = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "with",
        "from",
        "by",
        "is",
        "was",
        "are",
        "were",
        "be",
        "been",
        "being",
        "has",
        "had",
        "have",
        "who",
        "that",
        "which",
        "whose",
        "it",
        "its",
        "his",
        "her",
        "their",
        "they",
        "he",
        "she",
        "him",
        "them",
        "this",
        "these",
        "those",
        "about",
        "into",
        "as",
        "but",
        "so",
        "not",
        "no",
        "very",
        "just",
        "when",
        "where",
        "while",
        "than",
        "then",
        "there",
        "some",
        "any",
        "all",
        "one",
        "two",
        "three",
        "once",
        "only",
        "again",
        "story",
        "tale",
    ]
)


@dataclass(frozen=True)
class Phrase:
    """A noun phrase of the theme: ``two`` ``old`` ``robot``."""

    noun: str
    """Singular, with the nouns that belong to it: ``lighthouse keeper``, ``clockmaker’s shop``."""
    adjectives: tuple[str, ...] = ()
    count: int = 1
    many: bool = False
    definite: bool = False
    name: str = ""

    @property
    def text(self) -> str:
        """Adjectives and noun, singular: ``old robot``."""
        return " ".join([*self.adjectives, self.noun])


@dataclass(frozen=True)
class Hero:
    """Who the story is about: one, or a few who act together."""

    names: tuple[str, ...]
    noun: str
    adjectives: tuple[str, ...]
    gender: english.Gender
    kind: CastKind
    count: int
    tail: str = ""
    """What else the theme says of them, in the past: ``who baked letters for the dead``."""

    @property
    def many(self) -> bool:
        return self.count > 1

    @property
    def pronouns(self) -> english.Pronouns:
        return english.PRONOUNS["plural" if self.many else self.gender]


@dataclass(frozen=True)
class Premise:
    """A theme, understood. ``given`` tells which parts came from the theme itself."""

    theme: str
    hero: Hero
    young: bool
    place: Place
    place_text: str
    setting: str
    """The bigger place around it: ``city``, ``village``."""
    device: str
    thing: str
    creature: str
    """An animal or being that is not the hero, with its adjectives: ``glowing fox``."""
    creature_kind: str
    work: str
    """What the hero has always done, base form first: ``bake letters for the dead``."""
    event: str
    """What happens to the hero in the theme, past tense: ``found a glowing fox in a forest``."""
    legend: str
    """A theme without anybody in it, as it stands: ``a door that should not exist``."""
    time: TimeOfDay
    weather: Weather
    given: frozenset[str] = field(default_factory=frozenset)


@dataclass
class _Reading:
    """What parsing has found so far."""

    subject: list[Phrase] = field(default_factory=list)
    tail: str = ""
    work: str = ""
    event: str = ""
    gender: str = ""
    place: Phrase | None = None
    outer: Phrase | None = None
    thing: Phrase | None = None
    creature: Phrase | None = None
    companions: list[Phrase] = field(default_factory=list)
    time: TimeOfDay | None = None
    weather: Weather | None = None


def content_words(theme: str) -> tuple[str, ...]:
    """The words of a theme that carry it, lower case, in order, without repetition."""
    words = re.findall(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*", _LEAD_IN.sub("", theme).lower())
    return tuple(dict.fromkeys(word for word in words if word not in _FILLER and len(word) > 1))


def missing_words(text: str, theme: str) -> list[str]:
    """Nouns and adjectives of ``theme`` that ``text`` never says in any form.

    Verbs are left out: a story that is about finding a fox need not say ``finds``.
    """
    low = text.lower()
    return [
        word
        for word in content_words(theme)
        if not _is_finite_verb(word) and not any(stem in low for stem in _stems(word))
    ]


def _is_finite_verb(word: str) -> bool:
    base = english.verb_base(word)
    known = english.knows_irregular(base) or base in lexicon().verbs
    return known and (base != word or word in _PAST_FORMS)


def _stems(word: str) -> tuple[str, ...]:
    """What may be heard of a word: its stem, so that endings may differ, or its past tense."""
    word = word.replace("'", "’").split("’")[0]
    stem = word if len(word) <= 4 else word[: max(4, len(word) - 3)]
    base = english.verb_base(word)
    family = {english.singular(word), english.past(base)} if base != word else {stem}
    return (stem, *family)


def read_premise(theme: str, genre: Genre, rng: random.Random) -> Premise:
    """Understand ``theme``; what it leaves open is chosen by ``rng`` from the vocabulary."""
    words = lexicon()
    clean = _LEAD_IN.sub("", " ".join(theme.split()).strip(' .!?…"“”')).replace("'", "’")
    clean = clean or theme
    found = _parse(clean, words)
    people = [p for p in found.subject if _is_being(p, words)]
    legend = ""
    if not people and found.companions:
        people = found.companions[:1]
        legend = clean
    elif not people and not (found.place and found.place is found.subject[0]):
        legend = clean
    place, place_text, setting = _choose_place(found, people, genre, words, rng)
    role = words.role(people[0].noun) if people else words.role(place.role)
    hero = _make_hero(people, found, role, words, rng)
    role = words.role(hero.noun) or role
    young = bool(role and role.young) or "young" in hero.adjectives or hero.noun in ("girl", "boy")
    thing = english.singular(found.thing.text) if found.thing else ""
    device = _choose_device(found.thing, role, place, words)
    creature = found.creature
    given = {
        name
        for name, here in {
            "hero": bool(people), "place": found.place is not None, "thing": bool(thing),
            "creature": creature is not None, "work": bool(found.work), "event": bool(found.event),
            "time": found.time is not None, "weather": found.weather is not None,
            "setting": found.outer is not None,
        }.items()
        if here
    }  # fmt: skip
    work = found.work if people else ""
    if not work:
        suits_place = role is not None and (found.place is None or role.place == place.noun)
        if young:
            work = f"know every corner of {_the(place_text)}"
        elif role is not None and (suits_place or people):
            work = role.work
        else:
            work = f"look after {_the(place_text)}"
    weather = found.weather or rng.choice(_USUAL_WEATHER[genre])
    return Premise(
        theme=theme,
        hero=hero,
        young=young,
        place=place,
        place_text=place_text,
        setting=setting,
        device=device,
        thing=thing or (role.thing if role else "letter"),
        creature=creature.text if creature else "",
        creature_kind=(words.creature(creature.noun) or "creature") if creature else "",
        work=work,
        event=found.event,
        legend=legend,
        time=found.time or rng.choice(_USUAL_TIME[genre]),
        weather=weather,
        given=frozenset(given),
    )


_USUAL_WEATHER = {
    Genre.MYSTERY: [Weather.RAIN, Weather.FOG, Weather.STORM],
    Genre.FANTASY: [Weather.CLEAR, Weather.SNOW, Weather.FOG],
    Genre.HEARTWARMING: [Weather.RAIN, Weather.SNOW, Weather.CLEAR],
}
_USUAL_TIME = {
    Genre.MYSTERY: [TimeOfDay.NIGHT],
    Genre.FANTASY: [TimeOfDay.NIGHT, TimeOfDay.NIGHT, TimeOfDay.DUSK],
    Genre.HEARTWARMING: [TimeOfDay.DUSK, TimeOfDay.NIGHT],
}


def _the(noun: str) -> str:
    return noun if noun[:1].isupper() else f"the {noun}"


# ---------------------------------------------------------------- parsing


def _parse(theme: str, words: Lexicon) -> _Reading:
    tokens = re.findall(r"[\w’-]+|[,;:]", theme)
    found = _Reading()
    position = 0
    if tokens and tokens[0].lower() in ("when", "why", "how", "where"):
        position = 1
    phrase, position = _noun_phrase(tokens, position, words)
    if phrase is None:
        return found
    found.subject.append(phrase)
    while position < len(tokens) and tokens[position].lower() in ("and", ",", "&"):
        follow, after = _noun_phrase(tokens, position + 1, words)
        if follow is None or not _is_being(follow, words):
            break
        found.subject.append(follow)
        position = after
    _classify(phrase, "", found, words, subject=True)
    rest = tokens[position:]
    _read_rest(rest, found, words)
    return found


def _noun_phrase(tokens: list[str], start: int, words: Lexicon) -> tuple[Phrase | None, int]:
    """The noun phrase at ``start`` and the position after it."""
    position = start
    count, definite = 1, False
    collected: list[str] = []
    while position < len(tokens):
        token = tokens[position]
        low = token.lower()
        if not collected and low in _DETERMINERS:
            definite = low not in ("a", "an")
        elif not collected and low in _NUMBERS:
            count = _NUMBERS[low]
        elif (
            low in _PREPOSITIONS
            or low in _RELATIVES
            or low in ("and", "&", ",", ";", ":", "or")
            or (
                collected and (low in _STATES or _is_verb(tokens, position, words, bool(collected)))
            )
        ):
            break
        else:
            collected.append(token)
        position += 1
    if not collected:
        return None, start
    names = [
        token for index, token in enumerate(collected)
        if token[0].isupper() and token.lower() not in words.roles
        and (index > 0 or start > 0 or token.lower() in words.known_names)
        and words.place(token) is None
    ]  # fmt: skip
    if names and not any(token.endswith("’s") for token in names):
        others = [token.lower() for token in collected if token not in names]
        noun = others[-1] if others else ""
        return Phrase(noun, tuple(others[:-1]), count, False, True, " ".join(names)), position
    lowered = [token.lower() if token.lower() in words.roles or token.islower() or index == 0 else token
               for index, token in enumerate(collected)]  # fmt: skip
    noun, adjectives = _head(lowered, words)
    many = english.is_plural(noun) and english.singular(noun) != noun
    if many and count == 1:
        count = 2
    return (
        Phrase(english.singular(noun) if many else noun, tuple(adjectives), count, many, definite),
        position,
    )


def _head(collected: list[str], words: Lexicon) -> tuple[str, list[str]]:
    """Split into head noun (longest known tail, or a possessive with its noun) and adjectives."""
    for index, token in enumerate(collected[:-1]):
        if token.endswith("’s") or token.endswith("s’"):
            return " ".join(collected[index:]), collected[:index]
    for start in range(len(collected)):
        tail = english.singular(" ".join(collected[start:]))
        known = tail in words.roles or tail in words.places or tail in words.creatures
        if known or tail in words.devices or tail in words.props:
            return " ".join(collected[start:]), collected[:start]
    adjective_like = words.visible | set(words.weather_adjectives) | set(words.time_adjectives)
    split = len(collected) - 1
    while (
        split > 0
        and collected[split - 1] not in adjective_like
        and not re.search(
            r"(ed|ing|ful|ous|less|y|al|ic|ish|ive|able|est|ary|en)$", collected[split - 1]
        )
    ):
        split -= 1
    return " ".join(collected[split:]), collected[:split]


def _is_verb(tokens: list[str], position: int, words: Lexicon, has_noun: bool) -> bool:
    low = tokens[position].lower()
    if english.modal_past(low):
        return True
    if low.endswith("ing") and has_noun and low[:-3] + "e" not in words.roles:
        return position + 1 < len(tokens) and low not in ("evening", "morning", "king", "ring")
    base = english.verb_base(low)
    is_known = english.knows_irregular(base) or base in words.verbs
    if not is_known:
        return False
    # "a night watch" or "the old clock works": a known noun wins at the phrase's end.
    last = position == len(tokens) - 1
    return not last or base in words.verbs


def _read_rest(tokens: list[str], found: _Reading, words: Lexicon) -> None:
    """Everything after the subject: relative clause, verb phrase, prepositional phrases."""
    if not tokens:
        return
    low = tokens[0].lower()
    for token in tokens:
        if token.lower() in ("she", "her", "herself"):
            found.gender = found.gender or "f"
        elif token.lower() in ("he", "his", "him", "himself"):
            found.gender = found.gender or "m"
    many = found.subject[0].count > 1
    if low in ("who", "that", "which") and len(tokens) > 1:
        predicate = tokens[1:]
        finite = _to_past(predicate)
        found.tail = f"{low} {_spell(finite)}"
        base = english.verb_base(predicate[0].lower())
        if (
            not english.modal_past(predicate[0].lower())
            and not many
            and base != predicate[0].lower()
        ) or (many and (english.knows_irregular(base) or base in words.verbs)):
            found.work = _spell([base, *predicate[1:]])
        _scan_phrases(predicate[1:], found, words)
    elif low in ("whose", "where") or low in _STATES or (low.endswith("ing") and len(tokens) > 1):
        found.tail = _spell(_verbs_to_past(tokens, words) if low in ("whose", "where") else tokens)
        _scan_phrases(tokens[1:], found, words)
    elif _is_verb(tokens, 0, words, True) and found.subject:
        found.event = _spell(_to_past(tokens))
        _scan_phrases(tokens[1:], found, words)
    else:
        kept = _scan_phrases(tokens, found, words)
        found.tail = _spell(kept)


def _to_past(predicate: list[str]) -> list[str]:
    """A predicate in the present, in the past: ``finds a fox`` → ``found a fox``."""
    first = predicate[0].lower()
    modal = english.modal_past(first)
    if modal:
        rest = predicate[1:]
        return [*modal.split(" "), *rest]
    base = english.verb_base(first)
    if first.endswith("ed") or (base == first and english.past(base) == first):
        return predicate
    if (
        base == first
        and not english.knows_irregular(base)
        and first.endswith(("t", "d", "w"))
        and first[-2:] not in ("nt", "it")
    ):
        return predicate
    if first in _PAST_FORMS:
        return predicate
    return [english.past(base), *_second_verb_to_past(predicate[1:])]


def _second_verb_to_past(tokens: list[str]) -> list[str]:
    """In ``… and keeps them``, put the verb after ``and`` in the past too."""
    out = list(tokens)
    for index in range(len(out) - 1):
        follow = out[index + 1].lower()
        base = english.verb_base(follow)
        if (
            out[index].lower() in ("and", "but", "who", "that")
            and base != follow
            and (english.knows_irregular(base) or base in lexicon().verbs)
        ):
            out[index + 1] = english.past(base)
        elif english.modal_past(follow) and follow not in ("have", "do"):
            out[index + 1] = english.modal_past(follow) or follow
    return out


def _verbs_to_past(tokens: list[str], words: Lexicon) -> list[str]:
    out: list[str] = []
    done = False
    for index, token in enumerate(tokens):
        low = token.lower()
        modal = english.modal_past(low)
        base = english.verb_base(low)
        if not done and modal:
            out.extend(modal.split(" "))
            done = True
        elif (
            not done
            and index > 1
            and base != low
            and (english.knows_irregular(base) or base in words.verbs)
        ):
            out.append(english.past(base))
            done = True
        else:
            out.append(token)
    return out


_PAST_FORMS = frozenset(english.past(base) for base in english._IRREGULAR_VERBS)


def _spell(tokens: list[str]) -> str:
    return re.sub(r" ([,;:])", r"\1", " ".join(tokens)).strip(" ,;:")


def _scan_phrases(tokens: list[str], found: _Reading, words: Lexicon) -> list[str]:
    """Classify every noun phrase in ``tokens``; return the tokens that no slot of the story holds."""
    kept: list[str] = []
    position = 0
    preposition = ""
    while position < len(tokens):
        low = tokens[position].lower()
        if low in _PREPOSITIONS or low in _RELATIVES or low in ("and", ",", ";", ":", "or", "&"):
            preposition = low if low in _PREPOSITIONS else ""
            kept.append(tokens[position])
            position += 1
            continue
        phrase, after = _noun_phrase(tokens, position, words)
        if phrase is None or after == position:
            kept.append(tokens[position])
            position += 1
            continue
        if _classify(phrase, preposition, found, words, subject=False):
            if kept and kept[-1].lower() == preposition:
                kept.pop()
        else:
            kept.extend(tokens[position:after])
        preposition = ""
        position = after
    while kept and kept[0].lower() in ("and", ",", "or"):
        kept.pop(0)
    while kept and kept[-1].lower() in (*_PREPOSITIONS, *_RELATIVES, "and", ",", "or"):
        kept.pop()
    return kept


def _classify(
    phrase: Phrase, preposition: str, found: _Reading, words: Lexicon, *, subject: bool
) -> bool:
    """Note what a phrase tells; True when a slot of the story will say it."""
    for adjective in phrase.adjectives:
        found.weather = found.weather or words.weather_adjectives.get(adjective)
        found.time = found.time or words.time_adjectives.get(adjective)
    first = phrase.noun.split(" ")[0]
    noun = phrase.noun
    if noun in words.time_nouns or (
        noun.split(" ")[-1] in words.time_nouns
        and preposition in ("on", "at", "in", "during", "before", "after", "until", "")
    ):
        time = words.time_nouns.get(noun) or words.time_nouns[noun.split(" ")[-1]]
        found.time = found.time or time
        adjectives_known = all(
            a in words.weather_adjectives or a in words.time_adjectives for a in phrase.adjectives
        )
        return (
            noun in words.time_nouns
            and adjectives_known
            and preposition not in ("", "of", "to", "for", "from")
        )
    if first in words.time_nouns and len(noun.split(" ")) > 1:
        found.time = found.time or words.time_nouns[first]
    if noun in words.weather_nouns:
        found.weather = found.weather or words.weather_nouns[noun]
        return preposition in ("in", "during") and not phrase.adjectives
    place = words.place(noun)
    if place is not None and (subject or preposition in _PLACE_PREPOSITIONS or preposition == ""):
        if place.outer and not subject:
            found.outer = found.outer or phrase
            return preposition in ("in", "at", "on", "of")
        if found.place is None:
            found.place = phrase
            return not subject and preposition in ("in", "on", "at", "aboard", "inside")
        return False
    if subject:
        if not _is_being(phrase, words) and found.thing is None and not phrase.name:
            found.thing = phrase
        return False
    if words.creature(noun):
        if found.creature is None and preposition != "of":
            found.creature = phrase
        return False
    if words.role(noun) or phrase.name:
        found.companions.append(phrase)
        return False
    if found.thing is None and preposition not in ("of", "about") and noun in words.props:
        found.thing = phrase
    return False


def _is_being(phrase: Phrase, words: Lexicon) -> bool:
    if phrase.name:
        return True
    noun = phrase.noun
    if "’s " in noun or "s’ " in noun:
        return words.role(noun.split(" ")[-1]) is not None
    if words.place(noun) is not None and words.role(noun) is None:
        return False
    if words.role(noun) or words.creature(noun):
        return True
    known_thing = noun in words.props or words.knows_device(noun)
    return (
        not known_thing
        and bool(
            re.search(r"(?:[a-z]{3}(?:er|or|ist|ian|eer)|maker|keeper|man|woman|smith)$", noun)
        )
        and noun.split(" ")[-1] not in _NOT_PEOPLE
    )


_NOT_PEOPLE = frozenset(
    [
        "letter",
        "water",
        "winter",
        "summer",
        "paper",
        "flower",
        "river",
        "tower",
        "number",
        "corner",
        "door",
        "mirror",
        "floor",
        "colour",
        "color",
        "silver",
        "wonder",
        "weather",
        "thunder",
        "feather",
        "ladder",
        "butter",
        "powder",
        "danger",
        "anger",
        "answer",
        "dinner",
        "supper",
        "whisper",
        "shoulder",
        "finger",
        "monster",
        "error",
        "sailor-suit",
        "harbor",
        "harbour",
        "honor",
        "humor",
        "mist",
        "murder",
        "quarter",
        "matter",
        "meter",
        "theater",
        "poster",
        "sweater",
        "hammer",
        "computer",
        "counter",
        "elevator",
        "tractor",
        "motor",
        "october",
        "december",
        "november",
        "september",
        "list",
        "fist",
        "never",
        "ever",
        "over",
        "under",
    ]
) - {"monster"}


# ---------------------------------------------------------------- choosing


def _choose_place(
    found: _Reading, people: list[Phrase], genre: Genre, words: Lexicon, rng: random.Random
) -> tuple[Place, str, str]:
    phrase = found.place
    if phrase is None and found.outer is not None and not people:
        phrase = found.outer
    role = words.role(people[0].noun) if people else None
    if phrase is None and found.subject and "’s " in found.subject[0].noun:
        phrase = found.subject[0]
    if phrase is not None:
        place = words.place(phrase.noun) or words.places["house"]
        kept = [a for a in phrase.adjectives if a not in words.weather_adjectives]
        if "’s " in phrase.noun:
            kept = []
        text = " ".join([*kept, phrase.noun])
        if phrase.name:
            text = " ".join([phrase.name, phrase.noun]).strip()
    elif role is not None:
        place = words.place(role.place) or words.places["house"]
        text = role.place
    elif people and words.creature(people[0].noun):
        place = words.places[rng.choice(["forest", "meadow", "garden", "hill"])]
        text = place.noun
    else:
        usual = {
            Genre.MYSTERY: ["lighthouse", "library", "hotel", "theatre", "train station"],
            Genre.FANTASY: ["forest", "tower", "bookshop", "harbour", "garden"],
            Genre.HEARTWARMING: ["bakery", "bookshop", "café", "train station", "workshop"],
        }[genre]
        place = words.places[rng.choice(usual)]
        text = place.noun
    if found.outer is not None and phrase is not found.outer:
        outer = [a for a in found.outer.adjectives if a not in words.weather_adjectives]
        setting = " ".join([*outer, found.outer.noun])
    elif place.outer:
        setting = text
    elif place.type in ("wild", "water"):
        setting = "valley" if place.type == "wild" else "coast"
    else:
        setting = rng.choice(["town", "village"]) if place.type != "vehicle" else "world"
    if place.outer:
        setting = text
    return place, text, setting


def _choose_device(thing: Phrase | None, role: Role | None, place: Place, words: Lexicon) -> str:
    if thing is not None and words.knows_device(thing.noun) and not thing.many:
        return thing.text
    if role is not None and (words.place(role.place) == place or place.type in ("town", "wild")):
        return role.device
    return place.device


def _make_hero(
    people: list[Phrase], found: _Reading, role: Role | None, words: Lexicon,
    rng: random.Random,
) -> Hero:  # fmt: skip
    if not people:
        noun = role.noun if role else "stranger"
        adjectives: tuple[str, ...] = ()
        owner = (
            found.subject[0].noun.split("’s ")[0]
            if found.subject and "’s " in found.subject[0].noun
            else ""
        )
        if owner and words.role(owner):
            noun, adjectives = owner, found.subject[0].adjectives
            role = words.role(owner)
        people = [Phrase(noun, adjectives)]
        found = _without_tail(found)
    first = people[0]
    count = first.count if len(people) == 1 else len(people)
    gender = found.gender or ""
    members: list[tuple[str, str]] = []
    kinds: list[CastKind] = []
    taken: set[str] = set()
    for phrase in people * (count if len(people) == 1 else 1):
        phrase_role = words.role(phrase.noun)
        creature = words.creature(phrase.noun)
        known = words.known_names.get(phrase.name.split(" ")[0].lower()) if phrase.name else None
        its = (phrase_role.gender if phrase_role and phrase_role.gender != "any" else "") or known
        own: str = its or gender or rng.choice(("f", "m"))
        pool = words.names[own]
        if creature or (phrase_role and phrase_role.creature):
            pool = (
                words.names["animal" if creature == "animal" else "robot"]
                if (creature == "animal" or phrase.noun in ("robot", "android"))
                else words.names[own]
            )
        name = phrase.name or rng.choice([n for n in pool if n not in taken])
        taken.add(name)
        kinds.append(_kind_of(phrase_role, creature, own))
        members.append((name, own))
        if len(members) == 3:
            break
    noun = first.noun or ("woman" if members[0][1] == "f" else "man")
    tail = found.tail
    return Hero(
        names=tuple(name for name, _ in members),
        noun=noun if len(people) == 1 else english.join_names([p.text for p in people]),
        adjectives=first.adjectives if len(people) == 1 else (),
        gender="f" if members[0][1] == "f" else "m",
        kind=kinds[0],
        count=count,
        tail=tail,
    )


def _without_tail(found: _Reading) -> _Reading:
    """The same reading for a hero the theme did not name: its relative clause is not theirs."""
    return replace(found, tail="", gender="")


def _kind_of(
    role: Role | None, creature: Literal["animal", "creature"] | None, gender: str
) -> CastKind:
    if creature:
        return creature
    if role is not None and role.creature:
        return "creature"
    if role is not None and role.young:
        return "girl" if gender == "f" else "boy"
    return "woman" if gender == "f" else "man"


def hero_cast(premise: Premise, rng: random.Random) -> tuple[CastMember, ...]:
    """The hero, or heroes, as the illustrator must keep them."""
    visible = lexicon().visible
    garments = [
        "red scarf",
        "yellow coat",
        "blue cap",
        "green coat",
        "striped jumper",
        "grey shawl",
    ]
    hero = premise.hero
    nouns = hero.noun.split(" and ") if " and " in hero.noun else [hero.noun] * len(hero.names)
    members = []
    for name, noun in zip(hero.names, nouns, strict=False):
        traits = [a for a in hero.adjectives if a in visible]
        garment = garments.pop(rng.randrange(len(garments)))
        members.append(
            CastMember(
                name=name,
                kind=_kind_of_noun(noun, hero),
                noun=noun,
                traits=(*traits, garment),
            )
        )
    return tuple(members)


def _kind_of_noun(noun: str, hero: Hero) -> CastKind:
    words = lexicon()
    if " " in noun and noun.split(" ", maxsplit=1)[0] in words.visible:
        noun = noun.split(" ", 1)[1]
    return _kind_of(words.role(noun), words.creature(noun), hero.gender)
