"""The timeline a renderer takes, and the video it gives."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from content_platform.captions.models import Cue
from content_platform.storage.models import MediaRef, Model, Record
from content_platform.vocabulary import FRAMES_PER_SECOND, Format, Locale


class Rect(Model):
    """What the camera sees: pixels of the scene's picture; the format's aspect ratio."""

    x: float
    y: float
    width: float = Field(gt=0)
    height: float = Field(gt=0)


class Shot(Model):
    """One scene on screen: frames ``start`` up to, not including, ``end``.

    A shot begins at the first frame of its crossfade in; neighbours overlap by ``fade_in`` frames.
    """

    scene: int
    picture: MediaRef
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    fade_in: int = Field(default=0, ge=0)
    camera_from: Rect
    camera_to: Rect


class AudioTrack(Model):
    """Narration or music, laid from time 0. ``gain_db`` is applied before ducking and mastering."""

    role: Literal["narration", "music"]
    media: MediaRef
    gain_db: float = 0.0


class Timeline(Model):
    """Everything a renderer needs for one video, as pure data. Times are frames at 30 fps."""

    format: Format
    frames: int = Field(gt=0)
    fps: int = FRAMES_PER_SECOND
    shots: tuple[Shot, ...] = Field(min_length=1)
    captions: tuple[Cue, ...] = ()
    locale: Locale
    accent: str
    """Colour of the spoken word, #rrggbb."""
    audio: tuple[AudioTrack, ...] = ()
    closing_title: str = ""
    """When not empty, the last ``closing_frames`` are a closing card with these words."""
    closing_frames: int = 0


class Video(Record):
    """One finished video."""

    table: ClassVar[str] = "videos"
    key: ClassVar[tuple[str, ...]] = ("story_id", "locale", "format")

    story_id: str
    locale: Locale
    format: Format
    media: MediaRef
    """MP4: H.264 High, yuv420p, bt709, 30 fps, AAC 48 kHz, moov first."""
    duration_s: float
    frames: int
    loudness_lufs: float
    true_peak_dbtp: float
    render_seconds: float
    inputs_sha256: str


class FinishedStory(Record):
    """Everything of a story that is ready for distribution."""

    table: ClassVar[str] = "finished_stories"
    key: ClassVar[tuple[str, ...]] = ("story_id",)

    story_id: str
    title: str
    videos: int
    thumbnails: int
    duration_s: float
    cost_usd: Decimal
    ready_at: datetime
