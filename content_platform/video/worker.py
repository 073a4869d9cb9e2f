"""A process that renders segments: ``python -m content_platform.video.worker RENDERERS``.

One line in is one segment to render, one JSON line out tells of progress, the end or a failure.
It is a plain program, not a fork: it starts clean, imports little, and ends when its input does,
that is, also when the process that started it is killed. Its renderers are threads: almost all of
a frame's time is spent in x264 and OpenCV, which let go of Python, and they share what importing
costs, in time and in memory.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from PIL import Image

from content_platform.captions.layout import caption_top
from content_platform.captions.sprites import CaptionSprite, caption_sprites
from content_platform.errors import ContentPlatformError, DefectiveMedia
from content_platform.typography.cards import draw_lower_third
from content_platform.typography.colour import parse_colour
from content_platform.typography.scripts import is_right_to_left
from content_platform.video.blends import Plane
from content_platform.video.compositor import (
    Banner,
    Compositor,
    Prepared,
    ProgressBar,
    resample_quickly,
)
from content_platform.video.encoder import encode_segment
from content_platform.video.grading import graded
from content_platform.video.models import Shot
from content_platform.video.segments import Job, Segment

if TYPE_CHECKING:
    from content_platform.video.footage import FootagePicture
    from content_platform.video.moviepy_renderer import ClipPicture

_TELL_EVERY = 10
"""Frames between two progress lines."""


_drawing_text = threading.Lock()
"""Fonts that are open belong to one thread at a time."""


class _Tell(Protocol):
    """Takes answers: ``frames=n`` that are done, ``done_s=``, or ``error=``."""

    def __call__(self, **answer: Any) -> None: ...


def render_segment(job: Job, tell: _Tell, before: Prepared | None = None) -> Prepared:
    """Render one segment. Raises DefectiveMedia naming scene and file when a picture is unfit.

    Returns the pictures that are still on screen at its end. Handed in as ``before``, they spare
    the segment that follows to read them again.
    """
    peak_kbps, prepared = _render(job, tell, before, limited=False)
    if peak_kbps > job.segment.encoding.max_kbps:
        # Rare (much grain): made again, held to the limit.
        _, prepared = _render(job, None, prepared, limited=True)
    return prepared


def _render(
    job: Job, tell: _Tell | None, before: Prepared | None, *, limited: bool
) -> tuple[float, Prepared]:
    """Render a segment and tell of its frames; the largest bitrate of any second in kbit/s."""
    segment = job.segment
    with _drawing_text:
        extras = list(_extras(segment))
    compositor = Compositor(
        segment.format.size,
        segment.shots,
        _captions(segment),
        dark_from=segment.dark_from,
        dark_at=segment.dark_at,
        look=segment.look,
        extras=extras,
        before=before,
    )
    pending = 0

    def draw(frame: int, luma: Plane, chroma: Plane) -> None:
        for shot in compositor.needs(frame):
            if shot.clip is not None:
                compositor.take(shot, _footage(segment, shot, job.pictures[shot.clip.sha256]))
                continue
            layers = [
                read_picture(job.pictures[layer.picture.sha256], shot, "RGBA")
                for layer in shot.layers
            ]
            picture = read_picture(job.pictures[shot.picture.sha256], shot)
            if segment.effects and shot.scene >= 0:
                compositor.take(shot, _clip(segment, shot, picture, layers))
            else:
                compositor.prepare(shot, picture, layers)
            del picture, layers
        compositor.draw(frame, luma, chroma)

    def drawn() -> None:
        nonlocal pending
        pending += 1
        if tell is not None and pending == _TELL_EVERY:
            tell(frames=pending)
            pending = 0

    peak_kbps = encode_segment(
        job.target,
        segment.format.size,
        segment.fps,
        range(segment.start, segment.end),
        draw,
        drawn,
        profile=segment.encoding,
        encoder=segment.encoder,
        steady=segment.steady,
        glimpse=segment.glimpse,
        limited=limited,
    )
    if tell is not None:
        tell(frames=pending)
    return peak_kbps, compositor.prepared


def _captions(segment: Segment) -> Iterator[CaptionSprite]:
    sprites = caption_sprites(
        segment.captions,
        format=segment.format,
        accent=segment.accent,
        locale=segment.locale,
        look=segment.caption_style,
        place=segment.caption_place,
        fps=segment.fps,
    )
    while True:
        with _drawing_text:
            sprite = next(sprites, None)
        if sprite is None:
            return
        yield sprite


def _clip(segment: Segment, shot: Shot, picture: Plane, layers: Sequence[Plane]) -> ClipPicture:
    """The shot with the user's effects, which see it graded as everybody will."""
    from content_platform.video.moviepy_renderer import ClipPicture, load_effects, scene_clip

    grade = segment.look.grade
    clip = scene_clip(
        shot,
        graded(picture, grade),
        segment.format.size,
        segment.fps,
        layers=[
            np.dstack([graded(np.ascontiguousarray(layer[..., :3]), grade), layer[..., 3]])
            for layer in layers
        ],
        effects=load_effects(segment.effects),
        accent=segment.accent,
        locale=segment.locale,
    )
    return ClipPicture(shot, clip, segment.fps, segment.effects)


