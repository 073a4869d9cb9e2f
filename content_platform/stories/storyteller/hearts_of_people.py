"""The heart of a theme with people: what they do, feel, can or cannot do, or what their trade is."""

from __future__ import annotations

import re

from content_platform.stories import english
from content_platform.stories.lexicon import Lexicon, lexicon
from content_platform.stories.storyteller.heart import Activity, ActivityWords, Heart, hearts
from content_platform.stories.storyteller.theme import HABITS, ThemeReading

_GOAL_ENDS = frozenset(
    (
        *("that", "which", "who", "whose", "where", "when", "while", "until", "before", "after"),
        *("and", "would", "could", "should", "will", "can"),
    )
)
_PLACED = lexicon().grammar["prepositions"] | {
    *(
        "again",
        "all",
        "alone",
        "away",
        "back",
        "down",
        "far",
        "high",
        "home",
        "out",
        "over",
        "together",
        "up",
    )
}
"""What follows the thing itself: ``a boat far from the sea``."""


def people_at_heart(found: ThemeReading) -> Heart | None:
    """The heart of a theme whose people do, feel, can or cannot do something that plots know."""
    able = _ability(found.tail)
    if able is not None:
        return able
    doing = _doing(found)
    if doing is not None:
        tokens, habit = doing
        heart = _feeling(tokens) or _activity_in(tokens, habit=habit)
        if heart is not None and not _sells_for_a_living(heart, found):
            return heart
    if farewell := _LAST_TIME.search(found.tail):
        return Heart("farewell", {"last_time": farewell["time"]})
    if found.creature is not None:
        return None  # then the plot is about whom they meet
    return _deed(found) or _trait(found) or _trade(found) or _last(found) or _pair(found)


def _sells_for_a_living(heart: Heart, found: ThemeReading) -> bool:
    """``who sells hats``, but not ``who sells her shadow``."""
    sold = heart.slots.get("lost") in ("sold", "traded") and bool(found.work)
    return sold and heart.slots["aim"] == heart.slots["any_aim"]


_LAST_TIME = re.compile(
    r"^(?:on|with|before|during|after) (?:his|her|its|their) (?P<time>last \w+)$"
)


def _last(found: ThemeReading) -> Heart | None:
    """The last of a kind: ``the last candle maker``."""
    one = found.subject[0] if len(found.subject) == 1 else None
    if one is None or one.count > 1 or not one.noun or "last" not in one.adjectives:
        return None
    kept = [word for word in one.adjectives if word != "last"]
    return Heart("last", {"last_one": " ".join([*kept, one.noun])})


def _trade(found: ThemeReading) -> Heart | None:
    if not found.work or found.work.split(" ", 1)[0] in hearts().manners:
        return None
    return Heart(
        "trade", {"to_work": "to " + re.sub(r"\b(?:his|her|its|their)\b", "one’s", found.work)}
    )


_DID = re.compile(r"^(?:who|that) (?P<did>\w+)(?P<rest>(?: .*)?)$")
_AS_A_HABIT = re.compile(r"\b(?:every|always|each|often|sometimes|never|only|at night)\b")
_ONE_THING = frozenset(
    (
        *("a", "an", "the", "one", "his", "her", "its", "their", "two", "three"),
        *("away", "back", "down", "home", "in", "into", "off", "out", "to", "up"),
    )
)


def _deed(found: ThemeReading) -> Heart | None:
    """What somebody did once, to one thing."""
    said = _DID.match(found.tail)
    base = english.base_of_past(said["did"]) if said else None
    if said is None or base is None or base in ("be", "have"):
        return None
    if _AS_A_HABIT.search(said["rest"]):
        return None
    first = said["rest"].split()[:1]
    one_thing = not first or first[0].lower() in _ONE_THING
    told_as_past = not found.work
    if base in hearts().manners or (base not in hearts().deeds and not told_as_past):
        return None
    if not one_thing and not (told_as_past and base in hearts().deeds):
        return None
    rest = said["rest"]
    return Heart(
        "deed",
        {
            "do_it": base + rest,
            "did_it": said["did"] + rest,
            "doing_it": english.gerund(base) + rest,
            "done_it": english.participle(base) + rest,
        },
    )


_SO = re.compile(
    r"^(?:who|that) (?P<so>(?:was|were) (?!born\b|named\b|called\b|made\b).+|would rather .+|could (?:not|never) .+"
    r"|had (?:no|not|two|three|four|only|too) .+|(?:did|had)(?:n’t| not) .+)$"
)


