"""What a theme is at heart: something its people are doing, or a thing with ways of its own.

``two tortoises racing for a strawberry`` are about a contest, ``a clock that runs backwards`` is
about a thing that does what no other does. Such a theme gets a plot about exactly that, by class
and not by theme, and every other plot that is told with it comes back to it. Which verbs make which
class, and the sentences, are data (``hearts.yaml``, ``kernels/hearts.yaml``); only recognising a
heart and naming its parts belongs here.
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
from content_platform.stories.storyteller.theme import ThemeReading, in_the_past

Activity = Literal["contest", "search", "wait", "hide", "make", "learn"]
HeartKind = Literal["thing", "contest", "search", "wait", "hide", "make", "learn"]


class ActivityWords(Model):
    """How one class of activity is recognised and spoken of."""

    verbs: tuple[str, ...]
    """Base forms; a verb of two words is followed by its own preposition: ``look for``."""
    busy: str = ""
    """What somebody who does it is, where the verb alone does not say; empty: the verb."""
    before_aim: tuple[str, ...] = ()
    """Prepositions between the verb and what it is for; empty: the verb takes it directly."""


class Thread(Model):
    """Sentences that come back to the heart in a plot about something else."""

    rise: tuple[str, ...]
    turn: tuple[str, ...]
    end: tuple[str, ...]


class Hearts(Model):
    """``hearts.yaml``."""

    activities: dict[Activity, ActivityWords]
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
    ``aim`` (``the strawberry``), ``aim_was``, ``aim_they``, ``aim_them``."""

    def allows(self, line: str) -> bool:
        """Whether the theme has a word for every slot of the heart's in ``line``."""
        return "aim" in self.slots or not re.search(r"\{aim\w*\}", line, re.IGNORECASE)


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


def activity_at_heart(found: ThemeReading) -> Heart | None:
    """The heart of a theme whose people do something of a class that plots know; else None."""
    tokens = found.tail.split()
    habit = False
    if tokens[:1] in (["who"], ["that"]) and len(tokens) > 1:
        base = english.base_of_past(tokens[1])
        if tokens[1] in ("was", "were"):
            tokens = tokens[2:]
        elif base is not None:
            habit, tokens = True, [english.gerund(base), *tokens[2:]]
    if not tokens and found.event:
        base = english.base_of_past(found.event.split()[0])
        if base is None:
            return None
        tokens = [english.gerund(base), *found.event.split()[1:]]
    if not tokens:
        return None
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
    return " ".join(taken)


def _goal_slots(goal: str) -> dict[str, str]:
    words = lexicon()
    noun = goal.rsplit(" ", maxsplit=1)[-1].lower()
    many = english.is_plural(noun) and not english.is_past(noun)
    role = words.role(noun)
    gender = (role.gender if role is not None and role.gender != "any" else "") or _KIN.get(
        noun, ""
    )
    pronouns = english.PRONOUNS["plural" if many else gender or "n"]
    return {
        "aim": goal,
        "aim_was": "were" if many else "was",
        "aim_they": pronouns.they,
        "aim_them": pronouns.them,
    }


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
