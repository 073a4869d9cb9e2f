"""People near the camera: shoulders, beards and skin that are read as such."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from content_platform.imagery.illustrator.look import _HAIR, _SKIN, Look, look_of
from content_platform.imagery.illustrator.people import person
from content_platform.imagery.illustrator.raster import vector
from content_platform.imagery.illustrator.shapes import rgb
from content_platform.stories.models import CastMember

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
    assert {skin for skin, _ in shown} == set(_SKIN)
    assert len({hair for _, hair in shown} & set(_HAIR)) >= 5
