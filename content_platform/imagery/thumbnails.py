"""Thumbnails: the strongest picture of a story, cropped around its subject, with a few large words.

What makes a thumbnail (choice of picture, crop, words, legibility) belongs here; how text is drawn
belongs to ``typography``.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from content_platform.errors import DefectiveMedia
from content_platform.imagery.framing import SIZES, Window, placement, set_words
from content_platform.imagery.hooks import hook_words
from content_platform.imagery.models import (
    Angle,
    Box,
    FocalPoint,
    SceneImage,
    Thumbnail,
    ThumbnailVariant,
    picture_size,
)
from content_platform.imagery.thumbnail_variants import (
    TEMPLATES,
    compose_variant,
    label_hides,
    word_choices,
)
from content_platform.imagery.views import plan_views
from content_platform.quality import QualityReport
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef
from content_platform.stories.models import Beat, Brief, Scene, Shot, Story
from content_platform.typography.colour import (
    INK,
    WHITE,
    Rgb,
    contrast,
    legible_on_ink,
    parse_colour,
)
from content_platform.typography.fonts import Typeface
from content_platform.typography.safe_areas import Area
from content_platform.typography.scripts import join_words, title_words
from content_platform.typography.text import (
    Emphasis,
    Mask,
    Picture,
    TextStyle,
    drawable,
    paste,
    set_text,
)
from content_platform.vocabulary import Format

_MADE_BY = "thumbnails 8"
MAX_BYTES = 2_000_000
"""YouTube refuses custom thumbnails above 2 MB."""
MIN_CONTRAST = 4.5
"""WCAG 2.2, level AA."""

_EASE = 0.34
"""How far beyond the words, as a part of the shorter side, the darkening eases out."""
_STRENGTHS = (0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.74, 0.78, 0.82, 0.86, 0.9, 0.94, 0.97)


def make_thumbnails(
    brief: Brief,
    story: Story,
    images: Sequence[SceneImage],
    *,
    media: MediaStore,
    previous: Sequence[Thumbnail] = (),
) -> list[Thumbnail]:
    """One thumbnail per format of the brief, in the story's language, each with its alternatives.

    A thumbnail in ``previous`` is kept when nothing it was made from has changed and its file is
    still there; a brief without media has none. Raises DefectiveMedia when a format has no scene
    picture or one cannot be decoded.
    """
    if not brief.media:
        return []
    kept = {(old.locale, old.format): old for old in previous}
    views = zip(story.scenes, plan_views(story, brief.seed), strict=True)
    from_behind = {scene.index for scene, view in views if view.angle is Angle.OVER_SHOULDER}
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
        if (
            old is not None
            and old.inputs_sha256 == inputs
            and all(map(media.exists, _pictures_of(old)))
        ):
            thumbnails.append(old)
            continue
        words, key_word = hook_words(story.title, story.locale)
        if not words:  # a title of emoji alone
            words, key_word = hook_words(brief.config.title, story.locale)
        # A large head from behind invites nobody.
        facing = [image for image in candidates if image.scene not in from_behind]
        ranked = _by_strength(facing or candidates, story, media, words)
        image = ranked[0]
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
                alternatives=_alternatives(ranked, brief, story, words, shape, media),
            )
        )
    return thumbnails


def _pictures_of(thumbnail: Thumbnail) -> list[MediaRef]:
    return [thumbnail.picture, *(other.picture for other in thumbnail.alternatives)]


def _alternatives(
    ranked: Sequence[SceneImage],
    brief: Brief,
    story: Story,
    words: Sequence[str],
    shape: Format,
    media: MediaStore,
) -> tuple[ThumbnailVariant, ...]:
    """One of each other template, each with its own picture as far as there are several.

    A story with somebody in it is not shown by a picture of nobody.
    """
    title = title_words(drawable(story.title, Typeface.TITLE, story.locale))
    choices = word_choices(words, title, brief.config.title, story.locale)
    peopled = [image for image in ranked if _shows_somebody(image)] or list(ranked)
    others = [image for image in peopled if image is not ranked[0]] or peopled
    scenes = {scene.index: scene for scene in story.scenes}
    whole = list(words)
    made: list[ThumbnailVariant] = []
    for number, template in enumerate(TEMPLATES):
        image = others[number % len(others)]
        said = choices[number % len(choices)]
        if len(said) < len(whole):
            # Words that only name somebody stand on a picture that shows them.
            used = {one.scene for one in made}
            fresh = [one for one in others if one.scene not in used] or others
            shown = [
                one
                for one in fresh
                if one.scene in scenes and _names_seen(scenes[one.scene], join_words(said))
            ]
            image, said = (shown[0], said) if shown else (image, whole)
        if template == "label" and len(said) == len(whole):
            # Where a label must lie on somebody, another picture is better.
            used = {one.scene for one in made}
            free = [one for one in (image, *others) if one.scene not in used] or [image]
            hidden = [
                label_hides(
                    picture_size(shape),
                    one.focal_point,
                    said,
                    shape,
                    story.locale,
                    brief.config.title,
                    one.subjects,
                )
                for one in free
            ]
            least = max(min(hidden), _LITTLE)
            image = next(one for one, cost in zip(free, hidden, strict=True) if cost <= least)
        canvas, measured = compose_variant(
            template,
            _graded(_decode(media.local_path(image.picture))),
            image.focal_point,
            said,
            shape=shape,
            accent=parse_colour(brief.config.look.accent),
            locale=story.locale,
            channel_title=brief.config.title,
            subjects=image.subjects,
            other_side=image.focal_point.x < 0.5 and shape is Format.LANDSCAPE,
        )
        made.append(
            ThumbnailVariant(
                template=template,
                scene=image.scene,
                picture=media.put_bytes(_jpeg(canvas), "image/jpeg"),
                words=join_words(said),
                contrast=round(measured, 2),
            )
        )
    return tuple(made)


def _shows_somebody(image: SceneImage) -> bool:
    return any(box.kind in ("face", "figure") for box in image.subjects)


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
    placed = placement(size, focal_point, subjects, set_words(words, shape, locale), shape)
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
    bare_faces = _faces(subjects, placed.window, size, shape)
    veil = _veil(placed.lettering.ink, layout.side, shape, letters, bare_faces)
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
    for other in thumbnail.alternatives:
        if other.contrast < MIN_CONTRAST:
            problems.append(
                f"The {thumbnail.format} thumbnail's {other.template} variant stands out by "
                f"{other.contrast}:1; 4.5:1 is needed."
            )
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


_LITTLE = 0.25
"""What a label may hide of a picture before another one is looked for: a hem."""
_MOTIF_APPEAL = 0.9
"""For showing what the title names: the star of *Emil and the Star*."""


def _by_strength(
    images: Sequence[SceneImage], story: Story, media: MediaStore, words: Sequence[str]
) -> list[SceneImage]:
    """First the scene whose picture is most vivid, whose moment makes one curious, and that leaves
    room for the words."""
    scenes = {scene.index: scene for scene in story.scenes}
    settings = set_words(words, images[0].format, story.locale)

    def appeal(image: SceneImage) -> float:
        picture = _decode(media.local_path(image.picture))
        score = vividness(picture, image.focal_point)
        size = (picture.shape[1], picture.shape[0])
        placed = placement(size, image.focal_point, image.subjects, settings, image.format)
        score -= placed.cost
        scene = scenes.get(image.scene)
        if scene is not None:
            score += _BEAT_APPEAL[scene.beat] + _SHOT_APPEAL[scene.shot]
            faces = any(box.kind == "face" for box in image.subjects)
            score += 0.6 * (faces if image.subjects else bool(scene.cast))
            score += _MOTIF_APPEAL * _names_seen(scene, story.title)
        return score

    return sorted(images, key=lambda image: (-appeal(image), image.scene))


def _names_seen(scene: Scene, words: str) -> bool:
    """Whether ``words`` name somebody or something that the scene shows."""
    return any(
        re.search(rf"\b{re.escape(name)}s?\b", words, re.IGNORECASE)
        for name in (*scene.props, *scene.cast)
    )


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


def _cut(picture: npt.NDArray[np.uint8], window: Window, shape: Format) -> npt.NDArray[np.uint8]:
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
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    low, high = np.percentile(lab[::4, ::4, 0].astype(np.float32), (1, 99))
    # What becomes of each of the 256 values, in all three channels.
    values = np.arange(256, dtype=np.float32)
    stretched = (values - low) * (255 / max(high - low, 40))
    lightness = np.clip(0.55 * values + 0.45 * stretched, 0, 255)
    colour = np.clip(128 + (values - 128) * 1.14, 0, 255)
    table = np.round(np.stack([lightness, colour, colour], axis=-1)).astype(np.uint8)
    return np.asarray(cv2.cvtColor(cv2.LUT(lab, table[None]), cv2.COLOR_LAB2RGB), np.uint8)


def _veil(
    ink: Area, side: str, shape: Format, letters: Mask, faces: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Where the picture is darkened for the words: 1 behind their box and on to the edge (``side``)
    they stand at, easing out evenly towards the picture, and nothing on ``faces``.
    """
    width, height = SIZES[shape]
    ease = _EASE * min(width, height)
    x = (np.arange(width, dtype=np.float32) + 0.5)[None, :]
    y = (np.arange(height, dtype=np.float32) + 0.5)[:, None]
    left, right = (-width if side == "left" else ink.left), (2 if side == "right" else ink.right)
    top, bottom = (-height if side == "top" else ink.top), (2 if side == "bottom" else ink.bottom)
    if side in ("top", "bottom"):
        left, right = min(left, 0.12), max(right, 0.88)
    else:
        top, bottom = -height, 2
    across = np.maximum(np.maximum(left * width - x, x - right * width), 0)
    along = np.maximum(np.maximum(top * height - y, y - bottom * height), 0)
    away = np.clip(np.hypot(across, along) / ease, 0, 1)
    shade = 1 - away * away * (3 - 2 * away)
    # Right around the letters it is whole, whatever face is near.
    part = 8
    small = cv2.resize(letters, (width // part, height // part), interpolation=cv2.INTER_AREA)
    reach = 2 * (min(width, height) // part // 16) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    near = cv2.GaussianBlur(cv2.dilate((small > 8).astype(np.float32), kernel), (0, 0), reach / 3)
    close = np.maximum(cv2.resize(near, (width, height)), (letters > 8).astype(np.float32))
    return np.asarray(shade * np.maximum(1 - faces, close), np.float32)


def _faces(
    subjects: Sequence[Box], window: Window, picture: tuple[int, int], shape: Format
) -> npt.NDArray[np.float32]:
    """1 on the faces a thumbnail shows, easing out around them."""
    width, height = SIZES[shape]
    part = 8
    mask = np.zeros((height // part, width // part), np.float32)
    for box in subjects:
        if box.kind != "face":
            continue
        x = (box.x + box.width / 2) * picture[0] - window.left
        y = (box.y + box.height / 2) * picture[1] - window.top
        scale = width / window.width / part
        centre = (round(x * scale), round(y * scale))
        axes = (
            max(1, round(0.62 * box.width * picture[0] * scale)),
            max(1, round(0.62 * box.height * picture[1] * scale)),
        )
        cv2.ellipse(mask, centre, axes, 0, 0, 360, 1.0, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), min(width, height) / part / 40)
    return np.asarray(cv2.resize(soft, (width, height)), np.float32)


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
