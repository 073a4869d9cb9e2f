"""What English words stand for: a read-only view of ``vocabulary.yaml``.

Look-ups only: which words are people, animals, places, things, weather, times, feelings. Reading a
theme is the storyteller's work, reading a scene is ``reading``'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar

import yaml

from content_platform.stories.english import Gender, gerund, past, plural, singular
from content_platform.stories.models import TimeOfDay, Weather
from content_platform.vocabulary import Mood

T = TypeVar("T")
PlaceType = Literal["building", "vehicle", "wild", "town", "water"]


@dataclass(frozen=True)
class Role:
    """A way to be a person (or a person-like being): where they work, with what, doing what."""

    noun: str
    gender: Literal["f", "m", "any"]
    young: bool
    creature: bool
    place: str
    device: str
    thing: str
    work: str


@dataclass(frozen=True)
class Place:
    """Where things happen. ``outer`` places are big: a story there also needs a smaller one."""

    noun: str
    type: PlaceType
    prep: str
    role: str
    device: str
    sound: str
    smell: str
    outer: bool = False


@dataclass(frozen=True)
class Device:
    """A thing that works until it does not. ``fails``/``wakes`` are past tense predicates."""

    fails: str
    failed: str
    wakes: str
    part: str


@dataclass(frozen=True)
class Lexicon:
    roles: dict[str, Role]
    creatures: dict[str, Literal["animal", "creature"]]
    creature_homes: dict[str, str]
    """Where an animal lives when it does not live just anywhere."""
    places: dict[str, Place]
    devices: dict[str, Device]
    props: tuple[str, ...]
    visible: frozenset[str]
    weather_adjectives: dict[str, Weather]
    weather_nouns: dict[str, Weather]
    time_adjectives: dict[str, TimeOfDay]
    time_nouns: dict[str, TimeOfDay]
    verbs: frozenset[str]
    moods: dict[str, tuple[Mood, ...]]
    names: dict[str, tuple[str, ...]]
    known_names: dict[str, Gender]
    actions: dict[str, tuple[int, str]]
    """Every form of every verb phrase that can be drawn, to how it is drawn. The number ranks: 0 is seen best."""
    interiors: dict[str, dict[str, str]]
    """Places drawn from outside, to their rooms by a word that speaks of one; ``default`` for the rest."""
    grammar: dict[str, frozenset[str]]
    """Little words by kind: prepositions, determiners …"""

    def role(self, noun: str) -> Role | None:
        """The role a noun phrase ends in (``old night nurse`` → night nurse), or None."""
        return _by_tail(self.roles, noun)

    def place(self, noun: str) -> Place | None:
        """The place a noun phrase ends in (``dark pine forest`` → forest), or None."""
        return _by_tail(self.places, noun)

    def creature(self, noun: str) -> Literal["animal", "creature"] | None:
        return _by_tail(self.creatures, noun)

    def device(self, noun: str) -> Device:
        """How a device fails and wakes; the default for things nobody described."""
        return _by_tail(self.devices, noun) or self.devices["default"]

    def knows_device(self, noun: str) -> bool:
        return _by_tail(self.devices, noun) is not None


def _by_tail(table: Mapping[str, T], noun: str) -> T | None:
    words = singular(noun.lower()).split(" ")
    for start in range(len(words)):
        found = table.get(" ".join(words[start:]))
        if found is not None:
            return found
    return None


@cache
def lexicon() -> Lexicon:
    """The vocabulary, read once per process."""
    path = files("content_platform.stories").joinpath("vocabulary.yaml")
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    adjectives = raw["adjectives"]
    moods: dict[str, tuple[Mood, ...]] = {}
    for mood, words in raw["moods"].items():
        for word in words:
            moods[word] = (*moods.get(word, ()), Mood(mood))
    names = raw["names"]
    return Lexicon(
        roles={
            noun: Role(
                noun=noun,
                gender=facts.get("g", "any"),
                young=facts.get("young", False),
                creature=facts.get("kind") == "creature",
                place=facts["place"],
                device=facts["device"],
                thing=facts["thing"],
                work=facts["work"],
            )
            for noun, facts in raw["roles"].items()
        },
        creatures={noun: kind for kind, nouns in raw["creatures"].items() for noun in nouns},
        creature_homes=raw["creature_homes"],
        places={
            noun: Place(
                noun=noun,
                type=facts["type"],
                prep=facts.get("prep", "in"),
                role=facts["role"],
                device=facts["device"],
                sound=facts["sound"],
                smell=facts["smell"],
                outer=facts.get("outer", False),
            )
            for noun, facts in raw["places"].items()
        },
        devices={noun: Device(**facts) for noun, facts in raw["devices"].items()},
        props=tuple(raw["props"]),
        visible=frozenset(adjectives["visible"]),
        weather_adjectives={word: Weather(name) for word, name in adjectives["weather"].items()},
        weather_nouns={word: Weather(name) for word, name in raw["weather_nouns"].items()},
        time_adjectives={word: TimeOfDay(name) for word, name in adjectives["time"].items()},
        time_nouns={word: TimeOfDay(name) for word, name in raw["time_nouns"].items()},
        verbs=frozenset(raw["verbs"]),
        moods=moods,
        names={kind: tuple(names[kind]) for kind in ("f", "m", "robot", "animal")},
        known_names={
            **dict.fromkeys([*names["known_f"], *(n.lower() for n in names["f"])], "f"),
            **dict.fromkeys([*names["known_m"], *(n.lower() for n in names["m"])], "m"),
        },
        grammar={kind: frozenset(words) for kind, words in raw["grammar"].items()},
        actions={
            form: (rank, action)
            for rank, (action, phrases) in reversed(list(enumerate(raw["actions"].items())))
            for phrase in phrases
            for form in _forms(phrase)
        },
        interiors=raw["interiors"],
    )


def _forms(phrase: str) -> tuple[str, ...]:
    """A verb phrase as it may stand in a text: ``sit down``, ``sits down``, ``sat down``, ``sitting down``."""
    verb, _, rest = phrase.partition(" ")
    third = "goes" if verb == "go" else plural(verb)
    forms = (verb, third, past(verb), gerund(verb))
    return tuple(f"{form} {rest}".strip() for form in forms)
