"""Thumbnails: the strongest picture of a story, cropped around its subject, with a few large words.

What makes a thumbnail (choice of picture, crop, words, legibility) belongs here; how text is drawn
belongs to ``typography``.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from content_platform.errors import DefectiveMedia
from content_platform.imagery.hooks import hook_words
from content_platform.imagery.models import Box, FocalPoint, SceneImage, Thumbnail
from content_platform.quality import QualityReport
from content_platform.storage.media import MediaStore
from content_platform.stories.models import Beat, Brief, Shot, Story
from content_platform.typography.colour import (
    INK,
    WHITE,
    Rgb,
    contrast,
    legible_on_ink,
    parse_colour,
)
from content_platform.typography.fonts import Typeface
from content_platform.typography.scripts import join_words, joiner
from content_platform.typography.text import (
    Emphasis,
    Mask,
    Picture,
    Shadow,
    TextStyle,
    fit_title,
    paste,
    set_text,
)
from content_platform.vocabulary import Format

_MADE_BY = "thumbnails 2"
MAX_BYTES = 2_000_000
"""YouTube refuses custom thumbnails above 2 MB."""
MIN_CONTRAST = 4.5
"""WCAG 2.2, level AA."""

SIZES = {
    Format.LANDSCAPE: (1280, 720),
    Format.PORTRAIT: (1080, 1920),
    Format.SQUARE: (1080, 1080),
}


@dataclass(frozen=True)
class _Box:
    """A rectangle in fractions of the thumbnail."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class _Layout:
    """Where words go and where the subject should be, so that neither hides the other.

    ``subject`` is the box the focal point is brought into by the crop.
    """

    words: _Box
    subject: _Box
    max_lines: int
    side: Literal["left", "right", "top", "bottom"]
    """The edge the words stand at."""


# Kept free: YouTube's running time (bottom right), the titles and buttons that Shorts, Reels and
# TikTok lay over the lowest fifth and the right eighth, and what profile grids crop (top and bottom).
_LAYOUTS = {
    Format.LANDSCAPE: (
        _Layout(_Box(0.045, 0.08, 0.60, 0.92), _Box(0.66, 0.30, 0.82, 0.70), 4, "left"),
        _Layout(_Box(0.40, 0.08, 0.955, 0.82), _Box(0.18, 0.30, 0.34, 0.70), 4, "right"),
        _Layout(_Box(0.045, 0.08, 0.46, 0.92), _Box(0.56, 0.30, 0.80, 0.70), 4, "left"),
        _Layout(_Box(0.54, 0.08, 0.955, 0.82), _Box(0.20, 0.30, 0.44, 0.70), 4, "right"),
    ),
    Format.PORTRAIT: (
        _Layout(_Box(0.07, 0.13, 0.93, 0.40), _Box(0.35, 0.51, 0.65, 0.66), 3, "top"),
        _Layout(_Box(0.07, 0.50, 0.88, 0.76), _Box(0.35, 0.24, 0.65, 0.42), 3, "bottom"),
        _Layout(_Box(0.07, 0.11, 0.93, 0.28), _Box(0.35, 0.42, 0.65, 0.60), 2, "top"),
        _Layout(_Box(0.07, 0.60, 0.88, 0.77), _Box(0.35, 0.28, 0.65, 0.46), 2, "bottom"),
    ),
    Format.SQUARE: (
        _Layout(_Box(0.06, 0.06, 0.94, 0.42), _Box(0.35, 0.56, 0.65, 0.75), 3, "top"),
        _Layout(_Box(0.06, 0.58, 0.94, 0.94), _Box(0.35, 0.25, 0.65, 0.44), 3, "bottom"),
        _Layout(_Box(0.06, 0.05, 0.94, 0.29), _Box(0.35, 0.48, 0.65, 0.70), 2, "top"),
        _Layout(_Box(0.06, 0.70, 0.94, 0.95), _Box(0.35, 0.30, 0.65, 0.52), 2, "bottom"),
    ),
}
_STRENGTHS = (0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.74, 0.78, 0.82, 0.86, 0.9, 0.94, 0.97)
_ZOOMS = (1.0, 1.2, 1.4, 1.7, 2.0)
_ROOM = 0.012
"""Kept free around words, as a fraction of the thumbnail."""
_ZOOM = 1.4
"""How much closer than the whole picture a crop goes: the subject is larger and can be placed."""


