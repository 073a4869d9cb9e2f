"""CLEAR: the one gate before anything leaves. Under which terms it was made, and may it be published?

The clearance is bound to the videos' bytes, the words and the policy. The gate here only spares
work: what publishes asks for the clearance again, inside its own transaction.
"""

from collections.abc import Iterator

import dagster as dg

from content_platform.governance.clearance import read_case
from content_platform.governance.clearing import decide_clearances
from content_platform.governance.evidence import gather
from content_platform.governance.models import Clearance, LicenceEvidence
from content_platform.moderation.models import Decision
from content_platform.orchestration import show
from content_platform.orchestration.partitions import stories
from content_platform.runtime import Runtime
from content_platform.video.models import FinishedStory


@dg.asset(partitions_def=stories, group_name="clear", kinds={"postgres"})
def licence_evidence(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    finished_story: FinishedStory,
) -> list[LicenceEvidence]:
    """Under which terms each part was made, as the provider pipeline recorded it."""
    evidence = gather(finished_story.story_id, records=runtime.records, database=runtime.database)
    context.add_output_metadata(show.evidence(evidence))
    return evidence


@dg.asset(partitions_def=stories, group_name="clear", kinds={"postgres"}, deps=[licence_evidence])
def clearance(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> list[Clearance]:
    """May these very videos be published, with these words, on this platform, under today's policy?"""
    given = decide_clearances(
        read_case(context.partition_key, runtime.records),
        reviews=runtime.reviews,
        register=runtime.register,
        now=runtime.clock(),
    )
    context.add_output_metadata(show.clearances(given))
    return given


@dg.asset(partitions_def=stories, group_name="clear", output_required=False)
def clearance_gate(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    clearance: list[Clearance],
) -> Iterator[dg.Output[None]]:
    """Opens when something is cleared; else nothing is uploaded, and the run ends well."""
    if any(given.decision is Decision.ALLOW for given in clearance):
        yield dg.Output(None, metadata=show.clearances(clearance))
    else:
        context.log.warning(f"{context.partition_key}: {show.refusals(clearance)}")
