"""Pictures: what an illustrator is asked for, scene images, thumbnails."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from content_platform.providers.models import CallRequest, Capability
from content_platform.storage.models import MediaRef, Model, Record
from content_platform.stories.models import CastMember, Scene, Seed
from content_platform.vocabulary import ArtStyle, Format, Locale

OVERSCAN = 1.15
"""Pictures are this much larger than the video in each direction, so that a camera can move."""


def picture_size(shape: Format) -> tuple[int, int]:
    """Width and height in pixels of a scene picture for ``shape``, overscan included; even numbers."""
    width, height = shape.size
    return 2 * round(width * OVERSCAN / 2), 2 * round(height * OVERSCAN / 2)


class Angle(StrEnum):
    """From where the camera looks; how near it is, is the scene's shot."""

    LEVEL = "level"
    LOW = "low"
    """From below: whoever stands there is tall against the sky."""
    OVER_SHOULDER = "over the shoulder"
    """Past the second of the cast, seen from behind, at the first."""


class FocalPoint(Model):
    """Where the eye should rest: fractions of width and height from the top left."""

    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)


class Box(Model):
    """Where something that matters is to be seen: fractions of the picture from the top left."""

    kind: Literal["face", "figure", "thing"]
    """A ``figure`` is a whole person or animal, as far as the picture shows it."""
    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)
    width: float = Field(gt=0, le=1)
    height: float = Field(gt=0, le=1)


class Drawing(Model):
    """What an illustrator returns; media roles are ``picture-<format>``.

    An engine that can also takes it apart if asked: ``near-<format>``, figures and what is before
    them, a PNG with alpha, and ``behind-<format>``, the place with them taken away.
    """

    focal_points: dict[Format, FocalPoint]
    subjects: dict[Format, tuple[Box, ...]] = Field(default_factory=dict)
    """What nothing should be laid over; empty from engines that do not know."""
    alt_text: str


class DrawRequest(CallRequest[Drawing]):
    """Ask for one scene's picture in each format, of ``picture_size(format)`` pixels."""

    capability: ClassVar[Capability] = Capability.DRAW
    output_model: ClassVar[type[Drawing]] = Drawing

    scene: Scene
    cast: tuple[CastMember, ...]
    """The members named in ``scene.cast``."""
    style: ArtStyle
    formats: tuple[Format, ...]
    angle: Angle = Angle.LEVEL
    side: Literal["left", "right"] = "left"
    """Where the first of the cast stands, or the thing lies."""
    prompt: str
    """The scene in words, for engines that draw from text."""
    layers: bool = False
    """Whether a film will move what is near more than what is behind."""
    seed: Seed
    """The same for all scenes of a story, so that cast and world keep their look."""
    references: tuple[MediaRef, ...] = ()
    """Earlier pictures of the story that show this cast, for engines that take such."""


class PictureLayers(Model):
    """A picture taken apart; both parts are as large as the picture."""

    behind: MediaRef
    near: MediaRef
    """With alpha."""


class SceneImage(Record):
    """One scene's picture in one format."""

    table: ClassVar[str] = "scene_images"
    key: ClassVar[tuple[str, ...]] = ("story_id", "format", "scene")

    story_id: str
    format: Format
    scene: int
    picture: MediaRef
    """PNG or JPEG of ``picture_size(format)``."""
    compressed: dict[str, MediaRef]
    focal_point: FocalPoint
    subjects: tuple[Box, ...] = ()
    """What captions and titles should leave free; empty where the provider did not tell."""
    alt_text: str
    provider: str
    clip: MediaRef | None = None
    """What moves in place of ``picture``, of the same size, 30 fps; ``picture`` is a frame of it."""
    layers: PictureLayers | None = None
    """For parallax, where the channel wants it and the engine can."""


class ThumbnailVariant(Model):
    """A further still of a story, to choose instead of the first or to test against it."""

    template: Literal["panel", "label"]
    """``panel``: words in a field of the accent colour; ``label``: on a dark plate in a frame."""
    scene: int
    picture: MediaRef
    """As the first one's."""
    words: str
    contrast: float


class Thumbnail(Record):
    """The still that invites a click."""

    table: ClassVar[str] = "thumbnails"
    key: ClassVar[tuple[str, ...]] = ("story_id", "locale", "format")

    story_id: str
    locale: Locale
    format: Format
    picture: MediaRef
    """JPEG; 1280x720, 1080x1920 or 1080x1080, at most 2 MB (YouTube's limit)."""
    words: str
    """The words on it."""
    contrast: float
    """WCAG contrast ratio of the words against the pixels right behind them, 10th percentile."""
    inputs_sha256: str
    alternatives: tuple[ThumbnailVariant, ...] = ()
    """Others of the same format that differ in picture, words and template."""
