"""Stretches of a timeline that are rendered on their own: cutting, naming by content, caching.

A segment ends where a shot's transition begins or ends, and is never longer than the distance
between two key frames. What it is made from decides its key, so that a story with one changed
scene renders that scene and its seams only.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Literal

from content_platform.captions.layout import Placement
from content_platform.captions.models import Cue
from content_platform.storage.models import MediaRef, Model
from content_platform.video.encoder import encoder_settings
from content_platform.video.models import EncodingProfile, Look, LowerThird, Rect, Shot, Timeline
from content_platform.vocabulary import CaptionStyle, Format, Locale, Transition

RENDERER_VERSION = 5
"""Raise it when the same timeline gives other pixels or another stream than before."""

_SHORTEST_REST = 30
"""Frames a shot must still have behind its transition for that to be a segment of its own: a key
frame more, to render so many frames less when the shot before it changes."""
_GLIMPSE = 6
"""The longest transition, in frames, that is over before anybody looks closely: a soft cut."""


class Segment(Model):
    """Frames ``start`` up to ``end`` of a timeline, with all that is on screen in them."""

    format: Format
    fps: int
    start: int
    end: int
    shots: tuple[Shot, ...]
    captions: tuple[Cue, ...]
    locale: Locale
    caption_style: CaptionStyle
    caption_place: Placement | None
    accent: str
    look: Look
    lower_third: LowerThird | None
    """None where it is not to be seen."""
    progress_bar: Literal["none", "top", "bottom"]
    whole: int
    """Frames of the timeline."""
    encoding: EncodingProfile
    encoder: str
    dark_from: int
    """The frame at which the picture begins to fade to black."""
    dark_at: int
    effects: tuple[str, ...] = ()
    effects_sha256: str = ""
    """Of what the effects do: the same name may do something else tomorrow."""

    @property
    def cost(self) -> int:
        """Pixels to make: what the time it takes grows with."""
        width, height = self.format.size
        return (self.end - self.start) * width * height

    @property
    def steady(self) -> bool:
        """Whether nothing on screen moves but the camera: no clip, and no effect that may do anything."""
        return not self.effects and all(shot.clip is None for shot in self.shots)

    @property
    def glimpse(self) -> bool:
        """Whether it is nothing but a short transition. A scene as short is something to look at."""
        frames = self.end - self.start
        return frames <= _GLIMPSE and any(
            shot.start == self.start and shot.fade_in >= frames for shot in self.shots
        )

    @property
    def key(self) -> str:
        """Hex digest of everything its bytes depend on. Where in the story it lies is not part."""
        apart = {"start", "end", "captions", "encoding", "encoder", "whole"}
        made_from = self.model_dump(mode="json", exclude=apart)
        for shot in made_from["shots"]:
            shot["start"] -= self.start
            shot["end"] -= self.start
            shot["picture"] = shot["picture"]["sha256"]
            shot["clip"] = shot["clip"] and shot["clip"]["sha256"]
            for layer in shot["layers"]:
                layer["picture"] = layer["picture"]["sha256"]
            if not self.effects:  # they are told which scene they work on
                del shot["scene"]
        if made_from["lower_third"] is not None:
            made_from["lower_third"]["start"] -= self.start
            made_from["lower_third"]["end"] -= self.start
        if self.progress_bar != "none":
            made_from["progress_bar"] = [self.progress_bar, self.start, self.whole]
        made_from |= {
            "frames": self.end - self.start,
            "dark_from": max(0, self.dark_from - self.start) if self._darkens else None,
            "dark_at": self.dark_at - self.start if self._darkens else None,
            "captions": [self._relative(cue) for cue in self.captions],
            "encoder": [
                self.encoder,
                *(
                    encoder_settings(
                        self.encoding,
                        self.encoder,
                        steady=self.steady,
                        glimpse=self.glimpse,
                        limited=limited,
                    )
                    for limited in (False, True)
                ),
            ],
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


class Job(Model):
    """One segment to render to ``target``; ``pictures`` names a file for each picture's sha256."""

    segment: Segment
    pictures: dict[str, Path]
    target: Path


