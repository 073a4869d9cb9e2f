"""What of a finished story goes where: its planned uploads, and the package a platform gets of each.

Belongs here: choosing formats, putting together words, media and what viewers perceive, from the
story's records alone. Nothing is written and nothing is sent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from content_platform.captions.models import CaptionTrack
from content_platform.errors import NotFound
from content_platform.governance.clearance import metadata_sha256
from content_platform.imagery.models import Thumbnail
from content_platform.narration.models import Narration
from content_platform.narration.speech import voice_for
from content_platform.publishing.models import (
    PublishingPlatform,
    PublishPackage,
    Upload,
    UploadState,
)
from content_platform.storage.records import RecordStore
from content_platform.stories.models import Brief, PublishMetadata, Story, StoryRow
from content_platform.stories.sentences import sentences
from content_platform.video.models import Video
from content_platform.vocabulary import Format, Locale, Platform


@dataclass(frozen=True)
class Materials:
    """Everything of one finished story that platforms may get. Without media: text alone."""

    row: StoryRow
    brief: Brief
    stories: Mapping[Locale, Story]
    metadata: Mapping[tuple[Locale, Platform], PublishMetadata]
    videos: Mapping[tuple[Locale, Format], Video]
    thumbnails: Mapping[tuple[Locale, Format], Thumbnail]
    captions: Mapping[Locale, CaptionTrack]
    narrations: Mapping[Locale, Narration]

    @classmethod
    def load(cls, records: RecordStore, story_id: str) -> Materials:
        """Read them. Raises NotFound for a story that is not there or has no brief."""
        brief = records.load_one(Brief, story_id)
        videos = records.load(Video, story_id) if brief.media else []
        stills = records.load(Thumbnail, story_id) if brief.media else []
        tracks = records.load(CaptionTrack, story_id) if brief.media else []
        speeches = records.load(Narration, story_id) if brief.media else []
        words = records.load(PublishMetadata, story_id)
        return cls(
            row=records.load_one(StoryRow, story_id),
            brief=brief,
            stories={text.locale: text for text in records.load(Story, story_id)},
            metadata={(entry.locale, entry.platform): entry for entry in words},
            videos={(video.locale, video.format): video for video in videos},
            thumbnails={(still.locale, still.format): still for still in stills},
            captions={track.locale: track for track in tracks},
            narrations={speech.locale: speech for speech in speeches},
        )


def planned_uploads(
    materials: Materials, platforms: Mapping[Platform, PublishingPlatform], now: datetime
) -> list[Upload]:
    """One upload for each platform, language and format the story is to be published in.

    Formats are those the channel's config names for the platform, else the platform's usual ones;
    without media the first of them alone. What can never go (no such video, no such platform
    here) is planned as failed, with the reason. Raises NotFound when words for a platform are
    missing: the story is not finished.
    """
    brief = materials.brief
    publishing = brief.config.publishing
    uploads = []
    for platform in publishing.platforms:
        adapter = platforms.get(platform)
        usual = adapter.formats if adapter is not None else brief.formats
        formats = publishing.formats.get(platform) or usual
        account = publishing.accounts.get(platform, brief.channel)
        for locale in brief.locales:
            words = metadata_sha256(_words(materials, locale, platform))
            for shape in formats if brief.media else formats[:1]:
                video = materials.videos.get((locale, shape))
                problem = ""
                if adapter is None:
                    problem = f"no account on {platform.value} is connected here"
                elif brief.media and video is None:
                    problem = f"the story was not made in {shape.value} in {locale}"
                sha256 = video.media.sha256 if video is not None else None
                uploads.append(
                    Upload(
                        story_id=brief.story_id,
                        platform=platform,
                        locale=locale,
                        format=shape,
                        channel=brief.channel,
                        account=account,
                        state=UploadState.FAILED if problem else UploadState.PLANNED,
                        video_sha256=sha256,
                        metadata_sha256=words,
                        idempotency_key=idempotency_key(
                            brief.story_id, platform, account, locale, shape, sha256, words
                        ),
                        error=problem,
                        resume_at=None if problem else now,
                        planned_at=now,
                        updated_at=now,
                    )
                )
    return uploads


def idempotency_key(*parts: object) -> str:
    """The same 32 hex digits for the same parts, always; other ones for others."""
    text = json.dumps([None if part is None else str(part) for part in parts])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def build_package(materials: Materials, upload: Upload, now: datetime) -> PublishPackage:
    """What the platform gets of ``upload``; a moment to be public at only if it is still to come.

    Raises NotFound when the story was made again since it was planned, and no longer has exactly
    the video and words of the upload: it has to be planned again.
    """
    brief = materials.brief
    words = _words(materials, upload.locale, upload.platform)
    video = materials.videos.get((upload.locale, upload.format))
    if (
        (brief.media and video is None)
        or metadata_sha256(words) != upload.metadata_sha256
        or (video.media.sha256 if video is not None else None) != upload.video_sha256
    ):
        raise NotFound(
            f"{upload.upload}: the story was made again after this was planned.",
            remedy="Materialise its uploads again.",
        )
    spans = _spans(materials, upload.locale)
    duration_s = video.duration_s if video is not None else spans[-1][1]
    if video is None and brief.max_seconds is not None:
        duration_s = min(duration_s, brief.max_seconds)
    track = materials.captions.get(upload.locale)
    still = materials.thumbnails.get((upload.locale, upload.format))
    due = materials.row.request.publish_at
    return PublishPackage(
        idempotency_key=upload.idempotency_key,
        account=upload.account,
        title=words.title,
        description=words.description,
        hashtags=words.hashtags,
        chapters=words.chapters,
        locale=upload.locale,
        format=upload.format,
        duration_s=round(duration_s, 3),
        video=video.media if video is not None else None,
        captions=track.files.get("vtt") if track is not None else None,
        thumbnail=still.picture if still is not None else None,
        publish_at=due if due is not None and due > now else None,
        made_for_kids=brief.config.audience == "kids",
        traits=_perceived(
            materials, upload.locale, [start for start, _ in spans if start < duration_s]
        ),
    )


def _perceived(
    materials: Materials, locale: Locale, scene_starts_s: list[float]
) -> dict[str, JsonValue]:
    """What viewers would notice of how the story was made, under the sandbox's names for it."""
    brief = materials.brief
    config = brief.config
    story = materials.stories[locale]
    return {
        "story": brief.story_id,
        "theme": story.theme,
        "genre": story.genre.value,
        "kernel": story.kernel,
        "series": brief.series or "",
        "episode": brief.episode or 0,
        "look": brief.style.value,
        "title_style": config.packaging.title_style,
        "speed": config.narration.speed,
        "pause_s": config.narration.pause_between_scenes_s,
        "music_db": config.music.level_db,
        "scene_starts_s": [round(start, 3) for start in scene_starts_s],
        "hook": _hook(story),
        "text": "" if brief.media else story.text,
    }