def make_thumbnails(
    brief: Brief,
    story: Story,
    images: Sequence[SceneImage],
    *,
    media: MediaStore,
    previous: Sequence[Thumbnail] = (),
) -> list[Thumbnail]:
    """One thumbnail per format of the brief, in the story's language.

    A thumbnail in ``previous`` is kept when nothing it was made from has changed and its file is
    still there; a brief without media has none. Raises DefectiveMedia when a format has no scene
    picture or one cannot be decoded.
    """
    if not brief.media:
        return []
    kept = {(old.locale, old.format): old for old in previous}
    thumbnails = []
    for shape in brief.formats:
        candidates = sorted(
            (image for image in images if image.format == shape), key=lambda image: image.scene
        )
        if not candidates:
            raise DefectiveMedia(
                f"Story {story.story_id} has no scene picture in format {shape} for its thumbnail.",
                remedy="Make the scene images again.",
            )
        inputs = _fingerprint(brief, story, candidates)
        old = kept.get((story.locale, shape))
        if old is not None and old.inputs_sha256 == inputs and media.exists(old.picture):
            thumbnails.append(old)
            continue
        words, key_word = hook_words(story.title, story.locale)
        if not words:  # a title of emoji alone
            words, key_word = hook_words(brief.config.title, story.locale)
        image = _strongest(candidates, story, media, words)
        accent = parse_colour(brief.config.look.accent)
        canvas, measured = compose(
            _decode(media.local_path(image.picture)),
            image.focal_point,
            words,
            key_word,
            shape=shape,
            accent=accent,
            locale=story.locale,
            subjects=image.subjects,
        )
        thumbnails.append(
            Thumbnail(
                story_id=story.story_id,
                locale=story.locale,
                format=shape,
                picture=media.put_bytes(_jpeg(canvas), "image/jpeg"),
                words=join_words(words),
                contrast=round(measured, 2),
                inputs_sha256=inputs,
            )
        )
    return thumbnails


def compose(
    picture: npt.NDArray[np.uint8],
    focal_point: FocalPoint,
    words: Sequence[str],
    key_word: int,
    *,
    shape: Format,
    accent: Rgb,
    locale: str,
    subjects: Sequence[Box] = (),
) -> tuple[npt.NDArray[np.uint8], float]:
    """Crop, grade and letter one thumbnail: RGB uint8 of ``SIZES[shape]``, and its contrast.

    Words keep clear of the faces among ``subjects``, and of whole figures as far as they can.
    The contrast is WCAG's, of each word's colour against the pixels right around its letters before
    outline and shadow are drawn, the tenth percentile. The gradient behind the words is deepened
    until it reaches MIN_CONTRAST.
    """
    size = (picture.shape[1], picture.shape[0])
    placed = _placement(size, focal_point, subjects, _lettered(words, shape, locale), shape)
    layout, style = placed.lettering.layout, placed.lettering.style
    canvas = _graded(_cut(picture, placed.window, shape))
    if not words:
        return canvas, 21.0
    spans, align = placed.lettering.spans, placed.lettering.align
    x, y = placed.lettering.at
    block = set_text(spans, style, locale, align=align)
    stressed = legible_on_ink(accent)
    bare = set_text(spans, TextStyle(style.typeface, style.size), locale, align=align)
    letters = _mask(bare.draw(), x, y, shape)
    keyed = _mask(bare.only(key_word).draw(), x, y, shape)
    veil = _veil(layout, shape)
    behind = [
        (_around(cv2.subtract(letters, keyed), canvas, veil), WHITE),
        (_around(keyed, canvas, veil), stressed),
    ]
    for strength in _STRENGTHS:
        measured = min(
            _contrast(_darken(pixels, share, strength), colour)
            for (pixels, share), colour in behind
        )
        if measured >= MIN_CONTRAST + 0.2:
            break
    darkened = _darken(canvas, veil, strength)
    paste(darkened, block.draw(WHITE, {key_word: Emphasis(stressed)}), x, y)
    return darkened, measured


