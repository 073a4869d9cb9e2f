"""What every hosted illustrator shares: from a vendor's pictures to a ``Drawing`` that fits.

A picture per format is asked for, fitted to its exact size, and looked at, because vendors do not
tell where in it the subject is. Each is kept as soon as it is paid for, so that what fails or ends
before the last of them costs no picture twice. No vendor's name belongs here.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from content_platform.captions.layout import caption_top
from content_platform.errors import DefectiveMedia
from content_platform.imagery.models import Box, Drawing, DrawRequest, FocalPoint, picture_size
from content_platform.providers.catalogue import ModelEntry, UnknownPrice
from content_platform.providers.models import CallContext, CallFailure, CallRequest, Produced
from content_platform.vocabulary import Format

_SIDE = 128
"""Pixels of the shorter side of the picture that is looked at."""

Pixels = npt.NDArray[np.uint8]
Map = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Drawn:
    """One picture as a vendor gave it: the bytes of an image file, and what it charged."""

    data: bytes
    cost_usd: Decimal
    response_id: str = ""


def drawing_refusal(
    request: CallRequest[BaseModel],
    entry: ModelEntry,
    price: Callable[[DrawRequest], Decimal],
    *,
    lacking: str | None = None,
) -> str | None:
    """Why a vendor's model cannot be asked for ``request``; None when it can.

    ``lacking`` is what its adapter misses. ``price`` raises UnknownPrice where none is known.
    """
    if not isinstance(request, DrawRequest):
        return f"{entry.name} draws, it cannot do {type(request).__name__}"
    if not request.formats:
        return "the request names no format; name at least one of 16x9, 9x16, 1x1"
    if lacking is not None or entry.unaccepted:
        return lacking or entry.unaccepted
    try:
        price(request)
    except UnknownPrice as error:
        return str(error)
    return None


def draw_each(
    request: DrawRequest, context: CallContext, ask: Callable[[Format], Drawn]
) -> Produced[Drawing]:
    """Ask for a picture in each format and make a drawing of them; roles ``picture-<format>``.

    What ``ask`` raises goes on to the caller, with the cost of the pictures drawn before it by this
    question. Raises CallFailure when what came is no picture.
    """
    spent = Decimal(0)
    files: dict[str, Path] = {}
    focal_points: dict[Format, FocalPoint] = {}
    subjects: dict[Format, tuple[Box, ...]] = {}
    ids = []
    for shape in request.formats:
        role = f"picture-{shape.value}"
        target = context.workspace / f"{role}.jpg"
        kept = context.parts.get(role)
        if kept is not None and kept.file is not None:
            shutil.copyfile(kept.file, target)
            ids.append(kept.note)
        else:
            try:
                drawn = ask(shape)
                spent += drawn.cost_usd
                fit_picture(drawn.data, picture_size(shape), target)
            except CallFailure as failure:
                if failure.cost_usd is not None:
                    failure.cost_usd += spent
                raise
            except DefectiveMedia as error:
                raise CallFailure(str(error), cost_usd=spent) from error
            context.parts.keep(role, note=drawn.response_id, file=target, cost_usd=drawn.cost_usd)
            ids.append(drawn.response_id)
        files[role] = target
        focal_points[shape], subjects[shape] = look_at(
            _pixels(target), shape, has_figure=_has_figure(request)
        )
    from content_platform.imagery.illustrator.director import describe

    return Produced(
        output=Drawing(focal_points=focal_points, subjects=subjects, alt_text=describe(request)),
        files=files,
        response_id=" ".join(filter(None, ids)),
        cost_usd=spent,
    )


def fit_picture(data: bytes, size: tuple[int, int], target: Path) -> None:
    """Write the picture as a JPEG of exactly ``size``; what does not fit is cut off evenly.

    Raises DefectiveMedia when ``data`` is no whole picture.
    """
    from PIL import Image, ImageFilter, ImageOps

    try:
        with Image.open(io.BytesIO(data)) as opened:
            opened.load()
            if opened.has_transparency_data:
                flat = Image.new("RGBA", opened.size, (255, 255, 255, 255))
                flat.alpha_composite(opened.convert("RGBA"))
                picture = flat.convert("RGB")
            else:
                picture = opened.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DefectiveMedia(f"what came is no picture: {error}.") from error
    enlarged = max(size[0] / picture.width, size[1] / picture.height)
    fitted = ImageOps.fit(picture, size, Image.Resampling.LANCZOS, centering=(0.5, 0.5))
    if enlarged > 1.2:
        fitted = fitted.filter(ImageFilter.UnsharpMask(radius=enlarged, percent=60, threshold=2))
    fitted.save(target, "JPEG", quality=92, subsampling=0)


def _pixels(picture: Path) -> Pixels:
    """RGB."""
    from PIL import Image

    with Image.open(picture) as opened:
        return np.asarray(opened.convert("RGB"), np.uint8)


def nearest_ratio(size: tuple[int, int], offered: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Of the sizes or ratios a vendor offers, the one of which least has to be cut off."""
    wanted = size[0] / size[1]

    def cut_off(ratio: tuple[int, int]) -> float:
        given = ratio[0] / ratio[1]
        return max(given / wanted, wanted / given)

    return min(offered, key=cut_off)


