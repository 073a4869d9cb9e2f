"""Water: open water that mirrors what is above it, and wet ground."""

from __future__ import annotations

import cv2
import numpy as np

from content_platform.imagery.illustrator import raster
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.painter import Painter, PaperPainter
from content_platform.imagery.illustrator.raster import linear
from content_platform.imagery.illustrator.shapes import (
    line,
    mix,
    num,
    path,
)
from content_platform.imagery.illustrator.stage import Stage

# --- water -------------------------------------------------------------------------------------


def water(
    stage: Stage, y: float, *, colour: str = "", calm: float = 0.5, bottom: float | None = None
) -> None:
    """Open water from height ``y`` down, mirroring what is above; ``calm`` 1 is a pond, 0 a storm."""
    until = stage.h if bottom is None else bottom
    base = colour or mix(stage.light.sky[1], stage.light.sky[3], 0.25)

    def paint(painter: Painter) -> None:
        if isinstance(painter, PaperPainter):
            _paper_water(painter, y, until, base)
        else:
            _light_water(painter, y, until, base, calm)

    stage.effect(paint)


def _light_water(painter: Painter, y: float, until: float, base: str, calm: float) -> None:
    stage = painter.stage
    scale = painter.frame.scale
    top, bottom = round(y * scale), min(painter.size[1], round(until * scale))
    height, width = bottom - top, painter.size[0]
    if height < 8:
        return
    rows, columns = height // 2, width // 2
    depth = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    # Waves get taller and wider toward the camera: sample noise with perspective.
    near = 1 / (depth * 1.35 + 0.055)
    grid = raster.noise(768, 768, 26, 90, 14, 4)
    u = (
        np.arange(columns, dtype=np.float32)[None, :] - columns / 2
    ) / width * near * 0.36 * 768 + 384
    v = np.broadcast_to(near * 0.05 * 768, u.shape).astype(np.float32)
    wave = np.asarray(
        cv2.remap(
            grid,
            np.mod(u, 767).astype(np.float32),
            np.mod(v, 767).astype(np.float32),
            cv2.INTER_LINEAR,
        )
    )
    rough = 1 - calm
    mirror_rows = np.clip(
        top
        - 1
        - (depth * height * (1.0 if calm > 0.6 else 0.82))
        + (wave - 0.5) * (14 + 70 * rough) * (0.3 + depth) * scale,
        0,
        top - 1,
    )
    mirror_columns = np.clip(
        np.arange(columns, dtype=np.float32)[None, :] * 2
        + (wave - 0.5) * (8 + 26 * rough) * (0.2 + depth) * scale,
        0,
        width - 1,
    )
    mirrored = cv2.remap(
        painter.image,
        mirror_columns.astype(np.float32),
        mirror_rows.astype(np.float32),
        cv2.INTER_LINEAR,
    )
    mirrored = raster.blur(np.asarray(mirrored, np.float32), 0.8 + 1.6 * rough)
    tone = linear(base) * (stage.light.ambient_light() + stage.light.key_light() * 0.5)
    glint = np.clip((wave - 0.62) * 3.2, 0, 1) * (0.35 + 0.65 * rough) * np.clip(depth * 6, 0.2, 1)
    fresnel = np.clip(0.86 - 0.5 * depth, 0.28, 1) * (0.62 + 0.38 * calm)
    body = tone * (0.55 + 0.6 * wave * (0.4 + rough * 0.6))[..., None]
    sea = mirrored * fresnel[..., None] + body * (1 - fresnel * 0.75)[..., None]
    sea += (glint * 0.22)[..., None] * linear(stage.light.sky[3])
    if stage.light.sun:
        kx = stage.key_at[0] * scale / 2
        path_ = np.exp(
            -(
                (
                    (np.arange(columns, dtype=np.float32)[None, :] - kx)
                    / ((34 + 190 * depth) * scale / 2)
                )
                ** 2
            )
        )
        sea += (
            (path_ * np.clip((wave - 0.45) * 3, 0, 1) * (0.85 - 0.45 * depth))[..., None]
            * linear(stage.light.key)
            * 0.8
        )
    painter.image[top:bottom] = raster.resize(np.asarray(sea, np.float32), (width, height))