def check_thumbnail(thumbnail: Thumbnail, media: MediaStore) -> QualityReport:
    """Decode a thumbnail and judge its size, weight, contrast, and that it shows something."""
    problems: list[str] = []
    wanted = SIZES[thumbnail.format]
    data = media.local_path(thumbnail.picture).read_bytes()
    name = f"The {thumbnail.format} thumbnail"
    try:
        with Image.open(io.BytesIO(data)) as picture:
            kind, size = picture.format, picture.size
            pixels = np.asarray(picture.convert("L"), np.float64)
    except (OSError, ValueError) as error:
        return QualityReport((f"{name} cannot be decoded: {error}.",), {"bytes": len(data)})
    spread = float(pixels.std())
    if kind != "JPEG":
        problems.append(f"{name} is {kind}, not JPEG.")
    if size != wanted:
        problems.append(f"{name} is {size[0]}x{size[1]} instead of {wanted[0]}x{wanted[1]}.")
    if len(data) > MAX_BYTES:
        problems.append(f"{name} has {len(data)} bytes; {MAX_BYTES} are allowed.")
    if spread < 8:
        problems.append(f"{name} is almost blank (brightness varies by {spread:.1f} of 255).")
    if not thumbnail.words:
        problems.append(f"{name} has no words.")
    if thumbnail.contrast < MIN_CONTRAST:
        problems.append(f"{name}'s words stand out by {thumbnail.contrast}:1; 4.5:1 is needed.")
    return QualityReport(
        tuple(problems),
        {
            "width": size[0],
            "height": size[1],
            "bytes": len(data),
            "contrast": thumbnail.contrast,
            "brightness_spread": round(spread, 1),
            "words": thumbnail.words,
        },
    )


