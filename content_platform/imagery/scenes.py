"""A story's scene images: one drawing per scene, asked of the provider pipeline.

The fan-out over scenes belongs here, and who is shown to whom as a reference; a scene in words is
``wording``'s, and how a picture is painted the provider's that paints it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from content_platform.errors import DefectiveMedia
from content_platform.imagery.illustrator.moment import (
    DIMMED,
    WRAPPED,
    is_wrapped,
    light_returns,
    light_sinks,
)
from content_platform.imagery.models import DrawRequest, PictureLayers, SceneImage
from content_platform.imagery.own_media import own_images
from content_platform.imagery.views import plan_views
from content_platform.imagery.wording import scene_prompt
from content_platform.mediatools.convert import PictureKind, compress_picture
from content_platform.providers.models import Capability
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef
from content_platform.stories.models import Beat, Brief, CastMember, Scene, Story
from content_platform.telemetry.progress import report

_KINDS: tuple[PictureKind, ...] = ("jpeg", "webp", "avif")
EMBEDDED = "illustrator"
"""It knows every cast member's look; other engines are shown how one looked before."""
MOST_REFERENCES = 3


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
    stay in its cache, so that trying again only draws the rest. Scenes that show the person's own
    media are not drawn. A brief without media has none.
    """
    if not brief.media:
        return []
    requests = draw_requests(story, brief)
    total = len(requests)
    images: list[SceneImage] = []
    report("scene_images", 0, total)
    brought = dict(own_images(story, brief, media))
    for own in brought.values():
        images.extend(
            image.model_copy(
                update={"compressed": _copies(image.picture, brief.picture_types, media)}
            )
            for image in own
        )
    apart = brief.config.video.parallax > 0
    requests = [
        request.model_copy(update={"layers": apart})
        for request in requests
        if request.scene.index not in brought
    ]
    report("scene_images", len(brought), total)

    def draw(request: DrawRequest) -> list[SceneImage]:
        return _one_scene(request, brief, pipeline, media, attempt)

    shown: dict[str, MediaRef] = {}
    first = _introductions(requests) if _takes_references(brief) else []
    for done, request in enumerate(first, start=len(brought) + 1):
        drawn = draw(_shown_before(request, shown))
        for name in request.scene.cast:
            shown.setdefault(name, drawn[0].picture)
        images.extend(drawn)
        report("scene_images", done, total)
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="scene") as threads:
        drawings = [
            threads.submit(draw, _shown_before(request, shown))
            for request in requests
            if request not in first
        ]
        try:
            for done, drawing in enumerate(
                as_completed(drawings), start=len(brought) + len(first) + 1
            ):
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
    years_on = False
    wrapped: tuple[str, Scene] | None = None
    dimmed = ""
    for scene, view in zip(story.scenes, plan_views(story, brief.seed), strict=True):
        cast = tuple(member for member in story.cast if member.name in scene.cast)
        years_on = years_on or any(_grown_up(member, story.cast) for member in cast)
        if years_on:
            cast = tuple(map(_aged, cast))
        if wrapped and (scene.time_of_day is not wrapped[1].time_of_day):
            wrapped = None  # another hour, and it lies folded somewhere
        if wrapped:
            cast = tuple(_with(WRAPPED, one) if one.name == wrapped[0] else one for one in cast)
        elif cast and is_wrapped(scene):
            wrapped = scene.cast[0], scene
        if light_returns(scene) or scene.beat is Beat.ENDING:
            dimmed = ""
        elif light_sinks(scene):
            shines = [one.name for one in cast if one.kind in ("animal", "creature")]
            dimmed = next((name for name in scene.cast if name in shines), dimmed)
        cast = tuple(_with(DIMMED, one) if one.name == dimmed else one for one in cast)
        requests.append(
            DrawRequest(
                scene=scene,
                cast=cast,
                style=brief.style,
                formats=brief.formats,
                angle=view.angle,
                side=view.side,
                prompt=scene_prompt(scene, cast, brief.style, brief.seed, view.angle),
                seed=brief.seed,
            )
        )
    return requests


def _grown_up(member: CastMember, cast: Sequence[CastMember]) -> bool:
    """Whether somebody has come back whom the story knew as a child."""
    before = next((one for one in cast if one.name == member.later_self_of), None)
    return before is not None and before.kind in ("girl", "boy") and member.kind != before.kind


def _aged(member: CastMember) -> CastMember:
    """Somebody grown, when a child has grown up: who came back is drawn as told already."""
    if member.kind not in ("woman", "man") or member.later_self_of:
        return member
    return member.model_copy(update={"traits": (*member.traits, "greying")})


def _with(trait: str, member: CastMember) -> CastMember:
    """Somebody as an earlier scene left them: in a blanket, or with their light gone dim."""
    return member.model_copy(update={"traits": (*member.traits, trait)})


def _takes_references(brief: Brief) -> bool:
    """Whether the channel ranks an engine first that must be shown what it drew before.

    That takes drawing some scenes one after another, so it is not done for engines nobody ranked.
    """
    ranked = brief.config.providers.get(Capability.DRAW, ())
    return bool(ranked) and ranked[0] != EMBEDDED


def _introductions(requests: Sequence[DrawRequest]) -> list[DrawRequest]:
    """The scenes in which a cast member is first seen; they are drawn first, in order."""
    seen: set[str] = set()
    first = []
    for request in requests:
        if set(request.scene.cast) - seen:
            first.append(request)
            seen |= set(request.scene.cast)
    return first


def _shown_before(request: DrawRequest, shown: Mapping[str, MediaRef]) -> DrawRequest:
    """``request`` with a picture of each of its members who was drawn already."""
    pictures = dict.fromkeys(shown[name] for name in request.scene.cast if name in shown)
    return request.model_copy(update={"references": tuple(pictures)[:MOST_REFERENCES]})


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
        behind, near = (result.media.get(f"{part}-{shape.value}") for part in ("behind", "near"))
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
                layers=PictureLayers(behind=behind, near=near) if behind and near else None,
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
