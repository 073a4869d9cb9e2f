"""The troupe: who and what a scene shows, what they do, and what they hold.

Nothing here has a place in the picture yet.
"""

from __future__ import annotations

import re

from content_platform.imagery.illustrator.beasts import (
    follows,
    is_beast,
    stands_low,
)
from content_platform.imagery.illustrator.lexicon import find_noun, lexicon
from content_platform.imagery.illustrator.moment import (
    carries,
    held_in,
    is_in_the_sky,
    is_state_of,
    lies,
    pose_of,
    props_in,
    shadows_of,
    thing_of,
    tool_of,
)
from content_platform.imagery.illustrator.poses import POSES
from content_platform.imagery.illustrator.relations import is_behind_a_table
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things import HAND_HELD, POLES, THINGS, laid
from content_platform.imagery.illustrator.things.base import Thing
from content_platform.stories.models import CastMember, Scene, Shot

ADULT_UNITS = 496.0
"""Height of a standing adult in figure units."""

_EMPTY_HANDED = {"holding": "standing", "cradling": "standing", "giving": "talking"}
"""What a pose becomes without anything to hold."""

_HANDS_FREE = frozenset({"looking up", "thinking", "pointing", "kneeling", "weeping", "shivering"})
"""Poses in which things lie beside somebody, not in the hands."""

_UP_CLOSE = {
    "walking": "standing",
    "running": "looking",
    "jumping": "standing",
    "climbing": "looking up",
    "kneeling": "looking down",
    "sitting": "standing",
    "back": "standing",
    "sitting with": "cradling",
    "holding": "cradling",
    "giving": "cradling",
    "reading": "cradling",
    "reaching": "talking up close",
    "talking": "talking up close",
    "working": "working up close",
    "falling": "shivering",
    "dancing": "standing",
}
"""Near the camera nobody sees the legs, and a stretched arm leaves the picture."""


_WELL = re.compile(r"\bwells?\b(?! (?:known|done|enough))", re.I)


_AMONG = re.compile(r"\b(?:among|amid|between) all the\b|\ball (?:around|round|about)\b", re.I)


_ON_THE_FEET = re.compile(
    r"\b(?:put|puts|pull(?:s|ed)?|step(?:s|ped)? into)(?: on)? (?:\w+ ){0,2}(?:boots|shoes|slippers)\b",
    re.I,
)


def is_small(found: tuple[str, Thing] | None) -> bool:
    """Whether a thing can lie on a table and fill a detail shot."""
    return found is not None and found[1].size < 1.5


def is_door(words: str) -> bool:
    found = thing_of(words)
    return found is not None and found[0] == "door"


def hauls(scene: Scene) -> bool:
    """Whether the first of the cast pulls a rope."""
    return pose_of(scene.action) in ("climbing", "reaching", "holding") and any(
        found and found[0] == "rope" for found in map(thing_of, scene.props)
    )


def hauls_at_a_well(scene: Scene, family: str) -> bool:
    """Whether somebody is pulled up out of a well, seen from above the ground."""
    words = f"{scene.text} {scene.place} {' '.join(scene.props)}"
    return family != "dry well" and hauls(scene) and bool(_WELL.search(words))


