"""Casting: who stands where in a picture, in which pose, holding what.

Puts people, animals and things on a stage that a place has already set. How any of them looks
belongs to the modules it calls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from content_platform.imagery.illustrator import air
from content_platform.imagery.illustrator.beasts import (
    aura,
    follows,
    is_beast,
    perches,
    place_beast,
    stands_low,
)
from content_platform.imagery.illustrator.lexicon import find_noun, lexicon
from content_platform.imagery.illustrator.look import Look, look_of
from content_platform.imagery.illustrator.moment import (
    feeling_of,
    held_in,
    is_in_the_sky,
    is_state_of,
    is_wrapped,
    lies,
    pose_of,
    props_in,
    shadows_of,
    thing_of,
)
from content_platform.imagery.illustrator.people import Figure, height_of, person
from content_platform.imagery.illustrator.places import PAVED
from content_platform.imagery.illustrator.poses import POSES
from content_platform.imagery.illustrator.puppets import puppet, puppet_kind
from content_platform.imagery.illustrator.resting import bed, pillow, seat
from content_platform.imagery.illustrator.shades import crowd_of, shade_of
from content_platform.imagery.illustrator.shapes import group, line, num
from content_platform.imagery.illustrator.sky import star_above
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.still_life import (
    arrange,
    bench,
    counter,
    door_in_the_wall,
    half_width,
    hero,
    surface,
)
from content_platform.imagery.illustrator.subjects import Subjects
from content_platform.imagery.illustrator.things import HAND_HELD, THINGS, laid
from content_platform.imagery.illustrator.things.base import Thing
from content_platform.imagery.illustrator.things.keepsakes import umbrella_over
from content_platform.imagery.models import Box
from content_platform.stories.models import CastMember, Shot, Weather

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


_GOES_AHEAD = re.compile(r"\b(?:walk\w*|left|leav\w*|ran|run\w*|quick|slip\w*|got far)\b", re.I)
"""What is said of a shadow that does not turn to its owner."""


_WELL = re.compile(r"\bwells?\b(?! (?:known|done|enough))", re.I)


def is_small(found: tuple[str, Thing] | None) -> bool:
    """Whether a thing can lie on a table and fill a detail shot."""
    return found is not None and found[1].size < 1.5


def _is_door(words: str) -> bool:
    found = thing_of(words)
    return found is not None and found[0] == "door"


@dataclass(frozen=True)
class _Drawn:
    """One of the cast as put on the stage."""

    x: float
    body: str
    glow: str
    face: tuple[float, float]
    shadow: float = 0.24
    """Half the width of the shadow at the feet, in adults."""
    feet: float | None = None
    """Its ground line, where it is not the subject's."""
    hides: float = 0.0
    """How far to each side of its face nothing behind it shines through."""
    off: float = 0.0
    """How far from ``x`` the middle of what stands on the ground is."""
    upright: bool = True
    """Whether it stands on feet at ``x``, and so throws a long shadow from there."""


