"""A story's scene images: one drawing per scene, asked of the provider pipeline.

The words for engines that draw from text and the fan-out over scenes belong here; how a picture
is painted belongs to the provider that paints it.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from content_platform.errors import DefectiveMedia
from content_platform.imagery.models import Angle, DrawRequest, SceneImage
from content_platform.mediatools.convert import PictureKind, compress_picture
from content_platform.providers.models import Capability
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef
from content_platform.stories.models import (
    Beat,
    Brief,
    CastMember,
    Scene,
    Shot,
    Story,
    TimeOfDay,
    Weather,
)
from content_platform.telemetry.progress import report
from content_platform.vocabulary import ArtStyle, Mood

_KINDS: tuple[PictureKind, ...] = ("jpeg", "webp", "avif")
_STYLES = {
    ArtStyle.STORYBOOK_LIGHT: "storybook illustration, soft volumetric light, painterly, gentle film grain",
    ArtStyle.PAPER_CUT: "layered paper-cut diorama, soft shadows between paper sheets, visible fibre",
}
_SHOTS = {
    Shot.ESTABLISHING: "wide establishing shot",
    Shot.MEDIUM: "medium shot",
    Shot.CLOSE: "close-up, background out of focus",
    Shot.DETAIL: "macro detail shot, shallow depth of field",
}
_ANGLES = {
    Angle.LEVEL: "",
    Angle.LOW: ", low angle",
    Angle.OVER_SHOULDER: ", over the shoulder of the second person",
}
_TIMES = {
    TimeOfDay.DAWN: "at dawn",
    TimeOfDay.DAY: "in daylight",
    TimeOfDay.DUSK: "at dusk",
    TimeOfDay.NIGHT: "at night",
}
_WEATHERS = {
    Weather.CLEAR: "clear sky",
    Weather.CLOUDS: "cloudy",
    Weather.RAIN: "rain, wet reflections",
    Weather.STORM: "storm, lightning",
    Weather.SNOW: "falling snow",
    Weather.FOG: "fog",
}
_MOODS = {
    Mood.CALM: "calm, quiet colours",
    Mood.MYSTERY: "mysterious, cold light with one warm source",
    Mood.TENDER: "tender, warm light",
    Mood.UPBEAT: "bright and cheerful",
    Mood.EPIC: "epic, dramatic light",
    Mood.SAD: "melancholic, muted colours",
    Mood.PLAYFUL: "playful, lively colours",
    Mood.TENSE: "tense, high contrast",
}


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


def scene_prompt(
    scene: Scene, cast: Sequence[CastMember], style: ArtStyle, angle: Angle = Angle.LEVEL
) -> str:
    """The scene in words for an engine that draws from text; the cast described in full each time,
    because such engines remember nothing from one picture to the next.
    """
    people = []
    for member in cast:
        if member.name in scene.cast:
            seen = ", ".join(member.traits)
            who = f"{member.noun} ({seen})" if seen else member.noun
            kind = (
                ""
                if member.kind in member.noun or member.kind in ("object", "creature")
                else f"{member.kind}, "
            )
            people.append(f"{kind}{who}")
    parts = [
        _SHOTS[scene.shot] + _ANGLES[angle],
        f"{scene.place} {_TIMES[scene.time_of_day]}",
        _WEATHERS[scene.weather],
    ]
    if people:
        parts.append(" and ".join(people) + (f", {scene.action}" if scene.action else ""))
    if scene.props:
        parts.append("with " + ", ".join(scene.props))
    parts.extend((_MOODS[scene.mood], _STYLES[style], "no text, no letters, no watermark"))
    return "; ".join(parts)


def illustrate(
    story: Story,
    brief: Brief,
    *,
    pipeline: Pipeline,
    media: MediaStore,
    workers: int,
    attempt: int = 0,
) -> list[SceneImage]:
    """All scenes of ``story`` in all of ``brief.formats``, ordered by format and scene.

    ``workers`` scenes are drawn at a time. Raises what the pipeline raises; scenes already drawn
    stay in its cache, so that trying again only draws the rest. A brief without media has none.
    """
    if not brief.media:
        return []
    requests = draw_requests(story, brief)
    total = len(requests)
    images: list[SceneImage] = []
    report("scene_images", 0, total)
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="scene") as threads:
        drawings = [
            threads.submit(_one_scene, request, brief, pipeline, media, attempt)
            for request in requests
        ]
        try:
            for done, drawing in enumerate(as_completed(drawings), start=1):
                images.extend(drawing.result())
                report("scene_images", done, total)
        except BaseException:
            for drawing in drawings:
                drawing.cancel()
            raise
    order = {shape: place for place, shape in enumerate(brief.formats)}
    return sorted(images, key=lambda image: (order[image.format], image.scene))


def draw_requests(story: Story, brief: Brief) -> list[DrawRequest]:
    """What is asked of an illustrator for each scene."""
    requests = []
    for scene, view in zip(story.scenes, plan_views(story, brief.seed), strict=True):
        cast = tuple(member for member in story.cast if member.name in scene.cast)
        requests.append(
            DrawRequest(
                scene=scene,
                cast=cast,
                style=brief.style,
                formats=brief.formats,
                angle=view.angle,
                side=view.side,
                prompt=scene_prompt(scene, cast, brief.style, view.angle),
                seed=brief.seed,
            )
        )
    return requests


def _one_scene(
    request: DrawRequest, brief: Brief, pipeline: Pipeline, media: MediaStore, attempt: int
) -> list[SceneImage]:
    result = pipeline.run(
        request,
        story_id=brief.story_id,
        attempt=attempt,
        prefer=brief.config.providers.get(Capability.DRAW, ()),
    )
    images = []
    for shape in brief.formats:
        picture = result.media.get(f"picture-{shape.value}")
        focal_point = result.output.focal_points.get(shape)
        if picture is None or focal_point is None:
            raise DefectiveMedia(
                f"Provider {result.provider} returned no {shape.value} picture of scene {request.scene.index}.",
                remedy="Retry the story, or rank another draw provider first in the channel's config.",
            )
        images.append(
            SceneImage(
                story_id=brief.story_id,
                format=shape,
                scene=request.scene.index,
                picture=picture,
                compressed=_copies(picture, brief.picture_types, media),
                focal_point=focal_point,
                subjects=result.output.subjects.get(shape, ()),
                alt_text=result.output.alt_text,
                provider=result.provider,
            )
        )
    return images


def _copies(picture: MediaRef, kinds: Sequence[str], media: MediaStore) -> dict[str, MediaRef]:
    wanted = [kind for kind in _KINDS if kind in kinds]
    if not wanted:
        return {}
    source = media.local_path(picture)
    copies: dict[str, MediaRef] = {}
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        for kind in wanted:
            target = Path(folder) / f"copy.{kind}"
            compress_picture(source, kind, target)
            copies[kind] = media.put_file(target, f"image/{kind}")
    return copies
