"""SHARE: what leaves the house, and the catalogue of what is out there.

``published_catalog`` is where stories end and days begin: the hand-over is rows, not a partition
mapping (Dagster has none from stories to days, and guesses a wrong one).
"""

from collections.abc import Iterator

import dagster as dg

from content_platform.orchestration import show
from content_platform.orchestration.assets.clear import clearance_gate
from content_platform.orchestration.partitions import stories
from content_platform.publishing.register import published_catalog as read_catalog
from content_platform.publishing.sharing import share
from content_platform.runtime import Runtime

WAIT_S = 45.0
"""So long a run waits for a platform that is processing; then a sensor goes on with it later."""


@dg.asset(
    partitions_def=stories,
    group_name="share",
    deps=[clearance_gate],
    pool="upload",
    output_required=False,
)
def uploads(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> Iterator[dg.Output[None]]:
    """One video on one platform, as far as it gets now; what waits is asked again by a sensor."""
    stand = share(
        context.partition_key, uploads=runtime.uploads, register=runtime.register, wait_s=WAIT_S
    )
    if stand:
        yield dg.Output(None, metadata=show.uploads(stand))
    else:
        context.log.warning(f"{context.partition_key} is not finished: there is nothing to publish")


@dg.asset(group_name="share", kinds={"postgres"}, deps=[uploads])
def published_catalog(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> dg.MaterializeResult[None]:
    """Everything ever published, archived stories included, with when it was withdrawn."""
    return dg.MaterializeResult(metadata=show.catalog(read_catalog(runtime.database)))
