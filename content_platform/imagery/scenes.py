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
from content_platform.imagery.models import DrawRequest, SceneImage
from content_platform.imagery.wording import scene_prompt
from content_platform.mediatools.convert import PictureKind, compress_picture
from content_platform.providers.models import Capability
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef
from content_platform.stories.models import Brief, Scene, Story
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
    stay in its cache, so that trying again only draws the rest. A brief without media has none.
    """
    if not brief.media:
        return []
    total = len(story.scenes)
    images: list[SceneImage] = []
    report("scene_images", 0, total)

    def draw(scene: Scene, references: tuple[MediaRef, ...] = ()) -> list[SceneImage]:
        return _one_scene(
            draw_request(scene, story, brief, references), brief, pipeline, media, attempt
        )

    shown: dict[str, MediaRef] = {}
    first = _introductions(story) if _takes_references(brief) else []
    for done, scene in enumerate(first, start=1):
        drawn = draw(scene, _references(scene, shown))
        for name in scene.cast:
            shown.setdefault(name, drawn[0].picture)
        images.extend(drawn)
        report("scene_images", done, total)
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="scene") as threads:
        drawings = [
            threads.submit(draw, scene, _references(scene, shown))
            for scene in story.scenes
            if scene not in first
        ]
        try:
            for done, drawing in enumerate(as_completed(drawings), start=len(first) + 1):
                images.extend(drawing.result())
                report("scene_images", done, total)
        except BaseException:
            for drawing in drawings:
                drawing.cancel()
            raise
    order = {shape: place for place, shape in enumerate(brief.formats)}
    return sorted(images, key=lambda image: (order[image.format], image.scene))


def draw_request(
    scene: Scene, story: Story, brief: Brief, references: tuple[MediaRef, ...] = ()
) -> DrawRequest:
    """What is asked of an illustrator for one scene."""
    cast = tuple(member for member in story.cast if member.name in scene.cast)
    return DrawRequest(
        scene=scene,
        cast=cast,
        style=brief.style,
        formats=brief.formats,
        prompt=scene_prompt(scene, cast, brief.style, brief.seed),
        seed=brief.seed,
        references=references,
    )


def _takes_references(brief: Brief) -> bool:
    """Whether the channel ranks an engine first that must be shown what it drew before.

    That takes drawing some scenes one after another, so it is not done for engines nobody ranked.
    """
    ranked = brief.config.providers.get(Capability.DRAW, ())
    return bool(ranked) and ranked[0] != EMBEDDED


def _introductions(story: Story) -> list[Scene]:
    """The scenes in which a cast member is first seen; they are drawn first, in order."""
    seen: set[str] = set()
    scenes = []
    for scene in story.scenes:
        if set(scene.cast) - seen:
            scenes.append(scene)
            seen |= set(scene.cast)
    return scenes


def _references(scene: Scene, shown: Mapping[str, MediaRef]) -> tuple[MediaRef, ...]:
    pictures = dict.fromkeys(shown[name] for name in scene.cast if name in shown)
    return tuple(pictures)[:MOST_REFERENCES]


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
