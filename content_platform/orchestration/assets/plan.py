"""PLAN: what the next story should be. The brief is the root of every story's graph."""

import dagster as dg

from content_platform.orchestration import show
from content_platform.orchestration.partitions import stories
from content_platform.planning.commission import commission
from content_platform.runtime import Runtime
from content_platform.stories.models import Brief
from content_platform.video.delivery import unfit_media


@dg.asset(partitions_def=stories, group_name="plan", kinds={"postgres"})
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
