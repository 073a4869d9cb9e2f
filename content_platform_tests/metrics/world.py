"""A small published world: stories with uploads, what they cost, and a platform that reports late.

Everything is put into the records directly, as the rooms that own them would leave it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from content_platform.metrics.models import DayNumbers
from content_platform.publishing.models import Upload, UploadState
from content_platform.steering.models import ChannelConfig, ConfigVersion
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore
from content_platform.stories.models import Brief, StoryRequest, StoryRow, StoryStatus
from content_platform.vocabulary import ArtStyle, Format, Genre, Platform

FIRST_DAY = date(2026, 8, 3)
"""A Monday."""
CHANNEL = "midnight-tales"


def at(day: date, hour: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def day_after(days: int) -> date:
    return FIRST_DAY + timedelta(days=days)


@dataclass
class World:
    """Channels, stories and uploads in one database."""

    database: Database
    records: RecordStore = field(init=False)

    def __post_init__(self) -> None:
        self.records = RecordStore(self.database)

    def channel(self, name: str = CHANNEL, version: int = 1, **changes: Any) -> ConfigVersion:
        config = ChannelConfig.model_validate(
            {
                "channel": name,
                "title": name.title(),
                "genres": ["mystery"],
                "themes": ["a lighthouse"],
                "narration": {"voices": {"en": "af_heart"}},
                **changes,
            }
        )
        row = ConfigVersion(
            channel=name,
            version=version,
            parent=version - 1 or None,
            author="ann" if version == 1 else "optimizer",
            reason="why not",
            config=config,
            created_at=at(day_after(version - 2)),
        )
        self.records.put(row)
        return row

    def story(
        self,
        number: int,
        published: datetime | None,
        *,
        channel: str = CHANNEL,
        config: ConfigVersion | None = None,
        uploads: tuple[tuple[Platform, Format], ...] = ((Platform.SANDBOX, Format.LANDSCAPE),),
        withdrawn: datetime | None = None,
        cost: Mapping[str, str] | None = None,
        state: UploadState = UploadState.PUBLISHED,
        **brief: Any,
    ) -> str:
        """A story, its brief, its uploads, and cost entries by provider; returns its key."""
        created = published or at(FIRST_DAY)
        story_id = f"{channel}_{created:%Y%m%d}_{number:04d}"
        self.records.put(
            StoryRow(
                story_id=story_id,
                channel=channel,
                request=StoryRequest(channel=channel, seed=number),
                request_sha256=f"{number:064d}",
                status=StoryStatus.FINISHED if published else StoryStatus.REJECTED,
                title=f"Story {number}",
                created_at=created - timedelta(hours=2),
                updated_at=created,
                ready_at=created - timedelta(hours=1) if published else None,
            )
        )
        version = config or self.records.find(ConfigVersion, channel=channel)[-1]
        values: dict[str, Any] = {
            "story_id": story_id,
            "channel": channel,
            "config_version": version.version,
            "config": version.config,
            "genre": Genre.MYSTERY,
            "theme": "a lighthouse",
            "script": None,
            "locales": ("en",),
            "formats": tuple(Format),
            "platforms": (Platform.SANDBOX,),
            "target_seconds": 40.0,
            "max_seconds": None,
            "voice": None,
            "style": ArtStyle.PAPER_CUT,
            "seed": number,
            "picture_types": (),
            "audio_types": (),
            "media": False,
        }
        self.records.put(Brief(**values | brief))
        for platform, shape in uploads if published else ():
            self.records.put(
                Upload(
                    story_id=story_id,
                    platform=platform,
                    locale="en",
                    format=shape,
                    channel=channel,
                    account=channel,
                    state=UploadState.WITHDRAWN if withdrawn else state,
                    video_sha256=None,
                    metadata_sha256="m",
                    idempotency_key=f"{story_id} {platform} {shape}",
                    remote_id=f"{story_id}.{platform}.{shape}",
                    planned_at=created,
                    published_at=published,
                    withdrawn_at=withdrawn,
                    updated_at=created,
                )
            )
        for entry, (provider, amount) in enumerate((cost or {}).items()):
            self.cost(story_id, f"{story_id} {entry}", provider, amount, created)
        return story_id

    def cost(self, story_id: str, key: str, provider: str, amount: str, when: datetime) -> None:
        """One finished call and what it cost."""
        values = {"key": key, "story": story_id, "who": provider, "usd": amount, "at": when}
        with self.database.transaction() as connection:
            for statement in (
                "INSERT INTO content.provider_calls VALUES (:key, :story, 'write', 0, '{}', "
                "'finished', '', :at, 't', 'p', 1, 's', :at, 1, :at, 1, '{}', '{}')",
                "INSERT INTO content.provider_attempts VALUES (:key, 1, :who, 'm', 'repeatable', "
                "0, 'succeeded', '', :at, :at, 1)",
                "INSERT INTO content.cost_entries (call_key, attempt_number, story_id, capability, "
                "provider, amount_usd, basis, at) VALUES (:key, 1, :story, 'write', :who, :usd, "
                "'actual', :at)",
            ):
                connection.execute(text(statement), values)


def chance(*what: object) -> float:
    """Between 0 and 1, the same for the same words."""
    digest = hashlib.blake2b(" ".join(map(str, what)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def numbers(views: int | None = 100, **changes: Any) -> DayNumbers:
    """A day's numbers in round figures: a tenth clicks, and each view lasts twenty seconds."""
    values: dict[str, Any] = {
        "impressions": None if views is None else 10 * views,
        "views": views,
        "watch_seconds": None if views is None else 20.0 * views,
        "likes": 1,
        "comments": 0,
        "shares": 0,
        "subscribers": -1,
        "revenue_usd": None if views is None else Decimal(views) / 1000,
        "retention": tuple(round(1 - point / 25, 4) for point in range(21)),
        "simulated": True,
    }
    return DayNumbers(**values | changes)


