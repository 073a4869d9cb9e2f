"""H.264 in and out of files: one segment's frames to a file, segments and sound to the video.

x264 runs inside the worker process through PyAV, fed with NV12 frames that are reused. Segments
begin with a key frame and have the same headers, so that joining them copies packets.
"""

from __future__ import annotations

import heapq
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from content_platform.errors import ContentPlatformError, DefectiveMedia, StorageUnavailable
from content_platform.video.models import EncodingProfile

if TYPE_CHECKING:
    import av
    from av.stream import Stream

    from content_platform.video.blends import Plane

    _Packet = av.Packet[Any]

_X264: dict[str, str | int | float] = {
    # Tuned for still pictures under a moving camera with known cuts (docs/rendering.md).
    "b-adapt": 0,
    # These two stand in a stream's headers, which all segments of a video must share.
    "bframes": 7,
    "b-pyramid": "none",
    "me": "dia",
    "subme": 1,
    "direct": "temporal",
    "partitions": "i8x8,i4x4",
    # A step softer than usual: drawn edges stay, and frames are more alike.
    "deblock": "-1,-1",
    "scenecut": 0,
    "qcomp": 0.75,
    # No block left where it was for being nearly right: what is steady in the film then is steady
    # in the file.
    "no-fast-pskip": 1,
    "stitchable": 1,
    # x264 would choose by the number of cores, and so change the stream.
    "threads": 1,
    "lookahead-threads": 1,
}
_STEADY: dict[str, str | int | float] = {
    # All of a picture moves as one, so all of it is worth the same to the frames that follow. What
    # looking ahead finds out block by block at the price of a quarter of the time (x264's
    # "macroblock tree") is known beforehand: a key frame is worth much, the frames between little.
    "mbtree": 0,
    "rc-lookahead": 0,
    "ipratio": 1.5,
    # More, and frames would be better and worse in turn: to the eye, a picture that trembles.
    "pbratio": 1.2,
    "aq-mode": 1,
    "aq-strength": 0.8,
}
_STEADY_CRF = 24.5
"""As good as ``fast`` with looking ahead, where the factor means something else."""
_GLIMPSE_CRF = 5
"""Added where nobody can look closely."""
_LIVELY: dict[str, str | int | float] = {
    "rc-lookahead": 10,
    # Every frame about as good as its neighbours, flat parts too.
    "aq-mode": 2,
    "aq-strength": 0.6,
}
_QUALITIES: dict[str, tuple[float, dict[str, str | int | float]]] = {
    # (constant rate factor, settings that differ)
    "fast": (21.2, {}),
    "balanced": (21, {"bframes": 3, "subme": 2, "partitions": "i8x8,i4x4"}),
    "best": (
        20,
        {
            "bframes": 5,
            "subme": 6,
            "me": "hex",
            "partitions": "i8x8,i4x4,p8x8",
            "rc-lookahead": 20,
            "trellis": 1,
        },
    ),
}
_HARDWARE: dict[str, dict[str, str]] = {
    "h264_nvenc": {"preset": "p5", "tune": "hq", "rc": "vbr", "cq": "22", "bf": "0"},
    "h264_videotoolbox": {"q": "62", "allow_sw": "0", "realtime": "0", "bf": "0"},
    "h264_qsv": {"preset": "slow", "global_quality": "22", "bf": "0"},
    "h264_amf": {"quality": "quality", "rc": "qvbr", "qvbr_quality_level": "22", "bf": "0"},
}
"""Encoders of graphics cards (NVIDIA, Apple, Intel, AMD), the best first, with the settings nearest
to x264's quality. VA-API is not among what PyAV's FFmpeg is built with; these two drive the cards it
would."""
_CPU_AVX_512F = 13
"""OpenCV's number for this instruction set (``cv::CpuFeatures``); its Python names are missing."""
_B_FRAME_DELAY = 1
"""How far decoding runs ahead of showing, in frames: B-frames that no other frame is made from."""


