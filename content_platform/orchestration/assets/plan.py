"""PLAN: when stories are due, and what the next one should be.

``content_calendar`` plans the coming days for every channel; a sensor turns due slots into story
partitions. ``brief`` is the root of a story's own graph.
"""

import dagster as dg

from content_platform.orchestration import show
from content_platform.orchestration.partitions import stories
from content_platform.planning.commission import commission
from content_platform.runtime import Runtime
from content_platform.stories.models import Brief
from content_platform.video.delivery import unfit_media


@dg.asset(group_name="plan", kinds={"postgres"})
def content_calendar(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> dg.MaterializeResult[None]:
    """The slots of the coming 14 days: every channel's cadence, in its own time zone."""
    summary = runtime.calendar.refresh(runtime.configs.channels())
    return dg.MaterializeResult(metadata=show.calendar(summary, runtime.calendar.upcoming()))


@dg.asset(partitions_def=stories, group_name="plan", kinds={"postgres"}, deps=[content_calendar])
def brief(context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime]) -> Brief:
    """What this story should be: the request, settled against one frozen config version."""
    unfit = unfit_media(context.partition_key, records=runtime.records, media=runtime.media)
    if unfit:
        context.log.warning(f"{len(unfit)} files are lost or damaged and are made again")
    made = commission(
        context.partition_key,
        database=runtime.database,
        register=runtime.register,
        configs=runtime.configs,
        records=runtime.records,
        clock=runtime.clock,
    )
    context.add_output_metadata(show.brief(made))
    return made
