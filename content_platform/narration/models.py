"""Spoken stories: requests to voices, word timings, the finished narration."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from content_platform.providers.models import CallRequest, Capability
from content_platform.storage.models import MediaRef, Model, Record
from content_platform.vocabulary import Locale


class WordTiming(Model):
    """When one written word is heard. Seconds from the start of the audio it belongs to."""

    text: str
    """The word as written, with its punctuation: ``"10:45,"``; joined by spaces they are the text."""
    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)


class Speech(Model):
    """What a voice returns for one text; the audio is media role ``audio``, mono."""

    duration_s: float
    sample_rate: int
    words: tuple[WordTiming, ...]
    voice: str = ""
    """Whose voice is heard, ``engine/voice``: ``kokoro/bm_george``."""


class SpeakRequest(CallRequest[Speech]):
    """Ask a voice to say a text. In languages without spaces, words are phrases or characters."""

    capability: ClassVar[Capability] = Capability.SPEAK
    output_model: ClassVar[type[Speech]] = Speech

    text: str = Field(min_length=1)
    locale: Locale
    voice: str
    """A voice of the house (``bm_george``): hosted engines speak with their own most like it.

    Or one engine's very voice, ``engine/voice`` (``kokoro/bm_george``), which no other imitates.
    """
    speed: float = Field(default=1.0, ge=0.7, le=1.4)
    lexicon: dict[str, str] = Field(default_factory=dict)


class Transcript(Model):
    """What was heard."""

    text: str
    language: str
    words: tuple[WordTiming, ...] = ()


class TranscribeRequest(CallRequest[Transcript]):
    """Ask what an audio says."""

    capability: ClassVar[Capability] = Capability.TRANSCRIBE
    output_model: ClassVar[type[Transcript]] = Transcript

    audio: MediaRef
    locale: Locale


class SceneSpan(Model):
    """When a scene is on: spans touch, the first starts at 0, the last ends with the audio."""

    scene: int
    start_s: float
    end_s: float


class Narration(Record):
    """A whole story spoken in one language."""

    table: ClassVar[str] = "narrations"
    key: ClassVar[tuple[str, ...]] = ("story_id", "locale")

    story_id: str
    locale: Locale
    audio: MediaRef
    """FLAC, mono, 24 or 48 kHz, at -20 LUFS before mastering."""
    compressed: dict[str, MediaRef]
    """``mp3``, ``aac``, ``opus`` where asked for."""
    duration_s: float
    voice: str
    provider: str
    words: tuple[WordTiming, ...]
    spans: tuple[SceneSpan, ...]
    inputs_sha256: str
