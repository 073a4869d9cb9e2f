"""Themes with nobody in them: ``rust``, ``a war of umbrellas``, ``the last lighthouse on the coast``.

A story happens to somebody. So a theme like that is given a hero whose days are about it: one who
keeps a museum of rust, or has the only photograph of the war. Their work, their place and what they
carry are then the theme's, and every plot is about it. What there is to choose from is data
(``subjects.yaml``); taking the theme apart is ``theme``'s work.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from content_platform.storage.models import Model
from content_platform.stories import english
from content_platform.stories.lexicon import Lexicon
from content_platform.stories.storyteller.heart import Heart
from content_platform.stories.storyteller.hearts_of_people import loss_at_heart
from content_platform.stories.storyteller.hearts_of_things import (
    happened,
    rule_at_heart,
    thing_at_heart,
)
from content_platform.stories.storyteller.theme import ThemeReading, clause_in_the_past, is_abstract

SubjectKind = Literal[
    "matter", "sense", "event", "thing", "fixture", "many", "sky", "building", "land", "question",
    "bereft", "ruled", "happened", "owned", "odd",
]  # fmt: skip


class Frame(Model):
    """Who a subject can belong to, and how."""

    role: str
    """Empty: whoever belongs to the place."""
    tail: str
    work: str
    place: str = ""
    of: bool = False
    thing: str = ""


class Subjects(Model):
    """``subjects.yaml``: frames by kind, sentences by where they stand, nouns by kind."""

    frames: dict[SubjectKind, tuple[Frame, ...]]
    rise: tuple[str, ...]
    turn: tuple[str, ...]
    end: tuple[str, ...]
    senses: frozenset[str]
    events: frozenset[str]
    sky: frozenset[str]
    abstract: frozenset[str]


@cache
def subjects() -> Subjects:
    path = files("content_platform.stories.storyteller").joinpath("subjects.yaml")
    return Subjects.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Subject:
    """What a theme without anybody is about, and how the hero has to do with it."""

    about: str
    """How it is spoken of once it is known: ``the war of umbrellas``, ``rust``."""
    role: str
    tail: str
    """May hold ``{their}``, the hero's own pronoun."""
    work: str
    place: str
    """The noun of its place in the vocabulary; empty where the theme or the genre has to say."""
    place_text: str
    thing: str
    holds: bool
    """Whether the subject itself can be held, or looked at."""
    heart: Heart | None
    """Set where the theme is about a thing with ways of its own, a loss, or what happened."""


def read_subject(
    clean: str,
    found: ThemeReading,
    words: Lexicon,
    rng: random.Random,
    *,
    owner: str = "",
    event: Heart | None = None,
) -> Subject:
    """The subject of ``clean`` (a theme read as ``found``), given to somebody by ``rng``.

    ``owner`` is whoever the theme says it belongs to, ``event`` what it says happened.
    """
    kind, it, about, heart = _with_heart(*_told(clean, found, words, owner), clean, found, event)
    frames = subjects().frames[kind]
    frame = rng.choice(frames)
    given = found.place is not None and kind not in ("building", "land", "bereft", "ruled")
    if given:
        frame = rng.choice([one for one in frames if not one.of] or frames)

    def fill(text: str) -> str:
        return text.replace("{it}", it).replace("{about}", about)

    return Subject(
        about=about,
        role=owner or frame.role,
        tail=fill(frame.tail),
        work=fill(frame.work),
        place="" if given else frame.place,
        place_text=f"{frame.place} of {it}" if frame.of else frame.place,
        thing=frame.thing,
        holds=kind in ("thing", "owned", "odd"),
        heart=heart,
    )


def _with_heart(
    kind: SubjectKind, it: str, about: str, clean: str, found: ThemeReading, event: Heart | None
) -> tuple[SubjectKind, str, str, Heart | None]:
    """A subject as ``_told`` tells it, retold by its heart where it has one."""
    text = _inside_a_sentence(clean)
    if kind == "happened":
        event = happened(clause_in_the_past(it)[0] or it, it)
    elif event is None and (once := _once(about, clean)):
        event = happened(about, once)
    if event is not None:
        day = event.slots["the_day"]
        return "happened", f"{day} {event.slots['clause']}", event.slots["that_day"], event
    if kind in ("thing", "fixture", "building", "many", "matter") and (odd := thing_at_heart(text)):
        return "odd", odd.slots["it_full"], odd.slots["the_it"], odd
    if rule := rule_at_heart(text):
        where, heart = rule
        later = re.sub(r"^(?:a|an|one) ", "the ", where)
        return "ruled", f"{where} where {heart.slots['clause']}", later, heart
    if lost := loss_at_heart(found.tail):
        heart = Heart("loss", lost.slots | {"loser": about})
        return "bereft" if kind in ("building", "land") else kind, it, about, heart
    return kind, it, about, None


