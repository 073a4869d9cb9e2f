"""The only assembly of Dagster definitions. Tests and the code locations both use it.

There are two code locations, and Dagster shows them as one graph. dbt stays in one of its own:
loading it costs 4 CPU-seconds, which every run of a story would pay, and a model that does not parse
stops the learning, not the stories.
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

import dagster as dg
from dagster import BetaWarning, PreviewWarning

from content_platform.orchestration.assets import clear, judge, make, measure, plan, share, write
from content_platform.orchestration.instance import steps_logger
from content_platform.orchestration.jobs import learning_jobs, measuring_jobs, story_jobs
from content_platform.orchestration.resources import RuntimeResource, record_io_manager
from content_platform.orchestration.story_checks import story_checks

STORY_STAGES = (plan, write, judge, make, clear, share)


def build_definitions(*, resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """The whole platform: what both code locations hold.

    ``resources`` replaces those named in it.
    """
    shared = _resources(resources)
    return dg.Definitions.merge(
        build_story_definitions(resources=shared), build_learning_definitions(resources=shared)
    )


def build_story_definitions(*, resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """Planning, making, publishing and measuring stories: all but dbt and what is learned."""
    with _quietly():
        from content_platform.orchestration.loop_checks import loop_checks
        from content_platform.orchestration.schedules import plan_the_calendar
        from content_platform.orchestration.sensors import story_sensors

        return dg.Definitions(
            assets=dg.load_assets_from_modules([*STORY_STAGES, measure]),
            asset_checks=[*story_checks, *loop_checks],
            jobs=[*story_jobs, *measuring_jobs],
            schedules=[plan_the_calendar],
            sensors=story_sensors,
            resources=_resources(resources),
            executor=dg.in_process_executor,
            loggers=_LOGGERS,
        )


def build_learning_definitions(*, resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """dbt's marts, the checks on them, advice and config versions."""
    with _quietly():
        from content_platform.orchestration.assets import learn
        from content_platform.orchestration.learning_checks import learning_checks
        from content_platform.orchestration.schedules import refresh_the_marts
        from content_platform.orchestration.sensors import learning_sensors

        return dg.Definitions(
            assets=dg.load_assets_from_modules([learn]),
            asset_checks=learning_checks,
            jobs=learning_jobs,
            schedules=[refresh_the_marts],
            sensors=learning_sensors,
            resources=_resources(resources),
            executor=dg.in_process_executor,
            loggers=_LOGGERS,
        )


@contextmanager
def _quietly() -> Iterator[None]:
    """Without warnings that a feature is new: tests hold those we use, and every process would
    print them again."""
    with warnings.catch_warnings():
        for category in (BetaWarning, PreviewWarning):
            warnings.simplefilter("ignore", category)
        yield


_LOGGERS = {"console": dg.colored_console_logger, "steps": steps_logger}


@cache
def _own_resources() -> dict[str, object]:
    return {"runtime": RuntimeResource(), "io_manager": record_io_manager}


def _resources(others: Mapping[str, object] | None) -> dict[str, object]:
    return {**_own_resources(), **(others or {})}


@cache
def asset_names() -> frozenset[str]:
    """The names of all story assets, which are also their steps' names."""
    return frozenset(
        key.to_user_string()
        for asset in dg.load_assets_from_modules(STORY_STAGES)
        if isinstance(asset, dg.AssetsDefinition)
        for key in asset.keys
    )
