"""MAKE: from a brief to finished videos. Text first, then sound and pictures, then what needs both."""

from collections.abc import Sequence

import dagster as dg

from content_platform.captions.models import CaptionTrack
from content_platform.captions.tracks import caption
from content_platform.imagery.models import SceneImage, Thumbnail
from content_platform.imagery.scenes import illustrate
from content_platform.imagery.thumbnails import make_thumbnails
from content_platform.music.models import BackgroundMusic
from content_platform.music.score import score
from content_platform.narration.models import Narration
from content_platform.narration.speech import narrate, words_for_brief
from content_platform.orchestration import show
from content_platform.orchestration.assets.judge import story_gate
from content_platform.orchestration.partitions import stories
from content_platform.runtime import Runtime
from content_platform.stories.metadata import describe
from content_platform.stories.models import Brief, PublishMetadata, Story
from content_platform.stories.telling import tell_in_every_locale
from content_platform.video.models import Video
from content_platform.video.production import produce_videos


def spoken(
    stories: Sequence[Story], narrations: Sequence[Narration]
) -> list[tuple[Story, Narration]]:
    """Each language's text with its narration; nothing of a story that is made without media."""
    by_locale = {text.locale: text for text in stories}
    return [(by_locale[speech.locale], speech) for speech in narrations]


@dg.asset(partitions_def=stories, group_name="write", kinds={"text"})
def story(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime], brief: Brief
) -> list[Story]:
    """The told story, cut into scenes, in each of the brief's languages."""
    told = tell_in_every_locale(
        brief, target_words=words_for_brief(brief), pipeline=runtime.pipeline
    )
    context.add_output_metadata(show.stories(told))
    return told


@dg.asset(partitions_def=stories, group_name="make", kinds={"audio"}, deps=[story_gate])
def narration(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    brief: Brief,
    story: list[Story],
) -> list[Narration]:
    """The story spoken, with the moment of every word."""
    spoken = narrate(
        brief,
        story,
        pipeline=runtime.pipeline,
        media=runtime.media,
        previous=runtime.records.load(Narration, brief.story_id),
        scratch=runtime.settings.scratch_dir,
    )
    context.add_output_metadata(show.narrations(spoken, runtime.media))
    return spoken


@dg.asset(
    partitions_def=stories, group_name="make", kinds={"image"}, deps=[story_gate], pool="render"
)
def scene_images(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    brief: Brief,
    story: list[Story],
) -> list[SceneImage]:
    """One picture a scene and format, drawn from the original language's scenes."""
    drawn = illustrate(
        story[0],
        brief,
        pipeline=runtime.pipeline,
        media=runtime.media,
        workers=runtime.settings.workers,
    )
    context.add_output_metadata(show.scene_images(drawn, runtime.media))
    return drawn


@dg.asset(partitions_def=stories, group_name="make", kinds={"audio"}, deps=[story_gate])
def background_music(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    brief: Brief,
    story: list[Story],
    narration: list[Narration],
) -> list[BackgroundMusic]:
    """Music that follows the story's beats and ends with its last word."""
    scored = [
        score(text, speech, brief, pipeline=runtime.pipeline)
        for text, speech in spoken(story, narration)
    ]
    context.add_output_metadata(show.music(scored, runtime.media))
    return scored


@dg.asset(partitions_def=stories, group_name="make", kinds={"text"})
def captions(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    brief: Brief,
    narration: list[Narration],
) -> list[CaptionTrack]:
    """Captions cut at phrase borders, as SRT, VTT and word-highlighting ASS."""
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


@dg.asset(partitions_def=stories, group_name="make", kinds={"video"}, pool="render")
def videos(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    brief: Brief,
    story: list[Story],
    narration: list[Narration],
    scene_images: list[SceneImage],
    background_music: list[BackgroundMusic],
    captions: list[CaptionTrack],
) -> list[Video]:
    """The finished videos: every format in every language."""
    rendered = produce_videos(
        brief,
        story,
        narration,
        scene_images,
        background_music,
        captions,
        media=runtime.media,
        scratch=runtime.settings.scratch_dir,
        workers=runtime.settings.workers,
        previous=runtime.records.load(Video, brief.story_id),
    )
    context.add_output_metadata(show.videos(rendered, runtime.media))
    return rendered


@dg.asset(partitions_def=stories, group_name="make", kinds={"image"})
def thumbnails(
    context: dg.AssetExecutionContext,
    runtime: dg.ResourceParam[Runtime],
    brief: Brief,
    story: list[Story],
    scene_images: list[SceneImage],
) -> list[Thumbnail]:
    """The stills that invite a click, with a title readable at a glance."""
    before = runtime.records.load(Thumbnail, brief.story_id)
    made = [
        still
        for text in story
        for still in make_thumbnails(
            brief, text, scene_images, media=runtime.media, previous=before
        )
    ]
    context.add_output_metadata(show.thumbnails(made, runtime.media))
    return made


@dg.asset(partitions_def=stories, group_name="make", kinds={"text"})
def publish_metadata(
    context: dg.AssetExecutionContext,
    brief: Brief,
    story: list[Story],
    narration: list[Narration],
) -> list[PublishMetadata]:
    """Title, description, hashtags and chapters for each platform and language."""
    described = [
        described
        for text, speech in zip(story, narration, strict=True)
        for described in describe(
            brief,
            text,
            scene_starts_s=[span.start_s for span in speech.spans],
            duration_s=speech.duration_s,
        )
    ]
    context.add_output_metadata(show.publish_metadata(described))
    return described
