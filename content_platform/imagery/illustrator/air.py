"""Air and weather between the camera and the scene: rain, snow, mist, shafts of light."""

from __future__ import annotations

import math

import cv2
import numpy as np

from content_platform.imagery.illustrator import raster
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.painter import Painter, PaperPainter
from content_platform.imagery.illustrator.raster import linear
from content_platform.imagery.illustrator.shapes import (
    circle,
    ellipse,
    mix,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.stories.models import TimeOfDay, Weather
from content_platform.vocabulary import ArtStyle, Mood

# --- weather in front of everything ------------------------------------------------------------


_GLOWING_NIGHTS = frozenset({Mood.CALM, Mood.TENDER, Mood.PLAYFUL, Mood.MYSTERY, Mood.UPBEAT})


def weather(stage: Stage) -> None:
    """Rain, snow, fog, fireflies or dust between the camera and the scene; call last."""
    scene, kind = stage.scene, stage.scene.weather
    if stage.inside:
        stage.effect(_dust)
        return
    low = scene.time_of_day in (TimeOfDay.DAWN, TimeOfDay.DUSK)
    if low and stage.light.sun and kind in (Weather.CLEAR, Weather.CLOUDS) and not stage.close:
        rays(stage, *stage.key_at, 90, 74, 620, 0.16)
    if kind in (Weather.RAIN, Weather.STORM):
        stage.effect(_curtains)
        stage.effect(_rain)
        if not stage.close:
            stage.effect(_splashes)
    elif kind is Weather.SNOW:
        stage.effect(_snow)
    elif kind is Weather.FOG:
        _fog(stage)
    elif (
        stage.ground_grows
        and scene.mood in _GLOWING_NIGHTS
        and scene.time_of_day in (TimeOfDay.NIGHT, TimeOfDay.DUSK)
        and stage.season != "winter"
    ):
        stage.effect(_fireflies)


def ground_fog(stage: Stage) -> None:
    """Fog on the ground behind the figures; call before they are put there.

    Before them it would take their legs away.
    """
    if stage.inside or stage.scene.weather is not Weather.FOG:
        return
    layout = stage.layout
    thick = _fog_in(stage)
    near = stage.ground_y or layout.feet
    mist(stage, layout.horizon - 0.02 * stage.h, 0.1 * stage.h, 0.3 * thick, seed=20)
    mist(stage, near + 0.03 * stage.h, 0.07 * stage.h, 0.34 * thick, seed=21)
    between = 0.5 * (near + stage.h)
    mist(stage, between, 0.36 * (stage.h - near), 0.24 * thick, seed=25)
    mist(stage, stage.h * 0.97, 0.14 * stage.h, 0.26 * thick, seed=23)


def _fog_in(stage: Stage) -> float:
    """Paper takes little mist; its fog has to be thicker to be seen at all."""
    return 3.2 if stage.style is ArtStyle.PAPER_CUT else 1.0


def _fog(stage: Stage) -> None:
    """A thin bank before the figures: high in the air and over the nearest ground, no more."""
    layout = stage.layout
    if not stage.close:
        mist(stage, layout.horizon - 0.2 * stage.h, 0.06 * stage.h, 0.1, seed=24)
        if layout.feet < 0.8 * stage.h:
            mist(stage, stage.h * 1.02, 0.09 * stage.h, 0.2 * _fog_in(stage), seed=22)


def _curtains(painter: Painter) -> None:
    """Rain far away: slanting grey bands over everything behind, like a drawn curtain."""
    if isinstance(painter, PaperPainter):
        return
    stage = painter.stage
    storm = stage.scene.weather is Weather.STORM
    bands = raster.noise(*painter.small, 16, 2.2, 61 + stage.seed % 5, 3).copy()
    shift = (np.arange(painter.small[1]) * (0.6 if storm else 0.16)).astype(int)
    for row, by in enumerate(shift):
        bands[row] = np.roll(bands[row], -int(by))
    down = np.clip(1.15 - painter.y / max(stage.layout.feet, 1), 0.1, 1)
    cover = np.clip((bands - 0.46) * 1.3, 0, 1) * down * (0.24 if storm else 0.2)
    tone = linear(mix("#b4c4d8", stage.light.haze, 0.5)) * (0.6 if stage.light.dark else 0.95)
    painter.veil(raster.resize(np.asarray(cover, np.float32), painter.size), tone)


def _splashes(painter: Painter) -> None:
    """Drops breaking on the ground, and rings where water stands."""
    stage = painter.stage
    rng = generator("splashes", stage.seed, stage.scene.index)
    top, drawn = stage.ground_y + 10, ""
    for _ in range(int(70 * stage.w / 1000)):
        t = rng.random() ** 0.8
        x, y = rng.uniform(0, stage.w), top + (stage.h - top) * t
        size = 2.5 + 8 * t
        drawn += (
            f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{size * 1.7:.1f}" ry="{size * 0.5:.1f}" fill="none" '
            f'stroke="#dfe9f6" stroke-opacity="0.34" stroke-width="1.4"/>'
            f'<path d="M{x:.1f} {y:.1f}l{-size * 0.6:.1f} {-size:.1f}M{x:.1f} {y:.1f}l{size * 0.5:.1f} {-size * 1.1:.1f}" '
            f'stroke="#e6eef8" stroke-opacity="0.4" stroke-width="1.3"/>'
        )
    painter.shine(drawn, strength=0.24)


def _rain(painter: Painter) -> None:
    stage = painter.stage
    storm = stage.scene.weather is Weather.STORM
    slant = 0.56 if storm else 0.14
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
        for _ in range(int(count * (1.9 if storm else 1))):
            x, y = rng.uniform(-60, stage.w + 160 + 100 * storm), rng.uniform(-120, stage.h)
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
        (int(120 * area), 1.6, 0.5, 0.5),
        (int(110 * area), 3.0, 0.8, 0.8),
        (int(34 * area), 5.4, 1.4, 0.85),
        (int(9 * area), 13.0, 5.0, 0.55),
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
    """Few, warm and low over the grass, each in its own glow: none where stars would be."""
    stage = painter.stage
    rng = generator("fireflies", stage.seed, stage.scene.index)
    top, low = stage.ground_y - 0.1 * stage.h, min(stage.h * 0.94, stage.ground_y + 0.34 * stage.h)
    dots = ""
    for _ in range(int(13 * stage.w * stage.h / 1.0e6)):
        x, y, r = rng.random() * stage.w, rng.uniform(top, low), rng.uniform(1.8, 3.6)
        dots += circle(x, y, r * 4.5, "#ffd070", opacity=0.1) + circle(
            x, y, r * 2.2, "#ffd880", opacity=0.2
        )
        dots += circle(x, y, r, "#fff0b0", opacity=rng.uniform(0.7, 1.0))
    painter.shine(dots, strength=0.8)


def _dust(painter: Painter) -> None:
    """Motes where a lamp or a window lights the air, nowhere else."""
    stage = painter.stage
    if isinstance(painter, PaperPainter) or not stage.lamps:
        return
    rng = generator("dust", stage.seed, stage.scene.index)
    dots = ""
    for _ in range(int(22 * stage.w * stage.h / 1.0e6)):
        lamp = rng.choice(stage.lamps)
        reach = lamp.reach * 0.5
        dots += circle(
            lamp.x + rng.gauss(0, 0.6) * reach,
            lamp.y + rng.uniform(-0.3, 1.1) * reach,
            rng.uniform(0.9, 2.2),
            "#ffe9c4",
            opacity=rng.uniform(0.12, 0.34),
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


def cast_shadows(stage: Stage, spots: list[float], y: float, tall: float) -> None:
    """The long soft shadows that the sun or moon gives whoever stands at ``spots``."""
    light = stage.light
    if stage.inside or not light.sun or stage.scene.weather is Weather.FOG:
        return
    low = stage.scene.time_of_day in (TimeOfDay.DAWN, TimeOfDay.DUSK)
    long, dark = (0.62, 0.3) if low else (0.36, 0.34)
    if light.sun == "moon":
        dark = 0.22
    body = ""
    for x in spots:
        lean = min(max((x - stage.key_at[0]) / stage.w, -0.5), 0.5) * 1.5
        foot = (x + lean * long * tall, y + 0.22 * long * tall)
        half = 0.055 * tall
        turn = math.degrees(math.atan2(foot[1] - y, foot[0] - x))
        reach = math.hypot(foot[0] - x, foot[1] - y)
        # From under both feet, also of somebody who strides.
        shape = ellipse(reach * 0.5, 0, reach * 0.5 + 0.12 * tall, half, "#0c1020", opacity=dark)
        body += f'<g transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f})">{shape}</g>'
    stage.add(body, 0.988, texture=0, lit=0.3, soft=5)


def contact_shadow(x: float, y: float, wide: float) -> str:
    """A soft dark patch under something that stands on the ground."""
    return (
        '<radialGradient id="contact"><stop offset="0" stop-color="#0a0a16" stop-opacity=".55"/>'
        '<stop offset=".55" stop-color="#0a0a16" stop-opacity=".28"/><stop offset="1" stop-color="#0a0a16" stop-opacity="0"/></radialGradient>'
        + ellipse(x, y, wide, wide * 0.16, "url(#contact)")
    )
