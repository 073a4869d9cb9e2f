"""A person's own pictures and clips: checked when they are given, fitted where a scene shows them.

What a file may be and how it becomes a scene's picture belongs here: turned upright, in the
screen's colours, in the video's shape around what matters. How a clip is played is the renderer's.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from content_platform.captions.layout import caption_top
from content_platform.errors import BadInput, ContentPlatformError, DefectiveMedia
from content_platform.imagery.hosted import look_at
from content_platform.imagery.models import Box, FocalPoint, SceneImage, picture_size
from content_platform.mediatools.ffmpeg import run_ffmpeg
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef, mime_of
from content_platform.stories.models import Brief, OwnMedia, Story
from content_platform.vocabulary import FRAMES_PER_SECOND, Format

if TYPE_CHECKING:
    import av
    from PIL import Image

Pixels = npt.NDArray[np.uint8]

OWN = "own media"
"""The provider of a picture that a person brought."""

_PICTURES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".avif", ".tif", ".tiff"))
_CLIPS = frozenset((".mp4", ".m4v", ".mov", ".mkv", ".webm"))
_LEFT_BY_SYSTEMS = frozenset(("thumbs.db", "desktop.ini"))
_SMALLEST = 320
"""Pixels of the shorter side; less is a smear on a phone."""
_SHORTEST_S, _LONGEST_S = 0.5, 30.0
"""A clip is shown for as long as its scene is told; more than this of it is never seen."""
_KEPT = 0.42
"""Least share of a picture that a crop to the video's shape may keep; with less it is shown whole,
in front of itself out of focus."""
_SCENE = re.compile(r"(\d{1,3})(?!\d)")
_TO_SDR = (
    # ITU-R BT.2408: graphics white at 203 cd/m2 becomes the screen's white, highlights roll off.
    "setparams=color_primaries=bt2020:colorspace=bt2020nc:color_trc={transfer},"
    "zscale=transfer=linear:npl=203,format=gbrpf32le,zscale=primaries=bt709,"
    "tonemap=tonemap=mobius:desat=0,zscale=transfer=bt709:matrix=bt709:range=tv"
)
_HDR = {16: "smpte2084", 18: "arib-std-b67"}
"""Transfers with more than a screen's range by their number in ITU-T H.273: PQ and HLG."""


def take_in(folder: Path, media: MediaStore) -> tuple[OwnMedia, ...]:
    """Check and store every picture and clip in ``folder``, in the order of their names.

    Hidden files and folders are passed over. Raises BadInput that names each unfit file, what is
    wrong with it, and what would help.
    """
    if not folder.is_dir():
        raise BadInput(
            f"--media {folder} is not a folder.",
            remedy="Name a folder with pictures (JPEG, PNG, WebP, AVIF, TIFF) or clips "
            "(MP4, MOV, MKV, WebM); for a story without any, say --no-media.",
        )
    files = sorted(
        (path for path in folder.iterdir() if path.is_file() and not _passed_over(path)),
        key=lambda path: _natural(path.name),
    )
    problems: list[str] = []
    taken = []
    for path in files:
        try:
            _check(path)
            taken.append(OwnMedia(name=path.name, media=media.put_file(path, mime_of(path))))
        except (BadInput, DefectiveMedia) as error:
            problems.append(f"{path.name}: {error.message} {error.remedy}".strip())
    if problems:
        raise BadInput(
            f"{len(problems)} of {len(files)} files in {folder} cannot be used:\n  "
            + "\n  ".join(problems),
            remedy="Repair, replace or remove them, then try again.",
        )
    if not taken:
        raise BadInput(
            f"--media {folder} holds no picture and no clip.",
            remedy="Put JPEG, PNG, WebP, AVIF or TIFF pictures or MP4, MOV, MKV or WebM clips there.",
        )
    return tuple(taken)


