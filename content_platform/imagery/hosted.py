"""What every hosted illustrator shares: from a vendor's pictures to a ``Drawing`` that fits.

A picture per format is asked for, fitted to its exact size, and looked at, because vendors do not
tell where in it the subject is. Pictures that are paid for are not paid for again when a later one
of the same call fails. No vendor's name belongs here.
"""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import numpy.typing as npt

from content_platform.captions.layout import caption_top
from content_platform.errors import DefectiveMedia
from content_platform.imagery.models import Box, Drawing, DrawRequest, FocalPoint, picture_size
from content_platform.providers.models import CallContext, CallFailure, CredentialRefused, Produced
from content_platform.vocabulary import Format

_KEPT = 24
"""Paid pictures of unfinished calls that are held in memory at most; 1-4 MB each."""
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


class PaidPictures:
    """Pictures of calls that are not finished yet, by idempotency key and format.

    The ``cost_usd`` of a kept picture is what no failure has reported yet.
    """

    def __init__(self) -> None:
        self._pictures: OrderedDict[tuple[str, Format], Drawn] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, shape: Format) -> Drawn | None:
        with self._lock:
            return self._pictures.get((key, shape))

    def keep(self, key: str, shape: Format, picture: Drawn) -> None:
        with self._lock:
            self._pictures[key, shape] = picture
            while len(self._pictures) > _KEPT:
                self._pictures.popitem(last=False)

    def reported(self, key: str) -> None:
        """The cost of the call's pictures so far is accounted for."""
        with self._lock:
            for known, picture in self._pictures.items():
                if known[0] == key:
                    self._pictures[known] = replace(picture, cost_usd=Decimal(0))

    def forget(self, key: str) -> None:
        with self._lock:
            for known in [known for known in self._pictures if known[0] == key]:
                del self._pictures[known]


def draw_each(
    request: DrawRequest,
    context: CallContext,
    ask: Callable[[Format], Drawn],
    paid: PaidPictures,
) -> Produced[Drawing]:
    """Ask for a picture in each format and make a drawing of them; roles ``picture-<format>``.

    What ``ask`` raises goes on to the caller, with the cost of the pictures drawn before it in this
    attempt. Raises CallFailure when what came is no picture.
    """
    key = context.idempotency_key
    spent = Decimal(0)
    files: dict[str, Path] = {}
    focal_points: dict[Format, FocalPoint] = {}
    subjects: dict[Format, tuple[Box, ...]] = {}
    ids = []
    for shape in request.formats:
        drawn = paid.get(key, shape)
        try:
            if drawn is None:
                drawn = ask(shape)
                paid.keep(key, shape, drawn)
            spent += drawn.cost_usd
            target = context.workspace / f"picture-{shape.value}.jpg"
            pixels = fit_picture(drawn.data, picture_size(shape), target)
        except CredentialRefused:
            raise  # the secret's next version goes on in this same attempt, and reports the cost
        except CallFailure as failure:
            if failure.cost_usd is not None:
                failure.cost_usd += spent
            paid.reported(key)
            raise
        except DefectiveMedia as error:
            paid.forget(key)
            raise CallFailure(str(error), cost_usd=spent) from error
        ids.append(drawn.response_id)
        files[f"picture-{shape.value}"] = target
        focal_points[shape], subjects[shape] = look_at(
            pixels, shape, has_figure=_has_figure(request)
        )
    paid.forget(key)
    from content_platform.imagery.illustrator.director import describe

    return Produced(
        output=Drawing(focal_points=focal_points, subjects=subjects, alt_text=describe(request)),
        files=files,
        response_id=" ".join(filter(None, ids)),
        cost_usd=spent,
    )


def fit_picture(data: bytes, size: tuple[int, int], target: Path) -> Pixels:
    """Write the picture as a JPEG of exactly ``size``; what does not fit is cut off evenly.

    Returns its pixels, RGB. Raises DefectiveMedia when ``data`` is no whole picture.
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
    return np.asarray(fitted, np.uint8)


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
