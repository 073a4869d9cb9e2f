"""Figures: one person, puppet or animal put at its spot, in its pose, with what it holds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from content_platform.imagery.illustrator.beasts import (
    aura,
    is_beast,
    place_beast,
)
from content_platform.imagery.illustrator.composing import Edges, Move
from content_platform.imagery.illustrator.look import Look, look_of
from content_platform.imagery.illustrator.moment import (
    feeling_of,
    is_wrapped,
    lies,
    pose_of,
)
from content_platform.imagery.illustrator.people import Figure, height_of, person
from content_platform.imagery.illustrator.places import HOLLOWS, PAVED
from content_platform.imagery.illustrator.poses import POSES
from content_platform.imagery.illustrator.puppets import puppet, puppet_kind
from content_platform.imagery.illustrator.resting import bed, pillow, seat
from content_platform.imagery.illustrator.shapes import Point, group
from content_platform.imagery.illustrator.still_life import (
    half_width,
)
from content_platform.imagery.illustrator.things import POLES
from content_platform.imagery.illustrator.things.base import Thing
from content_platform.imagery.illustrator.things.keepsakes import umbrella_over
from content_platform.imagery.illustrator.troupe import Troupe
from content_platform.stories.models import CastMember, Weather


@dataclass(frozen=True)
class Drawn:
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
    head: Edges | None = None
    """The head with its hat; None where nobody sees the face."""
    held: Edges | None = None
    """What the hands hold."""
    ground: float | None = None
    """The ground line of somebody who is farther back than the others."""
    grip: tuple[float, float] | None = None
    """Where the hands are of somebody who hauls on a rope."""
    mouth: tuple[float, float] | None = None
    """Where an animal takes hold of what it carries."""

    def lifted(self, to: tuple[float, float], clip: str) -> Drawn:
        """The same with the face at ``to``, and only what ``clip`` (an SVG path) leaves of it."""
        lifted = self.moved(Move(dx=to[0] - self.face[0], dy=to[1] - self.face[1]))
        if clip:
            name = f"lift{round(to[0])}x{round(to[1])}"
            mouth = f'<clipPath id="{name}"><path d="{clip}"/></clipPath>'
            cut = f'{mouth}<g clip-path="url(#{name})">{lifted.body}</g>'
            lifted = replace(lifted, body=cut)
        return replace(lifted, shadow=0.0, upright=False)

    def moved(self, move: Move) -> Drawn:
        """The same elsewhere."""
        if move.dx == 0 and move.dy == 0 and move.size == 1:
            return self
        x, y = move.point(0, 0)
        return replace(
            self,
            x=move.point(self.x, 0)[0],
            body=group(self.body, x=x, y=y, scale=move.size) if self.body else "",
            glow=group(self.glow, x=x, y=y, scale=move.size) if self.glow else "",
            face=move.point(*self.face),
            feet=None if self.feet is None else move.point(0, self.feet)[1],
            hides=self.hides * move.size,
            off=self.off * move.size,
            head=self.head and move.edges(self.head),
            held=self.held and move.edges(self.held),
            grip=self.grip and move.point(*self.grip),
            mouth=self.mouth and move.point(*self.mouth),
        )


class Figures:
    """Puts each of a troupe on the stage."""

    def __init__(self, troupe: Troupe) -> None:
        self.troupe = troupe
        self.stage = troupe.stage
        self.bench_from: float | None = None
        """Where somebody works at a table, if anybody does."""

    def moved(self, move: Move) -> None:
        """The first of the cast was moved, and the table with it."""
        if self.bench_from is not None:
            self.bench_from = move.point(self.bench_from, 0)[0]

    def person(
        self, member: CastMember, x: float, left: bool, *, first: bool, used: set[str]
    ) -> Drawn:
        stage, layout = self.stage, self.stage.layout
        look = look_of(member, stage.seed)
        bench_work = stage.inside and pose_of(self.troupe.scene.action) == "working"
        held = self.troupe.hold(used) if member is self.troupe.holder and not bench_work else None
        pose = self.troupe.pose(member, first=first, held=held)
        grown = any(other.kind in ("woman", "man") for other in self.troupe.members)
        if pose == "hand in hand" and look.age == "child" and grown:
            pose = "hand in a hand"
        if first and lies(self.troupe.scene):
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
            if pose == "sweeping":
                held_svg = _pole(name, thing.tone, self._bare(member, look, pose).hand)
        feeling = feeling_of(self.troupe.scene, first=first)
        if self.troupe.at_a_well and self.troupe.hauls:
            feeling = "glad"  # out at last, whatever it costs
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
                replace(look, skin=stage.light.lit_warm(look.skin)),
                pose,
                feeling=feeling,
                wind=0.0
                if stage.inside or self.troupe.family in HOLLOWS
                else windy.get(self.troupe.scene.weather, 0.12),
                held=held_svg,
                held_half=half,
                hangs=hangs,
                nod=self.troupe.nod(member, pose),
                blanket=wool if is_wrapped(self.troupe.scene, member) else "",
                close=stage.close,
            )
        scale, feet = self._fit(figure, look.age)
        if self.troupe.past_a_shoulder and not first:
            figure = person(look, "back")
            scale *= 1.14
            feet = 0.4 * stage.h - figure.face[1] * scale
        if held and stage.close and stage.frame.tall and len(self.troupe.members) == 1:
            x -= self.troupe.near * 0.08 * stage.w  # so that what is held stays in the picture
        if not first and stage.close:
            feet += 0.05 * stage.h
        sign = -1 if left else 1
        below = ""
        if (
            pose in ("sitting", "sitting with")
            and not stage.close
            and self.troupe.family != "open sea"
        ):
            below = seat(stage, figure.hip, paved=self.troupe.family in PAVED)
        body = group(below + figure.svg, x=x, y=feet, scale=scale, flip=left)
        glow = group(figure.glow, x=x, y=feet, scale=scale, flip=left) if figure.glow else ""
        if first and pose.startswith("working") and stage.inside:
            self.bench_from = x
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
        head = None
        if first or not self.troupe.past_a_shoulder:
            half, above = (figure.brim or brim) * scale, (figure.crown or high) * scale
            head = (face[0] - half, face[1] - above, face[0] + half, face[1] + 66 * scale)
        if figure.aura:
            chest = face[1] + 60 * scale
            stage.lamp(face[0], chest, 300 * scale, colour=figure.aura, strength=0.22, halo=0.1)
        in_hand = grip_at = None
        if self.troupe.hauls:
            grip_at = (x + sign * figure.hand[0] * scale, feet + figure.hand[1] * scale)
        if held and held[0] != "umbrella":
            middle = figure.hand[1] + grip - 45 * size
            at = (x + sign * figure.hand[0] * scale, feet + middle * scale)
            reach = 50 * size * scale
            in_hand = (at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach)
        if look.glowing:
            glow += aura(face[0], face[1] + 80 * scale, 190 * scale, "#ffe2a8")
        hides = 1.8 * figure.brim * scale
        sits = pose in ("sitting", "sitting with")
        return Drawn(
            x,
            body,
            glow,
            face,
            shadow=0.3 if sits else 0.24,
            feet=feet,
            hides=hides,
            off=sign * 0.1 * layout.adult if sits and not stage.close else 0.0,
            upright=pose not in ("sitting", "sitting with", "kneeling", "jumping", "falling"),
            head=head,
            held=in_hand,
            grip=grip_at,
        )

    def _bare(self, member: CastMember, look: Look, pose: str) -> Figure:
        """The figure in a pose with nothing in its hands."""
        if puppet_kind(member):
            return puppet(member, self.stage.seed, pose, feeling="calm")
        return person(look, pose)

    def _lying(self, member: CastMember, look: Look, x: float, left: bool) -> Drawn:
        """Stretched out: in bed inside, on the ground outside."""
        stage = self.stage
        if stage.inside:
            look = replace(look, hat="", scarf="", bag=False, glasses=False)
        pose, feeling = (
            "in bed" if stage.inside else "lying",
            feeling_of(self.troupe.scene, first=True),
        )
        figure = (
            puppet(member, stage.seed, pose, feeling=feeling)
            if puppet_kind(member)
            else person(look, pose, feeling=feeling)
        )
        sign = -1 if left else 1
        if stage.close:
            scale = self.troupe.scale * 0.95
            body, face = pillow(stage, figure)
            at = (
                stage.w * 0.5 - sign * 0.1 * stage.w,
                stage.h * (0.45 if stage.frame.tall else 0.48),
            )
            drawn = group(body, x=at[0], y=at[1], scale=scale, flip=left)
            face = (at[0] + sign * face[0] * scale, at[1] + face[1] * scale)
            shadow = 0.24
        else:
            scale = self.troupe.scale
            laid, up = bed(stage, figure)
            drawn = group(laid, x=x, y=stage.layout.feet, scale=scale, flip=left)
            face = (
                x + sign * (figure.face[1] + figure.height / 2) * scale,
                stage.layout.feet - (up + figure.face[0]) * scale,
            )
            shadow = 0.6
        half = 66 * scale
        head = (face[0] - half, face[1] - 62 * scale, face[0] + half, face[1] + 62 * scale)
        return Drawn(x, drawn, "", face, shadow, upright=False, head=head)

    def _grip(self, thing: Thing) -> tuple[float, float]:
        """Scale of a held thing, and how far below the hand its foot is, in figure units."""
        if thing.hangs:
            return 0.62, 112 * 0.62
        return (0.42 + 0.34 * min(thing.size, 1.0)) * (1.2 if self.stage.close else 1.1), 8.0

    def _fit(self, figure: Figure, age: str) -> tuple[float, float]:
        """Scale and ground line for a figure in this shot."""
        stage, layout = self.stage, self.stage.layout
        if not stage.close:
            alone = all(
                member.kind in ("girl", "boy", "animal", "creature")
                for member in self.troupe.members
            )
            crowded = len(self.troupe.members) > 2 and (stage.w <= stage.h or self.troupe.at_a_well)
            alone = alone and not crowded
            return self.troupe.scale * (1.22 if alone and age == "child" else 1.0), layout.feet
        people = sum(not is_beast(member) for member in self.troupe.members)
        crowd = 0.94 if stage.w > stage.h else 0.92 if stage.frame.tall else 0.84
        scale = self.troupe.scale * (
            crowd if people > 1 else 0.94 if len(self.troupe.members) > 1 else 1.0
        )
        eye_line = stage.h * (0.335 if stage.frame.tall else 0.34)
        grown = any(member.kind in ("woman", "man") for member in self.troupe.members)
        if age == "child" and not grown:
            return scale * 1.22, eye_line - figure.face[1] * scale * 1.22
        lower = 60 * scale if age == "child" else 0.0
        return scale, eye_line + lower - figure.face[1] * scale

    def animal(self, member: CastMember, x: float, left: bool, *, first: bool) -> Drawn:
        placed = place_beast(
            self.stage,
            member,
            x,
            left,
            first=first,
            company=len(self.troupe.members) - 1 + bool(self.troupe.shadows or self.troupe.before),
            away=self.troupe.near,
            face_to_face=self.troupe.meets_a_giant,
        )
        (x, y), half = placed.face, placed.half
        head = (x - half, y - 1.3 * half, x + half, y + half)
        return Drawn(
            placed.x,
            placed.body,
            placed.glow,
            placed.face,
            shadow=placed.shadow,
            upright=False,
            head=head,
            mouth=placed.mouth,
        )


def _pole(name: str, tone: str, hand: Point) -> str:
    """A broom or spade from above ``hand`` (ground at y = 0) to the ground ahead, about the hand."""
    along = POSES["sweeping"].pole or (0.0, 1.0)
    foot = hand[0] - hand[1] * along[0] / along[1]
    long = math.hypot(foot - hand[0], hand[1]) + 46
    size = 1.25
    drawn = POLES[name](tone, long / size).svg
    turn = -math.degrees(math.atan2(along[0], along[1]))
    return group(drawn, x=foot - hand[0], y=-hand[1] - 4, scale=size, turn=turn)
