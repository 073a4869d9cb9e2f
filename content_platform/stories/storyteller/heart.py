"""What a theme is at heart: what its people do, feel or can do, what happened, or an odd thing.

``two tortoises racing for a strawberry`` are about a contest, ``a snowman afraid of the radio`` is
about a fear, ``the day the river went on strike`` about that day, ``a clock that runs backwards``
about a thing that does what no other does. Such a theme gets a plot about exactly that, by class
and not by theme, and every other plot that is told with it comes back to it. Which words make which
class, and the sentences, are data (``hearts.yaml``, ``kernels/hearts/``); only recognising a heart
and naming its parts belongs here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from content_platform.storage.models import Model
from content_platform.stories import english
from content_platform.stories.lexicon import Lexicon, lexicon
from content_platform.stories.models import Weather
from content_platform.stories.storyteller.theme import ThemeReading, in_the_past, is_finite

Activity = Literal["contest", "search", "wait", "hide", "make", "learn"]
Feeling = Literal["fear", "longing", "loss"]
HeartKind = Literal[
    "thing", "event", "contest", "search", "wait", "hide", "make", "learn", "fear", "longing",
    "wish", "loss", "gift", "cannot", "trade",
]  # fmt: skip


class ActivityWords(Model):
    """How one class of activity is recognised and spoken of."""

    verbs: tuple[str, ...]
    """Base forms; a verb of two words is followed by its own preposition: ``look for``."""
    busy: str = ""
    """What somebody who does it is, where the verb alone does not say; empty: the verb."""
    before_aim: tuple[str, ...] = ()
    """Prepositions between the verb and what it is for; empty: the verb takes it directly."""


class FeelingWords(Model):
    """How one class of feeling is recognised; what it is for always follows directly."""

    verbs: tuple[str, ...]
    """Base forms, with their own prepositions: ``dream of``."""
    states: tuple[str, ...] = ()
    """``afraid of``, ``homesick for``."""


class Thread(Model):
    """Sentences that come back to the heart in a plot about something else."""

    rise: tuple[str, ...]
    turn: tuple[str, ...]
    end: tuple[str, ...]


class Hearts(Model):
    """``hearts.yaml``."""

    activities: dict[Activity, ActivityWords]
    feelings: dict[Feeling, FeelingWords]
    threads: dict[HeartKind, Thread]
    homes: dict[str, str]
    """Where a thing is found unless the theme says otherwise."""


@cache
def hearts() -> Hearts:
    path = files("content_platform.stories.storyteller").joinpath("hearts.yaml")
    return Hearts.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Heart:
    """A theme's heart, with the words that plots about it use."""

    kind: HeartKind
    slots: dict[str, str]
    """Of a thing: ``it_full`` (the whole phrase, past tense), ``the_it``, ``its_kind`` (plural),
    ``did`` (``ran backwards``), ``did_all`` (of many), ``t_was``, ``t_they``, ``t_them``,
    ``t_themself``. Of an activity: ``busy`` (``racing``) and, where the theme says what for,
    ``aim`` (``the strawberry``), ``aim_was``, ``aim_they``, ``aim_them``, and for ``her shadow``
    ``my_aim``, ``your_aim``, ``whose_aim`` (``Mara’s shadow``) and ``any_aim`` (``a shadow``), which
    are ``aim`` where it is nobody's. Of a feeling these, too;
    of a loss besides ``lost`` (``forgotten``) and ``loser``.
    Of a gift, and of what somebody cannot do: ``do_it`` (``hear paintings``), ``did_it``,
    ``doing_it``. Of a trade: ``to_work`` (``to pay one’s debts``). Of what happened: ``clause`` (``the river went on strike``), ``the_day``,
    ``that_day``."""

    @property
    def comes_back(self) -> bool:
        """Whether even a plot about it has to be brought back to it: one that tells of an interruption."""
        return self.kind in hearts().activities

    def is_away(self, weather: Weather | None) -> bool:
        """Whether a theme speaks of ``weather`` only as of something one misses or has lost."""
        missed = self.slots.get("aim", "") if self.kind in ("longing", "loss") else ""
        nouns = lexicon().weather_nouns
        return weather is not None and any(nouns.get(word) is weather for word in missed.split())

    def allows(self, line: str) -> bool:
        """Whether the theme has a word for every slot of the heart's in ``line``."""
        return "aim" in self.slots or not re.search(r"\{(?:aim|\w+_aim)", line, re.IGNORECASE)


# ---------------------------------------------------------------- things

_THAT = re.compile(r"^(?P<thing>.+?),? (?:that|which) (?P<does>.+)$", re.IGNORECASE)
_WITH = re.compile(
    r"^(?P<thing>.+?) (?:(?P<without>without) (?P<lacks>.+)"
    r"|with (?P<has>(?:only|just|one|two|three|no|half|too)\b.+|.+ (?:missing|too many|too few)))$",
    re.IGNORECASE,
)
_OF_MANY = re.compile(
    r"^(?P<article>a|the|one|an old|the old) pair of (?P<noun>.+)$", re.IGNORECASE
)
_ARTICLE = re.compile(r"^(?:a|an|the|one|my|our|your|some) ", re.IGNORECASE)