def look_at(
    pixels: Pixels, shape: Format, *, has_figure: bool
) -> tuple[FocalPoint, tuple[Box, ...]]:
    """Where the eye rests in a picture, and the box around what it rests on.

    By what stands out in colour and light from its surroundings and from the whole picture, nearer
    the middle counting more. Where nothing stands out clearly, there is no box. The focal point keeps
    clear of the captions, as an embedded picture's does.
    """
    seen = _standing_out(pixels)
    height, width = seen.shape
    _, labels, stats, _ = _regions(seen >= 0.5 * float(seen.max()))
    at_y, at_x = np.unravel_index(int(np.argmax(seen)), seen.shape)
    region = labels == labels[at_y, at_x]
    weights = np.where(region, seen, 0)
    ys, xs = np.mgrid[0:height, 0:width]
    total = float(weights.sum())
    x = float((weights * xs).sum()) / total / width
    y = float((weights * ys).sum()) / total / height
    focal_point = FocalPoint(
        x=min(max(x, 0.15), 0.85), y=min(max(y, 0.12), caption_top(shape) - 0.06)
    )
    left, top, across, down, count = (int(value) for value in stats[labels[at_y, at_x]])
    box = Box(
        kind="figure" if has_figure else "thing",
        x=left / width,
        y=top / height,
        width=across / width,
        height=down / height,
    )
    share = box.width * box.height
    inside = float(seen[top : top + down, left : left + across].sum()) / float(seen.sum())
    clear = 0.008 < share < 0.45 and inside > 1.8 * share and count > 0.3 * across * down
    return focal_point, (box,) if clear else ()


def _standing_out(pixels: Pixels) -> Map:
    """How much each spot of a small copy stands out, 0 to 1.

    Colour against the whole picture (Achanta et al., Frequency-tuned Salient Region Detection,
    2009) and against the surroundings at two scales.
    """
    import cv2

    scale = _SIDE / min(pixels.shape[:2])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    soft = cv2.GaussianBlur(lab, (0, 0), _SIDE / 64)
    rare = np.linalg.norm(soft - lab.mean(axis=(0, 1)), axis=2)
    local = np.zeros_like(rare)
    for around in (_SIDE / 10, _SIDE / 5):
        local += np.linalg.norm(soft - cv2.GaussianBlur(lab, (0, 0), around), axis=2)
    height, width = rare.shape
    ys, xs = np.mgrid[0:height, 0:width]
    middle = np.exp(-0.5 * (((xs / width - 0.5) / 0.32) ** 2 + ((ys / height - 0.48) / 0.32) ** 2))
    both = 0.35 * rare / (rare.max() + 1e-6) + 0.65 * local / (local.max() + 1e-6)
    seen = cv2.GaussianBlur((both * middle).astype(np.float32), (0, 0), _SIDE / 32)
    return np.asarray(seen / (seen.max() + 1e-6), np.float32)


def _regions(
    mask: npt.NDArray[np.bool_],
) -> tuple[int, npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    import cv2

    found: tuple[int, npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float64]] = (
        cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    )
    return found


def _has_figure(request: DrawRequest) -> bool:
    return any(
        member.kind != "object" for member in request.cast if member.name in request.scene.cast
    )
