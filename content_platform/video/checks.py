"""Is a finished video fit to be published? Every frame is decoded once, and the sound measured."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from content_platform.captions.cues import cut_cues, screen_limits
from content_platform.captions.layout import placement_for
from content_platform.captions.models import CaptionTrack
from content_platform.captions.sprites import CaptionSprite, caption_sprites
from content_platform.errors import DefectiveMedia
from content_platform.mediatools.loudness import measure_loudness
from content_platform.mediatools.probe import MediaInfo, probe
from content_platform.quality import QualityReport
from content_platform.storage.media import MediaStore
from content_platform.typography.safe_areas import Area, overlays
from content_platform.video.mastering import (
    LOUDNESS_TOLERANCE_LU,
    MAX_TRUE_PEAK_DBTP,
    SAMPLE_RATE,
    TARGET_LUFS,
)
from content_platform.video.models import Video
from content_platform.vocabulary import FRAMES_PER_SECOND, CaptionStyle, Format, Platform

_BLACK = 24
"""Luma (16 is black): a frame none of whose sampled pixels is brighter is black."""
_LONGEST_BLACK = 10
_ENDING = FRAMES_PER_SECOND
"""A fade to black within the last second is an ending, not a fault."""
_STILL_CHANGE = 2
"""Luma steps: encoding alone moves pixels by this much between two equal frames."""
_LONGEST_STILL = 2 * FRAMES_PER_SECOND
"""The camera always moves; a picture without any change for this long is frozen."""
_TORN = 14
"""Luma steps, mean over a row of samples: how far a torn row is from both of its neighbours."""
_TORN_ROWS = 6
"""Rows of samples, eight lines each, that must be torn together; a spoken word is never so tall
and gone with the next frame."""
_CLEAR_OF_EDGE = 0.015
"""Of the width: what captions keep from the picture's edges."""
_BEYOND_LINE = 0.07
"""Of the width: outlines, plates and a grown word may reach beyond the line by so much."""
_LARGEST_OFFSET_S = 1 / FRAMES_PER_SECOND
"""Sound that begins a frame before or after the picture: nobody hears less than two."""


@dataclass(frozen=True)
class PlatformLimits:
    """What a platform takes as a file, by its own documentation of November 2026."""

    bytes: int
    seconds: tuple[float, float]
    kbps: int
    formats: tuple[Format, ...] = tuple(Format)


LIMITS = {
    # Uploads by API: 256 GB and 12 hours for a verified account.
    Platform.YOUTUBE: PlatformLimits(256 << 30, (1, 43_200), 100_000),
    Platform.TIKTOK: PlatformLimits(4 << 30, (3, 600), 100_000),
    Platform.INSTAGRAM: PlatformLimits(300 * 10**6, (3, 900), 25_000),
    # Page videos in other shapes than 9:16 are published as plain videos, not as Reels.
    Platform.FACEBOOK: PlatformLimits(1 << 30, (3, 90), 25_000, (Format.PORTRAIT,)),
}


def check_video(video: Video, media: MediaStore) -> QualityReport:
    """Check length, streams, layout, sync, loudness; black, frozen and torn pictures of a video.

    Problems are sentences; figures are in ``measures``. An unreadable file is a problem, too.
    """
    path = media.local_path(video.media)
    measures: dict[str, float | int | str] = {"bytes": video.media.size_bytes}
    try:
        info = probe(path)
        problems = _stream_problems(video, info, path)
        seen = _watch(path, video.frames - _ENDING)
        heard = measure_loudness(path) if info.sound else None
    except DefectiveMedia as error:
        return QualityReport((str(error),), measures)
    problems += _picture_problems(video, seen)
    measures |= {
        "frames": seen.frames,
        "duration_s": round(info.duration_s, 3),
        "black_frames": seen.longest_black,
        "still_frames": seen.longest_still,
        "torn_frames": seen.torn,
        "sound_offset_ms": round(1000 * seen.sound_offset_s, 1),
    }
    if heard is not None:
        measures |= {
            "loudness_lufs": round(heard.integrated_lufs, 2),
            "true_peak_dbtp": round(heard.true_peak_dbtp, 2),
        }
        if abs(heard.integrated_lufs - TARGET_LUFS) > LOUDNESS_TOLERANCE_LU:
            problems.append(
                f"the sound has {heard.integrated_lufs:.1f} LUFS, wanted {TARGET_LUFS:g} ±1"
            )
        if heard.true_peak_dbtp > MAX_TRUE_PEAK_DBTP:
            problems.append(
                f"the sound peaks at {heard.true_peak_dbtp:.1f} dBTP, "
                f"wanted at most {MAX_TRUE_PEAK_DBTP:g}"
            )
    return QualityReport(tuple(problems), measures)


