"""Background music: what a composer is asked for, and the finished cue."""

from __future__ import annotations

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