def thing_at_heart(text: str) -> Heart | None:
    """The heart of a theme without anybody that names a thing and its oddity; else None.

    ``text`` is the theme as it stands inside a sentence.
    Only what the thing does as a habit counts: ``the town that lost its echo`` is an event.
    """
    if that := _THAT.match(text):
        thing, does = that["thing"], that["does"]
        if not _is_habit(does):
            return None
        did = " ".join(in_the_past(does.split()))
    elif has := _WITH.match(text):
        thing = has["thing"]
        did = f"had no {_ARTICLE.sub('', has['lacks'])}" if has["without"] else f"had {has['has']}"
    else:
        return None
    if pair := _OF_MANY.match(thing):
        full, noun, many = f"a pair of {pair['noun']}", pair["noun"], True
    else:
        full = thing
        noun = _ARTICLE.sub("", thing)
        many = english.is_plural(noun) and not re.match(r"(?:a|an|one) ", thing, re.IGNORECASE)
    if " of " in noun or " and " in noun or len(noun.split()) > 4:
        return None
    if many:
        did = re.sub(r"^was\b", "were", did)
    said = did.removeprefix("had ") if _has_form(text) else ""
    pronouns = english.PRONOUNS["plural" if many else "n"]
    return Heart(
        "thing",
        {
            "it_full": f"{full} with {said}" if said else f"{full} that {did}",
            "the_it": f"the {noun}",
            "its_kind": noun if many else english.plural(noun),
            "did": did,
            "t_was": "were" if many else "was",
            "t_they": pronouns.they,
            "t_them": pronouns.them,
            "t_themself": pronouns.themself,
            "did_all": re.sub(r"^was\b", "were", did),
        },
    )


def _has_form(text: str) -> bool:
    """Whether a theme says what its thing has, not what it does: ``a map with one street missing``."""
    return (
        not _THAT.match(text) and (found := _WITH.match(text)) is not None and not found["without"]
    )


_ADVERBS = frozenset(("never", "always", "only", "still", "just", "also", "sometimes", "often"))


def _is_habit(does: str) -> bool:
    words = [word for word in does.lower().split() if word not in _ADVERBS]
    if not words:
        return False
    return not (english.is_past(words[0]) or words[0].endswith("ed")) and words[0] != "was"


# ---------------------------------------------------------------- what happened

_WHEN = re.compile(
    r"^(?:(?:the|a|one|that) )?(?P<when>(?:\w+ )?(?:day|night|morning|evening|afternoon|week|summer|winter"
    r"|spring|autumn|year|hour|christmas))(?: (?:that|when|on which|in which))? (?P<what>(?:the|a|an|all|every"
    r"|everyone|everybody|nobody|no|it|my|our|his|her|their|two|three|time|[A-Z]\w*)\b.*)$",
)
_WHEN_ASKED = re.compile(
    r"^when (?P<what>(?!do|does|did|is|are|was|were|will|can)\w.*)$", re.IGNORECASE
)


def event_at_heart(clean: str) -> Heart | None:
    """The heart of a theme that tells what happened to everybody: ``the day it rained fish``."""
    said = _WHEN.match(_uncapitalised(clean)) or _WHEN_ASKED.match(clean)
    if said is None:
        return None
    tokens = said["what"].split()
    for position in range(1, len(tokens)):
        before, past = tokens[:position], in_the_past(tokens[position:])
        if is_finite(tokens[position], after=tokens[position - 1]):
            clause = " ".join([*before, *past])
            return happened(clause, said.groupdict().get("when") or "day")
    return None


def happened(clause: str, when: str = "day") -> Heart:
    """What happened, ``clause``, in the past; ``when``: ``day``, ``coldest night``."""
    clause = re.sub(r"^(?:my|our) ", "the ", clause)
    return Heart(
        "event",
        {"clause": clause, "the_day": f"the {when}", "that_day": f"that {when.rsplit(' ', 1)[-1]}"},
    )


def _uncapitalised(text: str) -> str:
    first = text.split(" ", 1)[0]
    return first.lower() + text[len(first) :]


# ---------------------------------------------------------------- activities

_GOAL_ENDS = frozenset(
    ("that", "which", "who", "whose", "where", "when", "while", "until", "before", "after", "and")
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


_TRADES = ("make", "learn")
"""What somebody ``who makes`` things does all the time is a trade, and other plots know trades."""


def people_at_heart(found: ThemeReading) -> Heart | None:
    """The heart of a theme whose people do, feel, can or cannot do something that plots know."""
    able = _ability(found.tail)
    if able is not None:
        return able
    doing = _doing(found)
    if doing is not None:
        tokens, habit = doing
        heart = _feeling(tokens) or _activity_in(tokens, habit=habit)
        sells = heart is not None and heart.slots.get("lost") == "sold" and found.work
        if heart is not None and not sells:
            return heart
    if not found.work or found.creature is not None:
        return None
    return Heart(
        "trade", {"to_work": "to " + re.sub(r"\b(?:his|her|its|their)\b", "one’s", found.work)}
    )


_ABLE = re.compile(r"^who could(?P<no>n’t| not)? (?P<does>.+)$")
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
    if verb in _ADVERBS or verb == "be":
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
        if habit and kind in _TRADES:
            continue
        for verb in words.verbs:
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
