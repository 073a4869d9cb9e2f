"""Fill a kernel's lines with the words of one telling.

``Filling`` holds every slot's value for one premise, one kernel and one seed; ``fill`` turns a
line of the kernel into English. Which lines are told is the teller's choice, not made here.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from content_platform.stories import english
from content_platform.stories.lexicon import lexicon
from content_platform.stories.models import CastMember, Weather
from content_platform.stories.storyteller.introducing import (
    a_role,
    full_name,
    full_name_of,
    introductions,
)
from content_platform.stories.storyteller.kernels import Kernel, Portrayed, Visitor, texture
from content_platform.stories.storyteller.premise import Hero, Premise, called
from content_platform.stories.storyteller.theme import in_the_past

_SLOT = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")
_SENTENCE_START = re.compile(r"(^“?|[.!?] “?|[.…]” “?|: “)([a-zà-ÿ])")
SLOTS = [
    "hero",
    "hero_full",
    "hero_poss",
    "a_role",
    "role",
    "they",
    "them",
    "their",
    "theirs",
    "themself",
    "one",
    "one_poss",
    "other",
    "intro",
    "intro_short",
    "place",
    "a_place",
    "the_place",
    "in_place",
    "the_town",
    "device",
    "part",
    "fails",
    "failed",
    "wakes",
    "thing",
    "sound",
    "smell",
    "path",
    "hidden",
    "danger",
    "the_door",
    "the_window",
    "the_floor",
    "corner",
    "light",
    "hour",
    "night",
    "that_night",
    "this_night",
    "years",
    "for_years",
    "weather",
    "work",
    "worked",
    "work_pp",
    "working",
    "visitor",
    "v_they",
    "v_them",
    "v_their",
    "v_themself",
    "creature",
    "animal",
    "c_they",
    "c_ran",
    "about",
]
"""Every slot a kernel may use besides those of its own ``choose``."""


_FLIES = re.compile(
    r"\b(?:moth|butterfly|firefly|dragonfly|bee|bat|bird|songbird|owl|raven|crow|rook|magpie|jackdaw"
    r"|blackbird|starling|robin|dove|pigeon|gull|seagull|sparrow|wren|swallow|finch|nightingale|lark"
    r"|kingfisher|eagle|hawk|falcon|stork|heron|crane|parrot|canary|phoenix)$"
)
_SWIMS = re.compile(r"\b(?:fish|goldfish|salmon|carp|whale|dolphin|seal|turtle|octopus|eel)$")


def _how_it_ran(creature: str) -> str:
    """What a creature did that hurried away, as it moves."""
    return "flew" if _FLIES.search(creature) else "swam" if _SWIMS.search(creature) else "ran"


_OF_CHILDREN = frozenset(("small", "little", "tiny", "wet shoes"))


@cache
def _scenery() -> dict[str, Any]:
    path = files("content_platform.stories.storyteller").joinpath("scenery.yaml")
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


class Filling:
    """The slots of one telling, chosen once so that they agree from the first line to the last."""

    def __init__(self, premise: Premise, kernel: Kernel, rng: random.Random) -> None:
        premise = _with_own_pronouns(premise)
        self.premise = premise
        self.hero: Hero = premise.hero
        self.kernel = kernel
        self.visitor = _visitor(kernel, premise.hero, rng)
        self.creature = premise.creature or (
            rng.choice(kernel.creatures) if kernel.creatures else ""
        )
        self.slots = self._choose(rng)
        self.introductions = introductions(premise, kernel)
        self._kept, self._kept_brief = self._of_the_series(rng)
        self._filled: dict[tuple[str, str], str] = {}
        self.introduce(rng)

    def introduce(self, rng: random.Random, *, short: bool = False, portraits: int = 0) -> None:
        """Choose anew how the hero is introduced.

        ``short`` forms may stand for long ones; ``portraits`` sentences tell more of the hero.
        """
        long_forms, short_forms = self.introductions
        intro = rng.choice(long_forms + short_forms * 2 if short else long_forms)
        kind: Portrayed = "young" if self.premise.young else "people"
        if self.hero.kind in ("animal", "creature"):
            kind = "beings"
        more = rng.sample(texture().portraits[kind], portraits)
        kept = self._kept_brief if short else self._kept
        self.slots["intro"] = " ".join([intro, *kept, *more])
        self.slots["intro_short"] = " ".join([rng.choice(short_forms), *kept])

    def _of_the_series(self, rng: random.Random) -> tuple[list[str], list[str]]:
        """Who goes with the hero and what happened before, at some length and in few words."""
        episode = self.premise.episode
        if episode is None:
            return [], []
        words = texture().episodes
        friends = [full_name_of(member) for member in episode.cast[1:]]
        self.slots |= {
            "friends": english.join_names(friends) if friends else "",
            "memory": english.capital(episode.happened),
            "left": episode.thing,
            "last_title": episode.title,
        }
        long, brief = [], []
        if friends:
            long.append(rng.choice(words.friends))
            brief.append(rng.choice(words.friends_brief))
        told = bool(episode.happened or episode.title)
        if episode.thing and not (told and rng.random() < 0.5):
            long.append(rng.choice(words.left))
            brief.append(rng.choice(words.left_brief))
        elif episode.title and not (episode.happened and rng.random() < 0.4):
            long.append(rng.choice(words.titled))
            brief.append(rng.choice(words.titled_brief))
        elif episode.number > 1:
            named = words.titled_brief if episode.title else words.remembered_brief
            brief.append(rng.choice(named))
            long.append(rng.choice(words.remembered) if episode.happened else brief[-1])
        return long, brief

    def reaction(self, friend: CastMember, line: str) -> str:
        """A line of a companion's, with the companion in it; the other slots are left."""
        pronouns = english.PRONOUNS[
            {"woman": "f", "girl": "f", "man": "m", "boy": "m"}.get(friend.kind, "n")
        ]
        for slot, value in (("friend", called(friend)), ("f_their", pronouns.their)):
            line = line.replace(f"{{{slot}}}", value)
            line = line.replace(f"{{{english.capital(slot)}}}", english.capital(value))
        return line

    def fill(self, line: str) -> str:
        """``line`` in English: slots filled, forms chosen, articles and capitals right.

        Raises KeyError for a slot that does not exist: a kernel's mistake.
        """
        key = (line, "")
        if "{intro" in line:
            key = (line, self.slots["intro"] + self.slots["intro_short"])
        if key not in self._filled:
            self._filled[key] = self._fill(line)
        return self._filled[key]

    def _fill(self, line: str) -> str:
        many = self.hero.many
        text = re.sub(r"\b([Tt]he) \{visitor\}", r"\1 {v_noun}", line)
        for _ in range(3):  # slots may hold slots, at most twice deep
            text = _NUMBER.sub(lambda m: m[2] if many else m[1], text)
            text = _SLOT.sub(self._value, text)
        text = re.sub(r",(?=[.,!?;:])", "", text)
        text = _SENTENCE_START.sub(lambda m: m[1] + m[2].upper(), text)
        return english.correct_articles(text.replace("'", "’"))

    def without_name_twice(self, before: str, text: str) -> str:
        """``text`` with a pronoun for a name it starts with, when ``before`` has just said it."""
        name = self.slots["names"]
        for verb in (" was ", " were "):
            if name in before and text.startswith(name + verb):
                return english.capital(self.slots["they"]) + text[len(name) :]
        return text

    def fill_title(self, line: str) -> str:
        return english.title_case(self.fill(line).rstrip("."))

    def members(self, heroes: tuple[CastMember, ...]) -> dict[str, tuple[CastMember, ...]]:
        """Everybody who can be seen, by the word the kernel uses for them."""
        cast = {"hero": heroes}
        if self.premise.episode is not None:
            cast["friends"] = self.premise.episode.cast[1:]
        if self.visitor:
            cast["visitor"] = (
                CastMember(
                    name=self.visitor.noun,
                    kind=self.visitor.kind,
                    noun=self.visitor.noun,
                    traits=self.visitor.traits,
                ),
            )
            if self.visitor.kind in ("girl", "boy"):
                cast["grown"] = (
                    CastMember(
                        name="visitor",
                        kind="woman" if self.visitor.kind == "girl" else "man",
                        noun="visitor",
                        traits=tuple(t for t in self.visitor.traits if t not in _OF_CHILDREN),
                        later_self_of=self.visitor.noun,
                    ),
                )
                other: Literal["girl", "boy"] = "boy" if self.visitor.kind == "girl" else "girl"
                cast["next"] = (
                    CastMember(name="another child", kind=other, noun=other, traits=("small",)),
                )
        if self.creature:
            *adjectives, noun = self.creature.split(" ")
            cast["creature"] = (
                CastMember(
                    name=noun,
                    kind=lexicon().creature(noun) or "creature",
                    noun=noun,
                    traits=tuple(one for one in adjectives if one in lexicon().visible),
                ),
            )
        cast["older"] = tuple(
            hero.model_copy(
                update={
                    "name": f"older {hero.name}",
                    "traits": (*hero.traits, "frosted hair"),
                    "later_self_of": hero.name,
                }
            )
            for hero in heroes
        )
        return cast

    def _value(self, match: re.Match[str]) -> str:
        name = match[1]
        if name in self.slots:
            return self.slots[name]
        low = name.lower()
        if low in self.slots:
            return english.capital(self.slots[low])
        raise KeyError(f"plot kernel {self.kernel.name!r} uses the unknown slot {{{name}}}")

    def _choose(self, rng: random.Random) -> dict[str, str]:
        premise, hero = self.premise, self.hero
        place = premise.place
        scenery = _scenery()
        around = scenery["places"][place.type]
        time = scenery["time"][premise.time.value]
        weather = scenery["weather"][premise.weather.value]
        inside = place.type in ("building", "vehicle")
        key = "inside" if inside else "outside"
        if premise.time.value == "day" and premise.weather is Weather.CLEAR:
            key = "day"
        device = lexicon().device(premise.device)
        pronouns = hero.pronouns
        name = names = english.join_names(hero.names)
        if hero.count > 2 and " and " not in hero.noun:
            name = f"the {a_role(hero)}"  # three names, again and again, tire the ear
        years = rng.choice(
            ["three summers", "four winters", "three whole winters"] if premise.young
            else ["nineteen years", "twenty-six years", "eleven years", "thirty-one years", "seven years"]
        )  # fmt: skip
        place_text = premise.place_text
        proper = place_text[:1].isupper() or "’s " in place_text
        the_place = f"the {place_text}" if not proper or "’s " in place_text else place_text
        v = english.PRONOUNS["n"]
        if self.visitor:
            v = english.PRONOUNS[
                {"woman": "f", "girl": "f", "man": "m", "boy": "m"}.get(self.visitor.kind, "n")
            ]
        work_base, *work_rest = premise.work.split(" ")
        rest = "".join(f" {word}" for word in work_rest)
        worked = " ".join(in_the_past(premise.work.split(" ")))
        noun = time["noun"]
        slots = {
            "hero": name,
            "hero_poss": f"{name}’" if name != names and name.endswith("s") else f"{name}’s",
            "names": names,
            "hero_full": full_name_of(premise.episode.cast[0])
            if premise.episode
            else full_name(hero),
            "a_role": a_role(hero),
            "role": english.plural(hero.noun)
            if hero.many and " and " not in hero.noun
            else hero.noun,
            "they": pronouns.they,
            "them": pronouns.them,
            "their": pronouns.their,
            "theirs": pronouns.theirs,
            "themself": pronouns.themself,
            "one": hero.names[0],
            "one_poss": f"{hero.names[0]}’s",
            "other": hero.names[-1],
            "place": place_text,
            "a_place": english.with_article(place_text),
            "the_place": the_place,
            "in_place": f"{place.prep} {the_place}",
            "the_town": f"the {premise.setting}",
            "device": premise.device,
            "part": device.part,
            "fails": device.fails,
            "failed": device.failed,
            "wakes": device.wakes,
            "thing": premise.thing,
            "sound": place.sound,
            "smell": place.smell,
            "path": rng.choice(around["path"]),
            "hidden": rng.choice(around["hidden"]),
            "danger": around["danger"],
            "the_door": around["door"],
            "the_window": around["window"],
            "the_floor": around["floor"],
            "corner": rng.choice(around["corner"]),
            "light": time["light"],
            "hour": rng.choice(time["hours"]),
            "night": noun,
            "that_night": f"that {noun}",
            "this_night": "tonight" if noun == "night" else f"this {noun}",
            "years": years,
            "for_years": f"for {years}",
            "weather": _weather(premise, weather.get(key, weather["outside"]), rng),
            "work": premise.work,
            "worked": worked,
            "work_pp": worked
            if worked.startswith("lied ")
            else english.participle(work_base) + rest,
            "working": english.gerund(work_base) + rest,
            "visitor": " ".join(
                [
                    *(
                        t
                        for t in (self.visitor.traits if self.visitor else ())
                        if t in ("small", "old", "young")
                    ),
                    self.visitor.noun,
                ]
            )
            if self.visitor
            else "",
            "v_noun": self.visitor.noun if self.visitor else "",
            "v_they": v.they,
            "v_them": v.them,
            "v_their": v.their,
            "v_themself": v.themself,
            "creature": self.creature,
            "animal": self.creature.split(" ")[-1] if self.creature else "",
            "c_they": "it",
            "c_ran": _how_it_ran(self.creature),
            "about": premise.about,
        } | (premise.heart.slots if premise.heart else {})
        for slot, options in self.kernel.choose.items():
            slots[slot] = rng.choice(options)
        return slots


