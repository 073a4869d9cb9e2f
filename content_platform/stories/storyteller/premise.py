"""Understand a theme: who a story is about, where, what with, when, and what is special.

``read_premise`` turns a person's few words into a ``Premise``, with everything a plot needs filled
in from vocabulary where the theme is silent. Taking the words apart is ``theme``'s work; what
happens then is the kernels' business.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal

from content_platform.stories import english
from content_platform.stories.lexicon import Lexicon, Place, Role, lexicon
from content_platform.stories.models import CastMember, SeriesContext, TimeOfDay, Weather
from content_platform.stories.reading import garments_worn
from content_platform.stories.sentences import count_words, sentences
from content_platform.stories.storyteller.heart import Heart, hearts
from content_platform.stories.storyteller.hearts_of_people import is_doing, people_at_heart
from content_platform.stories.storyteller.hearts_of_things import event_at_heart
from content_platform.stories.storyteller.subject import Subject, read_subject
from content_platform.stories.storyteller.theme import (
    Phrase,
    ThemeReading,
    clean_theme,
    is_being,
    parse_theme,
)
from content_platform.vocabulary import Genre

CastKind = Literal["woman", "man", "girl", "boy", "animal", "creature", "object"]

_QUESTIONS = ("why ", "how ", "when ", "where ", "who ", "what ", "which ", "whose ")


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
    def alike(self) -> tuple[CastKind, ...]:
        """The kinds of people that share this hero's pronoun."""
        kinds: dict[str, tuple[CastKind, ...]] = {"f": ("woman", "girl"), "m": ("man", "boy")}
        return () if self.many else kinds.get(self.gender, ())

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
    """What everybody talks about that day, in an episode whose hero it does not speak of."""
    about: str
    """What a theme without anybody in it is about: ``the door``, ``rust``; else empty."""
    time: TimeOfDay
    weather: Weather
    given: frozenset[str] = field(default_factory=frozenset)
    episode: Episode | None = None
    """What a series asks of it; None for a story of its own."""
    heart: Heart | None = None
    """What the theme is about at heart, where plots know that."""


@dataclass(frozen=True)
class Episode:
    """What an episode keeps of its series."""

    cast: tuple[CastMember, ...]
    """All of them, exactly as they must look; the first is the hero."""
    number: int
    """Which episode it is, from 1."""
    happened: str
    """What happened lately, in one sentence; empty when nobody says it so briefly."""
    title: str
    """What the last episode was called; empty when there is none."""
    thing: str
    """A thing an earlier episode left in the world, without an article; empty when there is none."""