def encoder_settings(
    profile: EncodingProfile,
    encoder: str = "libx264",
    *,
    steady: bool = True,
    glimpse: bool = False,
    limited: bool = False,
) -> dict[str, str]:
    """FFmpeg's options for ``encoder`` on this machine; part of what a segment is made from.

    ``steady`` is a stretch of still pictures under a camera; what moves by itself (clips, effects)
    is not. ``glimpse`` is a soft cut, over before anybody looks closely. ``limited`` holds x264 to
    the profile's rate. It costs a third more time, so it is for segments that have shown to need it.
    """
    # A second holds at most a second's rate and what the buffer had saved up before; three segments
    # may share it, and each begins with a full buffer.
    rate = {
        "maxrate": f"{round(0.55 * profile.max_kbps)}k",
        "bufsize": f"{round(0.15 * profile.max_kbps)}k",
    }
    if encoder != "libx264":
        return {**_HARDWARE[encoder], **rate, "g": str(profile.keyframe_frames), "profile": "high"}
    settings: dict[str, str | int | float] = {"keyint": profile.keyframe_frames, **_X264}
    if profile.quality == "fast" and steady and not limited:
        crf = _STEADY_CRF
        settings |= _STEADY
    else:
        crf, differing = _QUALITIES[profile.quality]
        settings |= {**_LIVELY, **differing}
        if _has_avx512():
            # With AVX-512, macroblock-tree at width 1080 reads memory it never wrote: the same
            # frames give other bytes each time (x264 core 164 and 165).
            settings["asm"] = "avx2"
    return {
        "preset": "veryfast",
        "profile": "high",
        "crf": str(crf + _GLIMPSE_CRF if glimpse else crf),
        **(rate if limited else {}),
        "x264-params": ":".join(f"{name}={value}" for name, value in settings.items()),
    }


@cache
def _has_avx512() -> bool:
    try:
        return " avx512f " in Path("/proc/cpuinfo").read_text()
    except OSError:  # not Linux
        import cv2

        return bool(cv2.checkHardwareSupport(_CPU_AVX_512F))


@cache
def hardware_encoder() -> str | None:
    """The first hardware encoder that really encodes on this machine; None without one.

    That a build lists an encoder, or a card is there, proves nothing: each is made to encode.
    """
    import av

    for encoder in _HARDWARE:
        try:
            with tempfile.TemporaryDirectory() as folder:
                target = Path(folder) / "probe.mp4"
                encode_segment(target, (320, 240), 30, range(8), _grey, _nothing, encoder=encoder)
                with av.open(str(target)) as made:
                    if sum(1 for _ in made.decode(video=0)) == 8:
                        return encoder
        except (ContentPlatformError, av.FFmpegError, OSError, ValueError):
            continue
    return None


def _grey(frame: int, luma: Plane, chroma: Plane) -> None:
    luma[:] = 60 + 10 * frame
    chroma[:] = 128


def _nothing() -> None:
    pass


def part_of(path: Path) -> Path:
    """Where a segment is while it is being written."""
    return path.with_name(f"{path.name}.part")


def encode_segment(
    path: Path,
    size: tuple[int, int],
    fps: int,
    frames: range,
    draw: Callable[[int, Plane, Plane], None],
    drawn: Callable[[], None],
    *,
    profile: EncodingProfile | None = None,
    encoder: str = "libx264",
    steady: bool = True,
    glimpse: bool = False,
    limited: bool = False,
) -> float:
    """Encode ``frames`` to ``path``, atomically; ``draw(frame, luma, chroma)`` fills each.

    Returns the largest bitrate of any second, or of all if it is shorter, in kbit/s. ``encoder`` is
    libx264 or what ``hardware_encoder`` found; ``steady``, ``glimpse`` and ``limited`` as in
    ``encoder_settings``; ``drawn`` is called after each frame. Raises StorageUnavailable when the
    file cannot be written.
    """
    import av

    width, height = size
    part = part_of(path)
    sizes: list[int] = []
    try:
        with av.open(str(part), "w", format="mp4") as container:
            stream = cast("av.VideoStream", container.add_stream(encoder, rate=fps))
            stream.width, stream.height, stream.pix_fmt = width, height, "nv12"
            stream.codec_context.time_base = Fraction(1, fps)
            stream.codec_context.thread_count = 1
            for tag in ("color_primaries", "color_trc", "colorspace", "color_range"):
                setattr(stream.codec_context, tag, 1)  # BT.709, limited range
            stream.options = {
                **encoder_settings(
                    profile or EncodingProfile(),
                    encoder,
                    steady=steady,
                    glimpse=glimpse,
                    limited=limited,
                )
            }
            frame = av.VideoFrame(width, height, "nv12")
            frame.time_base = Fraction(1, fps)
            luma, chroma = _planes(frame)
            for number, at in enumerate(frames):
                draw(at, luma, chroma)
                frame.pts = number
                packets = stream.encode(frame)  # x264 copies it
                sizes += [packet.size for packet in packets]
                container.mux(packets)
                drawn()
            packets = stream.encode(None)
            sizes += [packet.size for packet in packets]
            container.mux(packets)
        part.replace(path)
    except (av.FFmpegError, OSError) as error:
        raise _cannot_write(path, error) from error
    finally:
        part.unlink(missing_ok=True)
    window = min(fps, len(sizes))
    most = max(sum(sizes[at : at + window]) for at in range(len(sizes) - window + 1))
    return most * 8 / 1000 * fps / window