def _stream_problems(video: Video, info: MediaInfo, path: Path) -> list[str]:
    problems = []
    width, height = video.format.size
    picture, sound = info.video, info.sound
    if picture is None:
        problems.append("there is no picture stream")
    else:
        made = (picture.codec, picture.profile, picture.pixel_format)
        if made != ("h264", "High", "yuv420p"):
            problems.append(f"the picture is {' '.join(made)}, wanted h264 High yuv420p")
        if (picture.width, picture.height) != (width, height):
            problems.append(
                f"the picture has {picture.width} x {picture.height} pixels, "
                f"wanted {width} x {height}"
            )
        if round(picture.fps, 3) != FRAMES_PER_SECOND:
            problems.append(f"there are {picture.fps:g} frames a second, wanted 30")
    if sound is None:
        problems.append("there is no sound stream")
    elif (sound.codec, sound.sample_rate) != ("aac", SAMPLE_RATE):
        problems.append(f"the sound is {sound.codec} at {sound.sample_rate} Hz, wanted aac, 48000")
    if picture and sound and abs(picture.duration_s - sound.duration_s) > 1 / FRAMES_PER_SECOND:
        problems.append(
            f"the picture lasts {picture.duration_s:.2f} s and the sound {sound.duration_s:.2f} s"
        )
    if not _index_comes_first(path):
        problems.append("the file's index (moov) is not at its beginning, so it cannot be streamed")
    return problems


def check_platform_limits(video: Video, platforms: Sequence[Platform]) -> QualityReport:
    """Whether each of ``platforms`` takes a file so large, so long and so dense. Reads no file."""
    kbps = video.media.size_bytes * 8 / 1000 / max(video.duration_s, 0.1)
    problems = []
    for platform in platforms:
        limits = LIMITS.get(platform)
        if limits is None or video.format not in limits.formats:
            continue
        shortest, longest = limits.seconds
        if not shortest <= video.duration_s <= longest:
            problems.append(
                f"the {video.format} video lasts {video.duration_s:.1f} s, "
                f"{platform} takes {shortest:g} to {longest:g}"
            )
        if video.media.size_bytes > limits.bytes:
            problems.append(
                f"the {video.format} video has {video.media.size_bytes / 1e6:.0f} MB, "
                f"{platform} takes {limits.bytes / 1e6:.0f}"
            )
        if kbps > limits.kbps:
            problems.append(
                f"the {video.format} video has {kbps:.0f} kbit/s, {platform} takes {limits.kbps}"
            )
    return QualityReport(tuple(problems), {"bytes": video.media.size_bytes, "kbit/s": round(kbps)})


