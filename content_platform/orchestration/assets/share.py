"""SHARE: what leaves the workshop. Publishing begins from a finished story."""

import dagster as dg

from content_platform.captions.models import CaptionTrack
from content_platform.imagery.models import Thumbnail
from content_platform.orchestration import show
from content_platform.orchestration.partitions import stories
from content_platform.runtime import Runtime
from content_platform.stories.models import Brief, PublishMetadata, Story, StoryStatus
from content_platform.video.models import FinishedStory, Video
from content_platform.video.production import finish


@dg.asset(partitions_def=stories, group_name="share", kinds={"postgres"})
def finished_story(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    brief: Brief,
    story: list[Story],
    captions: list[CaptionTrack],
    videos: list[Video],
    thumbnails: list[Thumbnail],
    publish_metadata: list[PublishMetadata],
) -> FinishedStory:
    """Everything is there and checked: the story is marked ready for distribution."""
    ready = finish(
        brief,
        story,
        captions,
        videos,
        thumbnails,
        publish_metadata,
        cost=runtime.pipeline.story_cost(context.partition_key).usd,
        clock=runtime.clock,
        previous=runtime.records.load(FinishedStory, context.partition_key),
    )
    runtime.register.set_status(context.partition_key, StoryStatus.FINISHED, title=ready.title)
    context.add_output_metadata(show.finished(ready))
    return ready