def read_premise(
    theme: str, genre: Genre, rng: random.Random, *, avoid_names: Collection[str] = ()
) -> Premise:
    """Understand ``theme``; what it leaves open is chosen by ``rng`` from the vocabulary.

    ``avoid_names`` are not given to anybody while there are others.
    """
    words = lexicon()
    clean = clean_theme(theme)
    found = parse_theme(clean)
    people = [p for p in found.subject if is_being(p, words)]
    alone = clean.lower()
    if " " not in clean and not (words.role(alone) or words.creature(alone) or clean != alone):
        people = []  # "hunger", which only looks like somebody
    if not people and found.tail.startswith("who "):
        people = found.subject[:1]  # whoever is spoken of like this is somebody
    if not people and found.subject and is_doing(found.tail, found.subject[0].noun, words):
        people = found.subject[:1]
    subject: Subject | None = None
    if event := event_at_heart(clean):
        when = event.slots["the_day"].rsplit(" ", 1)[-1]
        people, found = [], parse_theme(event.slots["who"])
        found.time = words.time_nouns.get(when) or found.time
        subject = read_subject(clean, found, words, rng, event=event)
    elif clean.lower().startswith(_QUESTIONS):
        people, found.event = [], ""
        subject = read_subject(clean, found, words, rng)
    elif not people and found.companions and _LIFE_OF.match(clean):
        people = found.companions[:1]
    elif not people:
        owner, has, _ = found.subject[0].noun.partition("’s ") if found.subject else ("", "", "")
        if not (has and found.place in found.subject):  # somebody's shop is a place to be
            owned = has and words.role(owner) is not None and not found.event
            subject = read_subject(clean, found, words, rng, owner=owner if owned else "")
    elif len(people) == 2 and not found.tail and {p.count > 2 for p in people} == {True, False}:
        # "seven geese and a tax collector": the one, with the many
        one, many = sorted(people, key=lambda phrase: phrase.count > 2)
        if words.creature(one.noun) and words.role(many.noun):
            # "three brothers and a borrowed horse": the people, with the animal
            people = [many]
            found.tail = f"with {english.with_article(one.text)}"
        else:
            people = [one]
            found.tail = f"with {english.number_word(many.count)} {english.plural(many.text)}"
    given_hero = bool(people)
    if given_hero and not found.work and found.tail.startswith("of ") and len(people) == 1:
        verb = english.verb_of_agent(people[0].noun)  # "a collector of storms" collects them
        found.work = f"{verb} {found.tail[3:]}" if verb else ""
    heart = subject.heart if subject else people_at_heart(found) if given_hero else None
    if heart is not None and heart.kind in ("deed", "trait", "loss"):
        found.work = ""  # it is not what they do every day
    place, place_text, setting = _choose_place(found, people, genre, words, rng)
    if subject is not None:
        odd = subject.heart is not None and subject.heart.kind == "thing"
        if odd and found.place is None:
            homes = hearts().homes
            head = english.singular(subject.about.split(" ")[-1])
            if homes.get(head) in words.places:
                place, place_text = words.places[homes[head]], homes[head]
        elif subject.place in words.places:
            place, place_text = words.places[subject.place], subject.place_text
        people = [Phrase(subject.role or place.role)]
        if odd and people[0].noun == "stranger":
            people = [Phrase("caretaker")]
        found = replace(found, tail=subject.tail, work=subject.work, event="", gender="")
        if found.thing is not None and not (subject.holds or _carried(found.thing, words)):
            found = replace(found, thing=None)
    role = words.role(people[0].noun) if people else words.role(place.role)
    hero = _make_hero(people, found, role, words, rng, avoid_names)
    own = {"{their}": hero.pronouns.their}
    hero = replace(hero, tail=_with(hero.tail, own))
    roles = [words.role(noun) for noun in hero.noun.split(" and ")]
    role = roles[0] or role
    young = all(one is not None and one.young for one in roles) or "young" in hero.adjectives
    thing = english.singular(found.thing.text).split("’s ")[-1] if found.thing else ""
    device = _choose_device(found.thing, role, place, words)
    creature = found.creature
    given: set[str] = {
        name
        for name, here in {
            "hero": given_hero, "place": found.place is not None, "thing": bool(thing),
            "creature": creature is not None, "work": bool(found.work and people), "event": bool(found.event),
            "time": found.time is not None, "weather": found.weather is not None,
            "setting": found.outer is not None,
        }.items()
        if here
    }  # fmt: skip
    work = _with(found.work, own) if people else ""
    if not work:
        suits_place = role is not None and (found.place is None or role.place == place.noun)
        if young:
            work = f"know every corner of {_the(place_text)}"
        elif role is not None and (suits_place or people):
            work = role.work
        else:
            work = f"look after {_the(place_text)}"
    weather = found.weather or (heart.weather if heart else None)
    weather = weather or rng.choice(_USUAL_WEATHER[genre])
    if heart is not None and heart.is_away(found.weather):
        weather = Weather.CLEAR
        given.discard("weather")
    if re.search(r"\bnever (?:rain|snow)", clean.lower()):
        weather = Weather.CLEAR
        given.discard("weather")
    return Premise(
        theme=theme,
        hero=hero,
        young=young,
        place=place,
        place_text=place_text,
        setting=setting,
        device=device,
        thing=thing or (subject.thing if subject else "") or (role.thing if role else "letter"),
        creature=creature.text if creature else "",
        creature_kind=(words.creature(creature.noun) or "creature") if creature else "",
        work=work,
        event=found.event,
        legend="",
        about=_with(subject.about, own) if subject else "",
        heart=heart,
        time=found.time or rng.choice(_USUAL_TIME[genre]),
        weather=weather,
        given=frozenset(given),
    )


