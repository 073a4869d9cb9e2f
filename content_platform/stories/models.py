"""A story and everything said about it: the request, the brief, scenes, cast, publish metadata."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from content_platform.providers.models import CallRequest, Capability, Shortage
from content_platform.steering.models import ChannelConfig, ConfigChange, Seconds
from content_platform.storage.models import MediaRef, Model, Record
from content_platform.vocabulary import (
    ArtStyle,
    ChannelName,
    Format,
    Genre,
    Locale,
    Mood,
    Platform,
)

Seed = Annotated[int, Field(ge=0, lt=2**31)]
PictureType = Literal["jpeg", "webp", "avif"]
AudioType = Literal["mp3", "aac", "opus"]

MAX_SCRIPT_WORDS = 2_000
"""About 13 minutes of speech; longer scripts are refused, to be cut into episodes."""


class OwnMedia(Model):
    """A picture or a clip that a person brings, to be shown where a scene would be drawn."""

    name: str = Field(min_length=1, max_length=255)
    """The file's name, for messages. A number it begins with names its scene, from 1."""
    media: MediaRef

    @property
    def is_clip(self) -> bool:
        """Whether it moves."""
        return self.media.mime.startswith("video/")


class StoryRequest(Model):
    """What a person (or the calendar) asked for. Unset fields come from the channel's config."""

    channel: ChannelName
    seed: Seed
    genre: Genre | None = None
    theme: str | None = Field(default=None, min_length=3, max_length=300)
    script: str | None = None
    """The person's own text, already cleaned (``stories.script.read_script``)."""
    script_locale: Locale | None = None
    locales: tuple[Locale, ...] | None = None
    formats: tuple[Format, ...] | None = None
    target_seconds: Seconds | None = None
    max_seconds: Annotated[float, Field(ge=5, le=600)] | None = None
    """Trim the videos to this length, at a sentence border, with a closing frame."""
    voice: str | None = None
    style: ArtStyle | None = None
    picture_types: tuple[PictureType, ...] = ()
    """Also keep each picture as these compressed types."""
    audio_types: tuple[AudioType, ...] = ()
    """Also keep the narration as these compressed types."""
    media: bool = True
    """False makes text and metadata only: a rehearsal, which only the sandbox publishes."""
    own_media: tuple[OwnMedia, ...] = Field(default=(), max_length=500)
    """Pictures and clips shown in place of drawn scenes (``imagery.own_media`` says which where)."""
    publish: bool = False
    """Also publish it on the channel's platforms once it is finished and cleared."""
    series: ChannelName | None = None
    """The channel's series it is an episode of."""
    publish_at: datetime | None = None
    """Not to be public before this moment: its slot in the content calendar."""


class StoryOrigin(StrEnum):
    """Who asked for a story."""

    PERSON = "person"
    CALENDAR = "calendar"
    BATCH = "batch"


class StoryStatus(StrEnum):
    """Where a story stands. A story run ends in one of the last four."""

    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    FAILED = "failed"


class StoryRow(Record):
    """A story as the register knows it: what was asked, where it stands."""

    table: ClassVar[str] = "stories"
    key: ClassVar[tuple[str, ...]] = ("story_id",)

    story_id: str
    channel: ChannelName
    request: StoryRequest
    request_sha256: str
    status: StoryStatus
    title: str = ""
    error: str = ""
    created_at: datetime
    updated_at: datetime
    ready_at: datetime | None = None
    """When it was finished and marked ready for distribution."""
    origin: StoryOrigin = StoryOrigin.PERSON
    batch: str | None = None
    """The batch it was ordered with."""
    queued: bool = False
    """Waits for the daemon to make it; False for one that a person makes in their own process."""
    revision: int = 0
    """Raised each time the daemon shall run it again; part of the run key."""
    attempt: int = 0
    """Raised when its text was refused and is to be told differently."""
    resume_at: datetime | None = None
    """When a deferred story is asked again; None when a person decides."""
    waits_for: Shortage | None = None
    """The call that no budget had room for; the story goes on as soon as one has."""
    archived_at: datetime | None = None
    """When its partition was taken out of the hot window; None while it is live."""


class TimeOfDay(StrEnum):
    DAWN = "dawn"
    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    CLEAR = "clear"
    CLOUDS = "clouds"
    RAIN = "rain"
    STORM = "storm"
    SNOW = "snow"
    FOG = "fog"


class Shot(StrEnum):
    """How near the camera is."""

    ESTABLISHING = "establishing"
    MEDIUM = "medium"
    CLOSE = "close"
    DETAIL = "detail"


class Beat(StrEnum):
    """What a scene does for the story."""

    HOOK = "hook"
    SETUP = "setup"
    RISE = "rise"
    TURN = "turn"
    CLIMAX = "climax"
    ENDING = "ending"


class CastMember(Model):
    """A person, animal or thing that must look the same in every scene."""

    name: str
    """As the text calls it: ``Mara``; or a noun for the unnamed: ``fox``."""
    kind: Literal["woman", "man", "girl", "boy", "animal", "creature", "object"]
    noun: str
    """What it is, in one or two lower-case words: ``lighthouse keeper``, ``fox``, ``clock``."""
    traits: tuple[str, ...] = ()
    """What can be seen: ``old``, ``glowing``, ``red scarf``."""
    later_self_of: str = ""
    """The name of the member whom this one was, years before: the same face, hair and clothes."""


