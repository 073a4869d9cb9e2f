"""Timelines in, MP4 files out: the whole of rendering, for all formats and languages of a story.

Picture segments are rendered by worker processes while the sound is mastered beside them; then
both are joined by copying packets. Same timelines, same bytes (per machine class), whatever the
number of workers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from content_platform.mediatools.loudness import Loudness
from content_platform.music.models import Ambience
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef
from content_platform.telemetry import progress
from content_platform.video.encoder import hardware_encoder, join_segments
from content_platform.video.mastering import MasteredSound, master_sound
from content_platform.video.models import (
    AudioTrack,
    ClosingCard,
    OpeningCard,
    Shot,
    Timeline,
)
from content_platform.video.pool import render_segments
from content_platform.video.segments import Job, Segment, SegmentCache, cut_segments


@dataclass(frozen=True)
class RenderedVideo:
    """One finished file in the scratch folder."""

    path: Path
    frames: int
    duration_s: float
    loudness: Loudness | None
    """None for a timeline without sound."""
    seconds: float
    """What its frames took the workers."""


def render(
    timelines: Sequence[Timeline],
    *,
    media: MediaStore,
    scratch: Path,
    workers: int,
    cache: SegmentCache | None = None,
) -> list[RenderedVideo]:
    """Render each timeline to ``scratch/video-N.mp4``, in their order.

    Timelines with the same sound share it. Progress is reported as stage ``videos`` in frames.
    ``scratch`` is an empty folder of the caller's, who moves the videos out and removes it.
    Raises DefectiveMedia naming scene and file when an input is unfit, StorageUnavailable when the
    disk is full.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        sounds = {
            key: beside.submit(
                master_sound,
                timeline.audio,
                timeline.frames,
                timeline.fps,
                media=media,
                target=scratch / f"sound-{number}.m4a",
                kbps=timeline.encoding.audio_kbps,
                ambience=timeline.ambience,
                cache=cache,
            )
            for number, (key, timeline) in enumerate(_distinct_sounds(timelines).items())
        }
        try:
            pictures = _render_pictures(timelines, media, scratch, workers, cache)
        except BaseException:
            beside.shutdown(wait=False, cancel_futures=True)
            raise
        mastered = {key: sound.result() for key, sound in sounds.items()}
    return [
        _join(timeline, picture, mastered.get(_sound_key(timeline)), scratch / f"video-{n}.mp4")
        for n, (timeline, picture) in enumerate(zip(timelines, pictures, strict=True))
    ]


@dataclass
class _Picture:
    """One timeline's segments, in order, and the seconds they took."""

    segments: list[Path]
    seconds: float = 0.0


def _render_pictures(
    timelines: Sequence[Timeline],
    media: MediaStore,
    scratch: Path,
    workers: int,
    cache: SegmentCache | None,
) -> list[_Picture]:
    files: dict[str, Path] = {}
    pictures: list[_Picture] = []
    jobs: dict[str, Job] = {}
    wanted_by: dict[str, int] = {}
    total = done = 0
    for number, timeline in enumerate(timelines):
        opening, closing = _draw_cards(timeline, media, scratch, files)
        pictures.append(_Picture([]))
        for segment in cut_segments(
            timeline, opening=opening, closing=closing, encoder=_encoder(timeline)
        ):
            key = segment.key
            target = scratch / f"{key}.mp4"
            pictures[-1].segments.append(target)
            frames = segment.end - segment.start
            total += frames
            if key in jobs or target.exists() or (cache and cache.take(key, target)):
                done += frames
                continue
            jobs[key] = Job(segment=segment, pictures=_files(segment, media, files), target=target)
            wanted_by[key] = number
    progress.report("videos", done, total)

    def drawn(frames: int) -> None:
        nonlocal done
        done += frames
        progress.report("videos", done, total)

    def finished(job: Job, seconds: float) -> None:
        key = job.target.stem
        pictures[wanted_by[key]].seconds += seconds
        if cache:
            cache.keep(key, job.target)

    render_segments(
        list(jobs.values()), workers=workers, logs=scratch, drawn=drawn, finished=finished
    )
    if cache:
        cache.tidy()
    return pictures


def _files(segment: Segment, media: MediaStore, files: dict[str, Path]) -> dict[str, Path]:
    seen = [shot.picture for shot in segment.shots]
    seen += [layer.picture for shot in segment.shots for layer in shot.layers]
    seen += [shot.clip for shot in segment.shots if shot.clip is not None]
    for ref in seen:
        if ref.sha256 not in files:
            files[ref.sha256] = media.local_path(ref)
    return {ref.sha256: files[ref.sha256] for ref in seen}


def _encoder(timeline: Timeline) -> str:
    found = hardware_encoder() if timeline.encoding.hardware == "auto" else None
    return found or "libx264"


def _draw_cards(
    timeline: Timeline, media: MediaStore, scratch: Path, files: dict[str, Path]
) -> tuple[MediaRef | None, MediaRef | None]:
    """Pictures of the opening and the closing card, as files beside the others; None without one."""
    if timeline.opening is None and timeline.closing is None:
        return None, None
    # Most videos have no card, and many are in the cache: what draws is not even loaded then.
    from PIL import Image

    from content_platform.typography.cards import draw_card
    from content_platform.video.worker import read_picture

    def drawn(card: OpeningCard | ClosingCard | None, shot: Shot, name: str) -> MediaRef | None:
        if card is None:
            return None
        picture = draw_card(
            card.title,
            card.channel_title,
            timeline.accent,
            timeline.format,
            read_picture(media.local_path(shot.picture), shot),
            locale=timeline.locale,
        )
        path = scratch / f"{name}-{timeline.format}-{timeline.locale}.png"
        Image.fromarray(picture).save(path, compress_level=1)
        data = path.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        files[sha256] = path
        return MediaRef(sha256=sha256, size_bytes=len(data), mime="image/png")

    return (
        drawn(timeline.opening, timeline.shots[0], "opening"),
        drawn(timeline.closing, timeline.shots[-1], "closing"),
    )


_SoundKey = tuple[tuple[AudioTrack, ...], Ambience | None, int, int, int]


def _sound_key(timeline: Timeline) -> _SoundKey:
    kbps = timeline.encoding.audio_kbps
    return timeline.audio, timeline.ambience, timeline.frames, timeline.fps, kbps


def _distinct_sounds(timelines: Sequence[Timeline]) -> dict[_SoundKey, Timeline]:
    return {_sound_key(timeline): timeline for timeline in timelines if timeline.audio}


def _join(
    timeline: Timeline, picture: _Picture, sound: MasteredSound | None, target: Path
) -> RenderedVideo:
    join_segments(
        picture.segments,
        sound.path if sound else None,
        target,
        frames=timeline.frames,
        fps=timeline.fps,
    )
    return RenderedVideo(
        path=target,
        frames=timeline.frames,
        duration_s=timeline.frames / timeline.fps,
        loudness=sound.loudness if sound else None,
        seconds=picture.seconds,
    )
