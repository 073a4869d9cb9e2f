"""MEASURE: what platforms report about one channel's day. Any day may be asked for again."""

import dagster as dg

from content_platform.metrics.collect import collect_day, revenue_of
from content_platform.orchestration import show
from content_platform.orchestration.assets.share import published_catalog
from content_platform.orchestration.partitions import channel_day_of, channel_days
from content_platform.runtime import Runtime


@dg.asset(
    partitions_def=channel_days, group_name="measure", kinds={"postgres"}, deps=[published_catalog]
)
def metrics(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> dg.MaterializeResult[None]:
    """Views, watch time, retention and revenue of the channel's videos, as reported so far."""
    channel, day = channel_day_of(context.partition_key)
    collected = collect_day(
        runtime.database, channel, day, runtime.metrics_sources, runtime.clock()
    )
    return dg.MaterializeResult(metadata=show.collections(collected))


@dg.asset(partitions_def=channel_days, group_name="measure", kinds={"postgres"}, deps=[metrics])
def revenue(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> dg.MaterializeResult[None]:
    """What the channel earned that day, by platform: provisional until the platform settles it."""
    channel, day = channel_day_of(context.partition_key)
    return dg.MaterializeResult(metadata=show.revenue(revenue_of(runtime.database, channel, day)))
