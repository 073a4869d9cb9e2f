"""Making a story's videos: plan, render what changed, store; and marking the story finished.

Where records meet the renderer. What a timeline looks like, or a frame, is decided elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from content_platform.captions.models import CaptionTrack
from content_platform.clock import Clock
from content_platform.errors import BadInput
from content_platform.imagery.models import SceneImage, Thumbnail
from content_platform.mediatools.loudness import Loudness
from content_platform.music.ambience import plan_ambience
from content_platform.music.models import Ambience, BackgroundMusic
from content_platform.narration.models import Narration
from content_platform.storage.media import MediaStore
from content_platform.storage.scratch import OwnedFolder
from content_platform.stories.models import Brief, PublishMetadata, Story
from content_platform.telemetry import progress
from content_platform.video.models import FinishedStory, Timeline, Video
from content_platform.video.moviepy_renderer import effects_sha256
from content_platform.video.renderer import RenderedVideo, render
from content_platform.video.segments import RENDERER_VERSION, SegmentCache
from content_platform.video.timeline import plan_timeline
from content_platform.vocabulary import Format

_PartT = TypeVar("_PartT", Narration, CaptionTrack)


def produce_videos(
    brief: Brief,
    story: Sequence[Story],
    narration: Sequence[Narration],
    images: Sequence[SceneImage],
    music: Sequence[BackgroundMusic],
    captions: Sequence[CaptionTrack],
    *,
    media: MediaStore,
    scratch: Path,
    workers: int,
    previous: Sequence[Video],
) -> list[Video]:
    """One video for each language and format of the brief, in that order.

    A ``previous`` video made from the same inputs whose media is still there is returned as it
    is; of the others, only changed scenes are rendered. A brief without media has none. Raises
    BadInput when a part is missing for a language, DefectiveMedia when a part is unfit,
    StorageUnavailable when the disk is full.
    """
    if not brief.media:
        return []
    timelines = {
        (text.locale, shape): plan_timeline(
            text,
            _of_locale(narration, text.locale, "narration"),
            images,
            next((cue for cue in music if cue.locale == text.locale), None),
            _of_locale(captions, text.locale, "captions"),
            format=shape,
            accent=brief.config.look.accent,
            music_level_db=brief.config.music.level_db,
            ambience=_ambience(brief, text, _of_locale(narration, text.locale, "narration")),
            max_seconds=brief.max_seconds,
            channel_title=brief.config.title,
            video=brief.config.video,
            style=brief.config.look.style,
            platforms=brief.config.publishing.platforms,
        )
        for text in story
        for shape in brief.formats
    }
    made_from = {key: _fingerprint(timeline) for key, timeline in timelines.items()}
    videos = {
        (video.locale, video.format): video
        for video in previous
        if made_from.get((video.locale, video.format)) == video.inputs_sha256
        and media.exists(video.media)
    }
    missing = [key for key in timelines if key not in videos]
    if missing:
        folder = OwnedFolder(scratch)
        try:
            rendered = render(
                [timelines[key] for key in missing],
                media=media,
                scratch=folder.path,
                workers=workers,
                cache=SegmentCache(scratch / "segments"),
            )
            for key, made in zip(missing, rendered, strict=True):
                videos[key] = _video(brief.story_id, key, made, made_from[key], media)
        finally:
            folder.close()
    else:
        progress.report("videos", 1, 1)
    return [videos[key] for key in timelines]


def finish(
    brief: Brief,
    story: Sequence[Story],
    captions: Sequence[CaptionTrack],
    videos: Sequence[Video],
    thumbnails: Sequence[Thumbnail],
    publish_metadata: Sequence[PublishMetadata],
    *,
    cost: Decimal,
    clock: Clock,
    previous: Sequence[FinishedStory],
) -> FinishedStory:
    """The record that all parts are there. A story that was ready before, unchanged, stays as it was.

    Raises BadInput naming the language for which a part is missing.
    """
    original = story[0]
    needed: dict[str, Sequence[CaptionTrack | Video | Thumbnail | PublishMetadata]] = {
        "publish_metadata": publish_metadata
    }
    if brief.media:
        needed |= {"captions": captions, "videos": videos, "thumbnails": thumbnails}
    for locale in (text.locale for text in story):
        for name, parts in needed.items():
            if not any(part.locale == locale for part in parts):
                raise _missing(name, locale)
    ready = FinishedStory(
        story_id=original.story_id,
        title=original.title,
        videos=len(videos),
        thumbnails=len(thumbnails),
        duration_s=max((video.duration_s for video in videos), default=brief.target_seconds),
        cost_usd=cost,
        ready_at=clock(),
    )
    for before in previous:
        if before.model_copy(update={"ready_at": ready.ready_at}) == ready:
            return before
    return ready


def _video(
    story_id: str, key: tuple[str, Format], made: RenderedVideo, inputs: str, media: MediaStore
) -> Video:
    heard = made.loudness or Loudness(-70.0, -120.0, 0.0)
    return Video(
        story_id=story_id,
        locale=key[0],
        format=key[1],
        media=media.put_file(made.path, "video/mp4"),
        duration_s=made.duration_s,
        frames=made.frames,
        loudness_lufs=round(heard.integrated_lufs, 2),
        true_peak_dbtp=round(heard.true_peak_dbtp, 2),
        render_seconds=round(made.seconds, 2),
        inputs_sha256=inputs,
    )


def _ambience(brief: Brief, story: Story, narration: Narration) -> Ambience | None:
    config = brief.config.music
    if not config.ambience:
        return None
    return plan_ambience(story, narration, level_db=config.ambience_level_db, seed=brief.seed)


def _fingerprint(timeline: Timeline) -> str:
    made_from = f"{RENDERER_VERSION}\n{timeline.model_dump_json()}"
    if timeline.effects:
        made_from += f"\n{effects_sha256(timeline.effects)}"
    return hashlib.sha256(made_from.encode()).hexdigest()


def _of_locale(parts: Sequence[_PartT], locale: str, name: str) -> _PartT:
    for part in parts:
        if part.locale == locale:
            return part
    raise _missing(name, locale)


def _missing(name: str, locale: str) -> BadInput:
    return BadInput(f"there are no {name} in {locale}.", remedy=f"Make {name} for {locale} first.")
