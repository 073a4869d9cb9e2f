"""How the camera stands to each scene of a story: from which side, past whom, from how low.

What the camera then sees is the illustrator's, or ``wording``'s for engines that draw from text.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from content_platform.imagery.models import Angle
from content_platform.stories.models import Beat, Scene, Shot, Story
from content_platform.vocabulary import Mood

_APART = frozenset(("giving", "hugging", "carrying", "working", "sleeping", "lying"))
"""First words of actions in which two people have to be seen from the side."""
_TELLING = frozenset((Mood.EPIC, Mood.TENSE, Mood.MYSTERY))


@dataclass(frozen=True)
class View:
    """How the camera stands to one scene."""

    angle: Angle
    side: Literal["left", "right"]


def plan_views(story: Story, seed: int) -> tuple[View, ...]:
    """The view of each scene, so that no two in a row are composed alike.

    Two who talk keep their sides; anybody else changes theirs. Every second close-up of two people
    looks past one of them; the turn and the climax are seen from below.
    """
    members = {member.name: member for member in story.cast}
    left = random.Random(f"views|{seed}").random() < 0.5
    views: list[View] = []
    near_pairs = 0
    before: Scene | None = None
    for scene in story.scenes:
        if before is not None:
            shared = set(before.cast[:2]) & set(scene.cast[:2])
            talk = len(shared) == 2 and "“" in before.text and "“" in scene.text
            left = left if talk and scene.cast[0] == before.cast[0] else not left
        angle = Angle.LEVEL
        pair = [members[name] for name in scene.cast if name in members]
        people = all(one.kind in ("woman", "man", "girl", "boy") for one in pair)
        if scene.shot is Shot.CLOSE and len(pair) == 2 and people:
            near_pairs += 1
            if near_pairs % 2 == 0 and scene.action.split(" ")[0] not in _APART:
                angle = Angle.OVER_SHOULDER
        elif (
            scene.beat in (Beat.TURN, Beat.CLIMAX)
            and scene.shot in (Shot.ESTABLISHING, Shot.MEDIUM)
            and scene.mood in _TELLING
            and (not views or views[-1].angle is not Angle.LOW)
        ):
            angle = Angle.LOW
        views.append(View(angle, "left" if left else "right"))
        before = scene
    return tuple(views)
