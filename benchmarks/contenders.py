"""Ways to make the same film, each as a process of its own: ``python -m benchmarks.contenders``.

Ours; one ffmpeg filter graph, as other projects write it; MoviePy, as its users write films and as
our own renderer for it does; and x264 alone on finished frames, which nobody can beat. ``run`` starts one and measures it with all its descendants.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

# Each contender loads what it needs where it needs it: what it does not use is not its time.
from content_platform.mediatools.ffmpeg import ffmpeg_program
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.video.encoder import encoder_settings
from content_platform.video.models import EncodingProfile, Shot, Timeline

if TYPE_CHECKING:
    from moviepy import VideoClip

    from content_platform.captions.sprites import CaptionSprite

THEIRS = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "21")
"""The settings most projects use, and the yardstick of all ratios."""
OURS = (
    *("-c:v", "libx264", "-threads", "1"),
    *(
        part
        for name, value in encoder_settings(EncodingProfile()).items()
        for part in (f"-{name}", value)
    ),
)
_TAGS = (
    *tuple(
        part
        for tag in ("color_primaries", "color_trc", "colorspace")
        for part in (f"-{tag}", "bt709")
    ),
    "-color_range",
    "tv",
)
_SAME_COLOURS = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"


@dataclass(frozen=True)
class Measured:
    """What a process and all its descendants took."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    """The largest sum of proportional set sizes: memory shared by several counts once."""


def run(command: Sequence[str | Path], **environment: str) -> Measured:
    """Run ``command`` to its end; raises CalledProcessError with what it said when it fails."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
        )
        peak = _Peak(process.pid)
        # wait4 counts the process and every descendant that was waited for.
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        peak_mb = peak.stop()
        if process.returncode:
            said.seek(0)
            words = said.read().decode(errors="replace")[-2000:]
            raise subprocess.CalledProcessError(process.returncode, process.args, words)
    return Measured(used.ru_utime + used.ru_stime, wall_s, peak_mb)


