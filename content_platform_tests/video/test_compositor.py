"""Pixels before encoding: where the camera looks, how pictures blend, how captions lie on top."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from content_platform.captions.sprites import CaptionSprite
from content_platform.video.camera import view_at
from content_platform.video.compositor import Compositor, Plane
from content_platform.video.models import Rect, Shot
from content_platform.vocabulary import Format
from content_platform_tests.video.sample_story import NOWHERE, texture

SIDE = 1080
WIDE = Rect(x=3, y=2, width=1232, height=1232)
NEAR = Rect(x=60.5, y=10.25, width=1080, height=1080)


def picture(seed: int) -> Plane:
    return np.asarray(Image.open(BytesIO(texture(Format.SQUARE, seed))).convert("RGB"))


def shot(start: int, end: int, fade_in: int = 0, views: tuple[Rect, Rect] = (WIDE, NEAR)) -> Shot:
    return Shot(
        scene=start,
        picture=NOWHERE,
        start=start,
        end=end,
        fade_in=fade_in,
        camera_from=views[0],
        camera_to=views[1],
    )


def draw(compositor: Compositor, frame: int, *pictures: Plane) -> tuple[Plane, Plane]:
    luma = np.zeros((SIDE, SIDE), np.uint8)
    chroma = np.zeros((SIDE // 2, SIDE // 2, 2), np.uint8)
    for needed, rgb in zip(compositor.needs(frame), pictures, strict=False):
        compositor.prepare(needed, rgb)
    compositor.draw(frame, luma, chroma)
    return luma, chroma


def plain(*shots: Shot) -> Compositor:
    return Compositor((SIDE, SIDE), shots, (), dark_from=10_000, dark_at=10_000)


def luma_of(rgb: Plane) -> npt.NDArray[np.float64]:
    weights = np.array([0.2126, 0.7152, 0.0722])
    return 16 + rgb.astype(float) @ weights * (219 / 255)


def exact_view(plane: npt.NDArray[np.float64], view: tuple[float, ...]) -> npt.NDArray[np.float64]:
    """Lanczos sampling in floating point: what the fast path is to equal."""
    x, y, width, height = view
    step_x, step_y = width / SIDE, height / SIDE
    matrix = np.array([[step_x, 0, x + step_x / 2 - 0.5], [0, step_y, y + step_y / 2 - 0.5]])
    columns, rows = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    at_x = (matrix[0, 0] * columns + matrix[0, 2]).astype(np.float32)
    at_y = (matrix[1, 1] * rows + matrix[1, 2]).astype(np.float32)
    return cv2.remap(plane.astype(np.float32), at_x, at_y, cv2.INTER_CUBIC).astype(float)


def psnr(one: npt.NDArray[np.floating], other: npt.NDArray[np.floating]) -> float:
    inner = (slice(40, -40), slice(40, -40))
    return float(10 * np.log10(255**2 / np.mean((one[inner] - other[inner]) ** 2)))


@pytest.mark.parametrize("frame", [0, 17, 50, 99])
def test_the_picture_is_sampled_where_the_camera_is_to_the_fraction_of_a_pixel(frame: int) -> None:
    rgb = picture(1)
    luma, _ = draw(plain(shot(0, 100)), frame, rgb)
    wanted = exact_view(luma_of(rgb), view_at(WIDE, NEAR, frame / 99))
    assert psnr(luma.astype(float), wanted) > 44
    window = cv2.createHanningWindow((SIDE - 80, SIDE - 80), cv2.CV_64F)
    inner = (slice(40, -40), slice(40, -40))
    (dx, dy), _ = cv2.phaseCorrelate(
        np.ascontiguousarray(wanted[inner]),
        np.ascontiguousarray(luma[inner], dtype=np.float64),
        window,
    )
    assert abs(dx) < 0.1
    assert abs(dy) < 0.1


def test_motion_has_no_steps_and_no_jerks() -> None:
    """Frame to frame, the picture moves by the same fraction of a pixel (phase correlation)."""
    rgb = picture(2)
    slow = (Rect(x=20, y=30, width=1200, height=1200), Rect(x=38, y=33, width=1190, height=1190))
    compositor = plain(shot(0, 90, views=slow))
    errors = []
    patch = (slice(200, 520), slice(300, 620))
    window = cv2.createHanningWindow((320, 320), cv2.CV_64F)
    for frame in range(30):
        luma, _ = draw(compositor, frame, rgb)
        wanted = exact_view(luma_of(rgb), view_at(*slow, frame / 89))
        shift, _ = cv2.phaseCorrelate(
            np.ascontiguousarray(wanted[patch]),
            np.ascontiguousarray(luma[patch], dtype=np.float64),
            window,
        )
        errors.append(shift)
    steps = np.diff(np.array(errors), axis=0)
    jerks = np.diff(steps, axis=0)
    assert np.sqrt(np.mean(np.sum(steps**2, axis=1))) < 0.06
    assert np.sqrt(np.mean(np.sum(jerks**2, axis=1))) < 0.10


def test_a_crossfade_shows_equal_parts_of_both_pictures_in_its_middle() -> None:
    one, other = picture(0), picture(1)
    first, second = shot(0, 60), shot(45, 100, fade_in=15)
    middle = 45 + 7
    blended, colours = draw(plain(first, second), middle, one, other)
    alone = [
        draw(plain(shot(0, 60)), middle, one),
        draw(plain(shot(45, 100, fade_in=0)), middle, other),
    ]
    for made, parts in (
        (blended, (alone[0][0], alone[1][0])),
        (colours, (alone[0][1], alone[1][1])),
    ):
        wanted = (parts[0].astype(float) + parts[1]) / 2
        assert np.abs(made - wanted).max() <= 1


def test_a_crossfade_only_ever_moves_towards_the_new_picture() -> None:
    flat = [np.full((1242, 1242, 3), value, np.uint8) for value in (40, 200)]
    compositor = plain(shot(0, 60), shot(45, 100, fade_in=15))
    means = []
    for frame in range(44, 61):
        needed = compositor.needs(frame)
        for each in needed:
            compositor.prepare(each, flat[0] if each.start == 0 else flat[1])
        luma, _ = draw(compositor, frame)
        means.append(float(luma.mean()))
    steps = [after - before for before, after in pairwise(means)]
    assert means[0] == pytest.approx(16 + 40 * 219 / 255, abs=1)
    assert means[-1] == pytest.approx(16 + 200 * 219 / 255, abs=1)
    assert all(7 < step < 11 for step in steps)


def test_colours_are_those_of_bt_709_in_limited_range() -> None:
    colours = {(255, 0, 0): (63, 102, 240), (0, 255, 0): (173, 42, 26), (0, 0, 255): (32, 240, 118)}
    for rgb, (y, u, v) in colours.items():
        luma, chroma = draw(plain(shot(0, 10)), 0, np.full((1242, 1242, 3), rgb, np.uint8))
        assert abs(int(luma[500, 500]) - y) <= 1
        assert np.abs(chroma[250, 250].astype(int) - (u, v)).max() <= 1


def test_captions_are_blended_by_their_opacity_only_where_and_when_they_are() -> None:
    rgba = np.zeros((40, 60, 4), np.uint8)
    rgba[..., :3] = (255, 200, 0)
    rgba[..., 3] = np.linspace(0, 255, 60).astype(np.uint8)
    sprite = CaptionSprite(start_frame=5, end_frame=8, x=100, y=200, rgba=rgba)
    background = np.full((1242, 1242, 3), 90, np.uint8)
    compositor = Compositor((SIDE, SIDE), [shot(0, 20)], [sprite], dark_from=10_000, dark_at=10_000)
    before, _ = draw(compositor, 4, background)
    during, colours = draw(compositor, 6, background)
    after, _ = draw(compositor, 8, background)
    opacity = rgba[..., 3] / 255
    wanted = before[200:240, 100:160] * (1 - opacity) + luma_of(rgba[..., :3]) * opacity
    assert np.abs(during[200:240, 100:160] - wanted).max() <= 1.5
    during[200:240, 100:160] = before[200:240, 100:160]
    assert (during == before).all()
    assert (after == before).all()
    assert colours[100:120, 79].mean(axis=0) == pytest.approx([35, 160], abs=3)


def test_the_picture_fades_to_black_in_the_end() -> None:
    compositor = Compositor((SIDE, SIDE), [shot(0, 20)], (), dark_from=10, dark_at=20)
    means = [float(draw(compositor, frame, picture(0))[0].mean()) for frame in range(8, 20)]
    assert means[0] == pytest.approx(means[1], abs=2)
    assert all(after < before for before, after in pairwise(means[1:]))
    assert means[-1] < 30
