"""The director: from a draw request to a set stage, and to finished pictures.

Decides the place, the light, the season and how near the camera is; ``casting`` puts the people in.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from content_platform.imagery.illustrator import air, raster, sky
from content_platform.imagery.illustrator.beasts import is_beast, stands_low
from content_platform.imagery.illustrator.casting import Cast
from content_platform.imagery.illustrator.clearing import clear_of_heads
from content_platform.imagery.illustrator.foreground import close_to_camera
from content_platform.imagery.illustrator.lexicon import (
    find,
    lexicon,
    words_of,
)
from content_platform.imagery.illustrator.light import Light, light_of
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.moment import (
    lies,
    lies_about,
    pose_of,
    shadows_of,
    thing_of,
    tree_of,
)
from content_platform.imagery.illustrator.painter import paint
from content_platform.imagery.illustrator.parallax import behind, near_png
from content_platform.imagery.illustrator.places import INDOORS, PLACES
from content_platform.imagery.illustrator.places.named import lay_named
from content_platform.imagery.illustrator.relations import rests_on
from content_platform.imagery.illustrator.stage import Frame, Layout, Stage, layout_of
from content_platform.imagery.illustrator.troupe import hauls_at_a_well, is_small
from content_platform.imagery.models import Angle, Box, DrawRequest, FocalPoint
from content_platform.stories.models import Beat, CastMember, Scene, Shot, TimeOfDay, Weather
from content_platform.vocabulary import Format, Mood

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

_BOWED = re.compile(
    r"\b(?:lamps?|lanterns?|lights?|candles?|flames?)\b[^.]{0,40}"
    r"\b(?:bowed|dimmed|sank|burned low|burnt low|went down|lowered)\b",
    re.IGNORECASE,
)

_UNDERGROUND = frozenset({"cave", "dry well"})
"""No rain or snow falls there."""

_TREES_STAND_IN = frozenset(
    {
        "forest",
        "pine forest",
        "meadow",
        "garden",
        "graveyard",
        "mountains",
        "snowfield",
        "somewhere",
    }
)


@dataclass(frozen=True)
class Picture:
    """One finished picture: JPEG bytes, where the eye should rest, and who and what is where."""

    shape: Format
    jpeg: bytes
    focal_point: FocalPoint
    subjects: tuple[Box, ...]
    behind: bytes = b""
    """JPEG of the place without what is near; empty where nobody asked or nothing is near."""
    near: bytes = b""
    """PNG with alpha of what is near."""


def draw(request: DrawRequest) -> Iterator[Picture]:
    """Paint the scene in each asked shape, one after the other."""
    for shape in request.formats:
        stage, focal_point, subjects = set_stage(request, shape)
        size = (stage.frame.height, stage.frame.width)
        near = np.zeros(size, np.float32) if request.layers else None
        picture = paint(stage, near)
        finished = Picture(shape, raster.jpeg(picture), focal_point, subjects)
        if near is not None and near.any():
            place = raster.jpeg(behind(picture, near))
            finished = replace(finished, behind=place, near=near_png(picture, near))
        yield finished


def set_stage(request: DrawRequest, shape: Format) -> tuple[Stage, FocalPoint, tuple[Box, ...]]:
    """Everything of one picture, ready to paint."""
    scene, frame = request.scene, Frame.of(shape)
    family = place_family(scene)
    scene = _drawable(_all_in_view(scene, request.cast, frame), request.cast, frame)
    layout = layout_of(
        frame,
        scene.shot,
        inside=family in INDOORS,
        low=request.angle is Angle.LOW,
        filling=_can_fill(scene, request.cast, family),
        lowered=_stands_tall(scene, request.cast, family),
    )
    layout = _varied(_nearer(layout, scene, request.cast, frame), scene, frame)
    if family == "ancient tree" and scene.shot in (Shot.MEDIUM, Shot.ESTABLISHING):
        layout = _beside_the_tree(layout, scene, request.cast, frame)
    elif request.side == "right":
        layout = _mirrored(layout, frame.w)
    if hauls_at_a_well(scene, family):  # all of it, and everybody round it, in the picture
        layout = replace(
            layout, adult=min(layout.adult, (0.76, 1.0)[len(scene.cast) < 3] * frame.w)
        )
    stage = Stage(
        frame=frame,
        layout=layout,
        scene=scene,
        style=request.style,
        light=_light(_steady(scene, family), request.seed),
        season=season_of(scene, request.seed),
        seed=request.seed,
        rng=generator("place", request.seed, family, shape),
    )
    sky.place_key(stage)
    PLACES[family](stage)
    lay_named(stage)
    air.ground_fog(stage)
    stage.far_lamps = len(stage.lamps)
    cast = Cast(stage, request.cast, family, past_a_shoulder=request.angle is Angle.OVER_SHOULDER)
    focal = cast.place()
    heads = [box for box in cast.subjects if box.kind == "face"]
    large = [box for box in cast.subjects if box.kind == "thing" and box.height > 0.35]
    clear_of_heads(stage, heads, room=1.3 if cast.shows_a_giant else 0.3, large=large)
    if _BOWED.search(scene.text):
        stage.lamps = [replace(lamp, strength=0.55 * lamp.strength) for lamp in stage.lamps]
    close_to_camera(stage, family)
    if family not in _UNDERGROUND:
        air.weather(stage)
    subjects = [*cast.subjects]
    if stage.landmark is not None:
        subjects.append(_box(stage.landmark, stage))
    focal_point = FocalPoint(
        x=min(1.0, max(0.0, focal[0] / stage.w)), y=min(1.0, max(0.0, focal[1] / stage.h))
    )
    return stage, focal_point, tuple(subjects)


def _box(edges: tuple[float, float, float, float], stage: Stage) -> Box:
    left, right = (min(max(x / stage.w, 0.0), 1.0) for x in (edges[0], edges[2]))
    top, bottom = (min(max(y / stage.h, 0.0), 1.0) for y in (edges[1], edges[3]))
    return Box(kind="thing", x=left, y=top, width=right - left, height=bottom - top)


def _steady(scene: Scene, family: str) -> Scene:
    """Underground all light is from one hole: no feeling changes the sky in it."""
    if family not in _UNDERGROUND:
        return scene
    return scene.model_copy(update={"mood": Mood.MYSTERY, "beat": Beat.RISE})


_HUE = 0.025
"""How far, of the whole circle, a mood may turn the sky's hue from the hour's own."""


def _light(scene: Scene, seed: int) -> Light:
    """The light of a scene: a mood changes its depth and strength, the hour keeps its hue."""
    light = light_of(scene, seed)
    calm = light_of(scene.model_copy(update={"mood": Mood.CALM, "beat": Beat.RISE}), seed)
    steady = (_hue_near(own, usual) for own, usual in zip(light.sky, calm.sky, strict=True))
    zenith, upper, lower, horizon = steady
    return replace(
        light,
        sky=(zenith, upper, lower, horizon),
        haze=_hue_near(light.haze, calm.haze),
        ambient=_hue_near(light.ambient, calm.ambient),
        cloud_light=_hue_near(light.cloud_light, calm.cloud_light),
        cloud_shade=_hue_near(light.cloud_shade, calm.cloud_shade),
    )


def _hue_near(colour: str, usual: str) -> str:
    """``colour`` with its hue turned until it is near that of ``usual``."""

    def parts(tone: str) -> tuple[float, float, float]:
        red, green, blue = (int(tone[k : k + 2], 16) / 255 for k in (1, 3, 5))
        return colorsys.rgb_to_hsv(red, green, blue)

    hue, saturation, value = parts(colour)
    off = (hue - parts(usual)[0] + 0.5) % 1.0 - 0.5
    kept = (parts(usual)[0] + min(max(off, -_HUE), _HUE)) % 1.0
    turned = colorsys.hsv_to_rgb(kept, saturation, value)
    return "#" + "".join(f"{round(255 * part):02x}" for part in turned)


def place_family(scene: Scene) -> str:
    """The drawable place that fits best; a quiet landscape or room when the words are unknown."""
    places = lexicon().places
    found = find(places, scene.place)
    if tree_of(scene) and (found is None or found in _TREES_STAND_IN):
        return "ancient tree"
    if found == "sea cliff" and words_of(scene.action + " " + scene.place) & {
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


def _faces(cast: tuple[CastMember, ...]) -> list[CastMember]:
    return [member for member in cast if member.kind != "object"]


_BETWEEN = frozenset({"giving", "embracing", "hand in hand"})
"""Poses that take two."""


def _all_in_view(scene: Scene, cast: tuple[CastMember, ...], frame: Frame) -> Scene:
    """A close shot of a great animal and somebody small, seen from farther off.

    A narrow frame has no room for both heads and what is between them; nor has a wide one if a
    thing is given or named besides.
    """
    great = sorted(is_beast(m) and not stands_low(m) for m in _faces(cast))
    pose = pose_of(scene.action)
    if scene.shot is Shot.DETAIL and len(great) > 1 and pose in _BETWEEN:
        # What somebody does to somebody is no still life.
        return scene.model_copy(update={"shot": Shot.MEDIUM})
    near = scene.shot is Shot.CLOSE and great == [False, True] and pose != "embracing"
    if near and (frame.w <= frame.h or pose == "giving" or scene.props):
        return scene.model_copy(update={"shot": Shot.MEDIUM})
    return scene


_SAT = re.compile(r"\b(?:sat|sits?|sitting|seated)\b", re.IGNORECASE)


def _drawable(scene: Scene, cast: tuple[CastMember, ...], frame: Frame) -> Scene:
    """A detail shot needs a thing, a close shot somebody; otherwise step back.

    So does a close shot that is about something large, such as a stall.
    """
    things = [*scene.props, *(member.noun for member in cast if member.kind == "object")]
    looked_at = thing_of(things[0]) if things and scene.action.startswith("looking at") else None
    if scene.shot is Shot.DETAIL and not any(is_small(thing_of(words)) for words in things):
        large = any(thing_of(words) for words in things)
        scene = scene.model_copy(update={"shot": Shot.MEDIUM if large else Shot.CLOSE})
    faces = len(_faces(cast))
    most = 3
    if frame.w <= frame.h and not any(is_beast(member) for member in cast):
        most = 2  # a third head would be hidden
    aside = looked_at is not None and not is_small(looked_at)
    if scene.shot is Shot.CLOSE and (not cast or faces > most or aside):
        scene = scene.model_copy(update={"shot": Shot.MEDIUM})
    sits = pose_of(scene.action) == "sitting" and bool(_SAT.search(scene.text))
    if scene.shot is Shot.CLOSE and sits and not any(map(is_beast, cast)):
        scene = scene.model_copy(update={"shot": Shot.MEDIUM})  # near, nobody is seen to sit
    if scene.shot is Shot.CLOSE and tree_of(scene) and lies(scene):
        # Who lies under a tree is seen with it.
        scene = scene.model_copy(update={"shot": Shot.MEDIUM})
    if scene.shot is Shot.MEDIUM and not cast and not scene.props:
        scene = scene.model_copy(update={"shot": Shot.ESTABLISHING})
    return scene


_WHOLE = frozenset({"lying", "kneeling", "sitting", "running", "jumping", "dancing", "falling"})
"""Poses that are not read without the legs."""
_AT_THE_FEET = frozenset({"open sea", "sky", "space", "tower stairs", "ancient tree"})
"""Places built around where the feet are."""


def _can_fill(scene: Scene, cast: tuple[CastMember, ...], family: str) -> int:
    """How many people captions may cross the legs of in a tall frame: one or two, upright, with
    nothing on the ground; else none.
    """
    people = [member.kind in ("woman", "man", "girl", "boy") for member in cast]
    fill = (
        scene.shot in (Shot.MEDIUM, Shot.ESTABLISHING)
        and 1 <= len(people) <= 2
        and all(people)
        and pose_of(scene.action) not in _WHOLE
        and family not in _AT_THE_FEET
        and not lies_about(scene)
        and not shadows_of(scene)
        and not (family in INDOORS and pose_of(scene.action) == "working")
    )
    return len(people) if fill else 0


_TOUCHING = frozenset({"embracing", "hand in hand", "giving", "kneeling", "reaching"})
"""What somebody does with an animal that stands next to them."""


def _stands_tall(scene: Scene, cast: tuple[CastMember, ...], family: str) -> bool:
    """Whether somebody is tall enough to be seen above captions that cross their feet, and small
    animals may be farther back."""
    there = _faces(cast)
    low = [is_beast(member) and stands_low(member) for member in there]
    return (
        not all(map(is_beast, there))  # whose feet are as near their heads as captions are high
        and family not in _AT_THE_FEET
        and not hauls_at_a_well(scene, family)
        and not lies(scene)
        and not shadows_of(scene)
        and not (pose_of(scene.action) == "sitting" and family not in INDOORS)
        and not (
            any(low)
            and (
                all(low)
                or family in INDOORS
                or pose_of(scene.action) in _TOUCHING
                or rests_on(scene)
            )
        )
    )


_FAR_AND_WIDE = re.compile(
    r"\b(?:mountains?|valley|sea|ocean|sky|horizon|hills?|stars|world|land|city|desert|plain|far)\b",
    re.IGNORECASE,
)
"""Where a sentence is about this, small figures in a wide landscape are what it says."""


def _nearer(layout: Layout, scene: Scene, cast: tuple[CastMember, ...], frame: Frame) -> Layout:
    """The camera so near that whoever is in a wide frame is half as high as it."""
    there = _faces(cast)
    wide = frame.w > frame.h and scene.shot in (Shot.MEDIUM, Shot.ESTABLISHING)
    if not wide or not there or _FAR_AND_WIDE.search(scene.text):
        return layout
    tallest = max(
        0.5 if is_beast(one) and stands_low(one) else 1.0 if one.kind in ("woman", "man") else 0.76
        for one in there
    )
    adult = min(max(layout.adult, 0.5 * frame.h / tallest), 1.4 * layout.adult)
    return replace(layout, adult=min(adult, layout.feet - 0.12 * frame.h))


def _varied(layout: Layout, scene: Scene, frame: Frame) -> Layout:
    """The camera a step to the side or nearer from one scene to the next, so that no two are alike."""
    if scene.shot in (Shot.CLOSE, Shot.DETAIL):
        return layout
    step = scene.index % 3 - 1
    nearer = 1 + 0.025 * (scene.index % 4)
    adult = min(layout.adult * nearer, layout.feet - 0.1 * frame.h)
    return replace(
        layout,
        adult=adult,
        subject_x=layout.subject_x + 0.02 * step * frame.w,
        second_x=layout.second_x + 0.02 * step * frame.w,
        landmark_x=layout.landmark_x - 0.05 * step * frame.w,
    )


def _beside_the_tree(
    layout: Layout, scene: Scene, cast: tuple[CastMember, ...], frame: Frame
) -> Layout:
    """The tree whole, always at the same side; the greatest of who is there at the other.

    Between trunk and giant is who is small; in a tall frame, whose crown fills the width, before it.
    """
    most = (0.42 if frame.tall else 0.56) * frame.h  # the tree is the taller
    by_name = {member.name: member for member in cast}
    there = [by_name[name] for name in scene.cast if name in by_name]
    great = [is_beast(one) and not stands_low(one) for one in there]
    trunk, far, near = (
        (0.25, 0.73, 0.5)
        if frame.w > frame.h
        else (0.45, 0.72, 0.2)
        if frame.tall
        else (0.33, 0.76, 0.48)
    )
    swapped = len(great) > 1 and great[1] and not great[0]
    first, second = (near, far) if swapped else (far, near)
    return replace(
        layout,
        adult=min(layout.adult, most),
        landmark_x=trunk * frame.w,
        subject_x=first * frame.w,
        second_x=second * frame.w,
    )


def _mirrored(layout: Layout, width: float) -> Layout:
    return replace(
        layout,
        subject_x=width - layout.subject_x,
        second_x=width - layout.second_x,
        landmark_x=width - layout.landmark_x,
    )


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