def _hook(story: Story) -> float:
    """How quickly the story comes to its point: 1 for a first sentence of six words, 0 for thirty."""
    words = len(sentences(story.scenes[0].text)[0].split())
    return round(min(max((30 - words) / 24, 0.0), 1.0), 3)


def _spans(materials: Materials, locale: Locale) -> list[tuple[float, float]]:
    """When each scene is on; without media, when it would be, by its share of the letters."""
    speech = materials.narrations.get(locale)
    if speech is not None:
        return [(span.start_s, span.end_s) for span in speech.spans]
    brief, story = materials.brief, materials.stories[locale]
    narration = brief.config.narration
    pace = voice_for(brief, locale).words_per_minute * narration.speed
    seconds_per_letter = story.words * 60 / pace / len(story.text)
    spans: list[tuple[float, float]] = []
    start = 0.0
    for scene in story.scenes:
        end = start + len(scene.text) * seconds_per_letter + narration.pause_between_scenes_s
        spans.append((start, end))
        start = end
    return spans


def _words(materials: Materials, locale: Locale, platform: Platform) -> PublishMetadata:
    found = materials.metadata.get((locale, platform))
    if found is None:
        story_id = materials.brief.story_id
        raise NotFound(
            f"Story {story_id} has no title and description for {platform.value} in {locale}.",
            remedy=f"Finish it first: content-platform story retry {story_id}",
        )
    return found