def _fingerprint(brief: Brief, story: Story, images: Sequence[SceneImage]) -> str:
    made_from = {
        "made_by": _MADE_BY,
        "titles": (story.title, brief.config.title),
        "locale": story.locale,
        "accent": brief.config.look.accent,
        "scenes": [
            (scene.index, scene.beat, scene.shot, len(scene.cast)) for scene in story.scenes
        ],
        "images": [
            (
                image.scene,
                image.format,
                image.picture.sha256,
                image.focal_point.x,
                image.focal_point.y,
                [box.model_dump(mode="json") for box in image.subjects],
            )
            for image in images
        ],
    }
    canonical = json.dumps(made_from, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _decode(path: Path) -> npt.NDArray[np.uint8]:
    """Pillow raises on truncated files, where OpenCV would return a half-grey picture."""
    try:
        with Image.open(path) as picture:
            return np.array(picture.convert("RGB"))
    except (OSError, ValueError) as error:
        raise DefectiveMedia(
            f"Scene picture {path.name} cannot be decoded: {error}.",
            remedy="Make the scene images again.",
        ) from error


# The hook and the turn promise; the ending would give itself away.
_BEAT_APPEAL = {
    Beat.HOOK: 0.35,
    Beat.SETUP: 0.1,
    Beat.RISE: 0.25,
    Beat.TURN: 0.4,
    Beat.CLIMAX: 0.5,
    Beat.ENDING: -0.5,
}
_SHOT_APPEAL = {Shot.ESTABLISHING: 0.0, Shot.MEDIUM: 0.35, Shot.CLOSE: 0.45, Shot.DETAIL: 0.1}


def _strongest(
    images: Sequence[SceneImage], story: Story, media: MediaStore, words: Sequence[str]
) -> SceneImage:
    """The scene whose picture is most vivid, whose moment makes one curious, and that leaves room
    for the words."""
    scenes = {scene.index: scene for scene in story.scenes}
    lettered = _lettered(words, images[0].format, story.locale)

    def appeal(image: SceneImage) -> float:
        picture = _decode(media.local_path(image.picture))
        score = vividness(picture, image.focal_point)
        size = (picture.shape[1], picture.shape[0])
        placed = _placement(size, image.focal_point, image.subjects, lettered, image.format)
        score -= placed.cost
        scene = scenes.get(image.scene)
        if scene is not None:
            score += _BEAT_APPEAL[scene.beat] + _SHOT_APPEAL[scene.shot]
            faces = any(box.kind == "face" for box in image.subjects)
            score += 0.6 * (faces if image.subjects else bool(scene.cast))
        return score

    return max(images, key=lambda image: (appeal(image), -image.scene))


def vividness(picture: npt.NDArray[np.uint8], focal_point: FocalPoint) -> float:
    """How much a picture catches the eye, about 0 to 3: contrast, colour, detail at the focal point.

    Colourfulness after Hasler and Süsstrunk (2003).
    """
    small = cv2.resize(picture, (192, round(192 * picture.shape[0] / picture.shape[1])))
    rgb = small.astype(np.float64)
    red_green = rgb[..., 0] - rgb[..., 1]
    yellow_blue = (rgb[..., 0] + rgb[..., 1]) / 2 - rgb[..., 2]
    colourful = np.hypot(red_green.std(), yellow_blue.std()) + 0.3 * np.hypot(
        red_green.mean(), yellow_blue.mean()
    )
    luma = rgb @ np.array([0.2126, 0.7152, 0.0722])
    x, y = focal_point.x * small.shape[1], focal_point.y * small.shape[0]
    rows, columns = np.mgrid[: small.shape[0], : small.shape[1]]
    near = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * (0.16 * 192) ** 2))
    detail = np.abs(luma - cv2.GaussianBlur(luma, (0, 0), 12))
    local = float((detail * near).sum() / near.sum())
    brightness = float(luma.mean())
    too_dark = max(0.0, (55 - brightness) / 55)
    return float(min(colourful / 70, 1) + min(luma.std() / 60, 1) + min(local / 28, 1) - too_dark)


