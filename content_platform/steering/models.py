"""A channel's config and its versions. Config is data: edited as YAML, stored in Postgres, versioned."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from content_platform.providers.models import Capability
from content_platform.storage.models import Model, Record
from content_platform.vocabulary import (
    ArtStyle,
    ChannelName,
    Format,
    Genre,
    Locale,
    Platform,
    language_of,
)

Seconds = Annotated[float, Field(ge=15, le=600)]
Hashtag = Annotated[str, Field(pattern=r"^[^\s#]{2,40}$")]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class NarrationConfig(Model):
    """How the channel sounds. ``speed`` is a factor of the voice's natural pace."""

    voices: dict[Locale, str] = Field(min_length=1)
    speed: float = Field(default=1.0, ge=0.7, le=1.4)
    pause_between_scenes_s: float = Field(default=0.45, ge=0.1, le=2.0)
    lexicon: dict[str, str] = Field(default_factory=dict, max_length=500)
    """Words the voice says wrongly, with a spelling it says rightly: ``{"Zoë": "Zoh-ee"}``."""


class LookConfig(Model):
    """How the channel looks."""

    style: ArtStyle = ArtStyle.STORYBOOK_LIGHT
    accent: Colour = "#ffc857"
    """Colour of the spoken word in captions and of the thumbnail's key word."""


class MusicConfig(Model):
    """``level_db`` is the music's loudness against the narration, before ducking."""

    source: Literal["auto", "composer", "library"] = "auto"
    level_db: float = Field(default=-16, ge=-40, le=-6)


class ChannelConfig(Model):
    """Everything that decides what a channel's next story is like."""

    channel: ChannelName
    title: str = Field(min_length=1, max_length=80)
    description: str = Field(default="", max_length=500)
    audience: Literal["general", "kids", "teens", "adults"] = "general"
    genres: tuple[Genre, ...] = Field(min_length=1)
    themes: tuple[str, ...] = Field(min_length=1, max_length=200)
    """What stories may be about when the request names no theme."""
    locales: tuple[Locale, ...] = Field(default=("en",), min_length=1)
    formats: tuple[Format, ...] = Field(default=tuple(Format), min_length=1)
    platforms: tuple[Platform, ...] = Field(default=tuple(Platform), min_length=1)
    target_seconds: Seconds = 45
    narration: NarrationConfig
    look: LookConfig = LookConfig()
    music: MusicConfig = MusicConfig()
    hashtags: tuple[Hashtag, ...] = Field(default=(), max_length=20)
    providers: dict[Capability, tuple[str, ...]] = Field(default_factory=dict)
    """Ranking by capability; providers not named come after, embedded ones last."""
    story_budget_usd: Decimal = Field(default=Decimal("2.00"), ge=0, le=1000)

    @model_validator(mode="after")
    def _every_locale_has_a_voice(self) -> ChannelConfig:
        known = {language_of(locale) for locale in self.narration.voices}
        missing = [locale for locale in self.locales if language_of(locale) not in known]
        if missing:
            raise ValueError(
                f"narration.voices has no voice for {', '.join(missing)}: add one per locale"
            )
        return self


class ConfigVersion(Record):
    """One immutable version of a channel's config."""

    table: ClassVar[str] = "config_versions"
    key: ClassVar[tuple[str, ...]] = ("channel", "version")

    channel: ChannelName
    version: int = Field(ge=1)
    parent: int | None = None
    author: str
    reason: str
    config: ChannelConfig
    created_at: datetime
