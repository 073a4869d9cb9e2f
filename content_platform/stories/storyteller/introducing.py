"""How a hero is introduced: by name, by what the theme says of them, and where.

Introductions are lines like a kernel's, with the same slots; ``filling`` turns them into English.
"""

from __future__ import annotations

import re

from content_platform.stories import english
from content_platform.stories.lexicon import lexicon
from content_platform.stories.models import CastMember, TimeOfDay, Weather
from content_platform.stories.storyteller.kernels import Kernel, texture
from content_platform.stories.storyteller.premise import Hero, Premise, called

_DEFINITE_FIRSTS = frozenset(
    ["last", "only", "first", "youngest", "oldest", "smallest", "best", "worst", "same", "next"]
)

_NO_TITLE = frozenset(
    ["woman", "man", "person", "stranger", "friend", "neighbour", "passenger", "widow", "widower"]
)
"""What nobody is called by: ``a woman named Sana``, never ``Sana the woman``."""

_WEATHER_SAID = {
    Weather.CLEAR: "clear ",
    Weather.CLOUDS: "windy ",
    Weather.RAIN: "rainy ",
    Weather.STORM: "stormy ",
    Weather.SNOW: "snowy ",
    Weather.FOG: "foggy ",
}


def introductions(premise: Premise, kernel: Kernel) -> tuple[list[str], list[str]]:
    """Lines that introduce the hero of ``kernel``: long forms and short ones."""
    set_in = _setting_sentence(premise)
    brief = _believable(premise, _short_forms(premise, kernel))
    return (
        [set_in + form for form in _believable(premise, _long_forms(premise, kernel))],
        [*brief, *(f"{form} {said}" for form in brief for said in _scene_set(premise))],
    )


def _believable(premise: Premise, intros: list[str]) -> list[str]:
    """Introductions that neither the company nor the past of an episode denies."""
    episode = premise.episode
    if episode is None:
        return intros
    denied = [r"nothing strange had ever happened"] if episode.number > 1 else []
    if len(episode.cast) > 1:
        denied += [r"to \{themself\}", r"^only "]
    return [intro for intro in intros if not any(re.search(one, intro) for one in denied)] or intros


def _setting_sentence(premise: Premise) -> str:
    """A sentence for a bigger place that the theme names and nothing else would say."""
    if "setting" not in premise.given or premise.place.type not in ("building", "town"):
        return ""
    said = f"{premise.hero.tail} {premise.event} {premise.legend} {premise.place_text}"
    return "" if premise.setting in said else "{the_place} stood in the oldest part of {the_town}. "


def _scene_set(premise: Premise) -> list[str]:
    """A sentence for the weather and the bigger place, where the theme names them."""
    weather = _WEATHER_SAID[premise.weather] if "weather" in premise.given else ""
    said = f"{premise.hero.tail} {premise.event} {premise.place_text}"
    away = "setting" in premise.given and premise.setting not in said
    where = " in {the_town}" if away else ""
    return [f"it was a {weather}{{night}}{where}."] if weather or where else []


def _long_forms(premise: Premise, kernel: Kernel) -> list[str]:
    """Sentences that tell who this is about, with what the theme says of them."""
    hero = premise.hero
    if premise.legend:
        about = _as_told(premise.legend)
        if _is_clause(about):
            return [
                f"there was a story {{in_place}}, and it always began the same way: {about}. {{hero_full}} knew it by heart.",
                f"they told it to every newcomer: {about}. {{hero_full}} had long since stopped laughing.",
            ]
        return [line.replace("{about}", about) for line in texture().episodes.talk]
    covered = bool(premise.creature) and kernel.creature
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
        # "Everyone in the city knew Arlo, a baker in a city where …" says it twice, and what
        # somebody did once, not all know.
        unfit = hero.tail.startswith("in ") or premise.heart.kind == "deed"
        return [f"{{names}} [was|were] {role} {hero.tail}.", *([] if unfit else [known])]
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


def _short_forms(premise: Premise, kernel: Kernel) -> list[str]:
    hero = premise.hero
    role = a_role(hero)
    if premise.legend:
        about = _as_told(premise.legend)
        if _is_clause(about):
            return [f"the story always began like this: {about}. {{hero_full}} knew it."]
        return [line.replace("{about}", about) for line in texture().episodes.talk_brief]
    if premise.event and not (premise.creature and kernel.creature):
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


def full_name_of(member: CastMember) -> str:
    """How one of a series' cast is first named: ``Ember the fox``, ``the fox``, ``Pip``."""
    name = called(member)
    plain = name.startswith("the ") or member.noun in _NO_TITLE or member.noun == member.kind
    return name if plain else f"{name} the {member.noun}"


def full_name(hero: Hero) -> str:
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
