"""What planning's tests share: a clock that is set, a channel made by its file, the register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from content_platform.steering.configs import ChannelConfigs, read_channel_config
from content_platform.steering.models import ChannelConfig, ConfigVersion
from content_platform.storage.database import Database
from content_platform.stories.register import StoryRegister

NOON = datetime(2026, 3, 23, 12, tzinfo=UTC)
"""A Monday, five days before clocks change in Europe."""

CHANNEL = """
channel: {name}
title: Test
genres: [mystery]
themes: [a lamp that will not go out, a door in the sea, two clocks that disagree]
narration:
  voices: {{en: am_michael}}
publishing: {{daily_limit: 1000}}
{more}
"""
TWICE_A_DAY = "cadence: {timezone: Europe/Berlin, slots: [{time: '02:30'}, {time: '18:00'}]}\n"
EVERY_TEN_MINUTES = "cadence: {every_minutes: 10}\n"


class SetClock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


def a_config(name: str = "night", more: str = TWICE_A_DAY) -> ChannelConfig:
    return read_channel_config(CHANNEL.format(name=name, more=more), name="test")


def a_version(config: ChannelConfig, number: int = 1) -> ConfigVersion:
    return ConfigVersion(
        channel=config.channel,
        version=number,
        author="test",
        reason="test",
        config=config,
        created_at=NOON,
    )


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def register(database: Database, clock: SetClock) -> StoryRegister:
    return StoryRegister(database, clock)


@pytest.fixture
def configs(database: Database, clock: SetClock) -> ChannelConfigs:
    return ChannelConfigs(database, clock)


@pytest.fixture
def add_channel(configs: ChannelConfigs) -> Callable[..., ConfigVersion]:
    """Call it with a name and more YAML to add a channel."""

    def add(name: str = "night", more: str = TWICE_A_DAY) -> ConfigVersion:
        return configs.add_channel(a_config(name, more), author="test", reason="test")

    return add


def change(configs: ChannelConfigs, channel: str, **values: object) -> ConfigVersion:
    """The channel's next version, with top-level fields replaced."""
    with configs.changing(channel) as hand:
        data = hand.current.config.model_dump(mode="json") | values
        return hand.set(ChannelConfig.model_validate(data), author="test", reason="test")
