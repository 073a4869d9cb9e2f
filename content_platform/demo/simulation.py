"""The whole loop on a simulated clock: plan, tell, judge, clear, publish, measure, learn, day by day.

Dagster's daemon knows no simulated clock, so the days call the pure planners and the domain functions
directly; the learner reads the same SQL views that dbt makes for everyone. Its twin is the same
world (audience, slots, seed) in which nobody learns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from content_platform.demo.clock import SimulatedClock
from content_platform.demo.rehearsal import rehearse
from content_platform.metrics.collect import collect_days
from content_platform.metrics.due import SETTLING_DAYS
from content_platform.publishing.sharing import share
from content_platform.runtime import Runtime
from content_platform.steering.models import (
    CadenceConfig,
    ChannelConfig,
    ConfigVersion,
    OptimizerConfig,
    Slot,
)
from content_platform.steering.outcomes import OutcomeRow, load_outcomes
from content_platform.steering.parameters import apply_changes
from content_platform.steering.turn import take_turn
from content_platform.vocabulary import Platform

SLOTS = ("07:30", "12:30", "16:30", "20:30")
"""Four stories a day and channel, so that a month is enough to learn from."""
MEASURING_AT = timedelta(hours=9)
AFTERMATH_DAYS = 6
"""After the last story, so that its first three days are reported and revised."""
MARTS_EVERY_DAYS = 10
PLANTER = "demo"
PLANTED_AFTER = 0.4
"""The share of the days after which the bad version is planted."""
BAD = {"narration.speed": 1.4, "music.level_db": -6.0, "narration.pause_between_scenes_s": 2.0}


@dataclass(frozen=True)
class Story:
    """What one story came to. ``day`` is days since the start, with the time of day."""

    story_id: str
    day: float
    version: int
    objective: float
    """Watched seconds per impression over its first three days."""
    watch_seconds: float
    revenue_usd: float


@dataclass(frozen=True)
class ChannelRun:
    """One channel's month: its stories in order, and its config versions, the first one first."""

    channel: str
    title: str
    stories: tuple[Story, ...]
    versions: tuple[ConfigVersion, ...]


@dataclass(frozen=True)
class Run:
    """A simulated stretch of days."""

    start: datetime
    days: int
    learning: bool
    channels: tuple[ChannelRun, ...]
    stories_begun: int
    stories_published: int

    @property
    def objective(self) -> float:
        """Mean watched seconds per impression of all measured stories."""
        values = [story.objective for channel in self.channels for story in channel.stories]
        return sum(values) / len(values) if values else 0.0

    @property
    def rollbacks(self) -> int:
        return sum(
            version.reason.startswith("Back to")
            for channel in self.channels
            for version in channel.versions
        )


def simulate(
    platform: Runtime,
    clock: SimulatedClock,
    *,
    days: int,
    channels: Sequence[str],
    learning: bool,
    plant_in: str | None = None,
    on_day: Callable[[int], None] = lambda _: None,
) -> Run:
    """Live ``days`` days from the clock's day on, with ``platform`` opened on that clock.

    ``plant_in`` names a channel that gets a bad config version along the way. Without ``learning``
    nothing is explored or changed. ``on_day`` is told each day that is over.
    """
    start = clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    platform.warehouse.ensure_views()
    for channel in channels:
        _prepare(platform, channel, learning)
    begun = published = 0
    for day in range(days + AFTERMATH_DAYS):
        midnight = start + timedelta(days=day)
        clock.move_to(midnight)
        if day < days:
            platform.calendar.refresh(platform.configs.channels(), days=1)
        if day > 0:
            clock.move_to(midnight + MEASURING_AT)
            _measure(platform, channels, day)
            if learning and day < days:
                _learn(platform, channels)
        if plant_in and learning and day == round(days * PLANTED_AFTER):
            _plant(platform, plant_in)
        for slot in platform.calendar.upcoming(days=1) if day < days else ():
            clock.move_to(slot.slot_at)
            for story in platform.calendar.start_due(
                clock(), limit=len(channels), room=1000, media=False
            ):
                begun += 1
                published += rehearse(story.story_id, platform)
            _go_on(platform, clock)
        if day % MARTS_EVERY_DAYS == MARTS_EVERY_DAYS - 1:
            platform.warehouse.build(tests=False)
        on_day(day)
    platform.warehouse.build()
    return Run(
        start=start,
        days=days,
        learning=learning,
        channels=tuple(_channel_run(platform, channel, start) for channel in channels),
        stories_begun=begun,
        stories_published=published,
    )


def _prepare(platform: Runtime, channel: str, learning: bool) -> None:
    """Give the channel a cadence, and the optimizer its freedom or none."""
    version = platform.configs.current(channel)
    config = version.config.model_copy(
        update={
            "platforms": (Platform.SANDBOX,),
            "cadence": CadenceConfig(slots=tuple(Slot(time=time) for time in SLOTS)),
            "optimizer": OptimizerConfig(
                mode="auto" if learning else "off", explore=0.8 if learning else 0.0
            ),
        }
    )
    platform.configs.update(
        channel,
        ChannelConfig.model_validate(config.model_dump()),
        author=PLANTER,
        reason="Four stories a day" + (", and the optimizer may act." if learning else "."),
        parent=version.version,
    )


def _measure(platform: Runtime, channels: Sequence[str], day: int) -> None:
    today = platform.clock().date()
    ages = range(1, min(day, SETTLING_DAYS) + 1)
    wanted = [(channel, today - timedelta(days=age)) for channel in channels for age in ages]
    collect_days(platform.database, wanted, platform.metrics_sources, platform.clock())


def _learn(platform: Runtime, channels: Sequence[str]) -> None:
    yesterday = platform.clock().date() - timedelta(days=1)
    for channel in channels:
        platform.optimizer.recommend(channel, yesterday)
        take_turn(channel, optimizer=platform.optimizer, experiments=platform.experiments)


def _plant(platform: Runtime, channel: str) -> None:
    version = platform.configs.current(channel)
    platform.configs.update(
        channel,
        apply_changes(version.config, BAD),
        author=PLANTER,
        reason="Planted: hurried speech, loud music, long gaps. The loop should take it back.",
        parent=version.version,
    )


def _go_on(platform: Runtime, clock: SimulatedClock) -> None:
    """Let the sandbox process what was sent, and finish what waits for it."""
    clock.move_to(clock() + timedelta(minutes=1))
    for story_id in dict.fromkeys(upload.story_id for upload in platform.uploads.due()):
        share(story_id, uploads=platform.uploads, register=platform.register)


def _channel_run(platform: Runtime, channel: str, start: datetime) -> ChannelRun:
    history = platform.configs.history(channel)
    return ChannelRun(
        channel=channel,
        title=history[0].config.title,
        stories=tuple(
            _story(row, start) for row in load_outcomes(platform.database, channel) if row.measured
        ),
        versions=tuple(sorted(history, key=lambda version: version.version)),
    )


def _story(row: OutcomeRow, start: datetime) -> Story:
    return Story(
        story_id=row.story_id,
        day=(row.published_at - start).total_seconds() / 86_400,
        version=row.config_version,
        objective=row.watch_per_impression or 0.0,
        watch_seconds=row.watch_seconds or 0.0,
        revenue_usd=float(row.revenue_usd or 0),
    )
