"""Scenes and films as MoviePy clips: for effects that users write in Python, and as a second opinion.

An effect is a function of the user's own, named ``module:function`` in a channel's config. It gets
each scene as a MoviePy clip under its camera move and returns another (docs/rendering.md). Frames
are resampled by Pillow and blended by MoviePy: nothing here is shared with the native compositor,
so that tests can hold one against the other. It is an order of magnitude slower.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from content_platform.captions.sprites import CaptionSprite, caption_sprites
from content_platform.errors import BadInput, DefectiveMedia
from content_platform.imagery.models import FocalPoint
from content_platform.video.models import Shot, Timeline
from content_platform.vocabulary import Transition

if TYPE_CHECKING:
    from moviepy import VideoClip

    Effect = Callable[[VideoClip, "EffectScene"], VideoClip]

Plane = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class EffectScene:
    """What an effect is told about the scene it is given."""

    index: int
    """Of the story's scenes, from 0. Cards are no scenes."""
    size: tuple[int, int]
    """Width and height of the video in pixels: what the clip shows, and has to show."""
    frames: int
    """How many frames the scene is on screen, its transitions included."""
    fps: int
    accent: str
    """The channel's accent colour, #rrggbb."""
    locale: str


def load_effects(names: Sequence[str]) -> list[tuple[str, Effect]]:
    """The functions of ``names`` (``module:function``). Raises BadInput naming what is missing."""
    return [(name, _load(name)) for name in names]


def _load(name: str) -> Effect:
    module_name, _, function_name = name.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise _unfit(name, f"its module {module_name} wants {error.name}, which is not installed",
                         f"Install {error.name}.") from error  # fmt: skip
        raise _unfit(
            name,
            f"there is no module {error.name}",
            f"Put {error.name.replace('.', '/')}.py into a folder that PYTHONPATH names, "
            "or correct video.effects of the channel.",
        ) from error
    except Exception as error:
        raise _unfit(
            name,
            f"its module {module_name} cannot be imported ({type(error).__name__}: {error})",
            f"Correct {module_name}, or take the effect out of video.effects of the channel.",
        ) from error
    effect = getattr(module, function_name, None)
    if not callable(effect):
        raise _unfit(
            name,
            f"the module {module_name} has no function {function_name}",
            f"Define it in {module.__file__}, or correct video.effects of the channel.",
        )
    found: Effect = effect
    return found


def _unfit(name: str, problem: str, remedy: str) -> BadInput:
    return BadInput(f"the effect {name} cannot be used: {problem}.", remedy=remedy)


def effects_sha256(names: Sequence[str]) -> str:
    """Names and sources of effects: scenes are made again when either changes.

    Only the named modules themselves count, not what they import. Raises BadInput as
    ``load_effects`` does.
    """
    digest = hashlib.sha256()
    for name, _ in load_effects(names):
        spec = importlib.util.find_spec(name.partition(":")[0])
        digest.update(f"{name}\n".encode())
        if spec is not None and spec.origin is not None and Path(spec.origin).is_file():
            digest.update(Path(spec.origin).read_bytes())
    return digest.hexdigest()


def scene_clip(
    shot: Shot,
    rgb: Plane,
    size: tuple[int, int],
    fps: int,
    *,
    effects: Sequence[tuple[str, Effect]] = (),
    layers: Sequence[Plane] = (),
    accent: str = "#ffffff",
    locale: str = "en",
) -> VideoClip:
    """The shot under its camera, of ``size`` pixels and as long as it is on screen, effects applied.

    ``rgb`` is its picture [h, w, 3], ``layers`` [h, w, 4] what is nearer. Raises DefectiveMedia
    naming the effect when one fails or returns something that is not such a clip.
    """
    from moviepy import VideoClip

    frames = shot.end - shot.start
    picture = Image.fromarray(rgb)
    nearer = [
        (Image.fromarray(each), layer.depth)
        for each, layer in zip(layers, shot.layers, strict=True)
    ]

    def seen(t: float) -> Plane:
        progress = min(max(t * fps / max(1, frames - 1), 0.0), 1.0)
        view = _view(shot, progress)
        shown = picture.resize(size, Image.Resampling.LANCZOS, box=_inside(view, picture))
        for layer, depth in nearer:
            # Beyond its edge a layer is clear; Pillow's transform knows that, its resize does not.
            part = layer.transform(
                size,
                Image.Transform.EXTENT,
                _nearer(shot, view, depth),
                Image.Resampling.BICUBIC,
            )
            shown.paste(part, (0, 0), part)
        return np.asarray(shown)

    clip: VideoClip = VideoClip(seen, duration=frames / fps).with_fps(fps)
    scene = EffectScene(shot.scene, size, frames, fps, accent, locale)
    for name, effect in effects:
        clip = _applied(name, effect, clip, scene)
    return clip


