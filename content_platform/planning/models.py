"""The content calendar's slots, series episodes and what makes a story unlike the ones before it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from content_platform.storage.models import Record
from content_platform.vocabulary import ChannelName


class SlotStatus(StrEnum):
    """Where a slot stands. ``started`` has a story; the last two never will."""

    PLANNED = "planned"
    STARTED = "started"
    MISSED = "missed"
    """Nobody started it in time: the platform was down, or planning was refused."""
    CANCELLED = "cancelled"
    """The cadence changed, or the channel is gone."""


class PlannedSlot(Record):
    """A moment at which a channel's story is due."""

    table: ClassVar[str] = "calendar_slots"
    key: ClassVar[tuple[str, ...]] = ("channel", "slot_at")

    channel: ChannelName
    slot_at: datetime
    """When the story is due to be published, UTC."""
    config_version: int
    """The version whose cadence planned it; the story is briefed with the version then in force."""
    series: str | None = None
    """The series whose episode it is; None for a story of its own."""
    status: SlotStatus = SlotStatus.PLANNED
    story_id: str | None = None
    reason: str = ""
    """Why it was missed or cancelled, for people."""
    updated_at: datetime


class Episode(Record):
    """What a series remembers of one of its episodes."""

    table: ClassVar[str] = "episodes"
    key: ClassVar[tuple[str, ...]] = ("story_id",)

    story_id: str
    channel: ChannelName
    series: str
    episode: int = Field(ge=1)
    title: str
    happened: str
    """What happened, in one or two sentences that a later episode can refer to."""
    places: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    created_at: datetime


class Fingerprint(Record):
    """What a story is about and made of, to keep the next ones different."""

    table: ClassVar[str] = "story_fingerprints"
    key: ClassVar[tuple[str, ...]] = ("story_id",)

    story_id: str
    channel: ChannelName
    theme: str
    kernel: str
    """The plot it was told by; empty when the writer does not tell."""
    cast: tuple[str, ...]
    """Each member's name and noun: ``Mara the woman``."""
    look: str
    embedding: tuple[float, ...]
    """Of the text, unit length; empty where no embedding model is installed."""
    nearest: str | None = None
    """The story of the window most like it."""
    overlap: float = 0
    """Share of its 4-word sequences that ``nearest`` has too."""
    similarity: float | None = None
    """Cosine of the embeddings with ``nearest``."""
    created_at: datetime