def _planes(frame: av.VideoFrame) -> tuple[Plane, Plane]:
    """Writable views of an NV12 frame: luma [height, width], chroma [height/2, width/2, 2]."""
    import numpy as np

    luma, chroma = frame.planes
    rows, columns = frame.height // 2, frame.width // 2
    return (
        np.asarray(memoryview(luma)).reshape(-1, luma.line_size)[: frame.height, : frame.width],
        np.lib.stride_tricks.as_strided(
            np.asarray(memoryview(chroma)), (rows, columns, 2), (chroma.line_size, 2, 1)
        ),
    )


def join_segments(
    segments: Sequence[Path], sound: Path | None, target: Path, *, frames: int, fps: int
) -> None:
    """Copy the packets of ``segments``, and of ``sound``, into an MP4 with its index first.

    Raises DefectiveMedia when the segments do not fit together or are not ``frames`` in all.
    """
    import av

    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with ExitStack() as opened:
            container = opened.enter_context(
                av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"})
            )
            with av.open(str(segments[0])) as first:
                video = container.add_stream_from_template(first.streams.video[0])
            streams = [_video_packets(segments, video, frames, fps)]
            if sound is not None:
                heard = opened.enter_context(av.open(str(sound)))
                track = heard.streams.audio[0]
                copy = container.add_stream_from_template(track)
                streams.append(_restreamed(heard.demux(track), copy))
            for packet in heapq.merge(*streams, key=_decoding_time):
                container.mux(packet)
        part.replace(target)
    except (av.FFmpegError, OSError) as error:
        raise _cannot_write(target, error) from error
    finally:
        part.unlink(missing_ok=True)


def _video_packets(
    segments: Sequence[Path], stream: av.VideoStream, frames: int, fps: int
) -> Iterator[_Packet]:
    """All packets in decoding order, one frame apart, whatever times their files gave them."""
    import av

    step = Fraction(1, fps)
    headers = stream.codec_context.extradata
    done = 0
    for path in segments:
        first = done
        # Opening would decode a frame of each, to tell what the first one has told already.
        with av.open(str(path), options={"skip_frame": "all"}) as segment:
            source = segment.streams.video[0]
            if source.codec_context.extradata != headers:
                raise DefectiveMedia(f"segment {path.name} was encoded with other settings.")
            for packet in _restreamed(segment.demux(source), stream):
                shown = round((packet.pts or 0) * packet.time_base / step)
                packet.time_base, packet.duration = step, 1
                packet.pts, packet.dts = first + shown, done - _B_FRAME_DELAY
                done += 1
                yield packet
    if done != frames:
        raise DefectiveMedia(f"the segments hold {done} frames, wanted {frames}.")


def _decoding_time(packet: _Packet) -> Fraction:
    return (packet.dts or 0) * packet.time_base


def _restreamed(packets: Iterable[_Packet], stream: Stream) -> Iterator[_Packet]:
    for packet in packets:
        if packet.size:  # the last one, empty, only flushes decoders
            packet.stream = stream
            yield packet


def _cannot_write(path: Path, error: Exception) -> StorageUnavailable:
    return StorageUnavailable(
        f"{path.name} cannot be written: {error}.", remedy="Check the free space."
    )
