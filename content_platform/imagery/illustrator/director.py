"""The director: from a draw request to a set stage, and to finished pictures.

Decides who stands where, in which pose, holding what, how near the camera is, and where the eye
should rest. How any of it looks belongs to the modules it calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from content_platform.imagery.illustrator import raster, sky
from content_platform.imagery.illustrator.animals import ANIMALS
from content_platform.imagery.illustrator.lexicon import find, lexicon, words_of
from content_platform.imagery.illustrator.light import light_of
from content_platform.imagery.illustrator.look import generator, look_of
from content_platform.imagery.illustrator.objects import HAND_HELD, THINGS, Thing, umbrella_over
from content_platform.imagery.illustrator.painter import paint
from content_platform.imagery.illustrator.people import Figure, height_of, person
from content_platform.imagery.illustrator.places import INDOORS, PLACES
from content_platform.imagery.illustrator.plants import rock
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    glow_gradient,
    gradient,
    group,
    lighter,
    line,
    num,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.stage import Frame, Layout, Stage, layout_of
from content_platform.imagery.models import DrawRequest, FocalPoint
from content_platform.stories.models import CastMember, Scene, Shot, TimeOfDay, Weather
from content_platform.vocabulary import Format, Mood

ADULT_UNITS = 554.0
"""Height of a standing adult in figure units."""

_ROOM_WORDS = frozenset(
    [
        "room",
        "hall",
        "house",
        "home",
        "office",
        "studio",
        "parlour",
        "parlor",
        "apartment",
        "flat",
        "cabin",
        "hut",
        "cottage",
        "inside",
        "indoors",
        "corridor",
        "hallway",
        "chamber",
        "hospital",
        "hotel",
        "inn",
        "tavern",
        "pub",
        "cafe",
        "restaurant",
        "museum",
        "theatre",
        "theater",
        "bank",
        "prison",
        "palace",
        "ship-cabin",
    ]
)
_FOLLOWS = frozenset(
    ["follow", "follows", "following", "chase", "chases", "chasing", "lead", "leads", "leading"]
)


@dataclass(frozen=True)
class Picture:
    """One finished picture: JPEG bytes and where the eye should rest."""

    shape: Format
    jpeg: bytes
    focal_point: FocalPoint


def draw(request: DrawRequest) -> Iterator[Picture]:
    """Paint the scene in each asked shape, one after the other."""
    for shape in request.formats:
        stage, focal_point = set_stage(request, shape)
        yield Picture(shape, raster.jpeg(paint(stage)), focal_point)


def set_stage(request: DrawRequest, shape: Format) -> tuple[Stage, FocalPoint]:
    """Everything of one picture, ready to paint."""
    scene, frame = request.scene, Frame.of(shape)
    family = place_family(scene)
    scene = _drawable(scene, request.cast)
    layout = layout_of(frame, scene.shot, inside=family in INDOORS)
    if generator("side", request.seed, scene.index).random() < 0.5:
        layout = _mirrored(layout, frame.w)
    stage = Stage(
        frame=frame,
        layout=layout,
        scene=scene,
        style=request.style,
        light=light_of(scene, request.seed),
        season=season_of(scene, request.seed),
        seed=request.seed,
        rng=generator("place", request.seed, family, shape),
    )
    sky.place_key(stage)
    PLACES[family](stage)
    focal = _Cast(stage, request.cast, family).place()
    sky.weather(stage)
    return stage, FocalPoint(
        x=min(1.0, max(0.0, focal[0] / stage.w)), y=min(1.0, max(0.0, focal[1] / stage.h))
    )


def place_family(scene: Scene) -> str:
    """The drawable place that fits best; a quiet landscape or room when the words are unknown."""
    places = lexicon().places
    found = find(places, scene.place)
    if found in ("sea cliff",) and words_of(scene.action + " " + scene.place) & {
        "stair",
        "stairs",
        "steps",
        "staircase",
        "climbing",
        "inside",
    }:
        return "tower stairs"
    if found in PLACES:
        return found
    if words_of(scene.place) & _ROOM_WORDS:
        return "room"
    return "somewhere"


def season_of(scene: Scene, seed: int) -> str:
    """The season the scene names, or the story's own."""
    if scene.weather is Weather.SNOW:
        return "winter"
    named = find(lexicon().seasons, scene.place)
    return named or generator("season", seed).choice(("spring", "summer", "autumn", "summer"))