def _footage(segment: Segment, shot: Shot, path: Path) -> FootagePicture:
    from content_platform.video.footage import FootagePicture

    return FootagePicture(shot, path, segment.format.size, segment.fps, segment.look.grade)


def _extras(segment: Segment) -> Iterator[Banner | ProgressBar]:
    if segment.lower_third is not None:
        name = segment.lower_third
        rgba = draw_lower_third(name.text, segment.accent, segment.format, locale=segment.locale)
        width, height = segment.format.size
        mirrored = is_right_to_left(segment.locale)
        side = 2 * round(0.05 * width / 2)
        bottom = 2 * round((caption_top(segment.format, segment.caption_place) - 0.02) * height / 2)
        yield Banner(
            CaptionSprite(
                start_frame=name.start,
                end_frame=name.end,
                x=width - side - rgba.shape[1] if mirrored else side,
                y=bottom - rgba.shape[0],
                rgba=rgba,
            ),
            mirrored=mirrored,
        )
    if segment.progress_bar != "none":
        yield ProgressBar(
            at_top=segment.progress_bar == "top",
            colour=parse_colour(segment.accent),
            first=0,
            frames=segment.whole,
        )


def read_picture(path: Path, shot: Shot, mode: Literal["RGB", "RGBA"] = "RGB") -> Plane:
    """The picture as [height, width, 3], or 4 with alpha; complete, or DefectiveMedia."""
    what = {-1: "the closing card", -2: "the opening card"}.get(
        shot.scene, f"the picture of scene {shot.scene}"
    )
    try:
        with Image.open(path) as picture:
            rgb: Plane = np.asarray(picture.convert(mode))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DefectiveMedia(
            f"{what} ({path.name}) cannot be read: {error}.", remedy="Make the picture again."
        ) from error
    for rect in (shot.camera_from, shot.camera_to):
        # Views are rounded to a thousandth of a pixel; half a pixel more is still in the border.
        if rect.x + rect.width > rgb.shape[1] + 0.5 or rect.y + rect.height > rgb.shape[0] + 0.5:
            raise DefectiveMedia(
                f"{what} ({path.name}) is {rgb.shape[1]} x {rgb.shape[0]} pixels, smaller than "
                f"what the camera is to see.",
                remedy="Make the picture again.",
            )
    return rgb


class _Answers:
    """Writes the answers. Nothing else may: libraries that print go to standard error."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w")
        self._writing = threading.Lock()
        os.dup2(2, 1)

    def write(self, renderer: int, **answer: Any) -> None:
        line = json.dumps({"renderer": renderer, **answer})
        with self._writing:
            self._out.write(f"{line}\n")
            self._out.flush()


def _work(jobs: SimpleQueue[str], tell: _Tell) -> None:
    before: Prepared | None = None
    while True:
        job = Job.model_validate_json(jobs.get())
        began = time.monotonic()
        try:
            before = render_segment(job, tell, before)
            tell(done_s=time.monotonic() - began)
        except ContentPlatformError as error:
            tell(error=type(error).__name__, message=error.message, remedy=error.remedy)
        except Exception as error:
            tell(error="", message=f"{type(error).__name__}: {error}", remedy="")


def _main() -> None:
    # Ctrl-C in a terminal reaches the whole family; the parent decides, and closes the input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resample_quickly()
    answers = _Answers()
    desks: list[SimpleQueue[str]] = [SimpleQueue() for _ in range(int(sys.argv[1]))]
    for number, jobs in enumerate(desks):
        tell = partial(answers.write, number)
        threading.Thread(target=_work, args=(jobs, tell), daemon=True).start()
    for line in sys.stdin:
        renderer, _, job = line.partition(" ")
        desks[int(renderer)].put(job)
    os._exit(0)


if __name__ == "__main__":
    _main()
