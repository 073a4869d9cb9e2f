"""A scene in words, for engines that draw from text; the cast described alike in every scene.

Such engines remember nothing from one picture to the next. So each member is given in full every
time, from the traits the story tells and, for what it leaves open, from the look the embedded
illustrator would give them: also a story drawn by two engines keeps its cast.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from content_platform.imagery.models import Angle
from content_platform.stories.models import CastMember, Scene, Shot, TimeOfDay, Weather
from content_platform.vocabulary import ArtStyle, Format, Mood

if TYPE_CHECKING:
    from content_platform.imagery.illustrator.look import Look

UNWANTED = (
    "text, letters, captions, speech bubbles, watermark, signature, logo, frame, border, "
    "split panels, extra limbs, deformed hands, blurry, gore"
)
"""For engines that take a negative prompt."""

_STYLES = {
    ArtStyle.STORYBOOK_LIGHT: "Storybook illustration, soft volumetric light, painterly, gentle film grain",
    ArtStyle.PAPER_CUT: "Layered paper-cut diorama, soft shadows between paper sheets, visible fibre",
    ArtStyle.INK_AND_WASH: "Ink and watercolour wash on rough paper, loose brush-pen lines of varying width, few colours",
}
_SHOTS = {
    Shot.ESTABLISHING: "wide establishing shot",
    Shot.MEDIUM: "medium shot",
    Shot.CLOSE: "close-up, background out of focus",
    Shot.DETAIL: "macro detail shot, shallow depth of field",
}
_ANGLES = {
    Angle.LEVEL: "",
    Angle.LOW: ", low angle",
    Angle.OVER_SHOULDER: ", over the shoulder of the second person",
}
_TIMES = {
    TimeOfDay.DAWN: "at dawn",
    TimeOfDay.DAY: "in daylight",
    TimeOfDay.DUSK: "at dusk",
    TimeOfDay.NIGHT: "at night",
}
_WEATHERS = {
    Weather.CLEAR: "clear sky",
    Weather.CLOUDS: "cloudy",
    Weather.RAIN: "rain, wet reflections",
    Weather.STORM: "storm, lightning",
    Weather.SNOW: "falling snow",
    Weather.FOG: "fog",
}
_MOODS = {
    Mood.CALM: "calm, quiet colours",
    Mood.MYSTERY: "mysterious, cold light with one warm source",
    Mood.TENDER: "tender, warm light",
    Mood.UPBEAT: "bright and cheerful",
    Mood.EPIC: "epic, dramatic light",
    Mood.SAD: "melancholic, muted colours",
    Mood.PLAYFUL: "playful, lively colours",
    Mood.TENSE: "tense, high contrast",
}
_FRAMES = {
    Format.LANDSCAPE: "Wide picture; keep the lowest fifth calm and the subject above it",
    Format.PORTRAIT: "Upright picture; subject in the upper half, the lowest third calm",
    Format.SQUARE: "Square picture; keep the lowest fifth calm and the subject above it",
}
_HATS = {
    "brim": "wide-brimmed hat",
    "straw": "straw hat",
    "pointed": "pointed hat",
    "toque": "cook's hat",
    "crown": "golden crown",
}
_COLOURS = {
    "black": "#1e1c22", "charcoal": "#3c3c44", "grey": "#85858c", "silver": "#c6c9cd",
    "white": "#f2f0ec", "cream": "#e9dcbc", "brown": "#5c3a28", "chestnut": "#7a4526",
    "tan": "#b58a5c", "ginger": "#a8642f", "blond": "#bd9257", "red": "#c2332c",
    "dark red": "#83303a", "orange": "#d77a34", "ochre": "#b0702f", "golden": "#dca636",
    "olive green": "#5f6f3c", "green": "#4f8a4a", "dark green": "#2f4f3f", "teal": "#2f7f7c",
    "blue": "#3f7fa8", "dark blue": "#2b4068", "slate blue": "#4a5a74", "violet": "#7d4fa0",
    "plum": "#5c3f63", "pink": "#c9708c",
}  # fmt: skip
_SKINS = {
    "fair": "#f3cfae", "light": "#e8b98f", "tan": "#d29c70", "brown": "#a8714a",
    "dark brown": "#7b4e33",
}  # fmt: skip


def scene_prompt(
    scene: Scene,
    cast: Sequence[CastMember],
    style: ArtStyle,
    seed: int,
    angle: Angle = Angle.LEVEL,
) -> str:
    """The scene in words. The same ``seed`` and member give the same words in every scene."""
    seen = [member for member in cast if member.name in scene.cast]
    parts = [
        _STYLES[style],
        f"{_SHOTS[scene.shot].capitalize()}{_ANGLES[angle]}: {scene.place} {_TIMES[scene.time_of_day]}, "
        f"{_WEATHERS[scene.weather]}",
    ]
    if seen and scene.action:
        parts.append(f"The {_called(seen[0], seen)} is {scene.action}")
    parts += [f"The {_called(member, seen)}: {described(member, seed)}" for member in seen]
    if scene.props:
        parts.append("Also to be seen: " + ", ".join(scene.props))
    parts += [f"Mood: {_MOODS[scene.mood]}", "No text, no letters, no watermark"]
    return ". ".join(parts) + "."


def framed(prompt: str, shape: Format, most_characters: int) -> str:
    """``prompt`` for one picture shape, cut at a sentence's end where an engine takes less."""
    text = f"{prompt} {_FRAMES[shape]}."
    while len(text) > most_characters and ". " in text:
        text = text[: text.rindex(". ") + 1]
    return text[:most_characters]