def _drawable(scene: Scene, cast: tuple[CastMember, ...]) -> Scene:
    """A detail shot needs a thing, a close shot somebody; otherwise step back."""
    if (
        scene.shot is Shot.DETAIL
        and not any(find(lexicon().props, prop) for prop in scene.props)
        and not any(member.kind == "object" for member in cast)
    ):
        scene = scene.model_copy(update={"shot": Shot.CLOSE})
    if scene.shot is Shot.CLOSE and not cast:
        scene = scene.model_copy(update={"shot": Shot.MEDIUM})
    if scene.shot is Shot.MEDIUM and not cast and not scene.props:
        scene = scene.model_copy(update={"shot": Shot.ESTABLISHING})
    return scene


def _mirrored(layout: Layout, width: float) -> Layout:
    return replace(
        layout,
        subject_x=width - layout.subject_x,
        second_x=width - layout.second_x,
        landmark_x=width - layout.landmark_x,
    )


def thing_of(words: str) -> tuple[str, Thing] | None:
    """The drawable thing a phrase names, in the colour or material it names."""
    name = find(lexicon().props, words)
    if name is None:
        return None
    tone = ""
    for word in words.lower().replace("-", " ").split():
        tone = lexicon().fabrics.get(word) or lexicon().colours.get(word) or tone
    return name, THINGS[name](tone)


def pose_of(action: str) -> str | None:
    return find(lexicon().actions, action)


