"""The only assembly of Dagster definitions. Tests and the code location both use it."""

from collections.abc import Mapping
from functools import cache

import dagster as dg

from content_platform.orchestration.assets import judge, make, plan, share
from content_platform.orchestration.checks import all_checks
from content_platform.orchestration.instance import steps_logger
from content_platform.orchestration.jobs import all_jobs
from content_platform.orchestration.resources import RuntimeResource, record_io_manager
from content_platform.orchestration.sensors import failed_stories


def build_definitions(*, resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """All assets, checks, jobs and sensors; ``resources`` replaces those named in it."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules([plan, make, judge, share]),
        asset_checks=all_checks,
        jobs=all_jobs,
        sensors=[failed_stories],
        resources={
            "runtime": RuntimeResource(),
            "io_manager": record_io_manager,
            **(resources or {}),
        },
        executor=dg.in_process_executor,
        loggers={"console": dg.colored_console_logger, "steps": steps_logger},
    )


@cache
def asset_names() -> frozenset[str]:
    """The names of all assets, which are also their steps' names."""
    return frozenset(
        key.to_user_string()
        for asset in dg.load_assets_from_modules([plan, make, judge, share])
        if isinstance(asset, dg.AssetsDefinition)
        for key in asset.keys
    )
