"""What platforms report about published videos, as observed: append-only snapshots."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Protocol

from pydantic import Field

from content_platform.storage.models import Model, Record
from content_platform.vocabulary import ChannelName, Format, Locale, Platform

SETTLED_AFTER_DAYS = 7
"""Numbers last asked for within so many days after their day may still change (dbt: ``settled_after_days``)."""
REPORTING_TIMEZONES = {Platform.YOUTUBE: "America/Los_Angeles"}
"""Where a platform's day begins, when that is not UTC (dbt: ``reporting_day``).

YouTube: https://developers.google.com/youtube/analytics/dimensions (day, Pacific time).
"""

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class DayNumbers(Model):
    """One video's numbers on one day. None is unknown, never zero."""

    impressions: Count | None = None
    views: Count | None = None
    watch_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    likes: Count | None = None
    comments: Count | None = None
    shares: Count | None = None
    subscribers: int | None = None
    """Gained less lost."""
    revenue_usd: Annotated[Decimal, Field(ge=0)] | None = None
    retention: Annotated[tuple[Share, ...], Field(min_length=21, max_length=21)] | None = None
    """Share of viewers still watching at 0 %, 5 %, … 100 % of the video, of that day's views."""
    simulated: bool
    """From the sandbox's audience, not from people."""


class MetricSnapshot(Record):
    """One video's numbers on one day, as a platform reported them at ``observed_at``.

    Late and revised numbers are new snapshots; the newest one of a day is what holds.
    """

    table: ClassVar[str] = "metric_snapshots"
    key: ClassVar[tuple[str, ...]] = (
        "story_id", "platform", "locale", "format", "day", "observed_at",
    )  # fmt: skip
    append_only: ClassVar[bool] = True

    story_id: str
    platform: Platform
    locale: Locale
    format: Format
    day: date
    """In the platform's reporting time zone."""
    observed_at: datetime
    channel: ChannelName
    impressions: int | None
    views: int | None
    watch_seconds: float | None
    likes: int | None
    comments: int | None
    shares: int | None
    subscribers: int | None
    revenue_usd: Decimal | None
    retention: tuple[float, ...] | None
    simulated: bool


class CollectionOutcome(StrEnum):
    REPORTED = "reported"
    EMPTY = "empty"
    """The platform had nothing for the day yet: unknown, not zero."""
    FAILED = "failed"


class MetricCollection(Record):
    """That a channel's day was asked for at one platform, and what came of it.

    Of the latest time, but a day once reported stays so: when the platform has nothing later, or
    cannot be reached, the row keeps what is known and ``error`` says what went wrong.
    """

    table: ClassVar[str] = "metric_collections"
    key: ClassVar[tuple[str, ...]] = ("channel", "day", "platform")

    channel: ChannelName
    day: date
    platform: Platform
    observed_at: datetime
    outcome: CollectionOutcome
    videos_live: int
    """Published by then and not withdrawn."""
    videos_reported: int
    error: str = ""


class PlatformRevenue(Model):
    """What a channel earned on one platform on one day, as far as it is known."""

    platform: Platform
    revenue_usd: Decimal | None
    """None when no video's revenue is known."""
    videos: int
    """With numbers for the day."""
    videos_unknown: int
    """Of these, without a revenue."""
    provisional: bool
    """The platform may still change it: it was last asked within ``SETTLED_AFTER_DAYS``."""
    simulated: bool


class DayRevenue(Model):
    """What a channel earned on one day, by platform."""

    channel: ChannelName
    day: date
    platforms: tuple[PlatformRevenue, ...]

    @property
    def revenue_usd(self) -> Decimal | None:
        """Of all platforms; None when none is known."""
        known = [row.revenue_usd for row in self.platforms if row.revenue_usd is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def provisional(self) -> bool:
        """Some of it may still change, or nothing is known yet."""
        return not self.platforms or any(row.provisional for row in self.platforms)


class MetricsSource(Protocol):
    """Where a platform's numbers come from."""

    @property
    def platform(self) -> Platform: ...

    def day_numbers(
        self, account: str, remote_ids: tuple[str, ...], day: date
    ) -> dict[str, DayNumbers]:
        """Numbers by remote id; a video the platform has no row for is left out."""
        ...
