"""JUDGE: may this story go on? Verdicts are always saved; the gates let only allowed ones through.

The text is judged before anything is paid for, pictures and sound before anything is rendered. A
gate that stays shut yields nothing: what comes after it is skipped, and the run ends well.
"""

from collections.abc import Iterator

import dagster as dg

from content_platform.imagery.models import SceneImage
from content_platform.moderation.gate import pass_gate
from content_platform.moderation.media import judge_audio, judge_pictures
from content_platform.moderation.models import Decision, Verdict
from content_platform.moderation.text import judge_text
from content_platform.narration.models import Narration
from content_platform.orchestration import show
from content_platform.orchestration.deferral import deferrable
from content_platform.orchestration.io_manager import AMONG
from content_platform.orchestration.partitions import stories
from content_platform.runtime import Runtime
from content_platform.stories.models import Story


@dg.asset(
    partitions_def=stories,
    group_name="write",
    kinds={"text"},
    metadata={AMONG: {"subject": ["text"]}},
    output_required=False,
)
@deferrable
def story_verdict(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime], story: list[Story]
) -> list[Verdict]:
    """What the house rules say about the text, before anything is paid for."""
    audience = runtime.brief(context.partition_key).config.audience
    verdicts = [judge_text(text, audience, runtime.pipeline) for text in story]
    context.add_output_metadata(show.verdicts(verdicts))
    return verdicts


@dg.asset(partitions_def=stories, group_name="write", output_required=False)
def story_gate(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    story_verdict: list[Verdict],
) -> Iterator[dg.Output[None]]:
    """Hands the story on when its text is allowed; else nothing after it runs, and the run ends well."""
    story_id = context.partition_key
    found = pass_gate(story_id, story_verdict, reviews=runtime.reviews, register=runtime.register)
    if found.decision is Decision.ALLOW:
        told = runtime.records.load(Story, story_id)
        runtime.series_memory.remember(told[0], runtime.brief(story_id))
        yield dg.Output(None, metadata=show.outcome(found))
    else:
        context.log.warning(f"{story_id}: {found.decision}: {'; '.join(found.reasons)}")


@dg.asset(
    partitions_def=stories,
    group_name="make",
    kinds={"text"},
    metadata={AMONG: {"subject": ["pictures", "audio"]}},
    output_required=False,
)
@deferrable
def media_verdict(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    scene_images: list[SceneImage],
    narration: list[Narration],
) -> list[Verdict]:
    """What is seen in the pictures and heard in the narration, judged before anything is rendered."""
    brief = runtime.brief(context.partition_key)
    audience = brief.config.audience
    told = runtime.records.load(Story, brief.story_id)
    verdicts = [
        *judge_pictures(scene_images, brief.locales[0], audience, runtime.pipeline),
        *judge_audio(narration, told, audience, runtime.pipeline),
    ]
    context.add_output_metadata(show.verdicts(verdicts))
    return verdicts


@dg.asset(partitions_def=stories, group_name="make", output_required=False)
def media_gate(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    media_verdict: list[Verdict],
) -> Iterator[dg.Output[None]]:
    """Opens when pictures and sound are allowed; else nothing is rendered, and the run ends well."""
    story_id = context.partition_key
    found = pass_gate(story_id, media_verdict, reviews=runtime.reviews, register=runtime.register)
    if found.decision is Decision.ALLOW:
        yield dg.Output(None, metadata=show.outcome(found))
    else:
        context.log.warning(f"{story_id}: {found.decision}: {'; '.join(found.reasons)}")
