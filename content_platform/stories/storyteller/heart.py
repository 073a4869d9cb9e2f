"""What a theme is at heart: what its people do, feel or can do, what happened, or an odd thing.

``two tortoises racing for a strawberry`` are about a contest, ``a snowman afraid of the radio`` is
about a fear, ``the day the river went on strike`` about that day, ``a clock that runs backwards``
about a thing that does what no other does. Such a theme gets a plot about exactly that, by class
and not by theme, and every other plot that is told with it comes back to it. Which words make which
class, and the sentences, are data (``hearts.yaml``, ``kernels/hearts/``). This module says what a
heart is; ``hearts_of_people`` and ``hearts_of_things`` recognise one.
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
from content_platform.stories.lexicon import lexicon
from content_platform.stories.models import Weather

Activity = Literal["contest", "search", "wait", "hide", "make", "learn"]
Feeling = Literal["fear", "longing", "loss"]
HeartKind = Literal[
    "thing", "event", "contest", "search", "wait", "hide", "make", "learn", "fear", "longing",
    "wish", "loss", "gift", "cannot", "trade", "deed", "trait", "rule", "last", "farewell", "pair",
]  # fmt: skip


class ActivityWords(Model):
    """How one class of activity is recognised and spoken of."""

    verbs: tuple[str, ...]
    """Base forms; a verb of two words is followed by its own preposition: ``look for``."""
    busy: str = ""
    """What somebody who does it is, where the verb alone does not say; empty: the verb."""
    before_aim: tuple[str, ...] = ()
    """Prepositions between the verb and what it is for; empty: the verb takes it directly."""
    trades: frozenset[str] = frozenset()
    """Verbs that are a trade where somebody does it all the time: ``who makes kites``."""


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
    deeds: frozenset[str]
    """Verbs of what is done once, if it is done to one thing: ``catches a star``."""
    manners: frozenset[str]
    """Verbs that say what somebody is like, not what they do: ``hate``."""
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
    are ``aim`` where it is nobody's. Of a feeling these, too; of a loss besides ``lost``
    (``forgotten``) and ``loser``. Of a gift, and of what somebody cannot do: ``do_it`` (``hear
    paintings``), ``did_it``, ``doing_it``; of a deed besides ``done_it``. Of a trade: ``to_work``
    (``to pay one’s debts``). Of a trait: ``was_so`` (``was always wrong``). Of what happened:
    ``clause`` (``the river went on strike``), ``who`` (``the river``), ``the_day``, ``that_day``; of a rule ``clause`` and ``clause_now``.
    Of the last of a kind: ``last_one`` (``candle maker``); of a farewell: ``last_time`` (``last
    round``)."""

    @property
    def comes_back(self) -> bool:
        """Whether even a plot about it has to be brought back to it: one that tells of an interruption."""
        return self.kind in hearts().activities

    @property
    def weather(self) -> Weather | None:
        """The weather that what happened speaks of: ``it always rained``."""
        nouns = lexicon().weather_nouns
        said = re.findall(r"\w+", self.slots.get("clause", "").lower())
        stems = (nouns.get(english.base_of_past(word) or word) for word in said)
        return next((weather for weather in stems if weather is not None), None)

    def is_away(self, weather: Weather | None) -> bool:
        """Whether a theme speaks of ``weather`` only as of something one misses or has lost."""
        missed = self.slots.get("aim", "") if self.kind in ("longing", "loss") else ""
        nouns = lexicon().weather_nouns
        return weather is not None and any(nouns.get(word) is weather for word in missed.split())

    def allows(self, line: str) -> bool:
        """Whether the theme has a word for every slot of the heart's in ``line``."""
        return "aim" in self.slots or not re.search(r"\{(?:aim|\w+_aim)", line, re.IGNORECASE)