def _view(shot: Shot, progress: float) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the camera's view: growing evenly, about one fixed point."""
    start, end = shot.camera_from, shot.camera_to
    width = start.width * (end.width / start.width) ** progress
    share = progress
    if abs(end.width - start.width) > 1e-6 * start.width:
        share = (width - start.width) / (end.width - start.width)
    height = start.height + (end.height - start.height) * share
    x = start.x + (end.x - start.x) * share
    y = start.y + (end.y - start.y) * share
    return x, y, x + width, y + height


def _nearer(
    shot: Shot, view: tuple[float, float, float, float], depth: float
) -> tuple[float, float, float, float]:
    """The same view of a layer that moves and grows by ``depth`` more, about the move's middle."""
    left, top, right, bottom = (
        at + (now - at) * (1 + depth) for now, at in zip(view, _view(shot, 0.5), strict=True)
    )
    return left, top, right, bottom


def _inside(
    box: tuple[float, float, float, float], picture: Image.Image
) -> tuple[float, float, float, float]:
    """Pillow takes no box that reaches out of the picture, not even by rounding."""
    left, top, right, bottom = box
    return max(0.0, left), max(0.0, top), min(right, picture.width), min(bottom, picture.height)


def _applied(name: str, effect: Effect, clip: VideoClip, scene: EffectScene) -> VideoClip:
    from moviepy import VideoClip

    what = f"the effect {name} on scene {scene.index}"
    remedy = f"Correct {name}, or take it out of video.effects of the channel."
    try:
        made = effect(clip, scene)
        if not isinstance(made, VideoClip):
            raise TypeError(f"it returned {type(made).__name__}, not a moviepy VideoClip")
        # An effect works when its frames are asked for, so one is.
        shape = np.shape(made.get_frame(0))
    except Exception as error:
        raise DefectiveMedia(
            f"{what} failed: {type(error).__name__}: {error}.", remedy=remedy
        ) from error
    width, height = scene.size
    if shape != (height, width, 3):
        raise DefectiveMedia(
            f"{what} makes frames of shape {shape}, wanted {(height, width, 3)}.", remedy=remedy
        )
    if made.duration is not None and made.duration < (scene.frames - 0.5) / scene.fps:
        raise DefectiveMedia(
            f"{what} makes a clip of {made.duration:.2f} s, wanted {scene.frames / scene.fps:.2f}.",
            remedy=remedy,
        )
    return made


class ClipPicture:
    """A shot's clip as the compositor wants it: luma and chroma of any of its frames.

    So transitions, look, captions and cards are those of every other channel.
    """

    def __init__(self, shot: Shot, clip: VideoClip, fps: int, effects: Sequence[str]) -> None:
        self._shot, self._clip, self._fps, self._effects = shot, clip, fps, effects

    def view(
        self,
        frame: int,
        _luma: object,
        _chroma: object,
        enlarged: float = 1.0,
        centre: FocalPoint | None = None,
    ) -> tuple[Plane, Plane]:
        """The planes of ``frame``, a frame of the video in which the shot is on screen.

        ``enlarged`` is how much nearer the camera is than planned, around ``centre`` of the frame.
        Raises DefectiveMedia when an effect fails there.
        """
        try:
            rgb = self._clip.get_frame((frame - self._shot.start) / self._fps)
        except Exception as error:
            raise DefectiveMedia(
                f"the effects {', '.join(self._effects)} failed on scene {self._shot.scene} at "
                f"frame {frame}: {type(error).__name__}: {error}.",
                remedy="Correct them, or take them out of video.effects of the channel.",
            ) from error
        if enlarged > 1:
            rgb = _enlarged(rgb, enlarged, centre or FocalPoint(x=0.5, y=0.5))
        return planes_of(rgb)


def _enlarged(rgb: npt.NDArray[Any], times: float, centre: FocalPoint) -> Plane:
    height, width = rgb.shape[:2]
    left, top = width * (1 - 1 / times) * centre.x, height * (1 - 1 / times) * centre.y
    box = (left, top, left + width / times, top + height / times)
    picture = Image.fromarray(np.asarray(np.clip(rgb, 0, 255), np.uint8))
    return np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC, box=box))