@dataclass(frozen=True)
class _Window:
    """A part of a picture, in its pixels."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class _Lettering:
    """The words set for one layout."""

    layout: _Layout
    style: TextStyle
    spans: list[list[str]]
    align: Literal["left", "centre"]
    at: tuple[int, int]
    """Where the text block is pasted, in pixels."""
    ink: _Box
    """What the letters cover, with a breath of room around them."""


@dataclass(frozen=True)
class _Placement:
    """One way to crop a picture and letter it."""

    cost: float
    window: _Window
    lettering: _Lettering


def _lettered(words: Sequence[str], shape: Format, locale: str) -> list[_Lettering]:
    """The words in each layout of ``shape``, as large as they fit."""
    width, height = SIZES[shape]
    size = min(width, height) * 0.27
    largest = TextStyle(
        Typeface.TITLE,
        size,
        outline=size * 0.05,
        shadow=Shadow(round(size * 0.05), size * 0.09, 0.85),
    )
    align: Literal["left", "centre"] = "left" if shape is Format.LANDSCAPE else "centre"
    settings = []
    for layout in _LAYOUTS[shape]:
        box = layout.words
        if not words:
            nothing = _Box(0, 0, 0, 0)
            settings.append(_Lettering(layout, largest, [], align, (0, 0), nothing))
            continue
        lines, style = fit_title(
            words,
            largest,
            locale,
            width=(box.right - box.left) * width,
            height=(box.bottom - box.top) * height,
            max_lines=layout.max_lines,
        )
        spans = [
            [
                word + (joiner(word, line[i + 1]) if i + 1 < len(line) else "")
                for i, word in enumerate(line)
            ]
            for line in lines
        ]
        left, top, right, bottom = set_text(spans, style, locale, align=align).ink
        x = round((box.left + box.right) / 2 * width - (left + right) / 2)
        if layout.side == "left":
            x = round(box.left * width - left)
        elif layout.side == "right":
            x = round(box.right * width - right)
        y = round((box.top + box.bottom) / 2 * height - (top + bottom) / 2)
        if layout.side == "top":
            y = round(box.top * height - top)
        elif layout.side == "bottom":
            y = round(box.bottom * height - bottom)
        ink = _Box(
            (x + left) / width - _ROOM,
            (y + top) / height - _ROOM,
            (x + right) / width + _ROOM,
            (y + bottom) / height + _ROOM,
        )
        settings.append(_Lettering(layout, style, spans, align, (x, y), ink))
    return settings


def _placement(
    picture: tuple[int, int],
    focal_point: FocalPoint,
    subjects: Sequence[Box],
    lettered: Sequence[_Lettering],
    shape: Format,
) -> _Placement:
    """The crop and layout in which words and subjects keep clear of each other best.

    ``picture`` is its width and height in pixels. Without ``subjects`` only the focal point is
    brought to where the words are not. Of equal ones the first is taken.
    """
    width, height = SIZES[shape]
    have_w, have_h = picture
    x, y = focal_point.x * have_w, focal_point.y * have_h
    best: _Placement | None = None
    largest = max(lettering.style.size for lettering in lettered)
    for zoom in _ZOOMS if subjects else (_ZOOM,):
        scale = min(have_w / width, have_h / height) / zoom
        wide, high = width * scale, height * scale
        for lettering in lettered:
            box = lettering.layout.subject
            aims = {
                (
                    min(max(focal_point.x, box.left), box.right),
                    min(max(focal_point.y, box.top), box.bottom),
                )
            }
            if subjects:
                aims = {(i / 10, j / 10) for i in range(1, 10) for j in range(2, 9)}
            for aim in sorted(aims):
                left = min(max(x - aim[0] * wide, 0), have_w - wide)
                top = min(max(y - aim[1] * high, 0), have_h - high)
                at_x, at_y = (x - left) / wide, (y - top) / high
                off_x = max(box.left - at_x, at_x - box.right, 0)
                off_y = max(box.top - at_y, at_y - box.bottom, 0)
                window = _Window(left, top, wide, high)
                cost = 0.4 * (off_x + off_y) if subjects else off_x + off_y
                cost += _hidden(subjects, window, picture, lettering.ink)
                cost += 0.7 * (1 - lettering.style.size / largest)
                cost = round(cost, 2)
                if best is None or cost < best.cost:
                    best = _Placement(cost, window, lettering)
    assert best is not None, "every format has layouts"
    return best


def _hidden(subjects: Sequence[Box], window: _Window, picture: tuple[int, int], ink: _Box) -> float:
    """How much the words and the crop hide of the subjects: 0 nothing, above 3 a face."""
    cost = 0.0
    seen = 0.0
    for box in subjects:
        left = (box.x * picture[0] - window.left) / window.width
        top = (box.y * picture[1] - window.top) / window.height
        right = left + box.width * picture[0] / window.width
        bottom = top + box.height * picture[1] / window.height
        area = (right - left) * (bottom - top)
        inside = _shared(_Box(0, 0, 1, 1), left, top, right, bottom) / area
        covered = _shared(ink, left, top, right, bottom) / area
        if box.kind == "face":
            cost += (3 + covered if covered else 0) + 2 * (1 - inside)
        else:
            cost += 1.6 * covered + 0.7 * (1 - inside)
            seen = max(seen, min(bottom, 1) - max(top, 0))
    # Small in the picture is nothing at the size of a search result.
    return cost + (0.8 * max(0.0, 0.7 - seen) if subjects else 0.0)


def _shared(box: _Box, left: float, top: float, right: float, bottom: float) -> float:
    """The area two rectangles share."""
    across = min(box.right, right) - max(box.left, left)
    along = min(box.bottom, bottom) - max(box.top, top)
    return max(across, 0.0) * max(along, 0.0)


def _cut(picture: npt.NDArray[np.uint8], window: _Window, shape: Format) -> npt.NDArray[np.uint8]:
    """The part of a picture, at the thumbnail's size."""
    left, top = round(window.left), round(window.top)
    part = picture[
        top : top + max(1, round(window.height)), left : left + max(1, round(window.width))
    ]
    shrinking = part.shape[1] > SIZES[shape][0]
    interpolation = cv2.INTER_AREA if shrinking else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(part, SIZES[shape], interpolation=interpolation), np.uint8)


