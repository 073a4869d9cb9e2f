"""Sky, weather and air: gradients, clouds, sun and moon, rain, snow, mist, fireflies, water.

All of it is soft or scattered and needs no drawing skill, only noise and light.
"""

from __future__ import annotations

import cv2
import numpy as np

from content_platform.imagery.illustrator import raster
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.painter import Painter, PaperPainter
from content_platform.imagery.illustrator.raster import Array, linear
from content_platform.imagery.illustrator.shapes import (
    circle,
    ellipse,
    line,
    mix,
    num,
    path,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.stories.models import TimeOfDay, Weather


def place_key(stage: Stage) -> None:
    """Decide where the sun or moon stands: over the landmark's side, lower at dawn and dusk."""
    low = stage.scene.time_of_day in (TimeOfDay.DAWN, TimeOfDay.DUSK)
    height = 0.80 if low else 0.30 if stage.scene.time_of_day is TimeOfDay.NIGHT else 0.22
    x = stage.w * (0.66 if stage.rng.random() < 0.7 else 0.6)
    if stage.layout.subject_x > stage.w * 0.5:
        x = stage.w - x
    stage.key_at = (x, stage.layout.horizon * height)


def sky(stage: Stage, *, horizon: float | None = None) -> None:
    """Paint the whole backdrop; call before any layer."""
    down_to = stage.layout.horizon if horizon is None else horizon

    def paint(painter: Painter) -> None:
        if isinstance(painter, PaperPainter):
            _paper_sky(painter, down_to)
        else:
            _light_sky(painter, down_to)

    stage.effect(paint)


def _column(stage: Stage, ys: Array, horizon: float) -> Array:
    at = np.clip(ys / max(horizon, 1), 0, 1)
    stops = [0.0, 0.38, 0.76, 1.0]
    colours = np.stack([linear(colour) for colour in stage.light.sky])
    return np.stack([np.interp(at, stops, colours[:, k]) for k in range(3)], axis=-1).astype(
        np.float32
    )


def _light_sky(painter: Painter, horizon: float) -> None:
    stage, light = painter.stage, painter.stage.light
    half = (painter.size[0] // 2, painter.size[1] // 2)
    ys = (np.arange(half[1], dtype=np.float32) + 0.5) * stage.h / half[1]
    xs = (np.arange(half[0], dtype=np.float32) + 0.5) * stage.w / half[0]
    image = np.repeat(_column(stage, ys, horizon)[:, None, :], half[0], axis=1)
    kx, ky = stage.key_at
    away = np.sqrt((xs[None, :] - kx) ** 2 + (ys[:, None] - ky) ** 2).astype(np.float32)
    if light.sun == "sun":
        image += (0.55 / (1 + (away / 150) ** 2) ** 1.1)[..., None] * linear(light.key)
    elif light.sun == "moon":
        image += (0.34 / (1 + (away / 120) ** 2) ** 1.2)[..., None] * linear("#bcd4f0")
    if light.stars > 0.02:
        _stars(image, stage, horizon)
    if light.sun:
        _disc(image, stage, half)
    _clouds(image, stage, horizon, away, half)
    painter.image = raster.resize(image, painter.size, smooth=True)
    if stage.scene.weather is Weather.STORM:
        _lightning(painter, horizon)


def _stars(image: Array, stage: Stage, horizon: float) -> None:
    rng = generator("stars", stage.seed)
    height, width = image.shape[:2]
    dust = np.zeros((height, width), np.float32)
    for _ in range(int(230 * stage.light.stars)):
        x, y = rng.random() * width, rng.random() ** 1.35 * horizon / stage.h * height * 0.92
        bright = rng.random() ** 3
        cv2.circle(
            dust,
            (int(x * 16), int(y * 16)),
            int((0.4 + bright * 0.85) * 16),
            0.35 + bright,
            -1,
            cv2.LINE_AA,
            4,
        )
    dust = dust + raster.blur(dust, 2.4) * 1.4
    image += (dust * stage.light.stars * 0.85)[..., None] * linear("#dfe9ff")


def _disc(image: Array, stage: Stage, half: tuple[int, int]) -> None:
    scale = half[0] / stage.w
    moon = stage.light.sun == "moon"
    radius = (44 if moon else 50) * scale
    kx, ky = stage.key_at[0] * scale, stage.key_at[1] * scale
    x0, y0, size = int(kx - radius - 4), int(ky - radius - 4), int(2 * radius + 8)
    x0, y0 = max(0, x0), max(0, y0)
    patch = image[y0 : y0 + size, x0 : x0 + size]
    gy, gx = np.mgrid[y0 : y0 + patch.shape[0], x0 : x0 + patch.shape[1]].astype(np.float32)
    away = np.hypot(gx - kx, gy - ky)
    cover = np.clip(radius - away + 0.5, 0, 1)[..., None]
    seas = raster.noise(96, 96, 4, 4, 77, 4)
    face = raster.resize(seas, (patch.shape[1], patch.shape[0]))[..., None]
    body = (
        linear("#fff4da") * (0.86 + 0.24 * face) * 0.98
        if moon
        else linear(mix(stage.light.key, "#fffaf0", 0.5)) * 1.35
    )
    patch[:] = patch * (1 - cover) + body * cover


def _clouds(image: Array, stage: Stage, horizon: float, away: Array, half: tuple[int, int]) -> None:
    light = stage.light
    if light.cloud_cover < 0.05:
        return
    w, h = half[0] // 2, half[1] // 2
    seed = 30 + stage.seed % 5
    tall = stage.frame.tall
    field = raster.noise(w, h, 1.6 if tall else 2.6, 7.0 if tall else 4.2, seed, 6)
    detail = raster.noise(w, h, 4 if tall else 7, 15 if tall else 10, seed + 50, 5)
    field = field * 0.72 + detail * 0.28
    density = np.clip((field - (1 - light.cloud_cover) * 0.86) / 0.3, 0, 1)
    density = density * density * (3 - 2 * density)
    ys = np.linspace(0, stage.h, h, dtype=np.float32)[:, None] / max(horizon, 1)
    density = density * np.clip((1.04 - ys) / 0.3, 0, 1)
    soft = raster.blur(field, 3)
    gy, gx = np.gradient(soft)
    kx, ky = stage.key_at[0] * w / stage.w, stage.key_at[1] * h / stage.h
    ux = np.arange(w, dtype=np.float32)[None, :] - kx
    uy = np.arange(h, dtype=np.float32)[:, None] - ky
    length = np.hypot(ux, uy) + 1
    facing = np.clip(0.5 + (gx * ux + gy * uy) / length * 42, 0, 1)
    near = np.clip(1.15 - raster.resize(away, (w, h)) / (0.8 * max(stage.w, stage.h)), 0.22, 1)
    lit = np.clip(facing * 0.75 * near + (1 - density) * 0.35 * near, 0, 1)[..., None]
    colour = linear(light.cloud_shade) * (1 - lit) + linear(light.cloud_light) * lit
    cover = raster.resize(np.asarray(density * 0.9, np.float32), half, smooth=True)
    image[:] = raster.over(
        image, raster.resize(np.asarray(colour, np.float32), half), np.clip(cover, 0, 1)
    )


def _lightning(painter: Painter, horizon: float) -> None:
    stage = painter.stage
    rng = generator("bolt", stage.seed, stage.scene.index)
    side = stage.w - stage.key_at[0]
    segments: list[str] = []

    def strike(x: float, y: float, until: float, width: float, depth: int) -> None:
        points = [(x, y)]
        while y < until:
            y += rng.uniform(16, 40)
            x += rng.uniform(-26, 26)
            points.append((x, y))
        data = "M" + "L".join(f"{num(px)} {num(py)}" for px, py in points)
        segments.append(line(data, "#ffffff", width))
        if depth:
            for px, py in points[3:]:
                if rng.random() < 0.12:
                    strike(px, py, min(until, py + rng.uniform(60, 190)), width * 0.5, depth - 1)

    strike(side + rng.uniform(-60, 60), -10, horizon * rng.uniform(0.7, 0.94), 2.6, 2)
    _, bolt = painter.render("".join(segments), coarse=2)
    wide = raster.resize(raster.blur(bolt, 26), painter.size) * 4.5 + raster.resize(
        raster.blur(bolt, 5) * 0.9 + bolt * 0.8, painter.size
    )
    painter.image = painter.image + wide[..., None] * linear("#b9c6f2")


def _paper_sky(painter: Painter, horizon: float) -> None:
    stage, light = painter.stage, painter.stage.light
    ys = (np.arange(painter.size[1], dtype=np.float32) + 0.5) * stage.h / painter.size[1]
    sheet = np.repeat(_column(stage, ys, horizon)[:, None, :], painter.size[0], axis=1)
    fibre = raster.paper(painter.size[0], painter.size[1], 21)
    painter.image = np.asarray(sheet * (1 + (fibre - 1) * 2.0)[..., None], np.float32)
    if light.sun:
        kx, ky = stage.key_at
        tone = "#fff3d6" if light.sun == "moon" else mix(light.key, "#fff0c8", 0.5)
        for radius, amount in ((250, 0.16), (170, 0.3)):
            colour, cover = painter.render(circle(kx, ky, radius, "#ffffff"), coarse=2)
            cover = raster.resize(cover, painter.size) * amount
            painter.veil(cover, linear(mix(light.sky[2], tone, 0.6)))
        painter.shine(circle(kx, ky, 74, tone), strength=0.42)
    if light.stars > 0.1:
        rng = generator("paper stars", stage.seed)
        dots = "".join(
            circle(
                rng.random() * stage.w,
                rng.random() ** 1.3 * horizon * 0.85,
                rng.uniform(1.4, 4.2),
                "#fff2cf",
            )
            for _ in range(int(90 * light.stars))
        )
        painter.shine(dots, strength=0.4)
    rng = generator("paper clouds", stage.seed, stage.scene.index)
    for k in range(int(2 + light.cloud_cover * 7)):
        y = horizon * (0.12 + 0.62 * rng.random())
        x, wide = rng.random() * stage.w, rng.uniform(170, 420)
        body = _paper_cloud(
            x,
            y,
            wide,
            rng.uniform(0.16, 0.26) * wide,
            mix(light.cloud_light, light.sky[1], 0.35 + 0.12 * (k % 3)),
        )
        from content_platform.imagery.illustrator.stage import Layer

        painter.lay(Layer(body, 0.25))


def _paper_cloud(x: float, y: float, wide: float, high: float, colour: str) -> str:
    humps = "".join(
        ellipse(x + wide * dx, y - high * dy, wide * rx, high * ry, colour)
        for dx, dy, rx, ry in (
            (-0.3, 0.0, 0.26, 0.55),
            (-0.02, 0.3, 0.28, 0.85),
            (0.26, 0.05, 0.28, 0.6),
        )
    )
    return humps + ellipse(x, y + high * 0.3, wide * 0.6, high * 0.32, colour)


# --- weather in front of everything ------------------------------------------------------------


def weather(stage: Stage) -> None:
    """Rain, snow, fireflies or dust between the camera and the scene; call last."""
    kind = stage.scene.weather
    if stage.inside:
        stage.effect(_dust)
        return
    if kind in (Weather.RAIN, Weather.STORM):
        stage.effect(_rain)
    elif kind is Weather.SNOW:
        stage.effect(_snow)
    elif (
        kind is Weather.CLEAR
        and stage.scene.time_of_day in (TimeOfDay.NIGHT, TimeOfDay.DUSK)
        and stage.season != "winter"
    ):
        stage.effect(_fireflies)


def _rain(painter: Painter) -> None:
    stage = painter.stage
    storm = stage.scene.weather is Weather.STORM
    slant = 0.32 if storm else 0.14
    area = stage.w * stage.h / 1.0e6
    height, width = painter.size[1] // 2, painter.size[0] // 2
    scale = width / stage.w
    rng = generator("rain", stage.seed, stage.scene.index)
    sheet = np.zeros((height, width), np.float32)
    for count, length, bright, thick in (
        (int(230 * area), 34, 0.17, 1),
        (int(60 * area), 78, 0.22, 1),
        (int(9 * area), 150, 0.16, 2),
    ):
        for _ in range(int(count * (1.3 if storm else 1))):
            x, y = rng.uniform(-60, stage.w + 160), rng.uniform(-120, stage.h)
            reach = length * rng.uniform(0.5, 1.3)
            a = (int(x * scale * 8), int(y * scale * 8))
            b = (int((x - reach * slant) * scale * 8), int((y + reach) * scale * 8))
            cv2.line(sheet, a, b, bright * rng.uniform(0.4, 1), thick, cv2.LINE_AA, 3)
    sheet = raster.blur(sheet, 0.6)
    cover = np.clip(raster.resize(sheet, painter.size), 0, 0.6)
    tone = linear(mix("#c4d4e6", stage.light.haze, 0.35)) * (0.75 if stage.light.dark else 1.0)
    painter.veil(cover, tone)


def _snow(painter: Painter) -> None:
    stage = painter.stage
    rng = generator("snow", stage.seed, stage.scene.index)
    area = stage.w * stage.h / 1.0e6
    half = (painter.size[0] // 2, painter.size[1] // 2)
    scale = half[0] / stage.w
    for count, radius, soft, bright in (
        (int(260 * area), 1.6, 0.5, 0.75),
        (int(90 * area), 3.2, 0.9, 0.75),
        (int(14 * area), 9.0, 4.0, 0.5),
    ):
        sheet = np.zeros((half[1], half[0]), np.float32)
        for _ in range(count):
            x, y, r = (
                rng.random() * half[0],
                rng.random() * half[1],
                radius * rng.uniform(0.6, 1.4) * scale,
            )
            cv2.circle(
                sheet,
                (int(x * 16), int(y * 16)),
                max(4, int(r * 16)),
                bright * rng.uniform(0.5, 1),
                -1,
                cv2.LINE_AA,
                4,
            )
        cover = np.clip(raster.resize(raster.blur(sheet, soft), painter.size), 0, 1)
        tone = linear("#f2f5ff") * (0.62 if stage.light.dark else 0.98)
        painter.veil(cover, tone)


def _fireflies(painter: Painter) -> None:
    stage = painter.stage
    rng = generator("fireflies", stage.seed, stage.scene.index)
    dots = ""
    for _ in range(int(22 * stage.w * stage.h / 1.0e6)):
        x, y = (
            rng.random() * stage.w,
            stage.layout.horizon * 0.8 + rng.random() * (stage.h - stage.layout.horizon * 0.8),
        )
        dots += circle(x, y, rng.uniform(1.0, 2.8), "#ffdf8a", opacity=rng.uniform(0.35, 0.9))
    painter.shine(dots, strength=0.8)


def _dust(painter: Painter) -> None:
    stage = painter.stage
    rng = generator("dust", stage.seed, stage.scene.index)
    dots = "".join(
        circle(
            rng.random() * stage.w,
            rng.random() * stage.h * 0.8,
            rng.uniform(0.7, 1.9),
            "#ffe9c4",
            opacity=rng.uniform(0.1, 0.38),
        )
        for _ in range(int(26 * stage.w * stage.h / 1.0e6))
    )
    painter.shine(dots, strength=0.5)


def mist(
    stage: Stage, y: float, thickness: float, amount: float, *, colour: str = "", seed: int = 0
) -> None:
    """A bank of mist over everything so far; foggy weather thickens it."""
    factor = {Weather.FOG: 1.7, Weather.RAIN: 1.2, Weather.SNOW: 1.2}.get(stage.scene.weather, 1.0)
    stage.effect(
        lambda painter: painter.mist(
            y, thickness, min(0.95, amount * factor), colour=colour, seed=seed
        )
    )


def rays(
    stage: Stage,
    x: float,
    y: float,
    toward: float,
    spread: float,
    reach: float,
    strength: float,
    *,
    colour: str = "",
    count: int = 5,
) -> None:
    """Shafts of light fanning from (x, y); ``toward`` and ``spread`` in degrees, 90 is straight down."""

    def paint(painter: Painter) -> None:
        if isinstance(painter, PaperPainter):
            return
        dx, dy = painter.x - x, painter.y - y
        angle = np.degrees(np.arctan2(dy, dx))
        off = np.abs((angle - toward + 180) % 360 - 180)
        rng = np.random.default_rng(stage.seed % 1000 + 5)
        knots = np.interp(
            angle,
            np.linspace(toward - spread, toward + spread, count * 4),
            rng.random(count * 4) ** 1.5,
        )
        shaft = np.clip(1 - off / spread, 0, 1) * (0.35 + 0.65 * knots)
        away = np.hypot(dx, dy)
        field = shaft * np.exp(-away / reach) * np.clip(away / 90, 0, 1) * strength
        painter.add_small(
            raster.blur(np.asarray(field, np.float32), 1.4)[..., None]
            * linear(colour or stage.light.key)
        )

    stage.effect(paint)


def beam(
    stage: Stage,
    x: float,
    y: float,
    angle: float,
    half_width: float,
    reach: float,
    strength: float,
    colour: str,
) -> None:
    """One cone of light from (x, y), ``angle`` degrees, 0 to the right, 90 down."""

    def paint(painter: Painter) -> None:
        dx, dy = painter.x - x, painter.y - y
        off = np.abs((np.degrees(np.arctan2(dy, dx)) - angle + 180) % 360 - 180)
        away = np.hypot(dx, dy)
        field = (
            np.exp(-((off / half_width) ** 2))
            * np.exp(-away / reach)
            * np.clip(away / 20, 0, 1)
            * strength
        )
        cloud = raster.noise(painter.small[0], painter.small[1], 5, 7, 77, 4)
        painter.add_small((field * (0.6 + 0.7 * cloud))[..., None] * linear(colour))

    stage.effect(paint)


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
        data += f"L{num(stage.w + 200)} {num(until + 10)}L-80 {num(until + 10)}Z"
        tone = mix(
            mix(base, stage.light.sky[3], 0.45), mix(base, stage.light.sky[0], 0.5), k / (bands - 1)
        )
        painter.lay(Layer(path(data, tone), 0.3 + 0.6 * k / bands))


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


def contact_shadow(x: float, y: float, wide: float) -> str:
    """A soft dark patch under something that stands on the ground."""
    return (
        '<radialGradient id="contact"><stop offset="0" stop-color="#0a0a16" stop-opacity=".55"/>'
        '<stop offset=".55" stop-color="#0a0a16" stop-opacity=".28"/><stop offset="1" stop-color="#0a0a16" stop-opacity="0"/></radialGradient>'
        + ellipse(x, y, wide, wide * 0.16, "url(#contact)")
    )