_USUAL_HOMES = ("forest", "meadow", "garden", "hill")
_USUAL_WEATHER = {
    Genre.MYSTERY: [Weather.RAIN, Weather.FOG, Weather.STORM],
    Genre.FANTASY: [Weather.CLEAR, Weather.SNOW, Weather.FOG],
    Genre.HEARTWARMING: [Weather.RAIN, Weather.SNOW, Weather.CLEAR],
    Genre.HORROR_LITE: [Weather.FOG, Weather.FOG, Weather.RAIN, Weather.CLOUDS],
    Genre.SCIENCE_FICTION: [Weather.CLEAR],
    Genre.FABLE: [Weather.CLEAR, Weather.CLEAR, Weather.CLOUDS, Weather.SNOW],
    Genre.HISTORICAL: [Weather.CLEAR, Weather.RAIN, Weather.CLOUDS, Weather.SNOW],
    Genre.COMEDY: [Weather.CLEAR, Weather.CLEAR, Weather.CLOUDS],
}
_USUAL_TIME = {
    Genre.MYSTERY: [TimeOfDay.NIGHT],
    Genre.FANTASY: [TimeOfDay.NIGHT, TimeOfDay.NIGHT, TimeOfDay.DUSK],
    Genre.HEARTWARMING: [TimeOfDay.DUSK, TimeOfDay.NIGHT],
    Genre.HORROR_LITE: [TimeOfDay.NIGHT, TimeOfDay.NIGHT, TimeOfDay.DUSK],
    Genre.SCIENCE_FICTION: [TimeOfDay.NIGHT],
    Genre.FABLE: [TimeOfDay.DAY, TimeOfDay.DAY, TimeOfDay.DAWN, TimeOfDay.DUSK],
    Genre.HISTORICAL: [TimeOfDay.DAY, TimeOfDay.DUSK],
    Genre.COMEDY: [TimeOfDay.DAY],
}


_LIFE_OF = re.compile(
    r"^(?:(?:the|a|an) )?(?:\w+ )?"
    r"(?:day|night|life|adventures?|secrets?|story|tale|journey|diary|dreams?|birthday|ballad)"
    r" (?:in the life )?of\b",
    re.IGNORECASE,
)
"""``a day in the life of a baker``: about the baker."""


def _carried(phrase: Phrase, words: Lexicon) -> bool:
    return phrase.noun in words.props or words.knows_device(phrase.noun)


def _with(text: str, pronouns: dict[str, str]) -> str:
    for slot, word in pronouns.items():
        text = text.replace(slot, word)
    return text


def _the(noun: str) -> str:
    return noun if noun[:1].isupper() else f"the {noun}"


# ---------------------------------------------------------------- episodes


def episode_premise(series: SeriesContext, theme: str, genre: Genre, rng: random.Random) -> Premise:
    """A theme that happens to a series' cast, in its world.

    What the theme says of the hero is kept. A theme about somebody else is what people talk about
    that day.
    """
    words = lexicon()
    lead = series.cast[0]
    own = read_premise(theme, genre, rng)
    clean = clean_theme(theme)
    named = re.search(rf"\b{re.escape(lead.name)}\b", clean, re.IGNORECASE)
    about_lead = bool(named) or ("hero" in own.given and own.hero.noun == lead.noun)
    world = parse_theme(clean_theme(series.world))
    role = words.role(lead.noun)
    phrase = world.place or world.outer
    town = words.place(phrase.noun) if phrase else None
    if about_lead and "place" in own.given:
        place, place_text = own.place, own.place_text
    elif role is not None and (town is None or town.outer) and role.place in words.places:
        place, place_text = words.places[role.place], role.place
    else:
        place, place_text, _ = _choose_place(world, [], genre, words, rng)
    outer = world.outer or (phrase if town is not None and town.outer else None)
    if outer is not None:
        kept = [one for one in outer.adjectives if one not in words.weather_adjectives]
        setting = " ".join([*kept, outer.noun])
    elif place.type in ("wild", "water"):
        setting = "valley" if place.type == "wild" else "village"
    else:
        setting = random.Random(f"setting|{series.name}").choice(("town", "village"))
    known = {member.noun.split(" ")[-1] for member in series.cast}
    creature = "" if own.creature.split(" ")[-1] in known else own.creature
    young = lead.kind in ("girl", "boy")
    usual = role is not None and role.place == place.noun
    work = f"know every corner of {_the(place_text)}" if young else f"look after {_the(place_text)}"
    if about_lead and "work" in own.given:
        work = own.work
    elif role is not None and usual and not young:
        work = role.work
    happened = own.heart is not None and own.heart.kind == "event"
    elsewhere = clean.lower() in (series.title.lower(), clean_theme(series.world).lower())
    left = [english.singular(_bare(thing)) for thing in series.things if len(thing.split()) <= 4]
    return replace(
        own,
        hero=_lead(lead, own.hero.tail if about_lead else ""),
        young=young,
        place=place,
        place_text=place_text,
        setting=setting,
        device=own.device if about_lead else (role.device if role and usual else place.device),
        thing=own.thing if "thing" in own.given else (role.thing if role else "letter"),
        creature=creature,
        creature_kind=own.creature_kind if creature else "",
        work=work,
        event=own.event if about_lead else "",
        legend="" if about_lead or elsewhere else clean,
        about="",
        heart=own.heart if about_lead or happened else None,
        given=own.given | {"hero"} if about_lead else own.given & {"time", "weather", "thing"},
        episode=Episode(
            cast=series.cast,
            number=series.episode,
            happened=_one_sentence(series.happened),
            title=series.titles[-1].rstrip(".") if series.titles else "",
            thing=rng.choice(left[-3:]) if left else "",
        ),
    )