def _with_own_pronouns(premise: Premise) -> Premise:
    """``a whale that carries a village on its back`` is named, so it is ``her`` or ``his`` back."""
    hero = premise.hero
    if premise.about:
        return premise

    def own(text: str) -> str:
        return re.sub(r"\bits\b", hero.pronouns.their, text)

    return replace(
        premise,
        hero=replace(hero, tail=own(hero.tail)),
        event=own(premise.event),
        work=own(premise.work),
    )


def _weather(premise: Premise, clauses: list[str], rng: random.Random) -> str:
    """A clause about the weather; one that says the theme's own word where the theme has one."""
    if "weather" in premise.given:
        clauses = [c for c in clauses if premise.weather.value in c] or clauses
    return rng.choice(clauses)


def _visitor(kernel: Kernel, hero: Hero, rng: random.Random) -> Visitor | None:
    """Whoever comes; with other pronouns than the hero's where there is a choice."""
    if not kernel.visitors:
        return None
    others = [one for one in kernel.visitors if one.noun not in hero.noun.split(" ")]
    if kernel.heart:
        # Somebody lost is of the hero's own world: a duckling among animals, a child among people.
        beings = hero.kind in ("animal", "creature")
        others = [one for one in others if (one.kind == "animal") == beings] or others
    clear = [visitor for visitor in others if visitor.kind not in hero.alike]
    return rng.choice(clear or others or list(kernel.visitors))
