"""What people see of each asset in the Dagster UI: pictures inline, waveforms, words, cost, links.

Only presentation belongs here; every function takes records and gives metadata.
"""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import numpy as np
from PIL import Image, ImageDraw

from content_platform.captions.models import CaptionTrack
from content_platform.governance.models import Clearance, LicenceEvidence
from content_platform.imagery.models import SceneImage, Thumbnail
from content_platform.mediatools.audio import read_audio
from content_platform.metrics.models import DayRevenue, MetricCollection
from content_platform.moderation.models import Verdict
from content_platform.moderation.outcome import Outcome
from content_platform.music.models import BackgroundMusic
from content_platform.narration.models import Narration
from content_platform.planning.calendar import CalendarSummary
from content_platform.planning.models import Fingerprint, PlannedSlot
from content_platform.publishing.models import Upload
from content_platform.publishing.register import CatalogEntry
from content_platform.quality import QualityReport
from content_platform.settings import Settings
from content_platform.steering.models import ConfigChange, ConfigVersion, Recommendation
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef
from content_platform.stories.models import Brief, PublishMetadata, Story
from content_platform.telemetry.media_server import media_path
from content_platform.video.models import FinishedStory, Video

Metadata = Mapping[str, Any]

PICTURE_WIDTH = 220
"""Pixels; wide enough to judge, small enough (~8 kB each) to keep in Dagster's event log."""


def brief(made: Brief) -> Metadata:
    return {
        "genre": made.genre.value,
        "theme": made.theme,
        "config_version": made.config_version,
        "languages": ", ".join(made.locales),
        "formats": ", ".join(made.formats),
        "target_seconds": made.target_seconds,
        "style": made.style.value,
        "seed": made.seed,
    }


def stories(told: Sequence[Story]) -> Metadata:
    first = told[0]
    cast = "\n".join(
        f"- **{member.name}**, {' '.join((*member.traits, member.noun))}" for member in first.cast
    )
    return {
        "title": first.title,
        "words": sum(text.words for text in told),
        "scenes": len(first.scenes),
        "written_by": first.written_by,
        "cast": dg.MetadataValue.md(cast or "nobody"),
        "text": dg.MetadataValue.md("\n\n".join(scene.text for scene in first.scenes)),
    }


def verdicts(given: Sequence[Verdict]) -> Metadata:
    return {
        "decision": ", ".join(f"{verdict.locale}: {verdict.decision}" for verdict in given),
        "reason": reasons(given) or "nothing found",
    }


def reasons(given: Sequence[Verdict]) -> str:
    """Each finding in a few words, for people."""
    return "; ".join(
        f"{finding.category} ({finding.rule}): {finding.evidence}"
        for verdict in given
        for finding in verdict.findings
    )


REHEARSAL: Metadata = {"rehearsal": "this story is made without media"}


def narrations(spoken: Sequence[Narration], media: MediaStore) -> Metadata:
    if not spoken:
        return REHEARSAL
    first = spoken[0]
    return {
        "seconds": round(sum(speech.duration_s for speech in spoken), 2),
        "words": sum(len(speech.words) for speech in spoken),
        "voice": ", ".join(f"{speech.locale}: {speech.voice}" for speech in spoken),
        "bytes": sum(speech.audio.size_bytes for speech in spoken),
        "waveform": _waveform(first.audio, media),
        "listen": link(first.audio),
    }


def scene_images(drawn: Sequence[SceneImage], media: MediaStore) -> Metadata:
    if not drawn:
        return REHEARSAL
    first_format = drawn[0].format
    shown = [image for image in drawn if image.format == first_format]
    return {
        "pictures": len(drawn),
        "bytes": sum(image.picture.size_bytes for image in drawn),
        "drawn_by": ", ".join(sorted({image.provider for image in drawn})),
        "scenes": dg.MetadataValue.md(
            " ".join(_picture(image.picture, media, image.alt_text) for image in shown)
        ),
    }


def music(scored: Sequence[BackgroundMusic], media: MediaStore) -> Metadata:
    if not scored:
        return REHEARSAL
    first = scored[0]
    return {
        "title": first.title,
        "mood": first.mood.value,
        "provider": first.provider,
        "seconds": round(first.duration_s, 2),
        "waveform": _waveform(first.audio, media),
        "listen": link(first.audio),
    }


def captions(tracks: Sequence[CaptionTrack]) -> Metadata:
    if not tracks:
        return REHEARSAL
    first = tracks[0]
    return {
        "cues": sum(len(track.cues) for track in tracks),
        "first_cues": dg.MetadataValue.md(
            "\n".join(f"- `{cue.start_s:6.2f}` {cue.text}" for cue in first.cues[:6])
        ),
        **{kind: link(ref) for kind, ref in sorted(first.files.items())},
    }