class Troupe:
    """Who and what one scene shows."""

    def __init__(
        self,
        stage: Stage,
        cast: tuple[CastMember, ...],
        family: str,
        *,
        past_a_shoulder: bool = False,
    ) -> None:
        """``past_a_shoulder``: of two people near the camera, the second is seen from behind."""
        self.stage = stage
        self.family = family
        self.scene = stage.scene
        by_name = {member.name: member for member in cast}
        named = [by_name[name] for name in self.scene.cast if name in by_name] or list(cast)
        self.members = [member for member in named if member.kind != "object"]
        # Two who meet themselves, years older, are four.
        low = any(is_beast(member) and stands_low(member) for member in self.members)
        self.members = self.members[: 4 if low or any(m.later_self_of for m in named) else 3]
        if stage.close and any(is_beast(member) for member in self.members):
            # Two faces fill a close-up; a third would hide one of them.
            self.members = self.members[:2]
        own = (f"{' '.join(m.traits)} {m.noun}" for m in named if m.kind == "object")
        props = props_in(self.scene, tuple(own))
        self.in_the_sky = [words for words in props if is_in_the_sky(words, self.scene)]
        self.props = [words for words in props if words not in self.in_the_sky]
        # Near the camera heads are large as it is.
        self.scale = stage.layout.adult / ADULT_UNITS * (0.9 if stage.close else 1.0)
        self.facing_left = stage.layout.subject_x > stage.w / 2
        self.near = -1 if self.facing_left else 1
        """The side to which the first of the cast looks."""
        self.past_a_shoulder = (
            past_a_shoulder
            and stage.close
            and len(self.members) == 2
            and all(m.kind in ("woman", "man", "girl", "boy") for m in self.members)
        )
        self.shadows = shadows_of(self.scene) if self.members and not lies(self.scene) else 0
        self.behind_a_table = (
            not stage.close
            and bool(self.members)
            and not is_beast(self.members[0])
            and bool(self.small_things)
            and is_behind_a_table(self.scene)
        )
        """Whether the first of the cast is behind a table with things on it."""
        self.before: tuple[str, Thing] | None = None
        self.before = self._thing_before()
        """The thing large in front of somebody near the camera, if nobody holds one."""
        self.hauls = hauls(self.scene)
        """Whether the first of the cast pulls a rope, and nobody hangs on it."""
        self.at_a_well = (
            not stage.close and not stage.inside and hauls_at_a_well(self.scene, self.family)
        )

    @property
    def holder(self) -> CastMember | None:
        """Who holds what the scene is about: the first of the cast, or the first who has hands."""
        hands = [member for member in self.members if not is_beast(member)]
        if not hands:
            return self.members[0] if self.members else None
        return hands[0]

    @property
    def small_things(self) -> list[tuple[str, Thing]]:
        """What is small enough for a table, each once."""
        found = [one for one in map(thing_of, self.props) if one and is_small(one)]
        return list(dict(found).items())

    @property
    def strewn(self) -> bool:
        """Whether somebody is among things that lie on the ground all round."""
        among = bool(_AMONG.search(self.scene.text)) and not self.stage.close
        return among and bool(self.members) and len(self.small_things) > 1

    @property
    def carried(self) -> tuple[str, Thing] | None:
        """What the first of the cast has about it, if the sentence says so and it has no hands."""
        if not self.members or not is_beast(self.members[0]) or lies(self.scene):
            return None
        if self.stage.close or self.is_giant(self.members[0]):
            return None
        for words in self.props:
            found = thing_of(words)
            if found and is_small(found) and carries(self.scene, words):
                return found
        return None

    def _thing_before(self) -> tuple[str, Thing] | None:
        if self.scene.shot is not Shot.CLOSE or len(self.members) > 2 or self.past_a_shoulder:
            return None
        at_it = self.scene.action.startswith("looking at")
        hands = self.holder is not None and not is_beast(self.holder)
        if hands and not at_it and self.hold(set()) is not None:
            return None
        if pose_of(self.scene.action) in ("embracing", "lying"):
            return None
        for found in map(thing_of, self.props):
            if found and is_small(found) and found[0] != "footprints":
                return found[0], laid(*found)
        return None

    @staticmethod
    def is_giant(member: CastMember) -> bool:
        return is_beast(member) and not stands_low(member)

    @property
    def meets_a_giant(self) -> bool:
        """Whether somebody and an animal larger than people stand before each other."""
        return (
            sorted(map(self.is_giant, self.members)) == [False, True]
            and self.family != "ancient tree"
            and not self.stage.close
            and not self.shadows
            and not follows(self.scene)
            and not lies(self.scene)
            and pose_of(self.scene.action) != "embracing"
        )

    @property
    def together(self) -> bool:
        """Whether they touch each other or share a thing, and so keep their distance."""
        touching = ("embracing", "hand in hand", "giving", "lying")
        return self.at_a_well or pose_of(self.scene.action) in touching

    @property
    def aboard(self) -> bool:
        """Whether there are people, who need a boat at sea."""
        return any(not is_beast(member) for member in self.members)

    def pose(self, member: CastMember, *, first: bool, held: tuple[str, Thing] | None) -> str:
        stage = self.stage
        pose = pose_of(self.scene.action) or "standing"
        if pose == "embracing" and any(is_beast(m) and stands_low(m) for m in self.members):
            pose = "kneeling"  # down to it
        if self.hauls and member is not self.members[-1]:
            return "hauling"
        if not first and self.at_a_well:
            return "hauled"  # out of the well, on the rope
        if not first and held:
            pose = "holding" if held[0] not in POLES else "sweeping"
        elif not first:
            if pose not in (
                "walking",
                "running",
                "embracing",
                "sitting",
                "climbing",
                "dancing",
                "hand in hand",
            ) or (pose == "climbing" and self.hauls):
                pose = "receiving" if pose == "giving" and not stage.close else "standing"
        elif held:
            if held[0] in POLES:
                return "sweeping"
            if held[1].hangs or held[0] == "umbrella":
                near_us = stage.close and held[0] != "umbrella"
                return "lantern up close" if near_us else "lantern"
            if pose == "sitting":
                pose = "sitting with"
            elif pose == "giving":
                pose = "giving" if len(self.members) > 1 else "holding"
            elif pose not in ("reading", "walking", "running", "raising", "working", "kneeling"):
                pose = "holding"
        else:
            pose = _EMPTY_HANDED.get(pose, pose)
        low = any(is_beast(one) and stands_low(one) for one in self.members)
        if pose == "walking" and stage.frame.tall and low and len(self.members) > 2:
            pose = "stepping"  # a swinging hand would be on its tail
        if pose == "working" and not stage.inside:
            pose = "holding" if held else "standing"
        if pose == "sitting" and not first and len(self.members) > 2:
            pose = "standing"  # three pairs of knees in a row are one tangle
        if self.behind_a_table and first:
            crowded = self.stage.frame.tall and len(self.members) > 1
            pose = "talking" if pose != "sitting" and not crowded else "standing"
        if pose == "back" and self.scene.shot is not Shot.ESTABLISHING:
            pose = "looking"
        if stage.close and held:
            return "cradling"
        if first and self.before and pose in ("standing", "looking", "listening", "thinking"):
            return "looking down"  # at the thing
        if not stage.close:
            # A stretched hand would reach into the other's coat.
            beside = stage.frame.tall and pose in ("talking", "pointing") and len(self.members) > 1
            return "talking up close" if beside else pose
        near = _UP_CLOSE.get(pose, pose)
        crowded = stage.frame.tall and len(self.members) > 1
        if crowded and near in ("talking up close", "pointing", "raising", "lantern up close"):
            return "standing"  # a raised hand would lie on the other's face
        return "working beside" if len(self.members) > 1 and near == "working up close" else near

    def nod(self, member: CastMember, pose: str) -> float:
        """How far somebody bows the head to look into the eyes of the other, in degrees."""
        if len(self.members) != 2 or follows(self.scene) or POSES[pose].touch[0]:
            return 0.0
        other = self.members[self.members[0] is member]

        def small(one: CastMember) -> bool:
            return one.kind in ("girl", "boy") or (is_beast(one) and stands_low(one))

        return (small(other) - small(member)) * (5.0 if self.stage.close else 10.0)

    def hold(self, used: set[str]) -> tuple[str, Thing] | None:
        if self.before:
            return None
        if self.scene.action.startswith("waving"):
            return None
        if self.behind_a_table or self.strewn:
            return None
        in_action = held_in(self.scene.action)
        pose = pose_of(self.scene.action)
        # Two leave no room for a thing beside them.
        narrow = len(self.members) > 1 and pose in ("pointing", "thinking")
        if not in_action and not self.stage.close and pose in _HANDS_FREE and not narrow:
            return None
        sits = pose == "sitting" and not self.stage.close
        mentioned = [in_action] if in_action else []
        holder = self.holder
        tool = tool_of(self.scene, holder) if holder and not is_beast(holder) else None
        tools = [tool] if tool else []
        for words in (*mentioned, *self.props, *tools):
            found = (words, THINGS[words]("")) if words in tools else thing_of(words)
            if found and found[0] in POLES and not self.stage.close and not sits:
                if found[0] in (in_action, tool):  # both hands on its shaft
                    used.add(found[0])
                    return found
                continue
            if found and self.carried and found[0] == self.carried[0]:
                continue
            if found and found[0] == "umbrella" and self.stage.inside:
                continue
            if found and found[0] == "shoe" and _ON_THE_FEET.search(self.scene.text):
                continue
            if found and found[1].hangs and sits:
                continue  # it stands on the ground
            if found and found[0] == "rope" and self.hauls:
                used.add("rope")  # it goes from hand to hand
                continue
            if found and found[0] in HAND_HELD:
                used.add(found[0])
                # The props say more about it than the verb phrase does.
                better = next(
                    (
                        thing_of(prop)
                        for prop in self.props
                        if is_state_of(find_noun(lexicon().props, prop) or "", found[0])
                    ),
                    None,
                )
                if better:
                    used.add(better[0])
                return better or found
        return None
