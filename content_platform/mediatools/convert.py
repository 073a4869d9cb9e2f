"""Smaller copies of finished pictures and sounds, for those who ask for them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from content_platform.errors import BadInput, DefectiveMedia, StorageUnavailable
from content_platform.mediatools.ffmpeg import run_ffmpeg

PictureKind = Literal["jpeg", "webp", "avif"]
AudioKind = Literal["mp3", "aac", "opus"]

# Qualities at which the picture is indistinguishable at arm's length; 4:2:0 like the video itself.
_PICTURES: dict[PictureKind, dict[str, int | bool | str]] = {
    "jpeg": {"quality": 88, "optimize": True, "progressive": True, "subsampling": "4:2:0"},
    "webp": {"quality": 84, "method": 4},
    "avif": {"quality": 68, "speed": 7, "subsampling": "4:2:0", "max_threads": 2},
}
_AUDIO: dict[AudioKind, tuple[str, ...]] = {
    "mp3": ("-c:a", "libmp3lame", "-q:a", "2", "-f", "mp3"),
    "aac": ("-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", "-f", "mp4"),
    "opus": ("-c:a", "libopus", "-b:a", "96k", "-ar", "48000", "-f", "ogg"),
}


def compress_picture(path: Path, kind: PictureKind, target: Path) -> None:
    """Write the picture ``path`` to ``target`` as ``kind``, same size in pixels, atomically.

    Transparent parts become black in JPEG. Raises DefectiveMedia when ``path`` is no picture.
    """
    from PIL import Image

    if kind not in _PICTURES:
        raise BadInput(f"picture kind {kind!r} is unknown", remedy="Use jpeg, webp or avif.")
    try:
        with Image.open(path) as picture:
            picture.load()
            mode = "RGB" if kind == "jpeg" or not picture.has_transparency_data else "RGBA"
            pixels = picture.convert(mode)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DefectiveMedia(
            f"{path.name} cannot be read as a picture: {error}.", remedy="Make it again."
        ) from error
    part = _part_of(target)
    try:
        pixels.save(part, format=kind.upper(), **_PICTURES[kind])
        part.replace(target)
    except OSError as error:
        raise StorageUnavailable(
            f"{target} cannot be written: {error}.", remedy="Check the folder and the free space."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def compress_audio(path: Path, kind: AudioKind, target: Path) -> None:
    """Write the first sound of ``path`` to ``target`` as ``kind``, atomically, without metadata.

    ``aac`` is an MP4 (``.m4a``) with its index first, ``opus`` is in Ogg.
    Raises FfmpegError when ``path`` has no readable sound.
    """
    if kind not in _AUDIO:
        raise BadInput(f"audio kind {kind!r} is unknown", remedy="Use mp3, aac or opus.")
    part = _part_of(target)
    arguments = ["-map", "0:a:0", "-map_metadata", "-1", "-fflags", "+bitexact"]
    try:
        run_ffmpeg(
            *("-y", "-i", str(path), *arguments, "-flags:a", "+bitexact"),
            *(*_AUDIO[kind], str(part)),
            timeout_s=300,
        )
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _part_of(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.part")