def _trait(found: ThemeReading) -> Heart | None:
    """What somebody is like."""
    if said := _SO.match(found.tail):
        return Heart("trait", {"was_so": said["so"]})
    if found.work and found.work.split(" ", 1)[0] in hearts().manners:
        return Heart("trait", {"was_so": found.tail.split(" ", 1)[1]})
    if found.tail.split(" ", 1)[0] in lexicon().grammar["states_of_something"]:
        many = (bool(found.subject) and found.subject[0].count > 1) or len(found.subject) > 1
        return Heart("trait", {"was_so": f"{'were' if many else 'was'} {found.tail}"})
    return None


def _pair(found: ThemeReading) -> Heart | None:
    """Two, of whom the theme says little else: ``two old friends on a park bench``."""
    both = sum(phrase.count for phrase in found.subject)
    alone = not found.event and not found.companions and not found.tail.startswith((",", "who "))
    return Heart("pair", {}) if both == 2 and alone else None


_ABLE = re.compile(r"^(?:who|that) could(?P<no>n’t| not)? (?P<does>.+)$")
_UNABLE = re.compile(
    r"^(?:who )?(?:was |were )?(?:unable to|(?:who )?(?:had )?forgot(?:ten)? how to) (?P<does>.+)$"
)


def _ability(tail: str) -> Heart | None:
    able = _ABLE.match(tail)
    unable = _UNABLE.match(tail)
    said = able or unable
    if said is None:
        return None
    verb, _, rest = said["does"].partition(" ")
    if verb in HABITS or verb == "be":
        return None
    after = f" {rest}" if rest else ""
    return Heart(
        "gift" if able and not able["no"] else "cannot",
        {
            "do_it": verb + after,
            "did_it": english.past(verb) + after,
            "doing_it": english.gerund(verb) + after,
        },
    )


def _doing(found: ThemeReading) -> tuple[list[str], bool] | None:
    """What the theme's people do, a gerund or a state first, and whether as a habit."""
    tokens = found.tail.split()
    habit = False
    if tokens[:1] in (["who"], ["that"]) and len(tokens) > 1:
        rest = tokens[1:]
        while len(rest) > 2 and rest[0] in _ALL_THE_SAME:
            rest = rest[1:]
        base = english.base_of_past(rest[0])
        perfect = [token for token in rest[1:] if token not in _ALL_THE_SAME]
        if rest[0] == "had" and perfect and (had := english.base_of_participle(perfect[0])):
            tokens = [english.gerund(had), *perfect[1:]]
        elif rest[0] in ("was", "were"):
            tokens = rest[1:]
        elif base is not None:
            habit, tokens = True, [english.gerund(base), *rest[1:]]
    if not tokens and found.event:
        base = english.base_of_past(found.event.split()[0])
        if base is None:
            return None
        tokens = [english.gerund(base), *found.event.split()[1:]]
    return (tokens, habit) if tokens else None


_ALL_THE_SAME = frozenset(
    ("always", "still", "secretly", "just", "once", "suddenly", "accidentally")
)
"""Adverbs that do not change what somebody feels or lost."""


def loss_at_heart(tail: str) -> Heart | None:
    """The heart of a place or thing ``that lost its echo``; else None."""
    doing = _doing(ThemeReading(tail=tail))
    heart = _feeling(doing[0]) if doing is not None else None
    return heart if heart is not None and heart.kind == "loss" else None


def _feeling(tokens: list[str]) -> Heart | None:
    low = [token.lower() for token in tokens]
    for kind, words in hearts().feelings.items():
        gerunds = (
            [english.gerund(first), *further]
            for first, *further in (verb.split() for verb in words.verbs)
        )
        for said in (*gerunds, *(state.split() for state in words.states)):
            if low[: len(said)] != said:
                continue
            rest = tokens[len(said) :]
            to_do = low[len(said) : len(said) + 1] == ["to"] and len(rest) > 1
            if to_do:
                rest = [english.gerund(rest[1].lower()), *rest[2:]]
            aim = _noun_phrase(rest)
            if not aim or aim.split()[0].lower() in (*_GOAL_ENDS, "how"):
                return None
            activity = to_do or _is_activity(aim)
            slots = _goal_slots(aim, activity=activity)
            if kind == "longing":
                return Heart("wish" if activity else "longing", slots)
            if kind == "loss" and (activity or _is_somebody(aim)):
                return (
                    None  # who forgot to lock a door has lost nothing, and people are not brushed
                )
            if kind == "loss":
                base = next(verb for verb in words.verbs if english.gerund(verb) == said[0])
                lost = english.participle(base)
                slots |= {"lost": lost, "loser": "{hero}"}
            return Heart(kind, slots)
    return None