def assign(own: Sequence[OwnMedia], scenes: int) -> dict[int, OwnMedia]:
    """Which file each scene shows; scenes that are missing are drawn.

    A name that begins with a number of up to three digits names its scene, from 1. The others are
    spread over the remaining scenes in the order of their names: each over several scenes when there
    are fewer files than scenes, evenly chosen when there are more. Raises BadInput for a number
    the story does not have, or that two files have.
    """
    named: dict[int, OwnMedia] = {}
    spread = []
    for file in own:
        match = _SCENE.match(file.name)
        if match is None:
            spread.append(file)
            continue
        number = int(match[1])
        if not 1 <= number <= scenes:
            raise BadInput(
                f"{file.name} is for scene {number}, but the story has {scenes} scenes.",
                remedy=f"Name it with a number from 1 to {scenes}, or begin its name with a letter.",
            )
        if number - 1 in named:
            raise BadInput(
                f"{named[number - 1].name} and {file.name} are both for scene {number}.",
                remedy="Rename one of them.",
            )
        named[number - 1] = file
    free = [scene for scene in range(scenes) if scene not in named]
    for place, scene in enumerate(free if spread else ()):
        named[scene] = spread[place * len(spread) // len(free)]
    return named


def own_images(
    story: Story, brief: Brief, media: MediaStore
) -> Iterator[tuple[int, list[SceneImage]]]:
    """Each scene's number with its pictures, for scenes that show the person's own media.

    Raises BadInput as ``assign`` does, DefectiveMedia naming a file that cannot be shown.
    """
    chosen = assign(brief.own_media, len(story.scenes)) if brief.own_media else {}
    made: dict[tuple[str, Format], _Fitted] = {}
    for number, scene in enumerate(story.scenes):
        if number not in chosen:
            continue
        own = chosen[number]
        images = []
        for shape in brief.formats:
            key = (own.media.sha256, shape)
            if key not in made:
                made[key] = _fit(own, shape, media)
            fitted = made[key]
            images.append(
                SceneImage(
                    story_id=story.story_id,
                    format=shape,
                    scene=scene.index,
                    picture=fitted.picture,
                    compressed={},
                    focal_point=fitted.focal_point,
                    subjects=fitted.subjects,
                    alt_text=re.sub(r"^\d+[\s._-]*", "", Path(own.name).stem) or own.name,
                    provider=OWN,
                    clip=fitted.clip,
                )
            )
        yield scene.index, images


@dataclass(frozen=True)
class _Fitted:
    """A file in one format, as the records of a scene need it."""

    picture: MediaRef
    focal_point: FocalPoint
    subjects: tuple[Box, ...]
    clip: MediaRef | None = None


def _fit(own: OwnMedia, shape: Format, media: MediaStore) -> _Fitted:
    path = media.local_path(own.media)
    try:
        if not own.is_clip:
            pixels, focal, subjects = fitted(upright(path), shape)
            return _Fitted(media.put_bytes(_jpeg(pixels), "image/jpeg"), focal, subjects)
        with tempfile.TemporaryDirectory(prefix="clip-") as folder:
            target = Path(folder) / "clip.mp4"
            frame = fit_clip(path, shape, target)
            focal, subjects = look_at(frame, shape, has_figure=False)
            still = media.put_bytes(_jpeg(frame), "image/jpeg")
            return _Fitted(still, focal, subjects, media.put_file(target, "video/mp4"))
    except ContentPlatformError as error:
        raise DefectiveMedia(
            f"{own.name} cannot be shown: {error.message}",
            remedy=error.remedy or "Replace the file and make the story with --media again.",
        ) from error


def upright(path: Path) -> Pixels:
    """The picture at ``path`` as sRGB [height, width, 3]: turned as its camera was held, 16 bits
    reduced to 8, see-through parts over a dark tone of its own. Raises DefectiveMedia.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as opened:
            opened.draft("RGB", (4096, 4096))  # JPEGs of any size decode at no more than this
            opened.load()
            picture = ImageOps.exif_transpose(opened)
            profile = opened.info.get("icc_profile")
            alpha = (
                picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
            )
            flat = _eight_bits(picture, profile)
    except (
        OSError,
        SyntaxError,
        ValueError,
        MemoryError,
        Image.DecompressionBombError,
    ) as error:
        raise DefectiveMedia(
            f"it cannot be read as a picture ({error}).",
            remedy="Open it in a picture editor and save it anew as JPEG or PNG.",
        ) from error
    rgb = np.asarray(flat, np.uint8)
    if alpha is None:
        return rgb
    share = np.asarray(alpha, np.float32)[..., None] / 255
    whole = float(share.sum())
    tone = (rgb * share).sum((0, 1)) / whole * 0.35 if whole else np.zeros(3)
    return np.rint(rgb * share + tone * (1 - share)).astype(np.uint8)


def _eight_bits(picture: Image.Image, profile: bytes | None) -> Image.Image:
    from PIL import Image, ImageCms

    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture, np.float64)
        top = 65535.0 if values.max(initial=0) > 255 else 255.0
        return Image.fromarray(np.rint(values.clip(0, top) * (255 / top)).astype(np.uint8)).convert(
            "RGB"
        )
    if profile and picture.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            solid = picture.convert("RGB") if picture.mode == "RGBA" else picture
            turned = ImageCms.profileToProfile(
                solid, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if turned is not None:
                return turned
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that does not suit its picture: its numbers as they are
    return picture.convert("RGB")


def window_around(
    size: tuple[int, int], aspect: float, focal: FocalPoint, subjects: Sequence[Box] = ()
) -> tuple[float, float, float, float]:
    """The largest part (left, top, width, height, in pixels) of ``aspect`` around what matters.

    It is centred on the focal point as far as the picture goes, and moved on so that the subjects
    are inside, as far as they fit.
    """
    width, height = min(size[0], size[1] * aspect), min(size[1], size[0] / aspect)

    def edge(at: float, length: float, whole: int, low: float, high: float) -> float:
        start = at * whole - length / 2
        if high - low <= length:
            start = min(max(start, high - length), low)
        return min(max(start, 0.0), whole - length)

    left, right = (
        min((b.x for b in subjects), default=focal.x) * size[0],
        max((b.x + b.width for b in subjects), default=focal.x) * size[0],
    )
    top, bottom = (
        min((b.y for b in subjects), default=focal.y) * size[1],
        max((b.y + b.height for b in subjects), default=focal.y) * size[1],
    )
    return (
        edge(focal.x, width, size[0], left, right),
        edge(focal.y, height, size[1], top, bottom),
        width,
        height,
    )


def fitted(pixels: Pixels, shape: Format) -> tuple[Pixels, FocalPoint, tuple[Box, ...]]:
    """A picture of any shape in ``picture_size(shape)``, with its focal point and subjects there.

    Cropped around what stands out; where less than 42 % would be left, whole in front of itself.
    """
    import cv2

    size = picture_size(shape)
    have = (pixels.shape[1], pixels.shape[0])
    focal, subjects = look_at(pixels, shape, has_figure=False)
    if _cropped(have, size):
        left, top, wide, high = window_around(have, size[0] / size[1], focal, subjects)
        x, y = round(left), round(top)
        part = pixels[y : y + max(1, round(high)), x : x + max(1, round(wide))]
        full = _resized(part, size)
        focal, subjects = look_at(full, shape, has_figure=False)
        return full, focal, subjects
    scale, (x, y), inner = _in_front(have, size, shape)
    front = _resized(pixels, inner)
    low = cv2.resize(
        _resized(_middle(pixels, size[0] / size[1]), (size[0] // 12, size[1] // 12)),
        None,
        fx=1,
        fy=1,
    )
    soft = cv2.GaussianBlur(low, (0, 0), 5)
    canvas = np.rint(
        cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC).astype(np.float32) * 0.55
    ).astype(np.uint8)
    canvas[y : y + inner[1], x : x + inner[0]] = front

    def there(value: float, whole: int, offset: int, length: int) -> float:
        return min(max((value * whole * scale + offset) / length, 0.0), 1.0)

    boxes = tuple(
        Box(
            kind=box.kind,
            x=there(box.x, have[0], x, size[0]),
            y=there(box.y, have[1], y, size[1]),
            width=box.width * inner[0] / size[0],
            height=box.height * inner[1] / size[1],
        )
        for box in subjects
    )
    point = FocalPoint(x=there(focal.x, have[0], x, size[0]), y=there(focal.y, have[1], y, size[1]))
    return canvas, point, boxes


def fit_clip(path: Path, shape: Format, target: Path) -> Pixels:
    """Write the clip's first half minute to ``target`` as the renderer plays it; its middle frame.

    ``picture_size(shape)``, 30 frames a second whatever the clip's own pace, BT.709 8 bits whatever
    its colours, upright, silent, a key frame twice a second. Raises DefectiveMedia, FfmpegError.
    """
    look = _first_look(path)
    size = picture_size(shape)
    steps = [_TO_SDR.format(transfer=look.hdr)] if look.hdr else []
    steps += [f"fps={FRAMES_PER_SECOND}"]
    colours = "" if look.hdr else ":out_color_matrix=bt709:out_range=tv"
    have = (look.frame.shape[1], look.frame.shape[0])
    if _cropped(have, size):
        focal, subjects = look_at(look.frame, shape, has_figure=False)
        left, top, wide, high = window_around(have, size[0] / size[1], focal, subjects)
        crop = f"crop={round(wide)}:{round(high)}:{round(left)}:{round(top)}:exact=1"
        steps += [crop, f"scale={size[0]}:{size[1]}:flags=lanczos{colours}"]
        graph = f"[0:v:0]{','.join(steps)},setsar=1,format=yuv420p[v]"
    else:
        _, (x, y), inner = _in_front(have, size, shape)
        behind = (size[0] // 24 * 2, size[1] // 24 * 2)
        graph = (
            f"[0:v:0]{','.join(steps)},split[a][b];"
            f"[a]scale={behind[0]}:{behind[1]}:force_original_aspect_ratio=increase{colours},"
            f"crop={behind[0]}:{behind[1]},gblur=sigma=5,scale={size[0]}:{size[1]}:flags=bicubic,"
            "eq=brightness=-0.18:contrast=0.8,setsar=1,format=yuv420p[soft];"
            f"[b]scale={inner[0]}:{inner[1]}:flags=lanczos{colours},setsar=1,format=yuv420p[whole];"
            f"[soft][whole]overlay={x}:{y}:format=yuv420,format=yuv420p[v]"
        )
    run_ffmpeg(
        *("-y", "-t", f"{_LONGEST_S:g}", "-i", path, "-filter_complex", graph, "-map", "[v]"),
        *("-an", "-map_metadata", "-1", "-c:v", "libx264", "-preset", "veryfast", "-crf", "15"),
        *("-g", "15", "-bf", "0", "-threads", "2", "-x264-params", "mbtree=0:scenecut=0"),
        *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
        *("-color_range", "tv", "-fflags", "+bitexact", "-flags:v", "+bitexact", target),
        timeout_s=900,
    )
    return _first_look(target).frame


@dataclass(frozen=True)
class _Look:
    """A clip's frame from the middle of what is shown, upright RGB; and what decoding it told."""

    frame: Pixels
    hdr: str
    """Its transfer when that has more range than a screen's, else empty."""


def _first_look(path: Path) -> _Look:
    """Decode what would be shown of a clip. Raises DefectiveMedia saying what is wrong with it."""
    import av

    frames = 0
    last_s = 0.0
    kept: list[av.VideoFrame] = []
    every = 1
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise DefectiveMedia(
                    "it has no picture, only sound.", remedy="Give a clip that shows something."
                )
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for frame in container.decode(stream):
                last_s = float(frame.time or 0.0)
                if last_s > _LONGEST_S:
                    break
                if frames % every == 0:
                    kept.append(frame)
                    if len(kept) > 8:  # a few frames from all over it, however long it is
                        kept, every = kept[::2], every * 2
                frames += 1
    except (av.FFmpegError, OSError, ValueError) as error:
        raise DefectiveMedia(
            f"it cannot be read as a clip ({error}).",
            remedy="Open it in a video editor and export it anew as MP4 (H.264).",
        ) from error
    if frames < 2 or last_s < _SHORTEST_S - 0.1:
        raise DefectiveMedia(
            f"it is only {last_s:.1f} s long.", remedy=f"Give a clip of {_SHORTEST_S:g} s or more."
        )
    middle = kept[len(kept) // 2]
    turns = round(float(getattr(middle, "rotation", 0) or 0) / 90) % 4
    rgb = np.rot90(middle.to_ndarray(format="rgb24"), turns)
    return _Look(np.ascontiguousarray(rgb), _HDR.get(int(middle.color_trc or 0), ""))


def _check(path: Path) -> None:
    """Raise BadInput or DefectiveMedia for a file that cannot be a scene."""
    ending = path.suffix.lower()
    if ending in _PICTURES:
        shape = upright(path).shape
    elif ending in _CLIPS:
        shape = _first_look(path).frame.shape
    elif ending in (".heic", ".heif"):
        raise BadInput("HEIC pictures cannot be read here.", remedy="Save it as JPEG.")
    else:
        raise BadInput(
            "it is neither a picture nor a clip that can be read here.",
            remedy="Move it away, or save it as JPEG, PNG or MP4.",
        )
    if min(shape[:2]) < _SMALLEST:
        raise BadInput(
            f"it has {shape[1]} x {shape[0]} pixels, too few for a video.",
            remedy=f"Give one whose shorter side has {_SMALLEST} pixels or more.",
        )


def _passed_over(path: Path) -> bool:
    return path.name.startswith(".") or path.name.lower() in _LEFT_BY_SYSTEMS


def _natural(name: str) -> list[tuple[int, str]]:
    """``2.jpg`` before ``10.jpg``."""
    return [
        (int(part), "") if part.isdigit() else (-1, part)
        for part in re.split(r"(\d+)", name.lower())
    ]


def _cropped(have: tuple[int, int], size: tuple[int, int]) -> bool:
    aspect, wanted = have[0] / have[1], size[0] / size[1]
    return min(aspect / wanted, wanted / aspect) >= _KEPT


def _in_front(
    have: tuple[int, int], size: tuple[int, int], shape: Format
) -> tuple[float, tuple[int, int], tuple[int, int]]:
    """(scale, corner, size) of a picture shown whole, above the captions; even numbers."""
    scale = min(size[0] / have[0], size[1] / have[1])
    inner = (2 * round(have[0] * scale / 2), 2 * round(have[1] * scale / 2))
    inner = (min(inner[0], size[0]), min(inner[1], size[1]))
    middle = caption_top(shape) * 0.66 if inner[1] < size[1] * caption_top(shape) * 0.8 else 0.5
    y = min(max(round(size[1] * middle - inner[1] / 2), 0), size[1] - inner[1])
    return scale, ((size[0] - inner[0]) // 4 * 2, y // 2 * 2), inner


def _middle(pixels: Pixels, aspect: float) -> Pixels:
    height, width = pixels.shape[:2]
    wide, high = round(min(width, height * aspect)), round(min(height, width / aspect))
    x, y = (width - wide) // 2, (height - high) // 2
    return pixels[y : y + max(1, high), x : x + max(1, wide)]


def _resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(picture.resize(size, Image.Resampling.LANCZOS), np.uint8)


def _jpeg(pixels: Pixels) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=93, subsampling=0)
    return buffer.getvalue()
