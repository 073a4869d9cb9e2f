"""A story's files: are they whole, and where people find them, under names they can read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from content_platform.captions.models import CaptionTrack
from content_platform.errors import DefectiveMedia, NotFound
from content_platform.imagery.models import SceneImage, Thumbnail
from content_platform.music.models import BackgroundMusic
from content_platform.narration.models import Narration
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef
from content_platform.storage.records import RecordStore
from content_platform.video.models import Video


@dataclass(frozen=True)
class Delivered:
    """Paths of one story's files, in the order people ask for them."""

    folder: Path
    videos: list[Path]
    captions: list[Path]
    thumbnails: list[Path]
    other: list[Path]
    """Compressed copies of narration and pictures, where asked for."""


def unfit_media(story_id: str, *, records: RecordStore, media: MediaStore) -> list[MediaRef]:
    """The story's media that are missing, or were damaged in the store.

    Damaged ones are removed: their bytes are worth nothing, and what is missing is made again.
    Reads every file, about half a second per gigabyte.
    """
    unfit = []
    for ref in dict.fromkeys(_named_media(story_id, records)):
        try:
            media.local_path(ref)
        except NotFound:
            unfit.append(ref)
        except DefectiveMedia:
            media.delete(ref)
            unfit.append(ref)
    return unfit


def _named_media(story_id: str, records: RecordStore) -> Iterator[MediaRef]:
    for speech in records.load(Narration, story_id):
        yield speech.audio
        yield from speech.compressed.values()
    for image in records.load(SceneImage, story_id):
        yield image.picture
        yield from image.compressed.values()
        if image.clip is not None:
            yield image.clip
        if image.layers is not None:
            yield from (image.layers.behind, image.layers.near)
    for cue in records.load(BackgroundMusic, story_id):
        yield cue.audio
    for track in records.load(CaptionTrack, story_id):
        yield from track.files.values()
    for still in records.load(Thumbnail, story_id):
        yield still.picture
        for other in still.alternatives:
            yield other.picture
    for video in records.load(Video, story_id):
        yield video.media


def deliver(story_id: str, *, records: RecordStore, media: MediaStore, folder: Path) -> Delivered:
    """Lay the story's files out in ``folder/<story_id>``; files that are there already are kept."""
    target = folder / story_id

    def lay(ref: MediaRef, name: str) -> Path:
        target.mkdir(parents=True, exist_ok=True)
        return _link(media.local_path(ref), target / f"{name}{ref.suffix}")

    narrations = records.load(Narration, story_id)
    images = records.load(SceneImage, story_id)
    return Delivered(
        folder=target,
        videos=[
            lay(video.media, f"video.{video.locale}.{video.format}")
            for video in records.load(Video, story_id)
        ],
        captions=[
            lay(
                ref, f"captions.{track.locale}{kind.removeprefix(ref.suffix[1:]).replace('-', '.')}"
            )
            for track in records.load(CaptionTrack, story_id)
            for kind, ref in sorted(track.files.items())
        ],
        thumbnails=[
            lay(picture, f"thumbnail.{still.locale}.{still.format}{name}")
            for still in records.load(Thumbnail, story_id)
            for name, picture in (
                ("", still.picture),
                *((f".{other.template}", other.picture) for other in still.alternatives),
            )
        ],
        other=[
            lay(ref, f"narration.{speech.locale}")
            for speech in narrations
            for ref in speech.compressed.values()
        ]
        + [
            lay(ref, f"scene-{image.scene:02d}.{image.format}")
            for image in images
            for ref in image.compressed.values()
        ],
    )


def _link(source: Path, target: Path) -> Path:
    """A hard link where the file system can, else a copy; never half a file."""
    if target.exists() and (target.samefile(source) or _same_bytes(source, target)):
        return target
    part = target.with_name(f".{target.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    try:
        part.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, part)
    part.replace(target)
    return target


def _same_bytes(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as a, other.open("rb") as b:
        while True:
            left, right = a.read(1 << 20), b.read(1 << 20)
            if left != right:
                return False
            if not left:
                return True