def check_captions_on_screen(
    track: CaptionTrack,
    formats: Sequence[Format],
    *,
    accent: str,
    look: CaptionStyle,
    platforms: Sequence[Platform] = (),
) -> QualityReport:
    """Whether every burnt-in caption stays in its line width, off the picture's edges, and clear of
    what ``platforms`` lay over the picture."""
    problems = []
    widest: dict[str, float | int | str] = {}
    words = [word for cue in track.cues for word in cue.words]
    for shape in formats:
        width, height = shape.size
        place = placement_for(shape, platforms)
        covered = overlays(shape, platforms)
        most = 0.0
        for cue in cut_cues(words, track.locale, limits=screen_limits(shape)):
            sprites = caption_sprites(
                [cue], format=shape, accent=accent, locale=track.locale, look=look, place=place
            )
            for sprite in sprites:
                left, top, right, bottom = _inked(sprite)
                most = max(most, (right - left) / width)
                if min(left, width - right, top, height - bottom) < _CLEAR_OF_EDGE * width:
                    problems.append(f"in {shape}, “{cue.text}” touches the edge of the picture")
                    break
                ink = Area(left / width, top / height, right / width, bottom / height)
                if any(area.touches(ink) for area in covered):
                    problems.append(f"in {shape}, “{cue.text}” lies under a platform's buttons")
                    break
                if (right - left) / width > place.width + _BEYOND_LINE:
                    problems.append(
                        f"in {shape}, “{cue.text}” is {(right - left) / width:.0%} of the picture "
                        f"wide, wanted at most {place.width:.0%}"
                    )
                    break
        widest[f"widest_{shape}"] = round(most, 3)
    return QualityReport(tuple(problems), widest)