def _paper_water(painter: Painter, y: float, until: float, base: str) -> None:
    from content_platform.imagery.illustrator.stage import Layer

    stage = painter.stage
    rng = generator("paper water", stage.seed)
    bands = 6
    for k in range(bands):
        at = y + (until - y) * (k / bands) ** 1.35
        swell = 3 + 12 * k / bands
        step = 60 + 60 * k / bands
        shift = rng.random() * step
        data = f"M-80 {num(at)}"
        x = -80 - shift
        while x < stage.w + 160:
            data += f"Q{num(x + step / 4)} {num(at - swell)} {num(x + step / 2)} {num(at)}T{num(x + step)} {num(at)}"
            x += step
        # The next band hides what is lower.
        low = until + 10 if k == bands - 1 else y + (until - y) * ((k + 1) / bands) ** 1.35 + 40
        data += f"L{num(stage.w + 200)} {num(low)}L-80 {num(low)}Z"
        tone = mix(
            mix(base, stage.light.sky[3], 0.45), mix(base, stage.light.sky[0], 0.5), k / (bands - 1)
        )
        crests = ""
        for _ in range(int(stage.w / 130)):
            cx = rng.uniform(-40, stage.w)
            cy = at + (until - y) / bands * rng.uniform(0.15, 0.8)
            long = rng.uniform(30, 80) * (0.6 + k / bands)
            crests += (
                f"M{num(cx)} {num(cy)}q{num(long / 4)} {num(-swell * 0.7)} {num(long / 2)} 0"
                f"t{num(long / 2)} 0"
            )
        light = line(crests, mix(tone, stage.light.sky[3], 0.75), 2.6 + k * 0.5, opacity=0.7)
        sun = ""
        if stage.light.sun:
            kx, reach = stage.key_at[0], 26 + 16 * k
            for n in range(3):
                sy = at + (until - y) / bands * (0.2 + 0.3 * n)
                sun += f"M{num(kx - reach * rng.uniform(0.5, 1))} {num(sy)}L{num(kx + reach * rng.uniform(0.5, 1))} {num(sy)}"
            light += line(sun, mix(stage.light.key, "#ffffff", 0.4), 4 + k * 0.6, opacity=0.6)
        painter.lay(Layer(path(data, tone), 0.3 + 0.6 * k / bands))
        painter.lay(Layer(light, 0.4 + 0.5 * k / bands))


def wet_ground(stage: Stage, y: float, strength: float = 0.5) -> None:
    """A wet sheen from ``y`` down: a broken mirror of what stands above."""

    def paint(painter: Painter) -> None:
        if isinstance(painter, PaperPainter):
            return
        scale = painter.frame.scale
        top, (width, full) = round(y * scale), painter.size
        height = full - top
        if height < 8:
            return
        rows, columns = height // 2, width // 2
        depth = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
        stones = raster.noise(columns, rows, 40, 26, 21, 3)
        puddles = np.clip(raster.noise(columns, rows, 5, 7, 8, 4) * 1.5 - 0.3, 0, 1)
        at_y = np.clip(
            top - 1 - depth * height * 1.05 - (stones - 0.5) * 46 * (0.5 + depth) * scale,
            0,
            full - 1,
        )
        at_x = np.clip(
            np.arange(columns, dtype=np.float32)[None, :] * 2 + (stones - 0.5) * 14 * scale,
            0,
            width - 1,
        )
        mirrored = cv2.remap(
            painter.image, at_x.astype(np.float32), at_y.astype(np.float32), cv2.INTER_LINEAR
        )
        mirrored = raster.blur(np.asarray(mirrored, np.float32), 2.0)
        cover = strength * (0.4 + 0.6 * puddles) * np.clip(1 - 0.75 * depth, 0.1, 1)
        ground = painter.image[top:]
        lifted = ground * (
            1 - raster.resize(np.asarray(cover, np.float32), (width, height))[..., None] * 0.6
        )
        painter.image[top:] = lifted + raster.resize(
            np.asarray(mirrored * cover[..., None], np.float32), (width, height)
        )

    stage.effect(paint)