def videos(rendered: Sequence[Video], media: MediaStore) -> Metadata:
    if not rendered:
        return REHEARSAL
    return {
        "seconds": round(max(video.duration_s for video in rendered), 2),
        "bytes": sum(video.media.size_bytes for video in rendered),
        "loudness_lufs": rendered[0].loudness_lufs,
        "render_seconds": round(sum(video.render_seconds for video in rendered), 1),
        **{f"play_{video.locale}_{video.format}": link(video.media) for video in rendered},
        "stills": dg.MetadataValue.md(
            " ".join(_video_still(video, media) for video in rendered[:3])
        ),
    }


def thumbnails(made: Sequence[Thumbnail], media: MediaStore) -> Metadata:
    if not made:
        return REHEARSAL
    return {
        "thumbnails": len(made),
        "words": made[0].words,
        "lowest_contrast": round(min(still.contrast for still in made), 1),
        "pictures": dg.MetadataValue.md(
            " ".join(_picture(still.picture, media, still.words) for still in made)
        ),
    }


def publish_metadata(described: Sequence[PublishMetadata]) -> Metadata:
    return {
        f"{entry.platform}_{entry.locale}": dg.MetadataValue.md(
            f"**{entry.title}**\n\n{entry.description}\n\n"
            + " ".join(f"#{tag}" for tag in entry.hashtags)
        )
        for entry in described
    }


def finished(ready: FinishedStory) -> Metadata:
    return {
        "title": ready.title,
        "videos": ready.videos,
        "thumbnails": ready.thumbnails,
        "seconds": round(ready.duration_s, 2),
        "cost_usd": float(ready.cost_usd),
        "ready_at": ready.ready_at.isoformat(),
    }


def check_result(
    reports: Sequence[QualityReport], severity: dg.AssetCheckSeverity
) -> dg.AssetCheckResult:
    """One check result from the reports on each part of an asset."""
    problems = [problem for report in reports for problem in report.problems]
    measures: dict[str, Any] = {}
    for report in reports:
        for name, value in report.measures.items():
            measures.setdefault(name, []).append(value)
    return dg.AssetCheckResult(
        passed=not problems,
        severity=severity,
        description="; ".join(problems)[:2000] or None,
        metadata={
            name: values[0] if len(values) == 1 else ", ".join(str(value) for value in values)
            for name, values in measures.items()
        },
    )


def link(ref: MediaRef) -> dg.MetadataValue:
    """Where a person can open this media: ``content-platform dev`` serves it while it runs."""
    return dg.MetadataValue.url(Settings().media_server_url + media_path(ref))


def _picture(ref: MediaRef, media: MediaStore, alt: str) -> str:
    with Image.open(media.local_path(ref)) as picture:
        return _inline(picture.convert("RGB"), alt)


def _video_still(video: Video, media: MediaStore) -> str:
    import av

    with av.open(str(media.local_path(video.media))) as container:
        container.seek(int(video.duration_s / 3 * av.time_base))
        frame = next(container.decode(video=0))
        picture = Image.fromarray(frame.to_ndarray(format="rgb24"))
        return _inline(picture, f"{video.format} still")


def _inline(picture: Image.Image, alt: str) -> str:
    height = round(picture.height * PICTURE_WIDTH / picture.width)
    buffer = io.BytesIO()
    picture.resize((PICTURE_WIDTH, height), Image.Resampling.LANCZOS).save(
        buffer, "JPEG", quality=72
    )
    data = base64.b64encode(buffer.getvalue()).decode()
    return f"![{alt}](data:image/jpeg;base64,{data})"