def _graded(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """A little more contrast and colour: thumbnails are seen small, next to others."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    low, high = np.percentile(lab[::4, ::4, 0], (1, 99))
    stretched = (lab[..., 0] - low) * (255 / max(high - low, 40))
    lab[..., 0] = np.clip(0.55 * lab[..., 0] + 0.45 * stretched, 0, 255)
    lab[..., 1:] = np.clip(128 + (lab[..., 1:] - 128) * 1.14, 0, 255)
    return np.asarray(cv2.cvtColor(np.round(lab).astype(np.uint8), cv2.COLOR_LAB2RGB), np.uint8)


def _veil(layout: _Layout, shape: Format) -> npt.NDArray[np.float32]:
    """Where the picture is darkened for the words: a wash from one edge of the picture, 1 behind the
    words and easing out to 0 towards the subject."""
    width, height = SIZES[shape]
    box = layout.words
    x = (np.arange(width, dtype=np.float32) + 0.5)[None, :] / width
    y = (np.arange(height, dtype=np.float32) + 0.5)[:, None] / height
    if layout.side == "left":
        away = (x - box.right) / 0.3
    elif layout.side == "right":
        away = (box.left - x) / 0.3
    elif layout.side == "top":
        away = (y - box.bottom) / 0.2
    else:
        away = (box.top - y) / 0.2
    away = np.broadcast_to(np.clip(away, 0, 1), (height, width))
    return np.asarray(1 - away * away * (3 - 2 * away), np.float32)


def _darken(
    pixels: npt.NDArray[np.uint8], veil: npt.NDArray[np.float32], strength: float
) -> npt.NDArray[np.uint8]:
    """Pixels [..., 3] under a veil [...] of INK."""
    share = (veil * np.float32(strength))[..., None]
    ink = np.array(INK, np.float32)
    return np.asarray(np.rint(pixels + (ink - pixels.astype(np.float32)) * share), np.uint8)


def _mask(text: Picture, x: int, y: int, shape: Format) -> Mask:
    """A text's coverage on the whole thumbnail."""
    width, height = SIZES[shape]
    canvas = np.zeros((height, width, 3), np.uint8)
    paste(
        canvas,
        Picture(text.x, text.y, np.where([1, 1, 1, 0], 255, text.rgba).astype(np.uint8)),
        x,
        y,
    )
    return canvas[..., 0]


def _around(
    letters: Mask, picture: npt.NDArray[np.uint8], veil: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """The pixels [n, 3] under and right around letters, and the veil [n] over them."""
    near = cv2.dilate(letters, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))) > 0
    near[1::2] = False  # every second row tells as much
    return picture[near], veil[near]


def _contrast(pixels: npt.NDArray[np.uint8], colour: Rgb) -> float:
    """The tenth percentile of the contrast between pixels and a colour; 21 where there are none."""
    return float(np.percentile(contrast(pixels, colour), 10)) if len(pixels) else 21.0


def _jpeg(picture: npt.NDArray[np.uint8]) -> bytes:
    """JPEG without colour subsampling (it would fray coloured letters), at most MAX_BYTES."""
    for quality in (92, 86, 78, 68, 50):
        buffer = io.BytesIO()
        Image.fromarray(picture).save(
            buffer, "JPEG", quality=quality, subsampling=0, optimize=True, progressive=True
        )
        if buffer.tell() <= MAX_BYTES:
            break
    return buffer.getvalue()
