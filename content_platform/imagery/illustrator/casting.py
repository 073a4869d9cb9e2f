"""Casting: puts a troupe and its things on a stage that a place has already set.

Who they are belongs to ``troupe``, where they stand to ``spots``, how each is drawn to ``figures``.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace

from content_platform.imagery.illustrator import air
from content_platform.imagery.illustrator.beasts import (
    aura,
    flutters,
    is_beast,
    perches,
    stands_low,
)
from content_platform.imagery.illustrator.composing import (
    Move,
    Piece,
    Silhouette,
    composed,
    faults_of,
)
from content_platform.imagery.illustrator.figures import Drawn, Figures
from content_platform.imagery.illustrator.lexicon import find_noun, lexicon
from content_platform.imagery.illustrator.moment import (
    feeling_of,
    held_in,
    is_at_a_door,
    lies,
    pose_of,
    speaks_of_stars,
    thing_of,
)
from content_platform.imagery.illustrator.places import PAVED
from content_platform.imagery.illustrator.places.named import track_of_sparks
from content_platform.imagery.illustrator.relations import (
    SUPPORTS,
    rests_on,
    table_before,
    table_edges,
)
from content_platform.imagery.illustrator.shades import crowd_of, shade_of
from content_platform.imagery.illustrator.shapes import (
    ellipse,
    group,
    line,
    num,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.sky import star_above, stars_lowered
from content_platform.imagery.illustrator.spots import WELL_AHEAD, spots_of
from content_platform.imagery.illustrator.stage import Layer, Stage, behind
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
from content_platform.imagery.illustrator.things import FLAT, THINGS, laid
from content_platform.imagery.illustrator.things.base import Thing
from content_platform.imagery.illustrator.things.outdoors import well as well_of
from content_platform.imagery.illustrator.troupe import Troupe, is_door, is_small
from content_platform.imagery.models import Box
from content_platform.stories.models import CastMember, Shot

_GOES_AHEAD = re.compile(r"\b(?:walk\w*|left|leav\w*|ran|run\w*|quick|slip\w*|got far)\b", re.I)
"""What is said of a shadow that does not turn to its owner."""


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
        self.troupe = Troupe(stage, cast, family, past_a_shoulder=past_a_shoulder)
        self._subjects = Subjects(stage)
        self._figures = Figures(self.troupe)

    @property
    def shows_a_giant(self) -> bool:
        """Whether somebody of the cast has a head far larger than people have."""
        return any(map(self.troupe.is_giant, self.troupe.members))

    @property
    def subjects(self) -> list[Box]:
        """What was put on the stage, the most important first."""
        return self._subjects.boxes

    def place(self) -> tuple[float, float]:
        """Returns where the eye should rest, in units."""
        layout = self.stage.layout
        for words in self.troupe.in_the_sky[:1]:
            if not self.stage.inside and speaks_of_stars(self.troupe.scene):
                stars_lowered(self.stage)
            elif not self.stage.inside:
                star_above(self.stage, rising="rising" in words)
        if self.stage.inside and any(map(is_door, self.troupe.props)):
            beside = self.troupe.near * (
                0.3 * self.stage.w if self.stage.close else 1.15 * layout.adult
            )
            at = 0.5 * self.stage.w if self.stage.close else layout.subject_x
            door_in_the_wall(self.stage, at + beside)
        elif self.stage.inside and not self.stage.close and is_at_a_door(self.troupe.scene):
            near = self.troupe.near
            # Its knob is before whoever stands there, where no braid hides it.
            at = layout.subject_x + 0.12 * near * layout.adult
            door_in_the_wall(self.stage, at, knob_left=self.troupe.facing_left)
        if self.troupe.scene.shot is Shot.DETAIL:
            found = [
                thing for thing in map(thing_of, self.troupe.props) if thing and is_small(thing)
            ]
            flat = found[0][0] in FLAT
            things = [laid(name, thing, tilt=0.42 if flat else 0.62) for name, thing in found]
            focal, half = hero(self.stage, things, self.troupe.near, lies=flat)
            self._subjects.thing(focal, half)
            return focal
        if not self.troupe.members:
            self._things(used=set())
            return layout.landmark_x, layout.horizon * 0.8
        return self._place_figures()

    # --- people and animals ------------------------------------------------------------------

    def _place_figures(self) -> tuple[float, float]:
        stage, layout = self.stage, self.stage.layout
        used: set[str] = set()
        drawn: list[Drawn] = []
        if (
            stage.close
            and len(self.troupe.members) == 1
            and perches(self.troupe.members[0], self.troupe.scene)
        ):
            # Near the camera an animal sits on a table or the ground, not in the air.
            surface(stage, stage.h * (0.69 if not stage.frame.tall else 0.59))
        spots = spots_of(self.troupe)
        marks = [(len(stage.lamps), len(stage.things))]
        for k, (member, (x, left)) in enumerate(zip(self.troupe.members, spots, strict=False)):
            if is_beast(member):
                drawn.append(self._figures.animal(member, x, left, first=k == 0))
            else:
                drawn.append(self._figures.person(member, x, left, first=k == 0, used=used))
            marks.append((len(stage.lamps), len(stage.things)))
        for k, one in enumerate(drawn):
            drawn[k] = self._farther_back(self.troupe.members[k], one, marks[k], marks[k + 1])
        on = None if stage.close else rests_on(self.troupe.scene)
        if on and is_beast(self.troupe.members[0]) and not self.shows_a_giant:
            drawn[0] = self._resting(drawn[0], on)
            used.add(on)
        if self.troupe.at_a_well and len(drawn) > 1:
            drawn = self._in_the_well(drawn)
        low = is_beast(self.troupe.members[0]) and stands_low(self.troupe.members[0])
        alone = stage.close and stage.frame.tall and len(drawn) == 1 and not stage.inside
        if alone and low and drawn[0].glow:
            track_of_sparks(stage)  # what shines leaves light on the empty ground below it
        # The first named stands in front, but nobody disappears behind a horse.
        tall_beasts = [self.troupe.is_giant(one) for one in self.troupe.members]
        order = sorted(
            range(len(drawn)),
            key=lambda k: (
                drawn[k].ground is None,
                not tall_beasts[k] or len(drawn) == 1,
                -k,
            ),
        )
        drawn = self._composed(drawn, order, marks)
        layout = stage.layout
        if self.troupe.shadows and drawn[0].body:
            self._shadows(drawn[0], spots[len(self.troupe.members)][0])
        if self.troupe.at_a_well:
            self._draw_the_well(drawn[0].x)
            self._draw_the_rope(drawn)
        boat = ""
        if self.troupe.family == "open sea" and not stage.close and self.troupe.aboard:
            boat = group(
                THINGS["rowing boat"]("").svg,
                x=layout.subject_x,
                y=layout.feet + 8,
                scale=self.troupe.scale * 3.0,
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
                air.contact_shadow(one.x, one.feet or 0, self.troupe.scale * 150) for one in on_view
            )
            stage.add(shadows, 0.99, texture=0, lit=0.2)
        else:
            shadows = "".join(
                air.contact_shadow(
                    one.x + one.off, (one.ground or layout.feet) + 4, layout.adult * one.shadow
                )
                for one in drawn
                if one.body
            )
            stage.add(shadows, 0.99, texture=0, lit=0.2)
            spots_lit = [one.x for one in drawn if one.body and one.upright]
            air.cast_shadows(stage, spots_lit, layout.feet, layout.adult)
        if pose_of(self.troupe.scene.action) == "sitting":
            used |= {"stool", "chair"}  # somebody sits on it
        if self.troupe.behind_a_table:
            used |= {name for name, _ in self.troupe.small_things[:2]} | {"stall"}
        self._gift_between(drawn, used)
        carried = self.troupe.carried
        if carried is not None:
            used.add(carried[0])
        nearer = behind(layout, stage.frame) is layout
        self._things(used=used, large=True if nearer else None)
        if self.troupe.past_a_shoulder:
            # Whom we look past stands before the other, out of focus.
            shoulder = drawn.pop()
            stage.add(shoulder.body, 1.2, texture=0.05, soft=5, lit=0.76, volume=0.3, fill=0.05)
        stage.add(
            "".join(drawn[k].body for k in order if k < len(drawn)) + boat,
            1.0,
            glow="".join(one.glow for one in drawn),
            texture=0.05,
            rim=0.9,
            volume=0.35,
            fill=0.16 if stage.light.dark else 0.05,
            faces=tuple((*one.face, one.head[3] - one.face[1]) for one in drawn if one.head),
        )
        if carried is not None:
            self._carry(drawn[0], carried[1])
        if self.troupe.behind_a_table:
            things = [laid(*found, tilt=0.36) for found in self.troupe.small_things[:2]]
            on_it = table_before(stage, drawn[0].x, things, self.troupe.near)
            self._subjects.drawn("thing", on_it)
        if self.troupe.before:
            x = stage.w * (0.5 + self.troupe.near * (0.2 if not stage.frame.tall else 0.17))
            others = [
                found for found in map(thing_of, self.troupe.props) if found and is_small(found)
            ]
            self._subjects.drawn("thing", counter(stage, self.troupe.before, x, others))
        if nearer or self._figures.bench_from is not None:
            self._things(used=used, large=False)
        self._light_face(drawn[0].face)
        return drawn[0].face

    def _farther_back(
        self, member: CastMember, one: Drawn, since: tuple[int, int], until: tuple[int, int]
    ) -> Drawn:
        """A small animal beside people in a tall frame: farther back, where no caption hides it."""
        layout, frame = self.stage.layout, self.stage.frame
        back = behind(layout, frame)
        small = is_beast(member) and stands_low(member)
        if self.stage.close or back is layout or not small:
            return one
        up = Move(
            dy=back.feet - layout.feet, size=back.adult / layout.adult, pivot=(one.x, layout.feet)
        )
        self._take_along(up, since, until)
        return replace(one.moved(up), ground=back.feet)

    def _composed(
        self, drawn: list[Drawn], order: list[int], marks: list[tuple[int, int]]
    ) -> list[Drawn]:
        """All of them where faces are free; ``marks`` say which lamps and layers belong to whom."""
        stage, troupe = self.stage, self.troupe
        more = [""] * len(drawn)
        if troupe.behind_a_table:
            more[0] = rect(*table_edges(stage, drawn[0].x, troupe.near), "#777")
            order = [*(k for k in order if k), 0]
        if troupe.at_a_well:
            at, foot, size = self._well_at(drawn[0].x)
            reach = size * half_width(well_of("", used=True))
            more[-1] = rect(at - reach, foot - 30 * size, 2 * reach, 30 * size, "#777")
        shapes = [
            Silhouette(stage, (one.body or one.glow) + beside)
            for one, beside in zip(drawn, more, strict=True)
        ]
        moves = [Move()] * len(drawn)
        if not troupe.shadows and (troupe.family != "open sea" or not troupe.aboard):
            pieces = []
            if troupe.past_a_shoulder:
                order = [0, 1]
            for k in order:
                one, head = drawn[k], drawn[k].head
                if head is not None and is_beast(troupe.members[k]):
                    head = shapes[k].muzzle(head)
                great = troupe.is_giant(troupe.members[k]) and len(drawn) > 1
                pivot = (one.x, one.face[1] if stage.close else one.ground or stage.layout.feet)
                pieces.append(
                    Piece(shapes[k], pivot, head, one.held, one.head, 0.08 if great else 0.05)
                )
            found = composed(
                stage, pieces, together=troupe.together, least=self._least(drawn, shapes)
            )
            people = stage.close and not any(map(is_beast, troupe.members))
            if people and faults_of(stage, pieces, found) > 0.3:
                # Better feet in the picture than a hidden face.
                found = composed(stage, pieces, together=troupe.together, least=0.7)
            for k, move in zip(order, found, strict=True):
                moves[k] = move
        for k, move in enumerate(moves):
            self._take_along(move, marks[k], marks[k + 1])
        if moves[0].size != 1 and not stage.close:
            stage.layout = replace(stage.layout, adult=stage.layout.adult * moves[0].size)
        self._figures.moved(moves[0])
        placed = [one.moved(move) for one, move in zip(drawn, moves, strict=True)]
        for one, shape, move in zip(placed, shapes, moves, strict=True):
            self._subjects.edges("face", one.head)
            self._subjects.edges("thing", one.held)
            self._subjects.edges("figure", shape.edges and move.edges(shape.edges))
        return placed

    def _least(self, drawn: list[Drawn], shapes: list[Silhouette]) -> float:
        """How much smaller they may become: near the camera nobody's feet come into the picture."""
        if not self.stage.close:
            return 0.6
        h, limits = self.stage.h, [0.0]
        for one, shape in zip(drawn, shapes, strict=True):
            foot = shape.edges[3] if shape.edges else 0.0
            if foot >= 0.97 * h:
                limits.append((h - one.face[1]) / (foot - one.face[1]))
        return max(0.8, min(1.0, max(limits)))

    def _take_along(self, move: Move, since: tuple[int, int], until: tuple[int, int]) -> None:
        """Move the lamps and layers that came with a figure."""
        lamps, things = self.stage.lamps, self.stage.things
        for k in range(since[0], until[0]):
            x, y = move.point(lamps[k].x, lamps[k].y)
            lamps[k] = replace(lamps[k], x=x, y=y, reach=lamps[k].reach * move.size)
        for k in range(since[1], until[1]):
            layer = things[k]
            if isinstance(layer, Layer):
                x, y = move.point(0, 0)
                things[k] = replace(layer, body=group(layer.body, x=x, y=y, scale=move.size))

    def _shadows(self, owner: Drawn, x: float) -> None:
        """The shadow of the first of the cast, on its own feet; where there are more, far ones too.

        It turns to its owner to speak, and otherwise goes ahead.
        """
        stage, feet = self.stage, self.stage.layout.feet
        if self.troupe.shadows > 1:
            crowd = crowd_of(
                owner.body, owner.x, owner.face, feet, stage.w, self.troupe.shadows - 1
            )
            stage.add(crowd, 0.9, texture=0.05, lit=0.8)
        shade = shade_of(
            owner.body,
            owner.x,
            owner.face,
            x,
            min(feet - owner.face[1], stage.h),
            turned=not _GOES_AHEAD.search(f"{self.troupe.scene.text} {self.troupe.scene.action}"),
        )
        stage.add(shade, 0.998, texture=0.05, lit=0.9, rim=0.25)
        self._subjects.drawn("figure", shade)

    def _gift_between(self, drawn: list[Drawn], used: set[str]) -> None:
        """What one without hands gives, or looks at: bright on the ground at whoever it is with."""
        stage, troupe = self.stage, self.troupe
        pose, pair = pose_of(troupe.scene.action), len(drawn) == 2 and not stage.close
        gives, looks = pose == "giving", troupe.scene.action.startswith(("looking", "holding"))
        if not pair or not all(map(is_beast, troupe.members)) or not troupe.small_things:
            return
        name, thing = troupe.small_things[0]
        if not gives and not (looks and held_in(troupe.scene.action) == name):
            return
        used.add(name)
        back = behind(stage.layout, stage.frame)
        size = 0.0025 * back.adult * max(0.6, min(thing.size, 1.1))  # a paw wide
        own, other = [box for box in self.subjects if box.kind == "figure"][:2]
        at_whom = other if gives else own  # touching it, on the side of the other
        from_left = own.x + own.width / 2 < other.x + other.width / 2
        right = from_left is not gives
        edge = (at_whom.x + at_whom.width * right) * stage.w
        inward = -0.9 if gives else -1.4  # nearly whole, and touching
        x = edge + (-1 if right else 1) * inward * half_width(thing) * size
        foot = back.feet + 0.02 * stage.h
        svg = group(thing.svg, x=x, y=foot, scale=size)
        middle, wide = foot - 40 * size, half_width(thing) * size
        stage.lamp(x, middle, 0.3 * back.adult, strength=0.5, halo=0.5)
        stage.add(air.contact_shadow(x, foot - 2, 1.1 * wide), 0.99, texture=0, lit=0.2)
        stage.add("", 1.005, glow=aura(x, middle, 1.6 * wide, "#ffd27a"))
        glint = _glint(x + 0.7 * wide, middle - 0.8 * wide, 0.75 * wide)
        stage.add(svg + glint, 1.01, glow=glint, texture=0.05, rim=0.6, fill=0.3)
        self._subjects.drawn("thing", svg)

    def _carry(self, owner: Drawn, thing: Thing) -> None:
        """What one without hands is said to go about with: in its mouth, no larger than its head.

        One on the wing has it below its body. Only a gift or a treasure glints.
        """
        stage, troupe = self.stage, self.troupe
        box, face = next(box for box in self.subjects if box.kind == "figure"), owner.face
        flies = flutters(troupe.members[0])
        glint = ""
        if flies:
            size = 0.15 * box.width * stage.w / half_width(thing)
            x = (box.x + 0.5 * box.width) * stage.w
            foot = (box.y + box.height) * stage.h + 56 * size
            glint = _glint(x + 14 * size, foot - 62 * size, 34 * size)
        else:
            left, top, right, _ = owner.head or (face[0] - 1, face[1] - 1, face[0] + 1, face[1])
            size = 0.4 * max(right - left, face[1] - top) / half_width(thing)
            x, y = owner.mouth or face
            foot = y + 30 * size
        svg = group(thing.svg, x=x, y=foot, scale=size)
        stage.add(svg + glint, 1.01, glow=glint, texture=0.05, rim=0.6, fill=0.3)
        self._subjects.drawn("thing", svg)

    def _light_face(self, face: tuple[float, float]) -> None:
        """In the dark, a little warm light on the first face from where it looks; no visible source."""
        stage = self.stage
        if stage.light.dark:
            reach = 0.5 * stage.h if stage.close else 0.7 * stage.layout.adult
            x = face[0] + self.troupe.near * reach * 0.5
            strength = 0.2 if stage.inside else 0.34
            stage.lamp(x, face[1] - 0.1 * reach, reach, strength=strength, halo=0)

    def _well_at(self, x: float) -> tuple[float, float, float]:
        """Middle, foot line and scale of the well before who stands at ``x``."""
        adult = self.stage.layout.adult
        return x + self.troupe.near * WELL_AHEAD * adult, self.stage.layout.feet - 6, 0.005 * adult

    def _draw_the_well(self, x: float) -> None:
        """The well in front of who pulls at ``x``, behind everybody."""
        at, foot, size = self._well_at(x)
        well = group(well_of("", used=True).svg, x=at, y=foot, scale=size)
        self.stage.add(well, 0.992, texture=0.1, rim=0.6, volume=0.2)
        self._subjects.drawn("thing", well)

    def _in_the_well(self, drawn: list[Drawn]) -> list[Drawn]:
        """The last of them comes up out of the well: all above the waist shows."""
        at, foot, size = self._well_at(drawn[0].x)
        rim, half = foot - 37 * size, 38 * size
        mouth = (
            f"M{num(at - half)} {num(rim)}A{num(half)} {num(6 * size)} 0 0 0 {num(at + half)} {num(rim)}"
            # Above the rim nothing is cut: hair and scarf blow out over it.
            f"V{num(rim - 4 * size)}H{num(at + 2 * half)}V{num(rim - 3 * half)}"
            f"H{num(at - 2 * half)}V{num(rim - 4 * size)}H{num(at - half)}Z"
        )
        head = drawn[-1].head or (0.0, 0.0, 0.0, 0.0)
        chin = head[3] - drawn[-1].face[1]
        # The fists under the wheel, in the middle, as far as the rim leaves the face room.
        aside = (drawn[-1].grip or drawn[-1].face)[0] - drawn[-1].face[0]
        aside = min(max(aside, -0.4 * half), 0.4 * half)
        return [*drawn[:-1], drawn[-1].lifted((at - aside, rim - 2.1 * chin), mouth)]

    def _draw_the_rope(self, drawn: list[Drawn]) -> None:
        """From fist to fist of all who pull, nearly straight, and over the beam of the well down to the
        hands of who hangs on it; behind all of them, so that it ends inside their fists.
        """
        grips = [one.grip for one in drawn if one.grip is not None]
        if len(grips) < 2:
            return
        # Along the line of who pulls, and last to the one in the well.
        held = [*sorted(grips[:-1], key=lambda at: at[0] * self.troupe.near), grips[-1]]
        _, foot, size = self._well_at(drawn[0].x)
        # The wheel, under the eaves and clear of the head below it.
        aside, head = -self.troupe.near, drawn[-1].head or (held[-1][0],) * 4
        clear = (head[2] if aside > 0 else head[0]) + aside * 9 * size
        over = (aside * max(aside * clear, aside * held[-1][0]), foot - 107 * size)
        fists = (held[-1][0] + 7 * self.troupe.near * size, held[-1][1] - 6 * size)
        between = [*itertools.pairwise(held[:-1]), (held[-2], over), (over, fists)]
        adult, path_ = self.stage.layout.adult, ""
        for (ax, ay), (bx, by) in between:
            sag = 0.03 * math.hypot(bx - ax, by - ay)
            path_ += f"M{num(ax)} {num(ay)}Q{num((ax + bx) / 2)} {num((ay + by) / 2 + sag)} "
            path_ += f"{num(bx)} {num(by)}"
        wide = 0.018 * adult
        rope = line(path_, "#6f5430", wide) + line(path_, "#d8b87e", 0.58 * wide)
        # The wheel it runs over, hung from the beam.
        hung = f"M{num(over[0])} {num(foot - 120 * size)}V{num(over[1])}"
        rope += line(hung, "#2c2620", 0.8 * wide) + ellipse(*over, 6 * size, 6 * size, "#2c2620")
        rope += ellipse(*over, 3 * size, 3 * size, "#8d7a5a")
        self.stage.add(rope, 0.996, texture=0.1)

    def _resting(self, one: Drawn, name: str) -> Drawn:
        """Whoever is said to be on a thing: the thing behind, and the body on top of it."""
        stage, layout = self.stage, self.stage.layout
        beside, top = SUPPORTS[name]
        thing = THINGS[name]("")
        size = layout.adult * 0.0021 * max(0.6, thing.size) * (1.05 if name == "well" else 1.0)
        foot, half = layout.feet - 4, half_width(thing)
        size = min(size, 0.4 * stage.w / half)
        edge = 0.07 * stage.w + half * size
        at = min(max(one.x, edge), stage.w - edge)
        under = group(thing.svg, x=at, y=foot, scale=size)
        shadow = air.contact_shadow(at, layout.feet, 0.1 * thing.size * layout.adult)
        stage.add(shadow, 0.985, texture=0, lit=0.2)
        stage.add(under, 0.993, texture=0.1, rim=0.6, volume=0.2)
        self._subjects.drawn("thing", under)
        dx = at - one.x - self.troupe.near * beside * half * size
        return one.lifted((one.face[0] + dx, one.face[1] + top * size), "")

    def _things(self, used: set[str], *, large: bool | None = None) -> None:
        """Up to two further props near the subject; on the table where somebody works at one.

        ``large`` ones stand behind whoever is there, the others before; None means all.
        """
        found: dict[str, Thing] = {}
        for words in self.troupe.props:
            # Outside there is nothing to plug a lamp into.
            lamp = find_noun(lexicon().props, words) == "lamp" and not self.stage.inside
            named = thing_of("lantern" if lamp else words)
            round_us = self.troupe.at_a_well or self.troupe.family == "dry well"
            # A lighthouse's lamp is the place itself.
            ours = {"lamp", "lantern"} if self.troupe.family == "lamp room" else set()
            placed = used | ours | {"door", "well" if round_us else ""}
            if named and named[0] not in placed:
                found.setdefault(named[0], laid(*named, tilt=0.36))
        strewn = self.troupe.strewn
        found = dict(list(found.items())[: 4 if strewn else 2])
        if large is not None:
            found = {k: v for k, v in found.items() if large == (v.size > 2.2)}
        if self._figures.bench_from is not None:
            if large is not False:
                return
            bench(
                self.stage,
                self._figures.bench_from,
                self.troupe.near,
                list(found.values())[:2],
                self.troupe.family,
            )
        elif not self.stage.close and self.troupe.family != "open sea":
            if self.stage.inside and not self.troupe.members and found:
                middle = self.stage.w / 2 - self.troupe.near * self.stage.layout.adult * 0.6
                bench(
                    self.stage,
                    middle,
                    self.troupe.near,
                    list(found.values())[:2],
                    self.troupe.family,
                )
                return
            things = list(found.items())
            taken = [
                (box.x * self.stage.w, (box.x + box.width) * self.stage.w)
                for box in self.subjects
                if box.kind == "figure"
            ]
            shy = any(map(is_beast, self.troupe.members[:1]))
            if shy and feeling_of(self.troupe.scene, first=True) == "afraid":
                # Nobody is near what frightens it, not even with its tail.
                off = 0.13 * self.stage.w
                taken = [(start - off, end + off) for start, end in taken]
            paved = self.troupe.family in PAVED
            if not paved:  # nobody sells anything on a meadow
                things = [one for one in things if one[0] != "stall"]
            wanted = 0.9 if lies(self.troupe.scene) else 0.5
            x = self.stage.layout.subject_x + self.troupe.near * self.stage.layout.adult * wanted
            nearby = replace(self.stage, layout=behind(self.stage.layout, self.stage.frame))
            front = large is False  # after the figures
            for body in arrange(
                nearby,
                things,
                x,
                self.troupe.near,
                taken,
                paved=paved,
                in_front=front,
                strewn=strewn,
            ):
                self._subjects.drawn("thing", body)


def _glint(x: float, y: float, reach: float) -> str:
    """A four-pointed star of light on something that shines."""
    thin = 0.12 * reach
    points = [(0.0, -reach), (thin, -thin), (reach, 0.0), (thin, thin)]
    points += [(0.0, reach), (-thin, thin), (-reach, 0.0), (-thin, -thin)]
    return path(polygon([(x + dx, y + dy) for dx, dy in points]), "#fff8e0")
