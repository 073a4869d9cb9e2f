"""Finished stories as records, without making them: what publishing starts from."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select

from content_platform.governance.clearance import metadata_sha256, policy_in_force
from content_platform.governance.models import Clearance
from content_platform.moderation.models import Decision
from content_platform.steering.models import (
    ChannelConfig,
    ConfigVersion,
    NarrationConfig,
    PublishingConfig,
)
from content_platform.storage.database import Database
from content_platform.storage.models import MediaRef
from content_platform.storage.records import RecordStore
from content_platform.storage.tables import clearances, metadata
from content_platform.stories.models import (
    Beat,
    Brief,
    PublishMetadata,
    Scene,
    Shot,
    Story,
    StoryRequest,
    StoryRow,
    StoryStatus,
    TimeOfDay,
    Weather,
)
from content_platform.video.models import Video
from content_platform.vocabulary import ArtStyle, Format, Genre, Mood, Platform

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CHANNEL = "harbour-tales"


class MovableClock:
    """A clock that only moves when told to."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)


def story_id(number: int, channel: str = CHANNEL) -> str:
    return f"{channel}_20261122_{number:04d}"


def channel_config(channel: str = CHANNEL, **publishing: object) -> ChannelConfig:
    return ChannelConfig(
        channel=channel,
        title="Harbour Tales",
        genres=(Genre.MYSTERY,),
        themes=("a lighthouse",),
        platforms=tuple(Platform),
        narration=NarrationConfig(voices={"en": "bf_emma"}),
        publishing=PublishingConfig.model_validate(publishing),
    )


def finished_story(
    database: Database,
    number: int = 1,
    *,
    config: ChannelConfig | None = None,
    videos: dict[Format, str] | None = None,
    cleared: bool = True,
    publish_at: datetime | None = None,
) -> str:
    """Save a finished story; ``videos`` names the content of each format, none is a rehearsal."""
    config = config or channel_config()
    name = story_id(number, config.channel)
    records = RecordStore(database)
    version = ConfigVersion(
        channel=config.channel, version=1, author="ann", reason="first", config=config,
        created_at=START,
    )  # fmt: skip
    if not records.find(ConfigVersion, channel=config.channel):
        records.put(version)
    records.put(
        StoryRow(
            story_id=name,
            channel=config.channel,
            request=StoryRequest(
                channel=config.channel, seed=number, media=bool(videos), publish_at=publish_at
            ),
            request_sha256=sha256(name),
            status=StoryStatus.RUNNING,
            created_at=START,
            updated_at=START,
        )
    )
    records.put(
        Brief(
            story_id=name,
            channel=config.channel,
            config_version=1,
            config=config,
            genre=Genre.MYSTERY,
            theme="a lighthouse",
            script=None,
            locales=("en",),
            formats=tuple(videos) if videos else tuple(Format),
            platforms=config.platforms,
            target_seconds=45,
            max_seconds=None,
            voice=None,
            style=ArtStyle.PAPER_CUT,
            seed=number,
            picture_types=(),
            audio_types=(),
            media=bool(videos),
        )
    )
    records.put(told(name))
    for platform in config.publishing.platforms:
        records.put(words(name, platform))
    for shape, content in (videos or {}).items():
        records.put(video(name, shape, content))
    if cleared:
        clear(database, name)
    return name


def told(name: str) -> Story:
    texts = ("The lamp went out.", "Mara climbed the tower in the rain.", "It was never dark.")
    beats = (Beat.HOOK, Beat.RISE, Beat.ENDING)
    return Story(
        story_id=name,
        locale="en",
        title="The Last Lamp",
        logline="A keeper and her light.",
        genre=Genre.MYSTERY,
        theme="a lighthouse",
        cast=(),
        scenes=tuple(
            Scene(
                index=index,
                text=text,
                place="lighthouse",
                time_of_day=TimeOfDay.NIGHT,
                weather=Weather.STORM,
                mood=Mood.TENSE,
                shot=Shot.MEDIUM,
                beat=beat,
            )
            for index, (text, beat) in enumerate(zip(texts, beats, strict=True))
        ),
        words=15,
        kernel="the-lost-light",
        written_by="script",
    )


def words(name: str, platform: Platform, title: str = "The Last Lamp") -> PublishMetadata:
    return PublishMetadata(
        story_id=name,
        locale="en",
        platform=platform,
        title=title,
        description="A keeper and her light. Made with AI.",
        hashtags=("Mystery",),
    )


def video(name: str, shape: Format, content: str) -> Video:
    return Video(
        story_id=name,
        locale="en",
        format=shape,
        media=MediaRef(sha256=sha256(content), size_bytes=len(content), mime="video/mp4"),
        duration_s=42.5,
        frames=1275,
        loudness_lufs=-14,
        true_peak_dbtp=-1,
        render_seconds=1,
        inputs_sha256=sha256(content),
    )


def clear(
    database: Database, name: str, decision: Decision = Decision.ALLOW, *reasons: str
) -> None:
    """Give the story's present videos and words a clearance on each of its platforms."""
    records = RecordStore(database)
    sums = tuple(sorted(each.media.sha256 for each in records.load(Video, name)))
    for entry in records.load(PublishMetadata, name):
        records.put(
            Clearance(
                story_id=name,
                platform=entry.platform,
                locale=entry.locale,
                decision=decision,
                policy_version=policy_in_force(),
                video_sha256=sums,
                metadata_sha256=metadata_sha256(entry),
                reasons=reasons,
                decided_by="policy",
                decided_at=START,
            )
        )


def take_clearance(database: Database, name: str) -> None:
    with database.transaction() as connection:
        connection.execute(delete(clearances).where(clearances.c.story_id == name))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def rows(database: Database, table: str) -> int:
    with database.transaction() as connection:
        found = connection.scalar(
            select(func.count()).select_from(metadata.tables[f"content.{table}"])
        )
    return found or 0
