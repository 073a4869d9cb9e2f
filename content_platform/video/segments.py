"""Stretches of a timeline that are rendered on their own: cutting, naming by content, caching.

A segment begins where a shot begins (its crossfade in belongs to it), and is never longer than
the distance between two key frames. What it is made from decides its key, so that a story with
one changed scene renders that scene and its seam only.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from content_platform.captions.models import Cue
from content_platform.storage.models import MediaRef, Model
from content_platform.video.encoder import CRF, MAX_SEGMENT, encoder_settings
from content_platform.video.models import ClosingCard, Rect, Shot, Timeline
from content_platform.vocabulary import Format, Locale

RENDERER_VERSION = 1
"""Raise it when the same timeline gives other pixels or another stream than before."""


class Segment(Model):
    """Frames ``start`` up to ``end`` of a timeline, with all that is on screen in them."""

    format: Format
    fps: int
    start: int
    end: int
    shots: tuple[Shot, ...]
    captions: tuple[Cue, ...]
    locale: Locale
    accent: str
    dark_from: int
    """The frame at which the picture begins to fade to black."""
    dark_at: int

    @property
    def cost(self) -> int:
        """Pixels to make: what the time it takes grows with."""
        width, height = self.format.size
        return (self.end - self.start) * width * height

    @property
    def key(self) -> str:
        """Hex digest of everything its bytes depend on. Where in the story it lies is not part."""
        made_from = self.model_dump(mode="json", exclude={"start", "end", "captions"})
        for shot in made_from["shots"]:
            shot["start"] -= self.start
            shot["end"] -= self.start
            shot["picture"] = shot["picture"]["sha256"]
            del shot["scene"]
        made_from |= {
            "frames": self.end - self.start,
            "dark_from": max(0, self.dark_from - self.start) if self._darkens else None,
            "dark_at": self.dark_at - self.start if self._darkens else None,
            "captions": [self._relative(cue) for cue in self.captions],
            "encoder": [CRF, encoder_settings()],
            "renderer": RENDERER_VERSION,
        }
        canonical = json.dumps(made_from, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def _darkens(self) -> bool:
        return self.end > self.dark_from

    def _relative(self, cue: Cue) -> list[object]:
        def at(seconds: float) -> int:
            return round(seconds * self.fps) - self.start

        words = [
            [[word.text, at(word.start_s), at(word.end_s)] for word in line] for line in cue.lines
        ]
        return [at(cue.start_s), at(cue.end_s), words]


def cut_segments(timeline: Timeline, card: MediaRef | None) -> list[Segment]:
    """The timeline's segments in order; ``card`` is its closing card's picture, of the video's size."""
    shots = list(timeline.shots)
    if timeline.closing is not None and card is not None:
        shots.append(_closing_shot(timeline, timeline.closing, card))
    segments = []
    for first, after in pairwise([*(shot.start for shot in shots), timeline.frames]):
        parts = -(-(after - first) // MAX_SEGMENT)
        cuts = [first + (after - first) * part // parts for part in range(parts + 1)]
        for start, end in pairwise(cuts):
            segments.append(
                Segment(
                    format=timeline.format,
                    fps=timeline.fps,
                    start=start,
                    end=end,
                    shots=tuple(s for s in shots if s.start < end and s.end > start),
                    captions=tuple(
                        cue
                        for cue in timeline.captions
                        if cue.start_s * timeline.fps < end and cue.end_s * timeline.fps > start
                    ),
                    locale=timeline.locale,
                    accent=timeline.accent,
                    dark_from=timeline.frames - timeline.fade_out,
                    dark_at=timeline.frames,
                )
            )
    return segments


def _closing_shot(timeline: Timeline, closing: ClosingCard, card: MediaRef) -> Shot:
    """The card under a camera that comes a little nearer, as alive as the rest of the video."""
    width, height = timeline.format.size
    near = 0.97
    return Shot(
        scene=-1,
        picture=card,
        start=closing.start,
        end=timeline.frames,
        fade_in=closing.fade_in,
        camera_from=Rect(x=0, y=0, width=width, height=height),
        camera_to=Rect(
            x=width * (1 - near) / 2,
            y=height * (1 - near) / 2,
            width=width * near,
            height=height * near,
        ),
    )


class SegmentCache:
    """Rendered segments by key, in one folder; the least lately used go when it grows too large.

    Several processes may share the folder. What is taken is linked or copied out, so that nobody
    can remove it from under its user.
    """

    def __init__(self, folder: Path, *, max_bytes: int = 1 << 29) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def take(self, key: str, target: Path) -> bool:
        """Put the segment at ``target``; False when it is not here."""
        kept = self._path(key)
        try:
            os.utime(kept)
            _link_or_copy(kept, target)
        except FileNotFoundError:
            return False
        return True

    def keep(self, key: str, segment: Path) -> None:
        """Remember a finished segment. A full disk only means that it is not remembered."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            part = self._folder / f"{key}.{os.getpid()}.part"
            try:
                _link_or_copy(segment, part)
                part.replace(self._path(key))
            finally:
                part.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what is too much, oldest use first, and parts left by killed processes."""
        sizes = []
        for path in self._folder.glob("*"):
            with suppress(OSError):
                status = path.stat()
                sizes.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in sizes)
        for used, size, path in sorted(sizes):
            stale_part = path.suffix == ".part" and used < time.time() - 3600
            if total > self._max_bytes or stale_part:
                path.unlink(missing_ok=True)
                total -= size

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.mp4"


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)