def _activity_in(tokens: list[str], *, habit: bool) -> Heart | None:
    for kind, words in hearts().activities.items():
        for verb in words.verbs:
            if habit and verb in words.trades:
                continue
            first, *further = verb.split()
            doing = [english.gerund(first), *further]
            if [token.lower() for token in tokens[: len(doing)]] == doing:
                return _activity(kind, words, tokens, len(doing))
    return None


def _activity(kind: Activity, words: ActivityWords, tokens: list[str], at: int) -> Heart | None:
    rest = tokens[at:]
    goal: list[str] = []
    for position, token in enumerate(rest):
        low = token.lower()
        expected = low in words.before_aim or not words.before_aim
        if kind == "learn" and low == "to" and position + 1 < len(rest):
            goal = [english.gerund(rest[position + 1].lower()), *rest[position + 2 :]]
            break
        if expected:
            goal = rest[position + (low in words.before_aim) :]
            break
    if kind == "wait" and "to" in goal:
        goal = []  # who waits ``for the rain to stop`` does not wait for the rain
    noun = _noun_phrase(goal)
    return Heart(
        kind, {"busy": words.busy or tokens[0].lower()} | (_goal_slots(noun) if noun else {})
    )


def _noun_phrase(tokens: list[str]) -> str:
    """The first noun phrase of ``tokens``, as it is spoken of once it is known."""
    taken: list[str] = []
    for token in tokens:
        low = token.lower()
        if low in _GOAL_ENDS or (taken and low in _PLACED and low != "of"):
            break
        taken.append(token)
    while taken and taken[-1].lower() in ("of", "to"):
        taken.pop()
    if not taken:
        return ""
    first = taken[0].lower()
    if first in ("a", "an", "one", "some", "the"):
        return " ".join(["the", *taken[1:]]) if len(taken) > 1 else ""
    if first in ("their", "his", "her", "its") and len(taken) > 2 and taken[1].lower() == "own":
        return " ".join(["the", *taken[2:]])
    if first == "its" and len(taken) > 1:
        return " ".join(["the", *taken[1:]])
    return " ".join(taken)


def _goal_slots(goal: str, *, activity: bool = False) -> dict[str, str]:
    words = lexicon()
    noun = goal.rsplit(" ", maxsplit=1)[-1].lower()
    plural = english.is_plural(noun) or goal.lower() in _PEOPLE_OF_A_KIND
    many = plural and not english.is_past(noun) and not activity
    role = words.role(noun)
    gender = (role.gender if role is not None and role.gender != "any" else "") or _KIN.get(
        noun, ""
    )
    pronouns = english.PRONOUNS["plural" if many else gender or "n"]
    owner = re.compile(r"^(?:her|his|their) (?=\w)")
    bare = owner.sub("", goal)
    own = bare != goal
    return {
        "aim": goal,
        "my_aim": f"my {bare}" if own else goal,
        "your_aim": f"your {bare}" if own else goal,
        "whose_aim": f"{{hero_poss}} {bare}" if own else goal,
        "any_aim": (bare if many else english.with_article(bare)) if own else goal,
        "aim_was": "were" if many else "was",
        "aim_they": pronouns.they,
        "aim_them": pronouns.them,
    }


def _is_activity(goal: str) -> bool:
    """Whether what somebody feels about is something to be done: ``seeing the sea``, ``dancing``."""
    first = goal.split(" ", 1)[0].lower()
    return (
        first == "being"
        or (first.endswith("ing") and english.knows_gerund(first))
        or any(english.gerund(verb) == first for verb in lexicon().verbs)
    )


def _is_somebody(goal: str) -> bool:
    words = lexicon()
    noun = english.singular(goal.rsplit(" ", maxsplit=1)[-1].lower())
    return noun in _KIN or words.role(noun) is not None or bool(words.creature(noun))


_PEOPLE_OF_A_KIND = frozenset(
    f"the {kind}" for kind in ("living", "dead", "blind", "deaf", "poor", "rich", "young", "old")
)
_KIN = {
    "brother": "m", "father": "m", "grandfather": "m", "son": "m", "uncle": "m", "king": "m",
    "sister": "f", "mother": "f", "grandmother": "f", "daughter": "f", "aunt": "f", "queen": "f",
}  # fmt: skip


def is_doing(tail: str, noun: str, words: Lexicon) -> bool:
    """Whether ``noun``, unknown to the vocabulary, is spoken of as somebody who does something:
    ``two old rivals playing chess``.
    """
    first = tail.split(" ", 1)[0].lower()
    known = words.place(noun) is not None or noun in words.props or words.knows_device(noun)
    verbs = (verb for one in hearts().activities.values() for verb in one.verbs)
    return not known and any(english.gerund(verb.split()[0]) == first for verb in verbs)