@dataclass
class Told:
    """A source that says what it is told to say: numbers by (remote id, day)."""

    platform: Platform = Platform.SANDBOX
    days: dict[tuple[str, date], DayNumbers] = field(default_factory=dict)
    asked: list[tuple[str, tuple[str, ...], date]] = field(default_factory=list)
    broken: Exception | None = None

    def day_numbers(
        self, account: str, remote_ids: tuple[str, ...], day: date
    ) -> dict[str, DayNumbers]:
        self.asked.append((account, remote_ids, day))
        if self.broken:
            raise self.broken
        return {name: self.days[name, day] for name in remote_ids if (name, day) in self.days}

    def say(self, story_id: str, day: date, said: DayNumbers, shape: str = "16x9") -> None:
        self.days[f"{story_id}.{self.platform}.{shape}", day] = said


@dataclass
class Late:
    """A source that is late, rough at first and revised, and loses some days for good.

    What it says depends on its seed, the video, the day and the time of asking only.
    """

    now: datetime
    platform: Platform = Platform.SANDBOX
    seed: int = 1

    def day_numbers(
        self, account: str, remote_ids: tuple[str, ...], day: date
    ) -> dict[str, DayNumbers]:
        return {name: said for name in remote_ids if (said := self._say(name, day)) is not None}

    def _say(self, name: str, day: date) -> DayNumbers | None:
        late = 1 + int(4 * chance(self.seed, "late", name, day))
        if chance(self.seed, "lost", name, day) < 0.05 or self.now < at(day) + timedelta(days=late):
            return None
        views = int(400 * chance(self.seed, "views", name, day))
        if self.now < at(day) + timedelta(days=late + 2):
            views = int(views * (0.9 + 0.2 * chance(self.seed, "rough", name, day)))
        known = chance(self.seed, "known", name, day)
        return numbers(
            views,
            revenue_usd=None if known < 0.2 else Decimal(views) / 700,
            impressions=None if known > 0.9 else 12 * views,
            watch_seconds=round(views * (15 + 10 * known), 3),
            retention=tuple(round((1 - point / 25) ** (1 + known), 4) for point in range(21)),
        )