class Cast:
    """Puts people, animals and things on a stage."""

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
        self.members = self.members[: 4 if any(m.later_self_of for m in named) else 3]
        if stage.close and any(is_beast(member) for member in self.members):
            # Two faces fill a close-up; a third would hide one of them.
            self.members = self.members[:2]
        own = (f"{' '.join(m.traits)} {m.noun}" for m in named if m.kind == "object")
        props = props_in(self.scene, tuple(own))
        self.in_the_sky = [words for words in props if is_in_the_sky(words)]
        self.props = [words for words in props if words not in self.in_the_sky]
        # Near the camera heads are large as it is.
        self.scale = stage.layout.adult / ADULT_UNITS * (0.9 if stage.close else 1.0)
        if len(self.members) > 3 and stage.frame.tall:
            self.scale *= 0.8
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
        self._before: tuple[str, Thing] | None = None
        self._before = self._thing_before()
        """The thing large in front of somebody near the camera, if nobody holds one."""
        self._subjects = Subjects(stage)
        self._hauls = pose_of(self.scene.action) in ("climbing", "reaching", "holding") and any(
            found and found[0] == "rope" for found in map(thing_of, self.props)
        )
        """Whether the first of the cast pulls a rope, and nobody hangs on it."""
        self._at_a_well = (
            self._hauls
            and not stage.close
            and not stage.inside
            and self.family != "dry well"
            and bool(_WELL.search(f"{self.scene.text} {self.scene.place} {' '.join(self.props)}"))
        )
        self._rope_end: tuple[float, float] | None = None
        """Where the rope is held, if it comes out of a well."""
        self._bench_from: float | None = None
        """Where somebody works at a table, if anybody does."""

    def _thing_before(self) -> tuple[str, Thing] | None:
        if self.scene.shot is not Shot.CLOSE or len(self.members) > 2 or self.past_a_shoulder:
            return None
        at_it = self.scene.action.startswith("looking at")
        hands = self.members and not is_beast(self.members[0])
        if hands and not at_it and self._hold(set()) is not None:
            return None
        if pose_of(self.scene.action) in ("embracing", "lying"):
            return None
        for found in map(thing_of, self.props):
            if found and is_small(found) and found[0] != "footprints":
                return found[0], laid(*found)
        return None

    @staticmethod
    def _is_giant(member: CastMember) -> bool:
        return is_beast(member) and not stands_low(member)

    @property
    def _meets_a_giant(self) -> bool:
        """Whether somebody and an animal larger than people stand before each other."""
        return (
            sorted(map(self._is_giant, self.members)) == [False, True]
            and not self.stage.close
            and not self.shadows
            and not follows(self.scene)
            and not lies(self.scene)
            and pose_of(self.scene.action) != "embracing"
        )

    @property
    def _aboard(self) -> bool:
        """Whether there are people, who need a boat at sea."""
        return any(not is_beast(member) for member in self.members)

    @property
    def shows_a_giant(self) -> bool:
        """Whether somebody of the cast has a head far larger than people have."""
        return any(map(self._is_giant, self.members))

    @property
    def subjects(self) -> list[Box]:
        """What was put on the stage, the most important first."""
        return self._subjects.boxes

    def place(self) -> tuple[float, float]:
        """Returns where the eye should rest, in units."""
        layout = self.stage.layout
        for words in self.in_the_sky[:1]:
            if not self.stage.inside:
                star_above(self.stage, rising="rising" in words)
        if self.stage.inside and any(map(_is_door, self.props)):
            beside = self.near * (0.3 * self.stage.w if self.stage.close else 1.15 * layout.adult)
            at = 0.5 * self.stage.w if self.stage.close else layout.subject_x
            door_in_the_wall(self.stage, at + beside)
        if self.scene.shot is Shot.DETAIL:
            found = [thing for thing in map(thing_of, self.props) if thing and is_small(thing)]
            things = [laid(name, thing) for name, thing in found]
            focal, half = hero(self.stage, things, self.near)
            self._subjects.thing(focal, half)
            return focal
        if not self.members:
            self._things(used=set())
            return layout.landmark_x, layout.horizon * 0.8
        return self._figures()

    # --- people and animals ------------------------------------------------------------------

    def _figures(self) -> tuple[float, float]:
        stage, layout = self.stage, self.stage.layout
        used: set[str] = set()
        drawn: list[_Drawn] = []
        if stage.close and len(self.members) == 1 and perches(self.members[0], self.scene):
            # Near the camera an animal sits on a table or the ground, not in the air.
            surface(stage, stage.h * (0.69 if not stage.frame.tall else 0.59))
        spots = self._spots()
        for k, (member, (x, left)) in enumerate(zip(self.members, spots, strict=False)):
            if is_beast(member):
                drawn.append(self._animal(member, x, left, first=k == 0))
            else:
                drawn.append(self._person(member, x, left, first=k == 0, used=used))
            self._subjects.drawn("figure", drawn[-1].body or drawn[-1].glow)
        if self.shadows and drawn[0].body:
            self._shadows(drawn[0], spots[len(self.members)][0])
        if self._at_a_well:
            self._draw_the_well(drawn[0].x)
        boat = ""
        if self.family == "open sea" and not stage.close and self._aboard:
            boat = group(
                THINGS["rowing boat"]("").svg,
                x=layout.subject_x,
                y=layout.feet + 8,
                scale=self.scale * 3.0,
            )
        drawn = [
            replace(one, glow="")
            if any(abs(one.face[0] - front.face[0]) < front.hides for front in drawn[:k])
            else one
            for k, one in enumerate(drawn)
        ]
        if stage.close:
            on_view = [one for one in drawn if one.feet is not None and one.feet < stage.h]
            shadows = "".join(
                air.contact_shadow(one.x, one.feet or 0, self.scale * 150) for one in on_view
            )
            stage.add(shadows, 0.99, texture=0, lit=0.2)
        else:
            shadows = "".join(
                air.contact_shadow(one.x + one.off, layout.feet + 4, layout.adult * one.shadow)
                for one in drawn
                if one.body
            )
            stage.add(shadows, 0.99, texture=0, lit=0.2)
            spots_lit = [one.x for one in drawn if one.body and one.upright]
            air.cast_shadows(stage, spots_lit, layout.feet, layout.adult)
        self._things(used=used, large=True)
        if self.past_a_shoulder:
            # Whom we look past stands before the other, out of focus.
            nearer = drawn.pop()
            stage.add(nearer.body, 1.2, texture=0.05, soft=5, lit=0.76, volume=0.3, fill=0.05)
        # The first named stands in front, but nobody disappears behind a horse.
        tall_beasts = [self._is_giant(one) for one in self.members]
        order = sorted(range(len(drawn)), key=lambda k: (not tall_beasts[k] or len(drawn) == 1, -k))
        stage.add(
            "".join(drawn[k].body for k in order) + boat,
            1.0,
            glow="".join(one.glow for one in drawn),
            texture=0.05,
            rim=0.9,
            volume=0.35,
            fill=0.16 if stage.light.dark else 0.05,
        )
        if self._at_a_well:
            self._draw_the_rope(drawn[0].x)
        if self._before:
            x = stage.w * (0.5 + self.near * (0.2 if not stage.frame.tall else 0.17))
            others = [found for found in map(thing_of, self.props) if found and is_small(found)]
            self._subjects.drawn("thing", counter(stage, self._before, x, others))
        self._things(used=used, large=False)
        self._light_face(drawn[0].face)
        return drawn[0].face

    def _shadows(self, owner: _Drawn, x: float) -> None:
        """The shadow of the first of the cast, on its own feet; where there are more, far ones too.

        It turns to its owner to speak, and otherwise goes ahead.
        """
        stage, feet = self.stage, self.stage.layout.feet
        if self.shadows > 1:
            crowd = crowd_of(owner.body, owner.x, owner.face, feet, stage.w, self.shadows - 1)
            stage.add(crowd, 0.9, texture=0.05, lit=0.8)
        shade = shade_of(
            owner.body,
            owner.x,
            owner.face,
            x,
            min(feet - owner.face[1], stage.h),
            turned=not _GOES_AHEAD.search(f"{self.scene.text} {self.scene.action}"),
        )
        stage.add(shade, 0.998, texture=0.05, lit=0.9, rim=0.25)
        self._subjects.drawn("figure", shade)

    def _light_face(self, face: tuple[float, float]) -> None:
        """In the dark, a little warm light on the first face from where it looks; no visible source."""
        stage = self.stage
        if stage.light.dark:
            reach = 0.5 * stage.h if stage.close else 0.7 * stage.layout.adult
            x = face[0] + self.near * reach * 0.5
            strength = 0.2 if stage.inside else 0.34
            stage.lamp(x, face[1] - 0.1 * reach, reach, strength=strength, halo=0)

    def _spots(self) -> list[tuple[float, bool]]:
        """x and whether facing left, for each member."""
        layout, left, near = self.stage.layout, self.facing_left, self.near
        first = layout.subject_x
        count = len(self.members) + bool(self.shadows)
        if self.past_a_shoulder:
            tall = self.stage.frame.tall
            return [
                (self.stage.w * (0.5 - near * (0.1 if not tall else 0.16)), left),
                (self.stage.w * (0.5 + near * (0.31 if not tall else 0.36)), not left),
            ]
        if count == 1:
            if self._before:
                tall = self.stage.frame.tall
                return [(self.stage.w * (0.5 - near * (0.17 if not tall else 0.1)), left)]
            return [(first, left)]
        if self._meets_a_giant:
            wide = self.stage.w > self.stage.h
            apart = (0.2 if wide else 0.29 if self.stage.frame.tall else 0.26) * self.stage.w
            middle = self.stage.w / 2
            return [(middle - near * apart, left), (middle + near * apart, not left)]
        if self._at_a_well and count > 1 and not any(map(self._is_giant, self.members)):
            return self._round_the_well(count)
        if count == 3 and self.stage.w <= self.stage.h and not self.stage.close:
            # Nobody hides another's face where there is little room.
            middle, apart = self.stage.w / 2, 0.31 * self.stage.w
            return [
                (middle, left),
                (middle + near * apart, not left),
                (middle - near * apart, left),
            ]
        one_way = follows(self.scene)
        gap = (layout.second_x - first) * near
        second = layout.second_x
        pose = pose_of(self.scene.action)
        if one_way and not self.stage.close:
            first -= near * 0.06 * self.stage.w
            second += near * 0.06 * self.stage.w
        beside = bool(self.shadows) or any(is_beast(member) for member in self.members[:2])
        if pose == "embracing" and not beside:
            second = first + near * min(gap, layout.adult * 0.3)
        if pose == "hand in hand" and not self.stage.close:
            second = first + near * layout.adult * (0.4 if not beside else 0.46)
        if pose == "embracing" and beside and not self.stage.close:
            second = first + near * layout.adult * 0.42
        if pose == "giving" and not beside and not self.stage.close:
            second = first + near * layout.adult * 0.56
            if not self.stage.w * 0.2 < second < self.stage.w * 0.8:
                first, second = (at - near * layout.adult * 0.16 for at in (first, second))
        if pose == "working" and self.stage.inside and not self.stage.close:
            second = first + near * max(gap, layout.adult * 1.15)
        if lies(self.scene) and not self.stage.close:
            second = first + near * max(gap, layout.adult * 0.78)
        if self.shadows and not self.stage.close:
            first, second = (self.stage.w * (0.5 - near * off) for off in (0.2, -0.2))
        if self.stage.close and beside:
            first, second = (self.stage.w * at for at in ((0.69, 0.25) if left else (0.31, 0.75)))
            if self.stage.frame.tall:
                # A long muzzle would lie on what the other holds.
                back = [0.12 * self.stage.w * self._is_giant(one) for one in self.members[:2]]
                first, second = first - near * back[0], second + near * back[-1]
        elif self.stage.close and pose != "embracing":
            apart = 0.17 if self.stage.w > self.stage.h else 0.25 if self.stage.frame.tall else 0.22
            middle = self.stage.w * (0.5 - 0.02 * near)
            first, second = (
                middle - near * apart * self.stage.w,
                middle + near * apart * self.stage.w,
            )
        second = min(max(second, self.stage.w * 0.14), self.stage.w * 0.86)
        spots = [(first, left), (second, left if one_way else not left)]
        if count > 2:
            spots.append((first - near * min(abs(gap) * 0.8, self.stage.w * 0.2), left))
        if count > 3:
            middle, w = self.stage.w / 2, self.stage.w
            inner, outer = (0.11, 0.3) if w > self.stage.h else (0.14, 0.36)
            spots = [  # two meet two
                (middle + near * off * w, left if off < 0 else not left)
                for off in (-inner, -outer, inner, outer)
            ]
        return spots

    def _round_the_well(self, count: int) -> list[tuple[float, bool]]:
        """Who pulls stands on one side of the well, the last named, who came out, on the other."""
        adult, near, left = self.stage.layout.adult, self.near, self.facing_left
        first = self.stage.w / 2 - near * adult * (0.18 if count > 2 else 0.36)
        helpers = [(first - near * 0.36 * adult * k, left) for k in range(1, count - 1)]
        return [(first, left), *helpers, (first + near * 0.72 * adult, not left)]

    def _draw_the_well(self, x: float) -> None:
        """The well in front of who pulls at ``x``, behind everybody."""
        stage, adult = self.stage, self.stage.layout.adult
        at, size = x + self.near * 0.37 * adult, 0.005 * adult
        well = group(THINGS["well"]("").svg, x=at, y=stage.layout.feet - 6, scale=size)
        stage.add(well, 0.992, texture=0.1, rim=0.6, volume=0.2)
        self._subjects.drawn("thing", well)

    def _draw_the_rope(self, x: float) -> None:
        """From the hands at ``_rope_end`` of who stands at ``x`` over the rim and down."""
        if self._rope_end is None:
            return
        adult, (hx, hy) = self.stage.layout.adult, self._rope_end
        at = x + self.near * 0.32 * adult
        rim = self.stage.layout.feet - 6 - 38 * 0.005 * adult
        drawn = (
            f"M{num(hx)} {num(hy)}Q{num((hx + at) / 2)} {num((hy + rim) / 2 + 0.02 * adult)} "
            f"{num(at)} {num(rim - 2)}"
        )
        wide = 0.014 * adult
        rope = line(drawn, "#8a6c40", wide) + line(drawn, "#cdb07a", 0.55 * wide)
        self.stage.add(rope, 1.005, texture=0.1)

    def _person(
        self, member: CastMember, x: float, left: bool, *, first: bool, used: set[str]
    ) -> _Drawn:
        stage, layout = self.stage, self.stage.layout
        look = look_of(member, stage.seed)
        bench_work = stage.inside and pose_of(self.scene.action) == "working"
        held = self._hold(used) if first and not bench_work else None
        pose = self._pose(first=first, held=held)
        grown = any(other.kind in ("woman", "man") for other in self.members)
        if pose == "hand in hand" and look.age == "child" and grown:
            pose = "hand in a hand"
        if first and lies(self.scene):
            return self._lying(member, look, x, left)
        windy = {Weather.STORM: 0.8, Weather.RAIN: 0.35, Weather.SNOW: 0.35}
        grip, size, half = 0.0, 1.0, 0.0
        held_svg = ""
        if held:
            name, thing = held
            size, grip = self._grip(thing)
            half = half_width(thing) * size
            held_svg = group(thing.svg, y=grip, scale=size)
            if name == "umbrella":
                held_svg = umbrella_over(thing.tone, height_of(look))
        feeling = feeling_of(self.scene, first=first)
        hangs = bool(held and held[1].hangs)
        wool = ("#8a5a4a", "#5f7a8a", "#7d6a4a")[stage.seed % 3]
        if puppet_kind(member):
            look = replace(look, age="child", hat="", glowing=False)
            figure = puppet(
                member,
                stage.seed,
                pose,
                feeling=feeling,
                held=held_svg,
                held_half=half,
                hangs=hangs,
            )
        else:
            figure = person(
                look,
                pose,
                feeling=feeling,
                wind=0.0 if stage.inside else windy.get(self.scene.weather, 0.12),
                held=held_svg,
                held_half=half,
                hangs=hangs,
                nod=self._nod(member, pose),
                blanket=wool if first and is_wrapped(self.scene) else "",
            )
        scale, feet = self._fit(figure, look.age)
        if self.past_a_shoulder and not first:
            figure = person(look, "back")
            scale *= 1.14
            feet = 0.4 * stage.h - figure.face[1] * scale
        if held and stage.close and stage.frame.tall and len(self.members) == 1:
            x -= self.near * 0.08 * stage.w  # so that what is held stays in the picture
        if not first and stage.close:
            feet += 0.05 * stage.h
        sign = -1 if left else 1
        if held and held[0] == "rope":
            self._rope_end = (x + sign * figure.hand[0] * scale, feet + figure.hand[1] * scale)
        below = ""
        if pose in ("sitting", "sitting with") and not stage.close and self.family != "open sea":
            below = seat(stage, figure.hip, paved=self.family in PAVED)
        body = group(below + figure.svg, x=x, y=feet, scale=scale, flip=left)
        glow = group(figure.glow, x=x, y=feet, scale=scale, flip=left) if figure.glow else ""
        if first and pose.startswith("working") and stage.inside:
            self._bench_from = x
        if held and held[1].glow:
            thing = held[1]
            shine = group(thing.glow, x=figure.hand[0], y=figure.hand[1] + grip, scale=size)
            glow += group(shine, x=x, y=feet, scale=scale, flip=left)
            if thing.flame:
                fx = x + sign * (figure.hand[0] + thing.flame[0] * size) * scale
                fy = feet + (figure.hand[1] + grip + thing.flame[1] * size) * scale
                reach = layout.adult * (0.62 if not stage.close else 0.3)
                stage.lamp(fx, fy, reach, strength=0.95, halo=0.42)
        face = (x + sign * figure.face[0] * scale, feet + figure.face[1] * scale)
        brim = 84 if look.hat in ("brim", "straw", "pointed") else 62
        high = {"pointed": 150, "toque": 104, "beanie": 92, "": 72}.get(look.hat, 86)
        if first or not self.past_a_shoulder:
            self._subjects.face(
                face,
                (figure.brim or brim) * scale,
                above=(figure.crown or high) * scale,
                below=66 * scale,
            )
        if figure.aura:
            chest = face[1] + 60 * scale
            stage.lamp(face[0], chest, 300 * scale, colour=figure.aura, strength=0.22, halo=0.1)
        if held and held[0] != "umbrella":
            middle = figure.hand[1] + grip - 45 * size
            at = (x + sign * figure.hand[0] * scale, feet + middle * scale)
            self._subjects.thing(at, 50 * size * scale)
        if look.glowing:
            glow += aura(face[0], face[1] + 80 * scale, 190 * scale, "#ffe2a8")
        hides = 1.8 * figure.brim * scale
        sits = pose in ("sitting", "sitting with")
        return _Drawn(
            x,
            body,
            glow,
            face,
            shadow=0.3 if sits else 0.24,
            feet=feet,
            hides=hides,
            off=sign * 0.1 * layout.adult if sits and not stage.close else 0.0,
            upright=pose not in ("sitting", "sitting with", "kneeling", "jumping", "falling"),
        )

    def _pose(self, *, first: bool, held: tuple[str, Thing] | None) -> str:
        stage = self.stage
        pose = pose_of(self.scene.action) or "standing"
        if pose == "embracing" and any(is_beast(m) and stands_low(m) for m in self.members):
            pose = "kneeling"  # down to it
        if not first:
            if pose not in (
                "walking",
                "running",
                "embracing",
                "sitting",
                "climbing",
                "dancing",
                "hand in hand",
            ) or (pose == "climbing" and self._hauls):
                pose = "receiving" if pose == "giving" and not stage.close else "standing"
        elif held:
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
        if pose == "working" and not stage.inside:
            pose = "holding" if held else "standing"
        if pose == "back" and self.scene.shot is not Shot.ESTABLISHING:
            pose = "looking"
        if stage.close and held:
            return "cradling"
        if first and self._before and pose in ("standing", "looking", "listening", "thinking"):
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

    def _nod(self, member: CastMember, pose: str) -> float:
        """How far somebody bows the head to look into the eyes of the other, in degrees."""
        if len(self.members) != 2 or follows(self.scene) or POSES[pose].touch[0]:
            return 0.0
        other = self.members[self.members[0] is member]

        def small(one: CastMember) -> bool:
            return one.kind in ("girl", "boy") or (is_beast(one) and stands_low(one))

        return (small(other) - small(member)) * (5.0 if self.stage.close else 10.0)

    def _lying(self, member: CastMember, look: Look, x: float, left: bool) -> _Drawn:
        """Stretched out: in bed inside, on the ground outside."""
        stage = self.stage
        if stage.inside:
            look = replace(look, hat="", scarf="", bag=False, glasses=False)
        pose, feeling = "in bed" if stage.inside else "lying", feeling_of(self.scene, first=True)
        figure = (
            puppet(member, stage.seed, pose, feeling=feeling)
            if puppet_kind(member)
            else person(look, pose, feeling=feeling)
        )
        sign = -1 if left else 1
        if stage.close:
            scale = self.scale * 0.95
            body, face = pillow(stage, figure)
            at = (
                stage.w * 0.5 - sign * 0.1 * stage.w,
                stage.h * (0.45 if stage.frame.tall else 0.48),
            )
            drawn = group(body, x=at[0], y=at[1], scale=scale, flip=left)
            face = (at[0] + sign * face[0] * scale, at[1] + face[1] * scale)
            shadow = 0.24
        else:
            scale = self.scale
            laid, up = bed(stage, figure)
            drawn = group(laid, x=x, y=stage.layout.feet, scale=scale, flip=left)
            face = (
                x + sign * (figure.face[1] + figure.height / 2) * scale,
                stage.layout.feet - (up + figure.face[0]) * scale,
            )
            shadow = 0.6
        self._subjects.face(face, 66 * scale, above=62 * scale, below=62 * scale)
        return _Drawn(x, drawn, "", face, shadow, upright=False)

    def _grip(self, thing: Thing) -> tuple[float, float]:
        """Scale of a held thing, and how far below the hand its foot is, in figure units."""
        if thing.hangs:
            return 0.62, 104 * 0.62
        return (0.42 + 0.34 * min(thing.size, 1.0)) * (1.2 if self.stage.close else 1.1), 8.0

    def _fit(self, figure: Figure, age: str) -> tuple[float, float]:
        """Scale and ground line for a figure in this shot."""
        stage, layout = self.stage, self.stage.layout
        if not stage.close:
            alone = all(
                member.kind in ("girl", "boy", "animal", "creature") for member in self.members
            )
            crowded = len(self.members) > 2 and (stage.w <= stage.h or self._at_a_well)
            alone = alone and not crowded
            return self.scale * (1.22 if alone and age == "child" else 1.0), layout.feet
        people = sum(not is_beast(member) for member in self.members)
        crowd = 0.94 if stage.w > stage.h else 0.74 if stage.frame.tall else 0.8
        scale = self.scale * (crowd if people > 1 else 0.94 if len(self.members) > 1 else 1.0)
        eye_line = stage.h * (0.335 if stage.frame.tall else 0.34)
        grown = any(member.kind in ("woman", "man") for member in self.members)
        if age == "child" and not grown:
            return scale * 1.22, eye_line - figure.face[1] * scale * 1.22
        lower = 60 * scale if age == "child" else 0.0
        return scale, eye_line + lower - figure.face[1] * scale

    def _hold(self, used: set[str]) -> tuple[str, Thing] | None:
        if self._before:
            return None
        if self.scene.action.startswith("waving"):
            return None
        in_action = held_in(self.scene.action)
        if not in_action and not self.stage.close and pose_of(self.scene.action) in _HANDS_FREE:
            return None
        mentioned = [in_action] if in_action else []
        for words in (*mentioned, *self.props):
            found = thing_of(words)
            if found and found[0] == "umbrella" and self.stage.inside:
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

    def _animal(self, member: CastMember, x: float, left: bool, *, first: bool) -> _Drawn:
        placed = place_beast(
            self.stage,
            member,
            x,
            left,
            first=first,
            company=len(self.members) - 1 + bool(self.shadows or self._before),
            away=self.near,
            face_to_face=self._meets_a_giant,
        )
        self._subjects.face(placed.face, placed.half, above=1.3 * placed.half, below=placed.half)
        return _Drawn(
            placed.x, placed.body, placed.glow, placed.face, shadow=placed.shadow, upright=False
        )

    # --- things ------------------------------------------------------------------------------

    def _things(self, used: set[str], *, large: bool | None = None) -> None:
        """Up to two further props near the subject; on the table where somebody works at one.

        ``large`` ones stand behind whoever is there, the others before; None means all.
        """
        found: dict[str, Thing] = {}
        for words in self.props:
            # Outside there is nothing to plug a lamp into.
            lamp = find_noun(lexicon().props, words) == "lamp" and not self.stage.inside
            named = thing_of("lantern" if lamp else words)
            placed = used | {"door", "well" if self._at_a_well else ""}
            if named and named[0] not in placed:
                found.setdefault(named[0], laid(*named, tilt=0.36))
        found = dict(list(found.items())[:2])
        if large is not None:
            found = {k: v for k, v in found.items() if large == (v.size > 2.2)}
        if self._bench_from is not None:
            if large:
                return
            bench(self.stage, self._bench_from, self.near, list(found.values())[:2], self.family)
        elif not self.stage.close and self.family != "open sea":
            if self.stage.inside and not self.members and found:
                middle = self.stage.w / 2 - self.near * self.stage.layout.adult * 0.6
                bench(self.stage, middle, self.near, list(found.values())[:2], self.family)
                return
            things = list(found.items())[:2]
            taken = [
                (box.x * self.stage.w, (box.x + box.width) * self.stage.w)
                for box in self.subjects
                if box.kind == "figure"
            ]
            paved = self.family in PAVED
            if not paved:  # nobody sells anything on a meadow
                things = [one for one in things if one[0] != "stall"]
            wanted = 0.9 if lies(self.scene) else 0.5
            x = self.stage.layout.subject_x + self.near * self.stage.layout.adult * wanted
            for body in arrange(self.stage, things, x, self.near, taken, paved=paved):
                self._subjects.drawn("thing", body)
