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
from content_platform.stories.models import CastMember, TimeOfDay, Weather
from content_platform.stories.storyteller.kernels import Kernel, Portrayed, Visitor, texture
from content_platform.stories.storyteller.premise import Hero, Premise, called

_SLOT = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")
_SENTENCE_START = re.compile(r"(^“?|[.!?] “?|[.…]” “?|: “)([a-zà-ÿ])")
_DEFINITE_FIRSTS = frozenset(
    ["last", "only", "first", "youngest", "oldest", "smallest", "best", "worst", "same", "next"]
)

_NO_TITLE = frozenset(
    ["woman", "man", "person", "stranger", "friend", "neighbour", "passenger", "widow", "widower"]
)
"""What nobody is called by: ``a woman named Sana``, never ``Sana the woman``."""

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


_WEATHER_SAID = {
    Weather.CLEAR: "clear ",
    Weather.CLOUDS: "windy ",
    Weather.RAIN: "rainy ",
    Weather.STORM: "stormy ",
    Weather.SNOW: "snowy ",
    Weather.FOG: "foggy ",
}
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
        set_in = self._setting_sentence()
        brief = self._believable(self._short_intros())
        self.introductions = (
            [set_in + form for form in self._believable(self._intros())],
            [*brief, *(f"{form} {said}" for form in brief for said in self._scene_set())],
        )
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
        friends = [_full_name_of(member) for member in episode.cast[1:]]
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

    def _believable(self, intros: list[str]) -> list[str]:
        """Introductions that neither the company nor the past of an episode denies."""
        episode = self.premise.episode
        if episode is None:
            return intros
        denied = [r"nothing strange had ever happened"] if episode.number > 1 else []
        if len(episode.cast) > 1:
            denied += [r"to \{themself\}", r"^only "]
        return [
            intro for intro in intros if not any(re.search(one, intro) for one in denied)
        ] or intros

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
        work_base, _, work_rest = premise.work.partition(" ")
        rest = f" {work_rest}" if work_rest else ""
        noun = time["noun"]
        slots = {
            "hero": name,
            "hero_poss": f"{name}’" if name != names and name.endswith("s") else f"{name}’s",
            "names": names,
            "hero_full": _full_name_of(premise.episode.cast[0])
            if premise.episode
            else _full_name(hero),
            "a_role": a_role(hero),
            "role": hero.noun if not hero.many else english.plural(hero.noun),
            "they": pronouns.they,
            "them": pronouns.them,
            "their": pronouns.their,
            "theirs": pronouns.theirs,
            "themself": pronouns.themself,
            "one": hero.names[0],
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
            "worked": english.past(work_base) + rest,
            "work_pp": english.participle(work_base) + rest,
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

    def _setting_sentence(self) -> str:
        """A sentence for a bigger place that the theme names and nothing else would say."""
        premise = self.premise
        if "setting" not in premise.given or premise.place.type not in ("building", "town"):
            return ""
        said = f"{self.hero.tail} {premise.event} {premise.legend} {premise.place_text}"
        return (
            ""
            if premise.setting in said
            else "{the_place} stood in the oldest part of {the_town}. "
        )

    def _scene_set(self) -> list[str]:
        """A sentence for the weather and the bigger place, where the theme names them."""
        premise = self.premise
        weather = _WEATHER_SAID[premise.weather] if "weather" in premise.given else ""
        said = f"{self.hero.tail} {premise.event} {premise.place_text}"
        away = "setting" in premise.given and premise.setting not in said
        where = " in {the_town}" if away else ""
        return [f"it was a {weather}{{night}}{where}."] if weather or where else []

    def _intros(self) -> list[str]:
        """Sentences that tell who this is about, with what the theme says of them."""
        premise, hero = self.premise, self.hero
        if premise.legend:
            about = _as_told(premise.legend)
            if _is_clause(about):
                return [
                    f"there was a story {{in_place}}, and it always began the same way: {about}. {{hero_full}} knew it by heart.",
                    f"they told it to every newcomer: {about}. {{hero_full}} had long since stopped laughing.",
                ]
            self.slots["about"] = about
            return list(texture().episodes.talk)
        covered = bool(premise.creature) and self.kernel.creature
        if premise.event and not covered:
            return [
                f"nothing strange had ever happened to {{hero_full}} until the {{night}} {{they}} {premise.event}.",
                f"it had begun a week before, when {{hero_full}} {premise.event}.",
                f"{{hero_full}} {premise.event}, and for a while {{they}} thought that would be the end of it.",
            ]
        role = a_role(hero)
        if hero.tail.startswith(","):
            return [f"{{names}} [was|were] {role}{hero.tail}."]
        if premise.heart is not None and premise.heart.kind == "last" and not hero.tail:
            return [f"{{names}} [was|were] {role}. There had once been others."]
        if premise.heart is not None and premise.heart.kind != "thing" and hero.tail:
            known = f"everyone in {{the_town}} knew {{names}}, {role} {hero.tail}."
            # "Everyone in the city knew Arlo, a baker in a city where …" says it twice.
            twice = hero.tail.startswith("in ")
            return [f"{{names}} [was|were] {role} {hero.tail}.", *([] if twice else [known])]
        if hero.tail:
            once = [
                f"once there [was|were] {role} {hero.tail}, and {{their}} [name was|names were] {{names}}."
            ]
            return [
                *([] if role.startswith("the ") else once),
                f"{{names}} [was|were] {role} {hero.tail}.",
                f"in {{the_town}} {{names}} [was|were] known as {role} {hero.tail}, and {{for_years}} that had been enough.",
                f"{{names}} [was|were] {role} {hero.tail}. That was all anyone in {{the_town}} could have told you.",
            ]
        return [
            f"{{names}} [was|were] {role}, and {{for_years}} {{they}} had {{work_pp}}.",
            f"{{for_years}} {role} named {{names}} had {{work_pp}}.",
            "{hero_full} had {work_pp} {for_years}.",
            f"{{names}} [was|were] {role}. {{for_years}} {{they}} had {{work_pp}}, and nobody had ever asked {{them}} why.",
        ]

    def _short_intros(self) -> list[str]:
        premise, hero = self.premise, self.hero
        role = a_role(hero)
        if premise.legend:
            about = _as_told(premise.legend)
            if _is_clause(about):
                return [f"the story always began like this: {about}. {{hero_full}} knew it."]
            return list(texture().episodes.talk_brief)
        if premise.event and not (premise.creature and self.kernel.creature):
            return [f"that was the {{night}} {{hero_full}} {premise.event}."]
        if premise.heart is not None and premise.heart.kind == "last" and not hero.tail:
            return [f"{{names}} [was|were] {role}."]
        if hero.tail:
            gap = "" if hero.tail.startswith(",") else " "
            return [f"{{names}} [was|were] {role}{gap}{hero.tail}."]
        forms = [
            f"{{names}} [was|were] {role} with time to spare.",
            "only {hero_full} [was|were] still awake {in_place}.",
            f"{role} named {{names}} had {{the_place}} to {{themself}}.",
        ]
        if premise.time not in (TimeOfDay.NIGHT, TimeOfDay.DUSK):
            # Nobody is still awake, or out too late, by day.
            forms[1] = "there was nobody {in_place} but {hero_full}."
        if premise.place.noun not in role:
            forms.append("nobody knew {the_place} better than {hero_full}.")
        if premise.young and premise.time not in (TimeOfDay.NIGHT, TimeOfDay.DUSK):
            return [*forms[1:], "{hero_full} had been told to stay out of trouble."]
        if premise.young:
            return [
                *forms[1:],
                f"{{names}}, {role}, should have been in bed.",
                "{hero_full} [was|were] not supposed to be out so late.",
            ]
        if hero.kind in ("woman", "man"):
            forms += [
                "{hero_full} had {work_pp} {for_years}.",
                f"{{names}}, {role}, had {{work_pp}} {{for_years}}.",
            ]
        return forms


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
        alike = [one for one in others if (one.kind == "animal") == beings]
        return rng.choice(alike or others or list(kernel.visitors))
    clear = [visitor for visitor in others if visitor.kind not in hero.alike]
    return rng.choice(clear or others or list(kernel.visitors))


def _as_told(legend: str) -> str:
    """A theme inside a sentence of somebody else's: ``my neighbour’s piano`` is ``a neighbour’s``."""
    named = legend.split(" ", 1)[0].lower() in lexicon().known_names
    text = legend if named else legend[:1].lower() + legend[1:]
    owner = re.match(r"([a-z]+)’s ", text)
    if owner and lexicon().role(owner[1]):
        return english.with_article(text)
    return re.sub(r"^(?:my|our|your) ", "a ", text)


def _is_clause(text: str) -> bool:
    words = text.split()
    verbs = lexicon().verbs

    def finite(word: str) -> bool:
        base = english.verb_base(word)
        return base != word and (base in verbs or english.knows_irregular(base))

    return any(map(finite, words[1:])) and not any(
        word in ("that", "who", "which", "why", "how", "when") for word in words
    )


def a_role(hero: Hero) -> str:
    """``a lighthouse keeper``, ``two old robots``, ``the last librarian``, ``a boy and a grandfather``."""
    if " and " in hero.noun:
        return " and ".join(english.with_article(noun) for noun in hero.noun.split(" and "))
    words = [*hero.adjectives, hero.noun]
    if hero.many:
        return f"{english.number_word(hero.count)} {english.plural(' '.join(words))}"
    text = " ".join(words)
    if words[0] in _DEFINITE_FIRSTS:
        return f"the {text}"
    return english.with_article(text)


def _full_name_of(member: CastMember) -> str:
    """How one of a series' cast is first named: ``Ember the fox``, ``the fox``, ``Pip``."""
    name = called(member)
    plain = name.startswith("the ") or member.noun in _NO_TITLE or member.noun == member.kind
    return name if plain else f"{name} the {member.noun}"


def _full_name(hero: Hero) -> str:
    """How a hero is first named: ``Mara the lighthouse keeper``, ``a girl named Tova``."""
    name = english.join_names(hero.names)
    if name.startswith("the "):
        return name
    role = a_role(hero)
    if hero.many:
        return f"{name}, {role}," if " and " in hero.noun else f"{role} named {name}"
    if role.startswith("the "):
        return f"{name}, {role},"
    if (
        hero.kind in ("girl", "boy", "animal", "creature")
        or hero.adjectives
        or hero.noun in _NO_TITLE
    ):
        return f"{role} named {name}"
    return f"{name} the {hero.noun}"
