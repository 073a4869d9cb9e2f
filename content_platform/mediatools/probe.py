"""Looking into a media file: which streams it has, how long, how large. Reads headers only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from content_platform.errors import DefectiveMedia


@dataclass(frozen=True)
class VideoStream:
    """A picture stream. ``frames`` is what the container says, 0 when it does not say."""

    codec: str
    profile: str
    width: int
    height: int
    pixel_format: str
    fps: float
    frames: int
    duration_s: float


@dataclass(frozen=True)
class SoundStream:
    """A sound stream."""

    codec: str
    sample_rate: int
    channels: int
    duration_s: float


@dataclass(frozen=True)
class MediaInfo:
    """What a media file holds: its first picture stream and its first sound stream."""

    container: str
    duration_s: float
    size_bytes: int
    video: VideoStream | None
    sound: SoundStream | None


def probe(path: Path) -> MediaInfo:
    """Read the headers of ``path``. Raises DefectiveMedia when it cannot be read as media."""
    import av

    try:
        with av.open(str(path)) as container:
            video = container.streams.video[0] if container.streams.video else None
            sound = container.streams.audio[0] if container.streams.audio else None
            # By its name alone, junk may pass as media of no size and no rate.
            if not (video and video.codec_context.width) and not (
                sound and sound.codec_context.sample_rate
            ):
                raise DefectiveMedia(f"{path.name} holds neither picture nor sound.")
            whole_s = (container.duration or 0) / av.time_base
            return MediaInfo(
                container=container.format.name,
                duration_s=whole_s,
                size_bytes=path.stat().st_size,
                video=None
                if video is None
                else VideoStream(
                    codec=video.codec_context.name,
                    profile=video.codec_context.profile or "",
                    width=video.codec_context.width,
                    height=video.codec_context.height,
                    pixel_format=video.codec_context.pix_fmt or "",
                    fps=float(video.average_rate or 0),
                    frames=video.frames,
                    duration_s=_stream_seconds(video, whole_s),
                ),
                sound=None
                if sound is None
                else SoundStream(
                    codec=sound.codec_context.name,
                    sample_rate=sound.codec_context.sample_rate,
                    channels=sound.codec_context.channels,
                    duration_s=_stream_seconds(sound, whole_s),
                ),
            )
    except (av.FFmpegError, OSError) as error:
        raise DefectiveMedia(
            f"{path.name} cannot be read as media: {error}.",
            remedy="Make it again, or give another file.",
        ) from error


def _stream_seconds(stream: object, otherwise: float) -> float:
    duration = getattr(stream, "duration", None)
    time_base = getattr(stream, "time_base", None)
    return float(duration * time_base) if duration and time_base else otherwise
