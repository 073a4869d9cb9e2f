"""JUDGE: may this story go on? The verdict is always saved; the gate only lets allowed ones through."""

from collections.abc import Iterator

import dagster as dg

from content_platform.moderation.models import Decision, Verdict
from content_platform.moderation.text import judge_text
from content_platform.orchestration import show
from content_platform.orchestration.partitions import stories
from content_platform.runtime import Runtime
from content_platform.stories.models import Brief, Story, StoryStatus


@dg.asset(partitions_def=stories, group_name="write", kinds={"text"})
def story_verdict(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    brief: Brief,
    story: list[Story],
) -> list[Verdict]:
    """What the house rules say about the text, before anything is paid for."""
    verdicts = [judge_text(text, brief.config.audience, runtime.pipeline) for text in story]
    context.add_output_metadata(show.verdicts(verdicts))
    return verdicts


@dg.asset(partitions_def=stories, group_name="write", output_required=False)
def story_gate(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    story_verdict: list[Verdict],
) -> Iterator[dg.Output[None]]:
    """Opens when every verdict allows the story; otherwise nothing after it runs, and the run ends well."""
    refused = [verdict for verdict in story_verdict if verdict.decision is not Decision.ALLOW]
    if refused:
        reason = show.reasons(refused)
        runtime.register.set_status(context.partition_key, StoryStatus.REJECTED, error=reason)
        context.log.warning(f"{context.partition_key} is rejected: {reason}")
        return
    yield dg.Output(None, metadata={"decision": "allow"})
