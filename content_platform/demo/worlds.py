"""Two worlds side by side: one that learns, and its twin that does not; each in its own process.

Each has a data folder and a database of its own, so that nothing of a simulation reaches the real
one. They are thrown-away worlds: their database does not wait for the disk.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from content_platform.demo.chart import Mark, Panel, chart_svg
from content_platform.demo.clock import SimulatedClock
from content_platform.demo.simulation import AFTERMATH_DAYS, PLANTER, ChannelRun, Run, simulate
from content_platform.runtime import open_runtime
from content_platform.settings import Settings
from content_platform.steering.models import ConfigVersion

MEAN_OVER_DAYS = 3


@dataclass(frozen=True)
class World:
    """What to simulate, and where it is kept."""

    data_dir: Path
    start: datetime
    days: int
    channels: tuple[str, ...]
    seed: int
    learning: bool
    plant_in: str | None = None

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=self.data_dir, sandbox_seed=self.seed)


@dataclass(frozen=True)
class Twins:
    """The same days, lived with learning and without."""

    learning: Run
    twin: Run

    @property
    def uplift(self) -> float:
        """By what share the learning world's mean objective is above its twin's."""
        return self.learning.objective / self.twin.objective - 1


def live(world: World, on_day: Callable[[int], None] = lambda _: None) -> Run:
    """Live one world, in this process."""
    clock = SimulatedClock(world.start)
    with open_runtime(world.settings, clock=clock, hosted=False) as platform:
        with platform.database.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.execute(text("ALTER SYSTEM SET synchronous_commit = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        return simulate(
            platform,
            clock,
            days=world.days,
            channels=world.channels,
            learning=world.learning,
            plant_in=world.plant_in,
            on_day=on_day,
        )


def live_as_twins(world: World, on_day: Callable[[int], None] = lambda _: None) -> Twins:
    """Live ``world`` here and its twin, where nobody learns and nothing is planted, beside it."""
    twin = replace(world, data_dir=world.data_dir.with_name("twin"), learning=False, plant_in=None)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as beside:
        other = beside.submit(live, twin)
        return Twins(live(world, on_day), other.result())


def total_days(world: World) -> int:
    """How many days are lived, the quiet ones after the last story included."""
    return world.days + AFTERMATH_DAYS


def draw(twins: Twins) -> str:
    """The chart of what was learned, as SVG."""
    days = twins.learning.days
    beside = {run.channel: run for run in twins.twin.channels}
    panels = [
        Panel(
            title=run.title,
            learning=_daily(run, days),
            twin=_daily(beside[run.channel], days),
            marks=tuple(
                Mark((version.created_at - twins.learning.start).total_seconds() / 86_400,
                     version.version, _kind(version))
                for version in run.versions[2:]
            ),
        )
        for run in twins.learning.channels
    ]  # fmt: skip
    return chart_svg(
        f"What {days} simulated days taught",
        f"Watched seconds per impression of the stories published, mean over {MEAN_OVER_DAYS} days. "
        f"The audience is simulated. All in all {twins.uplift:+.0%}.",
        "watched s / impression",
        panels,
        days,
    )


def _daily(run: ChannelRun, days: int) -> tuple[tuple[float, float], ...]:
    points = []
    for day in range(days):
        near = [
            story.objective
            for story in run.stories
            if day - MEAN_OVER_DAYS / 2 + 0.5 <= story.day < day + MEAN_OVER_DAYS / 2 + 0.5
        ]
        if near:
            points.append((day + 0.5, sum(near) / len(near)))
    return tuple(points)


def _kind(version: ConfigVersion) -> str:
    if version.author == PLANTER:
        return "planted"
    if version.reason.startswith("Back to"):
        return "rollback"
    return "promoted" if "experiment" in version.reason.lower() else "update"
