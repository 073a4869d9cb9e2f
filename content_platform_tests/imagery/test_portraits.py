"""People near the camera: shoulders, beards and skin that are read as such."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from content_platform.imagery.illustrator.look import Look, look_of
from content_platform.imagery.illustrator.people import person
from content_platform.imagery.illustrator.raster import vector
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