def _lead(lead: CastMember, tail: str) -> Hero:
    words = lexicon()
    genders: dict[str, english.Gender] = {"woman": "f", "girl": "f", "man": "m", "boy": "m"}
    known = words.known_names.get(lead.name.split(" ")[0].lower())
    guess: english.Gender = random.Random(f"gender|{lead.name}").choice(("f", "m"))
    spoken = lead.noun.split(" ")
    return Hero(
        names=(called(lead),),
        noun=lead.noun,
        adjectives=tuple(t for t in lead.traits if t in _SPOKEN_TRAITS and t not in spoken),
        gender=genders.get(lead.kind, known or guess),
        kind=lead.kind,
        count=1,
        tail=tail,
    )


_SPOKEN_TRAITS = ("old", "young", "small", "little", "tall", "tiny")
_MOST_REMEMBERED_WORDS = 22


def called(member: CastMember) -> str:
    """How a text names somebody: ``Mara``; ``the fox`` for one without a name."""
    named = member.name[:1].isupper() or member.name.startswith("the ")
    return member.name if named else f"the {member.name}"


def _bare(thing: str) -> str:
    return re.sub(r"^(?:the|a|an|his|her|their|its|one|some) ", "", thing.strip().lower())


_QUOTED = re.compile(r"[“”\"?]")


def _one_sentence(happened: tuple[str, ...]) -> str:
    """What the newest memory begins with that can be told in passing, without its full stop."""
    for memory in reversed(happened):
        first = sentences(memory)[0].strip() if memory.strip() else ""
        if first and count_words(first) <= _MOST_REMEMBERED_WORDS and not _QUOTED.search(first):
            return first.rstrip(".!…")
    return ""


# ---------------------------------------------------------------- choosing


