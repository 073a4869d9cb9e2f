"""A data folder with a Dagster instance of its own, and the sensors ticking on it by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import dagster as dg
import yaml

from content_platform.orchestration.build import build_story_definitions
from content_platform.orchestration.instance import open_instance
from content_platform.orchestration.partitions import stories
from content_platform.runtime import Runtime, open_runtime
from content_platform.settings import Settings
from content_platform.steering.configs import read_channel_config
from content_platform.steering.models import ChannelConfig
from content_platform.stories.models import StoryRequest, StoryRow
from content_platform.vocabulary import Format

Tick = dg.SensorResult | dg.SkipReason

FAST_CHANNEL = """
title: Five Minutes
genres: [fantasy]
themes: [a fox in a pine forest, a boy who sells bottled weather, a tailor who sews with moonlight]
target_seconds: 15
formats: ["9x16"]
narration: {voices: {en: bf_emma}}
cadence: {every_minutes: 5, lead_minutes: 15}
publishing: {platforms: [sandbox], daily_limit: 288}
optimizer: {mode: auto}
"""


def channel_config(name: str, **changes: object) -> ChannelConfig:
    """A channel that publishes every five minutes on the sandbox, each story begun 15 before."""
    content = {"channel": name, **yaml.safe_load(FAST_CHANNEL), **changes}
    return read_channel_config(yaml.safe_dump(content), name=name)


@cache
def definitions() -> dg.Definitions:
    return build_story_definitions()


@dataclass
class World:
    """One data folder, opened."""

    settings: Settings
    runtime: Runtime
    instance: dg.DagsterInstance
    cursors: dict[str, str | None] = field(default_factory=dict)

    def channel(self, name: str, **changes: object) -> None:
        """Add a channel, or give it another config."""
        config = channel_config(name, **changes)
        if any(version.channel == name for version in self.runtime.configs.channels()):
            with self.runtime.configs.changing(name) as hand:
                hand.set(config, author="test", reason="test")
        else:
            self.runtime.configs.add_channel(config, author="test", reason="test")
            at_once = dict.fromkeys(Format, 0.0)
            self.runtime.sandbox.configure(name, same_day_metrics=True, processing_s=at_once)

    def rehearsal(self, channel: str, seed: int, **more: object) -> StoryRow:
        """Queue a story of text alone, to be published on the sandbox."""
        request = StoryRequest.model_validate(
            {"channel": channel, "seed": seed, "media": False, "publish": True, **more}
        )
        return self.runtime.register.register(request, queued=True)

    def tick(self, sensor: dg.SensorDefinition) -> Tick:
        """One tick as the daemon does it: partitions and cursor are kept, runs only returned."""
        context = dg.build_sensor_context(
            instance=self.instance, cursor=self.cursors.get(sensor.name), definitions=definitions()
        )
        result = sensor(context)
        assert isinstance(result, Tick)
        if isinstance(result, dg.SensorResult):
            for change in result.dynamic_partitions_requests or ():
                if isinstance(change, dg.AddDynamicPartitionsRequest):
                    self.instance.add_dynamic_partitions(
                        change.partitions_def_name, change.partition_keys
                    )
                else:
                    for key in change.partition_keys:
                        self.instance.delete_dynamic_partition(change.partitions_def_name, key)
            if result.cursor is not None:
                self.cursors[sensor.name] = result.cursor
        return result

    def run(
        self,
        job: str,
        key: str | None = None,
        *,
        resources: dict[str, object] | None = None,
        **how: object,
    ) -> dg.ExecuteInProcessResult:
        """Run a job, or some of its assets, in this process."""
        if key is not None and job in {"make_story", "publish_story"}:
            self.instance.add_dynamic_partitions(str(stories.name), [key])
        wanted = (
            definitions() if resources is None else build_story_definitions(resources=resources)
        )
        return wanted.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            partition_key=key,
            raise_on_error=False,
            **how,  # type: ignore[arg-type]
        )


def runs_of(result: Tick) -> dict[str | None, str | None]:
    """The run keys a tick asked for, by partition."""
    requests = result.run_requests or () if isinstance(result, dg.SensorResult) else ()
    return {request.partition_key: request.run_key for request in requests}


@contextmanager
def opened(settings: Settings) -> Iterator[World]:
    """The world in a data folder; the environment Dagster needs ends with the block."""
    before = dict(os.environ)
    try:
        with open_runtime(settings) as runtime, open_instance(settings) as instance:
            yield World(settings, runtime, instance)
    finally:
        os.environ.clear()
        os.environ.update(before)