def described(member: CastMember, seed: int) -> str:
    """How a member looks, in words: the same in every scene of the story that has this seed."""
    if member.kind in ("animal", "creature", "object"):
        return ", ".join((member.noun, *member.traits))
    from content_platform.imagery.illustrator.look import look_of

    look = look_of(member, seed)
    age = "old " if look.age == "old" else ""
    traits = [trait for trait in member.traits if trait != look.age]
    told = {word for trait in traits for word in trait.lower().split()}
    details = [
        part
        for part in (*_face(look), *_clothes(look))
        if part.split()[-1] not in told and part not in told
    ]
    return ", ".join((f"{age}{member.kind}", *traits, *details))


def _face(look: Look) -> list[str]:
    """What is to be seen of the head; the last word of each tells what it is about."""
    hair = "bald" if look.hair_style == "bald" else f"{_hair(look)} hair"
    parts = [f"{_nearest(look.skin, _SKINS)} skin", hair]
    if look.beard:
        parts.append(f"{_nearest(look.beard)} beard")
    if look.glasses:
        parts.append("round glasses")
    return parts


def _hair(look: Look) -> str:
    colour = _nearest(look.hair)
    style = {"braid": "braided", "ponytail": "ponytailed", "bun": "pinned-up", "bob": "bobbed"}
    return f"{style.get(look.hair_style, look.hair_style)} {colour}"


def _clothes(look: Look) -> list[str]:
    colour = _nearest(look.colour)
    parts = [f"wearing {'an' if colour[0] in 'aeiou' else 'a'} {colour} {look.garment}"]
    if look.scarf:
        parts.append(f"{_nearest(look.scarf)} scarf")
    if look.hat:
        shade = f"{_nearest(look.hat_colour)} " if look.hat_colour else ""
        parts.append(f"{shade}{_HATS.get(look.hat, look.hat)}")
    if look.boots:
        parts.append(f"{_nearest(look.boots)} boots")
    if look.mittens:
        parts.append(f"{_nearest(look.mittens)} mittens")
    if look.bag:
        parts.append("shoulder bag")
    if look.glowing:
        parts.append("softly glowing")
    return parts


def _called(member: CastMember, seen: Sequence[CastMember]) -> str:
    """What a member is called in the prompt: its noun, told apart where two share one.

    Never the name: engines have pictures of famous bearers of it.
    """
    same = [other for other in seen if other.noun == member.noun]
    if len(same) == 1:
        return member.noun
    number = ("first", "second", "third", "fourth", "fifth")[min(same.index(member), 4)]
    return f"{number} {member.noun}"


def _nearest(colour: str, names: dict[str, str] = _COLOURS) -> str:
    """The name of the colour that looks most like ``colour`` (weighted by the mean red)."""
    red, green, blue = _rgb(colour)

    def apart(name: str) -> float:
        r, g, b = _rgb(names[name])
        mean = (red + r) / 2
        return (
            (2 + mean / 256) * (red - r) ** 2
            + 4 * (green - g) ** 2
            + (2 + (255 - mean) / 256) * (blue - b) ** 2
        )

    return min(names, key=apart)


def _rgb(colour: str) -> tuple[int, int, int]:
    value = int(colour.removeprefix("#"), 16)
    return value >> 16, value >> 8 & 255, value & 255
