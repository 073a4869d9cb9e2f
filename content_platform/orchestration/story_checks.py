"""Checks on a story's assets: is what was made fit to go on?

A *blocking* check stops the run: it is for defects (silent audio, black frames). Checks that only
inform are warnings. Rejection is not a defect: that is the gate's job (assets/judge.py). Reports on
unchanged media are remembered, so running a story again does not decode its videos again.
"""

import warnings
from collections.abc import Callable
from functools import partial

import dagster as dg
from dagster import PreviewWarning

from content_platform.captions.checks import check_captions
from content_platform.captions.models import CaptionTrack
from content_platform.governance.models import Clearance, LicenceEvidence
from content_platform.imagery.checks import check_picture
from content_platform.imagery.models import SceneImage, Thumbnail
from content_platform.imagery.thumbnails import check_thumbnail
from content_platform.moderation.models import Decision, Verdict
from content_platform.music.checks import check_music
from content_platform.music.models import BackgroundMusic
from content_platform.narration.checks import check_sound, check_speech_is_the_script
from content_platform.narration.models import Narration
from content_platform.orchestration import show
from content_platform.orchestration.assets.make import spoken
from content_platform.orchestration.partitions import stories
from content_platform.planning.models import Fingerprint
from content_platform.publishing.models import UploadState
from content_platform.quality import QualityReport, remembered
from content_platform.runtime import Runtime
from content_platform.storage.models import MediaRef
from content_platform.stories.checks import check_text
from content_platform.stories.metadata import check_metadata
from content_platform.stories.models import Brief, PublishMetadata, Story
from content_platform.video.checks import (
    check_captions_on_screen,
    check_platform_limits,
    check_video,
)
from content_platform.video.models import FinishedStory, Video

DEFECT = dg.AssetCheckSeverity.ERROR
HINT = dg.AssetCheckSeverity.WARN

Check = Callable[[Callable[..., dg.AssetCheckResult]], dg.AssetChecksDefinition]


def _check(asset: str, *also: str, blocking: bool = False) -> Check:
    """A check of a story's ``asset`` that may read the records of the assets ``also`` names."""
    decorate = dg.asset_check(
        asset=asset,
        additional_ins={name: dg.AssetIn(name) for name in also},
        partitions_def=stories,
        blocking=blocking,
    )

    def decorated(body: Callable[..., dg.AssetCheckResult]) -> dg.AssetChecksDefinition:
        with warnings.catch_warnings():
            # Partitioned checks are in preview in this Dagster release; a test holds what we use.
            warnings.simplefilter("ignore", PreviewWarning)
            return decorate(body)

    return decorated


def _once(
    runtime: Runtime, story_id: str, name: str, media: MediaRef, look: Callable[[], QualityReport]
) -> QualityReport:
    return remembered(
        runtime.records, story_id=story_id, check=name, subject=media.sha256, look=look
    )


@_check("brief")
def brief_is_complete(brief: Brief) -> dg.AssetCheckResult:
    """The brief names a genre, a theme or a script, and at least one format."""
    problems = () if brief.theme and brief.formats else ("the brief leaves theme or formats open",)
    return show.check_result([QualityReport(problems)], DEFECT)


@_check("story", "brief")
def story_reads_well(brief: Brief, story: list[Story]) -> dg.AssetCheckResult:
    """Length, repetition, readability, consistent names, no template seams."""
    return show.check_result([check_text(text, brief) for text in story], HINT)


@_check("story", "brief")
def story_is_new(
    runtime: dg.ResourceParam[Runtime], brief: Brief, story: list[Story]
) -> dg.AssetCheckResult:
    """Unlike the channel's last stories: text, theme, plot and names."""
    fingerprint = runtime.records.load_one(Fingerprint, story[0].story_id)
    return show.check_result([runtime.variation.check(fingerprint, brief)], HINT)


@_check("story_verdict")
def story_is_allowed(story_verdict: list[Verdict]) -> dg.AssetCheckResult:
    """The house rules' decision, with its reason. A rejection is an outcome, not a defect."""
    refused = [verdict for verdict in story_verdict if verdict.decision is not Decision.ALLOW]
    return show.check_result([QualityReport((show.reasons(refused),) if refused else ())], HINT)


@_check("narration", blocking=True)
def narration_sounds_right(
    runtime: dg.ResourceParam[Runtime], narration: list[Narration]
) -> dg.AssetCheckResult:
    """Loud enough, not clipped, not silent, as long as it says."""
    return show.check_result([check_sound(speech, runtime.media) for speech in narration], DEFECT)


@_check("narration", "story", blocking=True)
def speech_is_the_script(
    runtime: dg.ResourceParam[Runtime], narration: list[Narration], story: list[Story]
) -> dg.AssetCheckResult:
    """A listener who has not read the story hears its words."""
    return show.check_result(
        [
            check_speech_is_the_script(speech, text, runtime.pipeline)
            for text, speech in spoken(story, narration)
        ],
        DEFECT,
    )


@_check("scene_images", blocking=True)
def pictures_are_usable(
    runtime: dg.ResourceParam[Runtime], scene_images: list[SceneImage]
) -> dg.AssetCheckResult:
    """The right size, not blank, readable when small."""
    return show.check_result(
        [
            _once(
                runtime,
                image.story_id,
                "picture",
                image.picture,
                partial(check_picture, image, runtime.media),
            )
            for image in scene_images
        ],
        DEFECT,
    )


@_check("background_music")
def music_fits(
    runtime: dg.ResourceParam[Runtime], background_music: list[BackgroundMusic]
) -> dg.AssetCheckResult:
    """Loudness, peaks, and a last chord where the story ends."""
    return show.check_result(
        [
            _once(
                runtime,
                cue.story_id,
                "music",
                cue.audio,
                partial(check_music, cue, runtime.media),
            )
            for cue in background_music
        ],
        HINT,
    )


