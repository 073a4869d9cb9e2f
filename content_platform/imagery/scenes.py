"""A story's scene images: one drawing per scene, asked of the provider pipeline.

The words for engines that draw from text and the fan-out over scenes belong here; how a picture
is painted belongs to the provider that paints it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from content_platform.errors import DefectiveMedia
from content_platform.imagery.models import DrawRequest, SceneImage
from content_platform.mediatools.convert import PictureKind, compress_picture
from content_platform.providers.models import Capability
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef
from content_platform.stories.models import (
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


def scene_prompt(scene: Scene, cast: Sequence[CastMember], style: ArtStyle) -> str:
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
        _SHOTS[scene.shot],
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
    requests = [draw_request(scene, story, brief) for scene in story.scenes]
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


def draw_request(scene: Scene, story: Story, brief: Brief) -> DrawRequest:
    """What is asked of an illustrator for one scene."""
    cast = tuple(member for member in story.cast if member.name in scene.cast)
    return DrawRequest(
        scene=scene,
        cast=cast,
        style=brief.style,
        formats=brief.formats,
        prompt=scene_prompt(scene, cast, brief.style),
        seed=brief.seed,
    )


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
