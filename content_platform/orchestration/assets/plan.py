"""PLAN: what the next story should be. The brief is the root of every story's graph."""

import dagster as dg

from content_platform.orchestration import show
from content_platform.orchestration.partitions import stories
from content_platform.runtime import Runtime
from content_platform.stories.commission import commission
from content_platform.stories.models import Brief


@dg.asset(partitions_def=stories, group_name="plan", kinds={"postgres"})
def brief(context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime]) -> Brief:
    """What this story should be: the request, settled against one frozen config version."""
    made = commission(
        context.partition_key,
        register=runtime.register,
        configs=runtime.configs,
        records=runtime.records,
    )
    context.add_output_metadata(show.brief(made))
    return made
