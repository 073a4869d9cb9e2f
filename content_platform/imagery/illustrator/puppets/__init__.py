"""Puppets: figures that are not people yet do what people do, in the same poses and moods.

Which word means which puppet and how each differs by name belongs here; bones to ``kit``, looks to
the kinds' modules, places on the stage to ``casting``.
"""

from __future__ import annotations

import random
from typing import Protocol

from content_platform.imagery.illustrator.lexicon import find_noun, lexicon, words_of
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.people import Figure
from content_platform.imagery.illustrator.puppets import robots, soft, straw_and_snow
from content_platform.imagery.illustrator.puppets.kit import Kit, assemble
from content_platform.stories.models import CastMember


class Maker(Protocol):
    """Builds one kind of puppet."""

    def __call__(self, tone: str, rng: random.Random, *, old: bool) -> Kit: ...


PUPPETS: dict[str, Maker] = {
    "robot": robots.robot,
    "scarecrow": straw_and_snow.scarecrow,
    "snowman": straw_and_snow.snowman,
    "ghost": soft.ghost,
    "monster": soft.monster,
    "alien": soft.alien,
    "golem": soft.golem,
    "toy bear": soft.toy_bear,
    "doll": soft.doll,
}
"""Every kind; its colour may be empty, its own chance makes it unlike others of its kind."""

_METALS = ("#6f9ab4", "#c98a5a", "#7fa870", "#bd6a6a", "#8f82bd", "#d0a848", "#cfcac0", "#4f9a94")
_COATS = ("#6a5a8a", "#4f7a8a", "#a85a3c", "#5f7f4a", "#b08a3a", "#8a4a5a")
_FABRICS = ("rusty", "rusted", "brass", "copper", "tin", "iron", "steel", "bronze")


def puppet_kind(member: CastMember) -> str:
    """The puppet a member is drawn as; empty for people, beasts and things nobody brings to life."""
    if member.kind not in ("animal", "creature"):
        return ""
    words = lexicon().puppets
    if member.noun.lower() in lexicon().animals.keys() - words.keys():
        return ""  # a sea monster is no monster
    return find_noun(words, member.noun) or find_noun(words, member.name) or ""


def puppet(
    member: CastMember,
    seed: int,
    pose: str,
    *,
    feeling: str,
    held: str = "",
    held_half: float = 0.0,
    hangs: bool = False,
) -> Figure:
    """The member, always the same in one story, in a pose; arguments as for ``people.person``."""
    kind = puppet_kind(member)
    known_as = member.later_self_of or member.name
    rng = generator("puppet", seed, known_as)
    usual = {"robot": _METALS, "scarecrow": _COATS}.get(kind, ("",))
    tone = _tone(member) or generator("coat", seed, known_as).choice(usual)
    old = bool(member.later_self_of) or bool(
        words_of(" ".join(member.traits)) & lexicon().old_words
    )
    kit = PUPPETS[kind](tone, rng, old=old)
    return assemble(kit, pose, feeling=feeling, held=held, held_half=held_half, hangs=hangs)


def _tone(member: CastMember) -> str:
    """ "silver" colours the robot; "red scarf" does not."""
    own = words_of(" ".join((member.noun, *(t for t in member.traits if " " not in t))))
    for word in sorted(own):
        if word in _FABRICS:
            return lexicon().fabrics[word]
        if word in lexicon().colours and word != "dark":
            return lexicon().colours[word]
    return ""