@_check("captions", "narration", "story", blocking=True)
def captions_follow_the_words(
    captions: list[CaptionTrack], narration: list[Narration], story: list[Story]
) -> dg.AssetCheckResult:
    """Every word once and in time, lines short enough to read."""
    return show.check_result(
        [
            check_captions(track, speech, text.text)
            for track, (text, speech) in zip(captions, spoken(story, narration), strict=True)
        ],
        DEFECT,
    )


@_check("media_verdict")
def media_is_allowed(media_verdict: list[Verdict]) -> dg.AssetCheckResult:
    """What is seen and heard, with its reason. A rejection is an outcome, not a defect."""
    refused = [verdict for verdict in media_verdict if verdict.decision is not Decision.ALLOW]
    return show.check_result([QualityReport((show.reasons(refused),) if refused else ())], HINT)


@_check("videos", blocking=True)
def videos_are_whole(
    runtime: dg.ResourceParam[Runtime], videos: list[Video]
) -> dg.AssetCheckResult:
    """Every frame decoded once: length, streams, sync, loudness, nothing black, frozen or torn."""
    return show.check_result(
        [
            _once(
                runtime,
                video.story_id,
                "video",
                video.media,
                partial(check_video, video, runtime.media),
            )
            for video in videos
        ],
        DEFECT,
    )


@_check("videos")
def platforms_take_the_videos(
    runtime: dg.ResourceParam[Runtime], videos: list[Video]
) -> dg.AssetCheckResult:
    """Length, size and bitrate within what each platform of the channel takes."""
    reports = []
    for video in videos:
        platforms = runtime.brief(video.story_id).config.publishing.platforms
        reports.append(check_platform_limits(video, platforms))
    return show.check_result(reports, HINT)


@_check("captions")
def captions_stay_on_screen(
    runtime: dg.ResourceParam[Runtime], captions: list[CaptionTrack]
) -> dg.AssetCheckResult:
    """Burnt-in captions keep to their line width and off the edges, in every format."""
    reports = []
    for track in captions:
        brief = runtime.brief(track.story_id)
        reports.append(
            check_captions_on_screen(
                track,
                brief.formats,
                accent=brief.config.look.accent,
                look=brief.config.video.captions,
                platforms=brief.config.publishing.platforms,
            )
        )
    return show.check_result(reports, HINT)


@_check("thumbnails")
def thumbnails_are_legible(
    runtime: dg.ResourceParam[Runtime], thumbnails: list[Thumbnail]
) -> dg.AssetCheckResult:
    """Words stand out from what is behind them; size and weight are what platforms take."""
    return show.check_result([check_thumbnail(still, runtime.media) for still in thumbnails], HINT)


@_check("publish_metadata", blocking=True)
def metadata_fits_the_platforms(publish_metadata: list[PublishMetadata]) -> dg.AssetCheckResult:
    """Titles, descriptions and hashtags within each platform's limits."""
    return show.check_result([check_metadata(entry) for entry in publish_metadata], DEFECT)


@_check("finished_story")
def story_is_complete(
    runtime: dg.ResourceParam[Runtime], finished_story: FinishedStory
) -> dg.AssetCheckResult:
    """A video and a thumbnail for every format and language of the brief; none for a rehearsal."""
    brief = runtime.brief(finished_story.story_id)
    wanted = len(brief.formats) * len(brief.locales) if brief.media else 0
    problems = [
        f"{made} {name} instead of {wanted}"
        for name, made in (
            ("videos", finished_story.videos),
            ("thumbnails", finished_story.thumbnails),
        )
        if made != wanted
    ]
    return show.check_result([QualityReport(tuple(problems))], DEFECT)


@_check("licence_evidence")
def licences_allow_publishing(licence_evidence: list[LicenceEvidence]) -> dg.AssetCheckResult:
    """Every part was made under terms that allow commercial use."""
    problems = tuple(
        f"{part.component}: {part.licence or 'no licence'} does not allow commercial use"
        for part in licence_evidence
        if not part.commercial_use
    )
    return show.check_result([QualityReport(problems, {"parts": len(licence_evidence)})], HINT)


@_check("clearance")
def story_is_cleared(clearance: list[Clearance]) -> dg.AssetCheckResult:
    """The gate's decision, with its reasons. A refusal is an outcome, not a defect."""
    refused = [given for given in clearance if given.decision is not Decision.ALLOW]
    return show.check_result(
        [QualityReport((show.refusals(refused),) if refused else (), {"asked": len(clearance)})],
        HINT,
    )


@_check("uploads")
def uploads_arrived(
    context: dg.AssetCheckExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> dg.AssetCheckResult:
    """Each upload is where it should be, or on its way; a failed one says why."""
    stand = runtime.uploads.register.of_story(context.partition_key)
    problems = tuple(
        f"{upload.platform} {upload.locale} {upload.format}: {upload.error}"
        for upload in stand
        if upload.state is UploadState.FAILED
    )
    return show.check_result([QualityReport(problems, {"uploads": len(stand)})], HINT)


story_checks = [
    brief_is_complete,
    story_reads_well,
    story_is_new,
    story_is_allowed,
    media_is_allowed,
    narration_sounds_right,
    speech_is_the_script,
    pictures_are_usable,
    music_fits,
    captions_follow_the_words,
    captions_stay_on_screen,
    videos_are_whole,
    platforms_take_the_videos,
    thumbnails_are_legible,
    metadata_fits_the_platforms,
    story_is_complete,
    licences_allow_publishing,
    story_is_cleared,
    uploads_arrived,
]
