"""A made-up audience with a known best config, for tests of learning: it is not the sandbox's."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from content_platform.steering.exploration import explored_changes
from content_platform.steering.models import (
    ChannelConfig,
    ConfigVersion,
    NarrationConfig,
    OptimizerConfig,
    ParameterValue,
)
from content_platform.steering.outcomes import OutcomeRow
from content_platform.steering.parameters import (
    CATALOGUE,
    NumberParameter,
    apply_changes,
    parameters_of,
)

START = datetime(2026, 1, 1, tzinfo=UTC)


def channel_config(**optimizer: object) -> ChannelConfig:
    return ChannelConfig(
        channel="testing",
        title="Testing",
        genres=("mystery",),
        themes=tuple(f"theme {number}" for number in range(20)),
        narration=NarrationConfig(voices={"en": "any"}),
        optimizer=OptimizerConfig.model_validate({"mode": "auto", **optimizer}),
    )


@dataclass
class Audience:
    """Answers with a logarithm that falls quadratically from the best value of each parameter."""

    best: Mapping[str, ParameterValue]
    strength: float = 0.35
    """The loss of being half a parameter's range away from its best, as a logarithm."""
    noise: float = 0.2
    theme_noise: float = 0.1
    views: int = 400
    seed: int = 0
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(f"audience {self.seed}")

    def liking(self, parameters: Mapping[str, ParameterValue]) -> float:
        total = 0.0
        for path, best in self.best.items():
            parameter, value = CATALOGUE[path], parameters[path]
            if isinstance(parameter, NumberParameter):
                half = (parameter.high - parameter.low) / 2
                total -= self.strength * ((float(value) - float(best)) / half) ** 2
            elif value != best:
                total -= self.strength / 2
        return total

    def outcome(
        self,
        story_id: str,
        config: ChannelConfig,
        version: int,
        published_at: datetime,
        arms: Mapping[str, str] | None = None,
    ) -> OutcomeRow:
        parameters = parameters_of(config)
        theme = self.dice.choice(config.themes)
        themed = random.Random(f"{self.seed} {theme}").gauss(0, self.theme_noise)
        weekday = 0.08 * math.sin(published_at.weekday())
        log = 1.0 + self.liking(parameters) + themed + weekday + self.dice.gauss(0, self.noise)
        watched = math.exp(log + self.dice.gauss(0, math.sqrt(2 / self.views)))
        impressions = self.views * 20
        duration = float(parameters["target_seconds"])
        return OutcomeRow(
            story_id=story_id,
            channel=config.channel,
            config_version=version,
            published_at=published_at,
            weekday=published_at.weekday(),
            hour=published_at.hour,
            age_days=3,
            impressions=impressions,
            views=self.views,
            ctr=0.05,
            watch_seconds=watched * impressions,
            average_view_s=watched * 20,
            completion=min(1.0, watched * 20 / duration),
            watch_per_impression=watched,
            revenue_usd=Decimal(str(round(watched * 0.1, 6))),
            cost_usd=Decimal(0),
            duration_s=duration,
            theme=theme,
            genre="mystery",
            series=None,
            simulated=True,
            complete=True,
            arms=arms or {},
            parameters=parameters,
        )


def version_of(config: ChannelConfig, number: int = 1, **values: object) -> ConfigVersion:
    given = {
        "channel": config.channel,
        "version": number,
        "parent": number - 1 or None,
        "author": "person",
        "reason": "test",
        "config": config,
        "created_at": START,
    }
    return ConfigVersion.model_validate({**given, **values})


BEST: dict[str, ParameterValue] = {
    "target_seconds": 70,
    "narration.speed": 1.05,
    "narration.pause_between_scenes_s": 0.3,
    "music.level_db": -20,
    "look.style": "paper-cut",
    "packaging.title_style": "question",
}


def at(story: int, *, a_day: int) -> datetime:
    return START + timedelta(days=story // a_day, hours=24 / a_day * (story % a_day))


@dataclass
class Life:
    """A channel's life on paper: stories are briefed, tried, published and measured day by day."""

    audience: Audience
    config: ChannelConfig
    a_day: int = 3
    lag_days: int = 3
    rows: list[OutcomeRow] = field(default_factory=list)
    versions: list[ConfigVersion] = field(default_factory=list)
    day: int = 0

    def __post_init__(self) -> None:
        self.versions.append(version_of(self.config))

    def live(self, days: int) -> None:
        """Publish ``days`` days of stories with the config in force."""
        for _ in range(days):
            for number in range(self.a_day):
                moment = START + timedelta(days=self.day, hours=24 / self.a_day * number)
                story_id = f"testing_{moment:%Y%m%d}_{self.audience.seed * 100 + number:04d}"
                tried = explored_changes(story_id, self.config)
                made = apply_changes(self.config, {change.path: change.new for change in tried})
                version = self.versions[-1].version
                self.rows.append(self.audience.outcome(story_id, made, version, moment))
            self.day += 1

    def known(self) -> list[OutcomeRow]:
        """What is measured by now."""
        until = START + timedelta(days=self.day - self.lag_days)
        return [row for row in self.rows if row.published_at < until]

    def change(self, changes: Mapping[str, ParameterValue]) -> None:
        """The next version."""
        self.config = apply_changes(self.config, dict(changes))
        self.versions.append(version_of(self.config, len(self.versions) + 1))

    def liked(self, config: ChannelConfig) -> float:
        """How much more the audience watches than with the first version; a share."""
        now, first = (parameters_of(other) for other in (config, self.versions[0].config))
        return math.exp(self.audience.liking(now) - self.audience.liking(first)) - 1