_KR, _KB = 0.2126, 0.0722  # ITU-R BT.709-6 § 3
_LUMA = np.array([_KR, 1 - _KR - _KB, _KB]) * 219 / 255
_BLUE = np.array([-_KR, _KR + _KB - 1, 1 - _KB]) / (2 * (1 - _KB)) * 224 / 255
_RED = np.array([1 - _KR, _KR + _KB - 1, -_KB]) / (2 * (1 - _KR)) * 224 / 255
_TO_YUV = np.column_stack([np.stack([_LUMA, _BLUE, _RED]), [16.0, 128.0, 128.0]])


def planes_of(rgb: npt.NDArray[Any]) -> tuple[Plane, Plane]:
    """BT.709 limited-range luma [h, w] and chroma [h/2, w/2, 2] of a picture [h, w, 3] of 0..255.

    Chroma lies on the even columns, between two rows (H.264's default).
    """
    pixels = np.clip(rgb, 0, 255).astype(np.float32)
    yuv = cv2.transform(pixels, _TO_YUV.astype(np.float32))
    chroma = np.ascontiguousarray(yuv[..., 1:])
    across = np.array([0.25, 0.5, 0.25], np.float32)
    smooth = cv2.sepFilter2D(
        chroma, cv2.CV_32F, across, np.ones(1, np.float32), borderType=cv2.BORDER_REPLICATE
    )[:, ::2]
    halved = (smooth[::2] + smooth[1::2]) / 2
    return (
        np.asarray(np.rint(yuv[..., 0]), np.uint8),
        np.asarray(np.rint(halved), np.uint8),
    )


def film_clip(
    timeline: Timeline,
    pictures: Mapping[str, Plane],
    overlays: Iterable[CaptionSprite] | None = None,
) -> VideoClip:
    """The whole film, without sound, as one MoviePy clip of exactly ``timeline.frames`` frames.

    ``pictures`` are [h, w, 3] by sha256. ``overlays`` are its captions unless given. Crossfades and
    cuts only, and no cards: a shot's other transitions are drawn as crossfades.
    """
    from moviepy import ColorClip, CompositeVideoClip, ImageClip, VideoClip

    fps, size = timeline.fps, timeline.format.size
    effects = load_effects(timeline.effects)

    def lasting(clip: VideoClip, start: int, end: int) -> VideoClip:
        # Half a frame early, so that rounding never loses the first or shows one too many.
        return clip.with_start((start - 0.5) / fps).with_duration((end - start) / fps)

    def fading(shot: Shot, clip: VideoClip) -> VideoClip:
        def share(t: float) -> npt.NDArray[np.float64]:
            shown = (t * fps + 0.5) / (shot.fade_in + 1)
            if shot.transition is Transition.CUT or not shot.fade_in:
                shown = 1.0
            return np.full((size[1], size[0]), min(shown, 1.0))

        return clip.with_mask(VideoClip(share, is_mask=True, duration=clip.duration))

    def shifted(clip: VideoClip) -> VideoClip:
        return clip.time_transform(lambda t: t - 0.5 / fps, apply_to=[], keep_duration=True)

    clips = [ColorClip(size, (0, 0, 0), duration=timeline.frames / fps)]
    for shot in timeline.shots:
        scene = scene_clip(
            shot,
            pictures[shot.picture.sha256],
            size,
            fps,
            effects=effects,
            accent=timeline.accent,
            locale=timeline.locale,
        )
        clips.append(lasting(fading(shot, shifted(scene)), shot.start, shot.end))
    film = CompositeVideoClip(clips, size=size, use_bgclip=True)
    dark_from = timeline.frames - timeline.fade_out

    def darkened(get_frame: Callable[[float], Plane], t: float) -> Plane:
        frame = t * fps
        if frame < dark_from - 0.5:
            return get_frame(t)
        left = (timeline.frames - frame) / (timeline.fade_out + 1)
        return np.asarray(np.rint(get_frame(t) * min(left, 1.0)), np.uint8)

    if overlays is None:
        overlays = caption_sprites(
            timeline.captions,
            format=timeline.format,
            accent=timeline.accent,
            locale=timeline.locale,
            look=timeline.caption_style,
            fps=fps,
            place=timeline.caption_place,
        )
    shown = [
        lasting(
            ImageClip(sprite.rgba).with_position((sprite.x, sprite.y)),
            sprite.start_frame,
            sprite.end_frame,
        )
        for sprite in overlays
    ]
    whole = CompositeVideoClip([film.transform(darkened), *shown], size=size, use_bgclip=True)
    return whole.with_duration(timeline.frames / fps).with_fps(fps)