class Scene(Model):
    """A span of narration with one picture and one motion."""

    index: int = Field(ge=0)
    text: str = Field(min_length=1)
    """One or more whole sentences, as written; all scenes' texts joined by a space are the story."""
    place: str
    """Lower-case noun phrase: ``lighthouse``, ``pine forest``, ``city street``."""
    time_of_day: TimeOfDay
    weather: Weather
    mood: Mood
    shot: Shot
    beat: Beat
    cast: tuple[str, ...] = ()
    """Names of cast members to be seen."""
    props: tuple[str, ...] = ()
    """Other things to be seen, lower-case nouns: ``lantern``, ``brass key``."""
    action: str = ""
    """What the first cast member does, one verb phrase: ``climbing stairs``, ``holding a lantern``."""


class Story(Record):
    """One told story in one language."""

    table: ClassVar[str] = "story_texts"
    key: ClassVar[tuple[str, ...]] = ("story_id", "locale")

    story_id: str
    locale: Locale
    title: str
    logline: str
    """One sentence that says what it is about without giving the ending away."""
    genre: Genre
    theme: str
    cast: tuple[CastMember, ...]
    scenes: tuple[Scene, ...] = Field(min_length=1)
    words: int
    kernel: str = ""
    """The plot it was told by; empty when the writer does not tell."""
    written_by: str
    """Provider name, or ``script`` for a person's own text."""

    @property
    def text(self) -> str:
        """The whole narration."""
        return " ".join(scene.text for scene in self.scenes)


class StoryDraft(Model):
    """What a writer returns."""

    title: str
    logline: str
    cast: tuple[CastMember, ...]
    scenes: tuple[Scene, ...] = Field(min_length=1)
    kernel: str = ""
    """The plot it was told by; empty when the writer does not tell."""


class SeriesContext(Model):
    """What an episode has to keep: cast, world, and what happened before."""

    name: str
    title: str
    world: str
    episode: int = Field(ge=1)
    cast: tuple[CastMember, ...]
    happened: tuple[str, ...] = ()
    """Earlier episodes in a sentence or two each, oldest first; the last few only."""
    titles: tuple[str, ...] = ()
    """What those episodes are called, in the same order."""
    places: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    """What earlier episodes left in the world, to be met again."""


class Brief(Record):
    """What this story should be: the request resolved against one config version, and frozen."""

    table: ClassVar[str] = "briefs"
    key: ClassVar[tuple[str, ...]] = ("story_id",)

    story_id: str
    channel: ChannelName
    config_version: int
    config: ChannelConfig
    genre: Genre
    theme: str
    script: str | None
    locales: tuple[Locale, ...]
    """The first one is the story's original language."""
    formats: tuple[Format, ...]
    platforms: tuple[Platform, ...]
    target_seconds: float
    max_seconds: float | None
    voice: str | None
    style: ArtStyle
    seed: Seed
    picture_types: tuple[PictureType, ...]
    audio_types: tuple[AudioType, ...]
    media: bool = True
    own_media: tuple[OwnMedia, ...] = ()
    series: str | None = None
    episode: int | None = None
    attempt: int = 0
    arms: dict[str, str] = Field(default_factory=dict)
    """Experiment id to the arm it was given; ``config`` already has the arms' changes."""
    explored: tuple[ConfigChange, ...] = ()
    """What was made a little differently on purpose, to learn from; in ``config`` already."""
    context: SeriesContext | None = None
    """What the episode has to keep, as it was when it was briefed."""
    avoid_kernels: tuple[str, ...] = ()
    """Plots the channel told lately, newest first, as it was when it was briefed."""
    avoid_names: tuple[str, ...] = ()
    """Names the channel's people had lately."""
    avoid_lines: tuple[str, ...] = ()
    """First and last sentences of what the channel told lately."""


class WriteRequest(CallRequest[StoryDraft]):
    """Ask for a story. ``target_words`` already takes the voice's pace into account."""

    capability: ClassVar[Capability] = Capability.WRITE
    output_model: ClassVar[type[StoryDraft]] = StoryDraft

    locale: Locale
    genre: Genre
    theme: str
    audience: str
    target_words: int = Field(ge=20, le=MAX_SCRIPT_WORDS)
    seed: Seed
    series: SeriesContext | None = None
    avoid_kernels: tuple[str, ...] = ()
    """Plots the channel told lately, newest first; a writer that has others uses one of those."""
    avoid_names: tuple[str, ...] = ()
    """Names the channel's people had lately."""
    avoid_lines: tuple[str, ...] = ()
    """First and last sentences of what the channel told lately."""
    translate: StoryDraft | None = None
    """A finished story to tell in ``locale``, scene by scene; None for a new one."""


class PublishMetadata(Record):
    """Title, description and hashtags for one platform in one language."""

    table: ClassVar[str] = "publish_metadata"
    key: ClassVar[tuple[str, ...]] = ("story_id", "locale", "platform")

    story_id: str
    locale: Locale
    platform: Platform
    title: str
    description: str
    hashtags: tuple[str, ...]
    """Without the # sign."""
    chapters: tuple[tuple[float, str], ...] = ()
    """Start in seconds and name."""
