"""Casting: who stands where in a picture, in which pose, holding what.

Puts people, animals and things on a stage that a place has already set. How any of them looks
belongs to the modules it calls.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from content_platform.imagery.illustrator import air, raster
from content_platform.imagery.illustrator.animals import ANIMALS
from content_platform.imagery.illustrator.animals.base import Beast
from content_platform.imagery.illustrator.lexicon import (
    find,
    find_noun,
    find_verb,
    lexicon,
    words_of,
)
from content_platform.imagery.illustrator.look import generator, look_of
from content_platform.imagery.illustrator.people import Figure, height_of, person
from content_platform.imagery.illustrator.shapes import (
    circle,
    glow_gradient,
    group,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.still_life import bench, hero, seat, stand, surface
from content_platform.imagery.illustrator.things import HAND_HELD, THINGS
from content_platform.imagery.illustrator.things.base import Thing
from content_platform.imagery.illustrator.things.keepsakes import umbrella_over
from content_platform.imagery.models import Box
from content_platform.stories.models import CastMember, Shot, Weather
from content_platform.vocabulary import Mood

ADULT_UNITS = 554.0
"""Height of a standing adult in figure units."""


_FOLLOWS = frozenset(
    ["follow", "follows", "following", "chase", "chases", "chasing", "lead", "leads", "leading"]
)


_LIVING_THINGS = frozenset({"robot", "snowman", "scarecrow", "doll", "toy bear", "rocking horse"})
"""Things that a story may bring to life."""
_TOY_COATS = ("#8fa6b0", "#c98a5a", "#7fa07a", "#b0707a", "#8a86b8", "#c9a84a")


def thing_of(words: str) -> tuple[str, Thing] | None:
    """The drawable thing a phrase names, in the colour or material it names."""
    name = find_noun(lexicon().props, words)
    if name is None:
        return None
    tone = ""
    for word in words.lower().replace("-", " ").split():
        tone = lexicon().fabrics.get(word) or lexicon().colours.get(word) or tone
    return name, THINGS[name](tone)


def pose_of(action: str) -> str | None:
    return find_verb(lexicon().actions, action)


def is_small(found: tuple[str, Thing] | None) -> bool:
    """Whether a thing can lie on a table and fill a detail shot."""
    return found is not None and found[1].size < 1.5


class Cast:
    """Puts people, animals and things on a stage."""

    def __init__(self, stage: Stage, cast: tuple[CastMember, ...], family: str) -> None:
        self.stage = stage
        self.family = family
        self.scene = stage.scene
        by_name = {member.name: member for member in cast}
        named = [by_name[name] for name in self.scene.cast if name in by_name] or list(cast)
        self.members = [member for member in named if member.kind != "object"][:3]
        if stage.close and any(member.kind in ("animal", "creature") for member in self.members):
            # Two faces fill a close-up; a third would hide one of them.
            self.members = self.members[:2]
        self.props = [
            *(
                f"{' '.join(member.traits)} {member.noun}"
                for member in named
                if member.kind == "object"
            ),
            *self.scene.props,
        ]
        self.scale = stage.layout.adult / ADULT_UNITS
        self.facing_left = stage.layout.subject_x > stage.w / 2
        self.subjects: list[Box] = []
        """What was put on the stage, the most important first."""
        self.bench_from: float | None = None
        """Where somebody works at a table, if anybody does."""

    def place(self) -> tuple[float, float]:
        """Returns where the eye should rest, in units."""
        layout = self.stage.layout
        if self.scene.shot is Shot.DETAIL:
            found = [thing for thing in map(thing_of, self.props) if thing and is_small(thing)]
            x, y, size = layout.hero
            w, h = self.stage.w, self.stage.h
            self._box(
                "thing",
                (x - size / 2) / w,
                (y - size / 2) / h,
                (x + size / 2) / w,
                (y + size / 2) / h,
            )
            return hero(self.stage, [thing for _, thing in found], -1 if self.facing_left else 1)
        if not self.members:
            self._things(used=set())
            return layout.landmark_x, layout.horizon * 0.8
        return self._figures()

    # --- people and animals ------------------------------------------------------------------

    def _figures(self) -> tuple[float, float]:
        stage, layout = self.stage, self.stage.layout
        focal: tuple[float, float] | None = None
        used: set[str] = set()
        drawn: list[tuple[float, str, str]] = []
        spots = self._spots()
        if stage.close and stage.inside and any(m.kind == "animal" for m in self.members):
            # Near the camera a small animal sits on a table, not in the air.
            surface(stage, stage.h * (0.69 if not stage.frame.tall else 0.59))
        for k, member in enumerate(self.members):
            x, left = spots[k]
            if member.kind in ("animal", "creature"):
                body, glow, face = self._animal(member, x, left, first=k == 0)
            else:
                body, glow, face = self._person(member, x, left, first=k == 0, used=used)
            self._note("figure", body or glow)
            drawn.append((x, body, glow))
            if focal is None:
                focal = face
        if self.family == "open sea" and not stage.close:
            boat = THINGS["rowing boat"]("")
            drawn.append(
                (
                    0,
                    group(boat.svg, x=layout.subject_x, y=layout.feet + 8, scale=self.scale * 3.0),
                    "",
                )
            )
        shadows = (
            ""
            if stage.close
            else "".join(
                air.contact_shadow(x, layout.feet + 4, layout.adult * 0.24)
                for x, _, _ in drawn[: len(self.members)]
            )
        )
        if shadows:
            stage.add(shadows, 0.99, texture=0, lit=0.2)
        # The first named stands in front.
        body = "".join(part for _, part, _ in reversed(drawn[: len(self.members)])) + "".join(
            part for _, part, _ in drawn[len(self.members) :]
        )
        stage.add(
            body,
            1.0,
            glow="".join(part for _, _, part in drawn),
            texture=0.05,
            rim=0.9,
            volume=0.35,
            fill=0.16 if stage.light.dark else 0.05,
        )
        self._things(used=used)
        assert focal is not None
        self._light_face(focal)
        return focal

    def _light_face(self, face: tuple[float, float]) -> None:
        """In the dark, a little warm light on the first face from where it looks; no visible source."""
        stage = self.stage
        if stage.light.dark:
            reach = 0.5 * stage.h if stage.close else 0.7 * stage.layout.adult
            x = face[0] + (-1 if self.facing_left else 1) * reach * 0.5
            stage.lamp(x, face[1] - 0.1 * reach, reach, strength=0.34, halo=0)

    def _spots(self) -> list[tuple[float, bool]]:
        """x and whether facing left, for each member."""
        layout, left = self.stage.layout, self.facing_left
        if len(self.members) == 1:
            x = layout.subject_x
            return [(x, left)]
        follows = bool(words_of(self.scene.action) & _FOLLOWS)
        near = 1 if not left else -1
        gap = (layout.second_x - layout.subject_x) * near
        first = layout.subject_x
        second = layout.second_x
        if pose_of(self.scene.action) == "embracing" and all(
            member.kind not in ("animal", "creature") for member in self.members[:2]
        ):
            second = first + near * min(gap, layout.adult * 0.3)
        if pose_of(self.scene.action) == "working" and self.stage.inside and not self.stage.close:
            second = first + near * max(gap, self.stage.layout.adult * 1.15)
        if self.stage.close and any(
            member.kind in ("animal", "creature") for member in self.members[:2]
        ):
            first, second = (self.stage.w * at for at in ((0.69, 0.25) if left else (0.31, 0.75)))
        second = min(max(second, self.stage.w * 0.14), self.stage.w * 0.86)
        spots = [(first, left), (second, left if follows else not left)]
        if len(self.members) > 2:
            spots.append((first - near * min(abs(gap) * 0.8, self.stage.w * 0.2), left))
        return spots

    def _person(
        self, member: CastMember, x: float, left: bool, *, first: bool, used: set[str]
    ) -> tuple[str, str, tuple[float, float]]:
        stage, layout = self.stage, self.stage.layout
        look = look_of(member, stage.seed)
        pose = (pose_of(self.scene.action) or "standing") if first else self._second_pose()
        held = None
        if first:
            held = self._hold(used)
            if held:
                name, thing = held
                if pose in ("standing", "holding", "looking", "back") or thing.hangs:
                    pose = "lantern" if thing.hangs or name == "umbrella" else "holding"
        if stage.close:
            pose = {
                "walking": "standing",
                "running": "standing",
                "climbing": "looking up",
                "kneeling": "grieving",
                "sitting": "cradling",
                "holding": "cradling",
                "back": "standing",
            }.get(pose, pose)
            if held and not held[1].hangs and held[0] != "umbrella":
                pose = "cradling"
        eyes = self._eyes(first, pose)
        windy = {Weather.STORM: 0.8, Weather.RAIN: 0.35, Weather.SNOW: 0.35}.get(
            self.scene.weather, 0.12
        )
        wind = 0.0 if stage.inside else windy
        grip, size = 0.0, 1.0
        held_svg = ""
        if held:
            name, thing = held
            size, grip = self._grip(name, thing)
            if name == "umbrella":
                pose = "lantern"
                held_svg = umbrella_over(thing.tone, height_of(look))
            else:
                held_svg = group(thing.svg, y=grip, scale=size)
        figure = person(look, pose, eyes=eyes, wind=wind, held=held_svg)
        scale, feet = self._fit(figure, look.age)
        if not first and stage.close:
            feet += 0.05 * stage.h
        sign = -1 if left else 1
        below = ""
        if pose in ("sitting", "sleeping") and not stage.close and self.family != "open sea":
            below = seat(stage, figure.hip)
        body = group(below + figure.svg, x=x, y=feet, scale=scale, flip=left)
        glow = ""
        if first and pose == "working" and stage.inside:
            self.bench_from = x
        if held and held[1].glow:
            thing = held[1]
            shine = group(thing.glow, x=figure.hand[0], y=figure.hand[1] + grip, scale=size)
            glow = group(shine, x=x, y=feet, scale=scale, flip=left)
            if thing.flame:
                fx = x + sign * (figure.hand[0] + thing.flame[0] * size) * scale
                fy = feet + (figure.hand[1] + grip + thing.flame[1] * size) * scale
                reach = layout.adult * (0.62 if not stage.close else 0.3)
                stage.lamp(fx, fy, reach, strength=1.25, halo=0.8)
        face = (x + sign * figure.face[0] * scale, feet + figure.face[1] * scale)
        self._note_face(face, 62 * scale, 70 * scale)
        if look.glowing:
            glow += self._aura(face[0], face[1] + 80 * scale, 190 * scale, "#ffe2a8")
        return body, glow, face

    def _grip(self, name: str, thing: Thing) -> tuple[float, float]:
        """Scale of a held thing, and how far below the hand its foot is, in figure units."""
        if thing.hangs:
            return 0.62, 104 * 0.62
        return (0.36 + 0.3 * min(thing.size, 1.0)) * (1.25 if self.stage.close else 1.0), 8.0

    def _fit(self, figure: Figure, age: str) -> tuple[float, float]:
        """Scale and ground line for a figure in this shot."""
        stage, layout = self.stage, self.stage.layout
        if not stage.close:
            alone = all(
                member.kind in ("girl", "boy", "animal", "creature") for member in self.members
            )
            return self.scale * (1.22 if alone and age == "child" else 1.0), layout.feet
        scale = self.scale * (0.94 if len(self.members) > 1 else 1.0)
        eye_line = stage.h * (0.335 if stage.frame.tall else 0.34)
        lower = 0.0 if age != "child" or len(self.members) == 1 else 60 * scale
        return scale, eye_line + lower - figure.face[1] * scale

    def _second_pose(self) -> str:
        pose = pose_of(self.scene.action) or "standing"
        return (
            pose
            if pose in ("walking", "running", "embracing", "sitting", "climbing")
            else "standing"
        )

    def _eyes(self, first: bool, pose: str) -> str:
        if pose in ("sleeping", "embracing") or (
            "close" in self.scene.action and "eyes" in self.scene.action
        ):
            return "closed"
        if self.scene.mood is Mood.SAD or pose == "grieving":
            return "sad"
        if self.scene.mood is Mood.TENDER and first and self.scene.shot is Shot.CLOSE:
            return "closed"
        return "open"

    def _hold(self, used: set[str]) -> tuple[str, Thing] | None:
        in_action = find(lexicon().props, self.scene.action)
        mentioned = [in_action] if in_action else []
        for words in (*mentioned, *self.props):
            found = thing_of(words)
            if found and found[0] in HAND_HELD:
                used.add(found[0])
                # The props say more about it than the verb phrase does.
                better = next(
                    (
                        thing_of(prop)
                        for prop in self.props
                        if find_noun(lexicon().props, prop) == found[0]
                    ),
                    None,
                )
                return better or found
        return None

    def _animal(
        self, member: CastMember, x: float, left: bool, *, first: bool
    ) -> tuple[str, str, tuple[float, float]]:
        stage, layout = self.stage, self.stage.layout
        kind = (
            find_noun(lexicon().animals, member.noun)
            or find_noun(lexicon().animals, member.name)
            or ("spirit" if member.kind == "creature" else "")
        )
        figure = find_noun(lexicon().props, member.noun)
        if kind in ("", "spirit") and figure in _LIVING_THINGS:
            kind = str(figure)
        colour = lexicon().coats.get(member.noun.lower(), "")
        words = words_of(" ".join((*member.traits, member.noun)))
        # "white" colours the animal; "red collar" does not.
        own = words_of(" ".join((member.noun, *(t for t in member.traits if " " not in t))))
        for word in sorted(own & lexicon().colours.keys()):
            colour = lexicon().colours[word]
        glowing = bool(
            words
            & {
                "glowing",
                "shining",
                "luminous",
                "radiant",
                "golden",
                "spectral",
                "ghostly",
                "starlit",
                "shimmering",
                "burning",
            }
        )
        action = pose_of(self.scene.action) or "standing"
        pose = (
            action
            if first and action in ("walking", "running", "sitting", "sleeping")
            else ("walking" if words_of(self.scene.action) & _FOLLOWS else "sitting")
        )
        if pose == "sleeping" or (stage.close and len(self.members) > 1):
            pose = "sitting"  # stretched out it would cover the faces beside it
        if not kind:
            # Nobody told us its shape: show it as a light that the others can see.
            orb = THINGS["orb"](colour)
            y = layout.feet - layout.adult * 0.4 if not stage.close else stage.h * 0.42
            size = layout.adult * 0.0022
            return (
                "",
                group(orb.glow, x=x, y=y, scale=size)
                + self._aura(x, y - 50 * size, 130 * size, colour or "#ffe2a8"),
                (x, y - 50 * size),
            )
        if kind in _LIVING_THINGS:
            tone = colour or generator("coat", stage.seed, member.name).choice(_TOY_COATS)
            thing = THINGS[kind](tone if kind != "snowman" else "")
            beast = Beast(thing.svg + thing.glow, 104.0, (0.0, -78.0), 0.2 * max(1.6, thing.size))
        else:
            beast = ANIMALS[kind](colour, pose)
        alone = len(self.members) == 1
        if stage.close:
            if alone:
                scale = stage.h * (0.54 if not stage.frame.tall else 0.37) / beast.height
                feet = stage.h * (0.72 if not stage.frame.tall else 0.62)
                x = stage.w * 0.5 + (-1 if left else 1) * 0.14 * beast.height * scale
            else:
                scale = stage.h * (0.38 if not stage.frame.tall else 0.19) / beast.height
                feet = stage.h * (0.73 if not stage.frame.tall else 0.62)
        else:
            tall = layout.adult * beast.size
            if alone:
                tall = max(tall, layout.adult * (0.52 if self.scene.shot is Shot.MEDIUM else 0.42))
            else:
                tall = max(tall, layout.adult * 0.3)
            tall = min(tall, layout.adult * 1.35)
            scale = tall / beast.height
            feet = layout.feet + (6 if first else -4)
        if not first and not stage.close and scale * beast.height > 0.6 * layout.adult:
            # Great beasts stand clear of whoever meets them.
            near = -1 if self.facing_left else 1
            away = layout.adult * 0.3 + beast.height * scale * (1.45 if kind == "whale" else 0.75)
            x = min(max(layout.subject_x + near * away, stage.w * 0.2), stage.w * 0.8)
        aloft = (
            kind in ("bird", "owl", "butterfly", "fish", "whale") and pose in ("running", "walking")
        ) or kind in ("butterfly", "spirit")
        if aloft:
            feet -= layout.adult * 0.16 if not stage.close else 0
        sign = -1 if left else 1
        body = group(beast.svg, x=x, y=feet, scale=scale, flip=left)
        face = (x + sign * beast.head[0] * scale, feet + beast.head[1] * scale)
        self._note_face(face, *(2 * [min(0.2 * beast.height * scale, 0.16 * stage.h)]))
        glow = ""
        if glowing or kind == "spirit":
            tone = colour or (
                "#ffb060"
                if kind in ("fox", "lion", "horse")
                else "#a8e8e0"
                if kind == "spirit"
                else "#ffe2a8"
            )
            centre = (x + sign * 6 * scale, feet - beast.height * 0.42 * scale)
            glow = self._aura(*centre, beast.height * 0.62 * scale, tone)
            glow += f'<g opacity="{0.1 if kind == "spirit" else 0.2 if stage.close else 0.3}">{body}</g>'
            stage.lamp(
                *centre,
                beast.height * scale * 1.7,
                colour=tone,
                strength=0.5 if stage.close or kind == "spirit" else 0.95,
                halo=0.3 if stage.close else 0.6,
            )
        return body, glow, face

    def _aura(self, x: float, y: float, r: float, tone: str) -> str:
        name = f"aura{tone[1:]}"
        return glow_gradient(name, [(0, tone, 0.42), (0.5, tone, 0.16), (1, tone, 0)]) + circle(
            x, y, r * 1.5, f"url(#{name})"
        )

    def _note(self, kind: Literal["figure", "thing"], body: str) -> None:
        """Remember where the picture shows ``body``."""
        w, h = self.stage.w, self.stage.h
        _, cover = raster.vector(body, (0, 0, w, h), (max(1, round(w / 8)), max(1, round(h / 8))))
        rows, columns = (
            np.flatnonzero(cover.max(axis=1) > 0.3),
            np.flatnonzero(cover.max(axis=0) > 0.3),
        )
        if len(rows) and len(columns):
            left, right = columns[0] / cover.shape[1], (columns[-1] + 1) / cover.shape[1]
            top, bottom = rows[0] / cover.shape[0], (rows[-1] + 1) / cover.shape[0]
            self._box(kind, left, top, right, bottom)

    def _note_face(self, middle: tuple[float, float], half: float, high: float) -> None:
        w, h = self.stage.w, self.stage.h
        x, y = middle
        self._box("face", (x - half) / w, (y - high) / h, (x + half) / w, (y + high) / h)

    def _box(
        self,
        kind: Literal["face", "figure", "thing"],
        left: float,
        top: float,
        right: float,
        bottom: float,
    ) -> None:
        left, top, right, bottom = (
            round(min(max(float(edge), 0.0), 1.0), 4) for edge in (left, top, right, bottom)
        )
        if right > left and bottom > top:
            self.subjects.append(
                Box(
                    kind=kind,
                    x=left,
                    y=top,
                    width=round(right - left, 4),
                    height=round(bottom - top, 4),
                )
            )

    # --- things ------------------------------------------------------------------------------

    def _things(self, used: set[str]) -> None:
        """Up to two further props near the subject; small ones on a table when inside."""
        stage, layout = self.stage, self.stage.layout
        found: list[tuple[str, Thing]] = []
        for words in self.props:
            named = thing_of(words)
            if (
                named
                and named[0] not in used | {"door"}
                and named[0] not in {name for name, _ in found}
            ):
                found.append(named)
        if self.bench_from is not None:
            bench(
                stage,
                self.bench_from,
                -1 if self.facing_left else 1,
                [thing for _, thing in found[:2]],
            )
            return
        if stage.close:
            return
        near = -1 if self.facing_left else 1
        x = layout.subject_x + near * layout.adult * (0.55 if len(self.members) < 2 else -0.5)
        for k, (name, thing) in enumerate(found[:2]):
            size = layout.adult * 0.0021 * max(0.45, thing.size)
            at_x = min(max(x + near * k * layout.adult * 0.45, stage.w * 0.1), stage.w * 0.9)
            y = layout.feet - 4
            base = ""
            if thing.size < 1 and name not in ("star",):
                base, y = stand(stage, at_x, layout.feet, layout.adult)
            svg = base + group(thing.svg, x=at_x, y=y, scale=size)
            glow = group(thing.glow, x=at_x, y=y, scale=size) if thing.glow else ""
            if thing.flame:
                stage.lamp(
                    at_x + thing.flame[0] * size,
                    y + thing.flame[1] * size,
                    layout.adult * 0.55,
                    strength=1.0,
                    halo=0.7,
                )
            self._note("thing", svg)
            stage.add(svg, 0.995, glow=glow, texture=0.1, rim=0.6, volume=0.2)
