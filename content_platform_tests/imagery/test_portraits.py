"""People near the camera: shoulders, beards and skin that are read as such."""

from __future__ import annotations

import colorsys
import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from content_platform.imagery.illustrator.light import indoors, light_of
from content_platform.imagery.illustrator.look import _HAIR, _SKIN, Look, look_of
from content_platform.imagery.illustrator.people import person
from content_platform.imagery.illustrator.raster import Array, linear, vector
from content_platform.imagery.illustrator.shapes import rgb
from content_platform.stories.models import CastMember, TimeOfDay, Weather
from content_platform.vocabulary import Mood
from content_platform_tests.imagery.test_illustrator import request

_PEOPLE = {
    "woman": ("woman", "teacher"),
    "man": ("man", "fisherman"),
    "girl": ("girl", "girl"),
    "boy": ("boy", "boy"),
    "grandmother": ("woman", "grandmother"),
    "grandfather": ("man", "grandfather"),
    "cook": ("woman", "cook"),
}


def _look(kind: str, noun: str, *traits: str, name: str = "Ada", seed: int = 7) -> Look:
    member = CastMember.model_validate({"name": name, "kind": kind, "noun": noun, "traits": traits})
    return look_of(member, seed)


def _across(look: Look, below: float) -> tuple[float, float]:
    """Left and right end of a close figure, ``below`` the middle of its head, counted from there."""
    figure = person(look, "standing", close=True)
    _, cover = vector(figure.svg, (-200, figure.face[1] - 100, 400, 400), (400, 400))
    there = np.flatnonzero(cover[100 + round(below)] > 0.5) - 200 - figure.face[0]
    return float(there[0]), float(there[-1])


@pytest.mark.parametrize("who", _PEOPLE)
def test_near_us_two_shoulders_carry_the_head(who: str) -> None:
    look = replace(_look(*_PEOPLE[who]), hat="", hair_style="short", scarf="", beard="")
    neck, head, shoulders = (_across(look, below) for below in (50, 0, 110))
    assert shoulders[1] - shoulders[0] > 2 * (neck[1] - neck[0])
    assert shoulders[1] - shoulders[0] > 1.15 * (head[1] - head[0])
    # The head is above the chest: about as much shoulder on either side of it.
    assert 0.6 < -shoulders[0] / shoulders[1] < 1.67


def test_a_beard_is_never_of_the_colour_of_the_skin() -> None:
    shown = set()
    for noun, seed, hair in itertools.product(
        ("king", "grandfather"), range(40), ("", "red hair", "brown hair", "blond hair")
    ):
        traits = (hair, "bearded") if hair else ("bearded",)
        look = _look("man", noun, *traits, seed=seed)
        shown.add((look.skin, look.hair))
        # White on the palest skin is told from it by less, and by its edge.
        least = 60 if min(rgb(look.beard)) > 180 else 90
        assert math.dist(rgb(look.beard), rgb(look.skin)) > least, look
        if look.hair in _HAIR and look.hair != "#1c1a22":
            red, green, blue = rgb(look.beard)
            assert red > green > blue, look  # brown, red or fair as the hair, not grey
    assert {skin for skin, _ in shown} == set(_SKIN)
    assert len({hair for _, hair in shown} & set(_HAIR)) >= 5


def _lit(skin: str, fallen: Array) -> tuple[float, float, float]:
    red, green, blue = (float(part) for part in np.sqrt(linear(skin) * fallen).clip(0, 1))
    return colorsys.rgb_to_hsv(red, green, blue)


@pytest.mark.parametrize("skin", _SKIN)
def test_by_night_skin_still_is_of_a_warm_hue(skin: str) -> None:
    for mood, weather in itertools.product(Mood, (Weather.CLEAR, Weather.CLOUDS, Weather.SNOW)):
        wanted = request("meadow", time=TimeOfDay.NIGHT, weather=weather, mood=mood)
        light = light_of(wanted.scene, 7)
        hue, saturation, _ = _lit(light.lit_warm(skin), light.ambient_light() + light.key_light())
        assert hue < 0.14 or hue > 0.95, (mood, weather, hue)
        assert saturation > 0.12, (mood, weather, saturation)


def test_by_day_and_by_lamplight_skin_is_painted_as_it_is() -> None:
    day = light_of(request("meadow", time=TimeOfDay.DAY).scene, 7)
    dusk = light_of(request("meadow", time=TimeOfDay.DUSK).scene, 7)
    for light, skin in itertools.product((day, indoors(dusk, walls="#c8a070")), _SKIN):
        assert math.dist(rgb(light.lit_warm(skin)), rgb(skin)) < 12
