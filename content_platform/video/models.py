"""The timeline a renderer takes, and the video it gives."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field, model_validator

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
    """One picture on screen: frames ``start`` up to, not including, ``end``.

    A shot begins at the first frame of its crossfade in; neighbours overlap by ``fade_in`` frames.
    The camera goes from one rectangle to the other at a constant, steady pace.
    """

    scene: int
    """Index of the story's scene; -1 for the closing card."""
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
    end: int = Field(gt=0)
    """The frame at which the track is silent, if it has not ended before."""
    fade_out: int = Field(default=0, ge=0)
    """How many frames before ``end`` it begins to fade."""


class ClosingCard(Model):
    """What a trimmed video ends with: a card with words, on screen from frame ``start`` to the end."""

    title: str
    channel_title: str
    start: int = Field(gt=0)
    fade_in: int = Field(ge=0)


class Timeline(Model):
    """Everything a renderer needs for one video, as pure data. Times are frames at ``fps``.

    Shots cover every frame from 0 to the end (or to the end of the closing card's crossfade);
    two at most are on screen at once. Caption times are seconds that fall on frames.
    """

    format: Format
    frames: int = Field(gt=0)
    fps: int = FRAMES_PER_SECOND
    shots: tuple[Shot, ...] = Field(min_length=1)
    fade_out: int = Field(default=0, ge=0)
    """How many frames the picture takes to fade to black at the end."""
    captions: tuple[Cue, ...] = ()
    locale: Locale
    accent: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    """Colour of the spoken word, #rrggbb."""
    audio: tuple[AudioTrack, ...] = ()
    closing: ClosingCard | None = None

    @model_validator(mode="after")
    def _shots_follow_each_other(self) -> Timeline:
        last_end = self.frames
        if self.closing is not None:
            last_end = self.closing.start + self.closing.fade_in
        if self.shots[0].start != 0 or self.shots[0].fade_in != 0:
            raise ValueError("the first shot must start at frame 0 without a crossfade")
        if self.shots[-1].end != last_end or last_end > self.frames:
            raise ValueError(
                f"the last shot ends at {self.shots[-1].end}, wanted {last_end} of {self.frames}"
            )
        fades = [shot.fade_in for shot in self.shots[1:]]
        fades.append(self.closing.fade_in if self.closing else 0)
        for shot, fade_out in zip(self.shots, fades, strict=True):
            if shot.end - shot.start < max(1, shot.fade_in + fade_out):
                raise ValueError(f"scene {shot.scene} is shorter than its crossfades")
        for before, after in pairwise(self.shots):
            if after.start != before.end - after.fade_in:
                raise ValueError(f"scene {after.scene} does not begin with its crossfade")
        return self


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
