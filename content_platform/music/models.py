"""Background music: what a composer is asked for, and the finished cue. What a place sounds like."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from content_platform.providers.models import CallRequest, Capability
from content_platform.storage.models import MediaRef, Model, Record
from content_platform.stories.models import Seed
from content_platform.vocabulary import Mood


class Cue(Model):
    """What a composer returns; the audio is media role ``audio``, stereo, 48 kHz."""

    title: str
    duration_s: float
    last_chord_s: float
    """When the last chord sounds: the music ends there, the rest is its tail."""
    attribution: str = ""


class Section(Model):
    """A stretch of the story with one feeling."""

    start_s: float = Field(ge=0)
    mood: Mood
    intensity: float = Field(ge=0, le=1)


class ComposeRequest(CallRequest[Cue]):
    """Ask for a cue whose last chord falls on ``resolve_at_s`` and whose tail ends by ``duration_s``."""

    capability: ClassVar[Capability] = Capability.COMPOSE
    output_model: ClassVar[type[Cue]] = Cue

    mood: Mood
    sections: tuple[Section, ...] = Field(min_length=1)
    duration_s: float = Field(gt=0, le=900)
    resolve_at_s: float = Field(gt=0, le=900)
    source: Literal["auto", "composer", "library"] = "auto"
    seed: Seed


class BackgroundMusic(Record):
    """One story's music for one language (its length follows the narration's)."""

    table: ClassVar[str] = "background_music"
    key: ClassVar[tuple[str, ...]] = ("story_id", "locale")

    story_id: str
    locale: str
    audio: MediaRef
    """FLAC, stereo, 48 kHz, -18 ±2 LUFS before ducking."""
    mood: Mood
    title: str
    provider: str
    duration_s: float
    last_chord_s: float
    attribution: str


class BedSound(StrEnum):
    """What goes on in the background of a place."""

    RAIN = "rain"
    SEA = "sea"
    STREAM = "stream"
    WIND = "wind"
    FIRE = "fire"
    CITY = "city"
    FOREST = "forest"
    NIGHT = "night"
    TRAIN = "train"
    CROWD = "crowd"
    HUM = "hum"
    """Machines and pumps: a ship in space, a laboratory, a cellar."""


class SpotSound(StrEnum):
    """What happens once."""

    DOOR = "door"
    KNOCK = "knock"
    FOOTSTEPS = "footsteps"
    BELL = "bell"
    THUNDER = "thunder"
    SPLASH = "splash"
    BIRD = "bird"
    OWL = "owl"
    CLOCK = "clock"


class Bed(Model):
    """A background sound for a stretch of the story; it fades in and out around its borders."""

    sound: BedSound
    start_s: float = Field(ge=0)
    end_s: float = Field(gt=0)
    level_db: float = Field(default=0.0, ge=-24, le=6)
    """Against the other beds."""
    indoors: bool = False
    """Heard through walls: without its highs."""


class Spot(Model):
    """A single sound at a moment."""

    sound: SpotSound
    at_s: float = Field(ge=0)
    pan: float = Field(default=0.0, ge=-1, le=1)
    """From left to right."""


class Ambience(Model):
    """All that is heard of a story's places, in seconds of its narration."""

    beds: tuple[Bed, ...] = ()
    spots: tuple[Spot, ...] = ()
    level_db: float = Field(default=-16.0, ge=-40, le=-6)
    """Its loudness against the narration, before ducking."""
    seed: Seed
