"""Ink and wash: thin colour laid on rough paper, then drawn over with a brush pen.

The pen follows every edge of the shapes on the stage: thick where a thing is near or stands clear
of its ground, thin or broken where it is far or the pressure lets off. The wash under it has few
pigments, chosen by mood; it pools at its edges, settles in the tooth of the paper, does not quite
meet the line, and leaves the paper's corners bare. What is on the stage is not decided here.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np

from content_platform.imagery.illustrator import raster
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.painter import Painter, Window, times, tinted
from content_platform.imagery.illustrator.raster import Array, linear
from content_platform.imagery.illustrator.shapes import circle, mix, rgb
from content_platform.imagery.illustrator.stage import Layer, Stage
from content_platform.stories.models import Weather
from content_platform.vocabulary import Mood

PAPER = "#f7f0e1"
_INDIGO = "#1d2a4d"
_FEATURE = 0.2
"""What is narrower than this share of a face's reach is one of its features."""


@dataclass(frozen=True)
class Palette:
    """The pigments of a mood: the wash at its deepest, in the middle and thinned, and the ink."""

    deep: str
    middle: str
    thin: str
    ink: str


_PALETTES: dict[Mood, Palette] = {
    Mood.CALM: Palette("#24404d", "#6b98a0", "#d5e0d2", "#1c262c"),
    Mood.MYSTERY: Palette("#17323c", "#4b7d80", "#cfd5b6", "#141f26"),
    Mood.TENDER: Palette("#4a2d3c", "#b07b72", "#f0d8bc", "#2c1e24"),
    Mood.UPBEAT: Palette("#2b4560", "#78a2a8", "#f4e2ae", "#1f2830"),
    Mood.EPIC: Palette("#2b2a50", "#787699", "#eed6ac", "#1c1a30"),
    Mood.SAD: Palette("#2a3340", "#75838f", "#d6d9d6", "#1d2229"),
    Mood.PLAYFUL: Palette("#37365f", "#918abb", "#f6dcc2", "#252440"),
    Mood.TENSE: Palette("#1d2829", "#617164", "#d6cba8", "#131a1a"),
}


def palette_of(stage: Stage) -> Palette:
    """The mood's pigments; nights have indigo in them."""
    palette = _PALETTES[stage.scene.mood]
    if not stage.light.dark:
        return palette
    return Palette(
        mix(palette.deep, _INDIGO, 0.45),
        mix(palette.middle, "#54699c", 0.35),
        palette.thin,
        mix(palette.ink, "#0d1226", 0.4),
    )


