"""The sky: gradient, stars, sun and moon, clouds, lightning."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from content_platform.imagery.illustrator import raster
from content_platform.imagery.illustrator.ink import InkPainter
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.painter import Painter, PaperPainter
from content_platform.imagery.illustrator.raster import Array, linear
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    line,
    mix,
    num,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.stage import Effect, Layer, Stage
from content_platform.stories.models import Shot, TimeOfDay, Weather
from content_platform.vocabulary import Mood


def place_key(stage: Stage) -> None:
    """Decide where the sun or moon stands: clear of heads, elsewhere from one scene to the next."""
    scene, layout, w = stage.scene, stage.layout, stage.w
    low = scene.time_of_day in (TimeOfDay.DAWN, TimeOfDay.DUSK)
    rng = generator("key", stage.seed, scene.index)
    share = 0.74 if low else rng.uniform(0.24, 0.42)
    y = layout.horizon * share
    count = len(scene.cast)
    near = -1 if layout.subject_x > w / 2 else 1
    if stage.close:
        apart = 0.17 if w > stage.h else 0.25 if stage.frame.tall else 0.22
        heads = [0.5 - near * apart, 0.5 + near * 1.4 * apart][:count]
        if count == 1:
            heads = [0.5 - near * 0.1]
        half, top = (0.15 if w > stage.h else 0.27), 0.12 * stage.h
    else:
        heads = [layout.subject_x / w, layout.second_x / w][: min(count, 2)]
        half, top = 0.26 * layout.adult / w, layout.feet - 1.12 * layout.adult
    free = [at / 100 for at in range(12, 89, 4)]
    if y > top:
        free = [at for at in free if all(abs(at - head) > half + 60 / w for head in heads)]
    if not free:  # heads fill the width: above them, as far as the picture goes
        y, free = min(0.085 * stage.h, layout.horizon * 0.3), [0.5 + near * 0.3, 0.5 - near * 0.34]
    # Rather beside the landmark than before it, and rather where the first of the cast looks.
    wanted = 0.5 + near * rng.uniform(0.08, 0.36)
    stage.key_at = (w * min(free, key=lambda at: abs(at - wanted)), y)


def sky(stage: Stage, *, horizon: float | None = None, disc: bool = True) -> None:
    """Paint the whole backdrop; call before any layer. ``disc`` False hides sun and moon themselves."""
    down_to = stage.layout.horizon if horizon is None else horizon

    def paint(painter: Painter) -> None:
        if isinstance(painter, PaperPainter):
            _paper_sky(painter, down_to, disc)
        elif isinstance(painter, InkPainter):
            ys = (np.arange(painter.size[1], dtype=np.float32) + 0.5) * stage.h / painter.size[1]
            painter.sky(_column(stage, ys, down_to), down_to, disc=disc)
        else:
            _light_sky(painter, down_to, disc)

    stage.effect(paint)


def _column(stage: Stage, ys: npt.NDArray[np.floating], horizon: float) -> Array:
    at = np.clip(ys / max(horizon, 1), 0, 1)
    stops = [0.0, 0.38, 0.76, 1.0]
    colours = np.stack([linear(colour) for colour in stage.light.sky])
    return np.stack([np.interp(at, stops, colours[:, k]) for k in range(3)], axis=-1).astype(
        np.float32
    )


def stars_lowered(stage: Stage) -> None:
    """The stars come near: many, large and low, down to the tops of what stands on the horizon."""
    rng = generator("stars lowered", stage.seed, stage.scene.index)
    low = 0.8 * stage.layout.horizon
    body = glow = ""
    placed: list[tuple[float, float]] = []
    for _ in range(400):
        if len(placed) == 30:
            break
        x, y = rng.uniform(0.04, 0.96) * stage.w, rng.uniform(0.12, 1.0) * low
        near = (*placed, stage.key_at)
        if any(math.hypot(x - a, y - b) < 95 for a, b in near):
            continue
        placed.append((x, y))
        size = (9 + 17 * y / low) * rng.uniform(0.75, 1.15)
        thin = 0.14 * size
        points = [(0.0, -size), (thin, -thin), (size, 0.0), (thin, thin)]
        points += [(0.0, size), (-thin, thin), (-size, 0.0), (-thin, -thin)]
        body += path(polygon([(x + dx, y + dy) for dx, dy in points]), "#fff3c4")
        body += circle(x, y, 0.3 * size, "#fffdf0")
        glow += circle(x, y, 0.5 * size, "#ffe79a", opacity=0.6)
    # Before the sky and its clouds, behind all that stands under it.
    painted = next(k for k, thing in enumerate(stage.things) if isinstance(thing, Effect))
    stage.things.insert(painted + 1, Layer(body, 0.05, glow=glow + body, texture=0))


def star_above(stage: Stage, *, rising: bool) -> None:
    """One star larger than all others, low over the place; ``rising`` on a thread of light."""
    layout = stage.layout
    x = layout.landmark_x + (0.04 if layout.landmark_x > stage.w / 2 else -0.04) * stage.w
    if abs(x - stage.key_at[0]) < 0.16 * stage.w:  # clear of the moon, farther from the figure
        x = stage.key_at[0] + (0.19 if layout.subject_x < stage.w / 2 else -0.19) * stage.w
    x = min(max(x, 0.12 * stage.w), 0.88 * stage.w)
    y = (0.13 if rising else 0.19) * stage.h
    size = 30 if rising else 38
    rays = "".join(
        path(
            polygon(
                [
                    (x + math.sin(a) * size * reach, y - math.cos(a) * size * reach),
                    (x + math.cos(a) * size * 0.13, y + math.sin(a) * size * 0.13),
                    (x - math.cos(a) * size * 0.13, y - math.sin(a) * size * 0.13),
                ]
            ),
            "#fff3c4",
        )
        for k, reach in enumerate((1.7, 0.75, 1.25, 0.75, 1.7, 0.75, 1.25, 0.75))
        for a in (math.pi * k / 4,)
    )
    body = rays + circle(x, y, size * 0.34, "#fffdf0")
    glow = circle(x, y, size * 0.62, "#ffe79a", opacity=0.6) + body
    if rising:
        foot = layout.feet - 0.1 * stage.h
        for wide, opacity in ((26, 0.16), (12, 0.3), (4, 0.85)):
            trail = [(x - wide * 0.12, y), (x + wide * 0.12, y), (x + wide, foot), (x - wide, foot)]
            glow += path(polygon(trail), "#ffe9a6", opacity=opacity * 0.8)
            body += path(polygon(trail), "#ffe9a6", opacity=opacity * 0.5)
    stage.add(body, 0.5, glow=glow, texture=0)
    stage.lamp(x, y, 0.4 * stage.h, strength=0.8, halo=0.7)


def _light_sky(painter: Painter, horizon: float, disc: bool) -> None:
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
    if _northern(stage):
        _aurora(image, stage, horizon)
    if light.sun and disc:
        _disc(image, stage, half)
    weather = stage.scene.weather
    if weather in (Weather.STORM, Weather.RAIN):
        _banks(image, painter, horizon)
    else:
        _clouds(image, stage, horizon, away, half)
    painter.image = raster.resize(image, painter.size, smooth=True)
    if weather is Weather.STORM:
        _lightning(painter, horizon)


def _stars(image: Array, stage: Stage, horizon: float) -> None:
    rng = generator("stars", stage.seed, stage.scene.index)
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
    if stage.light.stars > 0.6:  # a faint river of stars across the sky
        rows, columns = height // 4, width // 4
        cloud = raster.noise(columns, rows, 5, 9, 41 + stage.seed % 7, 4)
        slope = (0.3 + 0.2 * rng.random()) * (1 if stage.seed % 2 else -1)
        at = np.linspace(-0.5, 0.5, columns, dtype=np.float32)[None, :] * slope
        ys = np.linspace(0, stage.h / max(horizon, 1), rows, dtype=np.float32)[:, None]
        band = np.exp(-(((ys - 0.34 - at) / 0.17) ** 2)) * np.clip(cloud * 1.7 - 0.45, 0, 1)
        band = band * np.clip(1.1 - ys, 0, 1) * 0.1
        image += raster.resize(np.asarray(band, np.float32), (width, height))[..., None] * linear(
            mix("#cfd8ff", stage.light.sky[2], 0.3)
        )
    dust = dust + raster.blur(dust, 2.4) * 1.4
    image += (dust * stage.light.stars * 0.85)[..., None] * linear("#dfe9ff")


def _northern(stage: Stage) -> bool:
    """Whether curtains of light hang in the sky: great moments, and some clear winter nights."""
    scene = stage.scene
    if scene.time_of_day is not TimeOfDay.NIGHT or scene.weather is not Weather.CLEAR:
        return False
    return scene.mood is Mood.EPIC or (
        stage.season == "winter" and scene.mood in (Mood.CALM, Mood.TENDER)
    )


def _aurora(image: Array, stage: Stage, horizon: float) -> None:
    height, width = image.shape[0] // 4, image.shape[1] // 4
    wave = raster.noise(width, 8, 3, 1, 51 + stage.seed % 5, 3)[4]
    folds = raster.noise(width, 8, 26, 1, 57 + stage.seed % 5, 3)[4]
    ys = np.linspace(0, stage.h / max(horizon, 1), height, dtype=np.float32)[:, None]
    field = np.zeros((height, width, 3), np.float32)
    for base, reach, tone, strength in (
        (0.6, 0.42, "#4ff0b0", 0.22),
        (0.44, 0.34, "#7a7cff", 0.13),
    ):
        foot = base + 0.34 * (wave - 0.5)[None, :] * (1 if base > 0.5 else -1)
        up = (foot - ys) / reach
        hang = np.exp(-up * 2.6) * np.clip(up * 5, 0, 1) ** 1.5
        light = hang * (0.35 + 0.9 * np.clip(folds * 1.8 - 0.4, 0, 1))[None, :] * strength
        field += light[..., None] * linear(tone)
    image += raster.resize(field, (image.shape[1], image.shape[0]))


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
    veiled = 0.38 if stage.scene.weather is Weather.FOG else 1.0
    cover = veiled * np.clip((radius - away) / (1 if veiled == 1 else 5) + 0.5, 0, 1)[..., None]
    seas = raster.noise(96, 96, 4, 4, 77, 4)
    face = raster.resize(seas, (patch.shape[1], patch.shape[0]))[..., None]
    body = (
        linear("#fff4da") * (0.86 + 0.24 * face) * 0.98
        if moon
        else linear(mix(stage.light.key, "#ffe08a", 0.5)) * 1.35
    )
    patch[:] = patch * (1 - cover) + body * cover


def _clouds(image: Array, stage: Stage, horizon: float, away: Array, half: tuple[int, int]) -> None:
    light = stage.light
    if light.cloud_cover < 0.05:
        return
    w, h = half[0] // 2, half[1] // 2
    seed = 30 + (stage.seed + stage.scene.index) % 5
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


def _banks(image: Array, painter: Painter, horizon: float) -> None:
    """The clouds of rain and storm: flat banks one below the other, the highest the darkest."""
    stage, light = painter.stage, painter.stage.light
    rng = generator("banks", stage.seed, stage.scene.index)
    pale, deep = mix(light.cloud_shade, light.cloud_light, 0.3), light.cloud_shade
    body = ""
    wide = 0.2 * max(stage.w, 0.8 * stage.h)
    for k, share in enumerate((0.72, 0.5, 0.3, 0.13)):
        tone = mix(pale, darker(deep, 0.2), k / 3)
        low, x, drawn = horizon * share, -wide * rng.uniform(0.2, 0.8), ""
        while x < stage.w + wide:
            step = wide * rng.uniform(0.5, 1.0)
            tall = step * rng.uniform(0.28, 0.42)
            drawn += ellipse(x, low - 0.2 * tall, step * 0.62, tall, tone)
            x += step * 0.72
        drawn += rect(-20, -20, stage.w + 40, max(0.0, low - 0.02 * horizon) + 10, tone)
        body += f'<g opacity="{0.55 + 0.1 * k:.2f}">{drawn}</g>'
    colour, cover = painter.render(body, coarse=4)
    half = (image.shape[1], image.shape[0])
    soft = raster.resize(colour, half, smooth=True), raster.resize(cover, half, smooth=True)
    image[:] = raster.over(image, *soft)


def _lightning(painter: Painter, horizon: float) -> None:
    """A strike in some pictures of a storm, clear of whom the picture is about.

    Only in wide pictures and few of them: a bolt that stands in a still for seconds is a neon sign.
    """
    stage = painter.stage
    rng = generator("bolt", stage.seed, stage.scene.index)
    if stage.inside or stage.scene.shot is not Shot.ESTABLISHING or rng.random() > 0.3:
        return
    side = stage.w * (0.17 if stage.layout.subject_x > stage.w / 2 else 0.83)
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

    strike(side + rng.uniform(-40, 40), -10, horizon * rng.uniform(0.5, 0.66), 2.0, 2)
    _, bolt = painter.render("".join(segments), coarse=2)
    wide = raster.resize(raster.blur(bolt, 26), painter.size) * 3.0 + raster.resize(
        raster.blur(bolt, 5) * 0.9 + bolt * 0.8, painter.size
    )
    painter.image = painter.image + wide[..., None] * linear("#b9c6f2")


_THROUGH_CLOUDS = 0.25
"""How much of its own light the moon sends through a cloud of paper."""


def _paper_sky(painter: Painter, horizon: float, disc: bool) -> None:
    stage, light = painter.stage, painter.stage.light
    ys = (np.arange(painter.size[1], dtype=np.float32) + 0.5) * stage.h / painter.size[1]
    sheet = np.repeat(_column(stage, ys, horizon)[:, None, :], painter.size[0], axis=1)
    fibre = raster.paper(painter.size[0], painter.size[1], 21)
    painter.image = np.asarray(sheet * (1 + (fibre - 1) * 2.0)[..., None], np.float32)
    if light.sun:
        kx, ky = stage.key_at
        tone = "#fff3d6" if light.sun == "moon" else mix(light.key, "#fff0c8", 0.5)
        # A soft halo: hard rings of paper would make a target of the moon.
        _, cover = painter.render(circle(kx, ky, 150, "#ffffff"), coarse=8)
        halo = raster.blur(cover, 90 * painter.frame.scale / 8)
        painter.veil(raster.resize(halo, painter.size) * 0.34, linear(mix(light.sky[2], tone, 0.6)))
        if disc:
            strength = 0.16 if stage.scene.weather is Weather.FOG else 0.42
            painter.shine(circle(kx, ky, 74, tone), strength=strength)
    if light.stars > 0.1:
        rng = generator("paper stars", stage.seed, stage.scene.index)
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
    if disc and light.sun == "moon" and stage.scene.weather is not Weather.FOG:
        # It shines through the clouds before it, softly and as the whole disc.
        painter.shine(circle(*stage.key_at, 74, "#fff3d6"), strength=_THROUGH_CLOUDS)
    if stage.scene.weather is Weather.FOG:
        _paper_fog(painter, horizon)


def _paper_fog(painter: Painter, horizon: float) -> None:
    """Tissue paper hung before the sky, thicker further down."""
    light = painter.stage.light
    down = np.clip(painter.y / max(horizon, 1), 0, 1) ** 1.2
    cover = raster.resize(np.asarray(0.25 + 0.55 * down, np.float32), painter.size)
    painter.veil(cover, linear(light.haze) * np.float32(0.7 if light.dark else 0.96))


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