class _Peak:
    """Watches the memory of a process and its descendants, five times a second."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak, self._ended = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while not self._ended.wait(0.2):
            self._peak = max(self._peak, sum(map(_pss, _family(self._pid))))

    def stop(self) -> float:
        self._ended.set()
        self._thread.join()
        return self._peak / 1e6


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))
    except OSError:
        return


def _pss(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def command(contender: str, folder: Path, *arguments: str | Path) -> list[str | Path]:
    """The command of a Python contender on the media store in ``folder``."""
    return [sys.executable, "-m", "benchmarks.contenders", contender, folder, *arguments]


def encode(
    frames: Path, timeline: Timeline, target: Path, *, own: bool, times: int = 1
) -> list[str | Path]:
    """x264 alone on the finished ``frames`` (raw NV12), with our settings or everybody's.

    ``times`` encodes them over and over, for the length of a longer film.
    """
    width, height = timeline.format.size
    settings = OURS if own else THEIRS
    return [
        *(ffmpeg_program(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "nv12"),
        *("-s", f"{width}x{height}", "-r", f"{timeline.fps}", "-color_range", "tv"),
        *("-stream_loop", f"{times - 1}", "-i", frames),
        # Frames without colour tags would be converted to those the file is to carry. x264 takes
        # NV12 as it is: no conversion is counted as encoding.
        *("-vf", f"{_SAME_COLOURS},format=nv12", *settings, *_TAGS, target),
    ]


def one_graph(
    timeline: Timeline, media: LocalMediaStore, folder: Path, target: Path
) -> tuple[list[str | Path], dict[str, str]]:
    """The whole film as one ffmpeg filter graph: zoompan, xfade, ass, sidechaincompress, loudnorm.

    Returned with the environment it needs (fonts).
    """
    from content_platform.captions.files import to_ass
    from content_platform.typography.fonts import fontconfig_file
    from content_platform.video.worker import read_picture

    fps = timeline.fps
    width, height = timeline.format.size
    inputs: list[str | Path] = []
    graph = []
    for number, shot in enumerate(timeline.shots):
        picture = media.local_path(shot.picture)
        inputs += ["-i", picture]
        graph.append(
            f"[{number}:v]scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,"
            f"{_zoompan(shot, read_picture(picture, shot).shape[1], width, height, fps)},"
            f"settb=1/{fps}[v{number}]"
        )
    last = "v0"
    for number, shot in enumerate(timeline.shots[1:], start=1):
        graph.append(
            f"[{last}][v{number}]xfade=transition=fade:duration={max(shot.fade_in, 1) / fps:.6f}:"
            f"offset={shot.start / fps:.6f}[x{number}]"
        )
        last = f"x{number}"
    subtitles = folder / "captions.ass"
    subtitles.write_text(
        to_ass(timeline.captions, timeline.format, timeline.accent, timeline.locale)
    )
    dark_from = (timeline.frames - timeline.fade_out) / fps
    graph.append(
        f"[{last}]ass=filename={subtitles},"
        f"fade=t=out:st={dark_from:.6f}:d={max(timeline.fade_out, 1) / fps:.6f}[picture]"
    )
    voice, music = timeline.audio
    for track in (voice, music):
        inputs += ["-i", media.local_path(track.media)]
    count = len(timeline.shots)
    graph.append(
        f"[{count}:a]aresample=48000,aformat=channel_layouts=stereo,apad,asplit=2[voice][key];"
        f"[{count + 1}:a]aresample=48000,volume={music.gain_db}dB[music];"
        "[music][key]sidechaincompress=threshold=0.03:ratio=3:attack=60:release=700[ducked];"
        "[voice][ducked]amix=inputs=2:normalize=0,loudnorm=I=-14:TP=-1,aresample=48000[sound]"
    )
    made: list[str | Path] = [
        *(ffmpeg_program(), "-v", "error", "-nostdin", "-y", *inputs),
        *("-filter_complex", ";".join(graph), "-map", "[picture]", "-map", "[sound]"),
        *("-frames:v", f"{timeline.frames}", "-t", f"{timeline.frames / fps:.6f}"),
        *(*THEIRS, *_TAGS, "-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart", target),
    ]
    return made, {"FONTCONFIG_FILE": str(fontconfig_file(folder))}


def _zoompan(shot: Shot, picture_width: int, width: int, height: int, fps: int) -> str:
    """The shot's camera as zoompan's expressions; ``on`` counts its frames."""
    frames = shot.end - shot.start
    start, end = shot.camera_from, shot.camera_to
    ratio = end.width / start.width
    progress = f"on/{max(1, frames - 1)}"
    share = progress
    if abs(ratio - 1) > 1e-6:
        share = f"(pow({ratio:.9f},{progress})-1)/{ratio - 1:.9f}"

    def between(one: float, other: float) -> str:
        return f"{one:.4f}+{other - one:.4f}*{share}"

    return (
        f"zoompan=z='{picture_width}/({between(start.width, end.width)})':"
        f"x='{between(start.x, end.x)}':y='{between(start.y, end.y)}':"
        f"d={frames}:s={width}x{height}:fps={fps}"
    )


def _captions(timeline: Timeline) -> Iterator[CaptionSprite]:
    from content_platform.captions.sprites import caption_sprites

    return caption_sprites(
        timeline.captions,
        format=timeline.format,
        accent=timeline.accent,
        locale=timeline.locale,
        look=timeline.caption_style,
        place=timeline.caption_place,
        fps=timeline.fps,
    )


def finished_frames(timeline: Timeline, media: LocalMediaStore, target: Path) -> None:
    """Write every frame of the film as the encoder gets it: raw NV12."""
    import numpy as np

    from content_platform.video.compositor import Compositor, Plane
    from content_platform.video.worker import read_picture

    width, height = timeline.format.size
    compositor = Compositor(
        (width, height),
        timeline.shots,
        _captions(timeline),
        dark_from=timeline.frames - timeline.fade_out,
        dark_at=timeline.frames,
    )
    luma = np.empty((height, width), np.uint8)
    chroma: Plane = np.empty((height // 2, width // 2, 2), np.uint8)
    with target.open("wb") as out:
        for frame in range(timeline.frames):
            for shot in compositor.needs(frame):
                picture = read_picture(media.local_path(shot.picture), shot)
                compositor.prepare(shot, picture)
            compositor.draw(frame, luma, chroma)
            out.write(luma.tobytes() + chroma.tobytes())


def _ours(media: LocalMediaStore, options: argparse.Namespace) -> None:
    from content_platform.video.renderer import render
    from content_platform.video.segments import SegmentCache

    timelines = [Timeline.model_validate_json(path.read_text()) for path in options.timelines]
    cache = SegmentCache(options.cache, max_bytes=1 << 34) if options.cache else None
    made = render(
        timelines, media=media, scratch=options.target, workers=options.workers, cache=cache
    )
    for video in made:
        heard = video.loudness
        print(f"LUFS {heard.integrated_lufs if heard else float('nan'):.2f}")


def film_as_usual(timeline: Timeline, media: LocalMediaStore) -> VideoClip:
    """The film as MoviePy's users write it, with MoviePy's own effects.

    Pictures are resized as time goes by and laid at whole pixels (MoviePy knows no others), fade
    in over each other, and captions are pictures on top. The captions' pictures are ours: drawing
    them is not what is compared.
    """
    from moviepy import CompositeVideoClip, ImageClip, vfx

    fps, (width, height) = timeline.fps, timeline.format.size

    def moving(shot: Shot) -> VideoClip:
        seconds = (shot.end - shot.start) / fps
        start, end = shot.camera_from, shot.camera_to

        def seen(t: float) -> tuple[float, float, float]:
            share = t / seconds
            return (
                width / (start.width + (end.width - start.width) * share),
                start.x + (end.x - start.x) * share,
                start.y + (end.y - start.y) * share,
            )

        def scale(t: float) -> float:
            return seen(t)[0]

        def place(t: float) -> tuple[float, float]:
            scaled, x, y = seen(t)
            return -x * scaled, -y * scaled

        clip = ImageClip(str(media.local_path(shot.picture))).with_duration(seconds)
        clip = clip.resized(scale).with_position(place).with_start(shot.start / fps)
        fading = [vfx.CrossFadeIn(shot.fade_in / fps)] if shot.fade_in else []
        return clip.with_effects(fading)

    clips = [moving(shot) for shot in timeline.shots]
    for sprite in _captions(timeline):
        shown = ImageClip(sprite.rgba).with_position((sprite.x, sprite.y))
        shown = shown.with_start(sprite.start_frame / fps)
        clips.append(shown.with_duration((sprite.end_frame - sprite.start_frame) / fps))
    film = CompositeVideoClip(clips, size=(width, height)).with_duration(timeline.frames / fps)
    dark = [vfx.FadeOut(timeline.fade_out / fps)] if timeline.fade_out else []
    return film.with_effects(dark).with_fps(fps)


def _moviepy(media: LocalMediaStore, options: argparse.Namespace) -> None:
    (path,) = options.timelines
    timeline = Timeline.model_validate_json(path.read_text())
    _write_with_moviepy(film_as_usual(timeline, media), timeline, media, options.target)


def _moviepy_renderer(media: LocalMediaStore, options: argparse.Namespace) -> None:
    """Our own renderer in MoviePy, the native one's oracle: one sub-pixel resampling a frame."""
    from content_platform.video.moviepy_renderer import film_clip
    from content_platform.video.worker import read_picture

    (path,) = options.timelines
    timeline = Timeline.model_validate_json(path.read_text())
    pictures = {
        shot.picture.sha256: read_picture(media.local_path(shot.picture), shot)
        for shot in timeline.shots
    }
    _write_with_moviepy(film_clip(timeline, pictures), timeline, media, options.target)


