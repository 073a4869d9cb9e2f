"""The only assembly of Dagster definitions. Tests and the code location both use it."""

from collections.abc import Mapping
from functools import cache

import dagster as dg

from content_platform.orchestration.assets import clear, judge, make, measure, plan, share, write
from content_platform.orchestration.instance import steps_logger
from content_platform.orchestration.jobs import loop_jobs, story_jobs
from content_platform.orchestration.resources import RuntimeResource, record_io_manager
from content_platform.orchestration.story_checks import story_checks

STORY_STAGES = (plan, write, judge, make, clear)


def build_definitions(*, resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """The whole platform: assets, checks, jobs, schedules and sensors.

    ``resources`` replaces those named in it.
    """
    from content_platform.orchestration.assets import learn
    from content_platform.orchestration.loop_checks import loop_checks
    from content_platform.orchestration.schedules import all_schedules
    from content_platform.orchestration.sensors import all_sensors

    return dg.Definitions(
        assets=dg.load_assets_from_modules([*STORY_STAGES, share, measure, learn]),
        asset_checks=[*story_checks, *loop_checks],
        jobs=[*story_jobs, *loop_jobs],
        schedules=all_schedules,
        sensors=all_sensors,
        resources=_resources(resources),
        executor=dg.in_process_executor,
        loggers=_LOGGERS,
    )


def build_story_definitions(*, resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """Only what makes and publishes a story: for a run in this process.

    Leaves out dagster-dbt, whose loading takes longer than everything else together.
    """
    return dg.Definitions(
        assets=dg.load_assets_from_modules([*STORY_STAGES, share]),
        asset_checks=story_checks,
        jobs=story_jobs,
        resources=_resources(resources),
        executor=dg.in_process_executor,
        loggers=_LOGGERS,
    )


_LOGGERS = {"console": dg.colored_console_logger, "steps": steps_logger}


def _resources(others: Mapping[str, object] | None) -> dict[str, object]:
    return {"runtime": RuntimeResource(), "io_manager": record_io_manager, **(others or {})}


@cache
def asset_names() -> frozenset[str]:
    """The names of all story assets, which are also their steps' names."""
    return frozenset(
        key.to_user_string()
        for asset in dg.load_assets_from_modules([*STORY_STAGES, share])
        if isinstance(asset, dg.AssetsDefinition)
        for key in asset.keys
    )
