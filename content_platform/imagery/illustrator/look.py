"""How a cast member looks: decided once from name, noun, traits and the story's seed.

The same member gives the same ``Look`` in every scene of a story; nothing about a scene may
enter here. Drawing the look belongs to ``people`` and ``animals``.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import dist

from content_platform.imagery.illustrator.lexicon import lexicon, words_of
from content_platform.imagery.illustrator.shapes import darker, mix, rgb
from content_platform.stories.models import CastMember

_SKIN = ("#f3cfae", "#e8b98f", "#d29c70", "#a8714a", "#7b4e33", "#f0c6a4")
_HAIR = ("#2a1c18", "#4a2c1d", "#7a4526", "#a8642f", "#bd9257", "#1c1a22", "#8a3b22")
_GARMENT = ("#2f5d73", "#8c3b3b", "#4f6b3a", "#6b4a7a", "#b0702f", "#2f4a7a", "#7a5a3c", "#3c6e64")
_CHILD_GARMENT = ("#d98e32", "#c8553d", "#3f86a0", "#6d9a4a", "#8d6bb0", "#d9a441", "#c76b7e")
_ACCENT = ("#c8372d", "#e0a02e", "#2f8a86", "#d9683a", "#7d4fa0", "#e7d9b8")


@dataclass(frozen=True)
class Look:
    """Everything that must stay the same about a person or animal."""

    age: str
    """``child``, ``adult`` or ``old``."""
    feminine: bool
    skin: str
    hair: str
    hair_style: str
    garment: str
    """``coat``, ``dress``, ``robe``, ``cloak``, ``jacket`` or ``apron``."""
    colour: str
    """Of the main garment; an animal's coat."""
    second: str
    """Trousers, trim; an animal's belly and tips."""
    accent: str
    scarf: str = ""
    hat: str = ""
    hat_colour: str = ""
    beard: str = ""
    glasses: bool = False
    bag: bool = False
    glowing: bool = False
    boots: str = ""
    """Colour of tall boots, where the words give one."""
    mittens: str = ""
    frosted: bool = False
    """Snow in hair and on shoulders."""


def generator(*parts: object) -> random.Random:
    """A random source that depends on ``parts`` only, the same on every machine."""
    text = "\x1f".join(str(part) for part in parts)
    return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


def look_of(member: CastMember, seed: int) -> Look:
    """The look of a person; a role's costume first, then traits, which always win."""
    known_as = member.later_self_of or member.name

    def pick(what: str, options: Sequence[str]) -> str:
        return generator("look", seed, known_as, what).choice(options)

    words = words_of(" ".join((member.noun, *member.traits)))
    child = member.kind in ("girl", "boy")
    feminine = member.kind in ("woman", "girl")
    old = not child and bool(words & lexicon().old_words)
    age = "child" if child else "old" if old else "adult"
    grown_up = bool(member.later_self_of) and member.noun == "visitor"
    colour = pick("colour", _CHILD_GARMENT if child or grown_up else _GARMENT)
    hair = pick("hair", ("#e9e4da", "#cfcac4", "#dcd6cc") if old else _HAIR)
    styles = (
        ("bob", "long", "braid", "ponytail", "bun")
        if feminine and not old
        else ("bun", "bun", "bob")
        if feminine
        else ("bald", "short")
        if old
        else ("short", "curly", "short", "tousled")
    )
    garments = (
        ("dress", "coat", "dress") if feminine else ("jacket",) if child else ("coat", "jacket")
    )
    look = Look(
        age=age,
        feminine=feminine,
        skin=pick("skin", _SKIN),
        hair=hair,
        hair_style=pick("hair style", styles),
        garment=pick("garment", garments),
        colour=colour,
        second=darker(pick("second", ("#4a4652", "#3b4254", "#57493f")), 0.2),
        accent=pick("accent", [accent for accent in _ACCENT if accent != colour]),
        beard=hair if old and not feminine and pick("beard", "yyyyn") == "y" else "",
    )
    if child or grown_up or pick("scarf", "ynn") == "y":
        look = replace(look, scarf=look.accent)
    rng = generator("look", seed, known_as, "costume")
    look = _with_traits(_in_costume(look, member.noun, rng), member.traits)
    if look.beard:
        look = replace(look, beard=_set_off(look.beard, look.skin))
    return replace(look, hair=mix(look.hair, "#e9e9ee", 0.35)) if look.frosted else look


def _set_off(beard: str, skin: str) -> str:
    """The beard in a tone that differs from the skin: one like it is a swollen jaw."""
    if min(rgb(beard)) > 180:
        end = "#f6f5f3"
    else:  # warm ends: on the way to them no hair turns grey
        end = "#fff0c8" if sum(rgb(beard)) > sum(rgb(skin)) else "#1d0f0a"
    tones = [mix(beard, end, 0.1 * k) for k in range(9)]
    return next((tone for tone in tones if dist(rgb(tone), rgb(skin)) > 90), tones[-1])


def _in_costume(look: Look, noun: str, rng: random.Random) -> Look:
    for word in reversed(noun.lower().split()):
        costume = lexicon().costumes.get(word)
        if costume is None:
            continue
        changes = dict(costume)
        if changes.pop("beard", False) and not look.feminine and look.age != "child":
            changes["beard"] = look.hair
        if look.age == "child":
            changes.pop("glasses", None)
        options = changes.pop("colours", None)
        if isinstance(options, list):
            changes["colour"] = rng.choice(options)
        return replace(look, **changes)
    return look


def _with_traits(look: Look, traits: tuple[str, ...]) -> Look:
    for trait in traits:
        words = trait.lower().replace("-", " ").split()
        colour = next((lexicon().colours[word] for word in words if word in lexicon().colours), "")
        for word in words:
            change = lexicon().traits.get(word)
            if change is None:
                continue
            if change.get("hat") == "cap" and look.garment == "apron":
                continue  # nobody works at a bench or a chair in a peaked cap
            changes: dict[str, object] = {}
            for field_, value in change.items():
                if value == "$colour":
                    if colour:
                        changes[field_] = colour
                    elif field_ == "scarf":
                        changes[field_] = look.accent
                    elif field_ == "beard" and look.age != "child":
                        changes[field_] = look.hair
                    elif field_ == "hat_colour":
                        changes[field_] = look.accent
                else:
                    changes[field_] = value
            if look.beard == look.hair and "hair" in changes:
                changes.setdefault("beard", changes["hair"])
            look = replace(look, **changes)  # type: ignore[arg-type]
    return look