_ONCE = re.compile(r" (?:that|which) (?P<did>(?P<verb>\w+)\b.*)$", re.IGNORECASE)


def _once(about: str, clean: str) -> str:
    """``the lighthouse moved inland``, for ``a lighthouse that moved inland``; else empty.

    What was lost has plots of its own.
    """
    said = _ONCE.search(clean)
    if said is None or english.base_of_past(said["verb"]) in (None, "be", "have", "do"):
        return ""
    return "" if loss_at_heart(f"that {said['did']}") else f"{about} {said['did']}"


_RELATIVE = re.compile(r"\b(?:who|that|which|whose|where)\b", re.IGNORECASE)
_ASKED = re.compile(
    r"^\w+ (?:do|does|did|is|are|was|were|can|could|will|would|should)\b", re.IGNORECASE
)
_REDUCED_RELATIVE = re.compile(
    r"^((?:\w+ )?\w+) (?:nobody|no one|everybody|everyone|somebody|someone|nothing|I|we|you|they|he|she)"
    r" \w",
    re.IGNORECASE,
)
"""``the colour nobody has seen``: that is left out."""
_OPENS_QUESTION = re.compile(r"^(why|how|where|when|who|what|which|whose)\b", re.IGNORECASE)


def _told(
    clean: str, found: ThemeReading, words: Lexicon, owner: str
) -> tuple[SubjectKind, str, str]:
    """The kind of subject, its text inside a sentence, and how it is spoken of later."""
    text, _, but = _inside_a_sentence(clean).partition(" but ")
    if but:
        kind, it, about = _told(text, found, words, owner)
        return kind, f"{it}, but {clause_in_the_past(but)[1] or but}", about
    if owner:
        its = re.sub(rf"^.*?\b{re.escape(owner)}(?:’s|s’) ", "", text)
        return "owned", its, f"{{their}} {its}"
    if opening := _OPENS_QUESTION.match(text):
        later = "that day" if opening[1].lower() == "when" else "that question"
        if _ASKED.match(text):
            text = f"the answer to “{text}?”"
        return "question", text, later
    if reduced := _REDUCED_RELATIVE.match(text):
        about = re.sub(r"^(?:a|an|my|our|your|one) ", "the ", reduced[1])
        had = re.sub(r"\b(?:has|have)\b", "had", text)
        return _kind(reduced[1], found, words), had, about
    if found.event:
        noun = found.subject[0]
        said = english.plural(noun.text) if noun.many else noun.text
        if noun.definite:
            said = f"the {said}"
        elif not noun.many and not clean.lower().startswith(noun.text):
            said = english.with_article(said)
        event = re.sub(r"\b(?:my|our|your)\b", "the", found.event)
        return "happened", f"{said} {event}", "that day"
    relative = _RELATIVE.search(text)
    plain = text
    if relative and found.tail.lower().startswith(relative[0].lower()):
        plain = text[: relative.start()].strip(" ,")
        text = f"{plain} {found.tail}"
    about = re.sub(r"^(?:a|an|my|our|your|one) ", "the ", plain)
    return _kind(plain, found, words), text, about


def _inside_a_sentence(clean: str) -> str:
    first = clean.split(" ", 1)[0]
    name = first[1:] != first[1:].lower() or first in ("I",)
    text = re.sub(r"^(?:my|our|your) ", "a ", clean if name else clean[:1].lower() + clean[1:])
    text = re.sub(r"^(?=(?:worst|best|last|only|first)\b|\w+est \w)", "the ", text)
    return re.sub(r"\b(?:my|our|your)\b", "the", text)


def _kind(plain: str, found: ThemeReading, words: Lexicon) -> SubjectKind:
    known = subjects()
    phrase = found.subject[0] if found.subject else None
    noun = phrase.noun.lower() if phrase else plain.lower()
    head = english.singular(noun.split(" ")[-1])
    place = words.place(noun)
    if head in known.sky:
        return "sky"
    if place is not None:
        return "land" if place.outer or place.type in ("wild", "water") else "building"
    if head in known.senses:
        return "sense"
    if head in known.abstract or is_abstract(head):
        return "many" if phrase and phrase.many else "matter"
    if head in known.events:
        return "event"
    if phrase and phrase.many:
        return "many"
    thing = noun in words.props or words.knows_device(noun)
    if thing or re.match(r"(?:a|an|one|the (?:last|only|first)) ", plain.lower()):
        fixed = head in words.grammar["fixed"] and head not in ("shadow",)
        return "fixture" if fixed else "thing"
    return "matter"