def _choose_place(
    found: ThemeReading, people: list[Phrase], genre: Genre, words: Lexicon, rng: random.Random
) -> tuple[Place, str, str]:
    phrase = found.place
    if phrase is None and found.outer is not None and not people:
        phrase = found.outer
    role = words.role(people[0].noun) if people else None
    if phrase is None and found.subject and "’s " in found.subject[0].noun:
        if words.place(found.subject[0].noun) is not None:
            phrase = found.subject[0]
        else:  # "grandmother's last jar" is where she lives
            role = words.role(found.subject[0].noun.split("’s ")[0])
    if phrase is not None:
        place = words.place(phrase.noun) or words.places["house"]
        kept = [a for a in phrase.adjectives if a not in words.weather_adjectives]
        if "’s " in phrase.noun:
            kept = []
        text = " ".join([*kept, phrase.noun, phrase.of]).strip()
        if phrase.name:
            text = " ".join([phrase.name, phrase.noun]).strip()
    elif role is not None:
        place = words.place(role.place) or words.places["house"]
        text = role.place
    elif people and words.creature(people[0].noun):
        place = words.places[words.creature_homes.get(people[0].noun) or rng.choice(_USUAL_HOMES)]
        text = place.noun
    else:
        usual = {
            Genre.MYSTERY: ["lighthouse", "library", "hotel", "theatre", "train station"],
            Genre.FANTASY: ["forest", "tower", "bookshop", "harbour", "garden"],
            Genre.HEARTWARMING: ["bakery", "bookshop", "café", "train station", "workshop"],
            Genre.HORROR_LITE: ["house", "hotel", "theatre", "museum", "school"],
            Genre.SCIENCE_FICTION: ["space station", "observatory", "spaceship", "laboratory"],
            Genre.FABLE: ["meadow", "farm", "forest", "mill", "garden"],
            Genre.HISTORICAL: ["harbour", "mill", "inn", "workshop", "market"],
            Genre.COMEDY: ["bakery", "hotel", "museum", "village", "post office"],
        }[genre]
        place = words.places[rng.choice(usual)]
        text = place.noun
    if found.outer is not None and phrase is not found.outer:
        outer = [a for a in found.outer.adjectives if a not in words.weather_adjectives]
        setting = " ".join([*outer, found.outer.noun])
    elif place.outer:
        setting = text
    elif place.type in ("wild", "water"):
        setting = "valley" if place.type == "wild" else "village"
    else:
        setting = rng.choice(["town", "village"])
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
    people: list[Phrase], found: ThemeReading, role: Role | None, words: Lexicon,
    rng: random.Random, avoid_names: Collection[str],
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
        free = [n for n in pool if n not in taken]
        name = phrase.name or rng.choice([n for n in free if n not in avoid_names] or free)
        taken.add(name)
        thing = _is_thing(phrase.noun, words)
        kinds.append("object" if thing else _kind_of(phrase_role, creature, own))
        members.append((name, own))
        if len(members) == 3:
            break
    noun = ("" if first.noun in _ANYONE else first.noun) or (
        "woman" if members[0][1] == "f" else "man"
    )
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


_ANYONE = frozenset(("someone", "somebody", "person", "one"))


def _without_tail(found: ThemeReading) -> ThemeReading:
    """The same reading for a hero the theme did not name: its relative clause is not theirs."""
    return replace(found, tail="", gender="")


def _is_thing(noun: str, words: Lexicon) -> bool:
    """Whether a hero is a thing: ``a teapot who wants to see the sea``."""
    return noun in words.props and words.role(noun) is None and words.creature(noun) is None


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
    if premise.episode is not None:
        return premise.episode.cast[:1]
    visible = lexicon().visible
    garments = [
        "red scarf",
        "yellow coat",
        "blue cap",
        "brown coat",
        "striped jumper",
        "grey shawl",
    ]
    hero = premise.hero
    nouns = hero.noun.split(" and ") if " and " in hero.noun else [hero.noun] * len(hero.names)
    named = [phrase for _, phrase in garments_worn(premise.theme)]
    members = []
    for name, noun in zip(hero.names, nouns, strict=False):
        traits = [a for a in hero.adjectives if a in visible]
        garment = garments.pop(rng.randrange(len(garments)))
        kind = _kind_of_noun(noun, hero)
        if kind in ("animal", "creature"):
            # Fur and feathers; but one that is said to wear a scarf does.
            worn, named = [one for one in named if one.split(" ")[-1] in ("scarf", "shawl")], []
        elif named:
            worn, named = named, []
        else:
            worn = [garment]
        members.append(CastMember(name=name, kind=kind, noun=noun, traits=(*traits, *worn)))
    return tuple(members)


def _kind_of_noun(noun: str, hero: Hero) -> CastKind:
    words = lexicon()
    if " " in noun and noun.split(" ", maxsplit=1)[0] in words.visible:
        noun = noun.split(" ", 1)[1]
    if _is_thing(noun, words):
        return "object"
    role = words.role(noun)
    own = role.gender if role and role.gender != "any" else hero.gender
    return _kind_of(role, words.creature(noun), own)