def cut_segments(
    timeline: Timeline,
    *,
    opening: MediaRef | None,
    closing: MediaRef | None,
    encoder: str = "libx264",
) -> list[Segment]:
    """The timeline's segments in order; cards are pictures of the video's size."""
    shots = list(timeline.shots)
    if timeline.opening is not None and opening is not None:
        shots.insert(0, _card_shot(timeline, -2, opening, 0, timeline.opening.end, 0))
    if timeline.closing is not None and closing is not None:
        begin, fade_in = timeline.closing.start, timeline.closing.fade_in
        shots.append(_card_shot(timeline, -1, closing, begin, timeline.frames, fade_in))
    segments = []
    longest = timeline.encoding.keyframe_frames
    name = timeline.lower_third
    effects_key = _effects_key(timeline.effects)
    for first, after in pairwise([*_borders(shots, timeline.frames), timeline.frames]):
        parts = -(-(after - first) // longest)
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
                    caption_style=timeline.caption_style,
                    caption_place=timeline.caption_place,
                    accent=timeline.accent,
                    look=timeline.look,
                    lower_third=name if name and name.start < end and name.end > start else None,
                    progress_bar=timeline.progress_bar,
                    whole=timeline.frames,
                    encoding=timeline.encoding,
                    encoder=encoder,
                    dark_from=timeline.frames - timeline.fade_out,
                    dark_at=timeline.frames,
                    effects=timeline.effects,
                    effects_sha256=effects_key,
                )
            )
    return segments


def _borders(shots: Sequence[Shot], frames: int) -> Iterator[int]:
    """Where shots begin, and where they have taken over from the one before."""
    for shot, following in pairwise([*shots, None]):
        assert shot is not None
        yield shot.start
        alone = shot.start + shot.fade_in
        if shot.fade_in and alone + _SHORTEST_REST <= (following.start if following else frames):
            yield alone


def _effects_key(effects: tuple[str, ...]) -> str:
    if not effects:
        return ""
    from content_platform.video.moviepy_renderer import effects_sha256

    return effects_sha256(effects)


def _card_shot(
    timeline: Timeline, scene: int, card: MediaRef, start: int, end: int, fade_in: int
) -> Shot:
    """A card under a camera that comes a little nearer, as alive as the rest of the video."""
    width, height = timeline.format.size
    near = 0.97
    return Shot(
        scene=scene,
        picture=card,
        start=start,
        end=end,
        transition=Transition.CROSSFADE,
        fade_in=fade_in,
        camera_from=Rect(x=0, y=0, width=width, height=height),
        camera_to=Rect(
            x=width * (1 - near) / 2,
            y=height * (1 - near) / 2,
            width=width * near,
            height=height * near,
        ),
    )


class SegmentCache:
    """Rendered segments and sounds by key and kind of file (its suffix), in one folder.

    The least lately used go when it grows too large.

    Several processes may share the folder. What is taken is linked or copied out, so that nobody
    can remove it from under its user.
    """

    def __init__(self, folder: Path, *, max_bytes: int = 1 << 29) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def take(self, key: str, target: Path) -> bool:
        """Put what is kept as a file of its kind at ``target``; False when it is not here."""
        kept = self._path(key, target)
        try:
            os.utime(kept)
            _link_or_copy(kept, target)
        except FileNotFoundError:
            return False
        return True

    def keep(self, key: str, made: Path) -> None:
        """Remember a finished file. A full disk only means that it is not remembered."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            part = self._folder / f"{key}.{os.getpid()}.part"
            try:
                _link_or_copy(made, part)
                part.replace(self._path(key, made))
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

    def _path(self, key: str, like: Path) -> Path:
        return self._folder / f"{key}{like.suffix}"


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)