def _waveform(ref: MediaRef, media: MediaStore) -> dg.MetadataValue:
    samples = np.abs(read_audio(media.local_path(ref), 8000, 1)[:, 0])
    width, height = 600, 90
    peaks = [chunk.max(initial=0.0) for chunk in np.array_split(samples, width)]
    picture = Image.new("RGB", (width, height), "#ffffff")
    pen = ImageDraw.Draw(picture)
    for x, peak in enumerate(peaks):
        reach = max(1, round(float(peak) * height / 2))
        pen.line((x, height // 2 - reach, x, height // 2 + reach), fill="#4f43dd")
    buffer = io.BytesIO()
    picture.quantize(8).save(buffer, "PNG", optimize=True)
    data = base64.b64encode(buffer.getvalue()).decode()
    return dg.MetadataValue.md(f"![waveform](data:image/png;base64,{data})")


def outcome(found: Outcome) -> Metadata:
    return {
        "decision": found.decision.value,
        "approved_by": ", ".join(found.approved_by) or "the rules",
    }


def calendar(summary: CalendarSummary, upcoming: Sequence[PlannedSlot]) -> Metadata:
    rows = [
        f"| {slot.slot_at:%a %d %b %H:%M} | {slot.channel} | {slot.series or ''} "
        f"| {slot.status.value} | {slot.story_id or ''} |"
        for slot in upcoming[:40]
    ]
    head = ["| UTC | channel | series | status | story |", "|---|---|---|---|---|"]
    return {
        "ahead": summary.ahead,
        "planned": summary.planned,
        "missed": summary.missed,
        "cancelled": summary.cancelled,
        "next": dg.MetadataValue.md(
            "\n".join(head + rows) if rows else "No channel has a cadence."
        ),
    }


def evidence(parts: Sequence[LicenceEvidence]) -> Metadata:
    rows = [
        f"| {part.component} | {part.vendor} {part.model} | {part.licence} "
        f"| {'yes' if part.commercial_use else '**no**'} | {part.attribution} |"
        for part in parts
    ]
    head = ["| part | made by | licence | commercial use | attribution |", "|---|---|---|---|---|"]
    return {"parts": len(parts), "licences": dg.MetadataValue.md("\n".join(head + rows))}


def clearances(given: Sequence[Clearance]) -> Metadata:
    return {
        **{
            f"{clearance.platform}_{clearance.locale}": clearance.decision.value
            for clearance in given
        },
        "policy": given[0].policy_version if given else "",
        "reasons": refusals(given) or "nothing speaks against it",
    }


def refusals(given: Sequence[Clearance]) -> str:
    """Why not, in a few words, each reason once."""
    return "; ".join(dict.fromkeys(reason for one in given for reason in one.reasons))


def uploads(stand: Sequence[Upload]) -> Metadata:
    shown: dict[str, Any] = {"uploads": len(stand)}
    for upload in stand:
        name = f"{upload.platform}_{upload.locale}_{upload.format}"
        said = upload.error or (f"until {upload.resume_at:%F %T} UTC" if upload.resume_at else "")
        shown[name] = f"{upload.state.value} {said}".strip()
        if upload.remote_url:
            shown[f"watch_{name}"] = dg.MetadataValue.url(upload.remote_url)
    return shown


def catalog(entries: Sequence[CatalogEntry]) -> Metadata:
    by_channel = Counter(entry.channel for entry in entries if entry.withdrawn_at is None)
    return {
        "published": len(entries),
        "withdrawn": sum(entry.withdrawn_at is not None for entry in entries),
        **dict(sorted(by_channel.items())),
    }


def collections(collected: Sequence[MetricCollection]) -> Metadata:
    return {
        f"{entry.platform}": f"{entry.outcome.value}: {entry.videos_reported} of "
        f"{entry.videos_live} videos {entry.error}".strip()
        for entry in collected
    } or {"videos": "none was live that day"}


def revenue(earned: DayRevenue) -> Metadata:
    return {
        "revenue_usd": "unknown" if earned.revenue_usd is None else str(earned.revenue_usd),
        "provisional": earned.provisional,
        **{
            row.platform.value: "unknown" if row.revenue_usd is None else str(row.revenue_usd)
            for row in earned.platforms
        },
    }


def recommendations(advised: Sequence[Recommendation]) -> Metadata:
    return {
        advice.channel: dg.MetadataValue.md(
            f"**{advice.status.value}** from {advice.stories} stories, version "
            f"{advice.base_version}: {advice.reason}\n\n{_changes(advice.changes)}"
        )
        for advice in advised
    } or {"channels": "none has anything published"}


def config_versions(in_force: Sequence[ConfigVersion]) -> Metadata:
    return {
        version.channel: dg.MetadataValue.md(
            f"**version {version.version}**, {version.created_at:%F %H:%M} UTC, by "
            f"{version.author}: {version.reason}"
        )
        for version in in_force
    }


def _changes(changes: Sequence[ConfigChange]) -> str:
    return "\n".join(f"- `{change.path}`: {change.old} → {change.new}" for change in changes)


def variation(fingerprint: Fingerprint) -> Metadata:
    return {
        "plot": fingerprint.kernel or "not told",
        "most_like": fingerprint.nearest or "nothing in the window",
        "overlap": round(fingerprint.overlap, 3),
        "similarity": "not measured"
        if fingerprint.similarity is None
        else round(fingerprint.similarity, 3),
    }


def table_of_reports(
    reports: dict[str, QualityReport], severity: dg.AssetCheckSeverity
) -> dg.AssetCheckResult:
    """One result for all channels: problems named by channel, and the figures as a table."""
    problems = [
        f"{name}: {problem}" for name, report in reports.items() for problem in report.problems
    ]
    measures = list(dict.fromkeys(key for report in reports.values() for key in report.measures))
    rows = ["| |" + "|".join(measures) + "|", "|---|" + "---|" * len(measures)]
    rows += [
        f"| {name} |" + "|".join(str(report.measures.get(key, "")) for key in measures) + "|"
        for name, report in reports.items()
    ]
    return dg.AssetCheckResult(
        passed=not problems,
        severity=severity,
        description="; ".join(problems)[:2000] or None,
        metadata={"evidence": dg.MetadataValue.md("\n".join(rows))},
    )
