"""Uploads and their life, quotas, and the protocol every platform's adapter speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, NamedTuple, Protocol

from pydantic import Field, JsonValue

from content_platform.storage.models import MediaRef, Model, Record
from content_platform.vocabulary import (
    ChannelName,
    Format,
    Locale,
    Platform,
    check_locale,
    check_timezone,
)

DAY_S = 86_400


class UploadState(StrEnum):
    """The life of an upload. Irreversible at the platform from ``processing`` on."""

    PLANNED = "planned"
    DEFERRED = "deferred"
    """Quota, rate window, not yet due or a step that failed: gone on with at ``resume_at``."""
    RESERVED = "reserved"
    """Quota is set aside for it."""
    STARTED = "started"
    """The platform gave a handle; nothing is visible there yet."""
    UPLOADING = "uploading"
    PROCESSING = "processing"
    """The platform was asked to make it a video; with a ``remote_id`` it said that it has it."""
    SCHEDULED = "scheduled"
    """There, and public at ``scheduled_for``."""
    PUBLISHED = "published"
    PUBLISHED_PRIVATE = "published_private"
    """The platform keeps it private (an unaudited project, say)."""
    UNCONFIRMED = "unconfirmed"
    """Nobody knows whether the platform has it: asked before anything else is done."""
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


SETTLED = frozenset(
    {
        UploadState.PUBLISHED,
        UploadState.PUBLISHED_PRIVATE,
        UploadState.FAILED,
        UploadState.WITHDRAWN,
    }
)
"""States that nothing but a person or a withdrawal changes."""


class UploadKey(NamedTuple):
    """Which upload: written ``story/platform/locale/format``."""

    story_id: str
    platform: Platform
    locale: Locale
    format: Format

    @classmethod
    def parse(cls, text: str) -> UploadKey:
        """Read ``story/platform/locale/format``; raise ValueError naming what is wrong."""
        parts = text.split("/")
        if len(parts) != 4:
            raise ValueError(f"upload {text!r} is not of the form story/platform/locale/format")
        story_id, platform, locale, shape = parts
        return cls(story_id, Platform(platform), check_locale(locale), Format(shape))

    def __str__(self) -> str:
        return "/".join(self)


class Upload(Record):
    """One video on one platform in one locale."""

    table: ClassVar[str] = "uploads"
    key: ClassVar[tuple[str, ...]] = ("story_id", "platform", "locale", "format")

    story_id: str
    platform: Platform
    locale: Locale
    format: Format
    channel: ChannelName
    account: str
    state: UploadState = UploadState.PLANNED
    video_sha256: str | None
    """None for a story made without media, which only the sandbox takes."""
    metadata_sha256: str
    idempotency_key: str
    """Sent to the platform where it takes one, and what it is asked for after a doubt."""
    handle: str | None = None
    """The platform's upload session or container, known before anything irreversible."""
    remote_id: str | None = None
    remote_url: str | None = None
    attempts: int = 0
    error: str = ""
    resume_at: datetime | None = None
    """When to go on; None for settled uploads."""
    scheduled_for: datetime | None = None
    planned_at: datetime
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None
    updated_at: datetime

    @property
    def upload(self) -> UploadKey:
        """Its key as one value."""
        return UploadKey(self.story_id, self.platform, self.locale, self.format)


class PublishPackage(Model):
    """Everything a platform gets of one upload."""

    idempotency_key: str
    account: str
    title: str
    description: str
    hashtags: tuple[str, ...]
    chapters: tuple[tuple[float, str], ...]
    """Start in seconds and name."""
    locale: Locale
    format: Format
    duration_s: float
    video: MediaRef | None
    captions: MediaRef | None
    """WebVTT."""
    thumbnail: MediaRef | None
    publish_at: datetime | None
    made_for_kids: bool
    discloses_ai: bool = True
    traits: dict[str, JsonValue] = Field(default_factory=dict)
    """What viewers perceive (pace, look, theme …); only the sandbox's audience reads it."""


class RemoteState(StrEnum):
    """What a platform says of a video."""

    ABSENT = "absent"
    STARTED = "started"
    PROCESSING = "processing"
    """The platform was asked to make it a video; with a ``remote_id`` it said that it has it."""
    SCHEDULED = "scheduled"
    PUBLIC = "public"
    PRIVATE = "private"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RemoteVideo(Model):
    """A video as the platform knows it."""

    state: RemoteState
    remote_id: str | None = None
    url: str | None = None
    published_at: datetime | None = None
    reason: str = ""
    """Why it was refused."""


@dataclass(frozen=True)
class QuotaRule:
    """``units`` of ``bucket`` may be used by one account in each window of ``window_s`` seconds.

    Windows of a day or of several are calendar days of ``timezone``, 23 to 25 hours long where its
    clocks change; shorter ones are counted from midnight there, and none goes beyond the next.
    Raises ValueError for a rule under which no upload could ever go.
    """

    bucket: str
    units: int
    cost: int
    """Units one upload takes."""
    window_s: int
    timezone: str = "UTC"
    """Where the window's day begins (YouTube: America/Los_Angeles)."""

    def __post_init__(self) -> None:
        check_timezone(self.timezone)
        if not 1 <= self.cost <= self.units:
            raise ValueError(
                f"quota {self.bucket!r}: an upload costs {self.cost} of {self.units} units; "
                "the cost must be from 1 to all of them"
            )
        if self.window_s < 1 or (self.window_s > DAY_S and self.window_s % DAY_S):
            raise ValueError(
                f"quota {self.bucket!r}: a window of {self.window_s} s is neither within a day "
                "nor whole days"
            )


class PlatformRefusal(Exception):
    """The platform said no, and nothing was done; ``permanent`` when asking again will not help.

    With ``retry_after_s`` the platform named the time to wait (its own quota, a rate limit, not
    yet time to publish): that is a deferral, not a failed attempt.
    """

    def __init__(
        self, message: str, *, permanent: bool, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after_s = retry_after_s


class PublishingPlatform(Protocol):
    """One platform. Adapters raise PlatformRefusal; any other error leaves the step in doubt.

    ``begin``, ``send`` and ``withdraw`` may be repeated. ``publish`` is irreversible and is only
    called after ``find`` answered ``ABSENT`` or ``STARTED``. Each call gives up by itself in good
    time (the caller waits a minute, for ``send`` half an hour, then takes it for lost).
    """

    @property
    def platform(self) -> Platform: ...

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats it gets when a channel names none."""
        ...

    def quotas(self) -> tuple[QuotaRule, ...]: ...

    def refusal(self, package: PublishPackage) -> str | None:
        """Why it will not take this (no media, not connected, too long), or None."""
        ...

    def begin(self, package: PublishPackage) -> str:
        """Open an upload session and return its handle; nothing is visible yet."""
        ...

    def send(self, handle: str, package: PublishPackage) -> None:
        """Hand over bytes and words."""
        ...

    def publish(self, handle: str, package: PublishPackage) -> RemoteVideo:
        """Make it a video: the irreversible step."""
        ...

    def find(self, idempotency_key: str, handle: str | None) -> RemoteVideo:
        """What the platform knows of this upload.

        ``STARTED`` while the handle can be used and nothing was published with it, ``ABSENT``
        when there is nothing, not even a handle that can be used.
        """
        ...

    def withdraw(self, remote_id: str) -> None:
        """Take the video away; nothing to do when it is away already."""
        ...
