"""MAKE: from a told story to finished videos: sound and pictures, their verdict, then what needs both.

Everything here hangs on ``story_gate``, which hands the allowed story on. The brief is the same for
a whole partition: bodies read it (``runtime.brief``) instead of drawing an edge to each asset.
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from content_platform.captions.models import CaptionTrack
from content_platform.captions.tracks import caption
from content_platform.imagery.models import SceneImage, Thumbnail
from content_platform.imagery.scenes import illustrate
from content_platform.imagery.thumbnails import make_thumbnails
from content_platform.music.models import BackgroundMusic
from content_platform.music.score import score
from content_platform.narration.checks import hear
from content_platform.narration.models import Narration
from content_platform.narration.speech import narrate
from content_platform.orchestration import show
from content_platform.orchestration.deferral import deferrable
from content_platform.orchestration.partitions import stories
from content_platform.runtime import Runtime
from content_platform.stories.metadata import describe
from content_platform.stories.models import PublishMetadata, Story, StoryStatus
from content_platform.video.models import FinishedStory, Video
from content_platform.video.production import finish, produce_videos

ALLOWED_STORY = {"story": dg.AssetIn("story_gate")}


def spoken(
    stories: Sequence[Story], narrations: Sequence[Narration]
) -> list[tuple[Story, Narration]]:
    """Each language's text with its narration; nothing of a story that is made without media."""
    by_locale = {text.locale: text for text in stories}
    return [(by_locale[speech.locale], speech) for speech in narrations]


def _measured(speech: Narration | None) -> dict[str, Any]:
    """When scenes begin and how long it is; nothing known of a story made without media."""
    if speech is None:
        return {}
    return {
        "scene_starts_s": [span.start_s for span in speech.spans],
        "duration_s": speech.duration_s,
    }


@dg.asset(
    partitions_def=stories,
    group_name="make",
    kinds={"audio"},
    ins=ALLOWED_STORY,
    output_required=False,
)
@deferrable
def narration(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime], story: list[Story]
) -> list[Narration]:
    """The story spoken, with the moment of every word."""
    brief = runtime.brief(context.partition_key)
    speeches = narrate(
        brief,
        story,
        pipeline=runtime.pipeline,
        media=runtime.media,
        previous=runtime.records.load(Narration, brief.story_id),
        scratch=runtime.settings.scratch_dir,
    )
    for speech in speeches:
        hear(speech, runtime.pipeline)  # for the check, which could not wait for money
    context.add_output_metadata(show.narrations(speeches, runtime.media))
    return speeches


@dg.asset(
    partitions_def=stories,
    group_name="make",
    kinds={"image"},
    ins=ALLOWED_STORY,
    pool="render",
    output_required=False,
)
@deferrable
def scene_images(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime], story: list[Story]
) -> list[SceneImage]:
    """One picture a scene and format, drawn from the original language's scenes."""
    drawn = illustrate(
        story[0],
        runtime.brief(context.partition_key),
        pipeline=runtime.pipeline,
        media=runtime.media,
        workers=runtime.settings.workers,
    )
    context.add_output_metadata(show.scene_images(drawn, runtime.media))
    return drawn


@dg.asset(partitions_def=stories, group_name="make", kinds={"audio"}, output_required=False)
@deferrable
def background_music(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    narration: list[Narration],
) -> list[BackgroundMusic]:
    """Music that follows the story's beats and ends with its last word."""
    brief = runtime.brief(context.partition_key)
    told = runtime.records.load(Story, brief.story_id)
    scored = [
        score(text, speech, brief, pipeline=runtime.pipeline)
        for text, speech in spoken(told, narration)
    ]
    context.add_output_metadata(show.music(scored, runtime.media))
    return scored


@dg.asset(partitions_def=stories, group_name="make", kinds={"text"})
def captions(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    narration: list[Narration],
) -> list[CaptionTrack]:
    """Captions cut at phrase borders, as SRT, VTT and word-highlighting ASS."""
    brief = runtime.brief(context.partition_key)
    before = {track.locale: track for track in runtime.records.load(CaptionTrack, brief.story_id)}
    tracks = [
        caption(
            speech,
            formats=brief.formats,
            accent=brief.config.look.accent,
            media=runtime.media,
            previous=before.get(speech.locale),
        )
        for speech in narration
    ]
    context.add_output_metadata(show.captions(tracks))
    return tracks


@dg.asset(
    partitions_def=stories,
    group_name="make",
    kinds={"video"},
    pool="render",
    deps=["media_gate"],
)
def videos(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    background_music: list[BackgroundMusic],
    captions: list[CaptionTrack],
) -> list[Video]:
    """The finished videos: every format in every language."""
    brief = runtime.brief(context.partition_key)
    rendered = produce_videos(
        brief,
        runtime.records.load(Story, brief.story_id),
        runtime.records.load(Narration, brief.story_id),
        runtime.records.load(SceneImage, brief.story_id),
        background_music,
        captions,
        media=runtime.media,
        scratch=runtime.settings.scratch_dir,
        workers=runtime.settings.workers,
        previous=runtime.records.load(Video, brief.story_id),
    )
    context.add_output_metadata(show.videos(rendered, runtime.media))
    return rendered


@dg.asset(partitions_def=stories, group_name="make", kinds={"image"}, deps=["media_gate"])
def thumbnails(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> list[Thumbnail]:
    """The stills that invite a click, with a title readable at a glance."""
    brief = runtime.brief(context.partition_key)
    images = runtime.records.load(SceneImage, brief.story_id)
    before = runtime.records.load(Thumbnail, brief.story_id)
    made = [
        still
        for text in runtime.records.load(Story, brief.story_id)
        for still in make_thumbnails(brief, text, images, media=runtime.media, previous=before)
    ]
    context.add_output_metadata(show.thumbnails(made, runtime.media))
    return made


@dg.asset(partitions_def=stories, group_name="make", kinds={"text"}, deps=["media_gate"])
def publish_metadata(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> list[PublishMetadata]:
    """Title, description, hashtags and chapters for each platform and language."""
    brief = runtime.brief(context.partition_key)
    speeches = {speech.locale: speech for speech in runtime.records.load(Narration, brief.story_id)}
    described = [
        entry
        for text in runtime.records.load(Story, brief.story_id)
        for entry in describe(brief, text, **_measured(speeches.get(text.locale)))
    ]
    context.add_output_metadata(show.publish_metadata(described))
    return described


@dg.asset(partitions_def=stories, group_name="make", kinds={"postgres"})
def finished_story(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    videos: list[Video],
    thumbnails: list[Thumbnail],
    publish_metadata: list[PublishMetadata],
) -> FinishedStory:
    """Everything is there and checked: the story is marked ready for distribution."""
    brief = runtime.brief(context.partition_key)
    ready = finish(
        brief,
        runtime.records.load(Story, brief.story_id),
        runtime.records.load(CaptionTrack, brief.story_id),
        videos,
        thumbnails,
        publish_metadata,
        cost=runtime.pipeline.story_cost(brief.story_id).usd,
        clock=runtime.clock,
        previous=runtime.records.load(FinishedStory, brief.story_id),
    )
    runtime.register.set_status(brief.story_id, StoryStatus.FINISHED, title=ready.title)
    context.add_output_metadata(show.finished(ready))
    return ready