class InkPainter(Painter):
    """Lines and washes. ``image`` holds the wash, ``ink`` [h, w] what the pen has left, 0..1."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.palette = palette_of(stage)
        self.ink: Array = np.zeros((self.size[1], self.size[0]), np.float32)
        self.figures: Array = np.zeros_like(self.ink)
        """Where somebody stands, 0..1: their colours stay their own in every mood and light."""

    def _light_field(self, lamplight: Array, knee: float) -> Array:
        # Paper shines through the wash: nothing is as dark as it would be, nor as coloured.
        field = super()._light_field(lamplight, knee)
        grey = field.mean(axis=2, keepdims=True)
        return np.asarray((0.6 * field + 0.4 * grey) * 0.62 + 0.5, np.float32)

    @property
    def _air(self) -> Array:
        """Distance is thinner wash, down to the paper itself."""
        pale = mix(self.stage.light.haze, PAPER, 0.42)
        return np.asarray(linear(pale) * (0.74 if self.stage.light.dark else 1.0), np.float32)

    # --- the sky -----------------------------------------------------------------------------

    def sky(self, column: Array, horizon: float, *, disc: bool) -> None:
        """A wet wash down to ``horizon``: it runs, and leaves clouds, moon and stars as paper.

        ``column`` [rows, 3] is the sky's linear colour from top to bottom.
        """
        stage, light = self.stage, self.stage.light
        width, height = self.size[0] // 4, self.size[1] // 4
        rows = raster.resize(np.ascontiguousarray(column[:, None, :]), (1, height))
        seed = 60 + (stage.seed + stage.scene.index) % 5
        # Wet in wet: the colour runs down unevenly.
        runs = raster.noise(width, height, 4, 2.2, seed, 5)
        down = np.arange(height, dtype=np.float32)[:, None]
        at = np.clip(down + (runs - 0.5) * 0.22 * height, 0, height - 1).astype(np.intp)
        sheet = rows[:, 0, :][at]
        sheet = sheet + (linear(PAPER) * (0.7 if light.dark else 1.0) - sheet) * 0.16
        storm = stage.scene.weather in (Weather.STORM, Weather.RAIN)
        cloud = raster.noise(width, height, 2.4, 4.6, seed + 9, 6)
        level = 1 - 0.8 * light.cloud_cover
        cover = np.clip((cloud - level) * (9 if not storm else 4), 0, 1)
        cover = cover * np.clip(1.2 - down / height * stage.h / max(horizon, 1), 0, 1)
        under = np.roll(cover, -max(2, height // 40), axis=0)
        pale = linear(mix(light.cloud_light, PAPER, 0.5)) * (0.62 if light.dark else 1.0)
        deep = linear(mix(light.cloud_shade, self.palette.middle, 0.4))
        body = (
            pale + (deep - pale) * np.clip(cover - under + (0.7 if storm else 0), 0, 1)[..., None]
        )
        sheet = sheet + (body - sheet) * (0.8 * cover)[..., None]
        # Where the wash dried its edge is darker.
        dried = np.clip(raster.blur(np.asarray(cover, np.float32), 2.5) - cover, 0, 1)
        sheet = sheet * (1 - 0.5 * dried)[..., None]
        half = (self.size[0] // 2, self.size[1] // 2)
        sheet = raster.resize(np.asarray(sheet, np.float32), half, smooth=True)
        if light.sun and disc:
            sheet = self._halo(sheet)
        if light.stars > 0.1:
            self._stars(sheet, horizon)
        self.image = raster.resize(sheet, self.size, smooth=True)
        if light.sun and disc:
            self._disc()

    def _halo(self, sheet: Array) -> Array:
        """Paler wash around sun or moon."""
        moon = self.stage.light.sun == "moon"
        kx, ky = self.stage.key_at
        away = np.hypot(self.x - kx, self.y - ky) / 150
        soft = np.asarray((0.5 if moon else 0.6) / (1 + away**3), np.float32)
        tone = linear("#f3ead0" if moon else mix(self.stage.light.key, PAPER, 0.45))
        cover = raster.resize(soft, (sheet.shape[1], sheet.shape[0]))
        return raster.array(
            cv2.add(times(sheet, 1 - cover), tinted(cover, tone * np.float32(0.7 if moon else 1)))
        )

    def _disc(self) -> None:
        veiled = 0.5 if self.stage.scene.weather is Weather.FOG else 1.0
        tone = "#fff8e6" if self.stage.light.sun == "moon" else "#ffd98a"
        self.lay(Layer(circle(*self.stage.key_at, 54, tone, opacity=veiled), 0.5))

    def _stars(self, sheet: Array, horizon: float) -> None:
        """Dots of bare paper in ``sheet``, which is half as large as the picture."""
        rng = generator("ink stars", self.stage.seed, self.stage.scene.index)
        scale = self.frame.scale / 2
        cover = np.zeros(sheet.shape[:2], np.float32)
        for _ in range(int(110 * self.stage.light.stars)):
            x, y = rng.random() * self.stage.w, rng.random() ** 1.3 * horizon * 0.85
            radius = (0.9 + 2.4 * rng.random() ** 3) * scale
            middle = (int(x * scale * 16), int(y * scale * 16))
            cv2.circle(cover, middle, max(8, int(radius * 16)), 0.9, -1, cv2.LINE_AA, 4)
        sheet += (linear("#fdf8ea") - sheet) * cover[..., None]

    # --- layers ------------------------------------------------------------------------------

    def lay(self, layer: Layer) -> None:
        pixels = layer.soft * self.frame.scale * 0.7
        coarse = (
            4
            if pixels > 9
            else 2
            if pixels > 2
            else 1.5
            if layer.depth < 0.45
            else 1.25
            if layer.depth < 0.97
            else 1
        )
        for window in self._windows(layer.body, pixels * 3):
            self._lay(layer, window, pixels, coarse)
        if layer.glow:
            self.shine(layer.glow, soft=pixels, strength=0.7)

    def _lay(self, layer: Layer, window: Window, pixels: float, coarse: float) -> None:
        light = self.stage.light
        colour, cover = self._render(layer.body, window, coarse)
        line = self._line(colour, cover, layer, window, coarse) if pixels < 2 else None
        if layer.volume:
            self._round(colour, cover, 0.7 * layer.volume, coarse)
        colour = times(colour, cover)
        if pixels:
            colour = raster.blur(colour, pixels / coarse)
            cover = raster.blur(cover, pixels / coarse)
        # Pigment gathers where the wash ends.
        pool = cover - raster.blur(cover, 9 * self.frame.scale / coarse)
        colour = times(colour, raster.array(1 - 0.42 * np.clip(pool, 0, 1)))
        colour, cover = raster.resize(colour, window.size), raster.resize(cover, window.size)
        line = None if line is None else raster.resize(line, window.size)
        fallen = self._fallen(layer, window)
        if layer.fill:
            fallen = fallen + np.asarray(linear("#ffe6d2") * layer.fill, np.float32)
        if 0.99 <= layer.depth <= 1.2:
            fallen = 0.6 * fallen + np.float32(0.42)
        haze = min(0.9, (0.12 + light.haziness) * max(0.0, 1 - layer.depth) ** 1.1)
        for rows in raster.strips(window.size[1]):
            part = raster.array(cv2.multiply(colour[rows], fallen[rows], scale=layer.lit))
            if haze > 0.01:
                air = tinted(cover[rows], self._air)
                part = raster.array(cv2.addWeighted(part, 1 - haze, air, haze, 0))
            image, ink = self.image[window.part][rows], self.ink[window.part][rows]
            bare = raster.array(1 - cover[rows])
            cv2.add(times(image, bare), part, dst=image)
            ink *= bare
            figures = self.figures[window.part][rows]
            figures *= bare
            if 0.99 <= layer.depth <= 1.2:
                figures += cover[rows]
            if line is not None:
                np.maximum(ink, line[rows], out=ink)
        self._hide(layer, window, cover)

    def _line(
        self, colour: Array, cover: Array, layer: Layer, window: Window, coarse: float
    ) -> Array:
        """The pen's line along the edges in ``colour`` and ``cover``, 0..1."""
        near = min(1.0, max(0.0, layer.depth))
        reach = (0.75 + 1.15 * near**2) * self.frame.scale / coarse
        # One value is enough to find edges by, if hues weigh unlike each other.
        value = cv2.transform(colour, np.array([[0.5, 0.3, 0.2]], np.float32))
        value = raster.array(cv2.sqrt(cv2.multiply(value, cover)))
        for face in layer.faces:
            self._without_features(value, cover, face, window, coarse)
        parts = cv2.merge([value, cover])
        soft = cv2.GaussianBlur(parts, (0, 0), max(0.6, reach))
        across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
        along = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
        steep = cv2.sqrt(cv2.add(cv2.multiply(across, across), cv2.multiply(along, along)))
        inner, edge = cv2.split(steep)
        # A step of 1 is 1 on the edge itself, whatever the blur.
        rise = 2.5 * max(0.6, reach)
        found = cv2.max(inner * (rise * 1.3), edge * rise)
        # Away from the light the pen is pressed harder.
        side = 1.0 if self.stage.key_at[0] >= self.stage.w * 0.5 else -1.0
        away = (side * across[..., 1] - along[..., 1]) / (edge + 0.02)
        found = found * np.clip(1 + 0.3 * away, 0.62, 1.45)
        # Blades and twigs are a stroke of their own: two heavy lines would fill them.
        solid = raster.blur(cover, 5 * self.frame.scale / coarse)
        found = found * np.clip(0.3 + 1.4 * solid, 0, 1)
        height, width = cover.shape
        pressure = raster.noise(
            *(max(8, self.size[0] // 8), max(8, self.size[1] // 8)),
            self.stage.w / 70,
            self.stage.h / 70,
            17,
            3,
        )
        press = raster.resize(
            pressure[: max(2, height // 8), : max(2, width // 8)], (width, height)
        )
        least = (0.13 + 0.34 * (1 - near)) * (2.1 - 2.0 * press)
        strength = 0.34 + 0.66 * near
        return raster.array(np.clip((found - least) / 0.16, 0, 1) * strength)

    def _without_features(
        self,
        value: Array,
        cover: Array,
        face: tuple[float, float, float],
        window: Window,
        coarse: float,
    ) -> None:
        """Take eyes, brows, mouth and the rims of glasses out of ``value``.

        They are strokes of a fine pen already: drawn round with the broad one, eyes would be
        sockets and glasses a mask.
        """
        x, y, reach = (part * self.frame.scale / coarse for part in face)
        x, y = x - window.left / coarse, y - window.top / coarse
        high, wide = value.shape
        left, right = (min(max(round(x + off * reach), 0), wide) for off in (-0.8, 0.8))
        top, bottom = (min(max(round(y + off * reach), 0), high) for off in (-0.6, 0.8))
        if left < right and top < bottom:
            part = slice(top, bottom), slice(left, right)
            across = max(3, round(_FEATURE * reach))
            nib = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))
            closed = cv2.morphologyEx(value[part], cv2.MORPH_CLOSE, nib)
            cv2.multiply(closed, cover[part], dst=value[part])

    # --- air -----------------------------------------------------------------------------------

    def mist(
        self, y: float, thickness: float, amount: float, *, colour: str = "", seed: int = 0
    ) -> None:
        super().mist(
            y, thickness, amount, colour=colour or mix(self.stage.light.haze, PAPER, 0.5), seed=seed
        )
        bank = np.exp(-(((self.y - y) / thickness) ** 2)) * min(1.0, 1.1 * amount)
        self.ink *= 1 - raster.resize(np.asarray(np.clip(bank, 0, 1), np.float32), self.size)

    def veil(self, cover: Array, tone: Array) -> None:
        super().veil(cover, tone)
        self.ink *= 1 - np.clip(cover, 0, 1)

    # --- the end -------------------------------------------------------------------------------

    def finish(self) -> Array:
        """Bring the colours to the mood's pigments, let the wash run, draw the ink over it."""
        stage = self.stage
        halos = np.zeros_like(self.lamplight)
        seen = 0.05 + 0.95 * raster.blur(self.unhidden, 0.8)
        for number, lamp in enumerate(stage.lamps):
            away = np.hypot(self.x - lamp.x, self.y - lamp.y) / (lamp.reach * 0.5)
            halo = 0.34 * lamp.halo * lamp.strength / (1 + away * away * 6) ** 1.5
            halo = halo * seen if number < stage.far_lamps else halo
            halos += halo[..., None] * linear(lamp.colour)
        soft = raster.resize(halos, self.size)
        for rows in raster.strips(self.size[1]):
            lit = np.clip(self.image[rows] + soft[rows], 0, 1)
            cv2.sqrt(raster.array(lit), dst=self.image[rows])
        wash = self._run(self._pigments(self.image))
        density, bare = self._density(wash), self._bare()
        pen = self._run(self.ink, amount=0.45)
        paper, black = np.sqrt(linear(PAPER)), np.sqrt(linear(self.palette.ink))
        for rows in raster.strips(self.size[1]):
            part, sheet, dry = wash[rows], self._sheet[rows], bare[rows]
            thick = density[rows] - 2.4 * (sheet - 1)
            part = part - times(raster.array(part - part * part), raster.array(thick))
            part = times(raster.array(np.clip(part, 0, 1)), 1 - dry) + tinted(dry, paper)
            line = pen[rows] * (1 - 0.85 * dry) * (0.8 + 0.13 * np.clip((sheet - 0.955) * 12, 0, 1))
            part = times(raster.array(part), 1 - line) + tinted(line, black)
            wash[rows] = times(raster.array(part), 0.55 + 0.45 * sheet)
        return wash

    @functools.cached_property
    def _sheet(self) -> Array:
        """Rough paper: a factor around 1."""
        return raster.paper(self.size[0], self.size[1], 9)

    def _pigments(self, wash: Array) -> Array:
        """Values in the mood's pigments; of its own hue everything keeps about half."""
        luma = raster.array(cv2.transform(wash, np.array([[0.299, 0.587, 0.114]], np.float32)))
        small = raster.resize(luma, (96, 96))
        low, high = np.percentile(small, (3, 99))
        darkest = 0.2 if self.stage.light.dark else 0.26
        span = max(0.48, float(high - low))
        values = (
            np.clip((np.arange(256) / 255 - low) / span, -0.3, 1.2) * (0.95 - darkest) + darkest
        )
        stops = [0.0, 0.22, 0.55, 0.84, 1.0]
        shades = ["#0e1420", self.palette.deep, self.palette.middle, self.palette.thin, PAPER]
        ramp = np.stack(
            [np.interp(values, stops, [rgb(shade)[k] / 255 for shade in shades]) for k in range(3)],
            axis=1,
        ).astype(np.float32)
        done = np.empty_like(wash)
        for rows in raster.strips(self.size[1]):
            grey = luma[rows]
            level = cv2.convertScaleAbs(grey, alpha=255)
            base = raster.array(cv2.LUT(cv2.merge([level, level, level]), ramp[None]))
            hue = raster.array(cv2.subtract(wash[rows], cv2.merge([grey, grey, grey])))
            own = 0.62 * self.figures[rows]
            mixed = times(base + 0.76 * hue, 1 - own) + times(1.08 * wash[rows] + 0.04, own)
            np.clip(mixed, 0, 1, out=done[rows])
        return done

    def _run(self, picture: Array, amount: float = 1.0) -> Array:
        """Moved about by a few pixels: the wash misses the line, the hand is not a ruler."""
        width, height = self.small
        seed = 3 if picture.ndim == 3 else 8
        reach = 3.6 * self.frame.scale * amount
        dx = raster.noise(width, height, self.stage.w / 46, self.stage.h / 46, seed, 3) - 0.5
        dy = raster.noise(width, height, self.stage.w / 46, self.stage.h / 46, seed + 1, 3) - 0.5
        xs = raster.resize(dx, self.size) * (2 * reach) + np.arange(self.size[0], dtype=np.float32)
        ys = raster.resize(dy, self.size) * (2 * reach)
        ys = ys + np.arange(self.size[1], dtype=np.float32)[:, None]
        moved = cv2.remap(
            picture,
            raster.array(xs),
            raster.array(ys),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return raster.array(moved)

    def _density(self, wash: Array) -> Array:
        """How much more pigment lies here than elsewhere: in blooms, and where a wash ends."""
        half = (self.size[0] // 2, self.size[1] // 2)
        small = raster.resize(wash, half)
        luma = raster.array(cv2.transform(small, np.array([[0.299, 0.587, 0.114]], np.float32)))
        ends = np.clip(raster.blur(luma, 3.2 * self.frame.scale) - luma, 0, 0.2)
        across, down = self.stage.w / 190, self.stage.h / 190
        blooms = raster.noise(half[0] // 2, half[1] // 2, across, down, 31, 5)
        more = 0.75 * (raster.resize(blooms, half) - 0.5) + 2.6 * ends
        return raster.resize(raster.array(more), self.size)

    def _bare(self) -> Array:
        """Where the brush ran dry, 0..1: on the near ground, and at the rim of the sheet."""
        stage = self.stage
        rag = raster.noise(*self.small, stage.w / 150, stage.h / 150, 71 + stage.seed % 5, 4)
        streaks = raster.noise(*self.small, stage.w / 400, stage.h / 36, 81 + stage.seed % 5, 3)
        near = np.clip((self.y / stage.h - 0.78 - 0.1 * (rag - 0.5)) / 0.22, 0, 1)
        thin = near * (0.25 + 0.75 * streaks) * (0.2 if stage.light.dark else 0.42)
        rim = np.minimum(np.minimum(self.x, stage.w - self.x), np.minimum(self.y, stage.h - self.y))
        reached = (rim - 1 - 26 * np.clip(rag - 0.3, 0, 1)) / 9
        dry = raster.resize(np.asarray(0.7 - reached, np.float32), self.size, smooth=True)
        # A brush nearly dry colours only what stands out of the paper.
        dry = np.clip(dry + 14 * (self._sheet - 1), 0, 1)
        return np.asarray(np.maximum(raster.resize(raster.array(thin), self.size), dry), np.float32)