def _inked(sprite: CaptionSprite) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is opaque, shadows aside; video pixels."""
    solid = sprite.rgba[..., 3] > 200
    columns, rows = np.flatnonzero(solid.any(axis=0)), np.flatnonzero(solid.any(axis=1))
    if not len(columns):
        return sprite.x, sprite.y, sprite.x, sprite.y
    return (
        sprite.x + int(columns[0]),
        sprite.y + int(rows[0]),
        sprite.x + int(columns[-1]) + 1,
        sprite.y + int(rows[-1]) + 1,
    )


@dataclass
class _Seen:
    """What the frames showed; longest stretches are in frames."""

    frames: int = 0
    steady: bool = True
    """Whether frames came exactly one frame apart."""
    longest_black: int = 0
    black_at: int = 0
    longest_still: int = 0
    still_at: int = 0
    torn: int = 0
    torn_at: int = 0
    damaged_at: int | None = None
    """The first frame the decoder had to mend."""
    sound_offset_s: float = 0.0
    """How much later than the picture the sound begins."""


_Sampled = npt.NDArray[np.int16]


def _watch(path: Path, ending_at: int) -> _Seen:
    """Decode every frame; darkness from frame ``ending_at`` on is not counted."""
    import av

    seen = _Seen()
    black = still = 0
    before: _Sampled | None = None
    moved_before: _Sampled | None = None
    last: _Sampled | None = None
    try:
        seen.sound_offset_s = _sound_offset_s(path)
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            # Blocks left unsmoothed do not matter here, and decoding takes a tenth less time.
            stream.codec_context.options = {"skip_loop_filter": "all"}
            for number, frame in enumerate(container.decode(stream)):
                if frame.pts is not None and frame.time_base is not None:
                    at = frame.pts * frame.time_base * FRAMES_PER_SECOND
                    seen.steady &= abs(at - number) < 0.01
                if frame.is_corrupt and seen.damaged_at is None:
                    seen.damaged_at = number
                luma = frame.planes[0]
                picture = np.asarray(memoryview(luma)).reshape(-1, luma.line_size)
                # Every 8th pixel of every 8th line: as good as all for faults of whole frames.
                sampled = picture[4 : frame.height : 8, 4 : frame.width : 8].astype(np.int16)
                black = black + 1 if sampled.max() <= _BLACK and number < ending_at else 0
                if black > seen.longest_black:
                    seen.longest_black, seen.black_at = black, number + 1 - black
                change = None if before is None else np.abs(sampled - before)
                # Captions change over a frozen picture, too; they are in the lower part.
                upper = len(sampled) * 11 // 20
                moved = change is None or change[:upper].max() > _STILL_CHANGE
                still = 0 if moved else still + 1
                if still > seen.longest_still:
                    seen.longest_still, seen.still_at = still, number - still
                if (
                    change is not None
                    and moved_before is not None
                    and last is not None
                    and _is_torn(moved_before, change, np.abs(sampled - last))
                ):
                    if not seen.torn:
                        seen.torn_at = number - 1
                    seen.torn += 1
                last, before, moved_before = before, sampled, change
                seen.frames = number + 1
    except (av.FFmpegError, OSError) as error:
        raise DefectiveMedia(f"frame {seen.frames} cannot be decoded: {error}.") from error
    return seen


def _is_torn(came: _Sampled, went: _Sampled, across: _Sampled) -> bool:
    """Whether a band of a frame is unlike both of its neighbours, while those are alike.

    ``came`` and ``went`` are what changed from the frame before and to the frame after it,
    ``across`` what changed between those two. A cut or any transition changes a row for good; only
    damage comes and goes.
    """
    rows_came, rows_went = came.mean(axis=1), went.mean(axis=1)
    limit = np.maximum(3 * across.mean(axis=1), _TORN)
    torn = np.minimum(rows_came, rows_went) > limit
    if not torn.any():
        return False
    run = longest = 0
    for row in torn:
        run = run + 1 if row else 0
        longest = max(longest, run)
    return longest >= _TORN_ROWS


def _sound_offset_s(path: Path) -> float:
    """How much later than the picture the first sound is heard; what only primes the decoder is not."""
    import av

    with av.open(str(path)) as container:
        picture = next(container.decode(container.streams.video[0]), None)
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return 0.0
        sound = next(container.decode(container.streams.audio[0]), None)
    if picture is None or sound is None:
        return 0.0
    return (sound.time or 0.0) - (picture.time or 0.0)


def _picture_problems(video: Video, seen: _Seen) -> list[str]:
    problems = []
    if seen.frames != video.frames:
        problems.append(f"{seen.frames} frames can be decoded, wanted {video.frames}")
    if not seen.steady:
        problems.append("frames do not follow each other evenly")
    if seen.damaged_at is not None:
        problems.append(f"frame {seen.damaged_at} is damaged: the decoder had to mend it")
    if seen.torn:
        more = f", and {seen.torn - 1} more" if seen.torn > 1 else ""
        problems.append(f"the frame at {seen.torn_at / FRAMES_PER_SECOND:.1f} s is torn{more}")
    if abs(seen.sound_offset_s) > _LARGEST_OFFSET_S + 1e-6:
        later = "later" if seen.sound_offset_s > 0 else "sooner"
        problems.append(
            f"the sound begins {abs(seen.sound_offset_s) * 1000:.0f} ms {later} than the picture"
        )
    for stretch, limit, begin, what in (
        (seen.longest_black, _LONGEST_BLACK, seen.black_at, "black"),
        (seen.longest_still, _LONGEST_STILL, seen.still_at, "frozen"),
    ):
        if stretch > limit:
            problems.append(
                f"the picture is {what} for {stretch / FRAMES_PER_SECOND:.1f} s "
                f"from {begin / FRAMES_PER_SECOND:.1f} s on"
            )
    return problems


def _index_comes_first(path: Path) -> bool:
    """Whether ``moov`` precedes ``mdat`` (ISO/IEC 14496-12 § 8): then playing starts at once."""
    with path.open("rb") as file:
        while len(header := file.read(8)) == 8:
            size, name = struct.unpack(">I4s", header)
            if name in (b"moov", b"mdat"):
                return bool(name == b"moov")
            head = 8
            if size == 1:
                size, head = int.from_bytes(file.read(8), "big"), 16
            if size < head:
                return False
            file.seek(size - head, 1)
    return False
