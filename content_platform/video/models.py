"""The timeline a renderer takes, and the video it gives."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from content_platform.captions.layout import Placement
from content_platform.captions.models import Cue
from content_platform.imagery.models import FocalPoint
from content_platform.music.models import Ambience
from content_platform.steering.models import Grade
from content_platform.storage.models import MediaRef, Model, Record
from content_platform.vocabulary import (
    FRAMES_PER_SECOND,
    CaptionStyle,
    Format,
    Locale,
    Transition,
)


class Rect(Model):
    """What the camera sees: pixels of the scene's picture; the format's aspect ratio."""

    x: float
    y: float
    width: float = Field(gt=0)
    height: float = Field(gt=0)


class Layer(Model):
    """A part of a scene nearer than its picture, moving more than it does under the same camera."""

    picture: MediaRef
    """With alpha; as large as the shot's picture, which shows what is behind."""
    depth: float = Field(gt=0, le=1)
    """How much further it moves and grows than the picture: 0.2 is a fifth more."""


class Shot(Model):
    """One picture on screen: frames ``start`` up to, not including, ``end``.

    A shot begins at the first frame of its transition in; neighbours overlap by ``fade_in`` frames.
    The camera goes from one rectangle to the other at a constant, steady pace.
    """

    scene: int
    """Index of the story's scene; -1 for the closing card, -2 for the opening one."""
    picture: MediaRef
    layers: tuple[Layer, ...] = ()
    """From the farthest to the nearest."""
    clip: MediaRef | None = None
    """What plays in place of the picture, of the same size; it begins with the shot."""
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    transition: Transition = Transition.CROSSFADE
    """How it takes over from the shot before."""
    fade_in: int = Field(default=0, ge=0)
    """How many frames that takes; 0 is a cut, whatever the transition."""
    toward: Literal["left", "right", "up", "down"] = "left"
    """Where a wipe, push, page or tear goes."""
    centre: FocalPoint = FocalPoint(x=0.5, y=0.5)
    """Where in the frame an iris opens and a zoom goes."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """Of what is random in the transition: the edge of a tear."""
    camera_from: Rect
    camera_to: Rect


class AudioTrack(Model):
    """Narration or music. ``gain_db`` is applied before ducking and mastering."""

    role: Literal["narration", "music"]
    media: MediaRef
    gain_db: float = 0.0
    start: int = Field(default=0, ge=0)
    """The frame at which it begins, from its own beginning."""
    end: int = Field(gt=0)
    """The frame at which the track is silent, if it has not ended before."""
    fade_out: int = Field(default=0, ge=0)
    """How many frames before ``end`` it begins to fade."""


class OpeningCard(Model):
    """What a video may begin with: a card with words, on screen up to, not including, ``end``.

    The first shot's transition takes over from it.
    """

    title: str
    channel_title: str
    end: int = Field(gt=0)


class ClosingCard(Model):
    """What a video may end with: a card with words, on screen from frame ``start`` to the end."""

    title: str
    channel_title: str
    start: int = Field(gt=0)
    fade_in: int = Field(ge=0)


class LowerThird(Model):
    """A name shown over the picture for a while; it slides in and out within that time."""

    text: str
    start: int = Field(ge=0)
    end: int = Field(gt=0)


class EncodingProfile(Model):
    """How a video is written: what its platforms take, and how much work goes into it."""

    name: str = "universal"
    quality: Literal["fast", "balanced", "best"] = "fast"
    hardware: Literal["never", "auto"] = "never"
    keyframe_frames: int = Field(default=180, ge=15, le=300)
    """The largest distance between two key frames."""
    max_kbps: int = Field(default=20_000, ge=500)
    """The picture's bitrate never exceeds this for longer than a second."""
    audio_kbps: int = Field(default=192, ge=64, le=512)
    audio_hz: int = Field(default=48_000)


class Look(Model):
    """What lies over every picture of a video."""

    grade: Grade = Grade()
    grain: float = Field(default=0.0, ge=0, le=1)
    vignette: float = Field(default=0.0, ge=0, le=1)


class Timeline(Model):
    """Everything a renderer needs for one video, as pure data. Times are frames at ``fps``.

    Shots cover every frame from 0 (or the opening card's transition) to the end (or to the end of
    the closing card's crossfade); two at most are on screen at once. Caption times are seconds that fall on frames.
    """

    format: Format
    frames: int = Field(gt=0)
    fps: int = FRAMES_PER_SECOND
    shots: tuple[Shot, ...] = Field(min_length=1)
    fade_out: int = Field(default=0, ge=0)
    """How many frames the picture takes to fade to black at the end."""
    captions: tuple[Cue, ...] = ()
    locale: Locale
    caption_style: CaptionStyle = CaptionStyle.POP
    caption_place: Placement | None = None
    """Where captions stand; None is where the format has them."""
    accent: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    """Colour of the spoken word, #rrggbb."""
    look: Look = Look()
    lower_third: LowerThird | None = None
    progress_bar: Literal["none", "top", "bottom"] = "none"
    """Where a line in the accent colour grows with the video."""
    audio: tuple[AudioTrack, ...] = ()
    ambience: Ambience | None = None
    """What is heard of the story's places; its seconds begin with the narration's track."""
    opening: OpeningCard | None = None
    closing: ClosingCard | None = None
    encoding: EncodingProfile = EncodingProfile()
    effects: tuple[str, ...] = ()
    """The user's scene effects (``module:function``), in order; only the MoviePy renderer knows them."""

    @model_validator(mode="after")
    def _shots_follow_each_other(self) -> Timeline:
        last_end = self.frames
        if self.closing is not None:
            last_end = self.closing.start + self.closing.fade_in
        first = self.shots[0]
        if self.opening is None and (first.start != 0 or first.fade_in != 0):
            raise ValueError("the first shot must start at frame 0 without a transition")
        if self.opening is not None and first.start != self.opening.end - first.fade_in:
            raise ValueError("the first shot does not begin with its transition from the card")
        if self.shots[-1].end != last_end or last_end > self.frames:
            raise ValueError(
                f"the last shot ends at {self.shots[-1].end}, wanted {last_end} of {self.frames}"
            )
        fades = [shot.fade_in for shot in self.shots[1:]]
        fades.append(self.closing.fade_in if self.closing else 0)
        for shot, fade_out in zip(self.shots, fades, strict=True):
            if shot.end - shot.start < max(1, shot.fade_in + fade_out):
                raise ValueError(f"scene {shot.scene} is shorter than its transitions")
        for before, after in pairwise(self.shots):
            if after.start != before.end - after.fade_in:
                raise ValueError(f"scene {after.scene} does not begin with its transition")
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