def _write_with_moviepy(
    film: VideoClip, timeline: Timeline, media: LocalMediaStore, target: Path
) -> None:
    """Sound mixed and film written by MoviePy. It cannot duck: the music is lower throughout."""
    from moviepy import AudioFileClip, CompositeAudioClip

    voice, music = timeline.audio
    under = AudioFileClip(str(media.local_path(music.media)))
    under = under.with_duration(min(under.duration, timeline.frames / timeline.fps))
    sound = CompositeAudioClip(
        [
            AudioFileClip(str(media.local_path(voice.media))),
            under.with_volume_scaled(10 ** ((music.gain_db - 6) / 20)),
        ]
    )
    film.with_audio(sound).write_videofile(
        str(target),
        codec="libx264",
        preset="veryfast",
        ffmpeg_params=["-crf", "21"],
        audio_codec="aac",
        audio_fps=48_000,
        temp_audiofile_path=str(target.parent),
        logger=None,
    )


def _frames(media: LocalMediaStore, options: argparse.Namespace) -> None:
    from content_platform.video.compositor import resample_quickly

    resample_quickly()  # as our renderer's processes do
    (timeline,) = options.timelines
    finished_frames(Timeline.model_validate_json(timeline.read_text()), media, options.target)


_CONTENDERS: dict[str, Callable[[LocalMediaStore, argparse.Namespace], None]] = {
    "ours": _ours,
    "moviepy": _moviepy,
    "moviepy-renderer": _moviepy_renderer,
    "frames": _frames,
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("contender", choices=_CONTENDERS)
    options.add_argument("media", type=Path)
    options.add_argument("target", type=Path)
    options.add_argument("timelines", nargs="+", type=Path)
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options.add_argument("--cache", type=Path)
    chosen = options.parse_args()
    _CONTENDERS[chosen.contender](LocalMediaStore(chosen.media), chosen)


if __name__ == "__main__":
    main()