class _Cast:
    """Puts people, animals and things on a stage."""

    def __init__(self, stage: Stage, cast: tuple[CastMember, ...], family: str) -> None:
        self.stage = stage
        self.family = family
        self.scene = stage.scene
        by_name = {member.name: member for member in cast}
        named = [by_name[name] for name in self.scene.cast if name in by_name] or list(cast)
        self.members = [member for member in named if member.kind != "object"][:3]
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
        self.bench_from: float | None = None
        """Where somebody works at a table, if anybody does."""

    def place(self) -> tuple[float, float]:
        """Returns where the eye should rest, in units."""
        layout = self.stage.layout
        if self.scene.shot is Shot.DETAIL:
            return self._hero()
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
        for k, member in enumerate(self.members):
            x, left = spots[k]
            if member.kind in ("animal", "creature"):
                body, glow, face = self._animal(member, x, left, first=k == 0)
            else:
                body, glow, face = self._person(member, x, left, first=k == 0, used=used)
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
                sky.contact_shadow(x, layout.feet + 4, layout.adult * 0.24)
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
        return focal

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
        if pose_of(self.scene.action) == "working" and not self.stage.close:
            second = first + near * max(gap, self.stage.layout.adult * 1.15)
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
                "sitting": "holding",
                "back": "standing",
            }.get(pose, pose)
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
        seat = ""
        if pose in ("sitting", "sleeping") and not stage.close and self.family != "open sea":
            seat = self._seat(figure.hip)
        body = group(seat + figure.svg, x=x, y=feet, scale=scale, flip=left)
        glow = ""
        if first and pose == "working":
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
        eye_line = stage.h * (0.335 if stage.frame.tall else 0.37)
        lower = 0.0 if age != "child" or len(self.members) == 1 else 60 * scale
        return scale, eye_line + lower - figure.face[1] * scale

    def _seat(self, hip: tuple[float, float]) -> str:
        """What a sitting figure sits on, in figure units."""
        x, y = hip
        if not self.stage.inside:
            rng = generator("seat", self.stage.seed)
            return rock(x - 6, 4, 190, -y - 18, "#85868c", rng)
        wood = "#6a452c"
        legs = line(
            f"M{num(x - 46)} {num(y + 30)}L{num(x - 54)} 0M{num(x + 42)} {num(y + 30)}L{num(x + 48)} 0M{num(x - 50)} {num(y + 20)}L{num(x - 66)} {num(y - 130)}",
            darker(wood, 0.2),
            13,
        )
        back = line(f"M{num(x - 58)} {num(y - 60)}L{num(x - 64)} {num(y - 124)}", wood, 26)
        return legs + back + rect(x - 62, y + 16, 116, 18, wood, round_=6)

    def _bench(self, x: float, things: list[tuple[str, Thing]]) -> None:
        """The table somebody works at, in front of them, with what they work on."""
        stage, layout = self.stage, self.stage.layout
        near = -1 if self.facing_left else 1
        tone = "#7d5334"
        if stage.close:
            top = stage.h * (0.83 if not stage.frame.tall else 0.66)
            left, right, size = (
                -40.0,
                stage.w + 40,
                stage.h * (0.0021 if not stage.frame.tall else 0.0014),
            )
            spots = (x + near * 0.22 * stage.w, x + near * 0.36 * stage.w)
        else:
            a = layout.adult
            top = layout.feet - a * 0.36
            left, right = sorted((x + near * a * 0.16, x + near * a * 1.02))
            size = a * 0.0019
            spots = (x + near * a * 0.4, x + near * a * 0.66)
        body = gradient(
            "bench", [(0, tone), (1, darker(tone, 0.55))], box=(top, min(stage.h, top + 420))
        )
        if stage.close:
            body += rect(left, top, right - left, stage.h, "url(#bench)")
        else:
            drop = layout.feet + 10
            for leg in (left + 18, right - 18):
                body += path(
                    polygon([(leg - 13, top), (leg + 13, top), (leg + 9, drop), (leg - 9, drop)]),
                    darker(tone, 0.35),
                )
            body += rect(
                left + 6, top + 10, right - left - 12, layout.adult * 0.07, darker(tone, 0.25)
            )
            body += rect(left, top, right - left, layout.adult * 0.04, "url(#bench)", round_=4)
        body += rect(left, top, right - left, 4, lighter(tone, 0.35), opacity=0.7)
        glow = ""
        for (_, thing), at in zip(things, spots, strict=False):
            scale = size * max(0.5, thing.size)
            body += group(thing.svg, x=at, y=top + 2, scale=scale)
            glow += group(thing.glow, x=at, y=top + 2, scale=scale) if thing.glow else ""
            if thing.flame:
                stage.lamp(
                    at,
                    top + thing.flame[1] * scale,
                    layout.adult * (0.3 if stage.close else 0.6),
                    strength=1.2,
                    halo=0.7,
                )
        stage.add(body, 1.02, glow=glow, texture=0.2, rim=0.5)

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
        candidates = [self.scene.action, *self.props]
        for words in candidates:
            found = thing_of(words)
            if found and found[0] in HAND_HELD:
                used.add(found[0])
                # The props say more about it than the verb phrase does.
                better = next(
                    (
                        thing_of(prop)
                        for prop in self.props
                        if find(lexicon().props, prop) == found[0]
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
            find(lexicon().animals, member.noun)
            or find(lexicon().animals, member.name)
            or ("spirit" if member.kind == "creature" else "")
        )
        colour = ""
        words = words_of(" ".join((*member.traits, member.noun)))
        for word in words & lexicon().colours.keys():
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
        pose = {"sleeping": "sitting"}.get(pose, pose)
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
        beast = ANIMALS[kind](colour, pose)
        alone = len(self.members) == 1
        if stage.close:
            if alone:
                scale = stage.h * (0.62 if not stage.frame.tall else 0.40) / beast.height
                feet = stage.h * (0.86 if not stage.frame.tall else 0.70)
                x = stage.w * 0.5 - (beast.head[0] * scale * 0.5) * (-1 if left else 1)
            else:
                scale = stage.h * (0.40 if not stage.frame.tall else 0.26) / beast.height
                feet = stage.h * (0.86 if not stage.frame.tall else 0.66)
        else:
            tall = layout.adult * beast.size
            if alone:
                tall = max(tall, layout.adult * (0.52 if self.scene.shot is Shot.MEDIUM else 0.42))
            else:
                tall = max(tall, layout.adult * 0.3)
            tall = min(tall, layout.adult * 1.35)
            scale = tall / beast.height
            feet = layout.feet + (6 if first else -4)
        aloft = (
            kind in ("bird", "owl", "butterfly", "fish", "whale") and pose in ("running", "walking")
        ) or kind in ("butterfly", "spirit")
        if aloft:
            feet -= layout.adult * 0.16 if not stage.close else 0
        sign = -1 if left else 1
        body = group(beast.svg, x=x, y=feet, scale=scale, flip=left)
        face = (x + sign * beast.head[0] * scale, feet + beast.head[1] * scale)
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
            glow += f'<g opacity="0.5">{body}</g>'
            stage.lamp(*centre, beast.height * scale * 1.7, colour=tone, strength=1.1, halo=0.7)
        return body, glow, face

    def _aura(self, x: float, y: float, r: float, tone: str) -> str:
        name = f"aura{tone[1:]}"
        return glow_gradient(name, [(0, tone, 0.42), (0.5, tone, 0.16), (1, tone, 0)]) + circle(
            x, y, r * 1.5, f"url(#{name})"
        )

    # --- things ------------------------------------------------------------------------------

    def _things(self, used: set[str]) -> None:
        """Up to two further props near the subject; small ones on a table when inside."""
        stage, layout = self.stage, self.stage.layout
        found: list[tuple[str, Thing]] = []
        for words in self.props:
            thing = thing_of(words)
            if thing and thing[0] not in used and thing[0] not in {name for name, _ in found}:
                found.append(thing)
        if self.bench_from is not None:
            self._bench(self.bench_from, found[:2])
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
                base, y = self._stand(at_x, layout.feet, layout.adult)
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
            stage.add(svg, 0.995, glow=glow, texture=0.1, rim=0.6, volume=0.2)

    def _stand(self, x: float, feet: float, adult: float) -> tuple[str, float]:
        """Something to put a small thing on: a stool inside, a flat stone outside."""
        if self.stage.inside:
            top, half = feet - adult * 0.3, adult * 0.13
            wood = "#6f4a30"
            legs = line(
                f"M{num(x - half * 0.8)} {num(top)}L{num(x - half)} {num(feet)}M{num(x + half * 0.8)} {num(top)}L{num(x + half)} {num(feet)}",
                darker(wood, 0.25),
                adult * 0.018,
            )
            return legs + path(
                polygon(
                    [
                        (x - half * 1.25, top - adult * 0.02),
                        (x + half * 1.25, top - adult * 0.02),
                        (x + half * 1.2, top + adult * 0.016),
                        (x - half * 1.2, top + adult * 0.016),
                    ]
                ),
                wood,
            ), top - adult * 0.018
        return rock(
            x, feet + 4, adult * 0.34, adult * 0.14, "#8a8a90", generator("stone", x)
        ), feet - adult * 0.115

    def _hero(self) -> tuple[float, float]:
        """A detail shot: the thing large on a surface, a warm light near, the place out of focus."""
        stage, layout = self.stage, self.stage.layout
        found = [thing for thing in (thing_of(words) for words in self.props) if thing]
        name, thing = found[0]
        x, y, size = layout.hero
        scale = size / 108
        base = y + size * 0.5
        lit_by = next((other for other in found[1:] if other[1].flame), None)
        self._surface(base - size * 0.1)
        side = 1 if self.facing_left else -1
        light_x = x + side * size * 0.86
        if thing.flame:
            stage.lamp(
                x + thing.flame[0] * scale,
                base + thing.flame[1] * scale,
                size * 0.7,
                strength=1.25,
                halo=0.9,
            )
        elif lit_by or stage.light.dark or stage.inside:
            other = (lit_by or ("candle", THINGS["candle"]("")))[1]
            small = scale * 0.62
            stage.add(
                group(other.svg, x=light_x, y=base - size * 0.03, scale=small),
                0.99,
                glow=group(other.glow, x=light_x, y=base - size * 0.03, scale=small),
                soft=7,
                texture=0,
            )
            flame = other.flame or (0, -60)
            stage.lamp(light_x, base + flame[1] * small, size * 1.0, strength=1.3, halo=0.7)
        shadow = sky.contact_shadow(x, base + 2, size * 0.62)
        stage.add(shadow, 0.995, texture=0, lit=0.1)
        glow = group(thing.glow, x=x, y=base, scale=scale) if thing.glow else ""
        stage.add(
            group(thing.svg, x=x, y=base, scale=scale),
            1.0,
            glow=glow,
            texture=0.14,
            rim=0.5,
            volume=0.5,
        )
        return x, y

    def _surface(self, y: float) -> None:
        """The table top (inside) or flat stone (outside) a hero lies on."""
        stage, w, h = self.stage, self.stage.w, self.stage.h
        tone = "#7d4f30" if stage.inside or not stage.season else "#7c7f86"
        body = gradient(
            "top", [(0, lighter(tone, 0.1)), (0.3, tone), (1, darker(tone, 0.65))], box=(y, h)
        )
        body += path(polygon([(-40, y), (w + 40, y), (w + 40, h + 20), (-40, h + 20)]), "url(#top)")
        rng = generator("planks", stage.seed)
        if stage.inside:
            for k in range(1, 7):
                at = y + (h - y) * (k / 7) ** 1.6
                body += line(
                    f"M-20 {num(at)}L{num(w + 20)} {num(at + rng.uniform(-3, 3))}",
                    darker(tone, 0.55),
                    2 + k * 0.5,
                    opacity=0.5,
                )
            for _ in range(26):
                gx, gy = rng.uniform(0, w), y + (h - y) * rng.random()
                body += line(
                    f"M{num(gx)} {num(gy)}q{num(rng.uniform(60, 130))} {num(rng.uniform(-3, 3))} {num(rng.uniform(150, 260))} 0",
                    darker(tone, 0.4),
                    1.6,
                    opacity=0.3,
                )
        stage.add(body, 0.985, texture=0.45, soft=0.01)


def describe(request: DrawRequest) -> str:
    """What the picture shows, in one sentence, for people who cannot see it."""
    scene = request.scene
    by_name = {member.name: member for member in request.cast}
    people = []
    for name in scene.cast:
        member = by_name.get(name)
        if member is None:
            continue
        noun = " ".join(
            (*(trait for trait in member.traits if " " not in trait), member.noun)
        ).strip()
        article = "an" if noun[:1] in "aeiou" else "a"
        people.append(
            f"{article} {noun}"
            if name.lower() == member.noun.lower()
            else f"{name}, {article} {noun},"
        )
    times = {
        TimeOfDay.DAWN: "at dawn",
        TimeOfDay.DAY: "by day",
        TimeOfDay.DUSK: "at dusk",
        TimeOfDay.NIGHT: "at night",
    }
    weathers = {
        Weather.RAIN: "in the rain",
        Weather.STORM: "in a storm",
        Weather.SNOW: "in falling snow",
        Weather.FOG: "in fog",
        Weather.CLOUDS: "under clouds",
        Weather.CLEAR: "",
    }
    who = " and ".join(people)
    action = f" {scene.action}" if who and scene.action else ""
    props = f", with {', '.join(scene.props)}" if scene.props else ""
    where = f"{scene.place} {times[scene.time_of_day]} {weathers[scene.weather]}".strip()
    sentence = f"{who}{action}: {where}{props}." if who else f"{where}{props}."
    return sentence[:1].upper() + sentence[1:].replace(",:", ":").replace(", :", ":")
